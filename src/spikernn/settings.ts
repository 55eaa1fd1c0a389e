/** What a training is asked: the rules of the original, and options beside them that are off by default. */
import { demandInteger, demandNumber, demandObject, demandOneOf, demandPositive, refuse } from '../core/index.js';
import type { LossName } from './evaluate.js';
import type { Draw } from './network.js';
import { nameOfTask, type RateTask, rateTask, type TaskChoice, type TaskTimes } from './tasks.js';

/** When a network has learned. */
export interface Enough {
  /** The mean loss is below this. */
  readonly loss: number;
  /** The share of right trials is above this. */
  readonly performance: number;
}

/** How a network is drawn and trained. */
export interface TrainingSettings extends Omit<Draw, 'inputs'> {
  /** What it learns. */
  readonly task: TaskChoice;
  /** Times that differ from those of the task. */
  readonly times: TaskTimes;
  /** Trials at most, one for each update. */
  readonly trials: number;
  /** Which loss. */
  readonly loss: LossName;
  /** Learning rate. */
  readonly rate: number;
  /** Seed of all random numbers. */
  readonly seed: number;
  /** Updates that must have been made before it may stop; the original's are 1501 for go-nogo, else none. */
  readonly least: number;
  /** It stops when the mean loss is below this and the share of right trials above that. */
  readonly enough: Enough;
  /** Trials of an update. */
  readonly batch: number;
  /** The sum of squares itself in place of its root, over 2 (gradients do not grow as the loss falls). */
  readonly squared: boolean;
  /** Weight of the steps at which the target is not 0. */
  readonly responseWeight: number;
  /** Largest norm of a gradient, if any. */
  readonly clip?: number | undefined;
  /** Updates over which the delay (xor) grows to its length, or the offset (mante) shrinks to its size; 0: at once, as all other tasks must have it. Evaluations never see it. */
  readonly curriculum: number;
  /** A training within 20 % of the plateau after so many trials begins anew with the next seed; 0: never. */
  readonly restart: number;
}

/** Those of the original. */
export const spikernnDefaults: Omit<TrainingSettings, 'units' | 'trials' | 'seed' | 'least'> = {
  task: 'go-nogo',
  times: {},
  activation: 'sigmoid',
  dale: true,
  taus: [4, 20],
  gain: 1.5,
  inhibitoryShare: 0.2,
  connectedShare: 0.2,
  som: 0,
  balanced: false,
  readout: 'small',
  loss: 'l2',
  rate: 0.01,
  enough: { loss: 7, performance: 0.95 },
  batch: 1,
  squared: false,
  responseWeight: 1,
  curriculum: 0,
  restart: 0,
};

/** Updates before which the original does not stop. */
export function leastOf(task: TaskChoice): number {
  rateTask(task);
  return task === 'go-nogo' ? 1501 : 0;
}

/** Throws `usage` for what cannot be trained. */
export function preparedTask(settings: TrainingSettings): RateTask {
  demandObject('the settings', settings);
  const { trials, loss, rate, seed, least, enough, batch, responseWeight, clip, curriculum, restart } = settings;
  demandInteger('the number of trials', trials, 1, 1e7);
  demandOneOf('the loss', loss, ['l1', 'l2']);
  demandPositive('the learning rate', rate);
  demandInteger('a seed', seed);
  demandInteger('the least number of updates', least);
  demandObject('when it is enough', enough);
  demandNumber('the loss that is enough', enough.loss, 0);
  demandNumber('the performance that is enough', enough.performance, 0, 1);
  demandInteger('the trials of an update', batch, 1, 4096);
  demandPositive('the weight of responses', responseWeight);
  if (clip !== undefined) demandPositive('the largest norm of a gradient', clip);
  demandInteger('the updates of the curriculum', curriculum);
  demandInteger('the trials before a restart', restart);
  if (settings.squared && loss === 'l1') refuse('the squared loss is that of l2; got --loss_fn l1');
  demandObject('the times of a trial', settings.times);
  if (curriculum > 0 && settings.task !== 'xor' && settings.task !== 'mante') {
    refuse(
      `a curriculum (--curriculum) is of xor, whose delay grows, and mante; got the task ${nameOfTask(settings.task)}`,
    );
  }
  return rateTask(settings.task, settings.times);
}
