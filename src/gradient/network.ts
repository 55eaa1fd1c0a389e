/**
 * The methods that learn a whole network at once, as one task that can stop after any epoch and go on with the same
 * bytes: what goes on is the descent, which is plain data.
 */
import type { Job } from '../core/index.js';
import { neuronCount } from '../network/index.js';
import { type BpttSettings, bptt } from './bptt.js';
import { type Descent, outcomeOf, startDescent } from './descend.js';
import { type EventPropSettings, eventProp } from './eventprop.js';
import { initialWeights } from './initial.js';
import { partOf, type Trained, type TrainingTask } from './task.js';

export type NetworkSettings = BpttSettings | EventPropSettings;
export type NetworkMethod = NetworkSettings['method'];

/** Goes on from `from` (default: the begin) to epoch `until` (default: the end). `each` sees the descent after every epoch. */
export function trainNetwork(
  task: TrainingTask<NetworkSettings>,
  {
    from,
    until,
    each = () => {},
  }: { from?: Descent | undefined; until?: number; each?: (descent: Descent) => void } = {},
): Descent {
  const { target, settings, seed } = task;
  const { wiring } = target;
  const descent = from ?? startDescent(new Float64Array(wiring.sources.length), 'adam');
  if (!from) {
    for (let l = 0; l < neuronCount(wiring); l++) {
      descent.weights.set(initialWeights(partOf(task, l), target, seed), wiring.starts[l]);
    }
  }
  const end = Math.min(until ?? settings.epochs, settings.epochs);
  if (settings.method === 'bptt') bptt({ ...task, settings }, descent, end, each);
  else eventProp({ ...task, settings }, descent, end, each);
  return descent;
}

export interface Stretch {
  readonly task: TrainingTask<NetworkSettings>;
  /** Where the stretch before has left off. */
  readonly from?: Descent | undefined;
  /** Epochs at most. */
  readonly epochs: number;
}

export interface Stage {
  descent: Descent;
  /** What the training leaves, once it has ended. */
  trained?: Trained;
}

/** A job of one task: the stretch. What it begins with is not touched. */
export const trainNetworkJob: Job<Stretch, Stage> = {
  name: 'train-network',
  prepare:
    ({ task, from, epochs }) =>
    () => {
      const until = (from?.epoch ?? 0) + epochs;
      const descent = trainNetwork(task, { from: from && structuredClone(from), until });
      return descent.status === 'running' ? { descent } : { descent, trained: outcomeOf(descent) };
    },
};
