/**
 * The lag at which spikes agree best with a score:
 *
 *   maximise  v(tau) = sum over pairs of w k(lag - tau),    k(x) = max(0, 1 - 2|x|),
 *
 * where a pair is a spike and a prescribed spike of its channel, `lag` their distance around the circle, and w is one
 * over the number of spikes (precision) or of prescribed spikes (recall) of the channel. v is piecewise linear and
 * concave between the parting points of pairs, so its maximum is at the lag of some pair.
 *
 * Few of the many pairs (200 channels of 30 spikes: 180 000) need a closer look. They are counted into bins of width
 * H; the triangle over the bins bounds v from above to 2 H of the pairs in reach, and only bins whose bound reaches
 * the best value found are swept exactly.
 */
import { reusedBuffers } from '../../core/index.js';
import { channelCount, type Score, spikesOf } from '../score/index.js';

export interface Best {
  /** Sum over channels at the best lag. */
  value: number;
  /** In [0, period). */
  lag: number;
}

/** Half-width of the triangle k. */
export const HALF = 0.5;
/** Bins per half-width. */
const FINE = 50;

const buffers = reusedBuffers();

/** Calls `each` with the lag of every pair in [0, period) and its channel's weights. */
function eachPair(
  score: Score,
  trains: readonly Float64Array[],
  each: (lag: number, byPrecision: number, byRecall: number) => void,
): void {
  const { period } = score;
  for (let channel = 0; channel < channelCount(score); channel++) {
    const reference = spikesOf(score, channel);
    const own = trains[channel];
    const [byPrecision, byRecall] = [1 / own.length, 1 / reference.length];
    for (let i = 0; i < own.length; i++) {
      let time = own[i] % period;
      if (time < 0) time += period;
      for (let j = 0; j < reference.length; j++) {
        const lag = time - reference[j];
        each(lag < 0 ? lag + period : lag, byPrecision, byRecall);
      }
    }
  }
}

/** The best lags for precision and for recall. Without pairs both are 0. */
export function bestLags(score: Score, trains: readonly Float64Array[]): { precision: Best; recall: Best } {
  const { period } = score;
  const bins = Math.max(1, Math.ceil((period / HALF) * FINE));
  const width = period / bins;
  const binOf = (lag: number) => Math.min(bins - 1, Math.floor(lag / width));
  const counted = [buffers.f64('precision', bins).fill(0), buffers.f64('recall', bins).fill(0)];
  eachPair(score, trains, (lag, byPrecision, byRecall) => {
    const bin = binOf(lag);
    counted[0][bin] += byPrecision;
    counted[1][bin] += byRecall;
  });
  const bounds = counted.map((sums) => upperBounds(sums, width));
  const tops = bounds.map((bound) => bound.reduce((top, value, bin) => (value > bound[top] ? bin : top), 0));
  const best = { precision: { value: 0, lag: 0 }, recall: { value: 0, lag: 0 } };
  const look = (wanted: Uint8Array) => {
    const found = sweep(score, trains, wanted, width, binOf);
    if (found.precision.value > best.precision.value) best.precision = found.precision;
    if (found.recall.value > best.recall.value) best.recall = found.recall;
  };
  // First the most promising bins, then all whose bound still exceeds what they gave.
  const first = new Uint8Array(bins);
  for (const top of tops) first[top] = 1;
  look(first);
  const rest = first.map((done, bin) =>
    Number(done === 0 && (bounds[0][bin] > best.precision.value || bounds[1][bin] > best.recall.value)),
  );
  if (rest.includes(1)) look(rest);
  return best;
}

/**
 * For each bin an upper bound of v at any tau in it. A pair i bins away is at least (|i| - 1) H from tau, so k is at
 * most 1 - 2 (|i| - 1) H: the triangle over bins, plus 2 H of all pairs in reach.
 */
export function upperBounds(sums: Float64Array, width: number): Float64Array {
  const bins = sums.length;
  const reach = Math.ceil(HALF / width) + 1;
  // On a circle so short that the triangle meets itself every bin gets the bound of all.
  if (2 * reach + 1 >= bins) return sums.map(() => Number.POSITIVE_INFINITY);
  const at = (bin: number) => sums[bin < 0 ? bin + bins : bin < bins ? bin : bin - bins];
  // The triangle sum of (reach - |i|) s moves on by what rises ahead and what falls behind.
  let [triangle, ahead, behind] = [0, 0, 0];
  for (let i = -reach; i <= reach; i++) triangle += (reach - Math.abs(i)) * at(i);
  for (let i = 1; i <= reach; i++) ahead += at(i);
  for (let i = 1 - reach; i <= 0; i++) behind += at(i);
  const bounds = new Float64Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    // The margin covers rounding.
    bounds[bin] = 2 * width * triangle * (1 + 1e-9) + 1e-9;
    triangle += ahead - behind;
    ahead += at(bin + 1 + reach) - at(bin + 1);
    behind += at(bin + 1) - at(bin + 1 - reach);
  }
  return bounds;
}

/** The best lags among those in wanted bins. */
function sweep(
  score: Score,
  trains: readonly Float64Array[],
  wanted: Uint8Array,
  width: number,
  binOf: (lag: number) => number,
): { precision: Best; recall: Best } {
  const { period } = score;
  const bins = wanted.length;
  const reach = Math.min(Math.ceil(HALF / width) + 1, bins);
  const near = new Uint8Array(bins);
  wanted.forEach((value, bin) => {
    if (value === 1) for (let i = -reach; i <= reach; i++) near[(((bin + i) % bins) + bins) % bins] = 1;
  });
  const lags: number[] = [];
  const weights: [number[], number[]] = [[], []];
  eachPair(score, trains, (lag, byPrecision, byRecall) => {
    if (near[binOf(lag)] === 0) return;
    lags.push(lag);
    weights[0].push(byPrecision);
    weights[1].push(byRecall);
  });
  const order = Uint32Array.from(lags.keys()).sort((i, j) => lags[i] - lags[j] || i - j);
  const sorted = Float64Array.from(order, (i) => lags[i]);
  // Images across the origin, so that the neighbours of a lag are always one stretch of the list.
  const n = sorted.length;
  const before = sorted.findIndex((lag) => lag > period - HALF);
  const wrapped = before < 0 ? 0 : n - before;
  const position = (i: number) => (i < 0 ? sorted[i + n] - period : i < n ? sorted[i] : sorted[i - n] + period);
  const [precision, recall] = weights.map((weight) => {
    const of = (i: number) => weight[order[i < 0 ? i + n : i < n ? i : i - n]];
    const best = { value: 0, lag: 0 };
    // Sums of w and of w lag over the pairs up to 1/2 behind tau, and over those up to 1/2 ahead.
    let [low, middle, high] = [-wrapped, -wrapped, -wrapped];
    let [behind, behindLag, ahead, aheadLag] = [0, 0, 0, 0];
    let at = { low: 0, high: 0 };
    for (let i = 0; i < n; i++) {
      const tau = sorted[i];
      for (; high < 2 * n && position(high) < tau + HALF; high++) {
        ahead += of(high);
        aheadLag += of(high) * position(high);
      }
      for (; middle < high && position(middle) <= tau; middle++) {
        ahead -= of(middle);
        aheadLag -= of(middle) * position(middle);
        behind += of(middle);
        behindLag += of(middle) * position(middle);
      }
      for (; position(low) <= tau - HALF; low++) {
        behind -= of(low);
        behindLag -= of(low) * position(low);
      }
      if (wanted[binOf(tau)] === 0) continue;
      const value = (1 - 2 * tau) * behind + 2 * behindLag + (1 + 2 * tau) * ahead - 2 * aheadLag;
      if (value > best.value) {
        best.value = value;
        best.lag = tau;
        at = { low, high };
      }
    }
    // The running sums have rounded many times: the value at the lag that they found is summed afresh.
    best.value = 0;
    for (let i = at.low; i < at.high; i++) best.value += of(i) * (1 - 2 * Math.abs(position(i) - best.lag));
    return best;
  });
  return { precision, recall };
}
