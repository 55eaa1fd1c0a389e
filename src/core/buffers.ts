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
  const keep = <T extends Float64Array | Uint32Array>(make: (n: number) => T) => {
    const kept = new Map<string, T>();
    return (name: string, n: number) => {
      const old = kept.get(name);
      const array = old && old.length >= n ? old : make(n);
      kept.set(name, array);
      return array.subarray(0, n) as T;
    };
  };
  return { f64: keep((n) => new Float64Array(n)), u32: keep((n) => new Uint32Array(n)) };
}
