// Elementary functions for kernels whose results have to be those of plain TypeScript, to the last bit: the same operations in
// the same order as src/core/{exponential,logarithm,math}.ts, where the methods and the bounds of their errors stand.

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const LOG2E: f64 = 1.4426950408889634;

/** 2^k for -1022 <= k <= 1023. */
@inline
function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>((<i64>k + 1023) << 52);
}

/** e^x */
// Named for tests.
export function elementaryExp(x: f64): f64 {
  if (x > 709.782712893384) return Infinity;
  if (x < -744.4400719213812) return 0;
  if (x > -3.725290298461914e-9 && x < 3.725290298461914e-9) return 1 + x;
  if (x != x) return x;
  const turns = trunc(x < 0 ? LOG2E * x - 0.5 : LOG2E * x + 0.5);
  const high = x - turns * LN2_HIGH;
  const low = turns * LN2_LOW;
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
  const k = <i32>turns;
  if (k >= -1021 && k <= 1023) return value * powerOfTwo(k);
  return k > 0 ? value * 2 * powerOfTwo(k - 1) : value * powerOfTwo(k + 200) * powerOfTwo(-200);
}

/** e^-x for x >= 0 */
// Named for tests.
export function elementaryDecay(x: f64): f64 {
  if (x > 0.0625) return elementaryExp(-x);
  return (
    1 -
    x *
      (1 -
        x *
          (1.0 / 2.0 -
            x *
              (1.0 / 6.0 -
                x * (1.0 / 24.0 - x * (1.0 / 120.0 - x * (1.0 / 720.0 - x * (1.0 / 5040.0 - x / 40320.0)))))))
  );
}

/** phi_k(z), k = 1 or 2 */
// Named for tests.
export function elementaryPhi(k: i32, z: f64): f64 {
  if (z > -1.5 && z < 1.5) {
    let sum: f64 = 1;
    for (let n = z > -0.0625 && z < 0.0625 ? 10 : 24; n > 0; n--) sum = 1 + (sum * z) / <f64>(n + k);
    return sum / <f64>k;
  }
  const first = (elementaryExp(z) - 1) / z;
  return k == 1 ? first : (first - 1) / z;
}

/** ln x */
// Named for tests.
export function elementaryLn(x: f64): f64 {
  if (x == 0) return -Infinity;
  if (!(x > 0)) return NaN;
  if (x == Infinity) return x;
  let k: i32 = 0;
  let value = x;
  let high = <i32>(reinterpret<i64>(x) >> 32);
  if (high < 0x00100000) {
    k = -54;
    value *= 18014398509481984.0;
    high = <i32>(reinterpret<i64>(value) >> 32);
  }
  let exponent = (high >> 20) - 1023;
  high &= 0xfffff;
  exponent += (high + 0x95f64) >> 20;
  k += exponent;
  const f = (exponent > 1022 ? 0.25 * value * powerOfTwo(2 - exponent) : value * powerOfTwo(-exponent)) - 1;
  const halves = <f64>k;
  if ((0xfffff & (2 + high)) < 3) {
    if (f == 0) return k == 0 ? 0 : halves * LN2_HIGH + halves * LN2_LOW;
    const R = f * f * (0.5 - 0.3333333333333333 * f);
    return k == 0 ? f - R : halves * LN2_HIGH - (R - halves * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const R = odd + even;
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const square = 0.5 * f * f;
    if (k == 0) return f - (square - s * (square + R));
    return halves * LN2_HIGH - (square - (s * (square + R) + halves * LN2_LOW) - f);
  }
  if (k == 0) return f - s * (f - R);
  return halves * LN2_HIGH - (s * (f - R) - halves * LN2_LOW - f);
}
