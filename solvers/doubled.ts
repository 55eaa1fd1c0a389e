/**
 * Sums and inner products in twice the working precision, so that a residual of 1e-9 can be measured on data of
 * 1e9 (Ogita, Rump and Oishi 2005, Dot2; products split after Veltkamp).
 */

const SPLIT = 134217729; // 2^27 + 1

/** An accumulator: `high + low` is the sum so far. */
export interface Doubled {
  high: number;
  low: number;
}

/** Sums of n entries. Not named as the parts of one sum are: engines would keep both as what they share, boxes. */
export interface DoubledVector {
  highs: Float64Array;
  lows: Float64Array;
}

/** a + b less `sum`, its nearest double. */
export function errorOfSum(a: number, b: number, sum: number): number {
  const virtual = sum - a;
  return a - (sum - virtual) + (b - virtual);
}

/** a b less its nearest double, for numbers below 1e150 in magnitude. */
export function errorOfProduct(a: number, b: number): number {
  const ca = SPLIT * a;
  const a1 = ca - (ca - a);
  const a2 = a - a1;
  const cb = SPLIT * b;
  const b1 = cb - (cb - b);
  const b2 = b - b1;
  return a2 * b2 - (a * b - a1 * b1 - a2 * b1 - a1 * b2);
}

/** Adds a number. */
export function add(sum: Doubled, value: number): void {
  const high = sum.high + value;
  sum.low += errorOfSum(sum.high, value, high);
  sum.high = high;
}

/** Adds a product of two numbers below 1e150 in magnitude, with the error of its rounding. */
export function addProduct(sum: Doubled, a: number, b: number): void {
  add(sum, a * b);
  sum.low += errorOfProduct(a, b);
}

/**
 * The dot product of entries `from` to `to` of a with those of b in turn, or with those that `indices` name; added to `sum`. Zeros are
 * passed over. The hot form of `addProduct`.
 */
export function addDot(
  sum: Doubled,
  a: Float64Array,
  from: number,
  to: number,
  b: Float64Array,
  indices?: Int32Array,
): void {
  let { high, low } = sum;
  for (let p = from; p < to; p++) {
    const x = a[p];
    const y = b[indices ? indices[p] : p - from];
    if (x === 0 || y === 0) continue;
    const product = x * y;
    const cx = SPLIT * x;
    const x1 = cx - (cx - x);
    const x2 = x - x1;
    const cy = SPLIT * y;
    const y1 = cy - (cy - y);
    const y2 = y - y1;
    const next = high + product;
    const virtual = next - high;
    low += high - (next - virtual) + (product - virtual) + (x2 * y2 - (product - x1 * y1 - x2 * y1 - x1 * y2));
    high = next;
  }
  sum.high = high;
  sum.low = low;
}

/**
 * high + low += f a for entries `from` to `to` of a, each to the number whose turn it is, or that `indices` name. The hot form of
 * `addProduct` down a column.
 */
export function addScaled(
  high: Float64Array,
  low: Float64Array,
  f: number,
  a: Float64Array,
  from: number,
  to: number,
  indices?: Int32Array,
): void {
  const cf = SPLIT * f;
  const f1 = cf - (cf - f);
  const f2 = f - f1;
  for (let p = from; p < to; p++) {
    const k = indices ? indices[p] : p - from;
    const x = a[p];
    if (x === 0) continue;
    const product = f * x;
    const cx = SPLIT * x;
    const x1 = cx - (cx - x);
    const x2 = x - x1;
    const next = high[k] + product;
    const virtual = next - high[k];
    low[k] += high[k] - (next - virtual) + (product - virtual) + (f2 * x2 - (product - f1 * x1 - f2 * x1 - f1 * x2));
    high[k] = next;
  }
}

/** high_k + low_k += a_k x_k, or x_k without a. */
export function addProducts(highs: Float64Array, lows: Float64Array, x: Float64Array, a?: Float64Array): void {
  for (let k = 0; k < x.length; k++) {
    const value = a ? a[k] : 1;
    const product = value * x[k];
    const before = highs[k];
    const next = before + product;
    // One after the other, as `addProduct` does it.
    const low = lows[k] + errorOfSum(before, product, next);
    lows[k] = low + errorOfProduct(value, x[k]);
    highs[k] = next;
  }
}

/**
 * `addDot` of each row of a matrix with x, from zero, left in `dots`, and `addScaled` of the row by -y_i, to the other sums: one walk over the
 * entries a, whose halves serve both; `upper` has room for those of x. Row i begins at starts[i], and `indices` names its columns entry by
 * entry; or rows are full, and `indices` counts from 0 to n - 1.
 */
export function addBoth(
  a: Float64Array,
  x: Float64Array,
  y: Float64Array,
  dots: DoubledVector,
  { highs, lows }: DoubledVector,
  upper: Float64Array,
  indices: Int32Array,
  starts?: Int32Array,
): void {
  const n = x.length;
  for (let k = 0; k < n; k++) {
    const c = SPLIT * x[k];
    upper[k] = c - (c - x[k]);
  }
  for (let i = 0; i < y.length; i++) {
    const from = starts ? starts[i] : n * i;
    const to = starts ? starts[i + 1] : from + n;
    const shift = starts ? 0 : from;
    const f = -y[i];
    if (f === 0) {
      const sum = { high: 0, low: 0 };
      addDot(sum, a, from, to, x, starts && indices);
      dots.highs[i] = sum.high;
      dots.lows[i] = sum.low;
      continue;
    }
    const cf = SPLIT * f;
    const f1 = cf - (cf - f);
    const f2 = f - f1;
    let high = 0;
    let low = 0;
    for (let p = from; p < to; p++) {
      const value = a[p];
      if (value === 0) continue;
      const k = indices[p - shift];
      const c = SPLIT * value;
      const a1 = c - (c - value);
      const a2 = value - a1;
      const x1 = upper[k];
      const x2 = x[k] - x1;
      const dot = value * x[k];
      const sum = high + dot;
      const part = sum - high;
      low += high - (sum - part) + (dot - part) + (a2 * x2 - (dot - a1 * x1 - a2 * x1 - a1 * x2));
      high = sum;
      const product = f * value;
      const before = highs[k];
      const next = before + product;
      const virtual = next - before;
      lows[k] += before - (next - virtual) + (product - virtual) + (f2 * a2 - (product - f1 * a1 - f2 * a1 - f1 * a2));
      highs[k] = next;
    }
    dots.highs[i] = high;
    dots.lows[i] = low;
  }
}
