/**
 * What spike trains are like. Of each neuron's intervals x, n of them, with mean m and central moments m_k:
 *
 *   CV = sqrt(m_2) / m,   skewness = m_3 / m_2^(3/2),   kurtosis = m_4 / m_2^2 - 3.
 *
 * A CV from few intervals is biased low, so only neurons with at least 20 count, and their number is told.
 */
import { mean } from '../core/index.js';
import type { Spikes } from './simulate.js';

/** Intervals that a neuron needs for its CV to count. */
export const LEAST_INTERVALS = 20;

/** What a recording is like; one number per neuron. */
export interface TrainStatistics {
  /** Spikes per unit of time. */
  readonly rates: Float64Array;
  /** NaN where there are fewer than two intervals. */
  readonly cvs: Float64Array;
  readonly skewness: Float64Array;
  readonly kurtosis: Float64Array;
  /** Mean over neurons. */
  readonly rate: number;
  /** Mean CV over neurons with enough intervals, or undefined. */
  readonly cv: number | undefined;
  /** How many these are. */
  readonly counted: number;
}

/** Statistics of a recording that lasted from `from` to `to`. */
export function trainStatistics({ times, neurons }: Spikes, n: number, from: number, to: number): TrainStatistics {
  const counts = new Float64Array(n);
  const last = new Float64Array(n).fill(Number.NaN);
  const means = new Float64Array(n);
  times.forEach((time, s) => {
    const i = neurons[s];
    counts[i]++;
    if (counts[i] > 1) means[i] += time - last[i];
    last[i] = time;
  });
  for (let i = 0; i < n; i++) means[i] /= counts[i] - 1;
  const moments = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  last.fill(Number.NaN);
  times.forEach((time, s) => {
    const i = neurons[s];
    const x = time - last[i] - means[i];
    last[i] = time;
    if (Number.isNaN(x)) return;
    moments[0][i] += x * x;
    moments[1][i] += x * x * x;
    moments[2][i] += x * x * x * x;
  });
  const several = (of: (m2: number, m3: number, m4: number, mean: number) => number) =>
    means.map((m, i) => {
      const k = counts[i] - 1;
      return k < 2 ? Number.NaN : of(moments[0][i] / k, moments[1][i] / k, moments[2][i] / k, m);
    });
  const cvs = several((m2, _, __, m) => Math.sqrt(m2) / m);
  const enough = cvs.filter((_, i) => counts[i] - 1 >= LEAST_INTERVALS);
  return {
    rates: counts.map((count) => count / (to - from)),
    cvs,
    skewness: several((m2, m3) => m3 / (m2 * Math.sqrt(m2))),
    kurtosis: several((m2, _, m4) => m4 / (m2 * m2) - 3),
    rate: times.length / (n * (to - from)),
    cv: mean(enough),
    counted: enough.length,
  };
}
