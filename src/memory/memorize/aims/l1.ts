/** The least sum of absolute weights: sum c_k |w_k|, with costs c_k of the synapses (1 unless given). */
import { type Norm, priced } from './norm.js';

/** The least sum of absolute weights, times the costs. */
export interface L1 {
  /** Name of the aim. */
  readonly kind: 'l1';
}

export const l1: Norm<L1, 'l1'> = {
  kind: 'l1',
  spelled: 'l1',
  help: 'l1',
  parse: (parameter) => (parameter === undefined ? { kind: 'l1' } : undefined),
  spell: () => 'l1',
  takesCosts: true,
  improve: (_, { answer, separable, costs, weights }) =>
    answer(separable({ price: costs, metric: costs }, { centre: weights })),
  terms: (_, { weights, costs }) => priced(weights, costs),
};
