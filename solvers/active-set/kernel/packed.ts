// Triangles packed by rows: row i of L has i + 1 numbers. And sums of four rows.

/** y += f_0 x_0, then f_1 x_1, f_2 x_2 and f_3 x_3, of n entries, an even number; the x are rows of n, by their names. */
export function axpyFour(f: usize, rows: usize, names: usize, y: usize, n: i32): void {
  const width: usize = 8 * <usize>n;
  let x0 = rows + width * load<i32>(names);
  let x1 = rows + width * load<i32>(names, 4);
  let x2 = rows + width * load<i32>(names, 8);
  let x3 = rows + width * load<i32>(names, 12);
  const f0 = v128.load64_splat(f);
  const f1 = v128.load64_splat(f, 8);
  const f2 = v128.load64_splat(f, 16);
  const f3 = v128.load64_splat(f, 24);
  for (const end = y + width; y < end; y += 16) {
    let v = f64x2.add(v128.load(y), f64x2.mul(f0, v128.load(x0)));
    v = f64x2.add(v, f64x2.mul(f1, v128.load(x1)));
    v = f64x2.add(v, f64x2.mul(f2, v128.load(x2)));
    v128.store(y, f64x2.add(v, f64x2.mul(f3, v128.load(x3))));
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
  }
}

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
