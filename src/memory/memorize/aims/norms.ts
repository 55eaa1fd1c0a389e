/**
 * The measures of weights, one a line, and how they are typed: `l1`, `elastic:0.3`. A further one needs its file and a line
 * here; all else is told by it.
 */
import type { AimOption, AnyAim } from './aim.js';
import { elastic } from './elastic.js';
import { energy } from './energy.js';
import { l1 } from './l1.js';
import { l2 } from './l2.js';
import { linf } from './linf.js';
import { none } from './none.js';
import type { Norm } from './norm.js';
import { recall } from './recall.js';
import { sparse } from './sparse.js';

const list = [none, l2, l1, linf, sparse, elastic, energy, recall] as const;

export const norms = list as readonly unknown[] as readonly Norm[];

/** The aim that is a measure of weights. */
export type NormAim = NonNullable<ReturnType<(typeof list)[number]['parse']>>;

/** A measure of weights as it is typed. */
export type Objective = ReturnType<(typeof list)[number]['spell']>;

/** The measure of an aim, if it is one. */
export const normOf = (kind: string): Norm | undefined => norms.find((norm) => norm.kind === kind);

/** Reads `l1`, `elastic`, `elastic:0.3`; undefined if it is no objective. */
export function parseNorm(text: string): NormAim | undefined {
  const [kind, parameter, ...rest] = text.split(':');
  return rest.length > 0 ? undefined : (normOf(kind)?.parse(parameter) as NormAim | undefined);
}

/** An aim as it is typed, with its parameter. */
export const spellNorm = (aim: AnyAim): string => normOf(aim.kind)?.spell(aim) ?? aim.kind;

/** Reads `l1`, `elastic`, `elastic:0.3`, and writes out what is left out; undefined if it is no objective. */
export function parseObjective(text: string): Objective | undefined {
  const norm = parseNorm(text);
  return norm && (spellNorm(norm) as Objective);
}

const listed = (names: readonly string[]) => `${names.slice(0, -1).join(', ')}, or ${names[names.length - 1]}`;

/** What is allowed, for messages. */
export const OBJECTIVES = listed(norms.map(({ spelled }) => spelled));

/** In the help any weights come last. */
const inShort = listed([...norms.slice(1), norms[0]].map(({ help }) => help));

export const objectiveOption: AimOption<Objective> = {
  flags: '--objective <name>',
  about: `which weights: ${inShort}`,
  parse: parseObjective,
  allowed: OBJECTIVES,
  byDefault: 'l2',
};
