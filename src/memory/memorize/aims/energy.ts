/**
 * The least energy of the potential: 1/2 ( mean of z(t)^2 over the period, summed over the memories ) + r/2 |w|^2, r > 0, a norm
 * in a metric of its own, Q + r I. The judge finds Q w without Q (template/default/energy-check.ts).
 */
import { refineInMetric } from '../../../../solvers/index.js';
import { EngramError } from '../../../core/index.js';
import { arrivalsOf, type Cut, energyCurvatures, energyGradient, energyMatrix } from '../../template/index.js';
import { isDefault } from '../model.js';
import { type Norm, ROUND_LIMIT, type Start, sumOver } from './norm.js';
import { parameterWithin } from './parameter.js';

/** The least mix of the potential's energy and the squares of the weights. */
export interface Energy {
  /** Name of the aim. */
  readonly kind: 'energy';
  /** r > 0: how much the squares of the weights count beside the energy. */
  readonly ridge: number;
}

const ridgeOf = parameterWithin(1e-9, 1e6);

/** Q + r I of one neuron; variable i is synapse order[i]. */
function metricOf({ arena, neuron: { memories, inputs }, order, buffers }: Start, ridge: number): Float64Array {
  const n = order.length;
  const place = new Uint32Array(n);
  order.forEach((k, i) => {
    place[k] = i;
  });
  const matrixOf = (memory: number) => {
    const { synapses, ...arrivals } = arrivalsOf(memories[memory].score, inputs);
    return energyMatrix(arena, { ...arrivals, synapses: synapses.map((k) => place[k]) }, n, buffers);
  };
  let P = matrixOf(0);
  if (memories.length > 1) P = P.slice();
  for (let memory = 1; memory < memories.length; memory++) {
    const Q = matrixOf(memory);
    for (let i = 0; i < P.length; i++) P[i] += Q[i];
  }
  for (let k = 0; k < n; k++) P[n * k + k] += ridge;
  return P;
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
  improve({ ridge }, start) {
    const { arena, lower, upper, source, answer } = start;
    return answer(refineInMetric<Cut>(arena, metricOf(start, ridge), lower, upper, source, ROUND_LIMIT));
  },
  form: (score, inputs, weights, buffers) => energyGradient(arrivalsOf(score, inputs, buffers), weights, buffers),
  terms({ ridge }, { neuron: { memories, inputs }, weights, form }) {
    const gradient = form.map((value, k) => value + ridge * weights[k]);
    const metric = new Float64Array(weights.length).fill(ridge);
    for (const { score } of memories) {
      energyCurvatures(score, inputs.sources).forEach((value, k) => {
        metric[k] += value;
      });
    }
    return { value: sumOver(weights, (w, k) => (gradient[k] * w) / 2), gradient, metric };
  },
};
