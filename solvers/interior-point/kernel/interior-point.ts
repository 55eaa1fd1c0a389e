// The condensed matrix of an interior-point step,
//
//   H = P + A'W A + diag(v),   W = diag(w) >= 0,
//
// as the Gram matrix of the columns of A, each row scaled by the root of its weight, plus P and a diagonal.

import { denseGram } from "../../../src/dense/kernel/gram";

/**
 * Fills the lower triangle of H, `capacity` doubles from row to row (capacity > n).
 * `columns` holds the n columns of A, `stride` doubles (even, at least m) apart; `scaled` as much room and one column
 * more; `roots` the square roots of w; `slots` n integers of scratch; `hessian` n x n doubles or 0 for none.
 */
export function interiorPointMatrix(
  columns: usize,
  n: i32,
  m: i32,
  stride: i32,
  roots: usize,
  scaled: usize,
  slots: usize,
  hessian: usize,
  diagonal: usize,
  matrix: usize,
  capacity: i32,
): void {
  for (let k = 0; k < n; k++) {
    const from = columns + 8 * <usize>stride * k;
    const to = scaled + 8 * <usize>stride * k;
    for (let i = 0; i < m; i++) store<f64>(to + 8 * i, load<f64>(from + 8 * i) * load<f64>(roots + 8 * i));
    store<i32>(slots + 4 * k, k);
  }
  denseGram(scaled, stride, matrix, capacity, slots, n, 0);
  for (let k = 0; k < n; k++) {
    const row = matrix + 8 * <usize>capacity * k;
    if (hessian != 0) {
      const p = hessian + 8 * <usize>n * k;
      for (let j = 0; j <= k; j++) store<f64>(row + 8 * j, load<f64>(row + 8 * j) + load<f64>(p + 8 * j));
    }
    store<f64>(row + 8 * k, load<f64>(row + 8 * k) + load<f64>(diagonal + 8 * k));
  }
}
