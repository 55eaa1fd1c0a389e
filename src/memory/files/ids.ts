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

/** A name as it stands in a table: in one line, without blanks at its ends. */
export const wordOf = (id: Id): string => String(id).replace(/\s+/g, ' ').trim();

/** The cell of a neuron in a table with commas between, in quotes where it would else be read as a comment or as several cells. */
export function cellOf(id: Id): string {
  const word = wordOf(id);
  return /^[#%]|[",;\t]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word;
}

/** Whether any of these is a name: then a cell `007` is one too, and not the number 7. */
export const areNames = (ids: ArrayLike<Id> | undefined): boolean =>
  Array.from(ids ?? []).some((id) => typeof id === 'string');

/** Different ids in JSON, as they stand beside a table of spikes; undefined of anything else. */
export function idsInJson(text: string | undefined): Id[] | undefined {
  try {
    const ids: unknown = JSON.parse(text ?? '');
    const good =
      Array.isArray(ids) &&
      ids.every((id) => typeof id === 'string' || Number.isSafeInteger(id)) &&
      new Set(ids.map(String)).size === ids.length;
    return good ? (ids as Id[]) : undefined;
  } catch {
    return undefined;
  }
}
