/**
 * What spike trains are like. Of each neuron's intervals x, n of them, with mean m and central moments m_k:
 *
 *   CV = sqrt(m_2) / m,   skewness = m_3 / m_2^(3/2),   kurtosis = m_4 / m_2^2 - 3.
 *
 * A CV from few intervals is biased low, so only neurons with at least 20 count, and their number is told.
 */
import { demandInteger, demandNumber, refuse } from '../core/index.js';
import { demandSpikes } from './demand.js';
import type { Spikes } from './simulate.js';

/** Intervals that a neuron needs for its CV to count. */
export const LEAST_INTERVALS = 20;

/** What a recording is like; one number per neuron. */
export interface TrainStatistics {
  /** Spikes per unit of time. */
  readonly rates: Float64Array;
  /** Of the intervals; NaN where there are fewer than two. */
  readonly cvs: Float64Array;
  /** Of the intervals; NaN where there are fewer than two. */
  readonly skewness: Float64Array;
  /** Excess over the 3 of a normal distribution, of the intervals; NaN where there are fewer than two. */
  readonly kurtosis: Float64Array;
  /** Mean over neurons. */
  readonly rate: number;
  /** Mean CV over neurons with enough intervals, or undefined. */
  readonly cv: number | undefined;
  /** How many these are. */
  readonly counted: number;
}

/** Statistics of a recording that lasted from `from` to `to`. */
export function trainStatistics(spikes: Spikes, n: number, from: number, to: number): TrainStatistics {
  demandSpikes(spikes);
  demandInteger('the number of neurons', n, 1);
  demandNumber('the beginning', from);
  demandNumber('the end', to, from);
  const { times, neurons } = spikes;
  const beyond = neurons.findIndex((i) => i >= n);
  if (beyond >= 0) refuse(`neurons are 0 to ${n - 1}; spike ${beyond} is of ${neurons[beyond]}`);
  // Spikes by neuron, in order of time.
  const starts = new Uint32Array(n + 1);
  for (const i of neurons) starts[i + 1]++;
  for (let i = 0; i < n; i++) starts[i + 1] += starts[i];
  const order = new Uint32Array(times.length);
  const at = starts.slice(0, n);
  neurons.forEach((i, s) => {
    order[at[i]++] = s;
  });
  const [rates, cvs, skewness, kurtosis] = Array.from({ length: 4 }, () => new Float64Array(n).fill(Number.NaN));
  let [sum, counted] = [0, 0];
  for (let i = 0; i < n; i++) {
    const [begin, end] = [starts[i], starts[i + 1]];
    rates[i] = (end - begin) / (to - from);
    const k = end - begin - 1;
    if (k < 2) continue;
    const mean = (times[order[end - 1]] - times[order[begin]]) / k;
    let [m2, m3, m4] = [0, 0, 0];
    for (let s = begin + 1; s < end; s++) {
      const x = times[order[s]] - times[order[s - 1]] - mean;
      m2 += (x * x) / k;
      m3 += (x * x * x) / k;
      m4 += (x * x * x * x) / k;
    }
    cvs[i] = Math.sqrt(m2) / mean;
    skewness[i] = m3 / (m2 * Math.sqrt(m2));
    kurtosis[i] = m4 / (m2 * m2) - 3;
    if (k < LEAST_INTERVALS) continue;
    sum += cvs[i];
    counted++;
  }
  return {
    rates,
    cvs,
    skewness,
    kurtosis,
    rate: times.length / (n * (to - from)),
    cv: counted > 0 ? sum / counted : undefined,
    counted,
  };
}
