// Inner loops of the dual Newton method (see ../dual-newton.ts). With v = N'y, variable k stands at
//
//   w_k(v_k) = clip( soft(v_k + shift_k, price_k) / (theta metric_k), lower_k, upper_k ),
//
// soft(x, a) = sign(x) max(|x| - a, 0); it is free where it moves with v_k. H = sum over the free k of n_k n_k' / metric_k,
// n_k the column of variable k: lower triangle, `capacity` doubles from row to row.

import { denseDot as dot } from "../../../src/dense/kernel/dense";

let variables: i32 = 0;
let stride: i32 = 0;
let lower: usize = 0;
let upper: usize = 0;
let price: usize = 0;
let metric: usize = 0;
let shift: usize = 0;
let free: usize = 0;

/** Binds the kernel to variables; `freePtr` holds a byte for each, all 0 where H is. */
export function newtonBind(
  variableCount: i32,
  rowStride: i32,
  lowerPtr: usize,
  upperPtr: usize,
  pricePtr: usize,
  metricPtr: usize,
  shiftPtr: usize,
  freePtr: usize,
): void {
  variables = variableCount;
  stride = rowStride;
  lower = lowerPtr;
  upper = upperPtr;
  price = pricePtr;
  metric = metricPtr;
  shift = shiftPtr;
  free = freePtr;
}

let isFree: bool = false;

@inline
function weightAt(at: usize, v: f64, theta: f64): f64 {
  const x = v + load<f64>(shift + at);
  const a = load<f64>(price + at);
  const low = load<f64>(lower + at);
  const high = load<f64>(upper + at);
  const s = x > a ? x - a : x < -a ? x + a : 0;
  const w = s / (theta * load<f64>(metric + at));
  isFree = false;
  if (w >= high) return high;
  if (w <= low) return low;
  isFree = s != 0 || a == 0;
  return w;
}

/** w(v), and in `changed` the variables whose freedom is not what it was; returns how many. */
export function newtonWeights(v: usize, theta: f64, w: usize, changed: usize): i32 {
  let n = 0;
  for (let k = 0; k < variables; k++) {
    const at = 8 * <usize>k;
    store<f64>(w + at, weightAt(at, load<f64>(v + at), theta));
    if (isFree != (load<u8>(free + k) != 0)) store<i32>(changed + 4 * n++, k);
  }
  return n;
}

/** step . w(v + t step): what the slope of the dual along a step loses to the variables. */
export function newtonSlope(v: usize, step: usize, t: f64, theta: f64): f64 {
  let sum: f64 = 0;
  for (let k = 0; k < variables; k++) {
    const at = 8 * <usize>k;
    const s = load<f64>(step + at);
    sum += s * weightAt(at, load<f64>(v + at) + t * s, theta);
  }
  return sum;
}

/** Adds variable k to H over the first m rows, or takes it away; `column` is scratch of m doubles. */
export function newtonToggle(k: i32, rows: usize, m: i32, h: usize, capacity: i32, column: usize): void {
  const held = load<u8>(free + k) != 0;
  store<u8>(free + k, held ? 0 : 1);
  const f = (held ? -1 : 1) / load<f64>(metric + 8 * <usize>k);
  for (let i = 0; i < m; i++) store<f64>(column + 8 * i, load<f64>(rows + 8 * (<usize>stride * i + k)));
  for (let i = 0; i < m; i++) {
    const g = f * load<f64>(column + 8 * i);
    if (g == 0) continue;
    const to = h + 8 * <usize>capacity * i;
    const gg = f64x2.splat(g);
    let j = 0;
    for (; j + 2 <= i + 1; j += 2) {
      v128.store(to + 8 * j, f64x2.add(v128.load(to + 8 * j), f64x2.mul(gg, v128.load(column + 8 * j))));
    }
    for (; j <= i; j++) store<f64>(to + 8 * j, load<f64>(to + 8 * j) + g * load<f64>(column + 8 * j));
  }
}

/** Makes the rows first..last of H from the rows themselves; `masked` is scratch of `stride` doubles. */
export function newtonRows(rows: usize, first: i32, last: i32, h: usize, capacity: i32, masked: usize): void {
  for (let i = first; i < last; i++) {
    const row = rows + 8 * <usize>stride * i;
    for (let k = 0; k < variables; k++) {
      const at = 8 * <usize>k;
      store<f64>(masked + at, load<u8>(free + k) ? load<f64>(row + at) / load<f64>(metric + at) : 0);
    }
    const to = h + 8 * <usize>capacity * i;
    for (let j = 0; j <= i; j++) store<f64>(to + 8 * j, dot(masked, rows + 8 * <usize>stride * j, variables));
  }
}

/** The part of H of the rows `ids`, `a` of them, ascending, with `ridge` added on the diagonal. */
export function newtonGather(ids: usize, a: i32, h: usize, capacity: i32, ridge: usize, factor: usize, width: i32): void {
  for (let i = 0; i < a; i++) {
    const id = load<i32>(ids + 4 * i);
    const from = h + 8 * <usize>capacity * id;
    const to = factor + 8 * <usize>width * i;
    for (let j = 0; j <= i; j++) store<f64>(to + 8 * j, load<f64>(from + 8 * <usize>load<i32>(ids + 4 * j)));
    store<f64>(to + 8 * i, load<f64>(to + 8 * i) + load<f64>(ridge + 8 * id));
  }
}
