// Gram entries of dense rows: G_ij = n_i . n_j for fresh rows i with fresh and old rows j, in blocks of 4 x 2 rows
// (SIMD over the columns) and panels that stay in the first cache.
//
// `rows` holds `capacity` slots of `stride` doubles (even), `gram` capacity x capacity doubles.

let rows: usize = 0;
let stride: i32 = 0;
let gram: usize = 0;
let slotCapacity: i32 = 0;

/** Where the rows are, and where what is found goes. */
export function productsOf(rowPtr: usize, rowStride: i32, gramPtr: usize, capacity: i32): void {
  rows = rowPtr;
  stride = rowStride;
  gram = gramPtr;
  slotCapacity = capacity;
}

@inline
function row(slot: i32): usize {
  return rows + 8 * <usize>stride * slot;
}

@inline
function sum(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

@inline
function accumulate(i: i32, j: i32, value: v128): void {
  const at = gram + 8 * (<usize>i * slotCapacity + j);
  store<f64>(at, load<f64>(at) + sum(value));
}

/**
 * Adds to the Gram entries of four rows with two what the columns from byte `begin` to `end` contribute. Every row has its own pointer:
 * with one pointer and offsets V8 adds them anew for every load, which takes half as long again.
 */
export function products4x2(i0: i32, i1: i32, i2: i32, i3: i32, j0: i32, j1: i32, begin: usize, end: usize): void {
  let p0 = row(i0) + begin;
  let p1 = row(i1) + begin;
  let p2 = row(i2) + begin;
  let p3 = row(i3) + begin;
  let q0 = row(j0) + begin;
  let q1 = row(j1) + begin;
  const stop = row(i0) + end;
  let s00 = f64x2.splat(0);
  let s01 = f64x2.splat(0);
  let s10 = f64x2.splat(0);
  let s11 = f64x2.splat(0);
  let s20 = f64x2.splat(0);
  let s21 = f64x2.splat(0);
  let s30 = f64x2.splat(0);
  let s31 = f64x2.splat(0);
  for (; p0 < stop; p0 += 16) {
    const b0 = v128.load(q0);
    const b1 = v128.load(q1);
    let a = v128.load(p0);
    s00 = f64x2.add(s00, f64x2.mul(a, b0));
    s01 = f64x2.add(s01, f64x2.mul(a, b1));
    a = v128.load(p1);
    s10 = f64x2.add(s10, f64x2.mul(a, b0));
    s11 = f64x2.add(s11, f64x2.mul(a, b1));
    a = v128.load(p2);
    s20 = f64x2.add(s20, f64x2.mul(a, b0));
    s21 = f64x2.add(s21, f64x2.mul(a, b1));
    a = v128.load(p3);
    s30 = f64x2.add(s30, f64x2.mul(a, b0));
    s31 = f64x2.add(s31, f64x2.mul(a, b1));
    p1 += 16;
    p2 += 16;
    p3 += 16;
    q0 += 16;
    q1 += 16;
  }
  accumulate(i0, j0, s00);
  accumulate(i1, j0, s10);
  accumulate(i2, j0, s20);
  accumulate(i3, j0, s30);
  accumulate(i0, j1, s01);
  accumulate(i1, j1, s11);
  accumulate(i2, j1, s21);
  accumulate(i3, j1, s31);
}

/** Columns that four rows keep in the first cache. */
const PANEL: usize = 4096;

/**
 * Fills in the Gram entries of the `fresh` rows at slots[0..] with themselves and with the `old` rows that
 * follow them in `slots`, panel by panel. Blocks at the end are filled up with the last slot, which must not
 * be among them: its products are written, and nobody may read them.
 */
export function denseGram(
  rowPtr: usize,
  rowStride: i32,
  gramPtr: usize,
  capacity: i32,
  slots: usize,
  fresh: i32,
  old: i32,
): void {
  productsOf(rowPtr, rowStride, gramPtr, capacity);
  const all = fresh + old;
  const spare = slotCapacity - 1;
  for (let i = 0; i < fresh; i++) {
    const entries = gram + 8 * <usize>slotCapacity * load<i32>(slots + 4 * i);
    for (let j = 0; j < all; j++) store<f64>(entries + 8 * load<i32>(slots + 4 * j), 0);
  }
  const width: usize = 8 * <usize>stride;
  for (let begin: usize = 0; begin < width; begin += PANEL) {
    const end = min(begin + PANEL, width);
    for (let i = 0; i < fresh; i += 4) {
      const i0 = load<i32>(slots + 4 * i);
      const i1 = i + 1 < fresh ? load<i32>(slots + 4 * (i + 1)) : spare;
      const i2 = i + 2 < fresh ? load<i32>(slots + 4 * (i + 2)) : spare;
      const i3 = i + 3 < fresh ? load<i32>(slots + 4 * (i + 3)) : spare;
      // Fresh rows before this block have met it already.
      for (let j = i; j < all; j += 2) {
        const j1 = j + 1 < all ? load<i32>(slots + 4 * (j + 1)) : spare;
        products4x2(i0, i1, i2, i3, load<i32>(slots + 4 * j), j1, begin, end);
      }
    }
  }
  for (let i = 0; i < fresh; i++) {
    const from = load<i32>(slots + 4 * i);
    for (let j = i; j < all; j++) {
      const to = load<i32>(slots + 4 * j);
      store<f64>(gram + 8 * (<usize>to * slotCapacity + from), load<f64>(gram + 8 * (<usize>from * slotCapacity + to)));
    }
  }
}
