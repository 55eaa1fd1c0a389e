/** The linear algebra of an interior-point step: products with the data, and the condensed system. */
import type { Arena } from '../../src/core/index.js';
import type { DenseKernel } from '../../src/dense/index.js';
import type { Program } from '../problem.js';

export interface StepSystem {
  /** A x. */
  times(x: Float64Array): Float64Array;
  /** A'y of the first m numbers of y. */
  transposed(y: Float64Array): Float64Array;
  /** P x. */
  curve(x: Float64Array): Float64Array;
  /** Factors P + rho + A'W A + W_b for weights of rows, then of bounds; false where that fails. */
  factor(weight: Float64Array, rho: number): boolean;
  /**
   * Solves (P + rho) dx - A'dy - dz = right, A dx + dy / W = target (bounds alike), by the last factor, refined.
   * Where a weight is 0, dy is 0.
   */
  solve(
    right: Float64Array,
    target: Float64Array,
    weight: Float64Array,
    rho: number,
  ): { dx: Float64Array; dy: Float64Array };
}

interface Kernel extends DenseKernel {
  interiorPointMatrix(
    columns: number,
    n: number,
    m: number,
    stride: number,
    roots: number,
    scaled: number,
    slots: number,
    hessian: number,
    diagonal: number,
    matrix: number,
    capacity: number,
  ): void;
}

const REFINEMENTS = 3;

/** One function, longer than most: its operations share the tables that it lays out in the arena. */
export function condensedSystem(arena: Arena, { n, m, P, hessian, A }: Program): StepSystem {
  const kernel = arena.kernels<Kernel>();
  const stride = m + (m & 1) + 2;
  const capacity = n + 1;
  const rowsAt = arena.alloc(8 * n * m);
  const columnsAt = arena.alloc(8 * stride * n);
  const scaledAt = arena.alloc(8 * stride * (n + 1));
  const hessianAt = P === 'whole' ? arena.alloc(8 * n * n) : 0;
  const matrixAt = arena.alloc(8 * capacity * capacity);
  const slotsAt = arena.alloc(4 * (n + 1));
  const [rootsAt, yAt] = [0, 1].map(() => arena.alloc(8 * stride));
  const [xAt, outAt, diagonalAt] = [0, 1, 2].map(() => arena.alloc(8 * (n + 2)));
  arena.f64(rowsAt, n * m).set(A);
  if (hessianAt) arena.f64(hessianAt, n * n).set(hessian);
  arena.f64(scaledAt, stride * (n + 1)).fill(0);
  const columns = arena.f64(columnsAt, stride * n).fill(0);
  for (let i = 0; i < m; i++) for (let k = 0; k < n; k++) columns[stride * k + i] = A[n * i + k];

  const times = (x: Float64Array) => {
    arena.f64(xAt, n).set(x);
    kernel.denseTimes(rowsAt, m, n, n, xAt, yAt);
    return arena.f64(yAt, m).slice();
  };
  const transposed = (y: Float64Array) => {
    arena.f64(yAt, m).set(y.subarray(0, m));
    kernel.denseTimes(columnsAt, n, m, stride, yAt, outAt);
    return arena.f64(outAt, n).slice();
  };
  const curve = (x: Float64Array) => {
    if (P === 'zero') return new Float64Array(n);
    if (P === 'identity') return x.slice();
    if (P === 'diagonal') return x.map((value, k) => value * hessian[k]);
    arena.f64(xAt, n).set(x);
    kernel.denseTimes(hessianAt, n, n, n, xAt, outAt);
    return arena.f64(outAt, n).slice();
  };
  const back = (right: Float64Array) => {
    arena.f64(xAt, n).set(right);
    kernel.denseForward(matrixAt, n, capacity, 0, xAt);
    kernel.denseBackward(matrixAt, n, capacity, xAt);
    return arena.f64(xAt, n).slice();
  };

  return {
    times,
    transposed,
    curve,
    factor(weight, rho) {
      const roots = arena.f64(rootsAt, stride).fill(0);
      for (let i = 0; i < m; i++) roots[i] = Math.sqrt(weight[i]);
      const diagonal = arena.f64(diagonalAt, n);
      for (let k = 0; k < n; k++) {
        diagonal[k] = rho + weight[m + k] + (P === 'diagonal' ? hessian[k] : P === 'identity' ? 1 : 0);
      }
      kernel.interiorPointMatrix(
        columnsAt,
        n,
        m,
        stride,
        rootsAt,
        scaledAt,
        slotsAt,
        hessianAt,
        diagonalAt,
        matrixAt,
        capacity,
      );
      return kernel.denseCholesky(matrixAt, n, capacity, 0) < 0;
    },
    solve(right, target, weight, rho) {
      let dx: Float64Array = new Float64Array(n);
      const dy = new Float64Array(m + n);
      let e1 = right;
      let e2 = target;
      for (let pass = 0; ; pass++) {
        const weighted = e2.map((value, i) => value * weight[i]);
        const pull = transposed(weighted);
        const step = back(e1.map((value, k) => value + pull[k] + weighted[m + k]));
        const rows = times(step);
        dx = dx.map((value, k) => value + step[k]);
        for (let i = 0; i < m + n; i++) dy[i] += weighted[i] - weight[i] * (i < m ? rows[i] : step[i - m]);
        if (pass === REFINEMENTS) return { dx, dy };
        const curved = curve(dx);
        const along = transposed(dy);
        const moved = times(dx);
        e1 = right.map((value, k) => value - curved[k] - rho * dx[k] + along[k] + dy[m + k]);
        e2 = target.map((value, i) => (weight[i] > 0 ? value - (i < m ? moved[i] : dx[i - m]) - dy[i] / weight[i] : 0));
      }
    },
  };
}
