/**
 * Claims of optimality and of infeasibility, measured on the original data of
 *
 *   minimize 1/2 |w|^2   subject to   n_i . w = b_i or n_i . w >= b_i,   lower <= w <= upper,
 *
 * in plain TypeScript. The caller supplies what needs the rows: their slacks and their combination
 * v = sum y_i n_i, computed by other code than the solver's.
 */
import { demandArray, demandObject, refuse } from '../src/core/index.js';

/** A bound for all variables, or one for each. */
export type Bound = number | Float64Array;
/** Throws `usage` unless there is one bound, or one for each variable. */
function demandBound(name: string, bound: Bound, n: number): void {
  if (typeof bound !== 'number') demandArray(`the ${name} bounds`, bound, Float64Array, n);
  else if (Number.isNaN(bound)) refuse(`the ${name} bound must be a number; got NaN`);
}

const at = (bound: Bound, k: number) => (typeof bound === 'number' ? bound : bound[k]);

/** A point with multipliers, said to be the optimum: n weights, m rows that matter. */
export interface Claim {
  /** The n entries of w. */
  weights: Float64Array;
  /** Lower bounds of w. */
  lower: Bound;
  /** Upper bounds of w. */
  upper: Bound;
  /** Multipliers y of the rows that matter; those of inequalities must not be negative. */
  multipliers: Float64Array;
  /** n_i . w - b_i of the same rows. */
  slacks: Float64Array;
  /** Which of the m rows are equalities. */
  equality: readonly boolean[];
  /** v = sum y_i n_i. */
  combination: Float64Array;
  /** Where the objective is not 1/2 |w|^2 but f(w) + sum a_k |w_k|: the gradient of f at w. */
  gradient?: Float64Array;
  /** The a_k >= 0 (default: none). */
  price?: Float64Array;
  /** Curvatures d_k > 0, of any size: they only scale the residual to the weights. */
  metric?: Float64Array;
}

const clip = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
/** The least of 1/2 (s - x)^2 + a |s|; NaN stays NaN. */
const soft = (x: number, a: number) => (Math.abs(x) <= a ? 0 : x - Math.sign(x) * a);

/**
 * The largest residual of the optimality conditions. Stationarity with a box reads w = clip(v): at the
 * optimum the multipliers of the bounds are what clipping takes away. With f and prices it reads
 * w = clip(soft(d w - f'(w) + v, a) / d).
 */
export function kktResidual(claim: Claim): number {
  demandObject('the claim', claim);
  const { weights, lower, upper, multipliers, slacks, equality, combination, gradient, price, metric } = claim;
  demandArray('the weights', weights, Float64Array);
  const n = weights.length;
  demandBound('lower', lower, n);
  demandBound('upper', upper, n);
  demandArray('the combination', combination, Float64Array, n);
  for (const [name, part] of Object.entries({ gradient, price, metric })) {
    if (part) demandArray(`the ${name}`, part, Float64Array, n);
  }
  demandRows(slacks, multipliers, equality);
  // The maximum keeps NaN, so that it cannot pass for zero.
  let residual = 0;
  for (let k = 0; k < n; k++) {
    const d = metric ? metric[k] : 1;
    const x = combination[k] + (gradient ? d * weights[k] - gradient[k] : 0);
    const held = clip(soft(x, price ? price[k] : 0) / d, at(lower, k), at(upper, k));
    residual = Math.max(residual, Math.abs(weights[k] - held));
  }
  for (let i = 0; i < slacks.length; i++) {
    const y = multipliers[i];
    const missed = equality[i] ? Math.abs(slacks[i]) : Math.max(-slacks[i], -y);
    residual = Math.max(residual, missed, Math.abs(y * slacks[i]));
  }
  return residual;
}

/** Throws `usage` unless every row has a slack or a limit, a multiplier and a kind. */
function demandRows(values: Float64Array, multipliers: Float64Array, equality?: readonly boolean[]): void {
  demandArray('the slacks or limits', values, Float64Array);
  demandArray('the multipliers', multipliers, Float64Array, values.length);
  if (equality && equality.length !== values.length) {
    refuse(`there must be a kind for each of ${values.length} rows; got ${equality.length}`);
  }
}

/** A point and multipliers for  minimize f(w) + sum a_k |w_k|  or, with `peak`,  minimize max |w_k|. */
export interface Optimum {
  /** The n entries of w. */
  weights: Float64Array;
  /** n lower bounds, finite. */
  lower: Float64Array;
  /** n upper bounds, finite. */
  upper: Float64Array;
  /** Multipliers y of the m rows that matter; those of inequalities are not negative. */
  multipliers: Float64Array;
  /** Right-hand sides b of the same rows. */
  limits: Float64Array;
  /** v = sum y_i n_i, n entries. */
  combination: Float64Array;
  /** Gradient of f at w; absent: f = 0. */
  gradient?: Float64Array | undefined;
  /** The a_k >= 0; absent: 0. */
  price?: Float64Array | undefined;
  /** Whether the objective is max |w_k|. */
  peak?: boolean;
}

/**
 * The duality gap: by how much the objective at w is above what no point in the box that obeys the rows can be below,
 *
 *   y'b + min over the box of ( f(w) + f'(w) (x - w) + sum a_k |x_k| - v . x ),
 *
 * f convex (its tangent is below it), multipliers of inequalities not negative.
 */
export function optimalityGap(optimum: Optimum): number {
  demandObject('the optimum', optimum);
  const { weights, lower, upper, multipliers, limits, combination, gradient, price, peak } = optimum;
  demandArray('the weights', weights, Float64Array);
  for (const [name, part] of Object.entries({ lower, upper, combination, gradient, price })) {
    if (part || name === 'combination') demandArray(`the ${name}`, part, Float64Array, weights.length);
  }
  demandRows(limits, multipliers);
  let gap = peak ? weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0) : 0;
  for (let i = 0; i < multipliers.length; i++) gap -= multipliers[i] * limits[i];
  if (peak) return gap + largestWithinPeak(combination, lower, upper);
  for (let k = 0; k < weights.length; k++) {
    const g = gradient ? gradient[k] : 0;
    const a = price ? price[k] : 0;
    const rise = combination[k] - g;
    const middle = clip(0, lower[k], upper[k]);
    // Linear on either side of zero.
    const most = Math.max(
      rise * lower[k] - a * Math.abs(lower[k]),
      rise * upper[k] - a * Math.abs(upper[k]),
      rise * middle - a * Math.abs(middle),
    );
    gap += g * weights[k] + a * Math.abs(weights[k]) + most;
  }
  return gap;
}

/** max over the box of v . x - max |x_k|: for a peak s every x_k goes as far as s and its bounds let it; then the best s. */
function largestWithinPeak(v: Float64Array, lower: Float64Array, upper: Float64Array): number {
  let least = 0;
  for (let k = 0; k < v.length; k++) least = Math.max(least, lower[k], -upper[k]);
  const reach = (k: number) => (v[k] > 0 ? upper[k] : -lower[k]);
  let value = -least;
  let slope = -1;
  for (let k = 0; k < v.length; k++) {
    value += Math.abs(v[k]) * Math.min(reach(k), least);
    if (reach(k) > least) slope += Math.abs(v[k]);
  }
  // The value is concave in s, with corners where a weight reaches its bound.
  const corners = Array.from(v, (_, k) => k)
    .filter((k) => reach(k) > least)
    .sort((i, j) => reach(i) - reach(j));
  let s = least;
  for (const k of corners) {
    if (slope <= 0) break;
    value += slope * (reach(k) - s);
    s = reach(k);
    slope -= Math.abs(v[k]);
  }
  return value;
}

/** Multipliers that are said to prove that no w in the box satisfies the rows. */
export interface Proof {
  /** Multipliers y of the m rows that matter; those of inequalities must not be negative. */
  multipliers: Float64Array;
  /** Right-hand sides b of the same rows. */
  limits: Float64Array;
  /** Which of them are equalities. */
  equality: readonly boolean[];
  /** Lower bounds of w, finite. */
  lower: Bound;
  /** Upper bounds of w, finite. */
  upper: Bound;
  /** v = sum y_i n_i, n entries. */
  combination: Float64Array;
  /** Bound on the error of each entry of the combination. */
  errors: Float64Array;
}

/**
 * Whether the multipliers prove that no w in the box satisfies the rows: all w would have to satisfy
 * v . w >= sum y_i b_i, and even the largest v . w in the box is less, rounding counted against the proof.
 * @returns `bound`, the factor by which the box would have to grow, at least, for the proof to fail: above 1
 *   if there is a proof (Infinity if no box would do), 0 if there is none
 */
export function farkasBound(proof: Proof): number {
  demandObject('the proof', proof);
  const { multipliers, limits, equality, lower, upper, combination, errors } = proof;
  demandRows(limits, multipliers, equality);
  demandArray('the combination', combination, Float64Array);
  demandArray('the errors', errors, Float64Array, combination.length);
  demandBound('lower', lower, combination.length);
  demandBound('upper', upper, combination.length);
  let demand = 0;
  let size = 0;
  for (let i = 0; i < multipliers.length; i++) {
    if (!equality[i] && !(multipliers[i] >= 0)) return 0;
    demand += multipliers[i] * limits[i];
    size += Math.abs(multipliers[i] * limits[i]);
  }
  let supply = 0;
  let error = 2 ** -50 * multipliers.length * size;
  for (let k = 0; k < combination.length; k++) {
    const [low, high] = [at(lower, k), at(upper, k)];
    supply += Math.max(combination[k] * low, combination[k] * high);
    error += Math.max(Math.abs(low), Math.abs(high)) * (errors[k] + 2 ** -50 * Math.abs(combination[k]));
  }
  error += 2 ** -50 * combination.length * Math.abs(supply);
  if (!(demand - supply > error)) return 0;
  // A box away from zero may supply less than nothing: then no larger copy of it would do.
  return supply + error > 0 ? demand / (supply + error) : Number.POSITIVE_INFINITY;
}
