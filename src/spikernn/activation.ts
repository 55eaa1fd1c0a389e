/**
 * What a unit of a rate network sends for its state x, and the slope in gradients:
 *
 *   sigmoid        1 / (1 + e^-x)               r (1 - r)
 *   clipped_relu   min(max(x, 0), 20)           1 between 0 and 20, else 0
 *   softplus       min(ln(1 + e^x), 20)         1 / (1 + e^-x) below 20, else 0
 */
import { demandOneOf, sigmoid, softplus } from '../core/index.js';

/** The names of the original. */
export const activations = ['sigmoid', 'clipped_relu', 'softplus'] as const;
/** One of them. */
export type ActivationName = (typeof activations)[number];

export interface Activation {
  /** r = phi(x). */
  send(x: number): number;
  /** dr/dx at x, where r = phi(x). */
  slope(x: number, r: number): number;
}

const MOST = 20;

const table: Record<ActivationName, Activation> = {
  sigmoid: { send: sigmoid, slope: (_, r) => r * (1 - r) },
  clipped_relu: {
    send: (x) => Math.min(Math.max(x, 0), MOST),
    slope: (x) => (x > 0 && x < MOST ? 1 : 0),
  },
  softplus: {
    send: (x) => Math.min(softplus(x), MOST),
    slope: (x, r) => (r < MOST ? sigmoid(x) : 0),
  },
};

/** Throws `usage` if there is none of that name. */
export function activationOf(name: ActivationName): Activation {
  demandOneOf('the activation', name, activations);
  return table[name];
}
