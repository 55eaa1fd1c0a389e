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

/** Adds a number. */
export function add(sum: Doubled, value: number): void {
  const high = sum.high + value;
  const virtual = high - sum.high;
  sum.low += sum.high - (high - virtual) + (value - virtual);
  sum.high = high;
}

/** Adds a product of two numbers below 1e150 in magnitude, with the error of its rounding. */
export function addProduct(sum: Doubled, a: number, b: number): void {
  const product = a * b;
  const ca = SPLIT * a;
  const a1 = ca - (ca - a);
  const a2 = a - a1;
  const cb = SPLIT * b;
  const b1 = cb - (cb - b);
  const b2 = b - b1;
  add(sum, product);
  sum.low += a2 * b2 - (product - a1 * b1 - a2 * b1 - a1 * b2);
}
