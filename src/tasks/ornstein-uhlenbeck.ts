/**
 * Following slow random signals: each of S channels shows an Ornstein-Uhlenbeck process around 1, and each output is to show the same,
 *
 *     x_{t+1} = e^{-dt / tau} x_t + tau sqrt((1 - e^{-2 dt / tau}) / (2 tau)) xi_t,   x_0 = 0,   s = 1 + x,
 *
 * with tau = 0.1 time constants of the network and xi standard normal. Time is needed to settle: the first steps do not count.
 *
 * Source: R. Engelken et al., code of "A time-resolved theory of information encoding in recurrent neural networks" (NeurIPS 2022).
 */
import { demandPositive, exp, normal, streamKey } from '../core/index.js';
import { demandSteps, type Task } from './task.js';

/** How many signals, and how they are sampled. */
export interface TrackingOptions {
  /** Steps of a trial. */
  steps: number;
  /** Length of a step, in time constants of the network. */
  dt: number;
  /** S, independent signals side by side. */
  signals: number;
}

/** One signal over ten time constants of the network. */
export const trackingDefaults: TrackingOptions = { steps: 50, dt: 0.2, signals: 1 };

const TAU = 0.1;
/** The first step that counts is the tenth. */
const SETTLED = 9;

/** The task. Nothing in it is right or wrong: its accuracy is the variance explained, 1 - mean squared error / (tau / 2), at least 0. */
export function tracking(options: TrackingOptions = trackingDefaults): Task {
  demandSteps('a tracking task', options, { steps: SETTLED + 1, signals: 1 });
  const { steps, dt, signals } = options;
  demandPositive('the length of a step', dt);
  const keep = exp(-dt / TAU);
  const variance = (TAU * TAU * (1 - keep * keep)) / (2 * TAU);
  const stationary = TAU / 2;
  return {
    name: 'tracking',
    steps,
    inputs: signals,
    outputs: signals,
    trial(seed, index) {
      const key = streamKey(seed, 'task tracking');
      const input = new Float64Array(steps * signals).fill(1);
      for (let i = signals; i < input.length; i++) {
        input[i] += keep * (input[i - signals] - 1) + Math.sqrt(variance) * normal(key, index, i - signals);
      }
      return { input, target: input.slice(), from: SETTLED, label: undefined };
    },
    accuracy({ target, from }, output) {
      let error = 0;
      for (let i = from * signals; i < target.length; i++) {
        const miss = output[i] - target[i];
        error += miss * miss;
      }
      return Math.max(0, 1 - error / ((steps - from) * signals * stationary));
    },
  };
}
