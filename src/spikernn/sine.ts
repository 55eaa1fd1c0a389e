/**
 * An oscillation without input, which the paper names and the published code does not have: the target is sin(2 pi t / P), the one channel of
 * the input stays 0. From the second period on every half of a period has to reach 0.7 of its own sign.
 */
import { cos } from '../core/index.js';
import type { Task } from '../tasks/index.js';
import type { Answer } from './own-task.js';

/** Steps of a trial, and of a period P: 5 Hz. */
export const SINE_STEPS = 200;
const PERIOD = 40;

/** The halves of periods that are judged. */
export const sineAnswers = (steps: number): Answer[] =>
  Array.from({ length: Math.floor((2 * steps) / PERIOD) - 2 }, (_, k) => ({
    from: PERIOD + (k * PERIOD) / 2,
    to: PERIOD + ((k + 1) * PERIOD) / 2,
    wanted: k % 2 === 0 ? 1 : -1,
  }));

/** The task, of so many steps. */
export const sine = (steps: number): Omit<Task<'sine'>, 'accuracy'> => ({
  name: 'sine',
  steps,
  inputs: 1,
  outputs: 1,
  trial: () => ({
    input: new Float64Array(steps),
    target: Float64Array.from({ length: steps }, (_, t) => cos((2 * Math.PI * t) / PERIOD - Math.PI / 2)),
    from: 0,
    label: 'sine',
  }),
});
