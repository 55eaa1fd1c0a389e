/**
 * The limits of a program, numbered 0..K: the m rows, then the n bounds; and the point of the iteration, with a slack s > 0
 * and a multiplier lambda > 0 for each lower (side 0) and upper (side 1) limit that is one, and a free multiplier for each
 * equality:
 *
 *   value_i = a_i x or x_i,   s = value - lower or upper - value,   y_i = lambda_lower - lambda_upper or free_i
 */
import type { Point } from '../candidate.js';
import type { Program } from '../problem.js';
import type { Matrix } from '../sparse/matrix.js';
import type { StepSystem } from './system.js';

export interface Limits {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Which are equalities, and which have an inequality on either side. */
  readonly equal: Float64Array;
  readonly has: readonly [Float64Array, Float64Array];
  /** How many inequalities there are. */
  readonly count: number;
}

export interface Iterate {
  x: Float64Array;
  readonly s: readonly [Float64Array, Float64Array];
  readonly lambda: readonly [Float64Array, Float64Array];
  readonly free: Float64Array;
}

export const SIDES = [0, 1] as const;
export type Side = (typeof SIDES)[number];

export function limitsOf({ n, m, l, u, lb, ub }: Program<Matrix>): Limits {
  const joined = (rows: Float64Array, bounds: Float64Array) => {
    const all = new Float64Array(m + n);
    all.set(rows);
    all.set(bounds, m);
    return all;
  };
  const [lower, upper] = [joined(l, lb), joined(u, ub)];
  const equal = lower.map((limit, i) => (limit === upper[i] ? 1 : 0));
  const hasLower = lower.map((limit, i) => (limit > Number.NEGATIVE_INFINITY && !equal[i] ? 1 : 0));
  const hasUpper = upper.map((limit, i) => (limit < Number.POSITIVE_INFINITY && !equal[i] ? 1 : 0));
  const count = hasLower.reduce((sum, has, i) => sum + has + hasUpper[i], 0);
  return { lower, upper, equal, has: [hasLower, hasUpper], count };
}

/** The values of rows and bounds at x, m + n numbers. */
export function valuesAt(system: StepSystem, x: Float64Array, out: Float64Array): void {
  const m = out.length - x.length;
  system.times(x, out.subarray(0, m));
  out.set(x, m);
}

export const slackOf = ({ lower, upper }: Limits, side: Side, i: number, value: number): number =>
  side === 0 ? value - lower[i] : upper[i] - value;

/** y, then z. */
export function multipliersOf(
  { equal }: Limits,
  { lambda, free }: Iterate,
  out: Float64Array = new Float64Array(free.length),
): Float64Array {
  for (let i = 0; i < free.length; i++) out[i] = equal[i] ? free[i] : lambda[0][i] - lambda[1][i];
  return out;
}

/** The iterate as a point in its box. */
export function pointOf({ m, lb, ub }: Program<Matrix>, limits: Limits, iterate: Iterate): Point {
  const y = multipliersOf(limits, iterate);
  return {
    x: iterate.x.map((value, k) => Math.min(Math.max(value, lb[k]), ub[k])),
    y: y.slice(0, m),
    z: y.slice(m),
  };
}

/** Slacks to begin with are at least so long, beside limits of size 1. */
const LEAST_SLACK = 0.3;

/** The least-norm compromise between all limits, with slacks and multipliers pushed away from zero. */
export function startOf(program: Program<Matrix>, limits: Limits, system: StepSystem): Iterate {
  const { n } = program;
  const { equal, has } = limits;
  const K = equal.length;
  const pair = () => [new Float64Array(K), new Float64Array(K)] as const;
  const [s, lambda] = [pair(), pair()];
  const x = compromise(program, limits, system) ?? new Float64Array(n);
  const value = new Float64Array(K);
  valuesAt(system, x, value);
  // Where x is far from the limits, slacks near 0 would let no step go far; where P is curved, multipliers will be as large as the way is.
  const far = Math.sqrt(farthest(limits, value));
  const size = program.P === 'zero' ? 1 : Math.max(1, far);
  for (const side of SIDES) {
    for (let i = 0; i < K; i++) {
      if (!has[side][i]) continue;
      s[side][i] = Math.max(slackOf(limits, side, i, value[i]), LEAST_SLACK, far);
      lambda[side][i] = size;
    }
  }
  return { x, s, lambda, free: new Float64Array(K) };
}

/** The largest violation of a limit. */
function farthest({ lower, upper }: Limits, value: Float64Array): number {
  let most = 0;
  for (let i = 0; i < value.length; i++) most = Math.max(most, lower[i] - value[i], value[i] - upper[i]);
  return most;
}

function compromise({ q }: Program<Matrix>, limits: Limits, system: StepSystem): Float64Array | undefined {
  const { lower, upper, equal, has } = limits;
  const [hasLower, hasUpper] = has;
  const weight = equal.map((is, i) => (is || hasLower[i] || hasUpper[i] ? 1 : 0));
  const target = lower.map((limit, i) => {
    if (equal[i]) return limit;
    if (hasLower[i] && hasUpper[i]) return (limit + upper[i]) / 2;
    return hasLower[i] ? limit : hasUpper[i] ? upper[i] : 0;
  });
  if (!system.factor(weight, 1)) return undefined;
  const cost = q.map((value) => -value);
  const { dx } = system.solve(cost, target, weight, 1, Number.POSITIVE_INFINITY);
  return dx.every(Number.isFinite) ? dx.slice() : undefined;
}
