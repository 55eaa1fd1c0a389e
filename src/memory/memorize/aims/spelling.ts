/**
 * Aims as people write them: on the command line, in the header of network.npz, and in short calls of the library,
 *
 *   { objective: 'l1' },  { objective: 'l2', robust: { what: 'both', share: 0.5 }, soft: true },  { objective: 'none', levels: 31 }
 *
 * read once, at the door: { objective: 'l2', soft: true } becomes { kind: 'soft', of: { kind: 'l2' } }.
 */
import { demandObject, demandOneOf, EngramError } from '../../../core/index.js';
import { type AnyAim, chainOf } from './aim.js';
import type { Aim } from './index.js';
import { normOf, OBJECTIVES, type Objective, parseNorm, spellNorm } from './norms.js';
import type { RobustSpelling } from './robust.js';

/** An aim in the words of the command line. */
export interface Spelling {
  /** Measure of the weights that is minimized. */
  objective: Objective;
  /**
   * What of the template grows, and how far of the way from the template itself to the most that is possible, 0 < share < 1; or
   * `noise`: the template stays, and the share is that of the noise gain in what is minimized.
   */
  robust?: RobustSpelling | undefined;
  /** Whether an impossible neuron gets the best weights there are, every demand at a price. */
  soft?: boolean | undefined;
  /** If given, an odd number of equidistant values that a weight may have. */
  levels?: number | undefined;
}

/** An aim, or its spelling; the aim counts where both are given. */
export type Wanted =
  | (Partial<Spelling> & {
      /** What is wanted, whatever the spelling says. */
      aim: Aim;
    })
  | (Spelling & {
      /** Absent: the spelling says what is wanted. */
      aim?: undefined;
    });

/** What changes another aim. */
const CHANGES = ['robust', 'soft', 'noise', 'levels'];

/** Throws `usage` unless an aim is a measure of weights, or changes one. */
function checkChain(aim: AnyAim): void {
  demandObject('an aim', aim);
  if (normOf(aim.kind)) return;
  demandOneOf('the kind of an aim that is no measure of weights', aim.kind, CHANGES);
  checkChain(aim.of as AnyAim);
}

/** The aim that is wanted. Throws `usage` on an objective that is none. */
export function aimOf(wanted: Wanted): Aim {
  demandObject('what is wanted', wanted);
  if (wanted.aim) {
    checkChain(wanted.aim);
    return wanted.aim;
  }
  const { objective, robust, soft, levels } = wanted;
  if (typeof objective !== 'string') demandOneOf('the objective', objective, [OBJECTIVES]);
  if (robust !== undefined) {
    demandObject('robust', robust, ['what', 'share']);
    demandOneOf('what is made robust', robust.what, ['margin', 'slope', 'both', 'noise']);
  }
  const norm = parseNorm(objective);
  if (!norm || spellNorm(norm) !== objective) {
    throw new EngramError('usage', `the objective must be ${OBJECTIVES}; got "${objective}"`);
  }
  let aim: Aim = norm;
  if (levels !== undefined) aim = { kind: 'levels', levels, of: aim };
  if (robust?.what === 'noise') aim = { kind: 'noise', share: robust.share, of: aim };
  if (soft) aim = { kind: 'soft', of: aim };
  if (robust && robust.what !== 'noise') aim = { kind: 'robust', what: robust.what, share: robust.share, of: aim };
  return aim;
}

/** An aim as it is written; what is not asked for is left out. */
export function spellingOf(wanted: Wanted): Spelling & { soft?: true } {
  const chain = chainOf(aimOf(wanted)) as Aim[];
  const one = <Kind extends Aim['kind']>(kind: Kind) =>
    chain.find((aim): aim is Extract<Aim, { kind: Kind }> => aim.kind === kind);
  const [robust, noise, levels] = [one('robust'), one('noise'), one('levels')];
  return {
    objective: spellNorm(chain[chain.length - 1]) as Objective,
    ...(robust ? { robust: { what: robust.what, share: robust.share } } : {}),
    ...(noise ? { robust: { what: 'noise', share: noise.share } } : {}),
    ...(one('soft') ? { soft: true } : {}),
    ...(levels ? { levels: levels.levels } : {}),
  };
}
