// The targets of a neuron, from the stream of (key, j): Philox words, four to a block. Floyd's method (Bentley and Floyd 1987)
// draws K of the M = N - 1 others: for m = M - K ... M - 1 a number from 0 to m, or m itself if that was drawn before.
import { philoxBlock } from "../../core/random/kernel/philox";

class Words {
  static at: i32 = 4;
  static block: u32 = 0;
}
const WORDS: usize = memory.data(16, 16);

/** Of streams for connectivity, so that they share no block with others of the same key. */
const PURPOSE: u32 = 7;

@inline
function word(j: u32, key0: u32, key1: u32): u32 {
  if (Words.at == 4) {
    philoxBlock(WORDS, Words.block++, j, PURPOSE, 0, key0, key1);
    Words.at = 0;
  }
  return load<u32>(WORDS + 4 * (Words.at++));
}

function begin(): void {
  Words.at = 4;
  Words.block = 0;
}

/** Writes `k` distinct targets of neuron j among n, in the order of their drawing; returns k. `hash` holds a power of two >= 4 k words. */
export function sparsepropTargets(out: usize, hash: usize, n: i32, k: i32, j: i32, key0: u32, key1: u32): i32 {
  begin();
  let size: u32 = 16;
  while (size < 4 * <u32>k) size *= 2;
  const mask = size - 1;
  memory.fill(hash, 0xff, 4 * <usize>size);
  const others = n - 1;
  for (let i = 0; i < k; i++) {
    const m = <u32>(others - k + i);
    let drawn = <u32>((<u64>word(j, key0, key1) * <u64>(m + 1)) >> 32);
    // A number that is there already gives way to m, which cannot be.
    let place = (drawn * 0x9e3779b1) & mask;
    for (;;) {
      const there = load<u32>(hash + 4 * <usize>place);
      if (there == 0xffffffff) break;
      if (there == drawn) {
        drawn = m;
        place = (m * 0x9e3779b1) & mask;
        while (load<u32>(hash + 4 * <usize>place) != 0xffffffff) place = (place + 1) & mask;
        break;
      }
      place = (place + 1) & mask;
    }
    store<u32>(hash + 4 * <usize>place, drawn);
    store<u32>(out + 4 * <usize>i, drawn + (drawn >= <u32>j ? 1 : 0));
  }
  return k;
}

/** Writes each of the n - 1 others with probability p, in order, by the lengths of the gaps; returns how many. */
export function sparsepropBernoulli(out: usize, n: i32, p: f64, j: i32, key0: u32, key1: u32): i32 {
  begin();
  if (!(p > 0)) return 0;
  let count = 0;
  const scale = p < 1 ? 1.0 / Math.log(1.0 - p) : 0.0;
  let at = skip(word(j, key0, key1), scale);
  while (at < <f64>(n - 1)) {
    const other = <i32>at;
    store<u32>(out + 4 * <usize>count, other + (other >= j ? 1 : 0));
    count++;
    at += 1.0 + skip(word(j, key0, key1), scale);
  }
  return count;
}

/** Failures before a success, of which the logarithm of the probability is 1 / scale. */
function skip(bits: u32, scale: f64): f64 {
  return Math.floor(Math.log((<f64>bits + 0.5) / 4294967296.0) * scale);
}
