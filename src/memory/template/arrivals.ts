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

export function arrivalsOf(score: Score, { sources, delays, own }: Inputs, buffers = freshBuffers): Arrivals {
  const { period } = score;
  let n = 0;
  for (const source of sources) n += score.starts[source + 1] - score.starts[source];
  const raw = buffers.f64('raw', n);
  const synapse = buffers.u32('synapse', n);
  for (let k = 0, at = 0; k < sources.length; k++) {
    const delay = delays[k] % period;
    for (let i = score.starts[sources[k]]; i < score.starts[sources[k] + 1]; i++, at++) {
      const time = score.times[i] + delay;
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
