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
