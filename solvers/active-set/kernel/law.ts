// A law y = y0 + sum_k step_k a_k of n steps, in blocks of eight entries of y: a block holds those of a_1, then of a_2, and so on.

/** Writes entry i of a_k. */
export function lawKeep(law: usize, n: i32, i: i32, k: i32, value: f64): void {
  store<f64>(law + 64 * ((i >> 3) * n + k) + 8 * (i & 7), value);
}

/** The first `count` entries of y, and up to seven behind them, at `to`. */
export function lawSums(law: usize, n: i32, count: i32, steps: usize, from: usize, to: usize): void {
  let at = law;
  for (let i = 0; i < count; i += 8) {
    let s0 = v128.load(from + 8 * i);
    let s1 = v128.load(from + 8 * i, 16);
    let s2 = v128.load(from + 8 * i, 32);
    let s3 = v128.load(from + 8 * i, 48);
    for (let k = 0; k < n; k++, at += 64) {
      const step = v128.load64_splat(steps + 8 * k);
      s0 = f64x2.add(s0, f64x2.mul(step, v128.load(at)));
      s1 = f64x2.add(s1, f64x2.mul(step, v128.load(at, 16)));
      s2 = f64x2.add(s2, f64x2.mul(step, v128.load(at, 32)));
      s3 = f64x2.add(s3, f64x2.mul(step, v128.load(at, 48)));
    }
    v128.store(to + 8 * i, s0);
    v128.store(to + 8 * i, s1, 16);
    v128.store(to + 8 * i, s2, 32);
    v128.store(to + 8 * i, s3, 48);
  }
}
