// L D L' of a dense symmetric matrix, row-major, n numbers from row to row, or n + 1 if n is odd: what is left of a sparse one where fill has
// come together. Row i holds y_ij = l_ij d_j while it is made, which takes no divisions, and l_ij once it is done:
//
//   y_ij = a_ij - sum over k < j of y_ik l_jk,   d_i = a_ii - sum of y_ij^2 / d_j
//
// Four rows at a time meet two rows above, so that eight numbers are summed from six that are loaded.

import { denseAxpy, denseDot } from "../../../src/dense/kernel/dense";

/** The sum of the lanes of v. */
@inline
function lanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** y_ij and y_i(j+1) at `at`, j even, from what is to be taken off them, and l_(j+1)j. */
@inline
function finish(at: usize, sum0: v128, sum1: v128, below: f64): void {
  const y = load<f64>(at) - lanes(sum0);
  store<f64>(at, y);
  store<f64>(at + 8, load<f64>(at + 8) - lanes(sum1) - y * below);
}

/** The first `count` (even) numbers y of the four rows from `row` on. */
function fourRows(a: usize, width: usize, row: usize, count: i32): void {
  for (let j = 0; j < count; j += 2) {
    let q0 = a + width * j;
    let q1 = q0 + width;
    let p0 = row;
    let p1 = p0 + width;
    let p2 = p1 + width;
    let p3 = p2 + width;
    const stop = p0 + 8 * <usize>j;
    let s00 = f64x2.splat(0);
    let s01 = f64x2.splat(0);
    let s10 = f64x2.splat(0);
    let s11 = f64x2.splat(0);
    let s20 = f64x2.splat(0);
    let s21 = f64x2.splat(0);
    let s30 = f64x2.splat(0);
    let s31 = f64x2.splat(0);
    // A pointer for every row: V8 would add offsets anew for every load.
    for (; p0 < stop; p0 += 16) {
      const b0 = v128.load(q0);
      const b1 = v128.load(q1);
      let y = v128.load(p0);
      s00 = f64x2.add(s00, f64x2.mul(y, b0));
      s01 = f64x2.add(s01, f64x2.mul(y, b1));
      y = v128.load(p1);
      s10 = f64x2.add(s10, f64x2.mul(y, b0));
      s11 = f64x2.add(s11, f64x2.mul(y, b1));
      y = v128.load(p2);
      s20 = f64x2.add(s20, f64x2.mul(y, b0));
      s21 = f64x2.add(s21, f64x2.mul(y, b1));
      y = v128.load(p3);
      s30 = f64x2.add(s30, f64x2.mul(y, b0));
      s31 = f64x2.add(s31, f64x2.mul(y, b1));
      p1 += 16;
      p2 += 16;
      p3 += 16;
      q0 += 16;
      q1 += 16;
    }
    const below = load<f64>(q1);
    finish(p0, s00, s01, below);
    finish(p1, s10, s11, below);
    finish(p2, s20, s21, below);
    finish(p3, s30, s31, below);
  }
}

/** d, with the sign that it has in exact numbers: `sign * boost` where it falls short of `least`. */
@inline
export function pivotOf(d: f64, sign: f64): f64 {
  const least = 1e-13;
  const boost = 1e-7;
  return d * sign > least ? d : sign * boost;
}

/** Bytes from row to row. */
@inline
export function widthOf(n: i32): usize {
  return 8 * <usize>(n + (n & 1));
}

/** Replaces the lower triangle of A by l; `inverse` gets 1 / d. */
export function tailFactor(a: usize, n: i32, signs: usize, inverse: usize): void {
  const width = widthOf(n);
  for (let begin = 0; begin < n; begin += 4) {
    const end = min(begin + 4, n);
    const four = end - begin == 4;
    if (four) fourRows(a, width, a + width * begin, begin);
    for (let i = begin; i < end; i++) {
      const row = a + width * i;
      for (let j = four ? begin : 0; j < i; j++) {
        store<f64>(row + 8 * j, load<f64>(row + 8 * j) - denseDot(row, a + width * j, j));
      }
      let d = load<f64>(row + 8 * i);
      for (let j = 0; j < i; j++) {
        const y = load<f64>(row + 8 * j);
        const l = y * load<f64>(inverse + 8 * j);
        d -= l * y;
        store<f64>(row + 8 * j, l);
      }
      store<f64>(inverse + 8 * i, 1 / pivotOf(d, load<f64>(signs + 8 * i)));
    }
  }
}

/** x becomes (L D L')^-1 x. */
export function tailSolve(a: usize, n: i32, inverse: usize, x: usize): void {
  const width = widthOf(n);
  for (let i = 1; i < n; i++) {
    store<f64>(x + 8 * i, load<f64>(x + 8 * i) - denseDot(a + width * i, x, i));
  }
  for (let i = 0; i < n; i++) store<f64>(x + 8 * i, load<f64>(x + 8 * i) * load<f64>(inverse + 8 * i));
  for (let i = n - 1; i > 0; i--) denseAxpy(-load<f64>(x + 8 * i), a + width * i, x, i);
}
