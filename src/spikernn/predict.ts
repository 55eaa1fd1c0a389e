/**
 * The scaling factor without trials of the task. A rate unit under drive D sends phi(D); a spiking one under the same current
 * fires at f(D) Hz, which a synapse divides by s. The two do the same where f(D) = s phi(D), and the s nearest to that over the drives
 * that the rate network meets is
 *
 *   s = sum_j c_j sum_t f(D_j(t)) phi(D_j(t)) / sum_j c_j sum_t phi(D_j(t))^2,      c_j = sum_i W_ij^2 + w_out,j^2
 *
 * with the squares of what unit j reaches as its weight; without the sum over j it is a factor of that unit's own. f is measured on
 * unconnected units of the model, noise and all. The match of single units says where to look: what is foretold is the middle of the stretch
 * of factors at which a network of units with this f answers right (mean-field.ts), and the units' own factors go with it.
 */
import { demandInteger, demandObject, refuse, streamKey } from '../core/index.js';
import { activationOf } from './activation.js';
import { middleOfRight } from './mean-field.js';
import { checkNetwork, connectionsOf, type RateNetwork, tausOf } from './network.js';
import { createRatePass, drawTrial } from './pass.js';
import { checkModel, lifModel, mapNetwork, type SpikingModel } from './spiking.js';
import type { RateTask } from './tasks.js';

/** A curve of firing rates by current, on a grid. */
export interface FiringCurve {
  /** The first current, mV. */
  readonly from: number;
  /** mV between neighbours. */
  readonly by: number;
  /** Hz. */
  readonly rates: Float64Array;
}

const FROM = -8;
const BY = 0.25;
const POINTS = 193;
/** Columns of 5 ms for which it is measured. */
const COLUMNS = 400;
const TRIALS = 20;

/** f of a model, from -8 to 40 mV. */
export function firingCurve(model: SpikingModel = lifModel, seed = 0): FiringCurve {
  checkModel(model);
  const unconnected: RateNetwork = {
    units: POINTS,
    inputs: 1,
    activation: 'sigmoid',
    dale: true,
    taus: [4],
    inhibitory: new Uint8Array(POINTS),
    allowed: new Uint8Array(POINTS * POINTS),
    w: new Float64Array(POINTS * POINTS),
    wIn: Float64Array.from({ length: POINTS }, (_, i) => FROM + BY * i),
    wOut: new Float64Array(POINTS),
    bOut: new Float64Array(1),
    gates: new Float64Array(POINTS),
  };
  const columns = Math.floor(COLUMNS / model.downsample) * model.downsample;
  const u = new Float64Array(columns + 1).fill(1);
  const { rates } = mapNetwork(unconnected, { scale: 1 }, model).run(u, streamKey(seed, 'spikernn curve'), 0);
  return { from: FROM, by: BY, rates };
}

/** f at a current, linear between the points. */
export function firingAt(curve: FiringCurve, current: number): number {
  demandObject('the curve', curve);
  const { from, by, rates } = curve;
  if (!(rates?.length >= 2) || !Number.isFinite(current)) refuse(`a curve has no rate at ${current}`);
  const place = Math.min(rates.length - 1, Math.max(0, (current - from) / by));
  const low = Math.min(rates.length - 2, Math.floor(place));
  return rates[low] + (place - low) * (rates[low + 1] - rates[low]);
}

/** What is foretold. */
export interface PredictedScale {
  /** One for all. */
  readonly scale: number;
  /** One for all at which units match, by themselves. */
  readonly matched: number;
  /** One per unit. */
  readonly each: Float64Array;
}

/** Foretells s from the drives of some trials of the rate network. */
export function predictScale(
  network: RateNetwork,
  rateTask: RateTask,
  { seed, model = lifModel }: { seed: number; model?: SpikingModel },
): PredictedScale {
  checkNetwork(network);
  demandInteger('a seed', seed);
  const { task } = rateTask;
  const { units: n, inputs, wIn, wOut } = network;
  const { send } = activationOf(network.activation);
  const connections = connectionsOf(network);
  const { starts, senders, weights } = connections;
  const reach = wOut.map((w) => w * w);
  for (let e = 0; e < senders.length; e++) reach[senders[e]] += weights[e] * weights[e];
  const curve = firingCurve(model, seed);
  const [both, own] = [new Float64Array(n), new Float64Array(n)];
  const pass = createRatePass(network);
  const key = streamKey(seed, 'spikernn rate noise');
  for (let trial = 0; trial < TRIALS; trial++) {
    const { input } = task.trial(seed, trial);
    const { rates } = pass.run(drawTrial(n, input, task.steps, key, trial));
    for (let t = 0; t < task.steps; t++) {
      for (let i = 0; i < n; i++) {
        let drive = 0;
        for (let e = starts[i]; e < starts[i + 1]; e++) drive += weights[e] * rates[t * n + senders[e]];
        for (let k = 0; k < inputs; k++) drive += wIn[i * inputs + k] * input[t * inputs + k];
        const r = send(drive);
        both[i] += firingAt(curve, drive) * r;
        own[i] += r * r;
      }
    }
  }
  let [above, below] = [0, 0];
  for (let i = 0; i < n; i++) {
    above += reach[i] * both[i];
    below += reach[i] * own[i];
  }
  const matched = below > 0 && above > 0 ? above / below : 1;
  const field = { network, connections, tau: tausOf(network), firing: (current: number) => firingAt(curve, current) };
  const scale = middleOfRight(field, rateTask, matched, seed, TRIALS);
  // A unit that never fires has no factor of its own; one that hardly does must not amplify without bounds.
  const each = both.map((sum, i) => (own[i] > 0 ? Math.max(matched / 10, sum / own[i]) : matched) * (scale / matched));
  return { scale, matched, each };
}
