/**
 * One stretch without arrivals of a neuron with dynamics of its own (membrane/dynamics.ts), for the program that is solved:
 *
 *   V(x) = v E + i p + d q,   E = e^{-x / tau_m},   p, q as in course.ts,   delta = 1 / tau_s - 1 / tau_m
 *
 * V is highest where g(x) = V' e^{x / tau_m} = V'(0) + int_0^x (j + k u) e^{-delta u} du is zero, (j, k) the slopes of (I, D) at 0.
 * With k = 0 (order 1) that is x = m (-ln(1 - delta m) / (delta m)), m = -V'(0) / j, whatever delta is, zero
 * included. Else g turns once, at x = -j / k, and on each side Newton's method, kept in a bracket, finds its only root. The
 * kernel finds these points (kernel/piece.ts).
 */
import { decay, exp, phi } from '../../../core/index.js';
import type { MembraneDynamics } from './dynamics.js';

/** What of the dynamics a piece depends on. */
type Constants = Pick<MembraneDynamics, 'membrane' | 'synapse' | 'order'>;

/** E, F, p and q of a step, in `out`. */
export function respond({ membrane, synapse, order }: Constants, x: number, out: Float64Array): void {
  const e = decay(x / membrane);
  out[0] = e;
  if (membrane === synapse) {
    out[1] = e;
    out[2] = x * e;
    out[3] = 0.5 * x * x * e;
    return;
  }
  const f = decay(x / synapse);
  const delta = 1 / synapse - 1 / membrane;
  const y = delta * x;
  out[1] = f;
  if (y > -0.0625 && y < 0.0625) {
    // 1 - y / 2 + y^2 / 6 - ..., and (1 - e^{-y} (1 + y)) / y^2 = 1/2 - y / 3 + y^2 / 8 - ...; remainders below 1e-16.
    out[2] =
      x *
      e *
      (1 - (y / 2) * (1 - (y / 3) * (1 - (y / 4) * (1 - (y / 5) * (1 - (y / 6) * (1 - (y / 7) * (1 - y / 8)))))));
    if (order === 2) {
      const sum =
        1 / 2 - y * (1 / 3 - y * (1 / 8 - y * (1 / 30 - y * (1 / 144 - y * (1 / 840 - y * (1 / 5760 - y / 45360))))));
      out[3] = x * x * e * sum;
    }
  } else if (y > -1 && y < 1) {
    const first = phi(1, -y);
    out[2] = x * e * first;
    out[3] = x * x * e * (first - phi(2, -y));
  } else {
    out[2] = (e - f) / delta;
    out[3] = (e - f * (1 + y)) / (delta * delta);
  }
}

/** The state that an arrival of weight 1, in every period, leaves right after it: (1 - P(T))^{-1} applied to its gain. */
export function closedArrival(dynamics: MembraneDynamics, period: number): [number, number, number] {
  const { gain, order, membrane, synapse } = dynamics;
  const out = new Float64Array(4);
  respond({ ...dynamics, order: 2 }, period, out);
  const f = exp(-period / synapse);
  const e = exp(-period / membrane);
  const d = order === 2 ? gain / (1 - f) : 0;
  const i = ((order === 1 ? gain : 0) + d * period * f) / (1 - f);
  return [(i * out[2] + d * out[3]) / (1 - e), i, d];
}
