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
import {
  demandArray,
  demandFinite,
  demandInteger,
  demandNumber,
  demandObject,
  demandTrains,
  EngramError,
  type Key,
  refuse,
  streamKey,
} from '../../core/index.js';

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
  /**
   * The run covers [from, to), in refractory periods; it starts at rest, with nothing under way. Unless given, from 0 or from
   * the first imposed spike on, whichever is earlier.
   */
  from?: number;
  /** Where the run ends; a run in parts ends where its parts do. */
  to?: number;
  /** Spikes imposed on clamped neurons, in order of time; they are part of the answer. Unless given, none. */
  imposed?: Spikes;
  /** Until when each neuron is clamped from the beginning on; unless given, until its last imposed spike outside of `clamps`. */
  releases?: Float64Array;
  /** Further clamps, in any order; between two clamps a neuron is free for at least `LEAST_FREE`. */
  clamps?: Clamps;
  /** Standard deviation of the threshold; 0 unless given. */
  sigma?: number;
  /** Noise besides that of the thresholds. */
  noise?: Noise;
  /** Neurons whose potential is recorded. */
  record?: Uint32Array;
  /**
   * What all noise is drawn from; a run without noise needs none. Neuron and spike number index the draws of the threshold, and
   * the keys of the other noises derive from it.
   */
  key?: Key;
}

/** A run that says everything. */
export type WholeRun = Required<Omit<Run, 'to' | 'clamps' | 'noise' | 'record'>> &
  Pick<Run, 'to' | 'noise' | 'record'> & {
    /** All clamps, releases included, in order of their beginning. */
    clamps: Clamps;
  };

const FIELDS = ['from', 'to', 'imposed', 'releases', 'clamps', 'sigma', 'noise', 'record', 'key'];

/** The run of so many neurons with what it leaves out. Throws `usage` on what cannot be run. */
export function wholeRun(run: Run, neurons: number): WholeRun {
  demandObject('a run', run, FIELDS);
  const {
    imposed = { times: new Float64Array(), neurons: new Uint32Array() },
    sigma = 0,
    clamps,
    record,
    noise,
    to,
  } = run;
  checkSpikes('the imposed spikes', imposed, neurons);
  if (clamps) checkClamps(clamps);
  if (record !== undefined) demandArray('the neurons to record', record, Uint32Array);
  if (record?.some((neuron) => !(neuron < neurons))) refuse(`a neuron to record is not among the ${neurons} neurons`);
  const { from = imposed.times.length > 0 ? Math.min(0, imposed.times[0]) : 0 } = run;
  demandNumber('the begin of the run', from, -FARTHEST, FARTHEST);
  if (to !== undefined) demandNumber('the end of the run', to, from, FARTHEST);
  const { releases = releasesOf(imposed, clamps, from, neurons) } = run;
  demandArray('releases', releases, Float64Array);
  const noisy = checkNoise({ sigma, noise });
  const { key = noisy ? refuse('a run with noise needs a key: streamKey(seed, purpose)') : ([0, 0] as const) } = run;
  if (!Array.isArray(key) || key.length !== 2) refuse('the key of a run is what streamKey gives: two whole numbers');
  for (const word of key) demandInteger('a word of the key', word, 0, 2 ** 32 - 1);
  const whole = { ...run, from, imposed, releases, sigma, key, clamps: clampsOf({ from, releases, clamps }, neurons) };
  checkImposed(whole);
  return whole;
}

/** Where a run ends that is run as a whole. Throws `usage` if it does not say. */
export const endOf = ({ to }: Pick<Run, 'to'>): number => to ?? refuse('a run needs its end, `to`');

/** Times beyond lose the digits that a spike needs. */
const FARTHEST = 1e12;

/** Throws `usage` unless these are spikes in order of time, of so many neurons. */
export function checkSpikes(name: string, spikes: Spikes, count: number): void {
  demandObject(name, spikes);
  const { times, neurons } = spikes;
  demandFinite(`the times of ${name}`, times);
  demandArray(`the neurons of ${name}`, neurons, Uint32Array, times.length);
  for (let i = 0; i < times.length; i++) {
    if (!(neurons[i] < count)) refuse(`${name}: spike ${i} is on neuron ${neurons[i]}, but there are ${count} neurons`);
    if (i > 0 && times[i] < times[i - 1]) refuse(`${name} must be in order of time; spike ${i} at ${times[i]} is not`);
  }
}

function checkClamps({ neurons, from, to }: Clamps): void {
  demandArray('the neurons of the clamps', neurons, Uint32Array);
  demandArray('the beginnings of the clamps', from, Float64Array, neurons.length);
  demandArray('the ends of the clamps', to, Float64Array, neurons.length);
}

/** Each neuron is clamped until the last spike imposed on it that no clamp of its own covers. */
function releasesOf(imposed: Spikes, clamps: Clamps | undefined, from: number, neurons: number): Float64Array {
  const releases = new Float64Array(neurons).fill(from);
  const own = byNeuron(clamps);
  imposed.times.forEach((time, i) => {
    const neuron = imposed.neurons[i];
    const covered = own.get(neuron)?.some((c) => clamps && time >= clamps.from[c] && time <= clamps.to[c]);
    if (!covered) releases[neuron] = Math.max(releases[neuron], time);
  });
  return releases;
}

/** Which clamps each neuron has. */
function byNeuron(clamps: Clamps | undefined): Map<number, number[]> {
  const own = new Map<number, number[]>();
  clamps?.neurons.forEach((neuron, i) => {
    const list = own.get(neuron);
    if (list) list.push(i);
    else own.set(neuron, [i]);
  });
  return own;
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
function clampsOf(run: Pick<WholeRun, 'from' | 'releases'> & Pick<Run, 'clamps'>, neurons: number): Clamps {
  const { from, releases, clamps } = run;
  if (releases.length !== neurons) {
    throw new EngramError(
      'usage',
      `releases must hold one time for each of ${neurons} neurons; got ${releases.length}`,
    );
  }
  const all: { neuron: number; from: number; to: number }[] = [];
  releases.forEach((to, neuron) => {
    if (Number.isNaN(to)) refuse(`the release of neuron ${neuron} must be a time, or Infinity; got NaN`);
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

/** Throws `usage` unless the imposed spikes fall on clamped neurons. */
function checkImposed({ imposed, releases, from, clamps }: WholeRun): void {
  const { times, neurons } = imposed;
  const own = byNeuron(clamps);
  for (let i = 0; i < times.length; i++) {
    const [time, neuron] = [times[i], neurons[i]];
    const fail = (problem: string) => {
      throw new EngramError('usage', `imposed spike ${i} at ${time} ${problem}`);
    };
    if (time < from) fail(`comes before the begin of the run at ${from}`);
    if (time <= releases[neuron]) continue;
    const inside = own.get(neuron)?.some((c) => time >= clamps.from[c] && time <= clamps.to[c]);
    if (!inside) fail(`comes after the release of neuron ${neuron}`);
  }
}

/** Throws `usage` unless every kind of noise is a number that makes sense. @returns whether there is any */
function checkNoise({ sigma, noise }: Pick<WholeRun, 'sigma' | 'noise'>): boolean {
  const need = (name: string, good: boolean, allowed: string, got: number) => {
    if (!good) throw new EngramError('usage', `${name} must be ${allowed}; got ${got}`);
  };
  demandObject('noise', noise ?? {}, ['walk', 'failure', 'jitter', 'background']);
  const { failure = 0, jitter = 0, background = [] } = noise ?? {};
  if (!Array.isArray(background)) refuse('the background of a noise must be a list of Poisson processes');
  need('threshold noise', sigma >= 0 && sigma < 10, 'at least 0 and below 10 thresholds', sigma);
  need('the probability of failure', failure >= 0 && failure <= 1, 'from 0 to 1', failure);
  need('delay jitter', jitter >= 0 && jitter <= 10, 'from 0 to 10 refractory periods', jitter);
  for (const { rate, weight } of background) {
    need('a background rate', rate > 0 && rate <= 1e6, 'above 0 and at most 1e6 per refractory period', rate);
    need('a background weight', Number.isFinite(weight), 'a finite number', weight);
  }
  return sigma > 0 || failure > 0 || jitter > 0 || background.length > 0;
}

/** Merges trains, one per neuron, into spikes in order of time. */
export function mergeTrains(trains: readonly Float64Array[]): Spikes {
  demandTrains('the trains', trains);
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
export function splitTrains(spikes: Spikes, count: number): Float64Array[] {
  demandInteger('the number of neurons', count, 0, 2 ** 31);
  checkSpikes('the spikes', spikes, count);
  const { times, neurons } = spikes;
  const lengths = new Uint32Array(count);
  for (const neuron of neurons) lengths[neuron]++;
  const trains = Array.from(lengths, (length) => new Float64Array(length));
  lengths.fill(0);
  for (let i = 0; i < times.length; i++) trains[neurons[i]][lengths[neurons[i]]++] = times[i];
  return trains;
}
