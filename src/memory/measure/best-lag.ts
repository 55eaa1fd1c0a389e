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
 * the best value found are swept exactly. Where most spikes agree some of the channels will do: of the others each adds
 * no more to v than its spikes can find partners.
 */
import { countUntil, reusedBuffers } from '../../core/index.js';
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
/** Bins to either side that hold pairs within a half-width of a lag in one. */
const REACH = FINE + 2;
/** Channels that are counted first; where they do not tell all are. */
const FIRST_CHANNELS = 32;
/** What is swept before all channels have been counted: one bin of so many at most. */
const SPARING = 8;

const buffers = reusedBuffers();

/** A channel that has prescribed spikes, and spikes played, both in order and in [0, period). */
interface Channel {
  readonly reference: Float64Array;
  readonly own: Float64Array;
  /** The weights of its pairs, for precision and for recall. */
  readonly weights: readonly [number, number];
  /** How many spikes agree at most, at any lag. */
  readonly most: number;
}

/** The most spikes that fall into half a unit: k is the overlap of two boxes of that width, so that a spike agrees with no more. */
function crowd(train: Float64Array, period: number): number {
  const twice = new Float64Array(2 * train.length);
  twice.set(train);
  twice.set(
    train.map((time) => time + period),
    train.length,
  );
  let j = 0;
  return train.reduce((most, time, i) => {
    while (twice[j] <= time + HALF) j++;
    return Math.max(most, j - i);
  }, 0);
}

function channelsOf(score: Score, trains: readonly Float64Array[]): Channel[] {
  const { period } = score;
  const channels = Array.from({ length: channelCount(score) }, (_, channel): Channel => {
    const reference = spikesOf(score, channel);
    const own = trains[channel].map((time) => {
      const folded = time % period;
      return folded < 0 ? folded + period : folded;
    });
    own.sort();
    const most = Math.min(own.length * crowd(reference, period), reference.length * crowd(own, period));
    return { reference, own, weights: [1 / own.length, 1 / reference.length], most };
  });
  return channels.filter(({ reference, own }) => reference.length > 0 && own.length > 0);
}

/** The best lags for precision and for recall. Without pairs both are 0. */
export function bestLags(score: Score, trains: readonly Float64Array[]): { precision: Best; recall: Best } {
  const { period } = score;
  const channels = channelsOf(score, trains);
  const bins = Math.max(1, Math.ceil((period / HALF) * FINE));
  const sums = ['precision', 'recall'].map((name) => buffers.f64(name, bins).fill(0));
  const best = [0, 1].map(() => ({ value: 0, lag: 0 }));
  const look = (wanted: Uint8Array) => {
    sweep(channels, wanted, period).forEach((found, i) => {
      if (found.value > best[i].value) best[i] = found;
    });
  };
  for (let from = 0, until = FIRST_CHANNELS; ; from = until, until = channels.length) {
    for (const channel of channels.slice(from, until)) {
      const [byPrecision, byRecall] = channel.weights;
      eachPair(channel, bins, period, (bin) => {
        sums[0][bin] += byPrecision;
        sums[1][bin] += byRecall;
      });
    }
    const rest = channels.slice(until);
    const bounds = sums.map((sum) => upperBounds(sum, period / bins));
    // First the most promising bins, then all whose bound still exceeds what they gave.
    const tops = new Uint8Array(bins);
    for (const bound of bounds) tops[bound.indexOf(bound.reduce((most, value) => Math.max(most, value)))] = 1;
    look(tops);
    const least = best.map(
      ({ value }, i) => value - rest.reduce((others, { most, weights }) => others + most * weights[i], 0),
    );
    const promising = tops.map((_, bin) => Number(bounds[0][bin] > least[0] || bounds[1][bin] > least[1]));
    if (rest.length > 0 && around(promising).reduce((sum, value) => sum + value, 0) * SPARING > bins) continue;
    look(promising);
    return { precision: best[0], recall: best[1] };
  }
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
  for (let i = 1 - reach; i <= reach; i++) {
    triangle += (reach - Math.abs(i)) * at(i);
    if (i > 0) ahead += at(i);
    else behind += at(i);
  }
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

/** The bins that hold pairs in reach of one that is wanted. */
function around(wanted: Uint8Array): Uint8Array {
  const bins = wanted.length;
  const near = new Uint8Array(bins);
  // Stretch by stretch: what is marked already is passed over.
  for (let bin = 0, until = -REACH; bin < bins; bin++) {
    if (wanted[bin] === 0) continue;
    for (let i = Math.max(bin - REACH, until); i <= bin + REACH; i++) near[(i + bins) % bins] = 1;
    until = bin + REACH + 1;
  }
  return near;
}

/** Calls `each` with the bin and the lag, in [0, period), of every pair of a channel. */
function eachPair({ reference, own }: Channel, bins: number, period: number, each: (bin: number, lag: number) => void) {
  const scale = bins / period;
  for (const time of own) {
    for (let j = 0; j < reference.length; j++) {
      const difference = time - reference[j];
      const lag = difference < 0 ? difference + period : difference;
      each(Math.min((lag * scale) | 0, bins - 1), lag);
    }
  }
}

/** The pairs whose lag falls into one of these bins, in order of their lags: these, and the channels. */
function pairsIn(channels: readonly Channel[], near: Uint8Array, period: number) {
  const lags: number[] = [];
  const owners: number[] = [];
  channels.forEach((channel, c) => {
    eachPair(channel, near.length, period, (bin, lag) => {
      if (near[bin] === 0) return;
      lags.push(lag);
      owners.push(c);
    });
  });
  const sorted = new Float64Array(lags).sort();
  const owner = new Uint32Array(lags.length);
  const taken = new Uint32Array(lags.length);
  for (let i = 0; i < lags.length; i++) {
    const place = countUntil(sorted, lags[i], 'left');
    owner[place + taken[place]++] = owners[i];
  }
  return { sorted, owner };
}

/** The best lags among those in wanted bins. */
function sweep(channels: readonly Channel[], wanted: Uint8Array, period: number): Best[] {
  const last = wanted.length - 1;
  const scale = wanted.length / period;
  const { sorted, owner } = pairsIn(channels, around(wanted), period);
  // Images across the origin, so that the neighbours of a lag are always one stretch of the list.
  const n = sorted.length;
  const wrapped = n - countUntil(sorted, period - HALF, 'right');
  const all = wrapped + n + countUntil(sorted, HALF, 'right');
  const lags = new Float64Array(all);
  for (let i = 0; i < all; i++) {
    lags[i] = sorted[(i - wrapped + n) % n] + period * Math.floor((i - wrapped) / n);
  }
  return [0, 1].map((kind) => {
    const weights = new Float64Array(all);
    for (let i = 0; i < all; i++) weights[i] = channels[owner[(i - wrapped + n) % n]].weights[kind];
    const best = { value: 0, lag: 0 };
    // Sums of w and of w lag over the pairs up to 1/2 behind tau, and over those up to 1/2 ahead.
    let [low, middle, high] = [0, 0, 0];
    let [behind, behindLag, ahead, aheadLag] = [0, 0, 0, 0];
    for (let i = wrapped; i < wrapped + n; i++) {
      const tau = lags[i];
      for (; high < all && lags[high] < tau + HALF; high++) {
        ahead += weights[high];
        aheadLag += weights[high] * lags[high];
      }
      for (; middle < high && lags[middle] <= tau; middle++) {
        ahead -= weights[middle];
        aheadLag -= weights[middle] * lags[middle];
        behind += weights[middle];
        behindLag += weights[middle] * lags[middle];
      }
      for (; lags[low] <= tau - HALF; low++) {
        behind -= weights[low];
        behindLag -= weights[low] * lags[low];
      }
      if (wanted[Math.min((tau * scale) | 0, last)] === 0) continue;
      const value = (1 - 2 * tau) * behind + 2 * behindLag + (1 + 2 * tau) * ahead - 2 * aheadLag;
      if (value > best.value) {
        best.value = value;
        best.lag = tau;
      }
    }
    // The running sums have rounded many times: the value at the lag that they found is summed afresh.
    best.value = 0;
    for (let i = 0; i < all; i++) best.value += weights[i] * Math.max(0, 1 - 2 * Math.abs(lags[i] - best.lag));
    return best;
  });
}
