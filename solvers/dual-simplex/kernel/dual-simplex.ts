// The passes of the dual simplex method over all variables; what they mean stands in dual-simplex.ts one folder up.
// Tables of `n` doubles: x, lower, upper, reduced costs r, alpha; `placeOf` is -1 of a variable at a bound.

/**
 * Turns alpha = A'z into p - A'z, with `own` the row p or 0 for none, and lists the variables whose reduced costs change
 * sign when the dual moves by at most `longest`: where they do, and how much of the violation a jump takes away.
 */
export function simplexCandidates(
  n: i32,
  own: usize,
  alpha: usize,
  x: usize,
  lower: usize,
  upper: usize,
  r: usize,
  placeOf: usize,
  sign: f64,
  longest: f64,
  list: usize,
  ratio: usize,
  gain: usize,
): i32 {
  let count = 0;
  for (let k = 0; k < n; k++) {
    const at = 8 * <usize>k;
    const entry = (own ? load<f64>(own + at) : 0) - load<f64>(alpha + at);
    store<f64>(alpha + at, entry);
    if (entry == 0 || load<i32>(placeOf + 4 * k) >= 0) continue;
    const low = load<f64>(lower + at);
    const width = load<f64>(upper + at) - low;
    if (width == 0) continue;
    const change = sign * entry;
    if (load<f64>(x + at) == low ? change < 0 : change > 0) continue;
    const t = max(load<f64>(r + at) / change, 0);
    if (t > longest) continue;
    store<f64>(ratio + at, t);
    store<f64>(gain + at, Math.abs(entry) * width);
    store<i32>(list + 4 * count++, k);
  }
  return count;
}

/** r -= step alpha of the variables at their bounds. */
export function simplexMove(n: i32, r: usize, alpha: usize, placeOf: usize, step: f64): void {
  for (let k = 0; k < n; k++) {
    if (load<i32>(placeOf + 4 * k) >= 0) continue;
    const at = r + 8 * <usize>k;
    store<f64>(at, load<f64>(at) - step * load<f64>(alpha + 8 * <usize>k));
  }
}
