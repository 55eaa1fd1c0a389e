/**
 * One stretch without arrivals of a neuron with dynamics of its own (membrane/dynamics.ts), for the program that is solved:
 *
 *   V(x) = v E + i p + d q,   E = e^{-x / tau_m},   p, q as in course.ts,   delta = 1 / tau_s - 1 / tau_m
 *
 * V is highest where g(x) = V' e^{x / tau_m} = V'(0) + int_0^x (j + k u) e^{-delta u} du is zero, (j, k) the slopes of (I, D) at 0.
 * With k = 0 (order 1) that is x = m (-ln(1 - delta m) / (delta m)), m = -V'(0) / j, whatever delta is, zero
 * included. Else g turns once, at x = -j / k, and on each side Newton's method, kept in a bracket, finds its only root.
 */
import { decay, exp, ln, phi } from '../../../core/index.js';
import type { MembraneDynamics } from './dynamics.js';

/** What of the dynamics a piece depends on. */
type Constants = Pick<MembraneDynamics, 'membrane' | 'synapse' | 'order'>;

type State = readonly [v: number, i: number, d: number];

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

const scratch = new Float64Array(4);

/** V at x. */
export function levelAt(dynamics: Constants, v: number, i: number, d: number, x: number): number {
  respond(dynamics, x, scratch);
  return through(scratch, v, i, d);
}

/** V after a step whose E, F, p and q are known. */
export const through = (out: Float64Array, v: number, i: number, d: number): number =>
  v * out[0] + i * out[2] + (d === 0 ? 0 : d * out[3]);

/** V' at x. */
export function riseAt(dynamics: Constants, v: number, i: number, d: number, x: number): number {
  const { membrane, synapse } = dynamics;
  return levelAt(dynamics, i - v / membrane, d - i / synapse, -d / synapse, x);
}

/**
 * The points in (0, length) where V is stationary, in order, into `out`; returns how many, at most two. `whole` holds E, F, p and q
 * of the whole length, where they are known.
 */
export function stationary(
  dynamics: Constants,
  v: number,
  i: number,
  d: number,
  length: number,
  out: Float64Array,
  whole?: Float64Array,
): number {
  const { membrane, synapse } = dynamics;
  const rise = i - v / membrane;
  const j = d - i / synapse;
  if (d === 0) {
    const m = -rise / j;
    const u = 1 - (1 / synapse - 1 / membrane) * m;
    // Where the membrane is the slower one, x is at least m: mostly that settles it.
    if (!(m > 0 && u > 0) || (u <= 1 && m >= length)) return 0;
    const x = u === 1 ? m : (m * ln(u)) / (u - 1);
    if (!(x < length)) return 0;
    out[0] = x;
    return 1;
  }
  const turn = (j * synapse) / d;
  const inside = turn > 0 && turn < length;
  let count = 0;
  let a = 0;
  let before = rise;
  for (const b of inside ? [turn, length] : [length]) {
    const after =
      whole && b === length
        ? through(whole, i - v / membrane, d - i / synapse, -d / synapse)
        : riseAt(dynamics, v, i, d, b);
    if (before < 0 !== after < 0)
      out[count++] = rootOfRise(dynamics, slopesOf(dynamics, v, i, d), 0, [a, b], after > 0);
    a = b;
    before = after;
  }
  return count;
}

/** (V', I', D') where (V, I, D) is the state: the state of the slopes. */
export const slopesOf = ({ membrane, synapse }: Constants, v: number, i: number, d: number): State => [
  i - v / membrane,
  d - i / synapse,
  d === 0 ? 0 : -d / synapse,
];

/** Where V' passes `level` in a bracket in which it does so once, upwards if `rising`; its state at 0 is given. */
export function rootOfRise(
  dynamics: Constants,
  [v1, i1, d1]: State,
  level: number,
  [from, to]: readonly [number, number],
  rising: boolean,
): number {
  const { membrane } = dynamics;
  let [a, b] = [from, to];
  let x = (a + b) / 2;
  for (let step = 0; step < 100; step++) {
    const miss = levelAt(dynamics, v1, i1, d1, x) - level;
    if (miss < 0 === rising) a = x;
    else b = x;
    // Newton's step for V' e^{x / tau_m} - level e^{x / tau_m}: nearly straight where V' itself is not.
    const bend = riseAt(dynamics, v1, i1, d1, x) + miss / membrane;
    const next = x - miss / bend;
    const inside = next > a && next < b;
    const better = inside ? next : (a + b) / 2;
    if (Math.abs(better - x) <= 4e-16 * x || better === a || better === b) return better;
    x = better;
  }
  return x;
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
