/**
 * The kernels and the memory that they work in.
 *
 * An arena is one instance of the WASM module with its own linear memory. Kernels take pointers into it and
 * never allocate; what holds an arena holds its memory, and dropping it frees the memory. Views are made
 * where they are used, because growth detaches older ones.
 */
import { EngramError } from './errors.js';
import { kernelModule } from './kernels.generated.js';

let compiled: WebAssembly.Module | undefined;

/** The module, compiled on first use and without waiting, so that bundlers and `require()` take the package as it is. */
function kernels(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelModule), (character) => character.charCodeAt(0)));
  return compiled;
}

export interface Arena {
  /** The exported kernels, seen through the face that the calling room declares. */
  kernels<Face>(): Face;
  /** A pointer to `bytes` bytes of any content, aligned to 16. Existing views may be detached. */
  alloc(bytes: number): number;
  /** Everything allocated after `mark()` is given back by `release(mark)`. */
  mark(): number;
  release(mark: number): void;
  f64(pointer: number, length: number): Float64Array;
  f32(pointer: number, length: number): Float32Array;
  u32(pointer: number, length: number): Uint32Array;
  i32(pointer: number, length: number): Int32Array;
}

interface Base {
  memory: WebAssembly.Memory;
  heapBase: WebAssembly.Global;
  start(): void;
}

const PAGE = 65536;
/** One page short of 4 GiB, so that no pointer past the end wraps around. */
const MOST_PAGES = 65535;

/** What the system's refusal of memory means for a person. */
function refused<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EngramError(
      'usage',
      `the system gives no more memory (${error.message}); take fewer --workers or a smaller problem`,
    );
  }
}

const instantiate = (abort: () => void) => refused(() => new WebAssembly.Instance(kernels(), { env: { abort } }));

/** A fresh arena. Costs well under a millisecond. */
export function createArena(): Arena {
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  const { exports } = instantiate(abort);
  const { memory, heapBase, start } = exports as unknown as Base;
  start();
  const align = (address: number) => Math.ceil(address / 16) * 16;
  let top = align(heapBase.value);

  return {
    kernels: <Face>() => exports as unknown as Face,
    alloc(size) {
      const pointer = top;
      top = align(top + size);
      const pages = memory.buffer.byteLength / PAGE;
      const missing = Math.ceil(top / PAGE) - pages;
      if (pages + missing > MOST_PAGES) {
        throw new EngramError(
          'usage',
          `a thread needs more than the 4 GB of memory that WASM can address; make the problem smaller`,
        );
      }
      // Doubling keeps the number of growths, each of which may copy, logarithmic.
      if (missing > 0) refused(() => memory.grow(Math.max(missing, Math.min(pages, 1024, MOST_PAGES - pages))));
      return pointer;
    },
    mark: () => top,
    release(mark) {
      top = mark;
    },
    f64: (pointer, length) => new Float64Array(memory.buffer, pointer, length),
    f32: (pointer, length) => new Float32Array(memory.buffer, pointer, length),
    u32: (pointer, length) => new Uint32Array(memory.buffer, pointer, length),
    i32: (pointer, length) => new Int32Array(memory.buffer, pointer, length),
  };
}
