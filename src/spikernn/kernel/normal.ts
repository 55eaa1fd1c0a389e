// Standard normal numbers in bulk, by the ziggurat of 256 layers (Marsaglia and Tsang 2000) on Philox4x32-10: four blocks of the
// counter at a time, one number a word. Number e of block b of a stream depends on (key, index, b, e) and on nothing else.
//
//   word: layer i = 8 bits, sign = 1 bit, m = 23 bits;   x = (m + 1/2) 2^-23 x_i,   taken at once where m 2^-23 < x_{i+1} / x_i
//   else  i > 0: taken where f_i + U (f_{i+1} - f_i) < f(x), or drawn again;   i = 0: the tail beyond x_1, by two logarithms
import { philoxBlock } from "../../core/random/kernel/philox";

const R: f64 = 3.6541528853610088;
const AREA: f64 = 0.00492867323399;
const UNIT: f64 = 1.0 / 8388608.0;

/** f64 x_0 ... x_256, and f(x) = e^{-x^2 / 2} of each; u32 the least m that is not taken at once. */
const X: usize = memory.data(257 * 8, 16);
const F: usize = memory.data(257 * 8, 16);
const K: usize = memory.data(256 * 4, 16);
/** The words of four blocks. */
const WORDS: usize = memory.data(64, 16);
const SPARE: usize = memory.data(16, 16);

function density(x: f64): f64 {
  return Math.exp(-0.5 * x * x);
}

function fillTables(): void {
  store<f64>(X, AREA / density(R));
  store<f64>(X, R, 8);
  for (let i = 2; i < 256; i++) {
    const last = load<f64>(X + 8 * (i - 1));
    store<f64>(X + 8 * i, Math.sqrt(-2.0 * Math.log(AREA / last + density(last))));
  }
  store<f64>(X + 8 * 256, 0);
  for (let i = 0; i < 257; i++) store<f64>(F + 8 * i, density(load<f64>(X + 8 * i)));
  for (let i = 0; i < 256; i++) {
    store<u32>(K + 4 * i, <u32>((load<f64>(X + 8 * (i + 1)) / load<f64>(X + 8 * i)) * 8388608.0));
  }
}
fillTables();

/** What is not taken at once: further words, from a counter of its own for each number. */
function redraw(word: u32, e: u32, block: u32, k0: u32, k1: u32, index: u32): f64 {
  let attempt: u32 = 0;
  while (true) {
    const i = word & 255;
    const sign: f64 = word & 256 ? -1.0 : 1.0;
    const x = (<f64>(word >> 9) + 0.5) * UNIT * load<f64>(X + 8 * i);
    if (attempt > 0 && word >> 9 < load<u32>(K + 4 * i)) return sign * x;
    philoxBlock(SPARE, block, index, 16 + e, attempt++, k0, k1);
    const first = (<f64>load<u32>(SPARE) + 0.5) / 4294967296.0;
    if (i == 0) {
      const second = (<f64>load<u32>(SPARE, 4) + 0.5) / 4294967296.0;
      const beyond = -Math.log(first) / R;
      if (-2.0 * Math.log(second) >= beyond * beyond) return sign * (R + beyond);
      // The tail is tried again: a word of layer 0 that is not taken at once.
      word |= 0xfffffe00;
      continue;
    }
    const low = load<f64>(F + 8 * i);
    if (low + first * (load<f64>(F + 8 * (i + 1)) - low) < density(x)) return sign * x;
    word = load<u32>(SPARE, 8);
  }
}

/** The upper and the lower halves of the products of four words with a constant. */
// @ts-ignore: decorator
@inline
function high(low: v128, up: v128): v128 {
  return v128.shuffle<i32>(low, up, 1, 3, 5, 7);
}
// @ts-ignore: decorator
@inline
function lower(low: v128, up: v128): v128 {
  return v128.shuffle<i32>(low, up, 0, 2, 4, 6);
}

/** The words of blocks 4 b ... 4 b + 3: word w of block 4 b + l at WORDS + 16 w + 4 l. */
function fourBlocks(b: u32, index: u32, k0: u32, k1: u32): void {
  const m0 = i32x4.splat(<i32>0xd2511f53);
  const m1 = i32x4.splat(<i32>0xcd9e8d57);
  let c0 = i32x4.add(i32x4.splat(<i32>(4 * b)), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(<i32>index);
  let c2 = i32x4.splat(2);
  let c3 = i32x4.splat(0);
  for (let round = 0; round < 10; round++) {
    const l0 = i64x2.extmul_low_i32x4_u(c0, m0);
    const u0 = i64x2.extmul_high_i32x4_u(c0, m0);
    const l1 = i64x2.extmul_low_i32x4_u(c2, m1);
    const u1 = i64x2.extmul_high_i32x4_u(c2, m1);
    const n0 = v128.xor(v128.xor(high(l1, u1), c1), i32x4.splat(<i32>k0));
    const n2 = v128.xor(v128.xor(high(l0, u0), c3), i32x4.splat(<i32>k1));
    c1 = lower(l1, u1);
    c3 = lower(l0, u0);
    c0 = n0;
    c2 = n2;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  v128.store(WORDS, c0);
  v128.store(WORDS, c1, 16);
  v128.store(WORDS, c2, 32);
  v128.store(WORDS, c3, 48);
}

/** Writes 16 `groups` standard normal numbers, from group `first` of stream `index` on. */
export function spikernnNormals(out: usize, groups: i32, k0: u32, k1: u32, index: u32, first: u32): void {
  for (let g = 0; g < groups; g++) {
    const b = first + g;
    fourBlocks(b, index, k0, k1);
    for (let e: u32 = 0; e < 16; e++) {
      const word = load<u32>(WORDS + 4 * e);
      const i = word & 255;
      const m = word >> 9;
      let x: f64;
      if (m < load<u32>(K + 4 * i)) {
        x = (<f64>m + 0.5) * UNIT * load<f64>(X + 8 * i);
        // The sign goes straight into its bit.
        x = reinterpret<f64>(reinterpret<u64>(x) | (<u64>(word & 256) << 55));
      } else {
        x = redraw(word, e, b, k0, k1, index);
      }
      store<f64>(out, x);
      out += 8;
    }
  }
}
