/**
 * The end of a long step: `items` are ordered by `key` as far as needed, so that the gains of those before the returned
 * place just do not reach `sum`, and with it they do; `count` if all of them together do not. By partition, in time linear in
 * the number of items; among equal keys the small gains come first.
 */
export function endOfViolation(
  items: Int32Array,
  count: number,
  key: Float64Array,
  gain: Float64Array,
  sum: number,
): number {
  let [from, to, left] = [0, count, sum];
  while (to - from > 8) {
    const [p, q, r] = [key[items[from]], key[items[(from + to) >> 1]], key[items[to - 1]]];
    const pivot = Math.max(Math.min(p, q), Math.min(Math.max(p, q), r));
    // Below, equal, above: [from, low), [low, at), [high, to).
    let [low, at, high, below, same] = [from, from, to, 0, 0];
    while (at < high) {
      const k = items[at];
      if (key[k] < pivot) {
        below += gain[k];
        items[at++] = items[low];
        items[low++] = k;
      } else if (key[k] > pivot) {
        items[at] = items[--high];
        items[high] = k;
      } else {
        same += gain[k];
        at++;
      }
    }
    if (below >= left) {
      to = low;
    } else if (below + same >= left) {
      [from, to, left] = [low, high, left - below];
      break;
    } else {
      [from, left] = [high, left - below - same];
    }
  }
  const rest = items.subarray(from, to).sort((j, k) => key[j] - key[k] || gain[j] - gain[k]);
  for (let i = 0; i < rest.length; i++) {
    left -= gain[rest[i]];
    if (left <= 0) return from + i;
  }
  return to;
}
