/**
 * Precision and recall of spikes against a score (Aguettaz and Loeliger 2024, section 5).
 *
 * Two spikes agree by k(x) = max(0, 1 - 2|x|), x their distance around the circle of one period. At lag
 * tau (spikes moved back by tau) a channel with spikes S and reference R has
 *
 *   precision  sum k / |S|,      recall  sum k / |R|      over all pairs,
 *
 * averaged over channels and maximised over tau, for precision and recall separately. Convention A: a channel
 * that is empty on both sides counts 1 for both, one that is empty on one side 0.
 *
 * As functions of tau both are piecewise linear, with kinks where a pair comes within 1/2, meets, and parts:
 * their maximum is at a meeting. One sweep over the sorted kinks finds it; lags whose neighbourhood holds too
 * few pairs to reach the best value found are left out of the sweep.
 */
import { channelCount, type Score, spikesOf } from '../score/index.js';

export interface Similarity {
  precision: number;
  recall: number;
  /** The lag of the best precision, in [-period/2, period/2). */
  lag: number;
  /** The lag of the best recall. */
  recallLag: number;
}

/** Half-width of the triangle k. */
const HALF = 0.5;

/** Best precision and recall over all lags. `trains` are the spikes of one period, one sorted train per channel. */
export function similarity(score: Score, trains: readonly Float64Array[]): Similarity {
  const { period } = score;
  const channels = channelCount(score);
  let bothEmpty = 0;
  let spikes = 0;
  let pairs = 0;
  for (let channel = 0; channel < channels; channel++) {
    const reference = spikesOf(score, channel).length;
    const own = trains[channel].length;
    if (reference === 0 && own === 0) bothEmpty++;
    spikes += own + reference;
    pairs += reference * own;
  }
  if (spikes === 0) return { precision: 1, recall: 1, lag: 0, recallLag: 0 };
  const lags = new Float64Array(pairs);
  const byPrecision = new Float64Array(pairs);
  const byRecall = new Float64Array(pairs);
  let n = 0;
  for (let channel = 0; channel < channels; channel++) {
    const reference = spikesOf(score, channel);
    const own = trains[channel];
    for (const time of own) {
      for (const target of reference) {
        const lag = (time - target) % period;
        lags[n] = lag < 0 ? lag + period : lag;
        byPrecision[n] = 1 / own.length;
        byRecall[n++] = 1 / reference.length;
      }
    }
  }
  const best = bestLag(lags, byPrecision, period);
  const bestRecall = bestLag(lags, byRecall, period);
  const signed = (lag: number) => (lag >= period / 2 ? lag - period : lag);
  return {
    precision: (best.value + bothEmpty) / channels,
    recall: (bestRecall.value + bothEmpty) / channels,
    lag: signed(best.lag),
    recallLag: signed(bestRecall.lag),
  };
}

/** Maximises sum_i weights[i] k(lags[i] - tau) over tau; all lags in [0, period]. */
function bestLag(lags: Float64Array, weights: Float64Array, period: number): { value: number; lag: number } {
  if (lags.length === 0) return { value: 0, lag: 0 };
  // No lag in a bin can score more than all pairs within 1/2 of the bin: the bin and its neighbours.
  const bins = Math.max(1, Math.floor(period / HALF));
  const width = period / bins;
  const weight = new Float64Array(bins);
  const binOf = (lag: number) => Math.min(bins - 1, Math.floor(lag / width));
  for (let i = 0; i < lags.length; i++) weight[binOf(lags[i])] += weights[i];
  const around = (bin: number) => {
    const near = new Set([(bin + bins - 1) % bins, bin, (bin + 1) % bins]);
    return [...near].reduce((sum, other) => sum + weight[other], 0);
  };
  const bounds = Array.from(weight.keys(), around);
  const order = Array.from(weight.keys()).sort((p, q) => bounds[q] - bounds[p] || p - q);
  let best = { value: 0, lag: 0 };
  for (const bin of order) {
    // The margin covers the rounding of sums in another order.
    if (bounds[bin] <= best.value * (1 - 1e-12)) break;
    const found = sweep(lags, weights, period, bin * width, width);
    if (found.value > best.value) best = found;
  }
  return best;
}

/** The best lag among those that fall into [begin, begin + width], by a sweep over the kinks near them. */
function sweep(lags: Float64Array, weights: Float64Array, period: number, begin: number, width: number) {
  // Positions relative to the bin's begin, every image that comes near; the kinks of pair i lie at
  // position - 1/2 (slope + 2 weight), position (- 4 weight) and position + 1/2 (+ 2 weight).
  const positions: number[] = [];
  const changes: number[] = [];
  for (let i = 0; i < lags.length; i++) {
    let position = (lags[i] - begin) % period;
    if (position < 0) position += period;
    for (position -= period * Math.ceil((position + HALF) / period); position < width + HALF; position += period) {
      if (position <= -HALF) continue;
      positions.push(position - HALF, position, position + HALF);
      changes.push(2 * weights[i], -4 * weights[i], 2 * weights[i]);
    }
  }
  const order = Uint32Array.from(positions.keys()).sort((i, j) => positions[i] - positions[j] || i - j);
  let best = { value: 0, lag: begin };
  let value = 0;
  let slope = 0;
  let at = -2 * HALF;
  for (const i of order) {
    value += slope * (positions[i] - at);
    slope += changes[i];
    at = positions[i];
    if (changes[i] < 0 && at >= 0 && at <= width && value > best.value) best = { value, lag: (begin + at) % period };
  }
  return best;
}

/**
 * The spikes that count for the period that begins at `begin`: begin - 1 <= t < begin + period, so that a
 * spike which drifted over the border is not lost; if the first and the last are less than a refractory
 * period apart around the circle, the first goes.
 */
export function periodWindow(train: Float64Array, begin: number, period: number): Float64Array {
  const first = train.findIndex((time) => time >= begin - 1);
  if (first < 0) return new Float64Array();
  let last = first;
  while (last < train.length && train[last] < begin + period) last++;
  const window = train.subarray(first, last);
  const crowded = window.length > 1 && window[0] + period - window[window.length - 1] < 1;
  return crowded ? window.subarray(1) : window;
}

/** For every spike its signed distance, after the lag, from the nearest reference spike of its channel, if within 1/2. */
export function timingErrors(score: Score, trains: readonly Float64Array[], lag: number): Float64Array {
  const { period } = score;
  const errors: number[] = [];
  trains.forEach((train, channel) => {
    const reference = spikesOf(score, channel);
    for (const time of train) {
      let nearest = Number.POSITIVE_INFINITY;
      for (const target of reference) {
        const x = time - lag - target;
        const wrapped = x - period * Math.round(x / period);
        if (Math.abs(wrapped) < Math.abs(nearest)) nearest = wrapped;
      }
      if (Math.abs(nearest) < HALF) errors.push(nearest);
    }
  });
  return Float64Array.from(errors);
}
