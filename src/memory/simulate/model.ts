/** The neuron models of the simulator, with constants per neuron. */
import { demandArray, demandNumber, demandObject, EngramError, refuse } from '../../core/index.js';
import {
  checkNeurons,
  type LifModel,
  type NeuronModel,
  ofNeuron,
  type PerNeuron,
  responsePeak,
} from '../network/index.js';

/**
 * Kernel continuation or reset at spike, with constants that a stored neuron does not have. The simulator is wider than
 * what can be stored: `NeuronModel` (network/neuron.ts) tells neurons by name, has threshold 1 and refractory period 1
 * or 0, and each of them is a `KernelModel` or `LifModel` as it is; nothing is translated.
 */
export interface KernelModel {
  /** Value R of the potential after a spike, in thresholds; without it a spike does not touch the potential. */
  reset?: number;
  /** One value for all neurons, or one each; 1 unless given. */
  threshold?: PerNeuron;
  /** Refractory periods, 1 unless given, 0 in the reset model. */
  refractory?: PerNeuron;
  /** Time constants of the kernel, 1 unless given. */
  beta?: PerNeuron;
}

/** What the simulator runs; every `NeuronModel` of a network is one of these. */
export type Model = KernelModel | LifModel;

/** The model with one value per neuron for everything. */
export interface Constants {
  reset: number | undefined;
  threshold: Float64Array;
  refractory: Float64Array;
  /** Of the kernel, or of the synaptic current. */
  beta: Float64Array;
  /** What a leaky integrate-and-fire neuron has besides: see lif.ts. */
  lif: LifConstants | undefined;
}

export interface LifConstants {
  current: 'exp' | 'alpha';
  /** Membrane time constants. */
  membrane: Float64Array;
  /** Current per weight, in thresholds per synaptic time constant: a weight of 1 makes a potential of height 1. */
  gain: Float64Array;
}

/** Below this refractory period of a model that has one, or time constant, the work per unit of time explodes. */
const SHORTEST = 1e-3;
const LONGEST = 1e6;

/** One value per neuron. Throws `usage` for values that no neuron can have. */
export function constantsOf(model: Model, neurons: number): Constants {
  demandObject('the neuron model', model);
  const named = 'model' in model;
  if (named) checkNeurons(model as NeuronModel, neurons);
  else if ('current' in model) refuse("a leaky integrate-and-fire model needs model: 'lif'");
  else demandObject('the neuron model', model, ['reset', 'threshold', 'refractory', 'beta']);
  return 'current' in model ? lifConstants(model, neurons) : kernelConstants(model, neurons);
}

function lifConstants(model: LifModel, neurons: number): Constants {
  const { current, refractory, reset } = model;
  if (refractory < SHORTEST) {
    throw new EngramError(
      'usage',
      `the simulator needs a time from a spike to its release of at least ${SHORTEST} refractory periods of the score; got ${refractory}`,
    );
  }
  const each = (value: PerNeuron) => Float64Array.from({ length: neurons }, (_, l) => ofNeuron(value, l));
  const [membrane, beta] = [each(model.membrane), each(model.synapse)];
  // A response to a current of peak 1 has the height of `responsePeak`; an alpha current is e y e^{-y}, y = t / tau_s.
  const gain = beta.map((synapse, l) => {
    const same = l > 0 && synapse === beta[l - 1] && membrane[l] === membrane[l - 1];
    return same
      ? 0
      : ((current === 'alpha' ? Math.E : 1) * synapse) / responsePeak(current, membrane[l], synapse).height;
  });
  for (let l = 1; l < neurons; l++) if (gain[l] === 0) gain[l] = gain[l - 1];
  const constant = (value: number) => new Float64Array(neurons).fill(value);
  return { reset, threshold: constant(1), refractory: constant(refractory), beta, lif: { current, membrane, gain } };
}

function kernelConstants(model: KernelModel, neurons: number): Constants {
  const { reset } = model;
  const expand = (
    name: string,
    value: PerNeuron | undefined,
    usual: number,
    least: number,
    most: number,
  ): Float64Array => {
    if (value !== undefined && typeof value !== 'number')
      demandArray(`${name}, unless it is one number,`, value, Float64Array);
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
  if (resets) demandNumber('the reset value', reset);
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
    lif: undefined,
  };
}

/** Largest window, in units of 1 / |1 / tau_s - 1 / tau_m|, for which the series in kernel/lif.ts is exact. */
const SERIES = 0.25;

/**
 * The longest window in which no exponential is large, and in which a neuron with a refractory period fires at most
 * once by itself.
 */
export function longestWindow({ reset, refractory, beta, lif }: Constants): number {
  const least = (values: Float64Array) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const scale = reset === undefined || lif ? Math.min(least(beta), least(refractory)) : least(beta);
  if (!lif) return scale;
  const { membrane } = lif;
  return Math.min(
    scale,
    least(membrane),
    least(beta.map((synapse, l) => SERIES / Math.abs(1 / synapse - 1 / membrane[l]))),
  );
}
