// Dense linear algebra on row-major matrices whose rows are `stride` doubles apart:
//
//   y = A x,   y = A'x,   P = L L' (Cholesky, lower triangle),   L x = b,   L'x = b.

@inline
function sum(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** a . b */
export function denseDot(a: usize, b: usize, n: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(a + 8 * i), v128.load(b + 8 * i)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(a + 8 * i, 16), v128.load(b + 8 * i, 16)));
  }
  let s = sum(f64x2.add(s0, s1));
  for (; i < n; i++) s += load<f64>(a + 8 * i) * load<f64>(b + 8 * i);
  return s;
}

/** y += f x */
export function denseAxpy(f: f64, x: usize, y: usize, n: i32): void {
  const ff = f64x2.splat(f);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    v128.store(y + 8 * i, f64x2.add(v128.load(y + 8 * i), f64x2.mul(ff, v128.load(x + 8 * i))));
  }
  for (; i < n; i++) store<f64>(y + 8 * i, load<f64>(y + 8 * i) + f * load<f64>(x + 8 * i));
}

/** y = A x for A of m x n. */
export function denseTimes(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  for (let i = 0; i < m; i++) store<f64>(y + 8 * i, denseDot(a + 8 * <usize>stride * i, x, n));
}

/** y = A'x for A of m x n; rows with x_i = 0 are passed over. */
export function denseTransposed(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  memory.fill(y, 0, 8 * n);
  for (let i = 0; i < m; i++) {
    const f = load<f64>(x + 8 * i);
    if (f != 0) denseAxpy(f, a + 8 * <usize>stride * i, y, n);
  }
}

/**
 * Replaces the lower triangle of the symmetric A by its Cholesky factor, row by row, four rows of L at a time
 * against each row above. A pivot is refused when it is not above `least` times its diagonal entry.
 * @returns the number of the pivot that was refused, or -1
 */
export function denseCholesky(a: usize, n: i32, stride: i32, least: f64): i32 {
  const width: usize = 8 * <usize>stride;
  for (let begin = 0; begin < n; begin += 4) {
    const end = min(begin + 4, n);
    const r0 = a + width * begin;
    if (end - begin == 4) {
      const r1 = r0 + width;
      const r2 = r1 + width;
      const r3 = r2 + width;
      for (let j = 0; j < begin; j++) {
        const l = a + width * j;
        let s0 = f64x2.splat(0);
        let s1 = f64x2.splat(0);
        let s2 = f64x2.splat(0);
        let s3 = f64x2.splat(0);
        const even: usize = 8 * <usize>(j & ~1);
        for (let at: usize = 0; at < even; at += 16) {
          const b = v128.load(l + at);
          s0 = f64x2.add(s0, f64x2.mul(v128.load(r0 + at), b));
          s1 = f64x2.add(s1, f64x2.mul(v128.load(r1 + at), b));
          s2 = f64x2.add(s2, f64x2.mul(v128.load(r2 + at), b));
          s3 = f64x2.add(s3, f64x2.mul(v128.load(r3 + at), b));
        }
        let d0 = sum(s0);
        let d1 = sum(s1);
        let d2 = sum(s2);
        let d3 = sum(s3);
        if (j & 1) {
          const b = load<f64>(l + even);
          d0 += load<f64>(r0 + even) * b;
          d1 += load<f64>(r1 + even) * b;
          d2 += load<f64>(r2 + even) * b;
          d3 += load<f64>(r3 + even) * b;
        }
        const at: usize = 8 * <usize>j;
        const pivot = load<f64>(l + at);
        store<f64>(r0 + at, (load<f64>(r0 + at) - d0) / pivot);
        store<f64>(r1 + at, (load<f64>(r1 + at) - d1) / pivot);
        store<f64>(r2 + at, (load<f64>(r2 + at) - d2) / pivot);
        store<f64>(r3 + at, (load<f64>(r3 + at) - d3) / pivot);
      }
    } else {
      for (let i = begin; i < end; i++) {
        for (let j = 0; j < begin; j++) eliminate(a, width, i, j);
      }
    }
    for (let i = begin; i < end; i++) {
      const row = a + width * i;
      for (let j = begin; j < i; j++) eliminate(a, width, i, j);
      const diagonal = load<f64>(row + 8 * i);
      const pivot = diagonal - denseDot(row, row, i);
      if (!(pivot > least * Math.abs(diagonal))) return i;
      store<f64>(row + 8 * i, Math.sqrt(pivot));
    }
  }
  return -1;
}

@inline
function eliminate(a: usize, width: usize, i: i32, j: i32): void {
  const row = a + width * i;
  const above = a + width * j;
  store<f64>(row + 8 * j, (load<f64>(row + 8 * j) - denseDot(row, above, j)) / load<f64>(above + 8 * j));
}

/** Solves L x = x in place; the entries of x before `first` are zero. */
export function denseForward(l: usize, n: i32, stride: i32, first: i32, x: usize): void {
  for (let i = first; i < n; i++) {
    const row = l + 8 * <usize>stride * i;
    const known = denseDot(row + 8 * first, x + 8 * first, i - first);
    store<f64>(x + 8 * i, (load<f64>(x + 8 * i) - known) / load<f64>(row + 8 * i));
  }
}

/** Solves L'x = x in place. */
export function denseBackward(l: usize, n: i32, stride: i32, x: usize): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = l + 8 * <usize>stride * i;
    const value = load<f64>(x + 8 * i) / load<f64>(row + 8 * i);
    store<f64>(x + 8 * i, value);
    denseAxpy(-value, row, x, i);
  }
}
