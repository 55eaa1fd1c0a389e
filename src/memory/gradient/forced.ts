/**
 * What one neuron does when all others play their prescribed trains (teacher-forced, protocol P0): the spikes of its exact
 * potential, and how well they are the prescribed ones.
 */
import { EngramError } from '../../core/index.js';
import { similarityAt } from '../measure/index.js';
import { scoreOf } from '../score/index.js';
import { type Course, firstCrossing } from '../template/index.js';

/**
 * The spikes of one period, in [0, period), sorted. The period before sets the stage. A threshold is asked for at the
 * beginning and after each spike; 1 if nothing is given. Throws `usage` for neurons of another model: the methods train the default one.
 */
export function forcedSpikes(course: Course, thresholds: () => number = () => 1): Float64Array {
  const { pieces } = course;
  if (!pieces) throw new EngramError('usage', 'gradient methods train neurons of the default model only');
  const { times, a, b, period } = pieces;
  const n = times.length;
  const spikes: number[] = [];
  let threshold = thresholds();
  let free = 0;
  for (let turn = 0; turn < 2; turn++) {
    // The piece before the first arrival goes on from the last one of the period before.
    for (let piece = -1; piece < n; piece++) {
      const i = piece < 0 ? n - 1 : piece;
      if (i < 0) break;
      const origin = piece < 0 ? times[i] + (turn - 1) * period : times[i] + turn * period;
      const begin = piece < 0 ? turn * period : origin;
      const end = turn * period + (piece + 1 < n ? times[piece + 1] : period);
      for (let from = Math.max(begin, free); from < end; from = Math.max(from, free)) {
        const x = from - origin;
        if (Math.max(a[i], 0) + Math.max(b[i], 0) * (end - origin) < threshold * 0.999) break;
        const found = firstCrossing(a[i], b[i], x, end - origin, threshold);
        // What crosses at the very end belongs to the next piece.
        if (Number.isNaN(found) || origin + found >= end) break;
        const time = origin + found;
        if (turn === 1) spikes.push(time - period);
        free = time + 1;
        threshold = thresholds();
      }
    }
  }
  return Float64Array.from(spikes);
}

export interface Reproduction {
  /** At lag 0, as everywhere (see measure). */
  precision: number;
  recall: number;
  /** Every prescribed spike is there within a quarter of a refractory period, and no other. */
  learned: boolean;
}

const NEAR = 0.25;

export function reproductionOf(fired: Float64Array, prescribed: Float64Array, period: number): Reproduction {
  const { precision, recall } = similarityAt(scoreOf([prescribed], period), [fired], 0);
  const apart = (one: number, other: number) => Math.abs(one - other - period * Math.round((one - other) / period));
  const found = prescribed.every((time) => fired.some((spike) => apart(spike, time) <= NEAR));
  return { precision, recall, learned: found && fired.length === prescribed.length };
}
