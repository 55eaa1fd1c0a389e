/**
 * What unrelated activity scores: precision and recall at the best lag of random trains with as many spikes per
 * channel as the score, independent of it. Below this nothing has been recalled.
 */
import { demandInteger, streamKey, uniformStream } from '../../core/index.js';
import { channelCount, demandScore, type Score, spikesOf } from '../score/index.js';
import { similarity } from './precision.js';

/** Independent trains around the circle, with gaps of at least 1 and the numbers of spikes of the score. */
export function unrelatedTrains(score: Score, seed: number, index: number | string = 0): Float64Array[] {
  const { period } = score;
  const key = streamKey(seed, `unrelated ${index}`);
  return Array.from({ length: channelCount(score) }, (_, channel) => {
    const uniform = uniformStream(key, channel);
    const count = spikesOf(score, channel).length;
    const offsets = new Float64Array(count);
    for (let i = 1; i < count; i++) offsets[i] = uniform() * (period - count);
    offsets.sort();
    const first = uniform() * period;
    return offsets.map((offset, i) => (first + offset + i) % period).sort();
  });
}

/** What unrelated activity scores. */
export interface Chance {
  /** The mean precision. */
  precision: number;
  /** The mean recall. */
  recall: number;
  /** The highest precision seen. */
  highest: number;
}

/** Means over `trials` independent sets of trains. */
export function chanceLevel(score: Score, seed: number, trials = 10): Chance {
  demandScore(score);
  demandInteger('trials', trials, 1, 1e7);
  const found = Array.from({ length: trials }, (_, i) => similarity(score, unrelatedTrains(score, seed, i)));
  const mean = (f: (s: (typeof found)[number]) => number) => found.reduce((sum, one) => sum + f(one), 0) / trials;
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    highest: found.reduce((top, { precision }) => Math.max(top, precision), 0),
  };
}
