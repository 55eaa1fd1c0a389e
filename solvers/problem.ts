/**
 * Dense convex programs:
 *
 *   minimize   1/2 x'P x + q'x + constant
 *   subject to l <= A x <= u,   lb <= x <= ub
 *
 * with n variables and m rows. Limits of magnitude 1e20 and more mean "none".
 */
import { demandInteger, EngramError } from '../src/core/index.js';
import { LARGEST_DATA } from './tolerances.js';

/** A convex quadratic program in n variables with m rows; without P a linear one. */
export interface QpProblem {
  /**
   * The Hessian, symmetric and positive semidefinite: `'identity'`, its diagonal (n numbers), or all of it
   * (n x n, row-major). Absent: zero, a linear program.
   */
  P?: 'identity' | Float64Array;
  /** n costs; their length says how many variables there are. */
  q: Float64Array;
  /** m x n, row-major. Absent: no rows. */
  A?: Float64Array;
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
export type LpProblem = Omit<QpProblem, 'P'>;

/** A checked problem with all its parts; owns none of the caller's arrays and never writes to them. */
export interface Program {
  n: number;
  m: number;
  P: 'zero' | 'identity' | 'diagonal' | 'dense';
  /** Entries of P: none, none, n or n x n. */
  hessian: Float64Array;
  q: Float64Array;
  A: Float64Array;
  l: Float64Array;
  u: Float64Array;
  lb: Float64Array;
  ub: Float64Array;
  constant: number;
}

/** Limits at least this large are none. */
const INFINITE = 1e20;
/** Sizes up to which dense matrices are taken. */
const MOST_VARIABLES = 1000;
const MOST_ROWS = 5000;

/** Bytes that a solve of n variables and m rows needs, both methods and the copy of the data included. */
export function memoryNeed(n: number, m: number): number {
  demandInteger('the number of variables', n);
  demandInteger('the number of rows', m);
  return 8 * (6 * n * m + 12 * n * n + 40 * (n + m));
}

/**
 * Checks a problem and completes it. Arrays are referred to, not copied, except limits, whose infinities are made
 * plain. Throws `usage` where parts do not fit together, are not numbers, or need more memory than the largest
 * problem that is taken (1000 variables, 5000 rows; more of one if there are fewer of the other), unless `size` says
 * that size does not matter. One function, longer than most: a few lines for each part of a problem.
 */
export function checkProblem(problem: QpProblem, size: 'dense' | 'any size' = 'dense'): Program {
  if (typeof problem !== 'object' || problem === null) fail(`the problem must be an object; got ${kindOf(problem)}`);
  const q = array('q', problem.q);
  const n = q.length;
  const A = problem.A === undefined ? new Float64Array() : array('A', problem.A);
  const m = problem.l?.length ?? problem.u?.length ?? (n > 0 ? A.length / n : 0);
  if (A.length !== m * n) {
    const rows = Number.isInteger(m) ? `${m} x ${n} numbers (rows x variables)` : `a multiple of ${n} numbers`;
    fail(`A must hold ${rows}; got ${A.length}`);
  }
  const most = memoryNeed(MOST_VARIABLES, MOST_ROWS);
  if (size === 'dense' && memoryNeed(n, m) > most) {
    const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);
    fail(
      `${n} variables and ${m} rows need ${megabytes(memoryNeed(n, m))} MB as dense matrices; at most ${megabytes(most)} MB ` +
        `(${MOST_VARIABLES} variables and ${MOST_ROWS} rows) are taken; use a sparse solver such as highs`,
    );
  }
  const { P = new Float64Array() } = problem;
  let kind: Program['P'] = 'zero';
  if (P === 'identity') kind = 'identity';
  else if (array('P', P).length === n * n && n > 1) kind = 'dense';
  else if (P.length === n && n > 0) kind = 'diagonal';
  else if (P.length > 0) fail(`P must hold ${n} (its diagonal) or ${n} x ${n} numbers; got ${P.length}`);
  const hessian = P === 'identity' ? new Float64Array() : finite('P', P);
  for (let i = 0; i < n; i++) {
    if (kind === 'diagonal' && hessian[i] < 0) fail(`P must be positive semidefinite; P[${i}] is ${hessian[i]}`);
    for (let j = 0; kind === 'dense' && j < i; j++) {
      const [a, b] = [hessian[n * i + j], hessian[n * j + i]];
      if (Math.abs(a - b) > 2 ** -40 * (Math.abs(a) + Math.abs(b))) {
        fail(`P must be symmetric; entries (${i}, ${j}) and (${j}, ${i}) are ${a} and ${b}`);
      }
    }
  }
  return { n, m, P: kind, hessian, A: finite('A', A), ...checkVectors(problem, n, m) };
}

/** Checks costs, limits, bounds and constant of a problem of n variables and m rows, and completes them. */
export function checkVectors(
  problem: Omit<QpProblem, 'P' | 'A'>,
  n: number,
  m: number,
): Pick<Program, 'q' | 'l' | 'u' | 'lb' | 'ub' | 'constant'> {
  const limits = (name: 'l' | 'u' | 'lb' | 'ub', count: number, none: number): Float64Array => {
    const value = problem[name];
    if (value === undefined) return new Float64Array(count).fill(none);
    if (array(name, value).length !== count) fail(`${name} must hold ${count} numbers; got ${value.length}`);
    return value.map((limit, i) => {
      if (Number.isNaN(limit)) fail(`${name}[${i}] must be a number; got NaN`);
      if (limit * none < 0 && Math.abs(limit) >= INFINITE) {
        fail(`${name}[${i}] must be below 1e20 on that side, or leave the other side open; got ${limit}`);
      }
      return Math.abs(limit) >= INFINITE ? none : limit;
    });
  };
  if (array('q', problem.q).length !== n) fail(`q must hold ${n} numbers; got ${problem.q.length}`);
  const constant = problem.constant ?? 0;
  if (!(Math.abs(constant) <= LARGEST_DATA)) fail(`constant must be a finite number; got ${constant}`);
  return {
    q: finite('q', problem.q),
    l: limits('l', m, Number.NEGATIVE_INFINITY),
    u: limits('u', m, Number.POSITIVE_INFINITY),
    lb: limits('lb', n, Number.NEGATIVE_INFINITY),
    ub: limits('ub', n, Number.POSITIVE_INFINITY),
    constant,
  };
}

function fail(text: string): never {
  throw new EngramError('usage', text);
}

const array = (name: string, value: unknown): Float64Array =>
  value instanceof Float64Array ? value : fail(`${name} must be a Float64Array; got ${kindOf(value)}`);

function finite(name: string, values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) fail(`${name}[${i}] must be a finite number; got ${values[i]}`);
    if (Math.abs(values[i]) > LARGEST_DATA) {
      fail(`${name}[${i}] must be at most ${LARGEST_DATA} in magnitude; choose other units; got ${values[i]}`);
    }
  }
  return values;
}

const kindOf = (value: unknown) =>
  value === null ? 'null' : value instanceof Object ? value.constructor?.name : typeof value;

/** Entry (i, j) of P. */
export function hessianAt({ n, P, hessian }: Program, i: number, j: number): number {
  if (P === 'dense') return hessian[n * i + j];
  if (i !== j || P === 'zero') return 0;
  return P === 'identity' ? 1 : hessian[i];
}
