/**
 * The kernels and the memory that they work in.
 *
 * An arena is one instance of the WASM module with its own linear memory. Kernels take pointers into it and
 * never allocate; what holds an arena holds its memory, and dropping it frees the memory. Views are made
 * where they are used, because growth detaches older ones.
 */
import { kernelModule } from './kernels.generated.js';

const bytes = Uint8Array.from(atob(kernelModule), (character) => character.charCodeAt(0));
const compiled = await WebAssembly.compile(bytes);

export interface Arena {
  /** The exported kernels, seen through the face that the calling room declares. */
  kernels<Face>(): Face;
  /** A pointer to `bytes` bytes of any content, aligned to 16. Existing views may be detached. */
  alloc(bytes: number): number;
  /** Everything allocated after `mark()` is given back by `release(mark)`. */
  mark(): number;
  release(mark: number): void;
  f64(pointer: number, length: number): Float64Array;
  u32(pointer: number, length: number): Uint32Array;
  i32(pointer: number, length: number): Int32Array;
}

interface Base {
  memory: WebAssembly.Memory;
  heapBase: WebAssembly.Global;
  start(): void;
}

const PAGE = 65536;

/** A fresh arena. Costs well under a millisecond. */
export function createArena(): Arena {
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  const { exports } = new WebAssembly.Instance(compiled, { env: { abort } });
  const { memory, heapBase, start } = exports as unknown as Base;
  start();
  let top = (heapBase.value + 15) & ~15;

  return {
    kernels: <Face>() => exports as unknown as Face,
    alloc(size) {
      const pointer = top;
      top = (top + size + 15) & ~15;
      const missing = Math.ceil((top - memory.buffer.byteLength) / PAGE);
      // Doubling keeps the number of growths, each of which may copy, logarithmic.
      if (missing > 0) memory.grow(Math.max(missing, Math.min(memory.buffer.byteLength / PAGE, 1024)));
      return pointer;
    },
    mark: () => top,
    release(mark) {
      top = mark;
    },
    f64: (pointer, length) => new Float64Array(memory.buffer, pointer, length),
    u32: (pointer, length) => new Uint32Array(memory.buffer, pointer, length),
    i32: (pointer, length) => new Int32Array(memory.buffer, pointer, length),
  };
}
