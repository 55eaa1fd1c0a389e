/**
 * What a simulation is asked and what it answers, whichever simulator does it.
 *
 * The potential z(t) is the sum of w h((t - d - s) / beta) over all arrivals, h(x) = x e^{1-x}. A neuron that fired
 * at s fires next at the first t >= s + refractory period with z(t) >= threshold.
 *
 * - Kernel continuation: a spike does not touch z.
 * - Reset at spike: a spike at s erases what arrived before s and leaves z(t) = R e^{-(t-s)/beta}; arrivals at s and
 *   later count.
 *
 * Threshold noise: after each spike the threshold is drawn anew from N(threshold, sigma^2), or, as a random walk,
 * moves by a normal step of deviation sigma sqrt(time since the last spike).
 */
import { EngramError, type Key, streamKey } from '../../core/index.js';

/** Spikes in order of time, simultaneous ones in order of neuron. */
export interface Spikes {
  /** In refractory periods. */
  times: Float64Array;
  /** Whose spike it is. */
  neurons: Uint32Array;
}

/** Intervals [from, to) in which a neuron fires only what is imposed on it. It goes on integrating its inputs. */
export interface Clamps {
  /** The clamped neuron of each interval. */
  neurons: Uint32Array;
  /** Where it begins. */
  from: Float64Array;
  /** Where it ends. */
  to: Float64Array;
}

/** Noise on the way, each kind from streams of its own. */
export interface Noise {
  /** Thresholds walk (Wiener) instead of being drawn anew (white). */
  walk?: boolean;
  /** Probability that a synapse fails to transmit a spike. */
  failure?: number;
  /** Standard deviation of each delay of each spike, cut at four deviations and at the network's shortest delay. */
  jitter?: number;
  /** Poisson processes that every neuron hears, each neuron its own: arrivals per refractory period, and weight. */
  background?: readonly Background[];
}

/** A Poisson process of arrivals. */
export interface Background {
  /** Arrivals per refractory period. */
  rate: number;
  /** The weight of each, in thresholds. */
  weight: number;
}

/** What is simulated. */
export interface Run {
  /** The run covers [from, to), in refractory periods; it starts at rest, with nothing under way. */
  from: number;
  /** Where the run ends. */
  to: number;
  /** Spikes imposed on clamped neurons, in order of time; they are part of the answer. */
  imposed: Spikes;
  /** Until when each neuron is clamped from the beginning on. */
  releases: Float64Array;
  /** Further clamps, in any order; between two clamps a neuron is free for at least `LEAST_FREE`. */
  clamps?: Clamps;
  /** Standard deviation of the threshold. */
  sigma: number;
  /** Noise besides that of the thresholds. */
  noise?: Noise;
  /** Neurons whose potential is recorded. */
  record?: Uint32Array;
  /** Threshold noise: neuron and spike number index its draws. The keys of the other noises derive from it. */
  key: Key;
}

/** Thresholds are clamped here: at or below zero a neuron would fire without inputs. */
export const LEAST_THRESHOLD = 0.001;
/** Least time between two clamps of a neuron. */
export const LEAST_FREE = 0.1;
/** Delay jitter is cut at so many standard deviations. */
export const JITTER_CUT = 4;

/** The key of one kind of noise of a run. */
export const noiseKey = (key: Key, purpose: string): Key => streamKey(key[0], `${key[1]} ${purpose}`);

/** All clamps of a run, releases included, in order of their beginning. Throws `usage` where they contradict each other. */
export function clampsOf(run: Pick<Run, 'from' | 'releases' | 'clamps'>, neurons: number): Clamps {
  const { from, releases, clamps } = run;
  if (releases.length !== neurons) {
    throw new EngramError(
      'usage',
      `releases must hold one time for each of ${neurons} neurons; got ${releases.length}`,
    );
  }
  const all: { neuron: number; from: number; to: number }[] = [];
  releases.forEach((to, neuron) => {
    if (to > from) all.push({ neuron, from, to });
  });
  clamps?.neurons.forEach((neuron, i) => {
    const [begin, end] = [clamps.from[i], clamps.to[i]];
    if (!(neuron < neurons)) throw new EngramError('usage', `clamp ${i} is on neuron ${neuron} of ${neurons}`);
    if (!(begin < end)) throw new EngramError('usage', `clamp ${i} must end after it begins; got ${begin} to ${end}`);
    all.push({ neuron, from: begin, to: end });
  });
  all.sort((p, q) => p.from - q.from || p.neuron - q.neuron);
  const free = new Float64Array(neurons).fill(Number.NEGATIVE_INFINITY);
  for (const clamp of all) {
    if (clamp.from < free[clamp.neuron] + LEAST_FREE) {
      throw new EngramError(
        'usage',
        `neuron ${clamp.neuron} is clamped again at ${clamp.from}; between clamps it must be free for ${LEAST_FREE} refractory periods, the last ends at ${free[clamp.neuron]}`,
      );
    }
    free[clamp.neuron] = clamp.to;
  }
  return {
    neurons: Uint32Array.from(all, ({ neuron }) => neuron),
    from: Float64Array.from(all, (clamp) => clamp.from),
    to: Float64Array.from(all, (clamp) => clamp.to),
  };
}

/** Throws `usage` unless the imposed spikes are in order and fall on clamped neurons. */
export function checkImposed({ imposed, releases, from }: Run, clamps: Clamps): void {
  const { times, neurons } = imposed;
  const own = new Map<number, number[]>();
  clamps.neurons.forEach((neuron, i) => {
    own.set(neuron, [...(own.get(neuron) ?? []), i]);
  });
  for (let i = 0; i < times.length; i++) {
    const [time, neuron] = [times[i], neurons[i]];
    const fail = (problem: string) => {
      throw new EngramError('usage', `imposed spike ${i} at ${time} ${problem}`);
    };
    if (!(neuron < releases.length)) fail(`is on neuron ${neuron}, but there are ${releases.length} neurons`);
    if (!(i === 0 || time >= times[i - 1])) fail('is not in order: imposed spikes must be in order of time');
    if (time < from) fail(`comes before the begin of the run at ${from}`);
    if (time <= releases[neuron]) continue;
    const inside = own.get(neuron)?.some((c) => time >= clamps.from[c] && time <= clamps.to[c]);
    if (!inside) fail(`comes after the release of neuron ${neuron}`);
  }
}

/** Throws `usage` unless every kind of noise is a number that makes sense. */
export function checkNoise({ sigma, noise }: Pick<Run, 'sigma' | 'noise'>): void {
  const need = (name: string, good: boolean, allowed: string, got: number) => {
    if (!good) throw new EngramError('usage', `${name} must be ${allowed}; got ${got}`);
  };
  const { failure = 0, jitter = 0, background = [] } = noise ?? {};
  need('threshold noise', sigma >= 0 && sigma < 10, 'at least 0 and below 10 thresholds', sigma);
  need('the probability of failure', failure >= 0 && failure <= 1, 'from 0 to 1', failure);
  need('delay jitter', jitter >= 0 && jitter <= 10, 'from 0 to 10 refractory periods', jitter);
  for (const { rate, weight } of background) {
    need('a background rate', rate > 0 && rate <= 1e6, 'above 0 and at most 1e6 per refractory period', rate);
    need('a background weight', Number.isFinite(weight), 'a finite number', weight);
  }
}

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

/** Joins parts of a run, one after the other in time, into one. */
export function concatenate(parts: readonly Spikes[]): Spikes {
  const count = parts.reduce((sum, { times }) => sum + times.length, 0);
  const times = new Float64Array(count);
  const neurons = new Uint32Array(count);
  let n = 0;
  for (const part of parts) {
    times.set(part.times, n);
    neurons.set(part.neurons, n);
    n += part.times.length;
  }
  return { times, neurons };
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
