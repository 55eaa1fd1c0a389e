/**
 * ln x and ln(1 + x) by the method of FDLIBM (Sun Microsystems 1993, e_log.c), written anew:
 *
 *   x = 2^k (1 + f),  sqrt(1/2) < 1 + f < sqrt(2),   s = f / (2 + f),
 *   ln(1 + f) = 2 artanh(s) = f - s (f - R) = f - (f^2/2 - s (f^2/2 + R)),   R = s^2 (L1 + L2 s^2 + ... + L7 s^12),
 *   ln x = k ln 2 + ln(1 + f),   ln 2 in two parts so that k times the first is exact.
 *
 * ln errs by less than 1 ulp, log1p by less than 1.5 ulp.
 */
import { highWord, powerOfTwo } from './bits.js';

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** 2^-54: what an addition to 1 does not see. */
const NOTHING = 5.551115123125783e-17;

/** ln x; -Infinity at 0, NaN below. */
export function ln(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = 0;
  let value = x;
  let high = highWord(x);
  if (high < 0x00100000) {
    // Subnormal.
    k = -54;
    value *= 18014398509481984;
    high = highWord(value);
  }
  let exponent = (high >> 20) - 1023;
  high &= 0xfffff;
  // Fractions above sqrt(2) are halved.
  exponent += (high + 0x95f64) >> 20;
  k += exponent;
  const f = (exponent > 1022 ? 0.25 * value * powerOfTwo(2 - exponent) : value * powerOfTwo(-exponent)) - 1;
  if ((0xfffff & (2 + high)) < 3) {
    // |f| < 2^-20
    if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + k * LN2_LOW;
    const R = f * f * (0.5 - 0.3333333333333333 * f);
    return k === 0 ? f - R : k * LN2_HIGH - (R - k * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const R = odd + even;
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const square = 0.5 * f * f;
    if (k === 0) return f - (square - s * (square + R));
    return k * LN2_HIGH - (square - (s * (square + R) + k * LN2_LOW) - f);
  }
  if (k === 0) return f - s * (f - R);
  return k * LN2_HIGH - (s * (f - R) - k * LN2_LOW - f);
}

/** ln(1 + x), exact to the last bits also where 1 + x is close to 1: u = 1 + x rounded, and what the rounding lost. */
export function log1p(x: number): number {
  if ((x > -NOTHING && x < NOTHING) || x === Number.POSITIVE_INFINITY) return x;
  const u = 1 + x;
  const lost = x > 1 ? 1 - (u - x) : x - (u - 1);
  return u > 0 ? ln(u) + lost / u : ln(u);
}
