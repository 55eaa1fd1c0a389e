/** Least norm: 1/2 sum c_k w_k^2, with costs c_k of the synapses (1 unless given). */
import { type Norm, quadratic } from './norm.js';

/** The least sum of squares of the weights, times the costs. */
export interface L2 {
  /** Name of the aim. */
  readonly kind: 'l2';
}

export const l2: Norm<L2, 'l2'> = {
  kind: 'l2',
  spelled: 'l2',
  help: 'l2 (least norm)',
  parse: (parameter) => (parameter === undefined ? { kind: 'l2' } : undefined),
  spell: () => 'l2',
  takesCosts: true,
  isPlain: (costs) => costs === undefined,
  improve: (_, { answer, separable, fill, costs }) => answer(separable({ price: fill(0), metric: costs })),
  terms: (_, { weights, costs }) => quadratic(weights, costs),
};
