/** Standard normal numbers in bulk: what a trial adds to every unit at every step. Number n of trial `index` of a key depends on nothing else. */
import { createArena, type Key } from '../core/index.js';
import { kernelModule } from './kernels.generated.js';

interface Kernel {
  spikernnNormals(out: number, groups: number, k0: number, k1: number, index: number, first: number): void;
}

const GROUP = 16;
/** Numbers that are made at a time. */
const PIECE = 1 << 14;

const arena = createArena();
const kernel = arena.kernels<Kernel>(kernelModule);
const buffer = arena.alloc(8 * PIECE);

/** Fills an array with the first numbers of a stream. */
export function fillNormals(values: Float64Array, key: Key, index: number): void {
  for (let begin = 0; begin < values.length; begin += PIECE) {
    const count = Math.min(PIECE, values.length - begin);
    kernel.spikernnNormals(buffer, Math.ceil(count / GROUP), key[0], key[1], index, begin / GROUP);
    values.set(arena.f64(buffer, count), begin);
  }
}
