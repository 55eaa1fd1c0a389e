/**
 * What is said of spikes against the score, the same for every method: precision and recall (src/measure), the distance of
 * van Rossum around the circle, timing, and what is missing or too much; and of weights: their size, and how far the
 * potential that they give on the prescribed input keeps from the threshold and how steeply it crosses it.
 */
import { channelSimilarity, circularVanRossum, jitterStatistics, SUCCESS } from '../../../src/memory/measure/index.js';
import type { Network } from '../../../src/memory/network/index.js';
import { type Score, spikesOf } from '../../../src/memory/score/index.js';
import {
  arrivalsOf,
  highestPotential,
  potentialFrom,
  slopeAt,
  valueAt,
  zonesOf,
} from '../../../src/memory/template/index.js';

/** Means over channels, or per spike where it says so. */
export interface Quality {
  precision: number;
  recall: number;
  /** Mean of the lesser of the two. */
  lesser: number;
  /** Channels whose precision and recall are both good, and those whose every spike is within the tolerance, none too many. */
  good: number;
  within: number;
  /** D^2 per prescribed spike, at time constants 1/4, 1 and 4. */
  vanRossum: [number, number, number];
  /** Standard deviation and median of the timing errors of matched spikes; NaN without any. */
  jitter: number;
  median: number;
  /** Shares of the prescribed spikes: missing, and too many. */
  missing: number;
  extra: number;
}

const TAUS = [0.25, 1, 4] as const;

/** @param trains the spikes of one period, counted from the lag on */
export function qualityOf(score: Score, trains: readonly Float64Array[], lag: number, tolerance: number): Quality {
  const { period } = score;
  const { precision, recall } = channelSimilarity(score, trains, lag);
  const channels = trains.length;
  const spikes = Math.max(1, score.times.length);
  let [lesser, good, within] = [0, 0, 0];
  const distances: [number, number, number] = [0, 0, 0];
  trains.forEach((train, channel) => {
    const least = Math.min(precision[channel], recall[channel]);
    lesser += least / channels;
    if (least >= SUCCESS) good++;
    const wanted = spikesOf(score, channel);
    const shifted = train.map((time) => time - lag);
    if (allWithin(wanted, shifted, period, tolerance)) within++;
    TAUS.forEach((tau, i) => {
      distances[i] += circularVanRossum(shifted, wanted, period, tau) / spikes;
    });
  });
  const timing = jitterStatistics(score, trains, lag);
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / channels;
  return {
    precision: mean(precision),
    recall: mean(recall),
    lesser,
    good,
    within,
    vanRossum: distances,
    jitter: timing.deviation,
    median: timing.median,
    missing: timing.missed / spikes,
    extra: timing.extra / spikes,
  };
}

/** Whether a train answers every wanted spike within the tolerance, and holds no other. */
function allWithin(wanted: Float64Array, train: Float64Array, period: number, tolerance: number): boolean {
  const near = (a: number, b: number) => {
    const x = a - b;
    return Math.abs(x - period * Math.round(x / period)) <= tolerance;
  };
  return (
    wanted.length === train.length &&
    wanted.every((spike) => train.some((time) => near(time, spike))) &&
    train.every((time) => wanted.some((spike) => near(time, spike)))
  );
}

/** Means of several qualities; timing of those that have any. */
export function meanQuality(all: readonly Quality[]): Quality {
  const mean = (of: (quality: Quality) => number) => {
    const values = all.map(of).filter((value) => !Number.isNaN(value));
    return values.length > 0 ? values.reduce((a, b) => a + b, 0) / values.length : Number.NaN;
  };
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    lesser: mean(({ lesser }) => lesser),
    good: mean(({ good }) => good),
    within: mean(({ within }) => within),
    vanRossum: [0, 1, 2].map((i) => mean(({ vanRossum }) => vanRossum[i])) as [number, number, number],
    jitter: mean(({ jitter }) => jitter),
    median: mean(({ median }) => median),
    missing: mean(({ missing }) => missing),
    extra: mean(({ extra }) => extra),
  };
}

/** Of one neuron on the prescribed input. */
export interface Potential {
  /** Least distance below the threshold in silent zones; NaN where there are none. */
  margin: number;
  /** Least slope at a prescribed spike, and the largest distance from the threshold there; NaN without spikes. */
  slope: number;
  miss: number;
}

export function potentialMeasures(score: Score, network: Network, neuron: number, zone: number): Potential {
  const [first, last] = [network.starts[neuron], network.starts[neuron + 1]];
  const inputs = { sources: network.sources.subarray(first, last), delays: network.delays.subarray(first, last) };
  const spikes = spikesOf(score, neuron);
  const potential = potentialFrom(arrivalsOf(score, inputs), network.weights.subarray(first, last));
  const silent = zonesOf(spikes, score.period, zone).filter(({ kind }) => kind === 'silent');
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const orNone = (value: number) => (Number.isFinite(value) ? value : Number.NaN);
  return {
    margin: orNone(least(silent.map(({ begin, end }) => 1 - highestPotential(potential, begin, end).value))),
    slope: orNone(least(Array.from(spikes, (time) => slopeAt(potential, time, 'left')))),
    miss: orNone(-least(Array.from(spikes, (time) => -Math.abs(valueAt(potential, time) - 1)))),
  };
}

export interface Size {
  l2: number;
  l1: number;
  /** Share of the weights at a bound. */
  atBound: number;
}

export function sizeOf(weights: Float64Array, bound: number): Size {
  let [square, sum, held] = [0, 0, 0];
  for (const weight of weights) {
    square += weight * weight;
    sum += Math.abs(weight);
    if (Math.abs(weight) >= bound * (1 - 1e-9)) held++;
  }
  return { l2: Math.sqrt(square), l1: sum, atBound: weights.length > 0 ? held / weights.length : 0 };
}
