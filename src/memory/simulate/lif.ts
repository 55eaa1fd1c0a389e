/**
 * The membrane of a leaky integrate-and-fire neuron between two changes, in plain TypeScript: what the queue simulator
 * stands on. It shares no code with the kernel.
 *
 *   z' = -z / tau_m + I(t),   I(t) = (p + q t / tau_s) e^{-t / tau_s} / tau_s
 *
 * with q = 0 for exponential currents. With lambda = tau_s / tau_m and y = t / tau_s,
 *
 *   z(y) = z_0 e^{-lambda y} + p E(y) + q A(y),
 *
 * where E and A are the responses at rest to e^{-y} and y e^{-y}, smooth in lambda = 1 (`currentResponse`).
 *
 * The first crossing. The sign of d/dy (z - theta) e^{lambda y} is that of g(y) = p + q y - theta lambda e^y, which is
 * concave: (z - theta) e^{lambda y} falls, rises between the roots of g, and falls again. So its highest value after
 * `from` is there or at the last root, and the first crossing lies on the one rising stretch.
 */
import { exp } from '../../core/index.js';
import { currentResponse } from '../network/index.js';

/** Potential and currents at some moment. */
export interface MembraneState {
  z: number;
  p: number;
  q: number;
}

/** The membrane y synaptic time constants later. */
export function evolve({ z, p, q }: MembraneState, lambda: number, y: number): MembraneState {
  const fall = exp(-y);
  const driven =
    p * currentResponse('exp', 1 / lambda, 1, y) + (q * currentResponse('alpha', 1 / lambda, 1, y)) / Math.E;
  return { z: z * exp(-lambda * y) + driven, p: (p + q * y) * fall, q: q * fall };
}

/** A peak this close below the threshold, relative to it, touches it. */
const TOUCH = 2e-13;

/** The first y >= 0 with z(y) >= threshold > 0, or NaN. */
export function firstFiring(membrane: MembraneState, lambda: number, threshold: number): number {
  const { p, q } = membrane;
  const above = (y: number) => evolve(membrane, lambda, y).z - threshold;
  if (above(0) >= 0) return 0;
  const g = (y: number) => p + q * y - threshold * lambda * exp(y);
  // g is highest where q = threshold lambda e^y.
  let low = 0;
  if (q > threshold * lambda) low = bisect((y) => q - threshold * lambda * exp(y) < 0, 0, 1);
  if (g(low) <= 0) return Number.NaN;
  const top = bisect((y) => g(y) < 0, low, low + 1);
  if (!(above(top) >= -TOUCH * threshold)) return Number.NaN;
  if (above(top) <= 0) return top;
  // Before its rising stretch the potential is below the threshold, so that any crossing is the one on it.
  return bisect((y) => above(y) >= 0, 0, top);
}

/** The least y for which a condition holds that fails at `low` and holds from some y on; `high` is a first guess of it. */
function bisect(holds: (y: number) => boolean, low: number, high: number): number {
  let [a, b] = [low, high];
  while (!holds(b)) [a, b] = [b, b + 2 * (b - low)];
  for (;;) {
    const middle = a + (b - a) / 2;
    if (middle <= a || middle >= b) return b;
    if (holds(middle)) b = middle;
    else a = middle;
  }
}
