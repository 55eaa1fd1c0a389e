/**
 * The reduced QR factorization with positive diagonal, and its adjoint. Matrices are n x k, k <= n, row after row.
 *
 *   A = Q R,   Q'Q = I,   R upper triangular (k x k), R_ii > 0
 *
 * by modified Gram-Schmidt, twice: Q is orthonormal to rounding as long as A has full rank (Giraud and Langou 2005). With
 * the derivatives Qbar and Rbar of a loss (Walter and Lehmann 2010),
 *
 *   M = R Rbar' - Qbar' Q,     Abar = (Qbar + Q sym(M)) R^{-T},     sym(M) = the lower triangle of M, mirrored up.
 */
import { demandArray, demandFinite, demandInteger, refuse } from '../core/index.js';

/** Throws `usage` unless these are n x k numbers, row after row. */
export function demandTall(name: string, a: Float64Array, k: number): void {
  demandInteger('the number of columns', k, 1);
  demandArray(name, a, Float64Array);
  if (a.length % k !== 0 || a.length < k * k) {
    refuse(`${name} must be n x ${k} numbers with n at least ${k}; got ${a.length}`);
  }
}

/** Replaces A by Q and writes R. A column that depends on those before it has R_ii = 0 and stays 0. */
export function factorize(a: Float64Array, k: number, r: Float64Array): void {
  demandTall('A', a, k);
  demandFinite('A', a);
  demandArray('R', r, Float64Array, k * k);
  const again = new Float64Array(k * k);
  orthogonalize(a, k, r);
  orthogonalize(a, k, again);
  // R <- R2 R1: row i is written after what it needs of itself has been read.
  for (let i = 0; i < k; i++) {
    for (let j = k - 1; j >= i; j--) {
      let sum = 0;
      for (let l = i; l <= j; l++) sum += again[i * k + l] * r[l * k + j];
      r[i * k + j] = sum;
    }
  }
}

/** One pass: column j is scaled to length 1 and taken out of all columns behind it. */
function orthogonalize(a: Float64Array, k: number, r: Float64Array): void {
  const n = a.length / k;
  r.fill(0);
  for (let j = 0; j < k; j++) {
    let square = 0;
    for (let i = 0; i < n; i++) square += a[i * k + j] * a[i * k + j];
    const length = Math.sqrt(square);
    const row = r.subarray(j * k, (j + 1) * k);
    row[j] = length;
    for (let i = 0; i < n; i++) {
      const q = length > 0 ? a[i * k + j] / length : 0;
      a[i * k + j] = q;
      for (let l = j + 1; l < k; l++) row[l] += q * a[i * k + l];
    }
    for (let i = 0; i < n; i++) {
      const q = a[i * k + j];
      for (let l = j + 1; l < k; l++) a[i * k + l] -= q * row[l];
    }
  }
}

/**
 * Replaces Qbar by Abar.
 * @param diagonal the diagonal of Rbar, of which the rest is zero
 */
export function factorizeAdjoint(
  q: Float64Array,
  r: Float64Array,
  k: number,
  bar: Float64Array,
  diagonal: Float64Array,
): void {
  demandTall('Q', q, k);
  demandArray('R', r, Float64Array, k * k);
  demandArray('Qbar', bar, Float64Array, q.length);
  demandArray('the diagonal of Rbar', diagonal, Float64Array, k);
  for (let p = 0; p < k; p++) if (!(r[p * k + p] > 0)) refuse(`R must have a positive diagonal; got ${r[p * k + p]}`);
  const n = q.length / k;
  const m = new Float64Array(k * k);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < k; p++) {
      const x = bar[i * k + p];
      for (let l = 0; l <= p; l++) m[p * k + l] -= x * q[i * k + l];
    }
  }
  // R Rbar' has R_pl Rbar_ll at p <= l: of its lower triangle there is only the diagonal.
  for (let p = 0; p < k; p++) m[p * k + p] += r[p * k + p] * diagonal[p];
  for (let p = 0; p < k; p++) for (let l = 0; l < p; l++) m[l * k + p] = m[p * k + l];
  const row = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    row.set(bar.subarray(i * k, (i + 1) * k));
    for (let l = 0; l < k; l++) {
      const x = q[i * k + l];
      for (let p = 0; p < k; p++) row[p] += x * m[l * k + p];
    }
    // X R' = row, from the last column on.
    for (let p = k - 1; p >= 0; p--) {
      let x = row[p];
      for (let l = p + 1; l < k; l++) x -= bar[i * k + l] * r[p * k + l];
      bar[i * k + p] = x / r[p * k + p];
    }
  }
}
