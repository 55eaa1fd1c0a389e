/** The ids that a file gives its neurons, as channels in order. */
import type { Id } from '../score/index.js';

/** A channel for each id that occurs: numbers in their order, names in that of their letters, with numbers in them counted. */
export function channelsOf(all: ArrayLike<Id>): [Id[], (id: Id) => number] {
  const ids = Array.from(new Set(Array.from(all)));
  ids.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : byName(String(a), String(b))));
  const places = new Map(ids.map((id, channel) => [id, channel]));
  return [ids, (id) => places.get(id) as number];
}

/** Pieces of letters and of digits, compared in turn; code units, because an order by language differs between machines. */
function byName(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.match(/\d+|\D+/g) ?? []);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] === right[i]) continue;
    const difference = Number(left[i]) - Number(right[i]);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
    return left[i] < right[i] ? -1 : 1;
  }
  return left.length - right.length;
}
