/**
 * Timed XOR (delayed match to sample): two stimuli of +1 or -1, one after the other on channels of their own. Some steps after the second
 * the output is to be +1 if they were the same and -1 if not, for a while, and 0 at all other times.
 *
 * Source: R. Kim, Y. Li, T. J. Sejnowski (2019), as Go-NoGo.
 */
import { streamKey, uniformStream } from '../core/index.js';
import { ANSWER, demandSteps, demandWithin, extremes, type Task } from './task.js';

/** Times of a trial, in steps. */
export interface TimedXorOptions {
  /** Length of a trial. */
  steps: number;
  /** The first stimulus is on in [on, on + lasts). */
  on: number;
  /** Length of each stimulus. */
  lasts: number;
  /** From the end of the first stimulus to the second. */
  delay: number;
}

/** Those of Kim et al. (2019). */
export const timedXorDefaults: TimedXorOptions = { steps: 300, on: 50, lasts: 50, delay: 10 };

/** From the end of the second stimulus to the answer, how long the answer lasts, and when it is read at the earliest. */
const PAUSE = 10;
const LASTS = 100;
const READ = 40;

/** The task. */
export function timedXor(options: TimedXorOptions = timedXorDefaults): Task<'same' | 'diff'> {
  demandSteps('a trial of XOR', options, { steps: 1, on: 0, lasts: 1, delay: 0 });
  const { steps, on, lasts, delay } = options;
  const second = on + lasts + delay;
  const end = second + lasts;
  demandWithin('a trial of XOR', end + PAUSE + READ, steps);
  return {
    name: 'xor',
    steps,
    inputs: 2,
    outputs: 1,
    trial(seed, index) {
      const uniform = uniformStream(streamKey(seed, 'task xor'), index);
      const signs = [0, 1].map(() => (uniform() < 0.5 ? 1 : -1));
      const input = new Float64Array(2 * steps);
      for (let t = 0; t < lasts; t++) {
        input[2 * (on + t)] = signs[0];
        input[2 * (second + t) + 1] = signs[1];
      }
      const label = signs[0] === signs[1] ? 'same' : 'diff';
      const target = new Float64Array(steps).fill(label === 'same' ? 1 : -1, end + PAUSE, end + PAUSE + LASTS);
      return { input, target, from: 0, label };
    },
    accuracy({ label }, output) {
      const { least, most } = extremes(output, 1, end + READ);
      return Number(label === 'same' ? most > ANSWER : least < -ANSWER);
    },
  };
}
