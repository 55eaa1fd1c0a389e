/**
 * e^x and e^x - 1 by the method of FDLIBM (Sun Microsystems 1993, e_exp.c and s_expm1.c), written anew:
 *
 *   x = k ln 2 + r,  |r| <= ln(2) / 2,  ln 2 in two parts so that r = high - low is exact to the last bit,
 *   e^r = 1 + r + r c / (2 - c),        c = r - r^2 (P1 + P2 r^2 + ... + P5 r^8),
 *   e^r - 1 = r + r^2 / 2 + ...         by the rational approximation with Q1 ... Q5,   e^x = 2^k e^r.
 *
 * Both err by less than 1 ulp.
 */
import { powerOfTwo } from './bits.js';

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Above it e^x overflows. */
const MOST = 709.782712893384;
/** Below it e^x is less than 2^-1074, the least subnormal number, and is given as 0. */
const LEAST = -744.4400719213812;
const TINY = 1 / (1 << 28);
/** 2^-54: what an addition to 1 does not see. */
const NOTHING = 5.551115123125783e-17;

/** e^x */
export function exp(x: number): number {
  if (x > MOST) return Number.POSITIVE_INFINITY;
  if (x < LEAST) return 0;
  if (x > -TINY && x < TINY) return 1 + x;
  const k = Math.trunc(x < 0 ? Math.LOG2E * x - 0.5 : Math.LOG2E * x + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const z = r * r;
  const c =
    r -
    z *
      (0.16666666666666602 +
        z *
          (-2.7777777777015593e-3 +
            z * (6.613756321437934e-5 + z * (-1.6533902205465252e-6 + z * 4.1381367970572385e-8))));
  const value = 1 - (low - (r * c) / (2 - c) - high);
  return k >= -1021 && k <= 1023 ? value * powerOfTwo(k) : scaled(value, k);
}

/** value 2^k where 2^k or the result is no normal number; rounds once. NaN if k is NaN. */
function scaled(value: number, k: number): number {
  return k > 0 ? value * 2 * powerOfTwo(k - 1) : value * powerOfTwo(k + 200) * powerOfTwo(-200);
}

/** e^x - 1, exact to the last bits also where e^x is close to 1. */
export function expm1(x: number): number {
  if (x > MOST) return Number.POSITIVE_INFINITY;
  if (x < -40) return -1;
  if (x > -NOTHING && x < NOTHING) return x;
  let k = 0;
  let r = x;
  let lost = 0;
  if (x > 0.5 * Math.LN2 || x < -0.5 * Math.LN2) {
    k = Math.trunc(x < 0 ? Math.LOG2E * x - 0.5 : Math.LOG2E * x + 0.5);
    const high = x - k * LN2_HIGH;
    const low = k * LN2_LOW;
    r = high - low;
    lost = high - r - low;
  }
  const half = 0.5 * r;
  const z = r * half;
  const q =
    1 +
    z *
      (-3.333333333333313e-2 +
        z *
          (1.5873015872548146e-3 +
            z * (-7.93650757867488e-5 + z * (4.008217827329362e-6 + z * -2.0109921818362437e-7))));
  const t = 3 - q * half;
  let e = z * ((q - t) / (6 - r * t));
  if (k === 0) return r - (r * e - z);
  // e^r - 1 = r - e. The cases keep the subtraction of 1 from taking bits away.
  e = r * (e - lost) - lost - z;
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k <= -2 || k > 56) {
    const value = 1 - (e - r);
    return (k === 1024 ? value * 2 * powerOfTwo(1023) : value * powerOfTwo(k)) - 1;
  }
  const rest = powerOfTwo(-k);
  return (k < 20 ? 1 - rest - (e - r) : r - (e + rest) + 1) * powerOfTwo(k);
}
