/**
 * Projected descent, one epoch after the other, over the whole period at a time:
 *
 *   w <- clip(w - step(gradient of the loss at w), lower, upper)
 *
 * What is kept is the best weights seen, by their loss (smoothed over epochs where the loss is noisy). Work is counted in
 * multiply-adds, never by a clock. A loss or a gradient that is no number, or a loss that runs away, ends the descent
 * with the last good checkpoint and a reason. A descent is plain data: it may be copied, written down and gone on with.
 */
import {
  createOptimizer,
  type OptimizerName,
  type OptimizerState,
  type Schedule,
  STEP_MACS,
  scheduled,
  takeStep,
} from '../../learning/index.js';
import type { Box } from '../template/index.js';
import type { Trained, TrainingStatus } from './task.js';

export interface DescentLoss {
  /** Writes the gradient at the weights and returns the loss there. Depends on the weights and the epoch only. */
  evaluate(weights: Float64Array, gradient: Float64Array, epoch: number): number;
  /** Multiply-adds of one evaluation. */
  readonly macs: number;
}

export interface DescentSettings {
  readonly epochs: number;
  readonly optimizer: OptimizerName;
  readonly schedule: Schedule;
  /** Multiply-adds that may be spent. */
  readonly budget?: number | undefined;
  /** A loss that is good enough. */
  readonly target?: number | undefined;
  /** Converged after so many epochs in which the best loss has not fallen by a thousandth. */
  readonly patience?: number | undefined;
  /** Share of the past in the loss that chooses the best weights, 0 to 1 (default 0). */
  readonly smoothing?: number | undefined;
  /** The first epoch whose weights may be chosen: before, the loss is another one (default 0). */
  readonly keepFrom?: number | undefined;
}

export interface Descent {
  readonly weights: Float64Array;
  readonly optimizer: OptimizerState;
  readonly best: { weights: Float64Array; loss: number; epoch: number };
  /** Loss by epoch, as many as `epoch`. */
  readonly history: number[];
  epoch: number;
  macs: number;
  smoothed: number;
  /** Best loss and epoch since which it has not fallen by a thousandth. */
  plateau: { loss: number; since: number };
  status: TrainingStatus | 'running';
  reason?: string;
}

/** A loss so many times the first one has run away. */
const RUNAWAY = 1e6;
const PROGRESS = 1e-3;

export const startDescent = (initial: Float64Array, optimizer: OptimizerName): Descent => ({
  weights: initial.slice(),
  optimizer: createOptimizer(optimizer, initial.length),
  best: { weights: initial.slice(), loss: Number.POSITIVE_INFINITY, epoch: -1 },
  history: [],
  epoch: 0,
  macs: 0,
  smoothed: Number.NaN,
  plateau: { loss: Number.POSITIVE_INFINITY, since: 0 },
  status: 'running',
});

/** Goes on until the end, or until epoch `until`. */
export function advance(
  descent: Descent,
  settings: DescentSettings,
  { evaluate, macs }: DescentLoss,
  box: Box,
  until = settings.epochs,
): void {
  const { weights, best, history } = descent;
  const { epochs, schedule, budget = Number.POSITIVE_INFINITY, target, patience, smoothing = 0 } = settings;
  const { keepFrom = 0 } = settings;
  const gradient = new Float64Array(weights.length);
  const perEpoch = macs + STEP_MACS[settings.optimizer] * weights.length;
  const end = (status: TrainingStatus, reason?: string) => {
    descent.status = status;
    if (reason !== undefined) descent.reason = reason;
  };
  while (descent.status === 'running' && descent.epoch < until) {
    const { epoch } = descent;
    if (descent.macs + perEpoch > budget) {
      end('budget');
      break;
    }
    const loss = evaluate(weights, gradient, epoch);
    descent.macs += perEpoch;
    const flaw = flawOf(loss, gradient, history[0] ?? loss);
    if (flaw) {
      end('diverged', `${flaw} in epoch ${epoch}; the weights are those of epoch ${Math.max(best.epoch, 0)}`);
      break;
    }
    history.push(loss);
    descent.epoch++;
    const fresh = Number.isNaN(descent.smoothed) || epoch === keepFrom;
    descent.smoothed = fresh ? loss : smoothing * descent.smoothed + (1 - smoothing) * loss;
    if (epoch >= keepFrom && descent.smoothed < best.loss) {
      best.loss = descent.smoothed;
      best.epoch = epoch;
      best.weights.set(weights);
      if (best.loss < (1 - PROGRESS) * descent.plateau.loss) descent.plateau = { loss: best.loss, since: epoch };
    }
    if (target !== undefined && epoch >= keepFrom && descent.smoothed <= target) {
      end('converged');
      break;
    }
    if (patience !== undefined && epoch >= keepFrom && epoch - descent.plateau.since >= patience) {
      end('converged');
      break;
    }
    takeStep(
      descent.optimizer,
      [{ name: 'weights', values: weights, box }],
      [gradient],
      scheduled(schedule, epoch, epochs),
    );
  }
  if (descent.status === 'running' && descent.epoch >= epochs) end('epochLimit');
}

function flawOf(loss: number, gradient: Float64Array, first: number): string | undefined {
  if (!Number.isFinite(loss)) return `the loss became ${loss}`;
  if (loss > RUNAWAY * first && first > 0) return `the loss ran away to ${loss.toPrecision(3)}`;
  for (const value of gradient) if (!Number.isFinite(value)) return `the gradient became ${value}`;
  return undefined;
}

/** What a finished descent leaves: its best weights. */
export const outcomeOf = ({ best, epoch, macs, status, reason, history }: Descent): Trained => ({
  weights: best.weights,
  loss: best.loss,
  best: Math.max(best.epoch, 0),
  epochs: epoch,
  macs,
  status: status === 'running' ? 'epochLimit' : status,
  ...(reason === undefined ? {} : { reason }),
  history: Float64Array.from(history),
});
