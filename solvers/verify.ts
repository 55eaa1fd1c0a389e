/**
 * The judge. Residuals on the original data of
 *
 *   minimize 1/2 |w|^2   subject to   n_i . w = b_i or n_i . w >= b_i,   lower <= w <= upper,
 *
 * in plain TypeScript. The caller supplies what needs the rows: their slacks and their combination
 * v = sum y_i n_i, computed by other code than the solver's.
 */

/** A bound for all variables, or one for each. */
export type Bound = number | Float64Array;
const at = (bound: Bound, k: number) => (typeof bound === 'number' ? bound : bound[k]);

export interface Claim {
  weights: Float64Array;
  lower: Bound;
  upper: Bound;
  /** Multipliers y of the rows that matter; those of inequalities must not be negative. */
  multipliers: Float64Array;
  /** n_i . w - b_i of the same rows. */
  slacks: Float64Array;
  equality: readonly boolean[];
  /** v = sum y_i n_i. */
  combination: Float64Array;
}

/**
 * The largest residual of the optimality conditions. Stationarity with a box reads w = clip(v): at the
 * optimum the multipliers of the bounds are what clipping takes away.
 */
export function kktResidual({ weights, lower, upper, multipliers, slacks, equality, combination }: Claim): number {
  let residual = 0;
  const note = (amount: number) => {
    // The negation lets NaN through, so that it cannot pass for zero.
    if (!(amount <= residual)) residual = amount;
  };
  for (let k = 0; k < weights.length; k++) {
    note(Math.abs(weights[k] - Math.min(at(upper, k), Math.max(at(lower, k), combination[k]))));
  }
  for (let i = 0; i < slacks.length; i++) {
    note(equality[i] ? Math.abs(slacks[i]) : -slacks[i]);
    if (!equality[i]) note(-multipliers[i]);
    note(Math.abs(multipliers[i] * slacks[i]));
  }
  return residual;
}

export interface Proof {
  multipliers: Float64Array;
  limits: Float64Array;
  equality: readonly boolean[];
  lower: Bound;
  upper: Bound;
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
export function farkasBound({ multipliers, limits, equality, lower, upper, combination, errors }: Proof): number {
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
