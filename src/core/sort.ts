/**
 * Sorts `keys`, all of which lie in [low, high], ties in place; `order` tells where each sorted key stood. Into as many bins as there are
 * keys, then by insertion. Linear time for keys that are spread out, which delays and arrivals are.
 */
export function sortSpread(
  keys: Float64Array,
  low: number,
  high: number,
): { sorted: Float64Array; order: Uint32Array } {
  const n = keys.length;
  const scale = high > low ? n / (high - low) : 0;
  const binOf = (key: number) => Math.min(n - 1, Math.floor((key - low) * scale));
  const starts = new Uint32Array(n + 1);
  for (let i = 0; i < n; i++) starts[binOf(keys[i]) + 1]++;
  for (let bin = 1; bin <= n; bin++) starts[bin] += starts[bin - 1];
  const ends = starts.slice();
  const order = new Uint32Array(n);
  const sorted = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const key = keys[i];
    const bin = binOf(key);
    let slot = ends[bin]++;
    for (; slot > starts[bin] && sorted[slot - 1] > key; slot--) {
      sorted[slot] = sorted[slot - 1];
      order[slot] = order[slot - 1];
    }
    sorted[slot] = key;
    order[slot] = i;
  }
  return { sorted, order };
}
