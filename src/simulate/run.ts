/**
 * What a simulation is asked and what it answers, whichever simulator does it.
 *
 * Neuron model (kernel continuation): z(t) = sum of w h(t - d - s) over all arrivals, h(x) = x e^{1-x}; a
 * spike does not touch z. After a spike at s a neuron is refractory until s + 1; it fires next at the first
 * t >= s + 1 with z(t) >= threshold, at s + 1 itself if z is above by then. After each spike the threshold
 * is drawn anew from N(1, sigma^2).
 */
import type { Key } from '../core/index.js';

/** Spikes in order of time, simultaneous ones in order of neuron. */
export interface Spikes {
  times: Float64Array;
  neurons: Uint32Array;
}

export interface Run {
  /** The run covers [from, to), in refractory periods; it starts at rest, with nothing under way. */
  from: number;
  to: number;
  /** Spikes imposed on neurons up to their release, in order of time; they are part of the answer. */
  imposed: Spikes;
  /** Until when each neuron fires only what is imposed on it. It goes on integrating its inputs. */
  releases: Float64Array;
  /** Standard deviation of the threshold. */
  sigma: number;
  /** Threshold noise of the run: neuron and spike number index its draws. */
  key: Key;
}

/** Thresholds are clamped here: at or below zero a neuron would fire without inputs. */
export const LEAST_THRESHOLD = 0.001;

/** Merges trains, one per neuron, into spikes in order of time. */
export function mergeTrains(trains: readonly Float64Array[]): Spikes {
  const count = trains.reduce((sum, train) => sum + train.length, 0);
  const times = new Float64Array(count);
  const neurons = new Uint32Array(count);
  let n = 0;
  trains.forEach((train, neuron) => {
    times.set(train, n);
    neurons.fill(neuron, n, n + train.length);
    n += train.length;
  });
  const order = Uint32Array.from(times.keys()).sort((i, j) => times[i] - times[j] || i - j);
  return { times: Float64Array.from(order, (i) => times[i]), neurons: Uint32Array.from(order, (i) => neurons[i]) };
}

/** Splits spikes into one sorted train per neuron. */
export function splitTrains({ times, neurons }: Spikes, count: number): Float64Array[] {
  const lengths = new Uint32Array(count);
  for (const neuron of neurons) lengths[neuron]++;
  const trains = Array.from(lengths, (length) => new Float64Array(length));
  lengths.fill(0);
  for (let i = 0; i < times.length; i++) trains[neurons[i]][lengths[neurons[i]]++] = times[i];
  return trains;
}
