/** Factors P = L L' of a metric in an arena: of a dense one, or of one that falls into blocks. */
import { type Arena, EngramError } from '../../src/core/index.js';
import type { DenseKernel } from '../../src/dense/index.js';
import { DEFINITE_PIVOT } from '../tolerances.js';

/** A part of a metric on some of the variables, which no other part touches. */
export interface Block {
  /** Numbers of the m variables. */
  readonly variables: Uint32Array;
  /** m x m, row-major, positive definite. */
  readonly P: Float64Array;
}

export interface Factor {
  /** L^-1 in place of the doubles at `pointer`, whose first `first` are zero. */
  forward(pointer: number, first?: number): void;
  /** L^-1 in place of the doubles at each of the pointers. */
  forwardAll(pointers: readonly number[]): void;
  /** L^-T in place. */
  backward(pointer: number): void;
}

interface Kernel extends DenseKernel {
  blocksForward(table: number, count: number, x: number): void;
  blocksBackward(table: number, count: number, x: number): void;
}

/** The factor of n x n numbers, with its pointer and stride. Throws `usage` unless they are positive definite. */
function cholesky(arena: Arena, P: Float64Array, n: number): { L: number; stride: number } {
  const stride = n + (n & 1);
  const L = arena.alloc(8 * n * stride);
  const rows = arena.f64(L, n * stride);
  for (let i = 0; i < n; i++) rows.set(P.subarray(n * i, n * i + n), stride * i);
  if (arena.kernels<Kernel>().denseCholesky(L, n, stride, DEFINITE_PIVOT) >= 0) {
    throw new EngramError('usage', 'the metric must be positive definite; add a multiple of the identity');
  }
  return { L, stride };
}

export function denseFactor(arena: Arena, P: Float64Array, n: number): Factor {
  const kernel = arena.kernels<Kernel>();
  const { L, stride } = cholesky(arena, P, n);
  return {
    forward: (pointer, first = 0) => kernel.denseForward(L, n, stride, first, pointer),
    forwardAll(pointers) {
      let i = 0;
      for (; i + 4 <= pointers.length; i += 4) {
        kernel.denseForwardFour(L, n, stride, pointers[i], pointers[i + 1], pointers[i + 2], pointers[i + 3]);
      }
      for (; i < pointers.length; i++) kernel.denseForward(L, n, stride, 0, pointers[i]);
    },
    backward: (pointer) => kernel.denseBackward(L, n, stride, pointer),
  };
}

/** The blocks together must name every variable once. */
export function blockFactor(arena: Arena, blocks: readonly Block[]): Factor {
  const kernel = arena.kernels<Kernel>();
  const count = blocks.length;
  const table = arena.alloc(16 * count);
  blocks.forEach(({ variables, P }, b) => {
    const size = variables.length;
    const at = arena.alloc(4 * size);
    arena.u32(at, size).set(variables);
    const { L, stride } = cholesky(arena, P, size);
    arena.u32(table + 16 * b, 4).set([size, at, L, stride]);
  });
  return {
    forward: (pointer) => kernel.blocksForward(table, count, pointer),
    forwardAll: (pointers) => pointers.forEach((pointer) => kernel.blocksForward(table, count, pointer)),
    backward: (pointer) => kernel.blocksBackward(table, count, pointer),
  };
}
