/** spikeRNN in a worker: a rate network learns a task, some trials at a time. */
import {
  advanceRate,
  evaluateRate,
  rateTask,
  spikernnDefaults,
  startRate,
  type TrainedRate,
  type TrainingSettings,
  taskNames,
} from '../../spikernn/index.js';
import { oneOf, whole } from './parsing.js';
import { allOf, type Said } from './words.js';

/** What a training has come to. */
export interface Lesson {
  /** Updates so far, and at most. */
  trial: number;
  most: number;
  losses: number[];
  /** The loss of an output that stays 0, update by update. */
  plateaus: number[];
  ended?: 'learned' | 'trials' | undefined;
}

/** Fresh trials. */
export interface Look {
  outputs: Float64Array[];
  labels: (string | number)[];
  performance: number;
}

const MOST_TRIALS = 5000;
const LOOKED_AT = 20;
/** Evaluations of the training have the rounds below. */
const ROUND = 1022;

let settings: TrainingSettings | undefined;
let trained: TrainedRate | undefined;

export const spikernn = {
  /** Draws a network before its first trial. The options beside the original's rules make it learn while one watches. */
  openLesson(said: Said): void {
    const { task, N, seed } = allOf('spikernn', said);
    settings = {
      ...spikernnDefaults,
      task: oneOf(taskNames, task, '--task'),
      units: whole(N, '--N', 'an integer', 2, 400),
      seed: whole(seed, '--seed', 'an integer', 0, Number.MAX_SAFE_INTEGER),
      trials: MOST_TRIALS,
      least: 0,
      batch: 4,
      squared: true,
      clip: 1,
      balanced: true,
    };
    trained = startRate(settings);
  },
  /** Makes so many updates more, unless there is nothing more to do. */
  learn(updates: number): Lesson {
    if (!trained || !settings) throw new Error('no network is drawn');
    advanceRate(trained, settings, trained.trial + updates);
    const { trial, losses, plateaus, ended } = trained;
    return { trial, most: settings.trials, losses, plateaus, ended };
  },
  /** How it does now. */
  look(): Look {
    if (!trained || !settings) throw new Error('no network is drawn');
    const how = { kind: settings.loss, count: LOOKED_AT, seed: settings.seed, round: ROUND };
    const { outputs, labels, performance } = evaluateRate(trained.network, rateTask(settings.task), how);
    return { outputs: [...outputs], labels: [...labels], performance };
  },
};
