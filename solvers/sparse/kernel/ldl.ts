// L D L' of a sparse symmetric K, row by row (up-looking): with L_k the leading part,
//
//   L_k D_k l = K(1..k-1, k),   d_k = K(k, k) - l' D_k l
//
// From row `tail` on, where L is full, what the columns before leave of K is factored as a dense matrix (tail.ts).
//
// `upper` holds the columns of the upper half without the diagonal. Where the rows of L have entries is known before
// (analysis.ts); they are appended to its columns one after the other.

import { pivotOf, strideOf, tailFactor, tailSolve } from "./tail";

/** x -= f times `count` entries of a column of L. */
function subtract(f: f64, count: i32, rows: usize, values: usize, x: usize): void {
  const end = rows + 4 * <usize>count;
  for (let row = rows, value = values; row < end; row += 4, value += 8) {
    const to = x + 8 * <usize>load<i32>(row);
    store<f64>(to, load<f64>(to) - load<f64>(value) * f);
  }
}

/**
 * Factors a K of `size` rows. Row k of L has entries in columns rowColumns[rowStarts[k] ..] before `tail`; column j of L goes from
 * starts[j] on, `fill[j]` entries of which are there. d_k has the sign of signs[k], as it has for every quasi-definite K in exact
 * numbers. The diagonal of K becomes 1 / d. `work` holds `size` zeros, before and after; `fill` follows them. `dense` has room for the
 * rows from `tail` on.
 */
export function ldlFactor(
  size: i32,
  tail: i32,
  upperStarts: usize,
  upperRows: usize,
  upperValues: usize,
  diagonal: usize,
  signs: usize,
  rowStarts: usize,
  rowColumns: usize,
  starts: usize,
  rows: usize,
  values: usize,
  work: usize,
  dense: usize,
): void {
  const fill = work + 8 * <usize>size;
  const width: usize = 8 * <usize>strideOf(size - tail);
  memory.fill(fill, 0, 4 * <usize>tail);
  for (let k = 0; k < size; k++) {
    const end = load<i32>(upperStarts + 4 * (k + 1));
    for (let p = load<i32>(upperStarts + 4 * k); p < end; p++) {
      store<f64>(work + 8 * <usize>load<i32>(upperRows + 4 * <usize>p), load<f64>(upperValues + 8 * <usize>p));
    }
    let d = load<f64>(diagonal + 8 * <usize>k);
    const last = load<i32>(rowStarts + 4 * (k + 1));
    for (let t = load<i32>(rowStarts + 4 * k); t < last; t++) {
      const j = <usize>load<i32>(rowColumns + 4 * <usize>t);
      const y = load<f64>(work + 8 * j);
      store<f64>(work + 8 * j, 0);
      const first = <usize>load<i32>(starts + 4 * j);
      const count = <usize>load<i32>(fill + 4 * j);
      const row = rows + 4 * first;
      const value = values + 8 * first;
      subtract(y, <i32>count, row, value, work);
      const l = y * load<f64>(diagonal + 8 * j);
      d -= l * y;
      store<i32>(row + 4 * count, k);
      store<f64>(value + 8 * count, l);
      store<i32>(fill + 4 * j, <i32>count + 1);
    }
    if (k < tail) {
      store<f64>(diagonal + 8 * <usize>k, 1 / pivotOf(d, load<f64>(signs + 8 * <usize>k)));
      continue;
    }
    const row = dense + width * (k - tail);
    const from = work + 8 * <usize>tail;
    const bytes = 8 * <usize>(k - tail);
    memory.copy(row, from, bytes);
    memory.fill(from, 0, bytes);
    store<f64>(row + bytes, d);
  }
  const behind = 8 * <usize>tail;
  tailFactor(dense, size - tail, signs + behind, diagonal + behind);
}

/** x becomes (L D L')^-1 x. */
export function ldlSolve(
  size: i32,
  tail: i32,
  starts: usize,
  rows: usize,
  values: usize,
  inverse: usize,
  dense: usize,
  x: usize,
): void {
  const behind = 8 * <usize>tail;
  for (let j = 0; j < tail; j++) {
    const first = load<i32>(starts + 4 * j);
    const count = load<i32>(starts + 4 * (j + 1)) - first;
    subtract(load<f64>(x + 8 * <usize>j), count, rows + 4 * <usize>first, values + 8 * <usize>first, x);
  }
  tailSolve(dense, size - tail, inverse + behind, x + behind);
  for (let j = tail - 1; j >= 0; j--) {
    const at = x + 8 * <usize>j;
    let sum = load<f64>(at) * load<f64>(inverse + 8 * <usize>j);
    const end = load<i32>(starts + 4 * (j + 1));
    for (let p = <usize>load<i32>(starts + 4 * j); p < <usize>end; p++) {
      sum -= load<f64>(values + 8 * p) * load<f64>(x + 8 * <usize>load<i32>(rows + 4 * p));
    }
    store<f64>(at, sum);
  }
}

/** y = M x for a matrix by compressed rows. */
export function compressedTimes(count: i32, starts: usize, columns: usize, values: usize, x: usize, y: usize): void {
  let p = <usize>load<i32>(starts);
  for (let i = 0; i < count; i++) {
    let sum: f64 = 0;
    const end = <usize>load<i32>(starts + 4 * (i + 1));
    for (; p < end; p++) sum += load<f64>(values + 8 * p) * load<f64>(x + 8 * <usize>load<i32>(columns + 4 * p));
    store<f64>(y + 8 * <usize>i, sum);
  }
}
