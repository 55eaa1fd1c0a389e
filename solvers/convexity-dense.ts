/** The Cholesky factorisation of S P S + shift I of convexity.ts for a dense P. */
import { withArena } from '../src/core/index.js';
import type { DenseKernel } from '../src/dense/index.js';
import type { Trial } from './convexity-sparse.js';

/** A factorisation of S P S + shift I; axes without curvature are passed over. */
export const denseTrial =
  (P: Float64Array, s: Float64Array) =>
  (shift: number): Trial =>
    withArena((arena) => {
      const n = s.length;
      const stride = n + (n & 1);
      const at = arena.alloc(8 * n * stride);
      const L = arena.f64(at, n * stride);
      let least = 1;
      for (let i = 0; i < n; i++) {
        const own = s[i];
        const row = stride * i;
        for (let j = 0, from = n * i; j <= i; j++, from++) L[row + j] = own * P[from] * s[j];
        // Nothing stands beside a diagonal entry that is 0.
        if (L[row + i] === 0) {
          least = 0;
          L[row + i] = 1;
        } else L[row + i] += shift;
      }
      const variable = arena.kernels<DenseKernel>().denseCholesky(at, n, stride, 0);
      if (variable >= 0) return { least, failed: { variable, direction: directionOf(L, n, stride, variable) } };
      for (let i = 0; i < n && least > 0; i++) {
        const root = L[(stride + 1) * i];
        least = Math.min(least, root * root - shift);
      }
      return { least };
    });

/** d with d_i = 1 and L' d = 0 in the rows before: the direction whose curvature the pivot i is. */
function directionOf(L: Float64Array, n: number, stride: number, i: number): Float64Array {
  const d = new Float64Array(n);
  d[i] = 1;
  for (let k = i - 1; k >= 0; k--) {
    let sum = 0;
    for (let j = k + 1; j <= i; j++) sum += L[stride * j + k] * d[j];
    d[k] = -sum / L[stride * k + k];
  }
  return d;
}
