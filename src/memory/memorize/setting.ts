/** What is given of a memory, whatever its aim: scores, wiring, neurons, template, bounds and costs; and one neuron's part of it. */
import type { NeuronModel, Wiring } from '../network/index.js';
import { type Score, spikesOf } from '../score/index.js';
import { type Box, type Inputs, inputsOf, type Template } from '../template/index.js';

/** What is given of a memory: all but the aim. */
export interface Setting {
  /** One channel per neuron. */
  score: Score;
  /** Further scores that the same weights have to store, each with its own period (several memories). */
  others?: readonly Score[] | undefined;
  /** Synapses with their delays, in refractory periods. */
  wiring: Wiring;
  /** What the neurons are; kernel continuation with a time constant of one refractory period unless given. */
  model?: NeuronModel | undefined;
  /** What the potential of each neuron has to obey. */
  template: Template;
  /** What each synapse costs the aim, positive, in the order of the wiring; 1 if not given. */
  costs?: Float64Array | undefined;
  /** A lower and an upper bound of each synapse's weight, in the order of the wiring, instead of the template's one. */
  bounds?: Box | undefined;
}

/** What concerns one neuron. */
export interface NeuronProblem {
  /** Its part of each score. */
  memories: { score: Score; spikes: Float64Array }[];
  inputs: Inputs;
  box: Box;
  /** What each synapse costs the aim; 1 if not given. */
  costs?: Float64Array;
}

/** All scores of a problem; cuts name them by their place. */
export const scoresOf = ({ score, others = [] }: Pick<Setting, 'score' | 'others'>): Score[] => [score, ...others];

/** The bounds of one neuron's weights: its synapses' own, or the template's. */
export function boundsOf(
  { wiring, template, bounds }: Pick<Setting, 'wiring' | 'template' | 'bounds'>,
  neuron: number,
): Box {
  const [first, last] = [wiring.starts[neuron], wiring.starts[neuron + 1]];
  if (bounds) return { lower: bounds.lower.subarray(first, last), upper: bounds.upper.subarray(first, last) };
  const even = (bound: number) => new Float64Array(last - first).fill(bound);
  return { lower: even(-template.bound), upper: even(template.bound) };
}

/** The part of one neuron. */
export function neuronProblem(setting: Setting, neuron: number): NeuronProblem {
  const { wiring, costs, model } = setting;
  const memories = scoresOf(setting).map((score) => ({ score, spikes: spikesOf(score, neuron) }));
  const inputs = inputsOf(wiring, model, neuron);
  const part = { memories, inputs, box: boundsOf(setting, neuron) };
  return costs ? { ...part, costs: costs.subarray(wiring.starts[neuron], wiring.starts[neuron + 1]) } : part;
}
