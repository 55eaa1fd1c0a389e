/**
 * Elementary functions to 1000 bits and more, in fixed point: a number v is the integer v 2^BITS. Definitions and series only, with
 * nothing of src in them; slow, and the oracle of test/math.test.ts.
 */

/** Doubles down to the least subnormal, 2^-1074, are exact, and results as small as that keep over 100 bits. */
const BITS = 1200n;
const ONE = 1n << BITS;

/** A finite double, exactly. */
export function exact(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const word = view.getBigUint64(0);
  const exponent = (word >> 52n) & 0x7ffn;
  const fraction = word & 0xfffffffffffffn;
  const size = exponent === 0n ? fraction << (BITS - 1074n) : (fraction | (1n << 52n)) << (BITS - 1075n + exponent);
  return x < 0 ? -size : size;
}

const times = (a: bigint, b: bigint) => (a * b) >> BITS;
const over = (a: bigint, b: bigint) => (a << BITS) / b;
const size = (a: bigint) => (a < 0n ? -a : a);

/** The sum of first, first r_1, first r_1 r_2, ... until nothing is left. */
function series(first: bigint, next: (term: bigint, n: bigint) => bigint): bigint {
  let sum = 0n;
  for (let term = first, n = 1n; size(term) > 1n; term = next(term, n), n++) sum += term;
  return sum;
}

/** arctan(1 / n) with `bits` bits, by its series. */
function arctanOfInverse(n: bigint, bits: bigint): bigint {
  let sum = 0n;
  for (let power = (1n << bits) / n, k = 1n; power !== 0n; power /= -n * n, k += 2n) sum += power / k;
  return sum;
}

/** pi with enough bits to reduce angles up to 2^1024 (Machin). */
const PI_BITS = BITS + 1200n;
const PI = 4n * (4n * arctanOfInverse(5n, PI_BITS) - arctanOfInverse(239n, PI_BITS));

/** artanh(1 / n) */
const artanhOfInverse = (n: bigint) => {
  let sum = 0n;
  for (let power = ONE / n, k = 1n; power !== 0n; power /= n * n, k += 2n) sum += power / k;
  return sum;
};
const LN2 = 2n * artanhOfInverse(3n);

/** e^x - 1: the series of x / 2^16 doubled 16 times by (1 + d)^2 - 1 = d (2 + d), so that small x keep their bits. */
function expm1(x: bigint): bigint {
  const k = x / LN2;
  const r = x - k * LN2;
  let d = series(r / 65536n, (term, n) => (term * (r / 65536n)) / ((n + 1n) << BITS));
  for (let i = 0; i < 16; i++) d = times(d, 2n * ONE + d);
  return k >= 0n ? ((d + ONE) << k) - ONE : ((d + ONE) >> -k) - ONE;
}

const exp = (x: bigint) => expm1(x) + ONE;

/** ln(u / v) = k ln 2 + 2 artanh(s), with k such that s is small. */
function logOfRatio(u: bigint, v: bigint): bigint {
  const k = BigInt(u.toString(2).length - v.toString(2).length);
  const [a, b] = k >= 0n ? [u, v << k] : [u << -k, v];
  const s = over(a - b, a + b);
  const square = times(s, s);
  let sum = 0n;
  for (let power = s, n = 1n; size(power) > 1n; power = times(power, square), n += 2n) sum += power / n;
  return k * LN2 + 2n * sum;
}

function sineAndCosine(x: bigint): [bigint, bigint] {
  const full = 2n * PI;
  const y = ((x << (PI_BITS - BITS)) % full) >> (PI_BITS - BITS);
  const square = times(y, y);
  const sine = series(y, (term, n) => -times(term, square) / (2n * n * (2n * n + 1n)));
  const cosine = series(ONE, (term, n) => -times(term, square) / ((2n * n - 1n) * 2n * n));
  return [sine, cosine];
}

/** arctan by halving the angle, arctan x = 2 arctan(x / (1 + sqrt(1 + x^2))), eight times, then its series. */
function atan(x: bigint): bigint {
  let t = x;
  for (let i = 0; i < 8; i++) t = over(t, ONE + root(ONE + times(t, t)));
  const square = times(t, t);
  let sum = 0n;
  for (let power = t, n = 1n; size(power) > 1n; power = -times(power, square), n += 2n) sum += power / n;
  return 256n * sum;
}

/** The square root by Newton's method from above. */
function root(x: bigint): bigint {
  const target = x << BITS;
  let y = 1n << BigInt(Math.ceil(target.toString(2).length / 2));
  for (;;) {
    const next = (y + target / y) >> 1n;
    if (next >= y) return y;
    y = next;
  }
}

/** Each function of a double, in fixed point; arguments for which the result is finite only. */
export const exactly: Record<string, (x: number) => bigint> = {
  exp: (x) => exp(exact(x)),
  expm1: (x) => expm1(exact(x)),
  ln: (x) => logOfRatio(exact(x), ONE),
  log1p: (x) => logOfRatio(ONE + exact(x), ONE),
  cos: (x) => sineAndCosine(exact(x))[1],
  tan: (x) => over(...sineAndCosine(exact(x))),
  atan: (x) => atan(exact(x)),
  tanh: (x) => {
    // Beyond, 1 - tanh x is below the last bit.
    const t = expm1(2n * exact(Math.min(Math.abs(x), 500)));
    const value = over(t, t + 2n * ONE);
    return x < 0 ? -value : value;
  },
  sigmoid: (x) => over(ONE, ONE + exp(-exact(x))),
  softplus: (x) => (x > 0 ? exact(x) : 0n) + logOfRatio(ONE + exp(-exact(Math.abs(x))), ONE),
};

/** How far `value` is from the exact result, in units of the last place of that result. */
export function ulps(value: number, result: bigint): number {
  if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY;
  const exponent = Math.max(size(result).toString(2).length - 1 - Number(BITS), -1022);
  const ulp = 1n << BigInt(exponent - 52 + Number(BITS));
  return Number((size(exact(value) - result) * 4096n) / ulp) / 4096;
}
