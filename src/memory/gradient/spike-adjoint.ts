/**
 * Exact gradients of the spike loss by one sweep backwards in time (EventProp, Wunderlich and Pehle 2021, for kernels with
 * delays and absolute refractoriness).
 *
 * A spike m that crosses the threshold moves with its weights, delays and causes n as z(t_m) = 1 demands,
 *
 *   z' dt_m = - sum_k y_k dw_k + sum_k w_k y'_k dd_k + sum_n w_k h'(u_n) dt_n,
 *
 * one that is released at the end of refractoriness moves with its predecessor, dt_m = dt_{m-1}. With lambda_m = dL/dt_m
 * of everything that comes later, the spikes give, from the last to the first,
 *
 *   crossed:   g = - lambda_m / z',   dL/dw_k += g y_k,   dL/dd_k -= g w_k y'_k,   lambda_n -= g w_k h'(u_n)
 *   released:  lambda_{m-1} += lambda_m,
 *
 * and a demand on the potential that is missed by `excess` spreads in the same way with g = excess. This is the adjoint of
 * the differential equation written in its solution: lambda_V and lambda_I of the paper between two spikes are the kernel
 * and its derivative seen backwards. Cost: one pass over synapses and arrivals per spike.
 */
import { emptyPotential, potentialAt } from './arrivals.js';
import type { SpikeLoss } from './spike-loss.js';
import { CROSSED, RELEASED, type SpikeRecord, type Trial } from './trial.js';

export interface SpikeGradient {
  /** dL/dw of each synapse, per threshold. */
  readonly weights: Float64Array;
  /** dL/dd of each synapse, per refractory period. */
  readonly delays: Float64Array;
  /** dL/dt of each spike, imposed ones included. */
  readonly times: Float64Array;
  /** Multiply-adds that the sweep took: four per arrival and per synapse of each spike that matters. */
  readonly macs: number;
}

/** The gradient of the sum of all losses. */
export function spikeGradient(
  trial: Trial,
  weights: Float64Array,
  played: SpikeRecord,
  loss: SpikeLoss,
): SpikeGradient {
  const { wiring } = trial;
  const { kinds, neurons, order, times } = played;
  const slopes = { weights: new Float64Array(weights.length), delays: new Float64Array(weights.length) };
  const lambda = loss.residuals.slice();
  const moment = emptyPotential();
  let work = 0;
  /** What a change of the potential of neuron l at the moment is worth, g per threshold. */
  const spread = (l: number, g: number) => {
    const first = wiring.starts[l];
    const inputs = wiring.starts[l + 1] - first;
    for (let k = 0; k < inputs; k++) {
      slopes.weights[first + k] += g * moment.levels[k];
      slopes.delays[first + k] -= g * weights[first + k] * moment.drives[k];
    }
    for (let i = 0; i < moment.count; i++) lambda[moment.spikes[i]] -= g * moment.pushes[i];
    work += inputs + moment.count;
  };
  for (const { neuron, time, excess, spike, synapse } of loss.shortfalls) {
    potentialAt(wiring, weights, played, neuron, time, moment);
    spread(neuron, excess);
    if (spike >= 0) lambda[spike] += excess * moment.slope;
    if (synapse >= 0) slopes.delays[synapse] += excess * moment.slope;
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const m = order[i];
    if (lambda[m] === 0) continue;
    if (kinds[m] === RELEASED) lambda[m - 1] += lambda[m];
    else if (kinds[m] === CROSSED) {
      potentialAt(wiring, weights, played, neurons[m], times[m], moment);
      spread(neurons[m], -lambda[m] / moment.slope);
    }
  }
  return { ...slopes, times: lambda, macs: 4 * work };
}
