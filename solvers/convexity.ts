/**
 * Whether a dense Hessian is positive semidefinite: the Cholesky factorisation, in plain TypeScript, of
 *
 *   S P S + 1e-10 I,   S = diag(P)^-1/2   (unit diagonal, so that units of variables do not matter).
 */
import { EngramError } from '../src/core/index.js';
import type { Program } from './problem.js';
import { INDEFINITE } from './tolerances.js';

/**
 * The smallest pivot, between 0 (flat in some direction) and 1. Throws `usage` if P is indefinite: a point that meets
 * the optimality conditions of such a program need not be an optimum.
 */
export function leastCurvature({ n, P, hessian }: Program): number {
  if (P === 'identity') return 1;
  if (P === 'zero') return 0;
  if (P === 'diagonal') {
    const most = hessian.reduce((size, value) => Math.max(size, value), 0);
    return most > 0 ? hessian.reduce((least, value) => Math.min(least, value / most), 1) : 0;
  }
  const refuse = (k: number): never => {
    throw new EngramError('usage', `P must be positive semidefinite; it is not, at the latest with variable ${k}`);
  };
  const s = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const diagonal = hessian[n * k + k];
    if (diagonal < 0) refuse(k);
    s[k] = diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0;
    // Without curvature along an axis there may be none beside it.
    if (diagonal === 0) for (let j = 0; j < n; j++) if (hessian[n * k + j] !== 0) refuse(k);
  }
  const L = new Float64Array(n * n);
  let least = 1;
  for (let i = 0; i < n; i++) {
    const row = n * i;
    for (let j = 0; j <= i; j++) {
      const above = n * j;
      let sum = s[i] * hessian[row + j] * s[j];
      for (let k = 0; k < j; k++) sum -= L[row + k] * L[above + k];
      if (i === j) {
        least = Math.min(least, sum);
        if (!(sum + INDEFINITE > 0)) refuse(i);
        L[row + i] = Math.sqrt(sum + INDEFINITE);
      } else {
        L[row + j] = sum / L[above + j];
      }
    }
  }
  return Math.max(0, least);
}
