/**
 * The least energy of the potential: 1/2 ( mean of z(t)^2 over the period, summed over the memories ) + r/2 |w|^2, r > 0, a norm
 * in a metric of its own, Q + r I. Solver and judge share Q (see energyMatrix, which is tested against quadrature).
 */
import { refineInMetric } from '../../../../solvers/index.js';
import { EngramError } from '../../../core/index.js';
import { arrivalsOf, type Cut, energyMatrix } from '../../template/index.js';
import { isDefault } from '../model.js';
import type { NeuronProblem } from '../setting.js';
import { type Norm, ROUND_LIMIT, sumOver } from './norm.js';
import { parameterWithin } from './parameter.js';

/** The least mix of the potential's energy and the squares of the weights. */
export interface Energy {
  /** Name of the aim. */
  readonly kind: 'energy';
  /** r > 0: how much the squares of the weights count beside the energy. */
  readonly ridge: number;
}

const ridgeOf = parameterWithin(1e-9, 1e6);

/** Q + r I of one neuron, in the order of its synapses. */
function metricOf({ memories, inputs }: NeuronProblem, ridge: number): Float64Array {
  const n = inputs.delays.length;
  const Q = new Float64Array(n * n);
  for (const { score } of memories) {
    energyMatrix(arrivalsOf(score, inputs), n).forEach((value, i) => {
      Q[i] += value;
    });
  }
  for (let k = 0; k < n; k++) Q[n * k + k] += ridge;
  return Q;
}

export const energy: Norm<Energy, `energy:${number}`> = {
  kind: 'energy',
  spelled: 'energy:r with r from 1e-9 to 1e6',
  help: 'energy[:ridge]',
  parse(parameter) {
    const ridge = ridgeOf(parameter, 1e-3);
    return ridge === undefined ? undefined : { kind: 'energy', ridge };
  },
  spell: ({ ridge }) => `energy:${ridge}`,
  takesCosts: false,
  checkModel(_, { model }) {
    if (!isDefault(model)) {
      throw new EngramError('usage', 'the energy is known of the default neuron only; choose another objective');
    }
  },
  improve({ ridge }, { arena, neuron, order, lower, upper, source, answer }) {
    const n = order.length;
    const P = metricOf(neuron, ridge);
    const sorted = new Float64Array(n * n);
    order.forEach((k, i) => {
      order.forEach((j, l) => {
        sorted[n * i + l] = P[n * k + j];
      });
    });
    return answer(refineInMetric<Cut>(arena, sorted, lower, upper, source, ROUND_LIMIT));
  },
  terms({ ridge }, { neuron, weights }) {
    const n = weights.length;
    const Q = metricOf(neuron, ridge);
    const gradient = weights.map((_, k) => sumOver(weights, (w, j) => Q[n * k + j] * w));
    const metric = weights.map((_, k) => Q[n * k + k]);
    return { value: sumOver(weights, (w, k) => (gradient[k] * w) / 2), gradient, metric };
  },
};
