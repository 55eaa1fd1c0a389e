// A = Q R with Q'Q = 1 and R upper triangular, its diagonal positive: Gram-Schmidt, each vector taken orthogonal to those before it again and
// again until it loses less than half of its length ("twice is enough": Kahan, in Parlett 1980), which leaves Q'Q = 1 to the last bits.
import { denseAxpy, denseDot } from './dense';

/**
 * Replaces n vectors of length m, n <= m, `stride` doubles apart (the columns of A) by those of Q; writes R, row-major n x n, zeros below.
 * @returns the number of the first vector that lies in the span of those before it exactly, or -1. R has a 0 there, and that vector
 * and all behind it are not orthonormal.
 */
export function denseQr(a: usize, m: i32, n: i32, stride: i32, r: usize): i32 {
  memory.fill(r, 0, 8 * <usize>n * n);
  for (let j = 0; j < n; j++) {
    const v = a + 8 * <usize>stride * j;
    let length = Math.sqrt(denseDot(v, v, m));
    let before: f64;
    do {
      before = length;
      for (let i = 0; i < j; i++) {
        const q = a + 8 * <usize>stride * i;
        const c = denseDot(q, v, m);
        denseAxpy(-c, q, v, m);
        const at = r + 8 * (<usize>n * i + j);
        store<f64>(at, load<f64>(at) + c);
      }
      length = Math.sqrt(denseDot(v, v, m));
    } while (length < 0.5 * before && length > 0);
    if (!(length > 0)) return j;
    store<f64>(r + 8 * (<usize>n * j + j), length);
    for (let i = 0; i < m; i++) store<f64>(v + 8 * i, load<f64>(v + 8 * i) / length);
  }
  return -1;
}
