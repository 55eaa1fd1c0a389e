/**
 * How trains fire in a window [a, b), whatever they were meant to play. Of N trains with spikes t_1 < ... < t_n in the window,
 *
 *   rate         spikes / (N (b - a))
 *   interval     mean of t_{k+1} - t_k                                          n >= 2
 *   CV           standard deviation of the intervals / their mean               n >= 3
 *   correlation  mean over pairs i < j of Pearson's r of the counts c_i, c_j in bins    c not constant
 *
 * each a mean over the trains, or pairs of them, for which it exists. The standard deviation divides by the number of intervals, as
 * `elephant.statistics.cv` does; r is that of `elephant.spike_train_correlation.correlation_coefficient`. With z_i the centred
 * counts of unit length, sum_{i<j} z_i . z_j = (|sum_i z_i|^2 - M) / 2 for M trains, so no pair is visited.
 * Times, windows and bins in refractory periods; a bin is as near to 1 as divides the window.
 */
import { demandNumber, mean, refuse } from '../../core/index.js';
import { channelCount, type Score, spikesOf } from '../score/index.js';
import { repeatTrain } from './prompt.js';

/** Statistics of firing; null where no train has them. */
export interface Firing {
  /** Spikes per train and refractory period. */
  rate: number;
  /** The mean interval between spikes of a train, in refractory periods. */
  interval: number | null;
  /** The coefficient of variation of these intervals. */
  cv: number | null;
  /** Pearson's r of spike counts, over all pairs of trains. */
  correlation: number | null;
}

/** How sorted trains fire in [from, to). */
export function firingOf(trains: readonly Float64Array[], from: number, to: number): Firing {
  demandNumber('the begin of the window', from);
  demandNumber('the end of the window', to);
  if (!(to > from)) refuse(`the window must end after it begins; got ${from} to ${to}`);
  const windows = trains.map((train) => train.filter((time) => from <= time && time < to));
  const intervals = windows.map((train) => train.subarray(1).map((time, k) => time - train[k]));
  const spikes = windows.reduce((sum, train) => sum + train.length, 0);
  return {
    rate: trains.length > 0 ? spikes / (trains.length * (to - from)) : 0,
    interval: mean(intervals.flatMap((own) => mean(own) ?? [])) ?? null,
    cv: mean(intervals.filter((own) => own.length > 1).map(variation)) ?? null,
    correlation: meanCorrelation(windows, from, to),
  };
}

/** How a score fires while it is played for some periods. */
export function firingOfScore(score: Score, periods: number): Firing {
  const end = periods * score.period;
  const trains = Array.from({ length: channelCount(score) }, (_, channel) =>
    repeatTrain(spikesOf(score, channel), score.period, 0, end),
  );
  return firingOf(trains, 0, end);
}

function variation(values: Float64Array): number {
  const average = mean(values) as number;
  return Math.sqrt(mean(values.map((value) => (value - average) * (value - average))) as number) / average;
}

function meanCorrelation(trains: readonly Float64Array[], from: number, to: number): number | null {
  const bins = Math.max(1, Math.round(to - from));
  const sum = new Float64Array(bins);
  let varied = 0;
  for (const train of trains) {
    const counts = new Float64Array(bins);
    for (const time of train) counts[Math.min(bins - 1, Math.floor(((time - from) / (to - from)) * bins))]++;
    const average = train.length / bins;
    const length = Math.sqrt(counts.reduce((square, count) => square + (count - average) * (count - average), 0));
    if (length === 0) continue;
    varied++;
    for (let bin = 0; bin < bins; bin++) sum[bin] += (counts[bin] - average) / length;
  }
  if (varied < 2) return null;
  const square = sum.reduce((total, value) => total + value * value, 0);
  return (square - varied) / (varied * (varied - 1));
}
