/** A rate network on fresh trials of a task as it is defined. */
import { demandFunction, demandInteger, demandObject, demandOneOf, streamKey } from '../core/index.js';
import { absoluteLoss, euclideanLoss, type Loss } from '../learning/index.js';
import { checkNetwork, type RateNetwork } from './network.js';
import { createRatePass, drawTrial } from './pass.js';
import { plateauOf, type RateTask } from './tasks.js';

/** The sum of sizes, or the root of the sum of squares. */
export type LossName = 'l1' | 'l2';

export const lossOf = (kind: LossName): ((outputs: Float64Array, targets: Float64Array) => Loss) =>
  kind === 'l1' ? absoluteLoss : euclideanLoss;

/** How a network does. */
export interface Evaluation {
  /** Share of trials that are right. */
  readonly performance: number;
  /** Mean loss of a trial. */
  readonly loss: number;
  /** What the loss would be for an output that stays 0. */
  readonly plateau: number;
  /** o of each trial. */
  readonly outputs: readonly Float64Array[];
  /** What was drawn in each. */
  readonly labels: readonly (string | number)[];
}

/** Evaluations draw trials that no training draws. */
const APART = 2 ** 31;

/**
 * Runs `count` fresh trials.
 * @param round evaluations of different rounds have no trial in common
 */
export function evaluateRate(
  network: RateNetwork,
  { task }: RateTask,
  how: { kind: LossName; count: number; seed: number; round: number },
): Evaluation {
  demandObject('an evaluation', how);
  const { kind, count, seed, round } = how;
  demandOneOf('the loss', kind, ['l1', 'l2']);
  demandFunction('the `trial` of a task', task?.trial);
  checkNetwork(network);
  demandInteger('the number of trials', count, 1, 1 << 20);
  demandInteger('the round of an evaluation', round, 0, 1 << 10);
  const pass = createRatePass(network);
  const key = streamKey(seed, 'spikernn rate noise');
  const loss = lossOf(kind);
  const outputs: Float64Array[] = [];
  const labels: (string | number)[] = [];
  let [right, losses, plateaus] = [0, 0, 0];
  for (let k = 0; k < count; k++) {
    const index = APART + round * 2 ** 20 + k;
    const trial = task.trial(seed, index);
    const run = pass.run(drawTrial(network.units, trial.input, task.steps, key, index));
    right += task.accuracy(trial, run.outputs);
    losses += loss(run.outputs, trial.target.subarray(0, task.steps - 1)).value;
    plateaus += plateauOf(trial.target, kind);
    outputs.push(run.outputs);
    labels.push(trial.label);
  }
  return { performance: right / count, loss: losses / count, plateau: plateaus / count, outputs, labels };
}
