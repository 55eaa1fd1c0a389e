// Triangles packed by rows: row i of L has i + 1 numbers.
import { denseDot as dot } from "../../../src/dense/kernel/dense";

export function packedRow(factor: usize, i: i32): usize {
  return factor + 8 * ((<usize>i * (i + 1)) >> 1);
}

/** Solves L l = l in place. */
export function packedForward(factor: usize, n: i32, l: usize): void {
  for (let i = 0; i < n; i++) {
    const at = packedRow(factor, i);
    store<f64>(l + 8 * i, (load<f64>(l + 8 * i) - dot(at, l, i)) / load<f64>(at + 8 * i));
  }
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
