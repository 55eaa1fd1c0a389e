// What an arrival adds to the sums of its target in this window, so that at its end they are what they must be.
//
// An arrival of strength c at offset y0 is taken as one at the window's beginning, of which everything before y0 is taken
// away again. With the kernel, z = (a + b y) e^{-y}, that is a -= c y0. A membrane (lif.ts) integrates the current:
// exp, c e^{-y}, is c y0 phi_1(-delta y0) too high; alpha, c (y - y0) e^{-y}, c y0^2 phi_2(-delta y0) too low.

import { Membrane, Neuron } from "./layout";
import { MEMBRANE, NEURON, S } from "./state";

/** Kinds of current: `S.lif` is one of them, or 0. */
export const LIF_EXP = 1;
export const LIF_ALPHA = 2;

/** phi_1(z) = sum of z^n / (n + 1)!, exact for |z| <= 1/4: the first term left out is below 1e-17. */
@inline
export function simulatePhi1(z: f64): f64 {
  let sum = 1 + z * (1.0 / 11 + z * (1.0 / 132));
  sum = 1 + z * (1.0 / 8) * (1 + z * (1.0 / 9) * (1 + z * (1.0 / 10) * sum));
  sum = 1 + z * (1.0 / 5) * (1 + z * (1.0 / 6) * (1 + z * (1.0 / 7) * sum));
  return 1 + z * (1.0 / 2) * (1 + z * (1.0 / 3) * (1 + z * (1.0 / 4) * sum));
}

/** phi_2(z) = sum of z^n / (n + 2)!, likewise. */
@inline
export function simulatePhi2(z: f64): f64 {
  let sum = 1 + z * (1.0 / 12);
  sum = 1 + z * (1.0 / 9) * (1 + z * (1.0 / 10) * (1 + z * (1.0 / 11) * sum));
  sum = 1 + z * (1.0 / 6) * (1 + z * (1.0 / 7) * (1 + z * (1.0 / 8) * sum));
  return 0.5 * (1 + z * (1.0 / 3) * (1 + z * (1.0 / 4) * (1 + z * (1.0 / 5) * sum)));
}

@inline
export function simulateAdd(target: usize, level: f64, c: f64): void {
  const neuron = changetype<Neuron>(target);
  neuron.freshA -= level;
  neuron.freshB += c;
  neuron.freshSize += Math.abs(c);
}

@inline
export function simulateAddExp(target: usize, y0: f64, c: f64, delta: f64): void {
  simulateAdd(target, c * y0 * simulatePhi1(-delta * y0), c);
}

@inline
export function simulateAddAlpha(target: usize, y0: f64, c: f64, delta: f64): void {
  const membrane = changetype<Membrane>(S.membranes + (target - S.neuronTable) / (NEURON / MEMBRANE));
  const level = c * y0;
  membrane.freshP -= level;
  simulateAdd(target, -level * y0 * simulatePhi2(-delta * y0), c);
}
