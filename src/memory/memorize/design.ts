/**
 * Designs: aim, overdrive, silence and neurons that are chosen together. Made for recall, a neuron has
 *
 *   the aim recall, so that its potential spreads least over prompts,
 *   an overdrive z(f + 1/2) >= P and a silence z <= 1 - margin, so that the threshold lies in the midst of its swing.
 *
 * Either of the two alone recalls less (docs/recall.md). A network that cannot keep the first step takes the next one, which asks for
 * less. Where the load is too high for an overdrive a deep reset, whose silence is short, recalls from larger prompts; the last
 * step is the plain template.
 */
import type { ParallelMap } from '../../core/index.js';
import { type NeuronModel, neuronCount } from '../network/index.js';
import type { Template } from '../template/index.js';
import type { Objective } from './aims/norms.js';
import { memorizeJob } from './memorize.js';
import { resetsOf } from './model.js';
import type { Problem } from './problem.js';

/** What a step of a design asks for. */
export interface DesignStep {
  readonly objective: Objective;
  readonly template: Template;
  readonly model: NeuronModel | undefined;
}

/** The aim, with its ridge. */
const AIM: Objective = 'recall:0.1';
/** Weights of such neurons reach 2 to 5 where nothing bounds them. */
export const DESIGN_BOUND = 10;
/** When an overdrive is asked for, in refractory periods after a spike. */
export const OVERDRIVE_AFTER = 0.5;
/** Neurons that try a step before the network takes it. */
export const PROBES = 8;

/** P and margin, step by step. */
const DRIVEN = [
  { level: 4, margin: 3 },
  { level: 3, margin: 2.5 },
  { level: 3, margin: 2 },
  { level: 2.5, margin: 1.5 },
];
/** R and margin of a deep reset. */
const DEEP = { reset: -8, margin: 1.5 };

/**
 * The steps, the most demanding first. `template` is the plain one, the last.
 * @param model what the neurons have to be, if that is said; they may then be no others
 */
export function designSteps(template: Template, model?: NeuronModel): DesignStep[] {
  const last = { objective: AIM, template, model };
  if (model && resetsOf(model)) {
    const margin = Math.min(DEEP.margin, 1 - (model as { reset: number }).reset);
    const silent: DesignStep = { objective: 'l2', template: { ...template, margin }, model };
    return margin > template.margin ? [silent, { ...last, objective: 'l2' }] : [{ ...last, objective: 'l2' }];
  }
  const driven = DRIVEN.map(({ level, margin }): DesignStep => {
    return { ...last, template: { ...template, margin, overdrive: { level, after: OVERDRIVE_AFTER } } };
  });
  if (model) return [...driven, last];
  const reset: NeuronModel = { model: 'reset', reset: DEEP.reset };
  return [...driven, { objective: 'l2', template: { ...template, margin: DEEP.margin }, model: reset }, last];
}

/** The problem with the first step of a design that its first neurons keep, and how many steps were too much to ask. */
export async function fittingStep(problem: Problem, map: ParallelMap): Promise<{ problem: Problem; given: number }> {
  const steps = designSteps(problem.template, problem.model);
  const probes = Math.min(PROBES, neuronCount(problem.wiring));
  const posed = ({ objective, template, model }: DesignStep): Problem => {
    return { ...problem, aim: undefined, objective, template, model };
  };
  for (let given = 0; given < steps.length - 1; given++) {
    let kept = 0;
    // Without the best weights of those that cannot: whether they can is all that is asked.
    await map(memorizeJob, { ...posed(steps[given]), soft: false }, probes, ({ status }) => {
      if (status === 'solved') kept++;
    });
    if (kept === probes) return { problem: posed(steps[given]), given };
  }
  return { problem: posed(steps[steps.length - 1]), given: steps.length - 1 };
}
