/** Factors P = L L' of a metric in an arena. */
import { type Arena, demandFinite, refuse } from '../../src/core/index.js';
import type { DenseKernel } from '../../src/dense/index.js';
import { DEFINITE_PIVOT } from '../tolerances.js';

/** What a metric P = L L' makes of rows and weights. */
export interface Metric {
  /** How many x = L'w there are: as many as w, and any that rows fill up with zeros. */
  readonly width: number;
  /** Puts x = L^-1 y at each of one to four pointers; `write` writes y number i of them, which is zero before entry `first`. */
  forward(pointers: readonly number[], first: number, write: (i: number, pointer: number) => void): void;
  /** w = L^-T x */
  backward(x: number, w: number): void;
  /** In place of `denseGram`, where rows have zeros worth passing over. */
  readonly gram?: DenseKernel['denseGram'];
}

/** Four pointers, of which the last stands for those that are missing: the kernel allows that. */
const four = (pointers: readonly number[]): [number, number, number, number] => {
  const at = (i: number) => pointers[Math.min(i, pointers.length - 1)];
  return [at(0), at(1), at(2), at(3)];
};

export function denseFactor(arena: Arena, P: Float64Array, n: number): Metric {
  const kernel = arena.kernels<DenseKernel>();
  const stride = n + (n & 1);
  const L = arena.alloc(8 * n * stride);
  const rows = arena.f64(L, n * stride);
  for (let i = 0; i < n; i++) rows.set(P.subarray(n * i, n * i + i + 1), stride * i);
  if (kernel.denseCholesky(L, n, stride, DEFINITE_PIVOT) >= 0) {
    // A number that is not finite leaves no pivot of its row that could pass, and is looked for only then.
    demandFinite('P', P);
    refuse('the metric must be positive definite; add a multiple of the identity');
  }
  return {
    width: n,
    forward(pointers, first, write) {
      pointers.forEach((pointer, i) => write(i, pointer));
      kernel.denseForwardFour(L, n, stride, first & ~1, ...four(pointers));
    },
    backward(x, w) {
      arena.f64(w, n).set(arena.f64(x, n));
      kernel.denseBackward(L, n, stride, w);
    },
  };
}
