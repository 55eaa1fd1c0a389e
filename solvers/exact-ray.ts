/**
 * Unboundedness proved in whole numbers: along d the objective falls for ever only if
 *
 *   P d = 0,   q'd < 0,   a_i d >= 0 at lower limits, <= 0 at upper ones,   and the same of bounds
 *
 * hold exactly: with P d = 1e-13 instead of 0 there is an optimum after all, only far away. A ray d in doubles seldom is exact,
 * so another one is looked for beside it. What nearly vanishes along d must vanish: these rows, whole numbers after
 * scaling by powers of two, are brought to a triangle by Bareiss's elimination (1968), in which every division is exact;
 * free entries stay as in d, the others follow; and all of the above is checked in whole numbers. Nothing in here is rounded.
 */
import { largest } from './largest.js';
import type { Program } from './problem.js';
import { eachEntry, type Matrix } from './sparse/matrix.js';

/** What is smaller than this part of its terms is meant to vanish; whether it can is then found out exactly. */
const NEARLY = 2 ** -30;
/** Free entries keep 60 bits of d. */
const FINE = 2 ** 60;
/** Multiplications of the elimination, times the words of their factors, up to which it is tried: about a second. */
const MOST_WORK = 2e7;

/** A finite double as f 2^e, f a whole number. */
function parts(x: number): { f: bigint; e: number } {
  if (x === 0) return { f: 0n, e: 0 };
  let e = 0;
  while (!Number.isInteger(x)) {
    // Exact: doubles that are not whole are below 2^53.
    const far = Math.abs(x) < 2 ** -900;
    x *= far ? 2 ** 60 : 2;
    e -= far ? 60 : 1;
  }
  return { f: BigInt(x), e };
}

/** Doubles as whole numbers, all times the same power of two. */
export function wholeNumbers(values: ArrayLike<number>): bigint[] {
  const split = Array.from(values, parts);
  const least = split.reduce((e, part) => (part.f === 0n ? e : Math.min(e, part.e)), 0);
  return split.map(({ f, e }) => (f === 0n ? 0n : f << BigInt(e - least)));
}

const size = (a: bigint) => (a < 0n ? -a : a);

/** Whether a limit on either side stops what falls or rises for ever. */
const allowed = (rise: number | bigint, low: number, high: number) =>
  !(rise < 0 && low > Number.NEGATIVE_INFINITY) && !(rise > 0 && high < Number.POSITIVE_INFINITY);

/** The entries of a row by the places of their variables among those that are kept. */
interface Entries {
  at: number[];
  values: number[];
}

/**
 * The exact ray beside d in doubles, or undefined if none was found. One function, longer than most: what d tells of the rows, the ray, and
 * the same once more of the ray.
 */
export function exactRay(program: Program<Matrix>, d: Float64Array): Float64Array | undefined {
  const { n, m, A, q, l, u, lb, ub } = program;
  const tiny = NEARLY * largest(d);
  const bounded = (k: number) => lb[k] > Number.NEGATIVE_INFINITY || ub[k] < Number.POSITIVE_INFINITY;
  const kept = Array.from(d.keys()).filter((k) => !straight(program, k) && !(Math.abs(d[k]) <= tiny && bounded(k)));
  const place = new Int32Array(n).fill(-1);
  kept.forEach((k, at) => {
    place[k] = at;
  });
  const rowOf = (M: Matrix, i: number): Entries => {
    const entries: Entries = { at: [], values: [] };
    eachEntry(M, n, i, (k, value) => {
      if (value === 0 || place[k] < 0) return;
      entries.at.push(place[k]);
      entries.values.push(value);
    });
    return entries;
  };
  /** What a row does along d: whether it nearly vanishes, else its sign, which is certain then. */
  const signAlong = (M: Matrix, i: number): number => {
    let [rise, terms] = [0, 0];
    eachEntry(M, n, i, (k, value) => {
      if (place[k] < 0) return;
      rise += value * d[k];
      terms += Math.abs(value * d[k]);
    });
    return Math.abs(rise) <= NEARLY * terms ? 0 : rise;
  };
  // What d itself misses by more than rounding, no ray beside it can keep: most directions end here.
  if (!(signAlong(q, 0) < 0) || !kept.every((k) => allowed(d[k], lb[k], ub[k]))) return undefined;
  const equations: Entries[] = [];
  for (const k of curvedRows(program)) {
    if (signAlong(program.hessian, k) !== 0) return undefined;
    equations.push(rowOf(program.hessian, k));
  }
  const others: number[] = [];
  for (let i = 0; i < m; i++) {
    if (l[i] === Number.NEGATIVE_INFINITY && u[i] === Number.POSITIVE_INFINITY) continue;
    const sign = signAlong(A, i);
    if (!allowed(sign, l[i], u[i])) return undefined;
    if (sign === 0) equations.push(rowOf(A, i));
    else others.push(i);
  }
  const rank = Math.min(equations.length, kept.length);
  if (rank * rank * equations.length * kept.length > MOST_WORK) return undefined;
  const wanted = wholeNumbers(kept.map((k) => Math.round((d[k] / largest(d)) * FINE)));
  const step = solveBeside(
    equations.map(({ at, values }) => {
      const row = new Array<bigint>(kept.length).fill(0n);
      wholeNumbers(values).forEach((value, p) => {
        row[at[p]] = value;
      });
      return row;
    }),
    wanted,
  );
  const along = ({ at, values }: Entries) => wholeNumbers(values).reduce((sum, a, p) => sum + a * step[at[p]], 0n);
  if (!(along(rowOf(q, 0)) < 0n)) return undefined;
  if (!kept.every((k, i) => allowed(step[i], lb[k], ub[k]))) return undefined;
  if (!others.every((i) => allowed(along(rowOf(A, i)), l[i], u[i]))) return undefined;
  return inDoubles(step, kept, n);
}

/** Whether the objective is curved along variable k alone, so that a ray leaves it where it is. */
const straight = ({ P, hessian }: Program<Matrix>, k: number): boolean =>
  P === 'identity' || (P === 'diagonal' && (hessian as Float64Array)[k] !== 0);

/** Rows of a dense P that are not zero. */
function curvedRows({ n, P, hessian }: Program<Matrix>): number[] {
  const rows: number[] = [];
  for (let i = 0; P === 'whole' && i < n; i++) {
    let curved = false;
    eachEntry(hessian, n, i, (_, value) => {
      curved ||= value !== 0;
    });
    if (curved) rows.push(i);
  }
  return rows;
}

/** A solution of rows x = 0 in whole numbers, a positive multiple of `wanted` in the entries that are free. */
function solveBeside(rows: bigint[][], wanted: bigint[]): bigint[] {
  const n = wanted.length;
  const columns = wanted.map((_, k) => k);
  let [rank, last] = [0, 1n];
  for (; rank < Math.min(rows.length, n); rank++) {
    const pivot = pivotOf(rows, rank, n);
    if (!pivot) break;
    [rows[rank], rows[pivot.i]] = [rows[pivot.i], rows[rank]];
    [columns[rank], columns[pivot.k]] = [columns[pivot.k], columns[rank]];
    for (const row of rows) [row[rank], row[pivot.k]] = [row[pivot.k], row[rank]];
    const top = rows[rank];
    for (let i = rank + 1; i < rows.length; i++) {
      const row = rows[i];
      const factor = row[rank];
      for (let k = rank + 1; k < n; k++) row[k] = (top[rank] * row[k] - factor * top[k]) / last;
      row[rank] = 0n;
    }
    last = top[rank];
  }
  // Times the last pivot, the determinant of the rows that count, all entries are whole (Cramer).
  const x = columns.map((k) => wanted[k] * last);
  for (let t = rank - 1; t >= 0; t--) {
    let sum = 0n;
    for (let k = t + 1; k < n; k++) sum += rows[t][k] * x[k];
    x[t] = -sum / rows[t][t];
  }
  const sign = last < 0n ? -1n : 1n;
  const step = new Array<bigint>(n).fill(0n);
  columns.forEach((k, at) => {
    step[k] = sign * x[at];
  });
  return step;
}

/** The largest entry of what is left. */
function pivotOf(rows: bigint[][], first: number, n: number): { i: number; k: number } | undefined {
  let found: { i: number; k: number } | undefined;
  let most = 0n;
  for (let i = first; i < rows.length; i++) {
    for (let k = first; k < n; k++) {
      if (size(rows[i][k]) <= most) continue;
      most = size(rows[i][k]);
      found = { i, k };
    }
  }
  return found;
}

/** The nearest doubles, the largest about 1. */
function inDoubles(step: readonly bigint[], kept: readonly number[], n: number): Float64Array {
  const most = step.reduce((m, s) => (size(s) > m ? size(s) : m), 0n);
  const bits = BigInt(Math.max(0, most.toString(2).length - 1000));
  const ray = new Float64Array(n);
  const unit = Number(most >> bits);
  kept.forEach((k, i) => {
    ray[k] = Number(step[i] >> bits) / unit;
  });
  return ray;
}
