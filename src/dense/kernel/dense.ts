// Dense linear algebra on row-major matrices whose rows are `stride` numbers apart:
//
//   y = A x,   y = A'x,   A += f x y',   P = L L' (Cholesky, lower triangle),   L x = b,   L'x = b.
//
// Names that end in 32 take f32, the others f64. Sums run in lanes of two vectors, so their bits depend on n alone. What is written
// must not overlap what is read, unless it says "in place".

/** The sum of the lanes of v. */
@inline
function lanes<T>(v: v128): T {
  if (sizeof<T>() == 8) return <T>(f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1));
  return <T>(f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)));
}

@inline
function dot<T>(a: usize, b: usize, n: i32): T {
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
function axpy<T>(f: T, x: usize, y: usize, n: i32): void {
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
function transposed<T>(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  memory.fill(y, 0, sizeof<T>() * n);
  for (let i = 0; i < m; i++) {
    const f = load<T>(x + sizeof<T>() * i);
    if (f != 0) axpy<T>(f, a + sizeof<T>() * stride * i, y, n);
  }
}

@inline
function rankOne<T>(f: T, x: usize, m: i32, y: usize, n: i32, a: usize, stride: i32): void {
  for (let i = 0; i < m; i++) axpy<T>(<T>(f * load<T>(x + sizeof<T>() * i)), y, a + sizeof<T>() * stride * i, n);
}

/** a . b */
export function denseDot(a: usize, b: usize, n: i32): f64 {
  return dot<f64>(a, b, n);
}

export function denseDot32(a: usize, b: usize, n: i32): f32 {
  return dot<f32>(a, b, n);
}

/** y += f x */
export function denseAxpy(f: f64, x: usize, y: usize, n: i32): void {
  axpy<f64>(f, x, y, n);
}

export function denseAxpy32(f: f32, x: usize, y: usize, n: i32): void {
  axpy<f32>(f, x, y, n);
}

/** y = A x for A of m x n. */
export function denseTimes(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  for (let i = 0; i < m; i++) store<f64>(y + 8 * i, denseDot(a + 8 * <usize>stride * i, x, n));
}

export function denseTimes32(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  for (let i = 0; i < m; i++) store<f32>(y + 4 * i, denseDot32(a + 4 * <usize>stride * i, x, n));
}

/** y = A'x for A of m x n; rows with x_i = 0 are passed over. */
export function denseTransposed(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  transposed<f64>(a, m, n, stride, x, y);
}

export function denseTransposed32(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  transposed<f32>(a, m, n, stride, x, y);
}

/** A += f x y' for A of m x n. */
export function denseRankOne(f: f64, x: usize, m: i32, y: usize, n: i32, a: usize, stride: i32): void {
  rankOne<f64>(f, x, m, y, n, a, stride);
}

export function denseRankOne32(f: f32, x: usize, m: i32, y: usize, n: i32, a: usize, stride: i32): void {
  rankOne<f32>(f, x, m, y, n, a, stride);
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
  const r3 = r2 + width;
  const l = a + width * j;
  const m = l + width;
  const own: usize = 8 * <usize>j;
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  let t0 = f64x2.splat(0);
  let t1 = f64x2.splat(0);
  let t2 = f64x2.splat(0);
  let t3 = f64x2.splat(0);
  for (let at: usize = 0; at < own; at += 16) {
    const b = v128.load(l + at);
    const c = v128.load(m + at);
    const v0 = v128.load(r0 + at);
    s0 = f64x2.add(s0, f64x2.mul(v0, b));
    t0 = f64x2.add(t0, f64x2.mul(v0, c));
    const v1 = v128.load(r1 + at);
    s1 = f64x2.add(s1, f64x2.mul(v1, b));
    t1 = f64x2.add(t1, f64x2.mul(v1, c));
    const v2 = v128.load(r2 + at);
    s2 = f64x2.add(s2, f64x2.mul(v2, b));
    t2 = f64x2.add(t2, f64x2.mul(v2, c));
    const v3 = v128.load(r3 + at);
    s3 = f64x2.add(s3, f64x2.mul(v3, b));
    t3 = f64x2.add(t3, f64x2.mul(v3, c));
  }
  twoEntries(r0 + own, s0, t0, l + own, m + own);
  twoEntries(r1 + own, s1, t1, l + own, m + own);
  twoEntries(r2 + own, s2, t2, l + own, m + own);
  twoEntries(r3 + own, s3, t3, l + own, m + own);
}

/** The entries at `to` less the inner products s and t of what is before them, over the pivots of the rows at l and m. */
@inline
function twoEntries(to: usize, s: v128, t: v128, l: usize, m: usize): void {
  const entry = (load<f64>(to) - lanes<f64>(s)) / load<f64>(l);
  store<f64>(to, entry);
  store<f64>(to, (load<f64>(to, 8) - (lanes<f64>(t) + entry * load<f64>(m))) / load<f64>(m, 8), 8);
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
    const row = l + 8 * <usize>stride * i;
    const known = denseDot(row + 8 * first, x + 8 * first, i - first);
    store<f64>(x + 8 * i, (load<f64>(x + 8 * i) - known) / load<f64>(row + 8 * i));
  }
}

/** Solves L x = x in place for four x at once, with the bits of `denseForward`: what is read of L serves all four. */
export function denseForwardFour(l: usize, n: i32, stride: i32, x0: usize, x1: usize, x2: usize, x3: usize): void {
  for (let i = 0; i < n; i++) {
    const row = l + 8 * <usize>stride * i;
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    let t0 = f64x2.splat(0);
    let t1 = f64x2.splat(0);
    let t2 = f64x2.splat(0);
    let t3 = f64x2.splat(0);
    let k = 0;
    for (; k + 4 <= i; k += 4) {
      const at: usize = 8 * <usize>k;
      const a = v128.load(row + at);
      const b = v128.load(row + at, 16);
      s0 = f64x2.add(s0, f64x2.mul(a, v128.load(x0 + at)));
      t0 = f64x2.add(t0, f64x2.mul(b, v128.load(x0 + at, 16)));
      s1 = f64x2.add(s1, f64x2.mul(a, v128.load(x1 + at)));
      t1 = f64x2.add(t1, f64x2.mul(b, v128.load(x1 + at, 16)));
      s2 = f64x2.add(s2, f64x2.mul(a, v128.load(x2 + at)));
      t2 = f64x2.add(t2, f64x2.mul(b, v128.load(x2 + at, 16)));
      s3 = f64x2.add(s3, f64x2.mul(a, v128.load(x3 + at)));
      t3 = f64x2.add(t3, f64x2.mul(b, v128.load(x3 + at, 16)));
    }
    solveEntry(row, x0, i, k, lanes<f64>(f64x2.add(s0, t0)));
    solveEntry(row, x1, i, k, lanes<f64>(f64x2.add(s1, t1)));
    solveEntry(row, x2, i, k, lanes<f64>(f64x2.add(s2, t2)));
    solveEntry(row, x3, i, k, lanes<f64>(f64x2.add(s3, t3)));
  }
}

/** Entry i of x, given what its known entries before k amount to. */
@inline
function solveEntry(row: usize, x: usize, i: i32, k: i32, known: f64): void {
  for (; k < i; k++) known += load<f64>(row + 8 * k) * load<f64>(x + 8 * k);
  store<f64>(x + 8 * i, (load<f64>(x + 8 * i) - known) / load<f64>(row + 8 * i));
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
