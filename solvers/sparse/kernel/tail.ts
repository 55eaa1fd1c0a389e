// L D L' of a dense symmetric matrix, row-major, n numbers from row to row, or n + 1 if n is odd: what is left of a sparse one where
// fill has come together. Row i holds y_ij = l_ij d_j while it is made, which takes no divisions, and -l_ij once it is done:
//
//   y_ij = a_ij - sum over k < j of y_ik l_jk,   d_i = a_ii - sum of y_ij^2 / d_j
//
// Four rows at a time meet two rows above, as in a Gram matrix, whose kernel adds up their products here.

import { denseAxpy, denseDot } from "../../../src/dense/kernel/dense";
import { products4x2, productsOf } from "../../../src/dense/kernel/gram";

/** Numbers from row to row. */
@inline
export function strideOf(n: i32): i32 {
  return n + (n & 1);
}

/** d, with the sign that it has in exact numbers: `sign * boost` where it falls short of `least`. */
@inline
export function pivotOf(d: f64, sign: f64): f64 {
  const least = 1e-13;
  const boost = 1e-7;
  return d * sign > least ? d : sign * boost;
}

/** Replaces the lower triangle of A by -l; `inverse` gets 1 / d. */
export function tailFactor(a: usize, n: i32, signs: usize, inverse: usize): void {
  const stride = strideOf(n);
  const width: usize = 8 * <usize>stride;
  productsOf(a, stride, a, stride);
  for (let begin = 0; begin < n; begin += 4) {
    const end = min(begin + 4, n);
    const four = end - begin == 4;
    for (let j = 0; four && j < begin; j += 2) {
      products4x2(begin, begin + 1, begin + 2, begin + 3, j, j + 1, 0, 8 * <usize>j);
      const above = load<f64>(a + width * (j + 1) + 8 * <usize>j);
      for (let i = begin; i < end; i++) {
        const at = a + width * i + 8 * <usize>j;
        store<f64>(at + 8, load<f64>(at + 8) + load<f64>(at) * above);
      }
    }
    for (let i = begin; i < end; i++) {
      const row = a + width * i;
      for (let j = four ? begin : 0; j < i; j++) {
        store<f64>(row + 8 * j, load<f64>(row + 8 * j) + denseDot(row, a + width * j, j));
      }
      let d = load<f64>(row + 8 * i);
      for (let j = 0; j < i; j++) {
        const y = load<f64>(row + 8 * j);
        const l = y * load<f64>(inverse + 8 * j);
        d -= l * y;
        store<f64>(row + 8 * j, -l);
      }
      store<f64>(inverse + 8 * i, 1 / pivotOf(d, load<f64>(signs + 8 * i)));
    }
  }
}

/** x becomes (L D L')^-1 x. */
export function tailSolve(a: usize, n: i32, inverse: usize, x: usize): void {
  const width: usize = 8 * <usize>strideOf(n);
  for (let i = 1; i < n; i++) store<f64>(x + 8 * i, load<f64>(x + 8 * i) + denseDot(a + width * i, x, i));
  for (let i = 0; i < n; i++) store<f64>(x + 8 * i, load<f64>(x + 8 * i) * load<f64>(inverse + 8 * i));
  for (let i = n - 1; i > 0; i--) denseAxpy(load<f64>(x + 8 * i), a + width * i, x, i);
}
