/**
 * Whether a Hessian is positive semidefinite, by the Cholesky factorisation, in plain TypeScript, of
 *
 *   S P S + shift I,   S a diagonal of powers of two such that the diagonal of S P S is about 1: exact, and units do not matter
 *
 * Proved, if it succeeds with a shift that is below minus all of its rounding, (n + 4) 2^-52 times the trace (Rump 2006).
 * Refuted, if a pivot of it falls below -1e-12 and the direction d of that pivot has d'P d < 0, its rounding counted. What is between, as
 * sums of products B'B of low rank are, is undecided: flat to rounding in some direction, up or down.
 */
import { refuse } from '../src/core/index.js';
import { sparseTrial } from './convexity-sparse.js';
import { addProduct } from './doubled.js';
import type { Program } from './problem.js';
import { type Compressed, isCompressed, type Matrix } from './sparse/matrix.js';
import { INDEFINITE, WELL_CURVED } from './tolerances.js';
import { isZero, vector } from './vectors.js';

/** Proved convex, or undecided: see the head of convexity.ts. */
export type Convexity = 'proved' | 'undecided';

/**
 * The smallest pivot, between 0 (flat in some direction) and about 1, and whether P is proved semidefinite. Throws `usage` if
 * it is indefinite: a point that meets the optimality conditions of such a program need not be an optimum.
 */
export function curvatureOf(program: Program<Matrix>): { least: number; convexity: Convexity } {
  const { n, P, hessian } = program;
  if (P === 'identity') return { least: 1, convexity: 'proved' };
  if (P === 'zero') return { least: 0, convexity: 'proved' };
  if (isCompressed(hessian)) return sparseCurvature(n, hessian);
  if (P === 'diagonal') {
    const most = hessian.reduce((size, value) => Math.max(size, value), 0);
    const least = most > 0 ? hessian.reduce((low, value) => Math.min(low, value / most), 1) : 0;
    return { least, convexity: 'proved' };
  }
  const { scaled, stride } = equilibrated(n, hessian);
  let trace = 0;
  for (let k = 0; k < n; k++) trace += scaled[stride * k + k];
  const proof = factor(scaled, stride, -(n + 4) * 2 ** -52 * trace);
  if (proof.failed === undefined) return { least: proof.least, convexity: 'proved' };
  const { least, failed, L } = factor(scaled, stride, INDEFINITE);
  if (failed !== undefined && fallsAlong(scaled, stride, directionOf(L, stride, failed))) refuseAt(failed);
  return { least: failed === undefined ? Math.max(0, least) : 0, convexity: 'undecided' };
}

/** Not by itself: `n` entries of a row may be flat, but then there is nothing beside the diagonal. */
const refuseAt = (k: number): never =>
  refuse(`P must be positive semidefinite; it is not, at the latest with variable ${k}`);

/** The same of a sparse P, both halves. */
function sparseCurvature(n: number, { starts, columns, values }: Compressed): { least: number; convexity: Convexity } {
  const diagonal = new Float64Array(n);
  const beside = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    for (let p = starts[i]; p < starts[i + 1]; p++) {
      if (columns[p] === i) diagonal[i] = values[p];
      else if (values[p] !== 0) beside[i] = 1;
    }
  }
  const s = unitsOf(diagonal, (k) => beside[k] === 1);
  const scaled = values.slice();
  for (let i = 0; i < n; i++) for (let p = starts[i]; p < starts[i + 1]; p++) scaled[p] *= s[i] * s[columns[p]];
  const unit = diagonal.map((value, k) => value * s[k] * s[k]);
  const dominant = dominance(starts, columns, scaled);
  if (dominant > WELL_CURVED) return { least: dominant, convexity: 'proved' };
  const trace = unit.reduce((sum, value) => sum + value, 0);
  const attempt = sparseTrial({ starts, columns, values: scaled }, unit);
  const proof = attempt(-(n + 4) * 2 ** -52 * trace);
  if (!proof.failed) return { least: proof.least, convexity: 'proved' };
  const { least, failed } = attempt(INDEFINITE);
  if (failed && sparselyFalls({ starts, columns, values: scaled }, failed.direction)) refuseAt(failed.variable);
  return { least: failed ? 0 : Math.max(0, least), convexity: 'undecided' };
}

/**
 * The least that a diagonal entry has above the sum of magnitudes beside it: no eigenvalue is smaller (Gershgorin 1931), and so no pivot.
 * Rounding is nothing beside what is asked of it.
 */
function dominance(starts: Int32Array, columns: Int32Array, values: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < starts.length; i++) {
    let rest = 0;
    for (let p = starts[i]; p < starts[i + 1]; p++) rest += columns[p] === i ? values[p] : -Math.abs(values[p]);
    least = Math.min(least, rest);
  }
  return least;
}

/** `fallsAlong` of a sparse matrix. */
function sparselyFalls({ starts, columns, values }: Compressed, d: Float64Array): boolean {
  const sum = { high: 0, low: 0 };
  let terms = 0;
  for (let i = 0; i < d.length; i++) {
    for (let p = starts[i]; p < starts[i + 1]; p++) {
      const product = d[i] * d[columns[p]];
      addProduct(sum, values[p], product);
      terms += Math.abs(values[p] * product);
    }
  }
  return sum.high + sum.low < -(2 ** -52) * terms;
}

/** The diagonal of S; refuses diagonals that no semidefinite P has, `beside` saying whether there is anything beside an entry. */
function unitsOf(diagonal: Float64Array, beside: (k: number) => boolean): Float64Array {
  const s = new Float64Array(diagonal.length).fill(1);
  diagonal.forEach((value, k) => {
    if (value < 0) refuseAt(k);
    // Without curvature along an axis there may be none beside it.
    if (value === 0 && beside(k)) refuseAt(k);
    while (value > 0 && value * s[k] * s[k] > 2) s[k] /= 2;
    while (value > 0 && value * s[k] * s[k] < 0.5) s[k] *= 2;
  });
  return s;
}

/** The half of S P S that is left of the diagonal, with rows and columns of the identity up to a multiple of four. */
function equilibrated(n: number, hessian: Float64Array): { scaled: Float64Array; stride: number } {
  const diagonal = vector(n);
  for (let k = 0; k < n; k++) diagonal[k] = hessian[n * k + k];
  const s = unitsOf(diagonal, (k) => !isZero(hessian.subarray(n * k, n * k + n)));
  const stride = n + (-n & 3);
  const scaled = new Float64Array(stride * stride);
  for (let i = 0; i < n; i++) {
    const own = s[i];
    for (let j = 0, from = n * i, to = stride * i; j <= i; j++) scaled[to + j] = own * hessian[from + j] * s[j];
  }
  for (let k = n; k < stride; k++) scaled[stride * k + k] = 1;
  return { scaled, stride };
}

/** L L' = H + shift I, four by four entries after the others, up to the pivot that is not positive; axes without curvature are passed over. */
function factor(
  H: Float64Array,
  n: number,
  shift: number,
): { least: number; failed: number | undefined; L: Float64Array } {
  const L = H.slice();
  let least = 1;
  for (let first = 0; first < n; first += 4) {
    for (let left = 0; left <= first; left += 4) {
      twoRows(L, n, first, left);
      twoRows(L, n, first + 2, left);
    }
    for (let i = first; i < first + 4; i++) {
      const row = n * i;
      for (let j = first; j < i; j++) {
        let sum = L[row + j];
        for (let k = first; k < j; k++) sum -= L[row + k] * L[n * j + k];
        L[row + j] = sum / L[n * j + j];
      }
      if (H[row + i] === 0) {
        least = 0;
        L[row + i] = 1;
        continue;
      }
      let pivot = L[row + i];
      for (let k = first; k < i; k++) pivot -= L[row + k] * L[row + k];
      least = Math.min(least, pivot);
      if (!(pivot + shift > 0)) return { least, failed: i, L };
      L[row + i] = Math.sqrt(pivot + shift);
    }
  }
  return { least, failed: undefined, L };
}

/**
 * The entries j to j + 3 of the rows i and i + 1 of L, at the diagonal less the columns before j alone: eight sums that go on side by
 * side.
 */
function twoRows(L: Float64Array, n: number, i: number, j: number): void {
  const row = n * i + j;
  // One by one: engines make arrays to take apart.
  let a = L[row];
  let b = L[row + 1];
  let c = L[row + 2];
  let d = L[row + 3];
  let e = L[row + n];
  let f = L[row + n + 1];
  let g = L[row + n + 2];
  let h = L[row + n + 3];
  for (let k = n * i, above = n * j; k < row; k++, above++) {
    const one = L[k];
    const two = L[k + n];
    let entry = L[above];
    a -= one * entry;
    e -= two * entry;
    entry = L[above + n];
    b -= one * entry;
    f -= two * entry;
    entry = L[above + 2 * n];
    c -= one * entry;
    g -= two * entry;
    entry = L[above + 3 * n];
    d -= one * entry;
    h -= two * entry;
  }
  if (i >= j + 4) {
    const own = n * j + j;
    let pivot = L[own];
    a /= pivot;
    e /= pivot;
    let x = L[own + n];
    pivot = L[own + n + 1];
    b = (b - a * x) / pivot;
    f = (f - e * x) / pivot;
    x = L[own + 2 * n];
    let y = L[own + 2 * n + 1];
    pivot = L[own + 2 * n + 2];
    c = (c - a * x - b * y) / pivot;
    g = (g - e * x - f * y) / pivot;
    x = L[own + 3 * n];
    y = L[own + 3 * n + 1];
    const z = L[own + 3 * n + 2];
    pivot = L[own + 3 * n + 3];
    d = (d - a * x - b * y - c * z) / pivot;
    h = (h - e * x - f * y - g * z) / pivot;
  }
  L[row] = a;
  L[row + 1] = b;
  L[row + 2] = c;
  L[row + 3] = d;
  L[row + n] = e;
  L[row + n + 1] = f;
  L[row + n + 2] = g;
  L[row + n + 3] = h;
}

/** d with d_i = 1 and L' d = 0 in the rows before: the direction whose curvature the pivot i is. */
function directionOf(L: Float64Array, n: number, i: number): Float64Array {
  const d = new Float64Array(n);
  d[i] = 1;
  for (let k = i - 1; k >= 0; k--) {
    let sum = 0;
    for (let j = k + 1; j <= i; j++) sum += L[n * j + k] * d[j];
    d[k] = -sum / L[n * k + k];
  }
  return d;
}

/** Whether d'H d < 0 for certain, H being given by its half left of the diagonal. */
function fallsAlong(H: Float64Array, n: number, d: Float64Array): boolean {
  const sum = { high: 0, low: 0 };
  let terms = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      // The product of two entries of d is rounded, by 2^-53 of the term.
      const product = (j < i ? 2 : 1) * d[i] * d[j];
      addProduct(sum, H[n * i + j], product);
      terms += Math.abs(H[n * i + j] * product);
    }
  }
  return sum.high + sum.low < -(2 ** -52) * terms;
}
