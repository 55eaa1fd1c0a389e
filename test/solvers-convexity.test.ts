/** What is called proved convex is so, to the last digit, in whole numbers that share nothing with the proof but the data. */
import { expect, it } from 'vitest';
import { curvatureOf } from '../solvers/convexity.js';
import { wholeNumbers } from '../solvers/exact-ray.js';
import { checkProblem } from '../solvers/problem.js';
import { uniformStream } from '../src/core/index.js';

/** Whether all leading minors are positive, by Bareiss's elimination. */
function isDefinite(P: Float64Array, n: number): boolean {
  const whole = wholeNumbers([...P]);
  let last = 1n;
  for (let k = 0; k < n; k++) {
    const pivot = whole[n * k + k];
    if (!(pivot > 0n)) return false;
    for (let i = k + 1; i < n; i++) {
      for (let j = k + 1; j < n; j++) {
        whole[n * i + j] = (whole[n * i + j] * pivot - whole[n * i + k] * whole[n * k + j]) / last;
      }
    }
    last = pivot;
  }
  return true;
}

/** B B' of rank n - 1, rounded: flat in a direction but for rounding, up as often as down; `lift` times the identity is added. */
function nearlyFlat(n: number, lift: number, uniform: () => number): Float64Array {
  const B = Array.from({ length: n }, () => Array.from({ length: n - 1 }, () => uniform() - 0.5));
  const P = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      P[n * i + j] = B[i].reduce((sum, b, k) => sum + b * B[j][k], i === j ? lift : 0);
      P[n * j + i] = P[n * i + j];
    }
  }
  return P;
}

/** A full matrix by its columns. */
const columnsOf = (P: Float64Array, n: number) => ({
  starts: Int32Array.from({ length: n + 1 }, (_, k) => n * k),
  rows: Int32Array.from(P, (_, p) => p % n),
  values: P,
});

for (const form of ['dense', 'sparse'] as const) {
  it(`no ${form} matrix is proved semidefinite that is not by the last bit, and most that are by more are`, () => {
    const uniform = uniformStream([1, 2], form === 'dense' ? 3 : 4);
    const count = { flat: 0, indefinite: 0, lifted: 0, proved: 0 };
    for (let round = 0; round < 600; round++) {
      const n = 2 + (round % 6);
      const lift = round % 2 ? 1e-13 : 0;
      const P = nearlyFlat(n, lift, uniform);
      const problem = { P: form === 'dense' ? P : columnsOf(P, n), q: new Float64Array(n) };
      const { convexity } = curvatureOf(checkProblem(problem));
      const definite = isDefinite(P, n);
      if (convexity === 'proved') expect(definite).toBe(true);
      if (lift === 0) {
        count.flat++;
        if (!definite) count.indefinite++;
      } else {
        count.lifted++;
        if (convexity === 'proved') count.proved++;
      }
    }
    // The test would see nothing if rounding did not make many of them indefinite.
    expect(count.indefinite).toBeGreaterThan(0.3 * count.flat);
    expect(count.proved).toBeGreaterThan(0.9 * count.lifted);
  });
}
