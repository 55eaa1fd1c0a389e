/**
 * The methods that learn the whole network at once, as a job that does a stretch of epochs: between stretches the state
 * can be looked at, written down, and gone on with to the same bytes.
 */
import type { Job } from '../core/index.js';
import { type BpttSettings, trainBptt } from './bptt.js';
import type { Descent } from './descend.js';
import { type EventPropSettings, trainEventProp } from './eventprop.js';
import type { Trained, TrainingTask } from './task.js';

export type NetworkSettings = BpttSettings | EventPropSettings;
export type NetworkMethod = NetworkSettings['method'];

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

/** Thrown out of a training that shall pause. */
class Pause extends Error {}

/** A job of one task: the stretch. */
export const trainNetworkJob: Job<Stretch, Stage> = {
  name: 'train-network',
  prepare:
    ({ task, from, epochs }) =>
    () => {
      let descent = from && ownCopy(from);
      let left = epochs;
      const each = (now: Descent) => {
        descent = now;
        if (--left <= 0 && now.status === 'running') throw new Pause();
      };
      try {
        const trained = train(task, each, descent);
        return { descent: descent as Descent, trained };
      } catch (error) {
        if (error instanceof Pause) return { descent: descent as Descent };
        throw error;
      }
    },
};

function train({ settings, ...task }: TrainingTask<NetworkSettings>, each: (now: Descent) => void, from?: Descent) {
  return settings.method === 'bptt'
    ? trainBptt({ ...task, settings }, each, from)
    : trainEventProp({ ...task, settings }, each, from);
}

/** The same state in arrays that nobody shares. */
const ownCopy = (descent: Descent): Descent => ({
  ...descent,
  weights: descent.weights.slice(),
  optimizer: {
    ...descent.optimizer,
    mean: descent.optimizer.mean.slice(),
    square: descent.optimizer.square.slice(),
    powers: [...descent.optimizer.powers],
  },
  best: { ...descent.best, weights: descent.best.weights.slice() },
  history: [...descent.history],
  plateau: { ...descent.plateau },
});
