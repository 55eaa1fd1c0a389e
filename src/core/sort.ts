import { freshBuffers } from './buffers.js';

/**
 * Sorts `keys`, all of which lie in [low, high], ties in place; `order` tells where each sorted key stood. Into as many bins as there are
 * keys, then by insertion. Linear time for keys that are spread out, which delays and arrivals are.
 */
export function sortSpread(
  keys: Float64Array,
  low: number,
  high: number,
  buffers = freshBuffers,
): { sorted: Float64Array; order: Uint32Array } {
  const n = keys.length;
  const scale = high > low ? n / (high - low) : 0;
  const last = n - 1;
  const binOf = (key: number) => {
    // Truncated, as it is not negative: faster than its floor.
    const bin = ((key - low) * scale) | 0;
    return bin < last ? bin : last;
  };
  const starts = buffers.u32('starts', n + 1).fill(0);
  for (let i = 0; i < n; i++) starts[binOf(keys[i]) + 1]++;
  for (let bin = 1; bin <= n; bin++) starts[bin] += starts[bin - 1];
  const ends = buffers.u32('ends', n + 1);
  ends.set(starts);
  const order = buffers.u32('order', n);
  const sorted = buffers.f64('sorted', n);
  for (let i = 0; i < n; i++) {
    const key = keys[i];
    const bin = binOf(key);
    const first = starts[bin];
    let slot = ends[bin]++;
    for (; slot > first && sorted[slot - 1] > key; slot--) {
      sorted[slot] = sorted[slot - 1];
      order[slot] = order[slot - 1];
    }
    sorted[slot] = key;
    order[slot] = i;
  }
  return { sorted, order };
}
