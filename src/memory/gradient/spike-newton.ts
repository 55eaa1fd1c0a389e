/**
 * Gauss-Newton steps for spike times. The linearised demands on neuron l (spike-adjoint.ts) are, one row per answered
 * spike and per shortfall, with r = t - t* the errors that shall vanish, all at once, in all neurons,
 *
 *   sum_k y_k dw_k = z' r_moment - sum_n w h'(u_n) r_n - excess,
 *
 * so that the step of the whole recurrent network, dw = - J^+ r with J = (I - A)^{-1} B, falls apart into one small
 * system per neuron: what a spike owes to the shifts of its causes is subtracted, not learned twice. Each is solved for
 * the least change of weights, damped (Levenberg and Marquardt), Y the rows and G = Y Y^T:
 *
 *   dw = Y^T (G + damping tr(G) / rows I)^{-1} e.
 *
 * A weight that would leave its bounds is put on them, and the others make up for it. A spike that came at the end of
 * refractoriness tells nothing about the potential; where it answers a prescribed one, z = 1 is asked for at that time.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { emptyPotential, potentialAt } from './arrivals.js';
import type { SpikeLoss } from './spike-loss.js';
import { CROSSED, type SpikeRecord, type Trial } from './trial.js';

/** So many rounds of putting weights on their bounds; what is left outside then is cut off. */
const ROUNDS = 8;
/** The slope that is asked of a potential which released a spike too early, thresholds per refractory period. */
const SLOPE = 2;

/** The system of one learner. */
export interface SpikeSystem {
  /** Demands, one after the other, each with one value per input. */
  rows: Float64Array[];
  /** What each of them lacks, in thresholds. */
  lacks: Float64Array;
  macs: number;
}

/** The linearised demands on every learner. */
export function spikeSystems(
  trial: Trial,
  weights: Float64Array,
  played: SpikeRecord,
  { residuals, answers, shortfalls }: SpikeLoss,
): SpikeSystem[] {
  const { wiring, learners } = trial;
  const { times, starts, kinds, neurons } = played;
  const moment = emptyPotential();
  const rows: Float64Array[][] = Array.from({ length: learners }, () => []);
  const lacks: number[][] = Array.from({ length: learners }, () => []);
  const work = new Float64Array(learners);
  /** Demands that z changes by -excess at a moment that moves with a spike; without an excess, that it is 1 there. */
  const demand = (l: number, time: number, spike: number, excess?: number) => {
    potentialAt(wiring, weights, played, l, time, moment);
    let lack = (spike >= 0 ? moment.slope * residuals[spike] : 0) - (excess ?? moment.potential - 1);
    for (let i = 0; i < moment.count; i++) lack -= moment.pushes[i] * residuals[moment.spikes[i]];
    rows[l].push(moment.levels.slice(0, wiring.starts[l + 1] - wiring.starts[l]));
    lacks[l].push(lack);
    work[l] += 4 * moment.count;
  };
  for (let m = 0; m < starts[learners]; m++) {
    if (answers[m] === 0) continue;
    if (kinds[m] === CROSSED) demand(neurons[m], times[m], m, 0);
    else demand(neurons[m], times[m] - residuals[m], -1);
  }
  for (const { neuron, time, spike, excess } of shortfalls) {
    const early = spike >= 0 && answers[spike] === 1 ? -residuals[spike] * SLOPE : 0;
    demand(neuron, time, spike, excess + early);
  }
  return rows.map((list, l) => ({ rows: list, lacks: Float64Array.from(lacks[l]), macs: work[l] }));
}

/**
 * Weights of one learner after a step, or undefined where the system has no numerical solution at this damping.
 * @param weights those before, not touched
 */
export function newtonStep(
  { rows, lacks }: SpikeSystem,
  weights: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  damping: number,
): Float64Array | undefined {
  const next = weights.slice();
  const count = rows.length;
  if (count === 0) return next;
  const gram = Matrix.zeros(count, count);
  let trace = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += rows[i][k] * rows[j][k];
      gram.set(i, j, sum);
      gram.set(j, i, sum);
    }
    trace += gram.get(i, i);
  }
  for (let i = 0; i < count; i++) gram.set(i, i, gram.get(i, i) + (damping * trace) / count);
  const lack = Matrix.columnVector(lacks);
  const settled = new Uint8Array(weights.length);
  for (let round = 0; round < ROUNDS; round++) {
    const cholesky = new CholeskyDecomposition(gram);
    if (!cholesky.isPositiveDefinite()) return undefined;
    const multipliers = cholesky.solve(lack).getColumn(0);
    let fresh = 0;
    for (let k = 0; k < weights.length; k++) {
      if (settled[k] === 1) continue;
      let change = 0;
      for (let i = 0; i < count; i++) change += rows[i][k] * multipliers[i];
      next[k] = Math.min(Math.max(weights[k] + change, lower[k]), upper[k]);
      if (next[k] === weights[k] + change) continue;
      settled[k] = 1;
      fresh++;
      const moved = next[k] - weights[k];
      for (let i = 0; i < count; i++) {
        lack.set(i, 0, lack.get(i, 0) - rows[i][k] * moved);
        for (let j = 0; j < count; j++) gram.set(i, j, gram.get(i, j) - rows[i][k] * rows[j][k]);
      }
    }
    if (fresh === 0) break;
  }
  return next;
}
