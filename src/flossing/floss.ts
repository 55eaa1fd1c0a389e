/**
 * The loss of flossing, L = mean over i <= k of (lambda_i - wanted)^2 with lambda_i the surrogate Lyapunov exponents of one course,
 * per step, and its gradient (Engelken 2023). It pushes the first k exponents to the wanted value, zero as a rule, so that
 * gradients of a task neither vanish nor explode along k directions.
 */
import type { Arena } from '../core/index.js';
import { exponentTape, type MatrixCourse } from '../lyapunov/index.js';

export interface FlossPlan {
  /** k. */
  readonly exponents: number;
  /** What they are pushed to, per step. */
  readonly wanted: number;
  /** Steps of the course, the skipped ones included. */
  readonly steps: number;
  /** Steps that only turn the tangent vectors. */
  readonly skip: number;
}

export interface Flossing {
  readonly loss: number;
  /** Per step, from the largest on. */
  readonly exponents: Float64Array;
}

/**
 * The loss along a course, whose `pull` then sees its gradient.
 * @param start k x n orthonormal rows
 */
export function flossingLoss(arena: Arena, course: MatrixCourse, start: Float64Array, plan: FlossPlan): Flossing {
  const { exponents: k, wanted, steps, skip } = plan;
  const tape = exponentTape(arena, course, start, k, { skip, steps: steps - skip });
  const gaps = tape.exponents.map((exponent) => exponent - wanted);
  tape.backward(gaps.map((gap) => (2 * gap) / k));
  return { loss: gaps.reduce((sum, gap) => sum + (gap * gap) / k, 0), exponents: tape.exponents };
}
