/** The neuron model: kernel continuation or reset at spike, with constants per neuron. */
import { EngramError } from '../core/index.js';

export interface Model {
  /** Value R of the potential after a spike, in thresholds; without it a spike does not touch the potential. */
  reset?: number;
  /** One value for all neurons, or one each; 1 unless given. */
  threshold?: number | Float64Array;
  /** Refractory periods, 1 unless given, 0 in the reset model. */
  refractory?: number | Float64Array;
  /** Time constants of the kernel, 1 unless given. */
  beta?: number | Float64Array;
}

/** The model with one value per neuron for everything. */
export interface NeuronModel {
  reset: number | undefined;
  threshold: Float64Array;
  refractory: Float64Array;
  beta: Float64Array;
}

/** Below this refractory period of the continuation model, or time constant, the work per unit of time explodes. */
const SHORTEST = 1e-3;
const LONGEST = 1e6;

/** One value per neuron. Throws `usage` for values that no neuron can have. */
export function neuronModel(model: Model, neurons: number): NeuronModel {
  const { reset } = model;
  const expand = (
    name: string,
    value: number | Float64Array | undefined,
    usual: number,
    least: number,
    most: number,
  ): Float64Array => {
    const values = typeof value === 'object' ? value : new Float64Array(neurons).fill(value ?? usual);
    if (values.length !== neurons) {
      throw new EngramError(
        'usage',
        `${name} must hold one value for each of ${neurons} neurons; got ${values.length}`,
      );
    }
    const wrong = values.findIndex((x) => !(x >= least && x <= most));
    if (wrong >= 0) {
      throw new EngramError(
        'usage',
        `${name} of neuron ${wrong} must be from ${least} to ${most}; got ${values[wrong]}`,
      );
    }
    return values;
  };
  const resets = reset !== undefined;
  if (resets && !Number.isFinite(reset)) throw new EngramError('usage', `the reset value must be finite; got ${reset}`);
  const threshold = expand('threshold', model.threshold, 1, SHORTEST, LONGEST);
  const lowest = threshold.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (resets && reset >= lowest) {
    throw new EngramError('usage', `the reset value must be below every threshold; got ${reset} and ${lowest}`);
  }
  return {
    reset,
    threshold,
    refractory: expand('refractory period', model.refractory, resets ? 0 : 1, resets ? 0 : SHORTEST, LONGEST),
    beta: expand('time constant', model.beta, 1, SHORTEST, LONGEST),
  };
}

/** The longest window in which a neuron of the continuation model fires at most once and no exponential is large. */
export function longestWindow({ reset, refractory, beta }: NeuronModel): number {
  const least = (values: Float64Array) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return Math.min(least(beta), reset === undefined ? least(refractory) : Number.POSITIVE_INFINITY);
}
