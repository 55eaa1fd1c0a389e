/**
 * Bits that have to be remembered: every step shows a random bit s_t on each channel, and wants
 *
 *     level 0 (copy)          s_{t - d}
 *     level 1 (delayed XOR)   s_{t - d} xor s_{t - 2d}
 *     level h                 the parity of s_{t - d}, s_{t - 2d}, ..., s_{t - 2^h d}
 *
 * with delay d, coded as 0 and 1. Counted from 1, the steps 2^h d to T are asked for. The bits that the first d 2^h steps refer
 * to were drawn but never shown; of the steps asked for this is one, whose answer nobody can know.
 *
 * Source: R. Engelken, Gradient flossing (NeurIPS 2023), and its code for surrogate gradients.
 */
import { demandInteger, EngramError, streamKey, uniformStream } from '../core/index.js';
import { demandSteps, type Task } from './task.js';

/** How deep, how late and how wide the memory has to be. */
export interface ParityOptions {
  /** 0 copies, 1 is the delayed XOR. */
  level: number;
  /** Steps between the bits, at least 1. */
  delay: number;
  /** Steps of a trial, more than 2^level delay. */
  steps: number;
  /** Independent bits side by side, one output each. */
  channels: number;
}

/** The task; an output is read by its sign: 1 where it is at least 0. Throws if the trial ends before the first answer. */
export function delayedParity(options: ParityOptions): Task {
  demandSteps('a parity task', options, { level: 0, delay: 1, steps: 1, channels: 1 });
  const { level, delay, steps, channels } = options;
  demandInteger('the level of a parity task', level, 0, 20);
  const bits = 1 << level;
  const reach = bits * delay;
  if (!(steps > reach)) {
    throw new EngramError('usage', `a trial must be longer than its first answer at step ${reach}; got ${steps} steps`);
  }
  const name = level === 0 ? 'copy' : level === 1 ? 'delayed-xor' : `delayed-parity-${level}`;
  return {
    name,
    steps,
    inputs: channels,
    outputs: channels,
    trial(seed, index) {
      const uniform = uniformStream(streamKey(seed, `task ${name}`), index);
      const shown = Float64Array.from({ length: (reach + steps) * channels }, () => (uniform() < 0.5 ? 0 : 1));
      const target = new Float64Array(steps * channels);
      for (let i = 0; i < target.length; i++) {
        for (let k = 1; k <= bits; k++) target[i] += shown[i + (reach - k * delay) * channels];
        target[i] %= 2;
      }
      return { input: shown.subarray(reach * channels), target, from: reach - 1, label: undefined };
    },
    accuracy({ target, from }, output) {
      let right = 0;
      for (let i = from * channels; i < target.length; i++) if (output[i] >= 0 === (target[i] === 1)) right++;
      return right / ((steps - from) * channels);
    },
  };
}
