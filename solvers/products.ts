/**
 * Residuals of a program in twice the working precision:
 *
 *   A x - b          (m)       violations of rows
 *   P x + q - A'y - z  (n)     stationarity
 *
 * The judge measures with these sums, and the methods polish with them: the one piece that they share. A fault here could
 * go unseen by the judge, so that the tests recompute what it grants without it (test/solvers-check.ts).
 */
import { add, addProducts, type Doubled, type DoubledVector } from './doubled.js';
import type { Program } from './problem.js';
import { addRow, addRowDot, addRowSize, type Matrix, walkRows } from './sparse/matrix.js';
import { copied, vector } from './vectors.js';

/** The sum so far, as one double. */
export const rounded = ({ high, low }: Doubled): number => high + low;

/**
 * A x - shift, row by row; with `lower`, what the results have lost by rounding is left there; with `only`, rows where
 * it is 0 are left out.
 */
export function rowsTimes(
  { m, A }: Program<Matrix>,
  x: Float64Array,
  shift?: Float64Array,
  lower?: Float64Array,
  only?: ArrayLike<number>,
): Float64Array {
  const out = vector(m);
  const sum = { high: 0, low: 0 };
  for (let i = 0; i < m; i++) {
    if (only && only[i] === 0) continue;
    sum.high = shift ? -shift[i] : 0;
    sum.low = 0;
    addRowDot(sum, A, i, x);
    out[i] = rounded(sum);
    if (lower) lower[i] = sum.high - out[i] + sum.low;
  }
  return out;
}

/** What the judge looks at: P x + q, the same with - A'y, still to be rounded, and A x. */
export interface Slopes {
  gradient: Float64Array;
  withRows: DoubledVector;
  rows: DoubledVector;
  /** n doubles for what is needed on the way. */
  halves: Float64Array;
}

/** P x + q - A'y - z; with `terms`, the sum of the magnitudes of each entry's terms is added there. */
export function stationarity(
  program: Program<Matrix>,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  q = program.q,
  terms?: Float64Array,
): Float64Array {
  const sums = { highs: copied(q), lows: vector(program.n) };
  addCurved(program, x, sums, terms);
  addRows(program, y, sums, terms);
  return less(sums, z, terms);
}

/** Room for what is measured of a program of n variables and m rows. */
export const roomOf = ({ n, m }: Pick<Program<Matrix>, 'n' | 'm'>): Slopes => ({
  gradient: vector(n),
  withRows: { highs: vector(n), lows: vector(n) },
  rows: { highs: vector(m), lows: vector(m) },
  halves: vector(n),
});

/** The parts of the slope at x and y, and the rows at x, from one walk over the data; left in `room`. */
export function slopesAt(program: Program<Matrix>, x: Float64Array, y: Float64Array, room = roomOf(program)): Slopes {
  const { n, q, A } = program;
  const { gradient, withRows } = room;
  const { highs, lows } = withRows;
  for (let k = 0; k < n; k++) {
    highs[k] = q[k];
    lows[k] = 0;
  }
  addCurved(program, x, withRows);
  for (let k = 0; k < n; k++) gradient[k] = highs[k] + lows[k];
  walkRows(A, x, y, room.rows, withRows, room.halves);
  return room;
}

/** sums += P x. */
function addCurved(
  { n, P, hessian }: Program<Matrix>,
  x: Float64Array,
  { highs, lows }: DoubledVector,
  terms?: Float64Array,
): void {
  if (P === 'whole') {
    for (let j = 0; j < n; j++) addMultiple(x[j], hessian, j, highs, lows, terms);
  } else if (P !== 'zero') {
    const curvature = P === 'identity' ? undefined : (hessian as Float64Array);
    addProducts(highs, lows, x, curvature);
    if (terms) for (let k = 0; k < n; k++) terms[k] += Math.abs(curvature ? curvature[k] * x[k] : x[k]);
  }
}

/** sums -= A'y. */
function addRows(
  { m, A }: Program<Matrix>,
  y: Float64Array,
  { highs, lows }: DoubledVector,
  terms?: Float64Array,
): void {
  for (let i = 0; i < m; i++) addMultiple(-y[i], A, i, highs, lows, terms);
}

function addMultiple(
  f: number,
  M: Matrix,
  i: number,
  high: Float64Array,
  low: Float64Array,
  terms: Float64Array | undefined,
): void {
  if (f === 0) return;
  addRow(high, low, f, M, i);
  if (terms) addRowSize(terms, f, M, i);
}

/** sums - z, rounded; with `terms`, the magnitudes of z are added there. */
function less({ highs, lows }: DoubledVector, z: Float64Array, terms?: Float64Array): Float64Array {
  const sum = { high: 0, low: 0 };
  const out = vector(z.length);
  for (let k = 0; k < out.length; k++) {
    sum.high = highs[k];
    sum.low = lows[k];
    add(sum, -z[k]);
    if (terms) terms[k] += Math.abs(z[k]);
    out[k] = rounded(sum);
  }
  return out;
}
