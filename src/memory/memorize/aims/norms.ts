/** The measures of weights, one a line, and how they are typed: `l1`, `elastic:0.3`. */
import type { AnyAim } from './aim.js';
import { type Elastic, norm as elastic } from './elastic.js';
import { type Energy, norm as energy } from './energy.js';
import { type L1, norm as l1 } from './l1.js';
import { type L2, norm as l2 } from './l2.js';
import { type Linf, norm as linf } from './linf.js';
import { type None, norm as none } from './none.js';
import type { Norm } from './norm.js';
import { type Sparse, norm as sparse } from './sparse.js';

/** Measures of weights, to be minimized under the template. */
export type NormAim = None | L2 | L1 | Linf | Sparse | Elastic | Energy;

const norms: readonly Norm[] = [none, l2, l1, linf, sparse, elastic, energy] as Norm[];

/** The measure of an aim, if it is one. */
export const normOf = (kind: string): Norm | undefined => norms.find((norm) => norm.kind === kind);

/** Reads `l1`, `elastic`, `elastic:0.3`; undefined if it is no objective. */
export function parseNorm(text: string): NormAim | undefined {
  const [kind, parameter, ...rest] = text.split(':');
  return rest.length > 0 ? undefined : (normOf(kind)?.parse(parameter) as NormAim | undefined);
}

/** An aim as it is typed, with its parameter. */
export const spellNorm = (aim: AnyAim): string => normOf(aim.kind)?.spell(aim) ?? aim.kind;

const listed = (names: readonly string[]) => `${names.slice(0, -1).join(', ')}, or ${names[names.length - 1]}`;

/** What is allowed, for messages. */
export const OBJECTIVES = listed(norms.map(({ spelled }) => spelled));

/** The same in short, for the help: any weights come last. */
export const OBJECTIVES_IN_SHORT = listed([...norms.slice(1), norms[0]].map(({ help }) => help));
