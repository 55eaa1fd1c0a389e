/**
 * Which of the weights that obey the template are wanted. With costs c_k of the synapses (1 unless given), B the bound of
 * the template:
 *
 *   none              any
 *   l2                1/2 sum c_k w_k^2
 *   l1                sum c_k |w_k|
 *   linf              max |w_k|
 *   elastic:s         sum c_k ( s B |w_k| + (1 - s)/2 w_k^2 ),  0 < s < 1
 *   energy:r          1/2 ( mean of z(t)^2 over the period, summed over the memories ) + r/2 |w|^2,  r > 0
 *   sparse            few synapses: l1, then `REWEIGHTINGS` times again with prices c_k e / (|w_k| + e), e = B / 10
 *                     (Candes, Wakin and Boyd 2008); a local optimum, in which the last prices are an optimum's
 */
import { EngramError } from '../../core/index.js';
import { arrivalsOf, energyMatrix } from '../template/index.js';
import type { Part } from './judge.js';

export type Objective = 'none' | 'l2' | 'l1' | 'linf' | 'sparse' | `elastic:${number}` | `energy:${number}`;

/** Names of objectives; a parameter follows after a colon, or is the one given here. */
const PARAMETERS = { elastic: 0.5, energy: 1e-3 } as const;
/** Beyond these rounding decides. */
const RANGES = { elastic: [1e-3, 0.99], energy: [1e-9, 1e6] } as const;
export const REWEIGHTINGS = 4;

/** The kind and the parameter of an objective, if it has one. */
export function objectiveKind(objective: Objective): {
  kind: 'none' | 'l2' | 'l1' | 'linf' | 'sparse' | 'elastic' | 'energy';
  parameter: number;
} {
  const [kind, parameter] = objective.split(':');
  return { kind: kind as ReturnType<typeof objectiveKind>['kind'], parameter: Number(parameter) };
}

/** Reads `l1`, `elastic`, `elastic:0.3`; undefined if it is no objective. */
export function parseObjective(text: string): Objective | undefined {
  const [kind, given, ...rest] = text.split(':');
  if (rest.length > 0) return undefined;
  if (kind === 'elastic' || kind === 'energy') {
    const parameter =
      given === undefined ? PARAMETERS[kind] : /^[\d.]+(e-?\d+)?$/.test(given) ? Number(given) : Number.NaN;
    const [least, most] = RANGES[kind];
    const good = parameter >= least && parameter <= most;
    return good ? `${kind}:${parameter}` : undefined;
  }
  const plain = ['none', 'l2', 'l1', 'linf', 'sparse'] as const;
  return given === undefined ? plain.find((name) => name === kind) : undefined;
}

/** What is allowed, for messages. */
export const OBJECTIVES =
  'none, l2, l1, linf, sparse, elastic:s with s from 0.001 to 0.99, or energy:r with r from 1e-9 to 1e6';

/** The l2 program and any-weights program are what the rest starts from: whether there is more to do. */
export const isLeastNorm = (objective: Objective, costs?: Float64Array): boolean =>
  objective === 'none' || (objective === 'l2' && costs === undefined);

/** Throws `usage` or `input` on costs that do not fit. */
export function checkObjective(objective: Objective, costs: Float64Array | undefined, synapses: number): void {
  if (parseObjective(objective) !== objective) {
    throw new EngramError('usage', `the objective must be ${OBJECTIVES}; got "${objective}"`);
  }
  if (!costs) return;
  if (['none', 'linf', 'energy'].includes(objectiveKind(objective).kind)) {
    throw new EngramError('usage', `the objective ${objective} knows no costs of synapses; leave one of the two out`);
  }
  if (costs.length !== synapses) {
    throw new EngramError('input', `there are ${costs.length} costs for ${synapses} synapses`);
  }
  const bad = costs.findIndex((cost) => !(cost >= LEAST_COST && cost <= MOST_COST));
  if (bad >= 0) {
    throw new EngramError(
      'input',
      `synapse ${bad}: its cost must be from ${LEAST_COST} to ${MOST_COST}; got ${costs[bad]}`,
    );
  }
}

/** Costs beyond these leave programs that cannot be solved to their promise. */
export const LEAST_COST = 1e-3;
export const MOST_COST = 1e3;

/** Q + r I of one neuron, in the order of its synapses. */
export function energyOf({ memories, inputs }: Pick<Part, 'memories' | 'inputs'>, ridge: number): Float64Array {
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

/** f(w) + sum price_k |w_k|, or max |w_k|: what the verifier needs of an objective at w. */
export interface Terms {
  value: number;
  /** Of f; none of the largest weight. */
  gradient?: Float64Array;
  price?: Float64Array;
  peak?: boolean;
  /** Curvatures, or what stands for them. */
  metric?: Float64Array;
}

/** The objective at w; `prices` are the last ones of `sparse`. */
export function termsAt(
  objective: Objective,
  part: Part,
  bound: number,
  weights: Float64Array,
  prices?: Float64Array,
): Terms {
  const { kind, parameter } = objectiveKind(objective);
  const costs = part.costs ?? new Float64Array(weights.length).fill(1);
  const sum = (term: (w: number, k: number) => number) => weights.reduce((total, w, k) => total + term(w, k), 0);
  const priced = (price: Float64Array): Terms => ({
    value: sum((w, k) => price[k] * Math.abs(w)),
    gradient: new Float64Array(weights.length),
    price,
  });
  const quadratic = (curvature: Float64Array) => ({
    value: sum((w, k) => (curvature[k] * w * w) / 2),
    gradient: weights.map((w, k) => curvature[k] * w),
    metric: curvature,
  });
  switch (kind) {
    case 'none':
      return { value: 0 };
    case 'l2':
      return quadratic(costs);
    case 'l1':
      return priced(costs);
    case 'sparse':
      return priced(prices ?? costs);
    case 'linf':
      return { value: weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0), peak: true };
    case 'elastic': {
      const [smooth, corners] = [
        quadratic(costs.map((cost) => (1 - parameter) * cost)),
        priced(costs.map((cost) => parameter * bound * cost)),
      ];
      return { ...corners, ...smooth, value: smooth.value + corners.value };
    }
    case 'energy': {
      const n = weights.length;
      const Q = energyOf(part, parameter);
      const gradient = weights.map((_, k) => sum((w, j) => Q[n * k + j] * w));
      const metric = weights.map((_, k) => Q[n * k + k]);
      return { value: sum((w, k) => (gradient[k] * w) / 2), gradient, metric };
    }
  }
}
