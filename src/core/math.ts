/**
 * Elementary functions that give the same bits on every engine (`Math.exp` and its kin do not).
 * `decay` is the one that hot loops of plain TypeScript need.
 */
export { default as cos } from '@stdlib/math-base-special-cos';
export { default as exp } from '@stdlib/math-base-special-exp';
export { default as ln } from '@stdlib/math-base-special-ln';

import exp from '@stdlib/math-base-special-exp';

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
