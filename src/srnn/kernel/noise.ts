// Standard normal numbers for four trials at a time, each from a stream of its own: xoshiro128++ (Blackman and Vigna 2021) in every lane, and of
// two of its words a pair of normal numbers (Box and Muller):
//
//   r = sqrt(-2 ln u),  (r cos a, r sin a),      u in (0, 1] of 24 bits, a uniform: 22 bits within a quarter turn, 2 bits that say which.
//
// ln, sin and cos are polynomials (Cephes, errors of a few 1e-7), so that the bits are the same everywhere.

@inline
function rotated(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

let s0: v128 = i32x4.splat(0);
let s1: v128 = i32x4.splat(0);
let s2: v128 = i32x4.splat(0);
let s3: v128 = i32x4.splat(0);

@inline
function word(): v128 {
  const result = i32x4.add(rotated(i32x4.add(s0, s3), 7), s0);
  const t = i32x4.shl(s1, 9);
  s2 = v128.xor(s2, s0);
  s3 = v128.xor(s3, s1);
  s1 = v128.xor(s1, s2);
  s0 = v128.xor(s0, s3);
  s2 = v128.xor(s2, t);
  s3 = rotated(s3, 11);
  return result;
}

@inline
function term(sum: v128, x: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(sum, x), f32x4.splat(c));
}

/** ln x of x in [2^-24, 1]. */
@inline
function logarithm(x: v128): v128 {
  // x = 2^e (1 + f), with 1 + f from sqrt(1/2) to sqrt(2).
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = i32x4.shr_s(shifted, 23);
  const f = f32x4.sub(i32x4.sub(x, i32x4.shl(e, 23)), f32x4.splat(1));
  let p = f32x4.splat(7.0376836292e-2);
  p = term(p, f, -1.1514610310e-1);
  p = term(p, f, 1.1676998740e-1);
  p = term(p, f, -1.2420140846e-1);
  p = term(p, f, 1.4249322787e-1);
  p = term(p, f, -1.6668057665e-1);
  p = term(p, f, 2.0000714765e-1);
  p = term(p, f, -2.4999993993e-1);
  p = term(p, f, 3.3333331174e-1);
  const square = f32x4.mul(f, f);
  const rest = f32x4.sub(f32x4.mul(f32x4.mul(p, square), f), f32x4.mul(square, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(f, rest), f32x4.mul(f32x4.convert_i32x4_s(e), f32x4.splat(0.6931471805599453)));
}

/**
 * Draws `pairs` pairs for four trials; numbers of pair k stand at out + step k and `apart` bytes further on.
 * @param random the state, four words by four trials
 */
export function srnnNormals(random: usize, out: usize, pairs: i32, step: i32, apart: i32): void {
  s0 = v128.load(random);
  s1 = v128.load(random, 16);
  s2 = v128.load(random, 32);
  s3 = v128.load(random, 48);
  for (let k = 0; k < pairs; k++, out += step) {
    const u = i32x4.add(i32x4.shr_u(word(), 8), i32x4.splat(1));
    const turned = word();
    const size = f32x4.mul(f32x4.convert_i32x4_s(u), f32x4.splat(5.9604644775390625e-8));
    const r = f32x4.sqrt(f32x4.mul(f32x4.splat(-2), logarithm(size)));
    // From -pi/4 to pi/4, in steps of pi / 2^23; the lowest bits say which quarter.
    const a = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(turned, 10)), f32x4.splat(3.7450702829e-7));
    const aa = f32x4.mul(a, a);
    let p = f32x4.splat(-1.9515295891e-4);
    p = term(p, aa, 8.3321608736e-3);
    p = term(p, aa, -1.6666654611e-1);
    const sine = f32x4.add(f32x4.mul(f32x4.mul(p, aa), a), a);
    let q = f32x4.splat(2.443315711809948e-5);
    q = term(q, aa, -1.388731625493765e-3);
    q = term(q, aa, 4.166664568298827e-2);
    const cosine = f32x4.add(f32x4.sub(f32x4.mul(f32x4.mul(q, aa), aa), f32x4.mul(aa, f32x4.splat(0.5))), f32x4.splat(1));
    const swap = i32x4.shr_s(i32x4.shl(turned, 31), 31);
    const sign = i32x4.shl(i32x4.shr_u(i32x4.shl(turned, 30), 31), 31);
    const signed = v128.xor(r, sign);
    v128.store(out, f32x4.mul(signed, v128.bitselect(sine, cosine, swap)));
    v128.store(out + apart, f32x4.mul(signed, v128.bitselect(cosine, sine, swap)));
  }
  v128.store(random, s0);
  v128.store(random, s1, 16);
  v128.store(random, s2, 32);
  v128.store(random, s3, 48);
}
