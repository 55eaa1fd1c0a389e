/**
 * All aims, one a line; a further one needs its file and a line here. Of any of them the rest of the program asks the
 * same questions, which run from the outermost aim to what it is `of`.
 */
import type { BareReport } from '../report.js';
import { type AimRule, type AnyAim, type Column, chainOf } from './aim.js';
import { elastic } from './elastic.js';
import { energy } from './energy.js';
import { l1 } from './l1.js';
import { l2 } from './l2.js';
import { type Levels, type LevelsPart, levels } from './levels.js';
import { linf } from './linf.js';
import { type Noise, type NoisePart, noise } from './noise.js';
import { none } from './none.js';
import type { NormPart } from './norm.js';
import type { NormAim } from './norms.js';
import { type Robust, type RobustPart, robust } from './robust.js';
import { type Soft, type SoftPart, soft } from './soft.js';
import { sparse } from './sparse.js';

/** Which of the weights that obey the template are wanted. */
export type Aim = NormAim | Noise<Aim> | Levels<Aim> | Soft<Aim> | Robust<Aim>;

/** What is reported of a neuron: the common part, and what its aim adds. */
export type NeuronReport = BareReport & NormPart & NoisePart & LevelsPart & SoftPart & RobustPart;

const rules = [none, l2, l1, linf, sparse, elastic, energy, noise, levels, soft, robust] as readonly AimRule[];

export const ruleOf = ({ kind }: AnyAim): AimRule => rules.find((rule) => rule.kind === kind) as AimRule;

/** What the reports of an aim add to a file. */
export const columnsOf = (aim: AnyAim): Column[] => chainOf(aim).flatMap((one) => ruleOf(one).columns ?? []);
