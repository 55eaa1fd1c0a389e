/**
 * Where a probability that falls with x passes given levels: the logistic curve
 *
 *   p(x) = 1 / (1 + exp(-(a + b x))),    x at level q:  (ln(q / (1 - q)) - a) / b,
 *
 * fitted to counts by the maximum of the likelihood times Jeffreys' prior (Firth 1993), which exists also where the
 * data leave no overlap: Newton's method on  sum (y - n p + h (1/2 - p)) (1, x),  h the leverages n p (1 - p) v' I^-1 v.
 */
import { exp, ln } from '../../src/core/index.js';

export interface Counted {
  x: number;
  success: number;
  trials: number;
}

export interface Logistic {
  /** Where p is 1/2, and the half-width of its 95 % interval. */
  half: number;
  halfError: number;
  /** b, negative for a falling curve. */
  slope: number;
  at(x: number): number;
  /** Where p is `level`. */
  inverse(level: number): number;
}

const ITERATIONS = 100;
const Z = 1.959963984540054;

/** Undefined without data at two values of x, or where nothing falls with x. */
export function fitLogistic(data: readonly Counted[]): Logistic | undefined {
  const used = data.filter(({ trials }) => trials > 0);
  if (new Set(used.map(({ x }) => x)).size < 2) return undefined;
  // Centred and scaled, so that steps mean the same for a and b.
  const total = used.reduce((sum, { trials }) => sum + trials, 0);
  const mean = used.reduce((sum, { x, trials }) => sum + x * trials, 0) / total;
  const width = Math.sqrt(used.reduce((sum, { x, trials }) => sum + trials * (x - mean) * (x - mean), 0) / total);
  const points = used.map(({ x, success, trials }) => ({ x: (x - mean) / width, success, trials }));
  let [a, b] = [0, 0];
  let inverse = [0, 0, 0];
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    let [i0, i1, i2] = [0, 0, 0];
    for (const { x, trials } of points) {
      const p = sigmoid(a + b * x);
      const weight = trials * p * (1 - p);
      i0 += weight;
      i1 += weight * x;
      i2 += weight * x * x;
    }
    const determinant = i0 * i2 - i1 * i1;
    if (!(determinant > 1e-12)) return undefined;
    inverse = [i2 / determinant, -i1 / determinant, i0 / determinant];
    let [g0, g1] = [0, 0];
    for (const { x, success, trials } of points) {
      const p = sigmoid(a + b * x);
      const leverage = trials * p * (1 - p) * (inverse[0] + 2 * inverse[1] * x + inverse[2] * x * x);
      const rest = success - trials * p + leverage * (0.5 - p);
      g0 += rest;
      g1 += rest * x;
    }
    const [da, db] = [inverse[0] * g0 + inverse[1] * g1, inverse[1] * g0 + inverse[2] * g1];
    const step = Math.min(1, 2 / Math.max(Math.abs(da), Math.abs(db), 1e-300));
    a += step * da;
    b += step * db;
    if (Math.max(Math.abs(da), Math.abs(db)) < 1e-10) break;
  }
  if (!(b < 0)) return undefined;
  // Delta method for -a / b.
  const [va, vab, vb] = inverse;
  const half = -a / b;
  const variance = (va + 2 * half * vab + half * half * vb) / (b * b);
  const original = (x: number) => mean + width * x;
  return {
    half: original(half),
    halfError: Z * width * Math.sqrt(Math.max(variance, 0)),
    slope: b / width,
    at: (x) => sigmoid(a + (b * (x - mean)) / width),
    inverse: (level) => original((ln(level / (1 - level)) - a) / b),
  };
}

const sigmoid = (z: number) => (z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z)));
