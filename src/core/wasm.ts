/**
 * The kernels and the memory that they work in.
 *
 * An arena is one linear memory. The module of the ground and the solvers is instantiated with it, those of the wings
 * above when first asked for. Kernels take pointers into it and never allocate; what holds an arena holds its memory,
 * and dropping it frees the memory. Views are made where they are used, because growth detaches older ones.
 */
import { EngramError } from './errors.js';
import { frequent, heapBase, kernelModule, letters } from './kernels.generated.js';

/** Embedded kernels, as kernels.generated.ts has them. */
export interface KernelModule {
  /** A WASM module as text, see `bytesOf`. */
  readonly text: string;
  /** The kernels of random numbers, where this module calls them. */
  readonly random?: KernelModule;
}

const modules = new Map<KernelModule, WebAssembly.Module>();

/** The bytes of an embedded module, of which the `frequent` ones are one of `letters` each, the others two: one of those left, and any. */
function bytesOf({ text }: KernelModule): Uint8Array<ArrayBuffer> {
  const single = (frequent.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
  const ranked = [...single, ...[...Array(256).keys()].filter((byte) => !single.includes(byte))];
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const rank = letters.indexOf(text[i]);
    const pairs = rank - single.length;
    bytes.push(ranked[pairs < 0 ? rank : rank + pairs * (letters.length - 1) + letters.indexOf(text[++i])]);
  }
  return Uint8Array.from(bytes);
}

/** An embedded module, compiled on first use and without waiting, so that bundlers and `require()` take the package as it is. */
function compiled(embedded: KernelModule): WebAssembly.Module {
  let module = modules.get(embedded);
  if (!module) {
    module = new WebAssembly.Module(bytesOf(embedded));
    modules.set(embedded, module);
  }
  return module;
}

/**
 * Memory of one WebAssembly instance, given out from the bottom up and given back in reverse. Views of it are
 * detached by the next `alloc`.
 */
export interface Arena {
  /**
   * Exported kernels, seen through the face that the calling room declares: those of the ground and the solvers, or of
   * the `kernelModule` of a wing (its kernels.generated.ts).
   */
  kernels<Face>(wing?: KernelModule): Face;
  /** A pointer to `bytes` bytes of any content, aligned to 16. Existing views may be detached. */
  alloc(bytes: number): number;
  /** Where the next allocation begins, to be given to `release`. */
  mark(): number;
  /** Gives back everything that was allocated after `mark()` returned this mark. */
  release(mark: number): void;
  /** A view of `length` doubles. */
  f64(pointer: number, length: number): Float64Array;
  /** A view of `length` floats. */
  f32(pointer: number, length: number): Float32Array;
  /** A view of `length` unsigned integers. */
  u32(pointer: number, length: number): Uint32Array;
  /** A view of `length` signed integers. */
  i32(pointer: number, length: number): Int32Array;
}

interface Base {
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

const env = {
  abort() {
    throw new Error('a kernel aborted');
  },
};

/** An instance of an embedded module, which works in the memory that is given, and may call the kernels of random numbers. */
function instantiate(embedded: KernelModule, memory: WebAssembly.Memory, random?: Base): Base {
  const imports: WebAssembly.Imports = {
    env: { ...env, memory },
    ...(random && { random: random as unknown as WebAssembly.ModuleImports }),
  };
  const { exports } = refused(() => new WebAssembly.Instance(compiled(embedded), imports));
  const base = exports as unknown as Base;
  base.start();
  return base;
}

/** Of an arena that is lent again and again so many bytes are kept. */
const MOST_KEPT = 2 ** 25;
/** As many as have been lent at the same time. */
const spares: SizedArena[] = [];

interface SizedArena extends Arena {
  size(): number;
}

/**
 * Lends an arena for the time of `work`, whose memory holds anything at first and belongs to the next borrower afterwards: making
 * an instance costs more than a small problem does. Works within `work` as well, each with an arena of its own.
 */
export function withArena<T>(work: (arena: Arena) => T): T {
  const arena = spares.pop() ?? newArena(MOST_KEPT);
  const mark = arena.mark();
  const result = work(arena);
  arena.release(mark);
  // After an error the arena is dropped with whatever is in it.
  if (arena.size() <= MOST_KEPT) spares.push(arena);
  return result;
}

/**
 * A fresh arena. Costs well under a millisecond. `room` is how many bytes it has before it grows: growth detaches views, and an
 * engine that has seen views detached looks for that at every access to any array from then on. What nothing writes to takes no
 * memory, but many large arenas keep the engine collecting them.
 */
export const createArena = (room = 2 ** 21): Arena => newArena(room);

function newArena(room: number): SizedArena {
  const initial = Math.min(Math.ceil(Math.max(heapBase, room) / PAGE), MOST_PAGES);
  const memory = refused(() => new WebAssembly.Memory({ initial }));
  const ground = instantiate(kernelModule, memory);
  // Asking for it costs more than making a view.
  let { buffer } = memory;
  const wings = new Map<KernelModule, Base>();
  const align = (address: number) => Math.ceil(address / 16) * 16;
  let top = heapBase;
  const grow = (pages: number) => {
    refused(() => memory.grow(pages));
    buffer = memory.buffer;
  };

  function instanceOf(wing: KernelModule): Base {
    let instance = wings.get(wing);
    if (!instance) {
      instance = instantiate(wing, memory, wing.random && instanceOf(wing.random));
      wings.set(wing, instance);
    }
    return instance;
  }

  return {
    kernels: <Face>(wing?: KernelModule) => (wing ? instanceOf(wing) : ground) as unknown as Face,
    alloc(size) {
      const pointer = top;
      top = align(top + size);
      const pages = buffer.byteLength / PAGE;
      const missing = Math.ceil(top / PAGE) - pages;
      if (pages + missing > MOST_PAGES) {
        throw new EngramError(
          'usage',
          `a thread needs more than the 4 GB of memory that WASM can address; make the problem smaller`,
        );
      }
      // Doubling keeps the number of growths, each of which may copy, logarithmic.
      if (missing > 0) grow(Math.max(missing, Math.min(pages, 1024, MOST_PAGES - pages)));
      return pointer;
    },
    mark: () => top,
    size: () => buffer.byteLength,
    release(mark) {
      top = mark;
    },
    f64: (pointer, length) => new Float64Array(buffer, pointer, length),
    f32: (pointer, length) => new Float32Array(buffer, pointer, length),
    u32: (pointer, length) => new Uint32Array(buffer, pointer, length),
    i32: (pointer, length) => new Int32Array(buffer, pointer, length),
  };
}
