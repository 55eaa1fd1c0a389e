/**
 * Multipliers of the whole problem from those of what presolve has left: its steps are taken back, the last one first. With the
 * slope of variable k, s_k = (P x + q)_k - sum over rows of a_ik y_i, that is to be answered by its bounds (z = s):
 *
 *   fixed      z_k = s_k
 *   bound      where z_k leans on a bound that row i has given: y_i += d, z_k = 0, z_j -= a_ij d for the others, d = z_k / a_ik.
 *              They lie at the bounds from which the bound of k came, and on the right side of them
 *   forced     y_i is the least multiplier, of the side of its limit, that gives all s_k - a_ik y_i the signs of their bounds
 *   parallel   y_j = y_i / r and y_i = 0 where the limit that y_i leans on came from row j
 *
 * Without P x + q these are the rules for proofs of infeasibility.
 */
import { addProduct } from '../doubled.js';
import { rounded } from '../products.js';
import type { Step, Tableau } from './tableau.js';

/** Completes y (m) and z (n) in place; `gradient` is P x + q at the whole x, or zero for a proof. */
export function undo(t: Tableau, gradient: Float64Array, y: Float64Array, z: Float64Array): void {
  for (let s = t.steps.length - 1; s >= 0; s--) undoStep(t, t.steps[s], gradient, y, z);
}

/** gradient_k - sum over rows of a_ik y_i. */
export function slopeOf({ columns }: Tableau, k: number, gradient: Float64Array, y: Float64Array): number {
  const sum = { high: gradient[k], low: 0 };
  for (let p = columns.starts[k]; p < columns.starts[k + 1]; p++) {
    const value = y[columns.columns[p]];
    if (value !== 0) addProduct(sum, -value, columns.values[p]);
  }
  return rounded(sum);
}

function undoStep(t: Tableau, step: Step, gradient: Float64Array, y: Float64Array, z: Float64Array): void {
  const { A } = t.program;
  if (step.kind === 'fixed') z[step.k] = slopeOf(t, step.k, gradient, y);
  else if (step.kind === 'bound') {
    const { i, k, a, side } = step;
    if (!(side === 'lower' ? z[k] > 0 : z[k] < 0)) return;
    const change = z[k] / a;
    y[i] += change;
    for (let p = A.starts[i]; p < A.starts[i + 1]; p++) z[A.columns[p]] -= A.values[p] * change;
    z[k] = 0;
  } else if (step.kind === 'forced') {
    const { i, side, variables } = step;
    const sign = side === 'lower' ? 1 : -1;
    const slopes = variables.map((k) => slopeOf(t, k, gradient, y));
    const entries = coefficients(t, i, variables);
    let most = 0;
    for (let v = 0; v < slopes.length; v++) most = Math.max(most, (sign * slopes[v]) / entries[v]);
    y[i] = sign * most;
    variables.forEach((k, v) => {
      z[k] = slopeOf(t, k, gradient, y);
      // The one that decides has none.
      if ((sign * slopes[v]) / entries[v] === most) z[k] = 0;
    });
  } else {
    const { i, j, ratio, lower, upper } = step;
    if (!(y[i] > 0 ? lower : y[i] < 0 && upper)) return;
    y[j] = y[i] / ratio;
    y[i] = 0;
  }
}

/** Entries of row i at the given variables, which ascend. */
function coefficients({ program: { A } }: Tableau, i: number, variables: readonly number[]): number[] {
  const found: number[] = [];
  for (let p = A.starts[i]; p < A.starts[i + 1]; p++) {
    if (A.columns[p] === variables[found.length]) found.push(A.values[p]);
  }
  return found;
}
