/**
 * Go-NoGo: in half of the trials, drawn by a fair coin, the input is 1 while the stimulus lasts. Then the output is to be 1
 * from its end on; without a stimulus it stays 0. One step is 5 ms in the source.
 *
 * Source: R. Kim, Y. Li, T. J. Sejnowski, Simple framework for constructing functional spiking recurrent neural networks (2019).
 */
import { streamKey, uniformStream } from '../core/index.js';
import { ANSWER, demandSteps, demandWithin, extremes, type Task } from './task.js';

/** An output that moves no further than this has not gone. */
const QUIET = 0.3;

/** Times of a trial, in steps. */
export interface GoNoGoOptions {
  /** Length of a trial. */
  steps: number;
  /** The stimulus is on in the steps [on, on + lasts). */
  on: number;
  /** Length of the stimulus. */
  lasts: number;
}

/** Those of the source, in steps of 5 ms. */
export const goNoGoDefaults: GoNoGoOptions = { steps: 200, on: 50, lasts: 25 };

/** The task. Labels are 1 for Go and 0 for NoGo. */
export function goNoGo(options: GoNoGoOptions = goNoGoDefaults): Task<0 | 1> {
  demandSteps('a Go-NoGo trial', options, { steps: 1, on: 0, lasts: 1 });
  const { steps, on, lasts } = options;
  const end = on + lasts;
  demandWithin('a Go-NoGo trial', end, steps);
  return {
    name: 'go-nogo',
    steps,
    inputs: 1,
    outputs: 1,
    trial(seed, index) {
      const label = uniformStream(streamKey(seed, 'task go-nogo'), index)() < 0.5 ? 1 : 0;
      const input = new Float64Array(steps).fill(label, on, end);
      const target = new Float64Array(steps).fill(label, end);
      return { input, target, from: 0, label };
    },
    accuracy({ label }, output) {
      const { least, most } = extremes(output, 1, end);
      return Number(label === 1 ? most > ANSWER : most < QUIET && least > -QUIET);
    },
  };
}
