/**
 * How the potential of one neuron moves, for every model but the default one: a linear system
 *
 *   V' = -V / tau_m + I,     I' = -I / tau_s + D,     D' = -D / tau_s,
 *
 * of which an arrival of weight w raises I (order 1) or D (order 2) by gain w, and what an own spike does to it:
 *
 *   nothing     the continuation model with a time constant of its own (tau_m = tau_s = beta)
 *   all         V is set to R, I and D to 0: the reset model (tau_m = tau_s = beta)
 *   membrane    V stays at R until the release, a dead time later; I and D go on: leaky integrate-and-fire
 *
 * The potential is affine in the weights: V = free + sum of w rows, where free(t) = R e^{-(t - release) / tau_m} is
 * what the last spike has left, and nothing else of it depends on the past before that spike but the currents.
 * The derivative (V', I', D') is a state of the same system, so that slopes have the same closed forms.
 */
import { exp } from '../../core/index.js';
import { type NeuronModel, ofNeuron, responsePeak } from '../network/index.js';
import type { Moment } from './program.js';

export interface Dynamics {
  readonly membrane: number;
  readonly synapse: number;
  readonly order: 1 | 2;
  readonly gain: number;
  readonly after: 'nothing' | 'all' | 'membrane';
  readonly reset: number;
  /** From a spike to the release of the potential. */
  readonly dead: number;
}

/** The dynamics of neuron l; undefined for the default, which has kernels of its own. */
export function dynamicsOf(model: NeuronModel | undefined, l: number): Dynamics | undefined {
  if (model === undefined) return undefined;
  if (model.model === 'lif') {
    const membrane = ofNeuron(model.membrane, l);
    const synapse = ofNeuron(model.synapse, l);
    const { height } = responsePeak(model.current, membrane, synapse);
    const { reset, refractory: dead } = model;
    return model.current === 'exp'
      ? { membrane, synapse, order: 1, gain: 1 / height, after: 'membrane', reset, dead }
      : { membrane, synapse, order: 2, gain: Math.E / synapse / height, after: 'membrane', reset, dead };
  }
  const beta = ofNeuron(model.beta ?? 1, l);
  const kernel = { membrane: beta, synapse: beta, order: 1 as const, gain: Math.E / beta };
  if (model.model === 'reset') return { ...kernel, after: 'all', reset: model.reset, dead: 0 };
  return beta === 1 ? undefined : { ...kernel, after: 'nothing', reset: 0, dead: 1 };
}

/** Whether a spike changes the potential. */
export const resets = (dynamics: Dynamics | undefined): dynamics is Dynamics =>
  dynamics !== undefined && dynamics.after !== 'nothing';

/** The last own spike before t (at t included if `side` is right), around the circle: at most one period ago. */
export function lastSpike(spikes: Float64Array, period: number, t: number, side: 'left' | 'right'): number {
  let last = spikes[spikes.length - 1] - period;
  for (const spike of spikes) {
    if (side === 'left' ? spike >= t : spike > t) break;
    last = spike;
  }
  return last;
}

/** What the last spike before t has left of V, and of its slope: the part that no weight changes. */
export function freePart(
  dynamics: Dynamics,
  spikes: Float64Array,
  period: number,
  t: number,
  side: 'left' | 'right',
): { value: number; slope: number } {
  const { membrane, reset, dead } = dynamics;
  if (!resets(dynamics) || spikes.length === 0 || reset === 0) return { value: 0, slope: 0 };
  const time = t - Math.floor(t / period) * period;
  const since = time - lastSpike(spikes, period, time, side) - dead;
  // At the release itself rounding may leave a hair of the dead time.
  if (since < -1e-9) return { value: reset, slope: 0 };
  const value = reset * exp(-Math.max(since, 0) / membrane);
  return { value, slope: -value / membrane };
}

/** What of it a row's quantity has: the limit of a cut on the weights is that on the whole potential less this. */
export function freeShare(
  dynamics: Dynamics,
  spikes: Float64Array,
  period: number,
  { time, kind }: Pick<Moment, 'time' | 'kind'>,
): number {
  const { value, slope } = freePart(dynamics, spikes, period, time, kind === 'slope+' ? 'right' : 'left');
  if (kind === 'spike' || kind === 'above') return value;
  return kind === 'level' ? -value : slope;
}
