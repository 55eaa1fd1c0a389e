/**
 * Reduction of an angle (Payne and Hanek 1983; FDLIBM's e_rem_pio2.c and k_rem_pio2.c, written anew):
 *
 *   x = n pi/2 + y,   |y| <= pi/4,   y = y0 + y1.
 *
 * Up to 2^20 pi/2 by taking n times pi/2, in parts of 33 bits, from x; beyond by multiplying the 53 bits of x with those digits of
 * 2/pi that matter: digits further up make multiples of 8, digits further down lie below the last bit.
 */
import { highWord, powerOfTwo } from './bits.js';

/** pi/2 as sums of parts of 33 bits, and what each sum leaves. */
const [A, A_REST] = [1.5707963267341256, 6.077100506506192e-11];
const [B, B_REST] = [6.077100506303966e-11, 2.0222662487959506e-21];
const [C, C_REST] = [2.0222662487111665e-21, 8.4784276603689e-32];
const TWO_OVER_PI = 0.6366197723675814;

/** Writes y0 and y1 and returns n modulo 4 (of either sign), for finite |x| > pi/4. */
export function reduceAngle(x: number, y: Float64Array): number {
  const size = highWord(x) & 0x7fffffff;
  if (size < 0x413921fb) {
    // The nearest multiple for most angles below 9 pi/4; close to a multiple of pi/2 this would lose bits.
    if (size <= 0x401c463b && (size & 0xfffff) !== 0x921fb && size !== 0x4012d97c) {
      const multiple = size <= 0x4002d97c ? 1 : size <= 0x400f6a7a ? 2 : size <= 0x4015fdbc ? 3 : 4;
      return subtract(x, x > 0 ? multiple : -multiple, y);
    }
    return subtractClose(x, size, y);
  }
  // |x| = 2^exponent times an integer of three digits in base 2^24.
  const exponent = (size >> 20) - 1046;
  let z = Math.abs(x) * powerOfTwo(-exponent);
  for (let i = 0; i < 3; i++) {
    digits[i] = Math.floor(z);
    z = (z - digits[i]) * 16777216;
  }
  const n = multiply(exponent, y);
  if (x > 0) return n;
  y[0] = -y[0];
  y[1] = -y[1];
  return -n;
}

function subtract(x: number, n: number, y: Float64Array): number {
  const z = x - n * A;
  y[0] = z - n * A_REST;
  y[1] = z - y[0] - n * A_REST;
  return n;
}

/** By how many bits y0 is smaller than an angle of that high word. */
const cancelled = (size: number, y0: number) => (size >> 20) - ((highWord(y0) >> 20) & 0x7ff);

/** Takes further parts of pi/2 where the first cancel so many bits of x that the rest shows. */
function subtractClose(x: number, size: number, y: Float64Array): number {
  const n = Math.round(x * TWO_OVER_PI);
  let r = x - n * A;
  let w = n * A_REST;
  y[0] = r - w;
  if (cancelled(size, y[0]) > 16) {
    let before = r;
    w = n * B;
    r = before - w;
    w = n * B_REST - (before - r - w);
    y[0] = r - w;
    if (cancelled(size, y[0]) > 49) {
      before = r;
      w = n * C;
      r = before - w;
      w = n * C_REST - (before - r - w);
      y[0] = r - w;
    }
  }
  y[1] = r - y[0] - w;
  return n;
}

/** 2/pi in digits of 24 bits. */
const DIGITS = (
  'a2f983 6e4e44 1529fc 2757d1 f534dd c0db62 95993c 439041 fe5163 abdebb c561b7 246e3a 424dd2 e00649 2eea09 d1921c fe1deb ' +
  '1cb129 a73ee8 8235f5 2ebb44 84e99c 7026b4 5f7e41 3991d6 398353 39f49c 845f8b bdf928 3b1ff8 97ffde 05980f ef2f11 8b5a0a ' +
  '6d1f6d 367ecf 27cb09 b74f46 3f669e 5fea2d 7527ba c7ebe5 f17b3d 0739f7 8a5292 ea6bfb 5fb11f 8d5d08 560330 46fc7b 6babf0 ' +
  'cfbc20 9af436 1da9e3 91615e e61b08 659985 5f14a0 68408d ffd880 4d7327 310606 1556ca 73a8c9 60e27b c08c6b'
)
  .split(' ')
  .map((digit) => Number.parseInt(digit, 16));

/** pi/2 in doubles of 24 bits. */
const PI2 = [
  1.570796251296997, 7.549789415861596e-8, 5.390302529957765e-15, 3.282003415807913e-22, 1.270655753080676e-29,
];

const BASE = 16777216;
const TERMS = 4;
const digits = new Float64Array(3);
/** The product by columns, and the same in digits with the least first. */
const columns = new Float64Array(24);
const product = new Int32Array(24);
const parts = new Float64Array(24);

/**
 * Writes the y of |x| = 2^exponent (d0 + d1 / 2^24 + d2 / 2^48), the three digits in `digits`, and returns n modulo 8. Begins with five
 * digits of the product and takes more until the fraction shows.
 */
function multiply(exponent: number, y: Float64Array): number {
  const first = Math.max(0, Math.trunc((exponent - 3) / 24));
  let shift = exponent - 24 * (first + 1);
  let last = TERMS;
  let top: number;
  let n: number;
  /** Whether y is taken from above: 1 - fraction. */
  let above: boolean;
  for (let from = 0; ; ) {
    for (let i = from; i <= last; i++) {
      columns[i] = 0;
      for (let j = 0; j < 3; j++) columns[i] += digits[j] * (DIGITS[first + i - j] ?? 0);
    }
    let z = columns[last];
    for (let i = 0; i < last; i++) {
      const carry = Math.trunc(z / BASE);
      product[i] = z - BASE * carry;
      z = columns[last - i - 1] + carry;
    }
    // The integer part is n, what is left of the topmost digit is the start of the fraction.
    z *= powerOfTwo(shift);
    z -= 8 * Math.floor(z / 8);
    n = Math.trunc(z);
    top = z - n;
    if (shift > 0) {
      const integer = product[last - 1] >> (24 - shift);
      n += integer;
      product[last - 1] -= integer << (24 - shift);
    }
    above = shift > 0 ? product[last - 1] >> (23 - shift) > 0 : shift === 0 ? product[last - 1] >> 23 > 0 : top >= 0.5;
    if (above) {
      n++;
      let carried = 0;
      for (let i = 0; i < last; i++) {
        if (carried === 0 && product[i] === 0) continue;
        product[i] = BASE - carried - product[i];
        carried = 1;
      }
      if (shift > 0) product[last - 1] &= (BASE >> shift) - 1;
      if (shift < 0) top = 1 - top - carried * powerOfTwo(shift);
    }
    if (top !== 0 || product.subarray(TERMS, last).some((digit) => digit !== 0)) break;
    from = last + 1;
    for (let k = 1; product[TERMS - k] === 0; k++) last++;
    last++;
  }
  if (top === 0) {
    do {
      last--;
      shift -= 24;
    } while (product[last] === 0);
  } else {
    const z = top * powerOfTwo(-shift);
    const carry = Math.trunc(z / BASE);
    product[last] = z - BASE * carry;
    if (z >= BASE) {
      shift += 24;
      product[++last] = carry;
    }
  }
  // The fraction times pi/2, from the least part up.
  for (let i = last, unit = powerOfTwo(shift); i >= 0; i--, unit /= BASE) columns[i] = unit * product[i];
  let sum = 0;
  for (let i = 0; i <= last; i++) {
    parts[last - i] = 0;
    for (let k = 0; k <= TERMS && k <= last - i; k++) parts[last - i] += PI2[k] * columns[i + k];
  }
  for (let i = last; i >= 0; i--) sum += parts[i];
  let rest = parts[0] - sum;
  for (let i = 1; i <= last; i++) rest += parts[i];
  y[0] = above ? -sum : sum;
  y[1] = above ? -rest : rest;
  return n & 7;
}
