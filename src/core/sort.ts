/**
 * The order that sorts `keys`, ties in place, all of which lie in [low, high]: into as many bins as there are
 * keys, then by insertion. Linear time for keys that are spread out, which delays and arrivals are.
 */
export function sortingOrder(keys: Float64Array, low: number, high: number): Uint32Array {
  const n = keys.length;
  const scale = high > low ? n / (high - low) : 0;
  const bins = new Uint32Array(n);
  const starts = new Uint32Array(n + 1);
  for (let i = 0; i < n; i++) {
    const bin = Math.min(n - 1, Math.floor((keys[i] - low) * scale));
    bins[i] = bin;
    starts[bin + 1]++;
  }
  for (let bin = 1; bin <= n; bin++) starts[bin] += starts[bin - 1];
  const ends = starts.slice();
  const order = new Uint32Array(n);
  const sorted = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const key = keys[i];
    const begin = starts[bins[i]];
    let slot = ends[bins[i]]++;
    for (; slot > begin && sorted[slot - 1] > key; slot--) {
      sorted[slot] = sorted[slot - 1];
      order[slot] = order[slot - 1];
    }
    sorted[slot] = key;
    order[slot] = i;
  }
  return order;
}
