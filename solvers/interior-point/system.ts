/** The linear algebra of an interior-point step: products with the data, and the condensed system. */
import type { Arena } from '../../src/core/index.js';
import type { DenseKernel } from '../../src/dense/index.js';
import type { Program } from '../problem.js';

/** Results are written into `out` where it is asked for; those of `solve` stand until the next. */
export interface StepSystem {
  /** Multiplications of a factorisation. */
  readonly work: number;
  /** A x. */
  times(x: Float64Array, out: Float64Array): void;
  /** A'y of the first m numbers of y. */
  transposed(y: Float64Array, out: Float64Array): void;
  /** P x. */
  curve(x: Float64Array, out: Float64Array): void;
  /** Factors P + rho + A'W A + W_b for weights of rows, then of bounds; false where that fails. */
  factor(weight: Float64Array, rho: number): boolean;
  /**
   * Solves (P + rho) dx - A'dy - dz = right, A dx + dy / W = target (bounds alike), by the last factor, refined as long as more
   * than `exact` is left of either side and it becomes less; `left` is what is. Where a weight is 0, dy is 0.
   */
  solve(
    right: Float64Array,
    target: Float64Array,
    weight: Float64Array,
    rho: number,
    exact: number,
  ): Pick<ErrorTables, 'dx' | 'dy' | 'left'>;
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

  const times: StepSystem['times'] = (x, out) => {
    arena.f64(xAt, n).set(x);
    kernel.denseTimes(rowsAt, m, n, n, xAt, yAt);
    out.set(arena.f64(yAt, m));
  };
  const transposed: StepSystem['transposed'] = (y, out) => {
    arena.f64(yAt, m).set(y.subarray(0, m));
    kernel.denseTimes(columnsAt, n, m, stride, yAt, outAt);
    out.set(arena.f64(outAt, n));
  };
  const curve: StepSystem['curve'] = (x, out) => {
    if (P !== 'whole') {
      for (let k = 0; k < n; k++) out[k] = P === 'zero' ? 0 : P === 'identity' ? x[k] : x[k] * hessian[k];
      return;
    }
    arena.f64(xAt, n).set(x);
    kernel.denseTimes(hessianAt, n, n, n, xAt, outAt);
    out.set(arena.f64(outAt, n));
  };
  /** b becomes H^-1 b. */
  const back = (b: Float64Array) => {
    arena.f64(xAt, n).set(b);
    kernel.denseForward(matrixAt, n, capacity, 0, xAt);
    kernel.denseBackward(matrixAt, n, capacity, xAt);
    b.set(arena.f64(xAt, n));
  };
  const e = errorTables(n, m);
  const [weighted, rows] = [new Float64Array(m + n), new Float64Array(m)];

  return {
    work: (n * n * (m + n / 3)) / 2,
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
    solve(right, target, weight, rho, exact) {
      const { dx, dy, e1, e2, b } = beginSolve(e, right, target);
      for (let pass = 0; ; pass++) {
        for (let i = 0; i < m + n; i++) weighted[i] = e2[i] * weight[i];
        transposed(weighted, b);
        for (let k = 0; k < n; k++) b[k] = e1[k] + b[k] + weighted[m + k];
        back(b);
        times(b, rows);
        for (let k = 0; k < n; k++) dx[k] += b[k];
        for (let i = 0; i < m + n; i++) dy[i] += weighted[i] - weight[i] * (i < m ? rows[i] : b[i - m]);
        if (isSolved({ times, transposed, curve }, e, right, target, weight, rho, exact, pass)) return e;
      }
    },
  };
}

/** What a solve works on: the solution so far, what it leaves of either part, and products. */
export interface ErrorTables {
  readonly dx: Float64Array;
  readonly dy: Float64Array;
  readonly e1: Float64Array;
  readonly e2: Float64Array;
  /** P dx, A'dy and A dx. */
  readonly b: Float64Array;
  readonly along: Float64Array;
  readonly moved: Float64Array;
  /** What is left of either side, if it has been measured, and the solution before the last refinement. */
  left: number;
  readonly before: { readonly dx: Float64Array; readonly dy: Float64Array };
}

/** At most so many. */
const REFINEMENTS = 5;

export const errorTables = (n: number, m: number): ErrorTables => ({
  ...{ dx: new Float64Array(n), dy: new Float64Array(m + n), e1: new Float64Array(n), e2: new Float64Array(m + n) },
  ...{ b: new Float64Array(n), along: new Float64Array(n), moved: new Float64Array(m) },
  ...{ left: 0, before: { dx: new Float64Array(n), dy: new Float64Array(m + n) } },
});

export function beginSolve(e: ErrorTables, right: Float64Array, target: Float64Array): ErrorTables {
  e.dx.fill(0);
  e.dy.fill(0);
  e.e1.set(right);
  e.e2.set(target);
  e.left = Number.POSITIVE_INFINITY;
  return e;
}

/**
 * Whether a solution is good enough, or as good as it becomes, after so many refinements: if more than `exact` is left, which is
 * e1 = right - (P + rho) dx + A'dy + dz and e2 = target - A dx - dy / W, they are to be solved for next. A refinement that
 * has made it worse is taken back.
 */
export function isSolved(
  { times, transposed, curve }: Pick<StepSystem, 'times' | 'transposed' | 'curve'>,
  e: ErrorTables,
  right: Float64Array,
  target: Float64Array,
  weight: Float64Array,
  rho: number,
  exact: number,
  refinements: number,
): boolean {
  const { dx, dy, e1, e2, b, along, moved, before } = e;
  const [n, m] = [dx.length, moved.length];
  if (exact === Number.POSITIVE_INFINITY) return true;
  times(dx, moved);
  transposed(dy, along);
  curve(dx, b);
  let left = 0;
  for (let k = 0; k < n; k++) {
    e1[k] = right[k] - b[k] - rho * dx[k] + along[k] + dy[m + k];
    left = Math.max(left, Math.abs(e1[k]));
  }
  for (let i = 0; i < m + n; i++) {
    e2[i] = weight[i] > 0 ? target[i] - (i < m ? moved[i] : dx[i - m]) - dy[i] / weight[i] : 0;
    left = Math.max(left, Math.abs(e2[i]));
  }
  if (refinements > 0 && !(left < e.left)) {
    dx.set(before.dx);
    dy.set(before.dy);
    return true;
  }
  e.left = left;
  if (left <= exact || refinements === REFINEMENTS) return true;
  before.dx.set(dx);
  before.dy.set(dy);
  return false;
}
