/**
 * The methods that learn a whole network at once, as one task that can stop after any epoch and go on with the same
 * bytes: what goes on is the descent, which is plain data. A neuron's part of the outcome is what it is judged by.
 */
import type { Job } from '../../core/index.js';
import { neuronCount } from '../network/index.js';
import { type BpttSettings, bptt } from './bptt.js';
import { type Descent, outcomeOf, startDescent } from './descend.js';
import { type EventPropSettings, eventProp } from './eventprop.js';
import { type FlossSettings, floss } from './floss.js';
import { initialWeights } from './initial.js';
import { partOf, type Target, type Trained, type TrainingTask } from './task.js';

export type NetworkSettings = BpttSettings | EventPropSettings | FlossSettings;
export type NetworkMethod = NetworkSettings['method'];

/** Goes on from `from` (default: the beginning) to epoch `until` (default: the end). `each` sees the descent after every epoch. */
export function trainNetwork(
  task: TrainingTask<NetworkSettings>,
  { from, until, each = () => {} }: { from?: Descent; until?: number; each?: (descent: Descent) => void } = {},
): Descent {
  const { target, settings, seed } = task;
  const { wiring } = target;
  const descent = from ?? startDescent(new Float64Array(wiring.sources.length), 'adam');
  if (!from) {
    for (let l = 0; l < neuronCount(wiring); l++) {
      // Flossing begins with the weights of least norm, which are the nearest to none at all.
      const part = partOf(task, l);
      if (settings.method !== 'floss') descent.weights.set(initialWeights(part, target, seed), wiring.starts[l]);
      else if (part.initial) descent.weights.set(part.initial, wiring.starts[l]);
    }
  }
  const end = Math.min(until ?? settings.epochs, settings.epochs);
  if (settings.method === 'bptt') bptt({ ...task, settings }, descent, end, each);
  else if (settings.method === 'floss') floss({ ...task, settings }, descent, end, each);
  else eventProp({ ...task, settings }, descent, end, each);
  return descent;
}

/** A stretch of a training of `shared.task`: from a descent, if there is one, to an epoch. */
export const networkJob: Job<{ task: TrainingTask<NetworkSettings>; from?: Descent; until: number }, Descent> = {
  name: 'train network',
  module: import.meta.url,
  prepare:
    ({ task, from, until }) =>
    () =>
      trainNetwork(task, from ? { from: ownCopy(from), until } : { until }),
};

/** What a finished descent of a network leaves of each neuron: its weights, and its share of the loss and of the work. */
export function neuronsOf({ wiring }: Target, descent: Descent): Trained[] {
  const neurons = neuronCount(wiring);
  const whole = outcomeOf(descent);
  const shared = {
    ...whole,
    loss: whole.loss / neurons,
    macs: whole.macs / neurons,
    history: whole.history.map((loss) => loss / neurons),
  };
  return Array.from({ length: neurons }, (_, l) => ({
    ...shared,
    weights: whole.weights.slice(wiring.starts[l], wiring.starts[l + 1]),
  }));
}

/** The same state in arrays that no other thread sees. */
const ownCopy = (descent: Descent): Descent => ({
  ...structuredClone(descent),
  weights: descent.weights.slice(),
  optimizer: {
    ...descent.optimizer,
    mean: descent.optimizer.mean.slice(),
    square: descent.optimizer.square.slice(),
  },
  best: { ...descent.best, weights: descent.best.weights.slice() },
});
