/**
 * What adjoint.ts does, for courses whose Jacobians are dense: on matrices in an arena, by kernels. Tangent vectors are
 * rows: V is k x n.
 *
 *   forwards    W = V_t D_t';   at the end of an interval W' = Q R, and else V_{t+1} = W;   lambda_i = sum ln R_ii / steps
 *   backwards   M = R Rbar' - Qbar' Q,   Wbar' = (Qbar + Q sym(M)) R^{-T},   Vbar_t = Wbar D_t
 *
 * with Rbar = diag(Lbar_i / (R_ii steps)) where a factorization counts and 0 before, sym(M) the lower triangle of M mirrored
 * up, Lbar_i = dL / dlambda_i (Walter and Lehmann 2010). All vectors of all steps are kept: (skip + steps) n k numbers.
 */
import { type Arena, demandFunction, demandObject, EngramError, ln, refuse } from '../core/index.js';
import { allocateMatrix, type DenseKernel, type Matrix, multiply, productKernel, transposed } from '../dense/index.js';
import type { ExponentTape } from './adjoint.js';
import { checked, type ExponentPlan } from './exponents.js';
import { demandTall } from './qr.js';

/** The Jacobians of a course, which may be asked for forwards and backwards. Matrices are k x n, a tangent vector a row. */
export interface MatrixCourse {
  /** Writes V D_t' as the next vectors, and takes the course itself from step t to t + 1. */
  push(t: number, vectors: Matrix, next: Matrix): void;
  /**
   * Writes W D_t as the adjoint before the step, of W = dL / d(V D_t'), and makes what it needs of dL / dD_t = W' V. Called from the last
   * t to 0, and the place to carry adjoints of the course's own state one step back.
   */
  pull(t: number, vectors: Matrix, adjoint: Matrix, before: Matrix): void;
}

/**
 * The exponents of a course, with the way back. What it allocates lies in the arena behind the caller's mark.
 * @param start k x n orthonormal rows; left as they are
 * One function, longer than most: forwards and backwards walk over the same tables.
 * @throws EngramError `input` where a vector vanishes: a surrogate that is zero over a stretch has exponents of minus infinity
 */
export function exponentTape(
  arena: Arena,
  course: MatrixCourse,
  start: Float64Array,
  k: number,
  plan: Omit<ExponentPlan, 'adaptive'>,
): ExponentTape {
  demandObject('the arena', arena);
  demandFunction('the `push` of a course', course?.push);
  demandFunction('the `pull` of a course', course?.pull);
  demandTall('the start', start, k);
  const { skip, steps, interval } = checked(plan);
  const n = start.length / k;
  const end = skip + steps;
  const kernel = arena.kernels<DenseKernel>();
  const products = productKernel(arena);
  const kept = Array.from({ length: end + 1 }, () => allocateMatrix(arena, 'f64', k, n));
  const factors = new Map<number, Matrix>();
  const isEnd = (t: number) =>
    t <= skip ? t === skip || t % interval === 0 : t === end || (t - skip) % interval === 0;
  for (let t = 1; t <= end; t++) if (isEnd(t)) factors.set(t, allocateMatrix(arena, 'f64', k, k));
  const work = [allocateMatrix(arena, 'f64', k, n), allocateMatrix(arena, 'f64', k, n)];
  const square = allocateMatrix(arena, 'f64', k, k);
  const symmetric = allocateMatrix(arena, 'f64', k, k);
  arena.f64(kept[0].at, k * n).set(start);
  const sums = new Float64Array(k);
  for (let t = 0; t < end; t++) {
    course.push(t, kept[t], kept[t + 1]);
    const r = factors.get(t + 1);
    if (!r) continue;
    const lost = products.denseQr(kept[t + 1].at, n, k, n, r.at);
    const values = arena.f64(r.at, k * k);
    if (lost >= 0 || !values.every(Number.isFinite)) {
      const which = lost >= 0 ? `exponent ${lost + 1} of ${k} is minus infinity` : 'vectors are no numbers any more';
      throw new EngramError(
        'input',
        `${which} at step ${t + 1}; take fewer exponents, or a surrogate with longer tails`,
      );
    }
    if (t + 1 > skip) for (let i = 0; i < k; i++) sums[i] += ln(values[i * k + i]);
  }
  /** Replaces Qbar by Wbar. */
  const throughQr = (q: Matrix, r: Matrix, bar: Matrix, diagonal: Float64Array) => {
    multiply(arena, square, bar, transposed(q));
    const [m, sym] = [arena.f64(square.at, k * k), arena.f64(symmetric.at, k * k)];
    const factor = arena.f64(r.at, k * k);
    for (let p = 0; p < k; p++) {
      for (let l = 0; l <= p; l++) sym[p * k + l] = sym[l * k + p] = -m[p * k + l];
      sym[p * k + p] += factor[p * k + p] * diagonal[p];
    }
    multiply(arena, bar, symmetric, q, true);
    const rows = arena.f64(bar.at, k * n);
    for (let p = k - 1; p >= 0; p--) {
      const row = bar.at + 8 * n * p;
      for (let l = p + 1; l < k; l++) kernel.denseAxpy(-factor[p * k + l], bar.at + 8 * n * l, row, n);
      const pivot = factor[p * k + p];
      for (let i = p * n; i < (p + 1) * n; i++) rows[i] /= pivot;
    }
  };
  return {
    exponents: sums.map((sum) => sum / steps),
    backward(slopes) {
      if (slopes?.length !== k) refuse(`there must be ${k} slopes, one an exponent; got ${slopes?.length ?? 'none'}`);
      let [bar, before] = work;
      arena.f64(bar.at, k * n).fill(0);
      const diagonal = new Float64Array(k);
      for (let t = end; t > 0; t--) {
        const r = factors.get(t);
        if (r) {
          const values = arena.f64(r.at, k * k);
          for (let i = 0; i < k; i++) diagonal[i] = t > skip ? slopes[i] / (values[i * k + i] * steps) : 0;
          throughQr(kept[t], r, bar, diagonal);
        }
        course.pull(t - 1, kept[t - 1], bar, before);
        [bar, before] = [before, bar];
      }
    },
  };
}
