/**
 * Context-dependent integration: two noisy streams, each N(0, 1) around an offset of its own sign while the stimulus is on, and a cue that is on all the time and
 * says which of them counts. From the end of the stimulus on the output is to be the sign of the cued offset.
 *
 *     channels 0, 1   the streams        channels 2, 3   attend stream 0, attend stream 1
 *
 * Sources: V. Mante, D. Sussillo, K. V. Shenoy, W. T. Newsome (2013), with the constants of R. Kim et al. (2019).
 */
import { demandNumber, normal, streamKey, uniformStream } from '../core/index.js';
import { ANSWER, demandSteps, demandWithin, extremes, type Task } from './task.js';

/** Times of a trial, in steps, and how hard it is. */
export interface ManteOptions {
  /** Length of a trial, at least 200: the answer is read in the last 200 steps. */
  steps: number;
  /** The streams are on in [on, on + lasts). */
  on: number;
  /** How long the streams are on. */
  lasts: number;
  /** Size of the offsets; small ones are hard to read (psychometric curves). */
  offset: number;
}

/** Those of Kim et al. (2019). */
export const manteDefaults: ManteOptions = { steps: 500, on: 50, lasts: 200, offset: 0.5 };

/** The answer is read in the last steps of the trial. */
const READ = 200;

/** The task. Labels are the sign of the cued offset. */
export function mante(options: ManteOptions = manteDefaults): Task<1 | -1> {
  demandSteps('a trial of integration', options, { steps: READ, on: 0, lasts: 1 });
  const { steps, on, lasts, offset } = options;
  demandNumber('the offset', offset);
  demandWithin('a trial of integration', on + lasts, steps);
  return {
    name: 'mante',
    steps,
    inputs: 4,
    outputs: 1,
    trial(seed, index) {
      const uniform = uniformStream(streamKey(seed, 'task mante'), index);
      const noise = streamKey(seed, 'task mante noise');
      const coin = () => (uniform() < 0.5 ? 1 : -1);
      const signs = [coin(), coin()] as const;
      const attended = coin() === 1 ? 0 : 1;
      const input = new Float64Array(4 * steps);
      for (let t = 0; t < steps; t++) {
        input[4 * t + 2 + attended] = 1;
        if (t < on || t >= on + lasts) continue;
        for (const k of [0, 1]) input[4 * t + k] = normal(noise, index, 2 * (t - on) + k) + offset * signs[k];
      }
      const label = signs[attended];
      return { input, target: new Float64Array(steps).fill(label, on + lasts), from: 0, label };
    },
    accuracy({ label }, output) {
      const { least, most } = extremes(output, 1, Math.max(0, output.length - READ));
      return Number(label === 1 ? most > ANSWER : least < -ANSWER);
    },
  };
}
