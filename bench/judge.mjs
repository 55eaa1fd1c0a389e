// One judge for every solver, ours and the peers': the residual of the optimality conditions of
//
//   minimize 1/2 |w|^2   subject to   n_i . w = b_i (the first rows) or n_i . w >= b_i,   |w_k| <= bound
//
// on the very rows that were handed over (solvers/verify.ts). Only the weights and the multipliers of the rows are
// taken from a solver: those of the bounds follow from them.
import { kktResidual } from '../dist/solvers/index.js';

/** What an answer has to reach, relative to 1 + its largest weight, multiplier or right-hand side. */
export const TOLERANCE = 1e-9;

/** The residual of an answer { x, y }, relative to its size: Infinity if there is none. */
export function residualOf({ n, m, rows, limits, equalities, bound }, { x, y }) {
  if (!x || !y || x.length !== n || y.length !== m) return Number.POSITIVE_INFINITY;
  const combination = new Float64Array(n);
  const slacks = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    let sum = -limits[i];
    for (let k = 0, at = n * i; k < n; k++, at++) {
      combination[k] += y[i] * rows[at];
      sum += rows[at] * x[k];
    }
    slacks[i] = sum;
  }
  const beyond = x.reduce((most, weight) => Math.max(most, Math.abs(weight) - bound), 0);
  const kkt = kktResidual({
    weights: x,
    lower: -bound,
    upper: bound,
    multipliers: y,
    slacks,
    equality: Array.from({ length: m }, (_, i) => i < equalities),
    combination,
  });
  const most = (values) => values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const residual = Math.max(kkt, beyond) / (1 + Math.max(most(x), most(y), most(limits)));
  return Number.isNaN(residual) ? Number.POSITIVE_INFINITY : residual;
}
