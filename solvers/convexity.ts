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
  const scaled = equilibrated(n, hessian);
  let trace = 0;
  for (let k = 0; k < n; k++) trace += scaled[n * k + k];
  const proof = factor(n, scaled, -(n + 4) * 2 ** -52 * trace);
  if (proof.failed === undefined) return { least: proof.least, convexity: 'proved' };
  const { least, failed, L } = factor(n, scaled, INDEFINITE);
  if (failed !== undefined && fallsAlong(n, scaled, directionOf(n, L, failed))) refuseAt(failed);
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

/** S P S. */
function equilibrated(n: number, hessian: Float64Array): Float64Array {
  const s = unitsOf(
    Float64Array.from({ length: n }, (_, k) => hessian[n * k + k]),
    (k) => hessian.subarray(n * k, n * k + n).some((value) => value !== 0),
  );
  const scaled = new Float64Array(n * n);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < n; j++, at++) scaled[at] = s[i] * hessian[at] * s[j];
  return scaled;
}

/** L L' = H + shift I, up to the pivot that is not positive; axes without curvature are passed over. */
function factor(
  n: number,
  H: Float64Array,
  shift: number,
): { least: number; failed: number | undefined; L: Float64Array } {
  const L = new Float64Array(n * n);
  let least = 1;
  for (let i = 0; i < n; i++) {
    const row = n * i;
    if (H[row + i] === 0) {
      least = Math.min(least, 0);
      L[row + i] = 1;
      continue;
    }
    // Four columns at once: their sums go on side by side, and read the row once.
    for (let j = 0; j <= i; j++) {
      if (j % 4 === 0 && j + 4 <= i) fourColumns(n, H, L, row, j);
      const above = n * j;
      const done = j + 4 - (j % 4) <= i;
      let sum = done ? L[row + j] : H[row + j];
      for (let k = done ? j - (j % 4) : 0; k < j; k++) sum -= L[row + k] * L[above + k];
      if (i === j) {
        least = Math.min(least, sum);
        if (!(sum + shift > 0)) return { least, failed: i, L };
        L[row + i] = Math.sqrt(sum + shift);
      } else {
        L[row + j] = sum / L[above + j];
      }
    }
  }
  return { least, failed: undefined, L };
}

/** What the entries j to j + 3 of a row of L are before they have been reduced by each other: H less the columns before j. */
function fourColumns(n: number, H: Float64Array, L: Float64Array, row: number, j: number): void {
  let [a, b, c, d] = [H[row + j], H[row + j + 1], H[row + j + 2], H[row + j + 3]];
  const above = n * j;
  for (let k = 0; k < j; k++) {
    const entry = L[row + k];
    a -= entry * L[above + k];
    b -= entry * L[above + n + k];
    c -= entry * L[above + 2 * n + k];
    d -= entry * L[above + 3 * n + k];
  }
  L[row + j] = a;
  L[row + j + 1] = b;
  L[row + j + 2] = c;
  L[row + j + 3] = d;
}

/** d with d_i = 1 and L' d = 0 in the rows before: the direction whose curvature the pivot i is. */
function directionOf(n: number, L: Float64Array, i: number): Float64Array {
  const d = new Float64Array(n);
  d[i] = 1;
  for (let k = i - 1; k >= 0; k--) {
    let sum = 0;
    for (let j = k + 1; j <= i; j++) sum += L[n * j + k] * d[j];
    d[k] = -sum / L[n * k + k];
  }
  return d;
}

/** Whether d'H d < 0 for certain. */
function fallsAlong(n: number, H: Float64Array, d: Float64Array): boolean {
  const sum = { high: 0, low: 0 };
  let terms = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      // The product of two entries of d is rounded, by 2^-53 of the term.
      const product = d[i] * d[j];
      addProduct(sum, H[n * i + j], product);
      terms += Math.abs(H[n * i + j] * product);
    }
  }
  return sum.high + sum.low < -(2 ** -52) * terms;
}
