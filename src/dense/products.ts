/**
 * The kernels of dense linear algebra that no solver needs: products of matrices, what takes f32, and A = Q R. They have a module of
 * their own, so that who solves programs does not load them. As in face.ts, names that end in 32 take f32, the others f64.
 */
import type { Arena } from '../core/index.js';
import { kernelModule } from './kernels.generated.js';

/** Sizes, then pointer and distances in numbers of A, B and C; whether to add; and 32 (k + 1) bytes to work in. */
type Product = [
  ...[m: number, n: number, k: number],
  ...[a: number, aRow: number, aColumn: number],
  ...[b: number, bRow: number, bColumn: number],
  ...[c: number, cRow: number, add: number, work: number],
];

interface Kernel {
  /** C (m x n) = A (m x k) B (k x n), added to C if `add` is 1; each entry is summed over k from first to last. */
  denseGemm(...product: Product): void;
  denseGemm32(...product: Product): void;
  /** a . b */
  denseDot32(a: number, b: number, n: number): number;
  /** y += f x */
  denseAxpy32(f: number, x: number, y: number, n: number): void;
  /** y = A x for A of m x n. */
  denseTimes32(a: number, m: number, n: number, stride: number, x: number, y: number): void;
  /** y = A'x for A of m x n; rows with x_i = 0 are passed over. */
  denseTransposed32(a: number, m: number, n: number, stride: number, x: number, y: number): void;
  /** A += f x y' for A of m x n. */
  denseRankOne(f: number, x: number, m: number, y: number, n: number, a: number, stride: number): void;
  denseRankOne32(f: number, x: number, m: number, y: number, n: number, a: number, stride: number): void;
  /**
   * A = Q R with a positive diagonal of R. Replaces n vectors of length m >= n, `stride` apart (the columns of A), by those of Q, in
   * place, and writes R, n x n. Returns the number of the first vector in the span of those before it, or -1.
   */
  denseQr(a: number, m: number, n: number, stride: number, r: number): number;
}

/** These kernels in an arena. */
export const productKernel = (arena: Arena): Kernel => arena.kernels<Kernel>(kernelModule);
