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
import { sortSpread } from '../core/index.js';
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
  const { precision, recall } = bestLags(lags, byPrecision, byRecall, period);
  const signed = (lag: number) => (lag >= period / 2 ? lag - period : lag);
  return {
    precision: (precision.value + bothEmpty) / channels,
    recall: (recall.value + bothEmpty) / channels,
    lag: signed(precision.lag),
    recallLag: signed(recall.lag),
  };
}

/**
 * Precision and recall at one lag, by the definition. Convention B: a channel counts 1 where its own side is
 * empty (precision without spikes, recall without a reference), whatever the other side holds.
 */
export function similarityAt(
  score: Score,
  trains: readonly Float64Array[],
  lag: number,
  convention: 'A' | 'B' = 'A',
): { precision: number; recall: number } {
  const { period } = score;
  let precision = 0;
  let recall = 0;
  trains.forEach((train, channel) => {
    const reference = spikesOf(score, channel);
    let sum = 0;
    for (const time of train) {
      for (const target of reference) {
        const x = time - target - lag;
        sum += Math.max(0, 1 - 2 * Math.abs(x - period * Math.round(x / period)));
      }
    }
    const bothEmpty = train.length === 0 && reference.length === 0;
    const empty = bothEmpty || convention === 'B' ? 1 : 0;
    precision += train.length > 0 ? sum / train.length : empty;
    recall += reference.length > 0 ? sum / reference.length : empty;
  });
  return { precision: precision / trains.length, recall: recall / trains.length };
}

interface Best {
  value: number;
  lag: number;
}

/** Bins on either side of the most promising one that are swept along with it. */
const NEIGHBOURS = 2;

/** Maximises sum_i weight_i k(lag_i - tau) over tau for both weights; all lags in [0, period]. */
function bestLags(
  lags: Float64Array,
  byPrecision: Float64Array,
  byRecall: Float64Array,
  period: number,
): { precision: Best; recall: Best } {
  let best = { precision: { value: 0, lag: 0 }, recall: { value: 0, lag: 0 } };
  // No lag in a bin can score more than all pairs within 1/2 of it: those of the bin and its neighbours.
  const bins = Math.max(1, Math.floor(period / HALF));
  const width = period / bins;
  const binOf = (lag: number) => Math.min(bins - 1, Math.floor(lag / width));
  const bounds = [byPrecision, byRecall].map((weights) => {
    const sums = new Float64Array(bins);
    for (let i = 0; i < lags.length; i++) sums[binOf(lags[i])] += weights[i];
    const near = (bin: number) => [...new Set([(bin + bins - 1) % bins, bin, (bin + 1) % bins])];
    // The margin covers the rounding of sums in another order.
    return sums.map((_, bin) => near(bin).reduce((sum, other) => sum + sums[other], 0) * (1 + 1e-12));
  });
  const swept = new Uint8Array(bins);
  const order = Array.from(swept.keys()).sort((p, q) => bounds[0][q] - bounds[0][p] || p - q);
  for (const bin of order) {
    if (swept[bin] || !(bounds[0][bin] > best.precision.value || bounds[1][bin] > best.recall.value)) continue;
    const reach = Math.min(NEIGHBOURS, (bins - 1) >> 1);
    for (let i = -reach; i <= reach; i++) swept[(bin + i + bins) % bins] = 1;
    const found = sweep(lags, byPrecision, byRecall, period, (bin - reach) * width, (2 * reach + 1) * width);
    best = {
      precision: found.precision.value > best.precision.value ? found.precision : best.precision,
      recall: found.recall.value > best.recall.value ? found.recall : best.recall,
    };
  }
  return best;
}

/** The best lags in [begin, begin + width], by one sweep over the kinks of the pairs near them. */
function sweep(
  lags: Float64Array,
  byPrecision: Float64Array,
  byRecall: Float64Array,
  period: number,
  begin: number,
  width: number,
) {
  // Every image of a pair that comes within 1/2 of the stretch.
  const near: number[] = [];
  const positions: number[] = [];
  for (let i = 0; i < lags.length; i++) {
    let position = (lags[i] - begin) % period;
    if (position < 0) position += period;
    for (position -= period * Math.ceil((position + HALF) / period); position < width + HALF; position += period) {
      if (position <= -HALF) continue;
      near.push(i);
      positions.push(position);
    }
  }
  const { sorted, order } = sortSpread(Float64Array.from(positions), -HALF, width + HALF);
  const precision = { value: 0, lag: begin };
  const recall = { value: 0, lag: begin };
  // A pair rises from 1/2 ahead of its position, falls from there on, and is gone 1/2 later: three cursors
  // through the same order meet all kinks in turn.
  let [rising, meeting, parting] = [0, 0, 0];
  let [valueP, slopeP, valueR, slopeR, at] = [0, 0, 0, 0, -2 * HALF];
  const positionOf = (cursor: number) => (cursor < sorted.length ? sorted[cursor] : Number.POSITIVE_INFINITY);
  while (meeting < order.length) {
    const [next, meet, part] = [positionOf(rising) - HALF, positionOf(meeting), positionOf(parting) + HALF];
    const kink = Math.min(next, meet, part);
    valueP += slopeP * (kink - at);
    valueR += slopeR * (kink - at);
    at = kink;
    if (kink === meet) {
      if (at >= 0 && at <= width) {
        const lag = (((begin + at) % period) + period) % period;
        if (valueP > precision.value) [precision.value, precision.lag] = [valueP, lag];
        if (valueR > recall.value) [recall.value, recall.lag] = [valueR, lag];
      }
      const pair = near[order[meeting++]];
      slopeP -= 4 * byPrecision[pair];
      slopeR -= 4 * byRecall[pair];
    } else {
      const pair = near[order[kink === next ? rising++ : parting++]];
      slopeP += 2 * byPrecision[pair];
      slopeR += 2 * byRecall[pair];
    }
  }
  return { precision, recall };
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
