/** Soft and quantised weights start from least norm, or from any weights, and nothing else; soft ones stand in for those of recall too. */
import { EngramError } from '../../../core/index.js';
import { type AnyAim, innermost } from './aim.js';
import { spellNorm } from './norms.js';

/** Throws `usage` unless the innermost aim is l2 or none, or one of `others`, without costs of synapses. */
export function demandPlain(aim: AnyAim, costs: Float64Array | undefined, others: readonly string[] = []): void {
  const norm = innermost(aim);
  if (norm.kind === 'none' || others.includes(norm.kind) || (norm.kind === 'l2' && costs === undefined)) return;
  throw new EngramError(
    'usage',
    costs
      ? 'soft and quantised weights know no costs of synapses; leave them (the column cost of the wiring) out'
      : `soft and quantised weights know no objective but l2 and none; got ${spellNorm(norm)}`,
  );
}
