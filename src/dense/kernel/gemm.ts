// C = A B or C += A B, each entry summed from the first k to the last, as three plain loops would do it:
//
//   c_ij = (((a_i0 b_0j) + a_i1 b_1j) + a_i2 b_2j) + ...
//
// so that the bits do not depend on the tiles. A and B have any distance between their rows and between their columns, which makes
// transposed matrices of them; C is row-major. A panel of two vectors' width of B is packed into `work` (32 K bytes), filled up with zeros,
// and meets four rows of A at a time in eight accumulators.

/** Two vectors of C, of which `width` numbers exist. */
@inline
function keep<T>(c: usize, width: i32, add: bool, v0: v128, v1: v128, work: usize): void {
  const size = <i32>sizeof<T>();
  if (width * size == 32) {
    v128.store(c, add ? v128.add<T>(v128.load(c), v0) : v0);
    v128.store(c, add ? v128.add<T>(v128.load(c, 16), v1) : v1, 16);
    return;
  }
  v128.store(work, v0);
  v128.store(work, v1, 16);
  for (let at = 0; at < width * size; at += size) {
    store<T>(c + at, add ? <T>(load<T>(c + at) + load<T>(work + at)) : load<T>(work + at));
  }
}

@inline
function splat<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(at) : v128.load64_splat(at);
}

@inline
function gemm<T>(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  add: bool, work: usize,
): void {
  const tile = 32 / <i32>sizeof<T>();
  const panel = work + 32;
  const end = panel + 32 * <usize>k;
  const row = sizeof<T>() * aRow;
  const column = sizeof<T>() * aColumn;
  const bDown = sizeof<T>() * bRow;
  const bAcross = sizeof<T>() * bColumn;
  const cDown = sizeof<T>() * cRow;
  for (let j = 0; j < n; j += tile) {
    const width = min(tile, n - j);
    let from = b + bAcross * j;
    for (let p = panel; p < end; p += 32, from += bDown) {
      if (width == tile && bColumn == 1) {
        v128.store(p, v128.load(from));
        v128.store(p, v128.load(from, 16), 16);
        continue;
      }
      for (let t = 0; t < tile; t++) store<T>(p + sizeof<T>() * t, t < width ? load<T>(from + bAcross * t) : <T>0);
    }
    let out = c + sizeof<T>() * j;
    let i = 0;
    for (; i + 4 <= m; i += 4) {
      let a0 = a + row * i;
      let a1 = a0 + row;
      let a2 = a1 + row;
      let a3 = a2 + row;
      let c00 = v128.splat<T>(<T>0);
      let c01 = c00;
      let c10 = c00;
      let c11 = c00;
      let c20 = c00;
      let c21 = c00;
      let c30 = c00;
      let c31 = c00;
      for (let p = panel; p < end; p += 32) {
        const b0 = v128.load(p);
        const b1 = v128.load(p, 16);
        let f = splat<T>(a0);
        c00 = v128.add<T>(c00, v128.mul<T>(f, b0));
        c01 = v128.add<T>(c01, v128.mul<T>(f, b1));
        f = splat<T>(a1);
        c10 = v128.add<T>(c10, v128.mul<T>(f, b0));
        c11 = v128.add<T>(c11, v128.mul<T>(f, b1));
        f = splat<T>(a2);
        c20 = v128.add<T>(c20, v128.mul<T>(f, b0));
        c21 = v128.add<T>(c21, v128.mul<T>(f, b1));
        f = splat<T>(a3);
        c30 = v128.add<T>(c30, v128.mul<T>(f, b0));
        c31 = v128.add<T>(c31, v128.mul<T>(f, b1));
        a0 += column;
        a1 += column;
        a2 += column;
        a3 += column;
      }
      keep<T>(out, width, add, c00, c01, work);
      keep<T>(out + cDown, width, add, c10, c11, work);
      keep<T>(out + 2 * cDown, width, add, c20, c21, work);
      keep<T>(out + 3 * cDown, width, add, c30, c31, work);
      out += 4 * cDown;
    }
    for (; i < m; i++) {
      let at = a + row * i;
      let c0 = v128.splat<T>(<T>0);
      let c1 = c0;
      for (let p = panel; p < end; p += 32) {
        const f = splat<T>(at);
        c0 = v128.add<T>(c0, v128.mul<T>(f, v128.load(p)));
        c1 = v128.add<T>(c1, v128.mul<T>(f, v128.load(p, 16)));
        at += column;
      }
      keep<T>(out, width, add, c0, c1, work);
      out += cDown;
    }
  }
}

/** C (m x n) = A (m x k) B (k x n), added to C if `add`; `work` holds 32 (k + 1) bytes. C must not overlap A, B or `work`. */
export function denseGemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  add: bool, work: usize,
): void {
  gemm<f64>(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, add, work);
}

export function denseGemm32(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  add: bool, work: usize,
): void {
  gemm<f32>(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, add, work);
}
