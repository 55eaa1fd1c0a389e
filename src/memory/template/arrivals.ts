/** What arrives at one neuron: the input of every course, of every sum over cuts, and of all that is judged. */
import { freshBuffers, sortSpread } from '../../core/index.js';
import { type Score, spikesOf } from '../score/index.js';
import type { Dynamics } from './dynamics.js';

/** The inputs of one neuron. */
export interface Inputs {
  /** The neuron that each synapse listens to. */
  sources: Uint32Array;
  /** In refractory periods. */
  delays: Float64Array;
  /** Which neuron it is, if its dynamics are not the default ones: its own spikes may then reset it. */
  own?:
    | {
        /** Number of the neuron, which is that of its channel. */
        neuron: number;
        /** What its spikes do to its potential. */
        dynamics: Dynamics;
      }
    | undefined;
}

/** All arrivals of a period at one neuron, sorted by time; an arrival is the rounded sum of spike and delay modulo the period. */
export interface Arrivals {
  times: Float64Array;
  synapses: Uint32Array;
  period: number;
  /** Spikes and dynamics of the neuron, if they matter. */
  own?: { spikes: Float64Array; dynamics: Dynamics } | undefined;
}

/** The weight of every arrival, from those of the synapses. */
export function weightsOf({ times, synapses }: Arrivals, weights: Float64Array, buffers = freshBuffers): Float64Array {
  const perArrival = buffers.f64('weights', times.length);
  for (let i = 0; i < times.length; i++) perArrival[i] = weights[synapses[i]];
  return perArrival;
}

/** @param among the synapses that count, unless all do */
export function arrivalsOf(
  score: Score,
  { sources, delays, own }: Inputs,
  buffers = freshBuffers,
  among?: readonly number[],
): Arrivals {
  const { period } = score;
  const synapseAt = (i: number) => (among ? among[i] : i);
  const count = among ? among.length : sources.length;
  let n = 0;
  for (let i = 0; i < count; i++) {
    const source = sources[synapseAt(i)];
    n += score.starts[source + 1] - score.starts[source];
  }
  const raw = buffers.f64('raw', n);
  const synapse = buffers.u32('synapse', n);
  for (let i = 0, at = 0; i < count; i++) {
    const k = synapseAt(i);
    const delay = delays[k] % period;
    const end = score.starts[sources[k] + 1];
    for (let j = score.starts[sources[k]]; j < end; j++, at++) {
      const time = score.times[j] + delay;
      raw[at] = time < period ? time : time - period;
      synapse[at] = k;
    }
  }
  const { sorted, order } = sortSpread(raw, 0, period, buffers);
  const synapses = buffers.u32('synapses', n);
  for (let i = 0; i < n; i++) synapses[i] = synapse[order[i]];
  const moved = own && { spikes: spikesOf(score, own.neuron), dynamics: own.dynamics };
  return { times: sorted, synapses, period, own: moved };
}
