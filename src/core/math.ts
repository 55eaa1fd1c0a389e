/**
 * Elementary functions that give the same bits on every engine (`Math.exp` and its kin do not): they use nothing but what IEEE 754
 * prescribes exactly. Bounds of their errors are in docs/ground.md. `decay` is the one that hot loops of plain TypeScript need.
 */
import { exp, expm1 } from './exponential.js';
import { log1p } from './logarithm.js';

export { exp, expm1 } from './exponential.js';
export { ln, log1p } from './logarithm.js';
export { atan, cos, tan } from './trigonometry.js';

/** tanh x: x + x^3 P(x^2) / Q(x^2) (Cody and Waite) near 0, 1 - 2 / (e^2x + 1) beyond. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size < 1 / (1 << 28) || Number.isNaN(x)) return x;
  if (size < 0.625) {
    const z = x * x;
    const p = -1614.6876844170845 + z * (-99.28772310019185 + z * -0.9643991794250523);
    const q = 4844.063053251255 + z * (2235.4883906010045 + z * (112.81167849163293 + z));
    return x + x * z * (p / q);
  }
  const value = size > 22 ? 1 : 1 - 2 / (expm1(2 * size) + 2);
  return x < 0 ? -value : value;
}

/** The logistic function 1 / (1 + e^-x) = e^x - e^2x / (1 + e^x), of which the second form keeps the bits of small values. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return x < 0 ? e - e * (e / (1 + e)) : 1 / (1 + e);
}

/** ln(1 + e^x), the smooth maximum of 0 and x, whose slope is the sigmoid. */
export function softplus(x: number): number {
  return (x > 0 ? x : 0) + log1p(exp(-Math.abs(x)));
}

/** e^-x for x >= 0; short steps, which are nearly all of them, by the series (remainder below 1e-16). */
export function decay(x: number): number {
  if (x > 0.0625) return exp(-x);
  return (
    1 - x * (1 - x * (1 / 2 - x * (1 / 6 - x * (1 / 24 - x * (1 / 120 - x * (1 / 720 - x * (1 / 5040 - x / 40320)))))))
  );
}

/**
 * The phi functions of exponential integrators: phi_0(z) = e^z, phi_{k+1}(z) = (phi_k(z) - 1 / k!) / z, so that
 * phi_k(z) = sum over n of z^n / (n + k)!. They are the responses of two coupled decays, and smooth where both
 * decays become equal (z = 0), at which the usual quotients of differences lose every digit.
 * @param k 0, 1, 2 or 3
 */
export function phi(k: 0 | 1 | 2 | 3, z: number): number {
  const factorial = k === 3 ? 6 : k === 2 ? 2 : 1;
  if (z > -1.5 && z < 1.5) {
    // Relative remainder below 1e-17.
    let sum = 1;
    for (let n = z > -0.0625 && z < 0.0625 ? 10 : 24; n > 0; n--) sum = 1 + (sum * z) / (n + k);
    return sum / factorial;
  }
  let value = exp(z);
  if (k > 0) value = (value - 1) / z;
  if (k > 1) value = (value - 1) / z;
  if (k > 2) value = (value - 0.5) / z;
  return value;
}
