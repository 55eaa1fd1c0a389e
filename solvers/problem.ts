/**
 * Convex programs, dense or sparse:
 *
 *   minimize   1/2 x'P x + q'x + constant
 *   subject to l <= A x <= u,   lb <= x <= ub
 *
 * with n variables and m rows. Limits of magnitude 1e20 and more mean "none".
 */
import { demandInteger, refuse } from '../src/core/index.js';
import { rowsOf, type SparseMatrix } from './sparse/csc.js';
import { type Compressed, FEW, type Matrix, thinned, transposed } from './sparse/matrix.js';
import { LARGEST_DATA, NO_LIMIT } from './tolerances.js';
import { copied, vector } from './vectors.js';

/**
 * A convex quadratic program in n variables with m rows; without P a linear one. `QpProblem<SparseMatrix>` has P and A by
 * compressed columns, or one of them.
 */
export interface QpProblem<M = Float64Array> {
  /**
   * The Hessian, symmetric and positive semidefinite: `'identity'`, its diagonal (n numbers), or all of it
   * (n x n, row-major, or sparse with both halves). Absent: zero, a linear program.
   */
  P?: 'identity' | Float64Array | M;
  /** n costs; their length says how many variables there are. */
  q: Float64Array;
  /** m x n, row-major or sparse. Absent: no rows. A sparse one needs l or u, which say how many rows there are. */
  A?: Float64Array | M;
  /** Lower limits of the rows, m numbers; absent: none. Where l equals u the row is an equality. */
  l?: Float64Array;
  /** Upper limits of the rows, m numbers; absent: none. */
  u?: Float64Array;
  /** Lower bounds of the variables, n numbers; absent: none. */
  lb?: Float64Array;
  /** Upper bounds of the variables, n numbers; absent: none. */
  ub?: Float64Array;
  /** Added to the objective (default 0). */
  constant?: number;
}

/** A linear program in n variables with m rows. */
export type LpProblem<M = Float64Array> = Omit<QpProblem<M>, 'P'>;

/** A checked problem with all its parts; owns none of the caller's arrays and never writes to them. */
export interface Program<M extends Matrix = Float64Array> {
  n: number;
  m: number;
  P: 'zero' | 'identity' | 'diagonal' | 'whole';
  /** Entries of P: none, none, n or all of it. */
  hessian: Float64Array | M;
  q: Float64Array;
  A: M;
  l: Float64Array;
  u: Float64Array;
  lb: Float64Array;
  ub: Float64Array;
  constant: number;
}

/** Sizes up to which dense matrices are taken. */
const MOST_VARIABLES = 1000;
const MOST_ROWS = 5000;

/** Numbers of a dense A below which zeros cost less than leaving them out. */
const SMALL = 1000;

/** Bytes that a solve of n variables and m rows needs, both methods and the copy of the data included. */
export function memoryNeed(n: number, m: number): number {
  demandInteger('the number of variables', n);
  demandInteger('the number of rows', m);
  return 8 * (6 * n * m + 12 * n * n + 40 * (n + m));
}

/** Whether dense matrices of this size are taken. */
export const fitsDense = (n: number, m: number): boolean => memoryNeed(n, m) <= memoryNeed(MOST_VARIABLES, MOST_ROWS);

/**
 * Checks a problem and completes it. Dense arrays are referred to, not copied, except limits, whose infinities are made
 * plain, and an A that is mostly zeros, which is compressed. Throws `usage` where parts do not fit together, are not numbers,
 * or are dense and need more memory than the largest problem that is taken (1000 variables, 5000 rows; more of one if there
 * are fewer of the other), unless `size` says that size does not matter.
 */
export function checkProblem(
  problem: QpProblem<Float64Array | SparseMatrix>,
  size: 'dense' | 'any size' = 'dense',
): Program<Matrix> {
  if (typeof problem !== 'object' || problem === null) refuse(`the problem must be an object; got ${kindOf(problem)}`);
  const n = array('q', problem.q).length;
  const given = problem.A ?? new Float64Array();
  const sparse = isSparse(given);
  if (sparse && !(problem.l ?? problem.u)) refuse('a sparse A needs l or u, which say how many rows there are');
  if (!sparse) array('A', given);
  const m = problem.l?.length ?? problem.u?.length ?? (n > 0 && !sparse ? (given as Float64Array).length / n : 0);
  // Without a dense matrix there is nothing whose size matters.
  const small = problem.A === undefined && !(problem.P instanceof Float64Array && problem.P.length > n);
  if (!sparse) demandDense(given as Float64Array, m, n, small ? 'any size' : size);
  const A = sparse
    ? rowsOf('A', given, m, n)
    : (withoutZeros(given as Float64Array, n) ?? finite('A', given as Float64Array));
  // Entries are counted as they were given.
  if (sparse) finite('A.values', given.values);
  if (isSparse(problem.P) && problem.P.values instanceof Float64Array) finite('P.values', problem.P.values);
  const { P, hessian } = checkHessian(problem.P, n);
  return withVectors({ n, m, P, hessian, A }, checkVectors(problem, n, m));
}

/** A dense A by its rows, if it is large and mostly zeros, and all of it data: every later walk over its zeros would cost something. */
const withoutZeros = (A: Float64Array, n: number) =>
  A.length < SMALL ? undefined : thinned(A, n, Math.floor(FEW * A.length), LARGEST_DATA);

const isSparse = (M: unknown): M is SparseMatrix =>
  typeof M === 'object' && M !== null && ('starts' in M || 'rows' in M || 'values' in M) && !ArrayBuffer.isView(M);

/** Throws `usage` where a dense A is no m x n matrix, or too large. */
export function demandDense(A: Float64Array, m: number, n: number, size: 'dense' | 'any size' = 'dense'): void {
  if (A.length !== m * n || !Number.isInteger(m)) {
    const rows = Number.isInteger(m) ? `${m} x ${n} numbers (rows x variables)` : `a multiple of ${n} numbers`;
    refuse(`A must hold ${rows}; got ${A.length}`);
  }
  const most = memoryNeed(MOST_VARIABLES, MOST_ROWS);
  if (size === 'dense' && !fitsDense(n, m)) {
    const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);
    refuse(
      `${n} variables and ${m} rows need ${megabytes(memoryNeed(n, m))} MB as dense matrices; at most ${megabytes(most)} MB ` +
        `(${MOST_VARIABLES} variables and ${MOST_ROWS} rows) are taken; give A and P as sparse matrices`,
    );
  }
}

/** The kind of a Hessian and its entries. */
function checkHessian(
  P: QpProblem<Float64Array | SparseMatrix>['P'],
  n: number,
): Pick<Program<Matrix>, 'P' | 'hessian'> {
  const none = new Float64Array();
  if (P === undefined) return { P: 'zero', hessian: none };
  if (P === 'identity') return { P: 'identity', hessian: none };
  if (isSparse(P)) return checkSparseHessian(rowsOf('P', P, n, n), n);
  const hessian = array('P', P);
  if (P.length === 0) return { P: 'zero', hessian };
  if (P.length === n * n && n > 1) {
    for (let i = 0; i < n; i++) {
      for (let j = 0, p = n * i, q = i; j <= i; j++, p++, q += n) {
        if (isData(hessian[p]) && hessian[p] === hessian[q]) continue;
        demandData('P', p, hessian[p]);
        demandData('P', q, hessian[q]);
        demandEqual(i, j, hessian[p], hessian[q]);
      }
    }
    return { P: 'whole', hessian };
  }
  if (P.length !== n) refuse(`P must hold ${n} (its diagonal) or ${n} x ${n} numbers; got ${P.length}`);
  return { P: 'diagonal', hessian: demandNonnegative(finite('P', hessian)) };
}

function checkSparseHessian(H: Compressed, n: number): Pick<Program<Matrix>, 'P' | 'hessian'> {
  if (H.values.length === 0) return { P: 'zero', hessian: new Float64Array() };
  const other = transposed(H, n);
  const diagonal = new Float64Array(n);
  let beside = false;
  for (let i = 0; i < n; i++) {
    const [from, to] = [H.starts[i], H.starts[i + 1]];
    for (let p = from; p < to; p++) {
      const j = H.columns[p];
      if (other.starts[i + 1] !== to || other.columns[p] !== j) {
        refuse(`P must be symmetric, with both halves; row and column ${i} have entries in other places`);
      }
      demandEqual(i, j, H.values[p], other.values[p]);
      if (i === j) diagonal[i] = H.values[p];
      else beside = true;
    }
  }
  return beside ? { P: 'whole', hessian: H } : { P: 'diagonal', hessian: demandNonnegative(diagonal) };
}

function demandEqual(i: number, j: number, a: number, b: number): void {
  if (Math.abs(a - b) > 2 ** -40 * (Math.abs(a) + Math.abs(b))) {
    refuse(`P must be symmetric; entries (${i}, ${j}) and (${j}, ${i}) are ${a} and ${b}`);
  }
}

function demandNonnegative(diagonal: Float64Array): Float64Array {
  const k = diagonal.findIndex((value) => value < 0);
  if (k >= 0) refuse(`P must be positive semidefinite; P[${k}] is ${diagonal[k]}`);
  return diagonal;
}

/** What may be updated, in a problem that stands. */
export type Vectors = Pick<Program, 'q' | 'l' | 'u' | 'lb' | 'ub' | 'constant'>;

/** A program of these matrices and vectors; part by part, because engines take microseconds to spread the second of two objects. */
export const withVectors = <M extends Matrix>(
  { n, m, P, hessian, A }: Omit<Program<M>, keyof Vectors>,
  { q, l, u, lb, ub, constant }: Vectors,
): Program<M> => ({ n, m, P, hessian, q, A, l, u, lb, ub, constant });

/** Checks costs, limits, bounds and constant of a problem of n variables and m rows, and completes them. */
export function checkVectors(problem: Omit<QpProblem<unknown>, 'P' | 'A'>, n: number, m: number): Vectors {
  const { q, l, u, lb, ub, constant } = problem;
  return {
    q: checkCosts(q, n),
    l: limits('l', l, m, Number.NEGATIVE_INFINITY),
    u: limits('u', u, m, Number.POSITIVE_INFINITY),
    lb: limits('lb', lb, n, Number.NEGATIVE_INFINITY),
    ub: limits('ub', ub, n, Number.POSITIVE_INFINITY),
    constant: checkConstant(constant),
  };
}

/** The vectors of a problem after a change, of which these are checked and copied. */
export function changedVectors(old: Program<Matrix>, change: Partial<Omit<QpProblem<unknown>, 'P' | 'A'>>): Vectors {
  const { n, m } = old;
  return {
    q: 'q' in change ? copied(checkCosts(change.q, n)) : old.q,
    l: 'l' in change ? limits('l', change.l, m, Number.NEGATIVE_INFINITY) : old.l,
    u: 'u' in change ? limits('u', change.u, m, Number.POSITIVE_INFINITY) : old.u,
    lb: 'lb' in change ? limits('lb', change.lb, n, Number.NEGATIVE_INFINITY) : old.lb,
    ub: 'ub' in change ? limits('ub', change.ub, n, Number.POSITIVE_INFINITY) : old.ub,
    constant: 'constant' in change ? checkConstant(change.constant) : old.constant,
  };
}

/** A copy of limits, those that are none on this side being `none`. */
function limits(name: 'l' | 'u' | 'lb' | 'ub', value: unknown, count: number, none: number): Float64Array {
  if (value === undefined) return vector(count).fill(none);
  if (array(name, value).length !== count)
    refuse(`${name} must hold ${count} numbers; got ${array(name, value).length}`);
  const out = copied(value as Float64Array);
  for (let i = 0; i < count; i++) {
    if (Math.abs(out[i]) < NO_LIMIT) continue;
    const limit = out[i];
    if (Number.isNaN(limit)) refuse(`${name}[${i}] must be a number; got NaN`);
    if (limit * none < 0) {
      refuse(`${name}[${i}] must be below 1e20 on that side, or leave the other side open; got ${limit}`);
    }
    out[i] = none;
  }
  return out;
}

function checkCosts(q: unknown, n: number): Float64Array {
  const costs = array('q', q);
  if (costs.length !== n) refuse(`q must hold ${n} numbers; got ${costs.length}`);
  return finite('q', costs);
}

function checkConstant(constant = 0): number {
  if (!isData(constant)) refuse(`constant must be a finite number; got ${constant}`);
  return constant;
}

const array = (name: string, value: unknown): Float64Array =>
  value instanceof Float64Array ? value : refuse(`${name} must be a Float64Array; got ${kindOf(value)}`);

const isData = (value: number) => Math.abs(value) <= LARGEST_DATA;

function finite(name: string, values: Float64Array): Float64Array {
  const n = values.length;
  let i = 0;
  // Four at a time: most numbers that a small problem is asked about are asked here.
  while (i + 3 < n && isData(values[i]) && isData(values[i + 1]) && isData(values[i + 2]) && isData(values[i + 3]))
    i += 4;
  for (; i < n; i++) demandData(name, i, values[i]);
  return values;
}

function demandData(name: string, i: number, value: number): void {
  if (isData(value)) return;
  if (!Number.isFinite(value)) refuse(`${name}[${i}] must be a finite number; got ${value}`);
  refuse(`${name}[${i}] must be at most ${LARGEST_DATA} in magnitude; choose other units; got ${value}`);
}

const kindOf = (value: unknown) =>
  value === null ? 'null' : value instanceof Object ? value.constructor?.name : typeof value;
