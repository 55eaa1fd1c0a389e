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
  /** The largest of them. */
  size: number;
  /** Multipliers of all limits. */
  y: Float64Array;
}

export function residualsOf(program: Program<Matrix>, limits: Limits, system: StepSystem, iterate: Iterate): Residuals {
  const { m, q } = program;
  const { lower, equal, has } = limits;
  const { x, s } = iterate;
  const y = multipliersOf(limits, iterate);
  const curved = system.curve(x);
  const pull = system.transposed(y);
  const rx = x.map((_, k) => pull[k] + y[m + k] - curved[k] - q[k]);
  const value = valuesAt(system, program, x);
  const re = equal.map((is, i) => (is ? lower[i] - value[i] : 0));
  const r = [new Float64Array(y.length), new Float64Array(y.length)] as const;
  let infeasibility = largest(re);
  for (const side of SIDES) {
    for (let i = 0; i < y.length; i++) {
      if (!has[side][i]) continue;
      r[side][i] = s[side][i] - slackOf(limits, side, i, value[i]);
      infeasibility = Math.max(infeasibility, Math.abs(r[side][i]));
    }
  }
  const mu = complementarity(limits, iterate);
  return { rx, re, r, mu, size: Math.max(infeasibility, largest(rx), mu), y };
}

function complementarity({ count }: Limits, { s, lambda }: Iterate): number {
  let sum = 0;
  for (const side of SIDES) for (let i = 0; i < s[side].length; i++) sum += s[side][i] * lambda[side][i];
  return count > 0 ? sum / count : 0;
}
