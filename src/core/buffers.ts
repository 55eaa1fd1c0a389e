/**
 * Where a function that runs for every neuron gets its large arrays from. Fresh ones cost a page fault per
 * 4 kB, which can be more than the work done in them.
 */
export interface Buffers {
  /** An array of n elements of any content; with reused buffers valid until the next request of that name. */
  f64(name: string, n: number): Float64Array;
  u32(name: string, n: number): Uint32Array;
}

export const freshBuffers: Buffers = {
  f64: (_, n) => new Float64Array(n),
  u32: (_, n) => new Uint32Array(n),
};

/** Buffers that keep the largest array of each name and hand out its front. */
export function reusedBuffers(): Buffers {
  const doubles = new Map<string, Float64Array>();
  const words = new Map<string, Uint32Array>();
  return {
    f64(name, n) {
      let array = doubles.get(name);
      if (!array || array.length < n) doubles.set(name, (array = new Float64Array(n)));
      return array.subarray(0, n);
    },
    u32(name, n) {
      let array = words.get(name);
      if (!array || array.length < n) words.set(name, (array = new Uint32Array(n)));
      return array.subarray(0, n);
    },
  };
}
