/**
 * The judge of answers to
 *
 *   minimize 1/2 x'P x + q'x   subject to   l <= A x <= u,   lb <= x <= ub,
 *
 * on the original data, in plain TypeScript, with sums in twice the working precision. It alone grants the words of the
 * solvers, and shares with them only these sums (products.ts), and units as a hint where rays are looked for. With
 * multipliers y of the rows and z of the bounds (positive at lower limits, negative at upper ones):
 *
 *   solved      primal  largest violation of a limit                                  <= 1e-9
 *               dual    largest entry of P x + q - A'y - z, and of multipliers of
 *                       limits that are none                                          <= 1e-9
 *               gap     |x'P x + q'x - sum of multipliers times their limits|         <= 1e-9 (1 + |objective|)
 *                       (a limit that is none counts as 0)
 *   infeasible  sum y_i b_i - max over the box of (A'y)'x > 1e-9 (|y|_1 + |z|_1),
 *               b_i the limit on the side of y_i's sign: every point violates some limit by more than 1e-9
 *   unbounded   a feasible x and a ray d: P d = 0, q'd < 0, and limits are kept along d, exactly (exact-ray.ts)
 *
 * Residuals count what their own sums may have lost. In the proof of infeasibility what must vanish may be off by rounding, by
 * so little that the proof still holds for all |x_k| up to its radius, at least 1e9. That P is convex is looked at
 * elsewhere (convexity.ts), and said beside the status.
 */
import { exponentOf, powerOfTwo } from '../src/core/index.js';
import { add, addProduct, type Doubled, type DoubledVector, errorOfProduct, errorOfSum } from './doubled.js';
import { exactRay, wholeNumbers } from './exact-ray.js';
import { largest } from './largest.js';
import { along } from './lifting.js';
import type { Program } from './problem.js';
import { rounded, type Slopes, slopesAt, stationarity } from './products.js';
import { addRowDot, compressed, type Matrix, rowSize, transposed, valuesOf } from './sparse/matrix.js';
import { LEAST_RADIUS, PROMISE, ROUNDING, SHARP } from './tolerances.js';
import { copied, isZero, mapped, sizeOf, vector } from './vectors.js';

/** Largest residuals of the optimality conditions, in the units of the data. */
export interface Residuals {
  /** Largest violation of a limit. */
  primal: number;
  /** Largest entry of P x + q - A'y - z, and of multipliers of limits that are none. */
  dual: number;
  /** Difference of primal and dual objective. */
  gap: number;
  /** 1/2 x'P x + q'x + constant, at x. */
  objective: number;
}

/** A residual never passes for small by being NaN, whichever of the two is. */
const larger = (a: number, b: number) => (a >= b || Number.isNaN(a) ? a : b);

/** A sum of so many products in doubled precision is off by at most this part of the sum of their magnitudes. */
const doubledError = (terms: number) => (terms + 2) * (terms + 2) * 2 ** -105;
/** Up to here the error of a sum needs no closer look. */
const NOTHING = 1e-13;

/** The residuals of x with multipliers y and z: each with its own rounding, from one walk over the rows. */
export function residuals(
  program: Program<Matrix>,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  slopes: Slopes = slopesAt(program, x, y),
  sizes: Sizes = sizesOf(program),
): Residuals {
  const { n, q, lb, ub, constant } = program;
  // x'P x = x'(slope - q + A'y + z), so the gap is x'slope + sum y_i (a_i x - b_i) + sum z_k (x_k - b_k).
  const rows = lookAtRows(program, sizes, x, y, slopes.rows);
  let { primal, dual, gapError } = rows;
  const { highs, lows } = slopes.withRows;
  const { gradient } = slopes;
  const lost = errorsOfSlope(program, sizes, x, y, z);
  // Sums in numbers of their own: engines keep these in registers.
  let { high, low } = rows.gap;
  let objective = constant;
  let objectiveLow = 0;
  for (let k = 0; k < n; k++) {
    const own = x[k];
    const multiplier = z[k];
    const sum = highs[k] - multiplier;
    const slope = sum + (lows[k] + errorOfSum(highs[k], -multiplier, sum));
    const limit = multiplier > 0 ? lb[k] : ub[k];
    const error = lost ? lost[k] : 0;
    // z stands for the multiplier whose nearest double it is: what that rounding leaves of the slope belongs to it.
    const held = Math.abs(slope) <= 2 ** -53 * Math.abs(multiplier) && Number.isFinite(limit);
    // What the sum itself may have lost belongs to nobody.
    dual = larger(dual, held ? error : Math.abs(slope) + error);
    const from = held ? own - limit : own;
    let next = high + from * slope;
    low += errorOfSum(high, from * slope, next);
    low += errorOfProduct(from, slope);
    high = next;
    gapError += Math.abs(from) * (error + 2 ** -52 * Math.abs(slope));
    if (multiplier !== 0) {
      const slack = own - finiteOr0(limit);
      next = high + multiplier * slack;
      low += errorOfSum(high, multiplier * slack, next);
      low += errorOfProduct(multiplier, slack);
      high = next;
      gapError += slackError(multiplier, slack);
      dual = larger(dual, unanswered(multiplier, limit));
    }
    primal = larger(primal, larger(lb[k] - own, own - ub[k]));
    const half = 0.5 * own;
    next = objective + half * gradient[k];
    objectiveLow += errorOfSum(objective, half * gradient[k], next);
    objectiveLow += errorOfProduct(half, gradient[k]);
    objective = next + half * q[k];
    objectiveLow += errorOfSum(next, half * q[k], objective);
    objectiveLow += errorOfProduct(half, q[k]);
  }
  return { primal, dual, gap: Math.abs(high + low) + gapError, objective: objective + objectiveLow };
}

const finiteOr0 = (limit: number) => (Number.isFinite(limit) ? limit : 0);

/** What a multiplier times its slack may be off by: the slack is rounded; what its own sum has lost is counted as a violation. */
const slackError = (multiplier: number, slack: number) => Math.abs(multiplier * slack) * 2 ** -52;

/** The multiplier of a limit that is none, whose slack is the value itself: nothing stands against it. */
const unanswered = (multiplier: number, limit: number) => (Number.isFinite(limit) ? 0 : Math.abs(multiplier));

/** What rows add to the residuals. */
interface RowTally {
  primal: number;
  dual: number;
  gap: Doubled;
  /** What the gap may have lost by rounding. */
  gapError: number;
}

/** The violations of rows, and where there are multipliers, their slacks. */
function lookAtRows(
  program: Program<Matrix>,
  sizes: Sizes,
  x: Float64Array,
  y?: Float64Array,
  sums?: DoubledVector,
): RowTally {
  const { m, A, l, u } = program;
  const error = errorsOfRows(program, sizes, x);
  const sum = { high: 0, low: 0 };
  let primal = 0;
  let dual = 0;
  let gapError = 0;
  let high = 0;
  let low = 0;
  for (let i = 0; i < m; i++) {
    if (sums) {
      sum.high = sums.highs[i];
      sum.low = sums.lows[i];
    } else {
      sum.high = 0;
      sum.low = 0;
      addRowDot(sum, A, i, x);
    }
    const row = sum.high + sum.low;
    // What the row has lost by rounding counts.
    const lost = sum.high - row + sum.low;
    const above = row - u[i] + lost;
    // Of an equality both are the same but for the sign, which a processor cannot foresee.
    const off = l[i] === u[i] ? Math.abs(above) : larger(l[i] - row - lost, above);
    const most = error ? off + error[i] : off;
    primal = larger(primal, most);
    if (y === undefined || y[i] === 0) continue;
    const multiplier = y[i];
    const limit = multiplier > 0 ? l[i] : u[i];
    const from = sum.high - finiteOr0(limit);
    const slack = from + (sum.low + errorOfSum(sum.high, -finiteOr0(limit), from));
    const next = high + multiplier * slack;
    low += errorOfSum(high, multiplier * slack, next);
    low += errorOfProduct(multiplier, slack);
    high = next;
    gapError += slackError(multiplier, slack);
    dual = larger(dual, unanswered(multiplier, limit));
  }
  return { primal, dual, gap: { high, low }, gapError };
}

/** By how much x violates the worst limit. */
export function violation(program: Program<Matrix>, x: Float64Array): number {
  const { n, lb, ub } = program;
  let most = lookAtRows(program, sizesOf(program), x).primal;
  for (let k = 0; k < n; k++) most = larger(most, larger(lb[k] - x[k], x[k] - ub[k]));
  return most;
}

/**
 * Multipliers of bounds to the last digit: where a method has one, P x + q - A'y itself, if a limit is there for its sign. What a method
 * has lost of it on the way would show as a residual wherever multipliers are large. Left in `out`, which may be z.
 */
export function boundMultipliers(
  program: Program<Matrix>,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  slopes?: Slopes,
  out?: Float64Array,
): Float64Array {
  if (isZero(z)) return z;
  const { highs, lows } = (slopes ?? slopesAt(program, x, y)).withRows;
  out ??= copied(z);
  for (let k = 0; k < out.length; k++) {
    const slope = highs[k] + lows[k];
    if (z[k] !== 0 && Number.isFinite(slope > 0 ? program.lb[k] : program.ub[k])) out[k] = slope;
  }
  return out;
}

/** The largest magnitudes of the matrices: the judge looks at many points of one program. */
export interface Sizes {
  A: number;
  P: number;
}

export const sizesOf = ({ A, P, hessian }: Program<Matrix>): Sizes => ({
  A: largest(valuesOf(A)),
  P: P === 'identity' ? 1 : largest(valuesOf(hessian)),
});

/** What the sums of A x may be off by; undefined where that is nothing beside what is promised. */
function errorsOfRows({ n, m, A }: Program<Matrix>, sizes: Sizes, x: Float64Array): Float64Array | undefined {
  const part = doubledError(n);
  if (part * sizes.A * sizeOf(x) <= NOTHING) return undefined;
  return mapped(vector(m), (_, i) => part * rowSize(A, i, x));
}

/** The same of P x + q - A'y - z. */
function errorsOfSlope(
  program: Program<Matrix>,
  sizes: Sizes,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
): Float64Array | undefined {
  const { n, m, q } = program;
  const part = doubledError(n + m);
  const crude = part * (sizes.A * sizeOf(y) + sizes.P * sizeOf(x) + largest(z) + largest(q));
  if (crude <= NOTHING) return undefined;
  const terms = vector(n);
  stationarity(program, x, y, z, q, terms);
  return mapped(terms, (term, k) => part * (term + Math.abs(q[k])));
}

/** What is allowed beside the promise. */
export type Allowance = Pick<Residuals, 'primal' | 'dual' | 'gap'>;

/** A part of the largest sums of magnitudes: of a row at x, of an entry of the slope, of the objective. */
export function allowanceOf(
  program: Program<Matrix>,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  relative: number,
): Allowance | undefined {
  if (relative === 0) return undefined;
  const { n, m, A, q } = program;
  let most = 0;
  for (let i = 0; i < m; i++) most = Math.max(most, rowSize(A, i, x));
  const terms = q.map(Math.abs);
  stationarity(program, x, y, z, q, terms);
  let value = 0;
  for (let k = 0; k < n; k++) value += Math.abs(q[k] * x[k]);
  return { primal: relative * most, dual: relative * largest(terms), gap: relative * value };
}

/** Whether residuals keep the promise of "solved". */
export const keepsPromise = (
  { primal, dual, gap, objective }: Residuals,
  allowed: Allowance = { primal: 0, dual: 0, gap: 0 },
): boolean =>
  primal <= PROMISE + allowed.primal &&
  dual <= PROMISE + allowed.dual &&
  gap <= PROMISE * (1 + Math.abs(objective)) + allowed.gap;

/** Whether residuals are far below what is promised. */
export const isSharp = ({ primal, dual, gap, objective }: Residuals): boolean =>
  primal <= SHARP && dual <= SHARP && gap <= SHARP * (1 + Math.abs(objective));

/** A proof that no point is feasible. */
export interface Certificate {
  /** Multipliers of the rows. */
  y: Float64Array;
  /** Multipliers of the bounds, z = -A'y where a bound answers it. */
  z: Float64Array;
  /**
   * Every point violates some limit by at least this much: more than what "solved" allows, so that no problem can be
   * called both.
   */
  violation: number;
  /**
   * What is proved with all rounding counted: no x with every unbounded |x_k| up to this is feasible. Infinity if
   * the proof does not lean on unbounded variables.
   */
  radius: number;
}

/** The certificate of limits that cross by more than the tolerance, if there are such. */
export function crossedLimits({ n, m, l, u, lb, ub }: Program<Matrix>): Certificate | undefined {
  // Others may cross by less.
  const [row, variable] = [firstCrossed(l, u, 2 * PROMISE), firstCrossed(lb, ub, 2 * PROMISE)];
  const violation = (row < m ? l[row] - u[row] : lb[variable] - ub[variable]) / 2;
  if (!(violation > 0)) return undefined;
  const [y, z] = [new Float64Array(m), new Float64Array(n)];
  if (row < m) y[row] = 1;
  else z[variable] = 1;
  return { y, z, violation, radius: Number.POSITIVE_INFINITY };
}

/** The first limits that cross by more than a tolerance; their number if there are none. */
export function firstCrossed(low: Float64Array, high: Float64Array, tolerance: number): number {
  let i = 0;
  while (i < low.length && !(low[i] - high[i] > tolerance)) i++;
  return i;
}

/** Whether A'y is 0 in these columns: what has come to 0 in sums of twice the precision may have lost a little there. */
function vanish({ n, A }: Program<Matrix>, y: Float64Array, columns: readonly number[]): boolean {
  const { starts, columns: rows, values } = transposed(compressed(A, n), n);
  const step = wholeNumbers(Array.from(y));
  return columns.every((k) => {
    const whole = wholeNumbers(Array.from(values.subarray(starts[k], starts[k + 1])));
    return along({ at: rows.subarray(starts[k], starts[k + 1]), whole }, step) === 0n;
  });
}

/**
 * The certificate that multipliers y of the rows make, or undefined if they make none. Rows and variables whose
 * limits cross are proofs by themselves, whatever y is.
 */
export function proveInfeasible(program: Program<Matrix>, y: Float64Array): Certificate | undefined {
  const { n, m, l, u, lb, ub } = program;
  const crossing = crossedLimits(program);
  if (crossing) return crossing;
  // Multipliers of limits that are none prove nothing.
  y = y.map((value, i) => (Number.isFinite(value > 0 ? l[i] : u[i]) ? value : 0));
  if (isZero(y) || !y.every(Number.isFinite)) return undefined;
  // Of size 1, so that nothing is lost below the least double: a power of two changes no digit.
  const unit = powerOfTwo(Math.max(exponentOf(largest(y)), -1022));
  y = y.map((value) => value / unit);
  const zero = new Float64Array(n);
  const terms = new Float64Array(n);
  const v = stationarity(program, zero, y, zero, zero, terms).map((value) => -value);
  const margin = { high: 0, low: 0 };
  let size = 0;
  const count = (a: number, b: number) => {
    addProduct(margin, a, b);
    size += Math.abs(a * b);
  };
  for (let i = 0; i < m; i++) if (y[i] !== 0) count(y[i], y[i] > 0 ? l[i] : u[i]);
  const z = new Float64Array(n);
  let open = 0;
  const vanished: number[] = [];
  for (let k = 0; k < n; k++) {
    // The accumulated error of v, and half a unit of its last place.
    const error = doubledError(m) * terms[k] + 2 ** -52 * Math.abs(v[k]);
    const bound = v[k] > 0 ? ub[k] : lb[k];
    const size = Math.abs(v[k]) + error;
    const other = v[k] > 0 ? lb[k] : ub[k];
    // Where even the sign of v is uncertain, both bounds are needed.
    if (Number.isFinite(bound) && (Math.abs(v[k]) > error || Number.isFinite(other))) {
      count(-v[k], bound);
      add(margin, -error * Math.max(Math.abs(finiteOr0(lb[k])), Math.abs(finiteOr0(ub[k]))));
      z[k] = -v[k];
    } else if (size <= ROUNDING * terms[k]) {
      if (v[k] === 0) vanished.push(k);
      else open += size;
    } else {
      return undefined;
    }
  }
  const proved = rounded(margin) - 2 ** -50 * size;
  if (!(proved > ROUNDING * size)) return undefined;
  if (vanished.length > 0 && !vanish(program, y, vanished))
    for (const k of vanished) open += doubledError(m) * terms[k];
  const radius = open > 0 ? proved / open : Number.POSITIVE_INFINITY;
  const weight = [y, z].reduce((sum, part) => part.reduce((total, value) => total + Math.abs(value), sum), 0);
  const violation = proved / weight;
  return violation > PROMISE && radius >= LEAST_RADIUS ? { y, z, violation, radius } : undefined;
}

/**
 * The ray, at d or close to it, along which the objective falls for ever from the feasible point x; undefined if that is not
 * proved, in whole numbers (exact-ray.ts).
 */
export const provesUnbounded = (
  program: Program<Matrix>,
  x: Float64Array,
  d: Float64Array,
): Float64Array | undefined =>
  violation(program, x) <= PROMISE && d.every(Number.isFinite) ? exactRay(program, d) : undefined;
