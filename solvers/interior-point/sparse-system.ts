/**
 * The system of an interior-point step where the data are sparse, as the quasi-definite
 *
 *   [ P + rho + W_b    -A' ] [dx]
 *   [ -A             -1/W ] [dy]
 *
 * of n + m rows, by a sparse L D L'. The order of elimination is found once; only the diagonal changes.
 */
import { type Arena, refuse } from '../../src/core/index.js';
import type { Program } from '../problem.js';
import { type Analysis, analyse } from '../sparse/analysis.js';
import { factorNeed, sparseFactor } from '../sparse/factor.js';
import { type Compressed, diagonalOf, isCompressed, transposed } from '../sparse/matrix.js';
import { beginSolve, errorTables, isSolved, type StepSystem } from './system.js';

interface Kernel {
  compressedTimes(count: number, starts: number, columns: number, values: number, x: number, y: number): void;
}

/** -1/W of a row that takes no part: more would only make numbers that are slow to reckon with. */
const ASIDE = -1e20;
/** Bytes of a factor up to which one is made. */
const MOST_BYTES = 2.5e9;

/** How the matrix of the steps of a program would be factored. */
export function analyseSteps(program: Program<Compressed>): Analysis {
  return analyse(stepMatrix(program));
}

/** Both halves of the matrix, without its diagonal. */
function stepMatrix({ n, m, P, hessian, A }: Program<Compressed>): Compressed {
  const columns = transposed(A, n);
  const H = P === 'whole' ? (hessian as Compressed) : undefined;
  const starts = new Int32Array(n + m + 1);
  const count = 2 * A.values.length + (H ? H.values.length : 0);
  const [at, values] = [new Int32Array(count), new Float64Array(count)];
  let p = 0;
  const put = (column: number, value: number) => {
    at[p] = column;
    values[p++] = value;
  };
  for (let k = 0; k < n; k++) {
    if (H) for (let t = H.starts[k]; t < H.starts[k + 1]; t++) if (H.columns[t] !== k) put(H.columns[t], H.values[t]);
    for (let t = columns.starts[k]; t < columns.starts[k + 1]; t++) put(n + columns.columns[t], -columns.values[t]);
    starts[k + 1] = p;
  }
  for (let i = 0; i < m; i++) {
    for (let t = A.starts[i]; t < A.starts[i + 1]; t++) put(A.columns[t], -A.values[t]);
    starts[n + i + 1] = p;
  }
  return { starts, columns: at.slice(0, p), values: values.slice(0, p) };
}

/** The diagonal of P. */
function curvatures({ n, P, hessian }: Program<Compressed>): Float64Array {
  if (P === 'zero') return new Float64Array(n);
  if (P === 'identity') return new Float64Array(n).fill(1);
  return isCompressed(hessian) ? diagonalOf(hessian, n) : hessian;
}

/** Products with a compressed matrix of `count` rows and n columns, in the arena. */
function products(arena: Arena, M: Compressed, n: number): (x: Float64Array, out: Float64Array) => void {
  const kernel = arena.kernels<Kernel>();
  const count = M.starts.length - 1;
  const [startsAt, columnsAt] = [M.starts, M.columns].map((values) => {
    const at = arena.alloc(4 * values.length);
    arena.i32(at, values.length).set(values);
    return at;
  });
  const valuesAt = arena.alloc(8 * M.values.length);
  arena.f64(valuesAt, M.values.length).set(M.values);
  const [xAt, yAt] = [arena.alloc(8 * n), arena.alloc(8 * count)];
  return (x, out) => {
    arena.f64(xAt, n).set(x.subarray(0, n));
    kernel.compressedTimes(count, startsAt, columnsAt, valuesAt, xAt, yAt);
    out.set(arena.f64(yAt, count));
  };
}

/** Throws `usage` where the factor would need more memory than there is. One function, longer than most: its operations share tables. */
export function sparseSystem(arena: Arena, program: Program<Compressed>, analysis: Analysis): StepSystem {
  const { n, m, P, hessian, A } = program;
  const need = factorNeed(analysis);
  if (need > MOST_BYTES) {
    const sizes = [need, MOST_BYTES].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
    refuse(`the factor of ${n} variables and ${m} rows needs ${sizes[0]}; at most ${sizes[1]} are taken`);
  }
  const diagonal = curvatures(program);
  const times = products(arena, A, n);
  const transposedTimes = products(arena, transposed(A, n), m);
  const curve: StepSystem['curve'] =
    P === 'whole'
      ? products(arena, hessian as Compressed, n)
      : (x, out) => {
          for (let k = 0; k < n; k++) out[k] = diagonal[k] * x[k];
        };
  const signs = Float64Array.from({ length: n + m }, (_, i) => (i < n ? 1 : -1));
  const factored = sparseFactor(arena, analysis, signs);
  const e = errorTables(n, m);
  const pivots = new Float64Array(n + m);
  const step = new Float64Array(n + m);
  return {
    work: analysis.work + 4 * analysis.entries,
    times,
    transposed: transposedTimes,
    curve,
    factor(weight, rho) {
      for (let k = 0; k < n; k++) pivots[k] = diagonal[k] + rho + weight[m + k];
      for (let i = 0; i < m; i++) pivots[n + i] = weight[i] > 0 ? -1 / weight[i] : ASIDE;
      return factored.factor(pivots);
    },
    solve(right, target, weight, rho, exact) {
      const { dx, dy, e1, e2 } = beginSolve(e, right, target);
      for (let pass = 0; ; pass++) {
        // (P + rho) dx - A'dy - dz = e1,  A dx + dy / W = e2,  dz = W_b (e2 - dx).
        for (let k = 0; k < n; k++) step[k] = e1[k] + weight[m + k] * e2[m + k];
        for (let i = 0; i < m; i++) step[n + i] = weight[i] > 0 ? -e2[i] : 0;
        factored.solve(step);
        for (let k = 0; k < n; k++) {
          dx[k] += step[k];
          dy[m + k] += weight[m + k] * (e2[m + k] - step[k]);
        }
        for (let i = 0; i < m; i++) if (weight[i] > 0) dy[i] += step[n + i];
        if (isSolved({ times, transposed: transposedTimes, curve }, e, right, target, weight, rho, exact, pass))
          return e;
      }
    },
  };
}
