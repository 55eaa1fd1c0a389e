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
  /** L^-1 in place of the doubles at each of the pointers, which before number `first` are zero. */
  forward(pointers: readonly number[], first: number): void;
  /** L^-T in place. */
  backward(pointer: number): void;
}

interface Kernel extends DenseKernel {
  blocksForward(table: number, count: number, work: number, x0: number, x1: number, x2: number, x3: number): void;
  blocksBackward(table: number, count: number, x: number): void;
}

/** Four pointers at a time; the last of them fills up the last four, which the kernels allow. */
function byFours(pointers: readonly number[], solve: (x0: number, x1: number, x2: number, x3: number) => void): void {
  const last = pointers.length - 1;
  const at = (i: number) => pointers[i < last ? i : last];
  for (let i = 0; i <= last; i += 4) solve(at(i), at(i + 1), at(i + 2), at(i + 3));
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
    forward: (pointers, first) =>
      byFours(pointers, (...four) => kernel.denseForwardFour(L, n, stride, first & ~1, ...four)),
    backward: (pointer) => kernel.denseBackward(L, n, stride, pointer),
  };
}

/** The blocks together must name every variable once. */
export function blockFactor(arena: Arena, blocks: readonly Block[]): Factor {
  const kernel = arena.kernels<Kernel>();
  const count = blocks.length;
  const table = arena.alloc(16 * count);
  let largest = 0;
  blocks.forEach(({ variables, P }, b) => {
    const size = variables.length;
    largest = Math.max(largest, size);
    const at = arena.alloc(4 * size);
    arena.u32(at, size).set(variables);
    const { L, stride } = cholesky(arena, P, size);
    const rows = arena.f64(L, size * stride);
    for (let i = 0; i < size; i++) rows[(stride + 1) * i] = 1 / rows[(stride + 1) * i];
    arena.u32(table + 16 * b, 4).set([size, at, L, stride]);
  });
  const work = arena.alloc(32 * largest);
  return {
    forward: (pointers) => byFours(pointers, (...four) => kernel.blocksForward(table, count, work, ...four)),
    backward: (pointer) => kernel.blocksBackward(table, count, pointer),
  };
}
