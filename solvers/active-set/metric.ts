/**
 * The metric of a quadratic program: P^ = t P + diag(e) = L L', with e > 0 where P has no curvature (or t, which
 * stands before linear programs, does all). In w = L'x + L^-1 q^ the program is one of least norm, with normals
 * L^-1 a_i (see active-set.ts, kernel/program.ts).
 */
import type { Arena } from '../../src/core/index.js';
import type { DenseKernel } from '../../src/dense/index.js';
import type { Program } from '../problem.js';
import { type Matrix, writeRows } from '../sparse/matrix.js';
import { LEAST_PIVOT, PROXIMAL_WEIGHT } from '../tolerances.js';
import { vector } from '../vectors.js';

export interface Metric {
  /** Pointer to L, n rows of n doubles, the next even number apart; 0 where L is diagonal: bounds then stay bounds. */
  readonly factor: number;
  /** The diagonal of P. */
  readonly curvature: Float64Array;
  /** The diagonal of L. */
  readonly d: Float64Array;
  /** The proximal weights. */
  readonly e: Float64Array;
  /** Whether any proximal weight is above zero. */
  readonly proximal: boolean;
}

/** Throws nothing; an indefinite P gives undefined. */
export function metricOf(arena: Arena, program: Program<Matrix>): Metric | undefined {
  return program.P === 'whole' ? denseMetric(arena, program) : diagonalMetric(program);
}

function diagonalMetric({ n, P, hessian }: Program<Matrix>): Metric {
  const curvature = P === 'diagonal' ? (hessian as Float64Array) : vector(n).fill(P === 'zero' ? 0 : 1);
  let largest = 0;
  for (let k = 0; k < n; k++) largest = Math.max(largest, curvature[k]);
  const [d, e] = [vector(n), vector(n)];
  let proximal = false;
  for (let k = 0; k < n; k++) {
    // Variables without curvature each get a metric of their own: 1 suits scaled data.
    if (!(curvature[k] > LEAST_PIVOT * largest)) {
      e[k] = P === 'zero' ? 1 : PROXIMAL_WEIGHT * (largest || 1);
      proximal = true;
    }
    d[k] = Math.sqrt(curvature[k] + e[k]);
  }
  return { factor: 0, curvature, d, e, proximal };
}

function denseMetric(arena: Arena, { n, hessian }: Program<Matrix>): Metric | undefined {
  const stride = n + (n & 1);
  const L = arena.alloc(8 * n * stride);
  const rows = arena.f64(L, n * stride);
  const curvature = vector(n);
  let largest = 0;
  /** The number of the pivot that P + weight I has too little of, or -1. */
  const factor = (weight: number) => {
    writeRows(rows, stride, hessian, n);
    largest = 0;
    for (let i = 0; i < n; i++) {
      curvature[i] = rows[stride * i + i];
      largest = Math.max(largest, curvature[i]);
      rows[stride * i + i] += weight;
    }
    return arena.kernels<DenseKernel>().denseCholesky(L, n, stride, LEAST_PIVOT);
  };
  const e = vector(n);
  if (factor(0) >= 0) {
    const weight = PROXIMAL_WEIGHT * (largest || 1);
    if (factor(weight) >= 0) return undefined;
    e.fill(weight);
  }
  const d = vector(n);
  for (let k = 0; k < n; k++) d[k] = rows[stride * k + k];
  return { factor: L, curvature, d, e, proximal: e[0] > 0 };
}
