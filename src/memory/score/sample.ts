/**
 * Random scores: a Poisson process of intensity `activity` on the circle of length T, conditioned on all
 * cyclic gaps being at least 1 (a hard-core gas; Aguettaz and Loeliger 2024, section 2).
 *
 *   P(n) ~ activity^n (T - n)^(n-1) / n!     for n = 0, 1, ..., ceil(T) - 1
 *
 * Given n, the spikes are u0 and u0 + v_i + i, with u0 uniform on the circle and v_i the order statistics
 * of n - 1 uniform numbers in (0, T - n).
 */
import {
  demandInteger,
  demandNumber,
  demandPositive,
  EngramError,
  exp,
  ln,
  streamKey,
  uniformStream,
} from '../../core/index.js';
import { type Score, scoreOf } from './score.js';

/** Probabilities of 0, 1, ... spikes in a period, all times in refractory periods. */
export function spikeCountPmf(period: number, activity: number): Float64Array {
  demandPositive('the period', period);
  demandNumber('the activity', activity, 0);
  if (activity === 0) return Float64Array.of(1);
  const logs = new Float64Array(Math.max(1, Math.ceil(period)));
  for (let n = 0, logFactorial = 0; n < logs.length; n++) {
    if (n > 0) logFactorial += ln(n);
    logs[n] = (n - 1) * ln(period - n) + n * ln(activity) - logFactorial;
  }
  const highest = logs.reduce((a, b) => Math.max(a, b));
  const pmf = logs.map((value) => exp(value - highest));
  const total = pmf.reduce((a, b) => a + b);
  return pmf.map((value) => value / total);
}

/** E[n] of `spikeCountPmf`. */
export const expectedSpikes = (period: number, activity: number): number =>
  spikeCountPmf(period, activity).reduce((sum, p, n) => sum + n * p, 0);

/**
 * The activity at which the expected rate (spikes per refractory period) is `rate`, by bisection.
 * Throws `usage` when no activity gives it.
 */
export function activityOfRate(period: number, rate: number): number {
  demandPositive('the period', period);
  demandNumber('the rate', rate);
  const excess = (logActivity: number) => expectedSpikes(period, exp(logActivity)) / period - rate;
  let [low, high] = [-30, 30];
  if (!(rate > 0 && excess(low) < 0 && excess(high) > 0)) {
    throw new EngramError(
      'usage',
      `no activity gives ${rate} spikes per refractory period; allowed is above 0 and well below 1`,
    );
  }
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) < 0) low = middle;
    else high = middle;
  }
  return exp((low + high) / 2);
}

/**
 * The activity at which the same sampler draws the renewal process: dead time 1, then hazard `hazard`.
 * Its law has the extra factor exp(hazard n), which the activity absorbs.
 */
export const activityOfHazard = (hazard: number): number => hazard * exp(hazard);

/**
 * A random score; every channel has its own stream of the seed.
 * @param memory of several scores of one seed, which one
 */
export function sampleScore(channels: number, period: number, activity: number, seed: number, memory = 0): Score {
  demandInteger('channels', channels, 1, 2 ** 31);
  demandInteger('the memory', memory);
  const pmf = spikeCountPmf(period, activity);
  const key = streamKey(seed, memory === 0 ? 'score' : `score ${memory}`);
  const trains = Array.from({ length: channels }, (_, channel) => {
    const uniform = uniformStream(key, channel);
    const count = drawCount(pmf, uniform());
    const offsets = new Float64Array(count);
    for (let i = 1; i < count; i++) offsets[i] = uniform() * (period - count);
    offsets.sort();
    const first = uniform() * period;
    return offsets.map((offset, i) => wrap(first + offset + i, period)).sort();
  });
  return scoreOf(trains, period);
}

function drawCount(pmf: Float64Array, uniform: number): number {
  let cumulative = 0;
  for (let n = 0; n < pmf.length; n++) {
    cumulative += pmf[n];
    if (uniform < cumulative) return n;
  }
  return pmf.length - 1;
}

const wrap = (time: number, period: number) => (time < period ? time : time - period);
