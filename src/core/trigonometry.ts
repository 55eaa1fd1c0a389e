/**
 * cos, tan and atan by the method of FDLIBM (Sun Microsystems 1993), written anew. An angle is brought to
 *
 *   x = n pi/2 + y,   |y| <= pi/4,   y = y0 + y1 with y1 below the last bit of y0 (angle.ts),
 *
 * where polynomials give the cosine, the sine and the tangent of y; atan brings |x| to an interval around 0 by
 * atan x = atan c + atan((x - c) / (1 + x c)), c = 1/2, 1, 3/2 or infinity. All three err by less than 1 ulp.
 */
import { reduceAngle } from './angle.js';
import { coarse, highWord } from './bits.js';

const y = new Float64Array(2);

/** The high word of pi / 4. */
const QUARTER = 0x3fe921fb;

/** The cosine of x radians; NaN at infinity. */
export function cos(x: number): number {
  const size = highWord(x) & 0x7fffffff;
  if (size <= QUARTER) return size < 0x3e400000 ? 1 : cosKernel(x, 0);
  if (size >= 0x7ff00000) return Number.NaN;
  const n = reduceAngle(x, y) & 3;
  if (n === 0) return cosKernel(y[0], y[1]);
  if (n === 1) return -sinKernel(y[0], y[1]);
  return n === 2 ? -cosKernel(y[0], y[1]) : sinKernel(y[0], y[1]);
}

/** The tangent of x radians; NaN at infinity. */
export function tan(x: number): number {
  const size = highWord(x) & 0x7fffffff;
  if (size <= QUARTER) return size < 0x3e400000 ? x : tanKernel(x, 0, false);
  if (size >= 0x7ff00000) return Number.NaN;
  const n = reduceAngle(x, y);
  return tanKernel(y[0], y[1], (n & 1) === 1);
}

/** cos(y0 + y1) */
function cosKernel(y0: number, y1: number): number {
  const z = y0 * y0;
  const w = z * z;
  let r = z * (4.16666666666666e-2 + z * (-1.388888888887411e-3 + z * 2.480158728947673e-5));
  r += w * w * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11));
  const half = 0.5 * z;
  const first = 1 - half;
  return first + (1 - first - half + (z * r - y0 * y1));
}

/** sin(y0 + y1) */
function sinKernel(y0: number, y1: number): number {
  const z = y0 * y0;
  const w = z * z;
  const r =
    8.33333333332249e-3 +
    z * (-1.984126982985795e-4 + z * 2.7557313707070068e-6) +
    z * w * (-2.5050760253406863e-8 + z * 1.58969099521155e-10);
  const cube = z * y0;
  if (y1 === 0) return y0 + cube * (-0.16666666666666632 + z * r);
  return y0 - (z * (0.5 * y1 - cube * r) - y1 - cube * -0.16666666666666632);
}

/** pi / 4 in two parts. */
const PI4 = 0.7853981633974483;
const PI4_LOW = 3.061616997868383e-17;

/** tan(y0 + y1), or -1 / tan(y0 + y1) if `inverse`; near pi/4 by tan(pi/4 - t) = 1 - 2 tan t / (1 + tan t). */
function tanKernel(y0: number, y1: number, inverse: boolean): number {
  const sign = y0 < 0 ? -1 : 1;
  const near = Math.abs(y0) >= 0.67434;
  const x = near ? PI4 - sign * y0 + (PI4_LOW - sign * y1) : y0;
  const rest = near ? 0 : y1;
  const z = x * x;
  const w = z * z;
  const odd =
    0.13333333333320124 +
    w *
      (2.1869488294859542e-2 +
        w *
          (3.5920791075913124e-3 +
            w * (5.880412408202641e-4 + w * (7.817944429395571e-5 + w * -1.8558637485527546e-5))));
  const even =
    z *
    (5.396825397622605e-2 +
      w *
        (8.8632398235993e-3 +
          w *
            (1.4562094543252903e-3 +
              w * (2.464631348184699e-4 + w * (7.140724913826082e-5 + w * 2.590730518636337e-5)))));
  const cube = z * x;
  const r = rest + z * (cube * (odd + even) + rest) + 0.3333333333333341 * cube;
  const value = x + r;
  if (near) {
    const v = inverse ? -1 : 1;
    return sign * (v - 2 * (x - ((value * value) / (value + v) - r)));
  }
  if (!inverse) return value;
  // -1 / (x + r) with the error of the quotient put right.
  const head = coarse(value);
  const tail = r - (head - x);
  const quotient = -1 / value;
  const first = coarse(quotient);
  return first + quotient * (1 + first * head + first * tail);
}

/** The angle, in radians from -pi/2 to pi/2, whose tangent is x. */
export function atan(x: number): number {
  const size = Math.abs(x);
  if (size < 7.450580596923828e-9) return x;
  const sign = x < 0 ? -1 : 1;
  if (size >= 73786976294838210000) return sign * (1.5707963267948966 + 6.123233995736766e-17);
  if (size < 0.4375) return x - x * atanSeries(x);
  const [t, high, low] =
    size < 0.6875
      ? [(2 * size - 1) / (2 + size), 0.4636476090008061, 2.2698777452961687e-17]
      : size < 1.1875
        ? [(size - 1) / (size + 1), PI4, PI4_LOW]
        : size < 2.4375
          ? [(size - 1.5) / (1 + 1.5 * size), 0.982793723247329, 1.3903311031230998e-17]
          : [-1 / size, 1.5707963267948966, 6.123233995736766e-17];
  return sign * (high - (t * atanSeries(t) - low - t));
}

/** 1 - atan(t) / t for |t| <= 7/16. */
function atanSeries(t: number): number {
  const z = t * t;
  const w = z * z;
  const odd =
    z *
    (0.3333333333333293 +
      w *
        (0.14285714272503466 +
          w *
            (9.090887133436507e-2 +
              w * (6.661073137387531e-2 + w * (4.9768779946159324e-2 + w * 1.6285820115365782e-2)))));
  const even =
    w *
    (-0.19999999999876483 +
      w *
        (-0.11111110405462356 +
          w * (-7.69187620504483e-2 + w * (-5.8335701337905735e-2 + w * -3.6531572744216916e-2))));
  return odd + even;
}
