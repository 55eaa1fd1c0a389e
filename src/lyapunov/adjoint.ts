/**
 * The gradient of a loss of the first k Lyapunov exponents, through every Jacobian and every QR of the course that they
 * were computed from (gradient flossing: Engelken 2023).
 *
 *   forwards    V_{t+1} = D_t Q_t or D_t V_t;   at the end of an interval V = Q R,   lambda_i = sum ln R_ii / steps
 *   backwards   Rbar = diag(Lbar_i / (R_ii steps)) where it counts, and 0 before;   Vbar from (Qbar, Rbar) by factorizeAdjoint;
 *               Dbar_t = Vbar V_t',   Qbar = D_t' Vbar
 *
 * with Lbar_i = dL / dlambda_i. All vectors of all steps are kept: (skip + steps) n k numbers.
 */
import { demandFunction, ln, refuse } from '../core/index.js';
import { checked, type ExponentPlan } from './exponents.js';
import { demandTall, factorize, factorizeAdjoint } from './qr.js';

/** The Jacobians of a course, which may be asked for forwards and backwards. Matrices are n x k, row after row. */
export interface TangentCourse {
  /** Replaces V by D_t V. */
  push(t: number, vectors: Float64Array): void;
  /**
   * Replaces W = dL / d(D_t V) by D_t' W, and makes what it needs of dL / dD_t = W V'. Called from the last t to 0, and the
   * place to carry adjoints of the course's own state one step back.
   */
  pull(t: number, vectors: Float64Array, adjoint: Float64Array): void;
}

/** Exponents with the way back to what they were computed from. */
export interface ExponentTape {
  /** Per step. */
  readonly exponents: Float64Array;
  /** Sends dL / dlambda back through the course, by its `pull`. */
  backward(slopes: ArrayLike<number>): void;
}

/** The exponents of a course as `lyapunovExponents` has them, with the way back; the interval is not adaptive. */
export function differentiableExponents(
  course: TangentCourse,
  start: Float64Array,
  k: number,
  plan: Omit<ExponentPlan, 'adaptive'>,
): ExponentTape {
  demandFunction('the `push` of a course', course?.push);
  demandFunction('the `pull` of a course', course?.pull);
  demandTall('the start', start, k);
  const { skip, steps, interval } = checked(plan);
  const end = skip + steps;
  const kept: Float64Array[] = [];
  // By the step after which they were made.
  const factors = new Map<number, { q: Float64Array; r: Float64Array }>();
  const sums = new Float64Array(k);
  let vectors = start.slice();
  for (let t = 0; t < end; ) {
    const stop = Math.min(t + interval, t < skip ? skip : end);
    for (; t < stop; t++) {
      kept.push(vectors);
      vectors = vectors.slice();
      course.push(t, vectors);
    }
    const r = new Float64Array(k * k);
    factorize(vectors, k, r);
    factors.set(t, { q: vectors, r });
    if (t > skip) for (let i = 0; i < k; i++) sums[i] += ln(r[i * k + i]);
  }
  return {
    exponents: sums.map((sum) => sum / steps),
    backward(slopes) {
      if (slopes?.length !== k) refuse(`there must be ${k} slopes, one for each exponent; got ${slopes?.length}`);
      const bar = new Float64Array(start.length);
      const diagonal = new Float64Array(k);
      for (let t = end; t > 0; t--) {
        const made = factors.get(t);
        if (made) {
          for (let i = 0; i < k; i++) diagonal[i] = t > skip ? slopes[i] / (made.r[i * k + i] * steps) : 0;
          factorizeAdjoint(made.q, made.r, k, bar, diagonal);
        }
        course.pull(t - 1, kept[t - 1], bar);
      }
    },
  };
}
