/**
 * Vectors for the time of a solve. An array of its own costs an engine half a microsecond, a view of a slab a twentieth of that, and a
 * small problem makes hundreds. A slab lives as long as one of its views: what is handed to callers is copied first.
 */

/** Doubles of a slab, and the length from which on a vector has memory of its own. */
const SLAB = 16384;
const LONG = 1024;
let slab: ArrayBuffer | undefined;
let used = SLAB;

/** n zeros. */
export function vector(n: number): Float64Array {
  if (n >= LONG) return new Float64Array(n);
  if (slab === undefined || used + n > SLAB) {
    slab = new ArrayBuffer(8 * SLAB);
    used = 0;
  }
  const at = 8 * used;
  used += n;
  return new Float64Array(slab, at, n);
}

/** n whole numbers, all 0. */
export function indices(n: number): Int32Array {
  if (n >= 2 * LONG) return new Int32Array(n);
  const { buffer, byteOffset } = vector((n + 1) >> 1);
  return new Int32Array(buffer, byteOffset, n);
}

/** `values.map(change)`. */
export function mapped(values: Float64Array, change: (value: number, k: number) => number): Float64Array {
  const out = vector(values.length);
  for (let k = 0; k < values.length; k++) out[k] = change(values[k], k);
  return out;
}

/** `values.slice()`. */
export function copied(values: Float64Array): Float64Array {
  const out = vector(values.length);
  out.set(values);
  return out;
}

/** Whether all are 0. */
export function isZero(values: Float64Array): boolean {
  for (let k = 0; k < values.length; k++) if (values[k] !== 0) return false;
  return true;
}

/** Sum of magnitudes. */
export function sizeOf(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += Math.abs(values[k]);
  return sum;
}
