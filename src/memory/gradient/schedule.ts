/**
 * Learning rates over a training of n epochs, e = 0 ... n - 1.
 *
 *   cosine       r_1 + (r_0 - r_1) (1 + cos(pi e / n)) / 2
 *   geometric    r_0 (r_1 / r_0)^(e / n)
 *
 * r_1 = r_0 is a constant rate.
 */
import { cos, exp, ln } from '../../core/index.js';

export interface Schedule {
  readonly shape: 'cosine' | 'geometric';
  readonly from: number;
  readonly to: number;
}

export function scheduled({ shape, from, to }: Schedule, epoch: number, epochs: number): number {
  const share = Math.min(1, epoch / epochs);
  if (from === to) return from;
  return shape === 'cosine' ? to + ((from - to) * (1 + cos(Math.PI * share))) / 2 : from * exp(share * ln(to / from));
}
