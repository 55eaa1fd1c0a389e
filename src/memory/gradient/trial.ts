/**
 * A trial: what a network is asked to play, and how it is led up to it, for the exact simulator.
 *
 * Before time 0 every channel plays its score. A learner is left alone right after its last prescribed spike before 0
 * (a silent channel at 0), so that each of its P periods is judged from one end of a firing gap to the same end:
 *
 *   targets  s + p T,  p = 0 .. P - 1,   judged window  (s_last - T, s_last + (P - 1) T + 1/2].
 *
 * Free running, learners hear each other. Teacher-forced, they hear copies of all channels that play the score to the
 * end: copy c is neuron `learners + c` of a network without recurrence, whose synapses lie in the same order. So the
 * same simulator, the same derivatives and the same weights serve both.
 */
import { exp } from '../../core/index.js';
import { repeatTrain } from '../measure/index.js';
import { delayRange, neuronCount, teacherForced, type Wiring } from '../network/index.js';
import { type Score, spikesOf } from '../score/index.js';
import { createSimulator, mergeTrains, type Spikes } from '../simulate/index.js';
import { horizonFor } from '../template/index.js';

/** Arrivals older than this move nothing that a number can hold: h is below 1e-16 of its peak. */
export const OLDEST = horizonFor(1e-16);
/** A spike answers a prescribed one if it falls within this distance of it. */
export const HALF = 0.5;

export interface Trial {
  /** The network that is run; its synapses are those of the network that learns, in the same order. */
  readonly wiring: Wiring;
  /** Neurons 0 to learners - 1 learn; further ones are teachers. */
  readonly learners: number;
  readonly forced: boolean;
  /** Prescribed times of learner l: targets[targetStarts[l]] to targets[targetStarts[l + 1] - 1]. */
  readonly targets: Float64Array;
  readonly targetStarts: Uint32Array;
  /** Learner l is judged in (releases[l], ends[l]]. */
  readonly ends: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly imposed: Spikes;
  readonly releases: Float64Array;
}

export interface TrialOptions {
  /** Periods that the network has to play. */
  periods: number;
  /** Whether every neuron hears the prescribed trains instead of the others. */
  forced: boolean;
}

export function trialOf(score: Score, wiring: Wiring, { periods, forced }: TrialOptions): Trial {
  const learners = neuronCount(wiring);
  const { period } = score;
  const from = -(delayRange(wiring)[1] + OLDEST);
  // The last spike to be judged may have its peak up to one refractory period later.
  const to = periods * period + HALF + 1;
  const releases = new Float64Array(forced ? 2 * learners : learners);
  const ends = new Float64Array(learners);
  const trains: Float64Array[] = [];
  const targets: Float64Array[] = [];
  for (let l = 0; l < learners; l++) {
    const spikes = spikesOf(score, l);
    const last = spikes.length > 0 ? spikes[spikes.length - 1] : period;
    releases[l] = last - period;
    ends[l] = spikes.length > 0 ? last + (periods - 1) * period + HALF : periods * period;
    const history = repeatTrain(spikes, period, from, releases[l] + 1e-9 * period);
    // Under teacher forcing nobody hears a learner: all that its past does is to keep it refractory.
    trains.push(forced ? history.slice(-1) : history);
    targets.push(repeatTrain(spikes, period, 0, periods * period));
  }
  if (forced) {
    for (let c = 0; c < learners; c++) trains.push(repeatTrain(spikesOf(score, c), period, from, to));
    releases.fill(to, learners);
  }
  const targetStarts = new Uint32Array(learners + 1);
  targets.forEach((train, l) => {
    targetStarts[l + 1] = targetStarts[l] + train.length;
  });
  return {
    wiring: forced ? teacherForced(wiring, learners, learners) : wiring,
    learners,
    forced,
    targets: Float64Array.from(targets.flatMap((train) => [...train])),
    targetStarts,
    ends,
    from,
    to,
    imposed: mergeTrains(trains),
    releases,
  };
}

/** Why a spike came when it did: imposed, at the moment of being left alone, refractoriness over, threshold crossed. */
export const IMPOSED = 0;
export const PINNED = 1;
export const RELEASED = 2;
export const CROSSED = 3;

/** What was played, neuron after neuron. A spike is named by its place in `times`. */
export interface SpikeRecord {
  readonly times: Float64Array;
  /** Neuron l played spikes starts[l] to starts[l + 1] - 1. */
  readonly starts: Uint32Array;
  readonly neurons: Uint32Array;
  /** e to the minus gap before the spike (0 for the first of a neuron). */
  readonly gapDecays: Float64Array;
  readonly kinds: Uint8Array;
  /** All spikes in order of time. */
  readonly order: Uint32Array;
  /** Arrivals that the simulator delivered. */
  readonly arrivals: number;
}

/** Two times that differ by less than this are the same moment, as the simulator counts time. */
const SAME = 1e-9;

/** Runs the trial with weights, exactly. */
export function runTrial(trial: Trial, weights: Float64Array): SpikeRecord {
  const { wiring, from, to, imposed, releases } = trial;
  const simulator = createSimulator({ ...wiring, weights });
  const spikes = simulator.run({ from, to, imposed, releases, sigma: 0, key: [0, 0] });
  const size = spikes.times.length;
  const neurons = neuronCount(wiring);
  const starts = new Uint32Array(neurons + 1);
  for (const l of spikes.neurons) starts[l + 1]++;
  for (let l = 0; l < neurons; l++) starts[l + 1] += starts[l];
  const next = starts.slice(0, neurons);
  const free = starts.slice(0, neurons);
  for (const l of imposed.neurons) free[l]++;
  const times = new Float64Array(size);
  const owners = new Uint32Array(size);
  const gapDecays = new Float64Array(size);
  const kinds = new Uint8Array(size);
  const order = new Uint32Array(size);
  for (let i = 0; i < size; i++) {
    const l = spikes.neurons[i];
    const m = next[l]++;
    const time = spikes.times[i];
    const gap = m > starts[l] ? time - times[m - 1] : Number.POSITIVE_INFINITY;
    order[i] = m;
    times[m] = time;
    owners[m] = l;
    gapDecays[m] = exp(-gap);
    if (m < free[l]) kinds[m] = IMPOSED;
    else if (gap <= 1 + SAME) kinds[m] = RELEASED;
    else kinds[m] = time <= releases[l] + SAME ? PINNED : CROSSED;
  }
  return { times, starts, neurons: owners, gapDecays, kinds, order, arrivals: simulator.counters().events };
}
