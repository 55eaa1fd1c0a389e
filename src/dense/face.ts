/**
 * The kernels of dense linear algebra: the one declaration, which every room takes that calls them itself, as in
 * `arena.kernels<DenseKernel>()`. Matrices are row-major and lie in an arena, their rows `stride` numbers apart; arguments that are
 * called like matrices and vectors are pointers. What is written must not overlap what is read, unless it says "in place".
 */
interface Kernel {
  /** a . b */
  denseDot(a: number, b: number, n: number): number;
  /** y += f x */
  denseAxpy(f: number, x: number, y: number, n: number): void;
  /** y = A x for A of m x n. */
  denseTimes(a: number, m: number, n: number, stride: number, x: number, y: number): void;
  /** y = A'x for A of m x n; rows with x_i = 0 are passed over. */
  denseTransposed(a: number, m: number, n: number, stride: number, x: number, y: number): void;
  /**
   * Replaces the lower triangle of the symmetric A (n x n) by its Cholesky factor, in place; a pivot is refused when it is not above
   * `least` times its diagonal entry. Returns the number of the pivot that was refused, or -1.
   */
  denseCholesky(a: number, n: number, stride: number, least: number): number;
  /** Solves L x = x in place; the entries of x before `first` are zero. */
  denseForward(l: number, n: number, stride: number, first: number, x: number): void;
  /** The same for four x at once, some of which may be the same; `first` is even. The bits of one do not depend on the others. */
  denseForwardFour(
    l: number,
    n: number,
    stride: number,
    first: number,
    x0: number,
    x1: number,
    x2: number,
    x3: number,
  ): void;
  /** Solves L'x = x in place. */
  denseBackward(l: number, n: number, stride: number, x: number): void;
  /** Gram entries of `fresh` rows with themselves and with `old` ones: see kernel/gram.ts. */
  denseGram(
    rows: number,
    stride: number,
    gram: number,
    capacity: number,
    slots: number,
    fresh: number,
    old: number,
  ): void;
}

export type { Kernel as DenseKernel };
