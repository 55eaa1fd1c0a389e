/**
 * Weights made for recall: the least spread of the potential over random prompts. While a random share p of the channels plays
 * the score, a neuron hears z_p(t) = sum_s m_s z_s(t), m_s = 1 with probability p, of which
 *
 *   E z_p = p z,     Var z_p = p (1 - p) sum_s z_s^2;
 *
 * the mean of sum_s z_s^2 over the period is sum_s w_s'H_s w_s (template/spread.ts). What is minimized is
 *
 *   1/2 sum_s w_s'(H_s + rho h I) w_s,     h the mean of the diagonals of all H_s,
 *
 * a norm in a metric of its own, in blocks of the synapses that share a source. The ridge keeps every block positive definite: identical
 * synapses get the same weight, as if they were one. The judge finds H w by quadrature (template/spread-check.ts).
 */
import { refineInMetric } from '../../../../solvers/index.js';
import { type Cut, horizonFor, meanSpread, sourceSpreads, spreadOf } from '../../template/index.js';
import { blockMetric } from '../block-metric.js';
import type { NeuronProblem } from '../setting.js';
import { type Norm, ROUND_LIMIT, sumOver } from './norm.js';
import { parameterWithin } from './parameter.js';

/** The least spread of the potential over random prompts, with a ridge. */
export interface Recall {
  /** Name of the aim. */
  readonly kind: 'recall';
  /** rho > 0: how much the squares of the weights count beside the spread, in units of its mean curvature. */
  readonly ridge: number;
}

/** Time constants after which a double shows nothing of an arrival. */
const KERNEL_HORIZON = horizonFor(1e-18);

const ridgeOf = parameterWithin(1e-4, 1e4);

/** Whether at most moments most synapses have been silent for as long as a kernel lasts. */
const hearsLittle = ({ memories, inputs: { sources } }: NeuronProblem): boolean =>
  memories.every(({ score: { starts, period } }) => {
    let arrivals = 0;
    for (const source of sources) arrivals += starts[source + 1] - starts[source];
    return arrivals * KERNEL_HORIZON < sources.length * period;
  });

/** Where nothing ever arrives any ridge will do. */
const positive = (mean: number) => (mean > 0 ? mean : 1);

export const recall: Norm<Recall, `recall:${number}`> = {
  kind: 'recall',
  spelled: 'recall:r with r from 1e-4 to 1e4',
  help: 'recall[:ridge] (least spread over prompts)',
  parse(parameter) {
    const ridge = ridgeOf(parameter, 0.1);
    return ridge === undefined ? undefined : { kind: 'recall', ridge };
  },
  spell: ({ ridge }) => `recall:${ridge}`,
  takesCosts: false,
  direct: true,
  improve({ ridge }, { arena, neuron, order, lower, upper, source, answer }) {
    const place = new Uint32Array(order.length);
    order.forEach((k, i) => {
      place[k] = i;
    });
    const blocks = sourceSpreads(neuron.memories, neuron.inputs);
    let sum = 0;
    for (const { variables, P } of blocks) {
      for (let i = 0; i < P.length; i += variables.length + 1) sum += P[i];
    }
    const added = ridge * positive(sum / order.length);
    for (const { variables, P } of blocks) {
      for (let i = 0; i < P.length; i += variables.length + 1) P[i] += added;
      for (let i = 0; i < variables.length; i++) variables[i] = place[variables[i]];
    }
    // In the order of the variables they can be solved in place.
    blocks.sort((a, b) => a.variables[0] - b.variables[0]);
    return answer(
      refineInMetric<Cut>(arena, blockMetric(arena, blocks, hearsLittle(neuron)), lower, upper, source, ROUND_LIMIT),
    );
  },
  form: spreadOf,
  terms({ ridge }, { neuron: { memories, inputs }, weights, form }) {
    const added = ridge * positive(meanSpread(memories, inputs));
    const gradient = form.map((value, k) => value + added * weights[k]);
    return {
      value: sumOver(weights, (w, k) => (gradient[k] * w) / 2),
      gradient,
      metric: new Float64Array(weights.length).fill(added * (1 + 1 / ridge)),
    };
  },
};
