/**
 * The task that all methods share: reproduce the score with these synapses, delays and bounds. Methods that learn each
 * neuron by itself from the prescribed trains (teacher-forced) are a `Job` over neurons; those that learn the whole
 * network run on their own and report the same way.
 */
import { EngramError } from '../../core/index.js';
import { boundsOf, checkProblem, type Problem } from '../memorize/index.js';
import { spikesOf } from '../score/index.js';
import { type Box, type Inputs, inputsOf } from '../template/index.js';

/** The problem of the convex solver, of which one score, the wiring, the template and the bounds matter here. */
export type Target = Pick<Problem, 'score' | 'wiring' | 'template' | 'bounds'>;

export interface TrainingTask<Settings> {
  readonly target: Target;
  readonly settings: Settings;
  readonly seed: number;
  /** Weights to begin with, in the order of the wiring; drawn by the method if not given. */
  readonly initial?: Float64Array | undefined;
}

/**
 * How a training ended:
 * - `converged`: the loss is as good as asked, or no longer falls
 * - `epochLimit`, `budget`: the epochs, or the multiply-adds, were used up
 * - `diverged`: the loss or its gradient was no number or ran away; the weights are the last good ones
 */
export type TrainingStatus = 'converged' | 'epochLimit' | 'budget' | 'diverged';

/** What a training leaves, of one neuron or of a whole network (then weights in the order of the wiring). */
export interface Trained {
  /** The best weights seen, within the bounds. */
  weights: Float64Array;
  /** Their loss, in the unit of the method. */
  loss: number;
  /** The epoch that they come from. */
  best: number;
  /** Epochs done. */
  epochs: number;
  /** Multiply-adds spent. */
  macs: number;
  status: TrainingStatus;
  /** Why a training diverged. */
  reason?: string;
  /** Loss by epoch. */
  history: Float64Array;
}

/** What concerns one neuron. */
export interface NeuronPart {
  neuron: number;
  spikes: Float64Array;
  inputs: Inputs;
  box: Box;
  /** Its part of the weights to begin with. */
  initial: Float64Array | undefined;
}

/** The bounds of all weights. */
export function boxOf({ wiring, template, bounds }: Target): Box {
  const even = (bound: number) => new Float64Array(wiring.sources.length).fill(bound);
  return bounds ?? { lower: even(-template.bound), upper: even(template.bound) };
}

/** The bound that learning rates are shares of. */
export const widthOf = ({ lower, upper }: Box, { template }: Target): number =>
  lower.reduce((most, low, k) => Math.max(most, -low, upper[k]), 0) || template.bound;

export function partOf(
  { target, initial }: Pick<TrainingTask<unknown>, 'target' | 'initial'>,
  neuron: number,
): NeuronPart {
  const { score, wiring } = target;
  return {
    neuron,
    spikes: spikesOf(score, neuron),
    inputs: inputsOf(wiring, undefined, neuron),
    box: boundsOf(target, neuron),
    initial: initial?.subarray(wiring.starts[neuron], wiring.starts[neuron + 1]),
  };
}

/** Throws `input` or `usage` on a task that is none. */
export function checkTask({ target, initial }: Pick<TrainingTask<unknown>, 'target' | 'initial'>): void {
  checkProblem({ ...target, objective: 'none' });
  const synapses = target.wiring.sources.length;
  if (initial && initial.length !== synapses) {
    throw new EngramError('input', `there are ${initial.length} weights to begin with for ${synapses} synapses`);
  }
  if (initial && !initial.every(Number.isFinite)) {
    throw new EngramError('input', 'a weight to begin with is not a number');
  }
}
