/**
 * Matrices of n columns, dense (row-major) or compressed by rows, and the two sums that everything measured is made of,
 * in twice the working precision:
 *
 *   a_i . x        of a row with a vector
 *   v + f a_i      of a vector and a multiple of a row
 *
 * Zeros are passed over in both, so that a matrix gives the same digits in either form.
 */
import { addBoth, addDot, addScaled, type Doubled, type DoubledVector } from '../doubled.js';
import { indices, vector } from '../vectors.js';

/** A matrix by its rows: entries starts[i] to starts[i + 1] belong to row i, in columns that ascend. */
export interface Compressed {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

export type Matrix = Float64Array | Compressed;

export const isCompressed = (M: Matrix): M is Compressed => !(M instanceof Float64Array);

/** All numbers that are stored. */
export const valuesOf = (M: Matrix): Float64Array => (isCompressed(M) ? M.values : M);

/** sum += (row i) . x. */
export function addRowDot(sum: Doubled, M: Matrix, i: number, x: Float64Array): void {
  if (isCompressed(M)) addDot(sum, M.values, M.starts[i], M.starts[i + 1], x, M.columns);
  else addDot(sum, M, x.length * i, x.length * (i + 1), x);
}

/** high + low += f (row i). */
export function addRow(high: Float64Array, low: Float64Array, f: number, M: Matrix, i: number): void {
  if (isCompressed(M)) addScaled(high, low, f, M.values, M.starts[i], M.starts[i + 1], M.columns);
  else addScaled(high, low, f, M, high.length * i, high.length * (i + 1));
}

/** dots = M x and sums -= M'y, from one walk over the entries, `room` being as long as x; with the bits of `addRowDot` and `addRow`. */
export function walkRows(
  M: Matrix,
  x: Float64Array,
  y: Float64Array,
  dots: DoubledVector,
  sums: DoubledVector,
  room: Float64Array,
): void {
  if (isCompressed(M)) addBoth(M.values, x, y, dots, sums, room, M.columns, M.starts);
  else addBoth(M, x, y, dots, sums, room, counted(x.length));
}

/** 0 to n - 1. */
function counted(n: number): Int32Array {
  const out = indices(n);
  for (let k = 0; k < n; k++) out[k] = k;
  return out;
}

/** Calls `visit` with the columns and values of row i that are stored. For what is not hot. */
export function eachEntry(M: Matrix, n: number, i: number, visit: (k: number, value: number) => void): void {
  if (isCompressed(M)) for (let p = M.starts[i]; p < M.starts[i + 1]; p++) visit(M.columns[p], M.values[p]);
  else for (let k = 0, at = n * i; k < n; k++, at++) visit(k, M[at]);
}

/** The diagonal of a square matrix. */
export function diagonalOf(M: Matrix, n: number): Float64Array {
  const diagonal = vector(n);
  for (let i = 0; i < n; i++) {
    if (!isCompressed(M)) diagonal[i] = M[n * i + i];
    else for (let p = M.starts[i]; p < M.starts[i + 1]; p++) if (M.columns[p] === i) diagonal[i] = M.values[p];
  }
  return diagonal;
}

/** Sum of |a_ik x_k|. */
export function rowSize(M: Matrix, i: number, x: Float64Array): number {
  let sum = 0;
  if (isCompressed(M))
    for (let p = M.starts[i]; p < M.starts[i + 1]; p++) sum += Math.abs(M.values[p] * x[M.columns[p]]);
  else for (let k = 0, at = x.length * i; k < x.length; k++, at++) sum += Math.abs(M[at] * x[k]);
  return sum;
}

/** terms_k += |f a_ik|. */
export function addRowSize(terms: Float64Array, f: number, M: Matrix, i: number): void {
  if (isCompressed(M))
    for (let p = M.starts[i]; p < M.starts[i + 1]; p++) terms[M.columns[p]] += Math.abs(f * M.values[p]);
  else for (let k = 0, at = terms.length * i; k < terms.length; k++, at++) terms[k] += Math.abs(f * M[at]);
}

/** The part of the numbers of a matrix that is mostly zeros which are none, at most. */
export const FEW = 0.25;

/** Whether the four numbers from p on are all 0, as most are where there are many. */
const areNone = (values: Float64Array, p: number) =>
  values[p] === 0 && values[p + 1] === 0 && values[p + 2] === 0 && values[p + 3] === 0;

/** How many entries are not zero; beyond `most` they are not counted to the end. */
export function entryCount(M: Matrix, most = valuesOf(M).length): number {
  const values = valuesOf(M);
  const n = values.length;
  let count = 0;
  for (let p = 0; p < n && count <= most; p += 4) {
    if (areNone(values, p)) continue;
    if (values[p] !== 0 && values[p + 1] !== 0 && values[p + 2] !== 0 && p + 3 < n && values[p + 3] !== 0) {
      count += 4;
      continue;
    }
    const end = Math.min(p + 4, n);
    for (let at = p; at < end; at++) count += values[at] !== 0 ? 1 : 0;
  }
  return count;
}

/** A matrix of n columns by its rows, without zeros. */
export const compressed = (M: Matrix, n: number): Compressed =>
  isCompressed(M) ? M : (thinned(M, n, entryCount(M)) as Compressed);

/** The same of a dense one, if no more than `most` of its numbers are not zero, and none of these is beyond `largest` in magnitude. */
export function thinned(
  M: Float64Array,
  n: number,
  most: number,
  largest = Number.POSITIVE_INFINITY,
): Compressed | undefined {
  const numbers = M.length;
  const starts = indices((n > 0 ? numbers / n : 0) + 1);
  // Four more, where what is none is written over by what comes next: a branch would be guessed wrong too often.
  const columns = indices(most + 4);
  const values = vector(most + 4);
  let p = 0;
  let row = 0;
  let first = 0;
  for (let at = 0; at < numbers; at += 4) {
    if (at + 3 < numbers && areNone(M, at)) continue;
    const end = Math.min(at + 4, numbers);
    for (let k = at; k < end; k++) {
      for (; k >= first + n; first += n) starts[++row] = p;
      const value = M[k];
      if (!(Math.abs(value) <= largest)) return undefined;
      columns[p] = k - first;
      values[p] = value;
      p += value !== 0 ? 1 : 0;
    }
    if (p > most) return undefined;
  }
  starts.fill(p, row + 1);
  return { starts, columns: columns.subarray(0, p), values: values.subarray(0, p) };
}

/** A matrix of n columns, row-major. */
export function expanded(M: Matrix, n: number): Float64Array {
  if (!isCompressed(M)) return M;
  const rows = M.starts.length - 1;
  const out = new Float64Array(rows * n);
  for (let i = 0; i < rows; i++) {
    for (let p = M.starts[i]; p < M.starts[i + 1]; p++) out[n * i + M.columns[p]] = M.values[p];
  }
  return out;
}

/** Writes the rows of a matrix of n columns, `stride` numbers apart. */
export function writeRows(to: Float64Array, stride: number, M: Matrix, n: number): void {
  if (isCompressed(M)) {
    to.fill(0);
    for (let i = 0; i + 1 < M.starts.length; i++)
      for (let p = M.starts[i]; p < M.starts[i + 1]; p++) to[stride * i + M.columns[p]] = M.values[p];
  } else if (stride === n) to.set(M);
  else
    for (let p = 0, at = 0; p < M.length; at += stride - n) for (const end = p + n; p < end; p++, at++) to[at] = M[p];
}

/** The transpose of a matrix of n columns: by columns what was by rows. */
export function transposed({ starts, columns, values }: Compressed, n: number): Compressed {
  const turned = { starts: new Int32Array(n + 1), columns: new Int32Array(columns.length), values: values.slice() };
  for (const k of columns) turned.starts[k + 1]++;
  for (let k = 0; k < n; k++) turned.starts[k + 1] += turned.starts[k];
  const next = turned.starts.slice(0, n);
  for (let i = 0; i + 1 < starts.length; i++) {
    for (let p = starts[i]; p < starts[i + 1]; p++) {
      const to = next[columns[p]]++;
      turned.columns[to] = i;
      turned.values[to] = values[p];
    }
  }
  return turned;
}

/** The rows of one matrix, then those of another with as many columns. */
export function stacked(top: Matrix, bottom: Matrix, n: number): Matrix {
  if (!isCompressed(top) && !isCompressed(bottom)) {
    const all = new Float64Array(top.length + bottom.length);
    all.set(top);
    all.set(bottom, top.length);
    return all;
  }
  const [a, b] = [compressed(top, n), compressed(bottom, n)];
  const count = a.values.length;
  return {
    starts: Int32Array.from([...a.starts, ...b.starts.subarray(1).map((start) => start + count)]),
    columns: Int32Array.from([...a.columns, ...b.columns]),
    values: Float64Array.from([...a.values, ...b.values]),
  };
}
