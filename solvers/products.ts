/**
 * Residuals of a program in twice the working precision:
 *
 *   A x - b          (m)       violations of rows
 *   P x + q - A'y - z  (n)     stationarity
 *
 * The judge measures with these sums, and the methods polish with them: the one piece that they share. A fault here could
 * go unseen by the judge, so that the tests recompute what it grants without it (test/solvers-check.ts).
 */
import { add, addProduct, type Doubled } from './doubled.js';
import type { Program } from './problem.js';
import { addRow, addRowDot, addRowSize, type Matrix } from './sparse/matrix.js';

/** The sum so far, as one double. */
export const rounded = ({ high, low }: Doubled): number => high + low;

/**
 * A x - shift, row by row; with `lower`, what the results have lost by rounding is left there; with `only`, rows where
 * it is 0 are left out.
 */
export function rowsTimes(
  { m, A }: Program<Matrix>,
  x: Float64Array,
  shift?: Float64Array,
  lower?: Float64Array,
  only?: Uint8Array,
): Float64Array {
  const out = new Float64Array(m);
  const sum = { high: 0, low: 0 };
  for (let i = 0; i < m; i++) {
    if (only && only[i] === 0) continue;
    sum.high = shift ? -shift[i] : 0;
    sum.low = 0;
    addRowDot(sum, A, i, x);
    out[i] = rounded(sum);
    if (lower) lower[i] = sum.high - out[i] + sum.low;
  }
  return out;
}

/** P x + q - A'y - z; with `terms`, the sum of the magnitudes of each entry's terms is added there. */
export function stationarity(
  program: Program<Matrix>,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  q = program.q,
  terms?: Float64Array,
): Float64Array {
  const { n, m, A, P, hessian } = program;
  const high = q.slice();
  const low = new Float64Array(n);
  const scaled = (f: number, M: Matrix, i: number) => {
    if (f === 0) return;
    addRow(high, low, f, M, i);
    if (terms) addRowSize(terms, f, M, i);
  };
  if (P === 'whole') {
    for (let j = 0; j < n; j++) scaled(x[j], hessian, j);
  } else if (P !== 'zero') {
    const sum = { high: 0, low: 0 };
    for (let k = 0; k < n; k++) {
      const curvature = P === 'identity' ? 1 : (hessian as Float64Array)[k];
      sum.high = high[k];
      sum.low = low[k];
      addProduct(sum, curvature, x[k]);
      high[k] = sum.high;
      low[k] = sum.low;
      if (terms) terms[k] += Math.abs(curvature * x[k]);
    }
  }
  for (let i = 0; i < m; i++) scaled(-y[i], A, i);
  const sum = { high: 0, low: 0 };
  return high.map((h, k) => {
    sum.high = h;
    sum.low = low[k];
    add(sum, -z[k]);
    if (terms) terms[k] += Math.abs(z[k]);
    return rounded(sum);
  });
}
