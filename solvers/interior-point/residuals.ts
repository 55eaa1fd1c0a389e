/**
 * The residuals of an iterate:
 *
 *   r_x = A'y + z - P x - q      (stationarity, n)
 *   r_e = limit - value          (equalities, K; 0 elsewhere)
 *   r   = s - slack(value)       (inequalities, K on either side)
 *   mu  = sum of s lambda / number of inequalities
 */
import { largest } from '../largest.js';
import type { Program } from '../problem.js';
import type { Matrix } from '../sparse/matrix.js';
import { type Iterate, type Limits, multipliersOf, SIDES, slackOf, valuesAt } from './iterate.js';
import type { StepSystem } from './system.js';

export interface Residuals {
  rx: Float64Array;
  re: Float64Array;
  r: readonly [Float64Array, Float64Array];
  mu: number;
  /** The largest of the first three, and of all. */
  infeasibility: number;
  size: number;
  /** Multipliers of all limits. */
  y: Float64Array;
  /** Values of all limits, and scratch. */
  value: Float64Array;
  scratch: Float64Array;
}

/** Room for the residuals of n variables and K limits. */
export const residualTables = (n: number, K: number): Residuals => ({
  ...{ rx: new Float64Array(n), re: new Float64Array(K), y: new Float64Array(K), mu: 0, infeasibility: 0, size: 0 },
  r: [new Float64Array(K), new Float64Array(K)],
  ...{ value: new Float64Array(K), scratch: new Float64Array(n) },
});

/** Measures an iterate, in place. */
export function measure(
  out: Residuals,
  { m, q }: Program<Matrix>,
  limits: Limits,
  system: StepSystem,
  iterate: Iterate,
): void {
  const { lower, equal, has } = limits;
  const { x, s } = iterate;
  const { rx, re, r, value, scratch, y } = out;
  multipliersOf(limits, iterate, y);
  system.transposed(y, rx);
  system.curve(x, scratch);
  for (let k = 0; k < x.length; k++) rx[k] = rx[k] + y[m + k] - scratch[k] - q[k];
  valuesAt(system, x, value);
  for (let i = 0; i < y.length; i++) re[i] = equal[i] ? lower[i] - value[i] : 0;
  let infeasibility = largest(re);
  for (const side of SIDES) {
    const [hasOwn, rOwn, sOwn] = [has[side], r[side], s[side]];
    for (let i = 0; i < y.length; i++) {
      if (!hasOwn[i]) continue;
      rOwn[i] = sOwn[i] - slackOf(limits, side, i, value[i]);
      infeasibility = Math.max(infeasibility, Math.abs(rOwn[i]));
    }
  }
  out.mu = complementarity(limits, iterate);
  out.infeasibility = Math.max(infeasibility, largest(rx));
  out.size = Math.max(out.infeasibility, out.mu);
}

function complementarity({ count }: Limits, { s, lambda }: Iterate): number {
  let sum = 0;
  for (const side of SIDES) {
    const [sOwn, lambdaOwn] = [s[side], lambda[side]];
    for (let i = 0; i < sOwn.length; i++) sum += sOwn[i] * lambdaOwn[i];
  }
  return count > 0 ? sum / count : 0;
}
