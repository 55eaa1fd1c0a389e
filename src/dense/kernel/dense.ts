// Dense linear algebra on row-major matrices whose rows are `stride` numbers apart:
//
//   y = A x,   y = A'x,   P = L L' (Cholesky, lower triangle),   L x = b,   L'x = b.
//
// Numbers are f64; vectors.ts has what takes f32. Sums run in lanes of two vectors, so their bits depend on n alone. What is written
// must not overlap what is read, unless it says "in place".

/** The sum of the lanes of v. */
@inline
function lanes<T>(v: v128): T {
  if (sizeof<T>() == 8) return <T>(f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1));
  return <T>(f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)));
}

@inline
export function dot<T>(a: usize, b: usize, n: i32): T {
  const step = 32 / <i32>sizeof<T>();
  let s0 = v128.splat<T>(<T>0);
  let s1 = v128.splat<T>(<T>0);
  let i = 0;
  for (; i + step <= n; i += step) {
    const at = sizeof<T>() * i;
    s0 = v128.add<T>(s0, v128.mul<T>(v128.load(a + at), v128.load(b + at)));
    s1 = v128.add<T>(s1, v128.mul<T>(v128.load(a + at, 16), v128.load(b + at, 16)));
  }
  let s = lanes<T>(v128.add<T>(s0, s1));
  for (; i < n; i++) s = <T>(s + <T>(load<T>(a + sizeof<T>() * i) * load<T>(b + sizeof<T>() * i)));
  return s;
}

@inline
export function axpy<T>(f: T, x: usize, y: usize, n: i32): void {
  const step = 16 / <i32>sizeof<T>();
  const ff = v128.splat<T>(f);
  let i = 0;
  for (; i + step <= n; i += step) {
    const at = sizeof<T>() * i;
    v128.store(y + at, v128.add<T>(v128.load(y + at), v128.mul<T>(ff, v128.load(x + at))));
  }
  for (; i < n; i++) {
    const at = sizeof<T>() * i;
    store<T>(y + at, <T>(load<T>(y + at) + <T>(f * load<T>(x + at))));
  }
}

@inline
export function transposed<T>(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  memory.fill(y, 0, sizeof<T>() * n);
  for (let i = 0; i < m; i++) {
    const f = load<T>(x + sizeof<T>() * i);
    if (f != 0) axpy<T>(f, a + sizeof<T>() * stride * i, y, n);
  }
}

/** a . b */
export function denseDot(a: usize, b: usize, n: i32): f64 {
  return dot<f64>(a, b, n);
}

/** y += f x */
export function denseAxpy(f: f64, x: usize, y: usize, n: i32): void {
  axpy<f64>(f, x, y, n);
}

/** y = A x for A of m x n. */
export function denseTimes(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  for (let i = 0; i < m; i++) store<f64>(y + 8 * i, denseDot(a + 8 * <usize>stride * i, x, n));
}

/** y = A'x for A of m x n; rows with x_i = 0 are passed over. */
export function denseTransposed(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  transposed<f64>(a, m, n, stride, x, y);
}

/**
 * Replaces the lower triangle of the symmetric A by its Cholesky factor, eight rows at a time against two of the rows above, so that
 * what is read of these serves all eight. A pivot is refused when it is not above `least` times its diagonal entry.
 * @returns the number of the pivot that was refused, or -1
 */
export function denseCholesky(a: usize, n: i32, stride: i32, least: f64): i32 {
  const width: usize = 8 * <usize>stride;
  for (let begin = 0; begin < n; begin += 8) {
    const first = a + width * begin;
    const second = first + 4 * width;
    for (let j = 0; j < begin; j += 2) {
      if (begin + 4 <= n) fourByTwo(first, a, width, j);
      if (begin + 8 <= n) fourByTwo(second, a, width, j);
    }
    let refused = finishRows(a, width, begin, min(begin + 4, n), begin + 4 <= n ? begin : 0, least);
    if (refused < 0 && begin + 4 < n) {
      if (begin + 8 <= n) {
        fourByTwo(second, a, width, begin);
        fourByTwo(second, a, width, begin + 2);
      }
      refused = finishRows(a, width, begin + 4, min(begin + 8, n), begin + 8 <= n ? begin + 4 : 0, least);
    }
    if (refused >= 0) return refused;
  }
  return -1;
}

/** Entries j and j + 1, j even, of the four rows of L from r0 on, whose entries before are known. */
function fourByTwo(r0: usize, a: usize, width: usize, j: i32): void {
  const r1 = r0 + width;
  const r2 = r1 + width;
  solveTwo(a + width * j, width, j, 0, r0, r1, r2, r2 + width);
}

/**
 * Entries j and j + 1 of four vectors x of L x = b, whose entries before are known and up to `first` zero, from row j of L on; j and
 * `first` are even. The loop is left as short as it is: engines unroll it, and unrolled by hand it takes a third longer.
 */
function solveTwo(l: usize, width: usize, j: i32, first: i32, x0: usize, x1: usize, x2: usize, x3: usize): void {
  const own: usize = 8 * <usize>j;
  const m = l + width;
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  let t0 = f64x2.splat(0);
  let t1 = f64x2.splat(0);
  let t2 = f64x2.splat(0);
  let t3 = f64x2.splat(0);
  for (let at: usize = 8 * <usize>first; at < own; at += 16) {
    const b = v128.load(l + at);
    const c = v128.load(m + at);
    let v = v128.load(x0 + at);
    s0 = f64x2.add(s0, f64x2.mul(v, b));
    t0 = f64x2.add(t0, f64x2.mul(v, c));
    v = v128.load(x1 + at);
    s1 = f64x2.add(s1, f64x2.mul(v, b));
    t1 = f64x2.add(t1, f64x2.mul(v, c));
    v = v128.load(x2 + at);
    s2 = f64x2.add(s2, f64x2.mul(v, b));
    t2 = f64x2.add(t2, f64x2.mul(v, c));
    v = v128.load(x3 + at);
    s3 = f64x2.add(s3, f64x2.mul(v, b));
    t3 = f64x2.add(t3, f64x2.mul(v, c));
  }
  // All are read before one is written: some may be the same.
  const pivot = load<f64>(l + own);
  const beside = load<f64>(m + own);
  const next = load<f64>(m + own, 8);
  const e0 = (load<f64>(x0 + own) - lanes<f64>(s0)) / pivot;
  const e1 = (load<f64>(x1 + own) - lanes<f64>(s1)) / pivot;
  const e2 = (load<f64>(x2 + own) - lanes<f64>(s2)) / pivot;
  const e3 = (load<f64>(x3 + own) - lanes<f64>(s3)) / pivot;
  const f0 = (load<f64>(x0 + own, 8) - (lanes<f64>(t0) + e0 * beside)) / next;
  const f1 = (load<f64>(x1 + own, 8) - (lanes<f64>(t1) + e1 * beside)) / next;
  const f2 = (load<f64>(x2 + own, 8) - (lanes<f64>(t2) + e2 * beside)) / next;
  const f3 = (load<f64>(x3 + own, 8) - (lanes<f64>(t3) + e3 * beside)) / next;
  v128.store(x0 + own, f64x2(e0, f0));
  v128.store(x1 + own, f64x2(e1, f1));
  v128.store(x2 + own, f64x2(e2, f2));
  v128.store(x3 + own, f64x2(e3, f3));
}

/** Finishes rows `begin` to `end`, whose entries before `from` are known; returns the number of a pivot that is refused, or -1. */
function finishRows(a: usize, width: usize, begin: i32, end: i32, from: i32, least: f64): i32 {
  for (let i = begin; i < end; i++) {
    const row = a + width * i;
    for (let j = from; j < i; j++) eliminate(a, width, i, j);
    const diagonal = load<f64>(row + 8 * i);
    const pivot = diagonal - denseDot(row, row, i);
    if (!(pivot > least * Math.abs(diagonal))) return i;
    store<f64>(row + 8 * i, Math.sqrt(pivot));
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
    store<f64>(x + 8 * i, solved(l + 8 * <usize>stride * i, i, first, x));
  }
}

/**
 * Solves L x = x in place for four x at once, whose entries before `first`, even, are zero: what is read of L serves all four. Some of
 * them may be the same vector: it comes out with the bits that it has beside any others.
 */
export function denseForwardFour(
  l: usize,
  n: i32,
  stride: i32,
  first: i32,
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
): void {
  const width: usize = 8 * <usize>stride;
  let i = first;
  for (; i + 2 <= n; i += 2) solveTwo(l + width * i, width, i, first, x0, x1, x2, x3);
  if (i == n) return;
  const row = l + width * i;
  const e0 = solved(row, i, first, x0);
  const e1 = solved(row, i, first, x1);
  const e2 = solved(row, i, first, x2);
  const e3 = solved(row, i, first, x3);
  store<f64>(x0 + 8 * i, e0);
  store<f64>(x1 + 8 * i, e1);
  store<f64>(x2 + 8 * i, e2);
  store<f64>(x3 + 8 * i, e3);
}

/** Entry i of x, given those before it. */
function solved(row: usize, i: i32, first: i32, x: usize): f64 {
  const known = denseDot(row + 8 * first, x + 8 * first, i - first);
  return (load<f64>(x + 8 * i) - known) / load<f64>(row + 8 * i);
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
