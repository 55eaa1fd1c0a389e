// Triangles packed by rows: row i of L has i + 1 numbers.

export function packedRow(factor: usize, i: i32): usize {
  return factor + 8 * ((<usize>i * (i + 1)) >> 1);
}

/** Solves L l = l in place, two rows at a time; sums run as those of `denseDot` do. */
export function packedForward(factor: usize, n: i32, l: usize): void {
  for (let i = 0; i < n; i += 2) {
    const upper = packedRow(factor, i);
    // Of an odd number the last row stands for both.
    const lower = i + 1 < n ? packedRow(factor, i + 1) : upper;
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let t0 = f64x2.splat(0);
    let t1 = f64x2.splat(0);
    let j = 0;
    for (; j + 4 <= i; j += 4) {
      const at: usize = 8 * <usize>j;
      const v = v128.load(l + at);
      const w = v128.load(l + at, 16);
      s0 = f64x2.add(s0, f64x2.mul(v128.load(upper + at), v));
      s1 = f64x2.add(s1, f64x2.mul(v128.load(upper + at, 16), w));
      t0 = f64x2.add(t0, f64x2.mul(v128.load(lower + at), v));
      t1 = f64x2.add(t1, f64x2.mul(v128.load(lower + at, 16), w));
    }
    let s = sum(f64x2.add(s0, s1));
    let t = sum(f64x2.add(t0, t1));
    for (; j < i; j++) {
      s += load<f64>(upper + 8 * j) * load<f64>(l + 8 * j);
      t += load<f64>(lower + 8 * j) * load<f64>(l + 8 * j);
    }
    const at = l + 8 * <usize>i;
    const value = (load<f64>(at) - s) / load<f64>(upper + 8 * i);
    store<f64>(at, value);
    if (i + 1 == n) return;
    t += load<f64>(lower + 8 * i) * value;
    store<f64>(at, (load<f64>(at, 8) - t) / load<f64>(lower + 8 * i, 8), 8);
  }
}

@inline
function sum(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** Solves L' r = r in place, two rows at a time. */
export function packedBackward(factor: usize, n: i32, r: usize): void {
  let i = n - 1;
  for (; i > 0; i -= 2) {
    const lower = packedRow(factor, i);
    const upper = packedRow(factor, i - 1);
    const at = r + 8 * <usize>i;
    const last = load<f64>(at) / load<f64>(lower + 8 * i);
    store<f64>(at, last);
    const before = (load<f64>(at - 8) - last * load<f64>(lower + 8 * (i - 1))) / load<f64>(upper + 8 * (i - 1));
    store<f64>(at - 8, before);
    const f = f64x2.splat(last);
    const g = f64x2.splat(before);
    let j = 0;
    for (; j + 2 < i; j += 2) {
      const v = f64x2.sub(v128.load(r + 8 * j), f64x2.mul(f, v128.load(lower + 8 * j)));
      v128.store(r + 8 * j, f64x2.sub(v, f64x2.mul(g, v128.load(upper + 8 * j))));
    }
    for (; j < i - 1; j++) {
      const v = load<f64>(r + 8 * j) - last * load<f64>(lower + 8 * j);
      store<f64>(r + 8 * j, v - before * load<f64>(upper + 8 * j));
    }
  }
  if (i == 0) store<f64>(r, load<f64>(r) / load<f64>(factor));
}
