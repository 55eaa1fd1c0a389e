/**
 * Random streams, keyed by seed, purpose and index. Two streams never share a draw, and a stream does not
 * know what else has been drawn: results are the same for any order of work.
 */
import seedrandom from 'seedrandom';
import { demandInteger, demandText } from './demand.js';
import { kernelModule } from './random/kernels.generated.js';
import { createArena } from './wasm.js';

interface Kernel {
  fillUniform(out: number, pairs: number, k0: number, k1: number, index: number, first: number): void;
  normalDraw(k0: number, k1: number, index: number, count: number): number;
}

/** The key of all streams of one purpose: two words of 32 bits. `streamKey` makes it. */
export type Key = readonly [number, number];

/** The key of all streams of one purpose, for use in a kernel. Throws `usage` on a seed that is no whole number of at least 0. */
export function streamKey(seed: number, purpose: string): Key {
  demandInteger('a seed', seed);
  demandText('the purpose of a stream', purpose);
  const words = seedrandom(`engram ${seed} ${purpose}`);
  return [words.int32() >>> 0, words.int32() >>> 0];
}

const PAIRS = 64;
const arena = createArena();
const buffer = arena.alloc(16 * PAIRS);
const { fillUniform, normalDraw } = arena.kernels<Kernel>(kernelModule);

/** A function that returns the next uniform number in [0, 1) of stream `index`. */
export function uniformStream(key: Key, index = 0): () => number {
  const block = new Float64Array(2 * PAIRS);
  let next = block.length;
  let first = 0;
  return () => {
    if (next === block.length) {
      fillUniform(buffer, PAIRS, key[0], key[1], index, first);
      block.set(arena.f64(buffer, block.length));
      first += PAIRS;
      next = 0;
    }
    return block[next++];
  };
}

/** Draw number `count` of the standard normal stream `index`. */
export const normal = (key: Key, index: number, count: number): number => normalDraw(key[0], key[1], index, count);
