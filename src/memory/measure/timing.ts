/**
 * How exactly spikes fall: their timing errors against the score, the law of these, and how lags grow.
 */
import { countUntil, demandArray, demandInteger, demandNumber, mean, quantile, variance } from '../../core/index.js';
import { type Score, spikesOf } from '../score/index.js';
import { HALF } from './best-lag.js';
import { demandPlayed, periodWindow, similarity } from './precision.js';

/** For every spike its signed distance, after the lag, from the nearest reference spike of its channel, if within 1/2. */
export function timingErrors(score: Score, trains: readonly Float64Array[], lag: number): Float64Array {
  demandPlayed(score, trains);
  demandNumber('the lag', lag);
  const { period } = score;
  const errors: number[] = [];
  trains.forEach((train, channel) => {
    const reference = spikesOf(score, channel);
    const n = reference.length;
    for (const time of n > 0 ? train : []) {
      const moved = time - lag;
      const after = countUntil(reference, moved - period * Math.floor(moved / period), 'left');
      const [before, next] = [(after + n - 1) % n, after % n].map((i) => wrapped(moved - reference[i], period));
      const nearest = Math.abs(next) < Math.abs(before) ? next : before;
      if (Math.abs(nearest) < HALF) errors.push(nearest);
    }
  });
  return Float64Array.from(errors);
}

/** The law of timing errors, in refractory periods. */
export interface Jitter {
  /** Spikes within half a refractory period of a prescribed one, and those that are not. */
  matched: number;
  /** Spikes further than half a refractory period from any prescribed one. */
  extra: number;
  /** Prescribed spikes that nothing was played for. */
  missed: number;
  /** The mean error. */
  mean: number;
  /** Standard deviation around the mean. */
  deviation: number;
  /** Half of the errors are smaller than this, in absolute value, and 95 of 100 smaller than `most`. */
  median: number;
  /** 95 of 100 errors are smaller, in absolute value. */
  most: number;
}

/** The law of the timing errors at a lag. Means and quantiles of nothing are NaN. */
export function jitterStatistics(score: Score, trains: readonly Float64Array[], lag: number): Jitter {
  const errors = timingErrors(score, trains, lag);
  const played = trains.reduce((sum, train) => sum + train.length, 0);
  const n = errors.length;
  const sizes = errors.map(Math.abs);
  return {
    matched: n,
    extra: played - n,
    missed: Math.max(0, score.times.length - n),
    mean: mean(errors) ?? Number.NaN,
    deviation: Math.sqrt(variance(errors) ?? Number.NaN),
    median: quantile(sizes, 0.5) ?? Number.NaN,
    most: quantile(sizes, 0.95) ?? Number.NaN,
  };
}

/** A difference of times around the circle, in [-period/2, period/2]. */
export const wrapped = (difference: number, period: number): number =>
  difference - period * Math.round(difference / period);

/** The lag of each of so many periods from `begin` on, unwrapped: a drift of several periods stays a drift. */
export function lagTrack(score: Score, trains: readonly Float64Array[], begin: number, periods: number): Float64Array {
  demandPlayed(score, trains);
  demandNumber('the begin', begin);
  demandInteger('periods', periods, 0, 1e7);
  const { period } = score;
  const lags = new Float64Array(periods);
  for (let i = 0; i < periods; i++) {
    const { lag } = similarity(
      score,
      trains.map((train) => periodWindow(train, begin + i * period, period)),
    );
    lags[i] = i === 0 ? lag : lags[i - 1] + wrapped(lag - lags[i - 1], period);
  }
  return lags;
}

/** A straight line through values that come one per period. */
export interface Trend {
  /** Growth per period. */
  slope: number;
  /** Root mean square distance of the values from the line. */
  deviation: number;
}

/** The straight line through values that come one per period: how much they grow per period, and how far they stray. */
export function trend(values: ArrayLike<number>): Trend {
  const n = values?.length;
  if (!Array.isArray(values))
    demandArray('the values of a trend, unless it is a list,', values, [Float64Array, Float32Array]);
  for (let i = 0; i < n; i++) demandNumber(`value ${i} of a trend`, values[i]);
  if (n < 2) return { slope: 0, deviation: 0 };
  const centre = (n - 1) / 2;
  let [sum, moment, square] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    sum += values[i];
    moment += (i - centre) * values[i];
    square += (i - centre) * (i - centre);
  }
  const slope = moment / square;
  let rest = 0;
  for (let i = 0; i < n; i++) {
    const error = values[i] - sum / n - slope * (i - centre);
    rest += error * error;
  }
  return { slope, deviation: Math.sqrt(rest / n) };
}

/**
 * How far the last turn of one channel stands from its prescription: the mean distance around the circle of its last
 * spikes, as many as are prescribed, from those that are due, counted from the first of a train that begins with a
 * turn; null with fewer spikes than that.
 */
export function lastOffset(reference: Float64Array, train: Float64Array, period: number): number | null {
  const n = reference.length;
  if (n === 0 || train.length < n) return null;
  let sum = 0;
  for (let i = train.length - n; i < train.length; i++) sum += wrapped(train[i] - reference[i % n], period);
  return sum / n;
}
