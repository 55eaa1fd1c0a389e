/** Factors P = L L' of a metric in an arena: of a dense one, or of one that falls into blocks. */
import { type Arena, demandFinite, refuse } from '../../src/core/index.js';
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
  /** L^-1 in place of the doubles at each of one to four pointers, which before number `first` are zero. */
  forward(pointers: readonly number[], first: number): void;
  /** L^-T in place. */
  backward(pointer: number): void;
}

interface Kernel extends DenseKernel {
  blocksFactor(table: number, count: number, least: number): number;
  blocksForward(table: number, count: number, work: number, x0: number, x1: number, x2: number, x3: number): void;
  blocksBackward(table: number, count: number, x: number): void;
}

/** Four pointers, of which the last stands for those that are missing: the kernels allow that. */
const four = (pointers: readonly number[]): [number, number, number, number] => {
  const at = (i: number) => pointers[Math.min(i, pointers.length - 1)];
  return [at(0), at(1), at(2), at(3)];
};

/** A number that is not finite leaves no pivot of its row that could pass, and is looked for only then. */
function refuseMetric(parts: readonly Float64Array[]): never {
  for (const P of parts) demandFinite('P', P);
  refuse('the metric must be positive definite; add a multiple of the identity');
}

export function denseFactor(arena: Arena, P: Float64Array, n: number): Factor {
  const kernel = arena.kernels<Kernel>();
  const stride = n + (n & 1);
  const L = arena.alloc(8 * n * stride);
  const rows = arena.f64(L, n * stride);
  for (let i = 0; i < n; i++) rows.set(P.subarray(n * i, n * i + i + 1), stride * i);
  if (kernel.denseCholesky(L, n, stride, DEFINITE_PIVOT) >= 0) refuseMetric([P]);
  return {
    forward: (pointers, first) => kernel.denseForwardFour(L, n, stride, first & ~1, ...four(pointers)),
    backward: (pointer) => kernel.denseBackward(L, n, stride, pointer),
  };
}

/** The blocks together must name every variable once. They lie one after the other, each behind the numbers of its variables. */
export function blockFactor(arena: Arena, blocks: readonly Block[]): Factor {
  const kernel = arena.kernels<Kernel>();
  const count = blocks.length;
  let [all, largest] = [0, 0];
  for (const { variables } of blocks) {
    const size = variables.length;
    all += size * (size + 1);
    largest = Math.max(largest, size);
  }
  const table = arena.alloc(16 * count);
  const begin = arena.alloc(8 * all);
  const work = arena.alloc(32 * largest);
  const tables = arena.u32(table, 4 * count);
  const words = arena.u32(begin, 2 * all);
  const numbers = arena.f64(begin, all);
  let at = 0;
  blocks.forEach(({ variables, P }, b) => {
    const size = variables.length;
    words.set(variables, 2 * at);
    numbers.set(P, at + size);
    tables[4 * b] = size;
    tables[4 * b + 1] = begin + 8 * at;
    tables[4 * b + 2] = begin + 8 * (at + size);
    at += size * (size + 1);
  });
  if (kernel.blocksFactor(table, count, DEFINITE_PIVOT) >= 0) refuseMetric(blocks.map(({ P }) => P));
  return {
    forward: (pointers) => kernel.blocksForward(table, count, work, ...four(pointers)),
    backward: (pointer) => kernel.blocksBackward(table, count, pointer),
  };
}
