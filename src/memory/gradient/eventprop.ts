/**
 * Learning by exact spike times: run the trial in the exact simulator, compare spikes, move the weights, again.
 *
 *   newton   damped Gauss-Newton steps (spike-newton.ts); a step is taken with the least damping that lowers the loss
 *   adam     Adam on the gradient of the backward sweep (spike-adjoint.ts)
 *
 * Teacher-forced, neurons are independent, and each judges its own steps by its own loss; free running, the network has
 * one loss. From a network that already plays nearly right this is a fine-tuning; from nothing, the demands on the
 * potential make the first spikes.
 */
import { EngramError } from '../../core/index.js';
import type { Box } from '../template/index.js';
import { advance, type Descent } from './descend.js';
import { spikeGradient } from './spike-adjoint.js';
import { type SpikeLoss, spikeLoss } from './spike-loss.js';
import { newtonStep, spikeSystems } from './spike-newton.js';
import { boxOf, type TrainingTask, widthOf } from './task.js';
import { runTrial, type SpikeRecord, type Trial, trialOf } from './trial.js';

export interface EventPropSettings {
  readonly method: 'eventprop';
  readonly epochs: number;
  readonly step: 'newton' | 'adam';
  /** Learning rates of Adam at the beginning and at the end, as shares of the weight bound. */
  readonly rate: number;
  readonly finalRate: number;
  /** Whether neurons hear the prescribed trains instead of each other. */
  readonly forced: boolean;
  /** Periods that are played and judged at a time. */
  readonly periods: number;
  readonly budget?: number | undefined;
}

/** A mean square error below this, in refractory periods squared, is as good as the simulator's time. */
const EXACT = 1e-20;
/** Dampings of a Gauss-Newton step, the least first. */
const DAMPINGS = [1e-9, 1e-6, 1e-3, 1e-1, 10];

/** What happens at certain weights, and the multiply-adds that it took to find out: four per arrival. */
function rehearse(
  trial: Trial,
  weights: Float64Array,
): { played: SpikeRecord; loss: SpikeLoss; total: number; macs: number } {
  const played = runTrial(trial, weights);
  const loss = spikeLoss(trial, weights, played);
  return { played, loss, total: loss.losses.reduce((sum, value) => sum + value, 0), macs: 4 * played.arrivals };
}

/** Goes on with a descent until epoch `until`, or the end. `each` sees it after every epoch. */
export function eventProp(
  { target, settings }: TrainingTask<EventPropSettings>,
  descent: Descent,
  until: number,
  each: (descent: Descent) => void,
): void {
  const { score, wiring } = target;
  const { epochs, step, periods, forced, rate, finalRate, budget } = settings;
  if (!(Number.isInteger(periods) && periods >= 1)) {
    throw new EngramError('usage', `periods to play must be a whole number of at least 1; got ${periods}`);
  }
  const trial = trialOf(score, wiring, { periods, forced });
  const box = boxOf(target);
  const exact = (EXACT * Math.max(1, trial.targets.length)) / 2;
  let macs = 0;
  const evaluate = (weights: Float64Array, gradient: Float64Array) => {
    if (!weights.every(Number.isFinite)) return Number.NaN;
    const { played, loss, total, macs: heard } = rehearse(trial, weights);
    const found = spikeGradient(trial, weights, played, loss);
    gradient.set(found.weights);
    macs = heard + found.macs;
    return total;
  };
  const scale = widthOf(box, target);
  const schedule = { shape: 'cosine', from: rate * scale, to: finalRate * scale } as const;
  const plan = { epochs, optimizer: 'adam', schedule, budget, target: exact } as const;
  while (descent.status === 'running' && descent.epoch < until) {
    if (step === 'newton') newtonEpoch(trial, descent, plan, box);
    else {
      macs = 0;
      advance(descent, plan, { evaluate, macs: 0 }, box, descent.epoch + 1);
      descent.macs += macs;
    }
    each(descent);
  }
}

/** One Gauss-Newton step of every neuron. */
function newtonEpoch(
  trial: Trial,
  descent: Descent,
  { epochs, budget = Number.POSITIVE_INFINITY, target: exact }: { epochs: number; budget?: number; target: number },
  { lower, upper }: Box,
): void {
  const { weights, best } = descent;
  if (descent.macs >= budget) {
    descent.status = 'budget';
    return;
  }
  const { starts } = trial.wiring;
  const diverged = (what: string, value: number) => {
    descent.status = 'diverged';
    descent.reason = `${what} became ${value} in epoch ${descent.epoch}; the weights are those of epoch ${Math.max(best.epoch, 0)}`;
  };
  const lost = weights.find((weight) => !Number.isFinite(weight));
  if (lost !== undefined) {
    diverged('a weight', lost);
    return;
  }
  const { played, loss, total, macs } = rehearse(trial, weights);
  descent.macs += macs;
  if (!Number.isFinite(total)) {
    diverged('the loss', total);
    return;
  }
  descent.history.push(total);
  best.weights.set(weights);
  Object.assign(best, { loss: total, epoch: descent.epoch++ });
  const systems = spikeSystems(trial, weights, played, loss);
  for (const system of systems) descent.macs += system.macs;
  // Groups of neurons that accept or refuse a step together.
  const all = Array.from(systems.keys());
  const share = exact / Math.max(1, trial.learners);
  let open = all.filter((l) => !trial.forced || loss.losses[l] > share);
  if (total <= exact) open = [];
  let moved = false;
  for (const damping of DAMPINGS) {
    if (open.length === 0) break;
    const candidate = weights.slice();
    for (const l of open) {
      const [first, end] = [starts[l], starts[l + 1]];
      const own = (values: Float64Array) => values.subarray(first, end);
      const next = newtonStep(systems[l], own(weights), own(lower), own(upper), damping);
      if (next) candidate.set(next, first);
      descent.macs += (systems[l].rows.length * (systems[l].rows.length + 3) * (end - first)) / 2;
    }
    const tried = rehearse(trial, candidate);
    descent.macs += tried.macs;
    const better = trial.forced
      ? open.filter((l) => tried.loss.losses[l] < loss.losses[l])
      : tried.total < total
        ? open
        : [];
    for (const l of better) weights.set(candidate.subarray(starts[l], starts[l + 1]), starts[l]);
    moved ||= better.length > 0;
    open = open.filter((l) => !better.includes(l));
  }
  if (!moved) descent.status = 'converged';
  else if (descent.epoch >= epochs) descent.status = 'epochLimit';
}
