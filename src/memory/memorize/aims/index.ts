/**
 * The aims: measures of weights (norms.ts), and what changes them, listed here. Of any of them the rest of the program asks
 * the same questions, which run from the outermost aim to what it is `of`.
 */
import type { BareReport } from '../report.js';
import { type AimOption, type AimRule, type AnyAim, type Column, chainOf, type Tally } from './aim.js';
import { type Levels, type LevelsPart, levels } from './levels.js';
import { type Noise, type NoisePart, noise } from './noise.js';
import { type NormPart, normRule } from './norm.js';
import { type NormAim, normOf, objectiveOption } from './norms.js';
import { type Robust, type RobustPart, robust } from './robust.js';
import { type Soft, type SoftPart, soft } from './soft.js';

/** Which of the weights that obey the template are wanted. */
export type Aim = NormAim | Noise<Aim> | Levels<Aim> | Soft<Aim> | Robust<Aim>;

/** What is reported of a neuron: the common part, and what its aim adds. */
export type NeuronReport = BareReport & NormPart & NoisePart & LevelsPart & SoftPart & RobustPart;

/** In the order in which they are told. */
const changes = [robust, soft, noise, levels] as readonly unknown[] as readonly AimRule[];

export function ruleOf({ kind }: AnyAim): AimRule {
  const norm = normOf(kind);
  return norm ? normRule(norm) : (changes.find((rule) => rule.kind === kind) as AimRule);
}

/** What people type to ask for an aim. */
export const aimOptions: readonly AimOption[] = [objectiveOption, ...changes.flatMap(({ option }) => option ?? [])];

/** What the reports of an aim add to a file. */
export const columnsOf = (aim: AnyAim): Column[] => chainOf(aim).flatMap((one) => ruleOf(one).columns ?? []);

/** What gathers the words of an aim, and of what it is of, over the stored neurons; `tau0` is in seconds. */
export const talliesOf = (aim: AnyAim, tau0: number): Tally[] =>
  chainOf(aim).flatMap((one) => ruleOf(one).tally?.(one, tau0) ?? []);
