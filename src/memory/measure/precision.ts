/**
 * Precision and recall of spikes against a score (Aguettaz and Loeliger 2024, section 5).
 *
 * Two spikes agree by k(x) = max(0, 1 - 2|x|), x their distance around the circle of one period. At lag
 * tau (spikes moved back by tau) a channel with spikes S and reference R has
 *
 *   precision  sum k / |S|,      recall  sum k / |R|      over all pairs,
 *
 * averaged over channels and maximised over tau, for precision and recall separately. What an empty channel counts is
 * a convention. A: 1 for both where both sides are empty, 0 where one is. B: 1 for precision where it played nothing,
 * 1 for recall where nothing was prescribed, whatever the other side holds.
 */
import { demandNumber, demandOneOf, demandPositive, demandTrain, demandTrains } from '../../core/index.js';
import { channelCount, demandScore, type Score, spikesOf } from '../score/index.js';
import { bestLags } from './best-lag.js';

/** What an empty channel counts: see the head of precision.ts. */
export type Convention = 'A' | 'B';

/** How far spikes agree with a score, from 0 to 1. */
export interface Agreement {
  /** The share of the spikes that agree with prescribed ones. */
  precision: number;
  /** The share of the prescribed spikes that are found again. */
  recall: number;
}

/** The best precision and the best recall over all lags, and where they are. */
export interface Similarity extends Agreement {
  /** The lag of the best precision, in [-period/2, period/2). */
  lag: number;
  /** The lag of the best recall. */
  recallLag: number;
}

/** The same of each channel. */
export interface ChannelAgreement {
  /** The precision of each channel. */
  precision: Float64Array;
  /** The recall of each channel. */
  recall: Float64Array;
  /** Precision and recall of all spikes, whichever channel's. */
  pooled: Agreement;
}

/** Throws `usage` unless there is one sorted train for each channel of a score, and a convention. */
export function demandPlayed(score: Score, trains: readonly Float64Array[], convention: Convention = 'A'): void {
  demandScore(score);
  demandTrains('the trains', trains, channelCount(score));
  demandOneOf('the convention', convention, ['A', 'B']);
}

/** Best precision and recall over all lags. `trains` are the spikes of one period, one sorted train per channel. */
export function similarity(score: Score, trains: readonly Float64Array[], convention: Convention = 'A'): Similarity {
  demandPlayed(score, trains, convention);
  const { period } = score;
  const channels = channelCount(score);
  let spikes = 0;
  // What channels without spikes add, at every lag.
  const empty = { precision: 0, recall: 0 };
  for (let channel = 0; channel < channels; channel++) {
    const reference = spikesOf(score, channel).length;
    const own = trains[channel].length;
    if (own === 0 && (reference === 0 || convention === 'B')) empty.precision++;
    if (reference === 0 && (own === 0 || convention === 'B')) empty.recall++;
    spikes += own + reference;
  }
  if (spikes === 0) return { precision: 1, recall: 1, lag: 0, recallLag: 0 };
  const best = bestLags(score, trains);
  const signed = (lag: number) => (lag >= period / 2 ? lag - period : lag);
  return {
    precision: (best.precision.value + empty.precision) / channels,
    recall: (best.recall.value + empty.recall) / channels,
    lag: signed(best.precision.lag),
    recallLag: signed(best.recall.lag),
  };
}

/** Precision and recall at one lag, by the definition. */
export function similarityAt(
  score: Score,
  trains: readonly Float64Array[],
  lag: number,
  convention: Convention = 'A',
): Agreement {
  const { precision, recall } = channelSimilarity(score, trains, lag, convention);
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  return { precision: mean(precision), recall: mean(recall) };
}

/** Precision and recall of every channel at one lag, and of all spikes pooled: of spikes, whichever channel's. */
export function channelSimilarity(
  score: Score,
  trains: readonly Float64Array[],
  lag: number,
  convention: Convention = 'A',
): ChannelAgreement {
  demandPlayed(score, trains, convention);
  demandNumber('the lag', lag);
  const { period } = score;
  const precision = new Float64Array(trains.length);
  const recall = new Float64Array(trains.length);
  const total = { agreement: 0, spikes: 0 };
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
    precision[channel] = train.length > 0 ? sum / train.length : empty;
    recall[channel] = reference.length > 0 ? sum / reference.length : empty;
    total.agreement += sum;
    total.spikes += train.length;
  });
  const share = (count: number) =>
    count > 0 ? total.agreement / count : total.spikes + score.times.length > 0 ? 0 : 1;
  return { precision, recall, pooled: { precision: share(total.spikes), recall: share(score.times.length) } };
}

/**
 * What precision and recall cannot exceed at any lag, from the numbers of spikes alone: in each channel no more than
 * the smaller number can agree. Costs nothing; convention A.
 */
export function similarityBounds(score: Score, trains: readonly Float64Array[]): Agreement {
  demandPlayed(score, trains);
  const channels = channelCount(score);
  let precision = 0;
  let recall = 0;
  trains.forEach((train, channel) => {
    const reference = spikesOf(score, channel).length;
    const common = Math.min(train.length, reference);
    precision += train.length > 0 ? common / train.length : reference === 0 ? 1 : 0;
    recall += reference > 0 ? common / reference : train.length === 0 ? 1 : 0;
  });
  return { precision: precision / channels, recall: recall / channels };
}

/**
 * The spikes that count for the period that begins at `begin`: begin - 1 <= t < begin + period, so that a
 * spike which drifted over the border is not lost; if the first and the last are less than a refractory
 * period apart around the circle, the first goes.
 */
export function periodWindow(train: Float64Array, begin: number, period: number): Float64Array {
  demandTrain('the train', train);
  demandNumber('the begin of the period', begin);
  demandPositive('the period', period);
  const first = train.findIndex((time) => time >= begin - 1);
  if (first < 0) return new Float64Array();
  let last = first;
  while (last < train.length && train[last] < begin + period) last++;
  const window = train.subarray(first, last);
  const crowded = window.length > 1 && window[0] + period - window[window.length - 1] < 1;
  return crowded ? window.subarray(1) : window;
}
