/**
 * The metric of a quadratic program: P^ = t P + diag(e) = L L', with e > 0 where P has no curvature (or t, which
 * stands before linear programs, does all). In w = L'x + L^-1 q^ the program is one of least norm, with normals
 * L^-1 a_i (see active-set.ts).
 */
import type { Arena } from '../../src/core/index.js';
import type { DenseKernel } from '../../src/dense/index.js';
import { curvatureAt, type Program } from '../problem.js';
import { LEAST_PIVOT, PROXIMAL_WEIGHT } from '../tolerances.js';
import type { Factor } from './factor.js';

export interface Metric extends Factor {
  /** Whether L is diagonal: bounds then stay bounds. */
  readonly diagonal: boolean;
  /** The diagonal of L. */
  readonly d: Float64Array;
  /** The proximal weights. */
  readonly e: Float64Array;
  /** Whether any proximal weight is above zero. */
  readonly proximal: boolean;
}

/** Throws nothing; an indefinite P gives undefined. */
export function metricOf(arena: Arena, program: Program): Metric | undefined {
  const { n, P, hessian } = program;
  const kernel = arena.kernels<DenseKernel>();
  let largest = 0;
  for (let k = 0; k < n; k++) largest = Math.max(largest, curvatureAt(program, k));
  const e = new Float64Array(n);
  if (P !== 'whole') {
    const d = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      const curvature = curvatureAt(program, k);
      // Variables without curvature each get a metric of their own: 1 suits scaled data.
      if (!(curvature > LEAST_PIVOT * largest)) e[k] = P === 'zero' ? 1 : PROXIMAL_WEIGHT * (largest || 1);
      d[k] = Math.sqrt(curvature + e[k]);
    }
    return {
      diagonal: true,
      d,
      e,
      proximal: e.some((weight) => weight > 0),
      forward(pointer) {
        const x = arena.f64(pointer, n);
        for (let k = 0; k < n; k++) x[k] /= d[k];
      },
      backward(pointer) {
        const x = arena.f64(pointer, n);
        for (let k = 0; k < n; k++) x[k] /= d[k];
      },
    };
  }
  const stride = n + (n & 1);
  const L = arena.alloc(8 * n * stride);
  const factor = (weight: number) => {
    const view = arena.f64(L, n * stride);
    for (let i = 0; i < n; i++) view.set(hessian.subarray(n * i, n * i + n), stride * i);
    for (let i = 0; i < n; i++) view[stride * i + i] += weight;
    return kernel.denseCholesky(L, n, stride, LEAST_PIVOT);
  };
  if (factor(0) >= 0) {
    const weight = PROXIMAL_WEIGHT * (largest || 1);
    if (factor(weight) >= 0) return undefined;
    e.fill(weight);
  }
  const view = arena.f64(L, n * stride);
  return {
    diagonal: false,
    d: Float64Array.from({ length: n }, (_, k) => view[stride * k + k]),
    e,
    proximal: e[0] > 0,
    forward: (pointer, first = 0) => kernel.denseForward(L, n, stride, first, pointer),
    backward: (pointer) => kernel.denseBackward(L, n, stride, pointer),
  };
}
