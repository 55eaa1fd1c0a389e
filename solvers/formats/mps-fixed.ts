/**
 * The fields of a line of a fixed MPS file, counted in characters from 0:
 *
 *   type 1-2   name 4-11   name 14-21   number 24-35   name 39-46   number 49-60
 *
 * Names keep their inner blanks and must keep to their places. A number is the one word between its neighbours: writers with
 * more digits than 12 begin it earlier or end it later.
 */
import { type Draft, fail } from './mps-sections.js';

/** The last place is that of the second number, and of what follows it. */
const NAMES = [
  [4, 12],
  [14, 22],
  [39, 47],
] as const;
const NUMBERS = [
  [22, 39],
  [47, Number.POSITIVE_INFINITY],
] as const;

/** The fields that a line has; without the type where its section has none. Throws `Fault` on text between the fields. */
export function fixedFields(draft: Draft, line: string): string[] {
  if (line.includes('\t')) fail(draft, 'a tab in a fixed file, where places count; write blanks');
  const text = withoutComment(draft, line);
  const between = [0, 3, 12, 13].find((at) => (text[at] ?? ' ') !== ' ');
  if (between !== undefined)
    fail(draft, `"${text.slice(between).split(' ')[0]}" stands between the fields of the line`);
  const cut = (from: number, to: number) => text.slice(from, to).trim();
  const type = cut(1, 3);
  const [label, row, second] = NAMES.map(([from, to]) => cut(from, to));
  const [value, last] = NUMBERS.map(([from, to]) => cut(from, to));
  const typed = draft.section === 'ROWS' || draft.section === 'BOUNDS';
  if (!typed && type !== '') fail(draft, `"${type}" stands before the fields of the line`);
  const stray = [value, last].find((number) => /\s/.test(number));
  if (stray !== undefined) fail(draft, `expected a number; got "${stray}"`);
  const fields = typed ? [type, label, row, value, second, last] : [label, row, value, second, last];
  while (fields.length > 0 && fields[fields.length - 1] === '') fields.pop();
  return fields;
}

/** A $ in the first place of the second or third name begins a comment, unless it begins a name; so does one behind a number. */
function withoutComment({ rowOf, columnOf }: Draft, line: string): string {
  for (const [from, to] of NAMES.slice(1)) {
    const label = line.slice(from, to).trim();
    if (line[from] === '$' && !rowOf.has(label) && !columnOf.has(label)) return line.slice(0, from);
  }
  for (const [from, to] of NUMBERS) {
    const comment = line.slice(from, to).search(/(?<=\s)\$/);
    if (comment >= 0) return line.slice(0, from + comment);
  }
  return line;
}
