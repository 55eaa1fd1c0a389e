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
