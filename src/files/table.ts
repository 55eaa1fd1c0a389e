/**
 * A table of numbers as text, whatever wrote it: separator, header, comments, quotes, line ends and a byte order
 * mark are recognised. Cells are numbers, or empty (NaN). Our own reader, because a million lines have to be
 * read, or refused, within a second and without an object per line.
 */
import { demandArray, EngramError } from '../core/index.js';

export interface Table {
  /** The names in the first line, if it holds any. */
  header: string[] | undefined;
  separator: 'tab' | 'semicolon' | 'comma' | 'space';
  columns: number;
  rows: number;
  /** One column; NaN where a cell is empty. Throws `input`, with the line, where a cell is text. */
  numbers(column: number): Float64Array;
  /** Whether a cell of a column is text. */
  holdsText(column: number): boolean;
  /** One column as it is written, empty cells as ''. */
  words(column: number): string[];
  /** The line, counted from 1, on which a row stands. */
  lineOf(row: number): number;
  /** Where cells held lists: the table as it was, some rows of which may hold none, and from which row of it each row is. */
  folded?: { readonly table: Table; readonly rowOf: Uint32Array };
}

const SEPARATORS = { tab: '\t', semicolon: ';', comma: ',' } as const;
const MOST_COLUMNS = 64;
const COMMENT = /^[#%]/;

/**
 * Reads a table. Throws `input` with file, line and what stands there. One loop over the lines, longer than most functions,
 * because every line may change what the next ones must be.
 */
export function readTable(bytes: Uint8Array, file: string): Table {
  const fail = (line: number, problem: string): never => {
    throw new EngramError('input', `${file}:${line}: ${problem}`);
  };
  const text = decode(bytes, file);
  let separator: Table['separator'] | undefined;
  let header: string[] | undefined;
  let columns = 0;
  let values = new Float64Array(1024);
  let lines = new Uint32Array(512);
  /** Where each row begins in the text. */
  let begins = new Uint32Array(512);
  let rows = 0;
  let line = 0;
  /** The first cell of text in each column. */
  const firstText: ({ line: number; cell: string } | undefined)[] = [];
  for (let at = 0; at < text.length; ) {
    line++;
    let end = at;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 10 || code === 13) break;
    }
    const content = text.slice(at, end);
    const begin = at;
    at = end + (text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? 2 : 1);
    if (content.trim() === '') continue;
    if (COMMENT.test(content)) continue;
    separator ??= separatorOf(content);
    const cells = split(content, separator);
    if (columns === 0) {
      // Names, all of them but for those that are left out (a table with its row numbers has none for these).
      const named = cells.some((cell) => cell !== '') && cells.every((cell) => cell === '' || isName(cell));
      if (!named) while (cells.length > 1 && cells[cells.length - 1] === '') cells.pop();
      columns = cells.length;
      if (columns > MOST_COLUMNS) fail(line, `${columns} columns; at most ${MOST_COLUMNS} are read`);
      if (named) {
        header = cells.map((cell) => cell.toLowerCase());
        continue;
      }
    }
    // A separator at the end of every line is no column.
    if (cells.length === columns + 1 && cells[columns] === '') cells.pop();
    if (cells.length !== columns)
      fail(line, `${cells.length} ${cells.length === 1 ? 'column' : 'columns'}, but ${columns} in the lines before`);
    if ((rows + 1) * columns > values.length) values = grown(values, 2 * values.length);
    if (rows === lines.length) [lines, begins] = [grown(lines, 2 * rows), grown(begins, 2 * rows)];
    for (let i = 0; i < columns; i++) {
      const value = cells[i] === '' ? Number.NaN : numberOf(cells[i]);
      // Text matters only where the column is wanted.
      if (cells[i] !== '' && !Number.isFinite(value)) firstText[i] ??= { line, cell: cells[i] };
      values[rows * columns + i] = value;
    }
    begins[rows] = begin;
    lines[rows++] = line;
  }
  if (rows === 0) {
    throw new EngramError(
      'input',
      `${file}: ${bytes.length === 0 ? 'the file is empty' : 'there are no rows of numbers'}`,
    );
  }
  const numbers = (column: number) => {
    const bad = firstText[column];
    if (bad) {
      const hint = /^[-+]?\d+,\d+$/.test(bad.cell) ? `; write ${bad.cell.replace(',', '.')}` : '';
      fail(bad.line, `"${bad.cell.slice(0, 40)}" in column ${column + 1} is not a number${hint}`);
    }
    return Float64Array.from({ length: rows }, (_, row) => values[row * columns + column]);
  };
  const holdsText = (column: number) => firstText[column] !== undefined;
  const words = (column: number) =>
    Array.from({ length: rows }, (_, row) => {
      const content = /[^\r\n]*/y;
      content.lastIndex = begins[row];
      return split((content.exec(text) as RegExpExecArray)[0], separator as Table['separator'])[column];
    });
  return {
    header,
    separator: separator ?? 'comma',
    columns,
    rows,
    numbers,
    words,
    holdsText,
    lineOf: (row) => lines[row],
  };
}

/** Throws `input` on what is not text in UTF-8. */
function decode(bytes: Uint8Array, file: string): string {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  demandArray(`the bytes of ${file}`, bytes, Uint8Array);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    fail('text in UTF-16 is not read; save it as UTF-8');
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) fail(`not a text file: byte ${zero} is zero`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('not a text file in UTF-8; if it is text, save it as UTF-8');
  }
}

function separatorOf(content: string): Table['separator'] {
  for (const name of ['tab', 'semicolon', 'comma'] as const) if (content.includes(SEPARATORS[name])) return name;
  return 'space';
}

function split(content: string, separator: Table['separator']): string[] {
  if (separator === 'space') return content.trim().split(/\s+/).map(unquoted);
  if (!content.includes('"')) return content.split(SEPARATORS[separator]).map((cell) => cell.trim());
  // A separator within quotes is none.
  const between = new RegExp(`${SEPARATORS[separator]}(?=(?:[^"]*"[^"]*")*[^"]*$)`);
  return content.split(between).map(unquoted);
}

const unquoted = (cell: string) => {
  const trimmed = cell.trim();
  return /^".*"$/.test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"').trim() : trimmed;
};

/** Only what is plainly a decimal number: no hexadecimal, no "Infinity", no empty text. */
export const numberOf = (cell: string) =>
  /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
const isName = (cell: string) =>
  Number.isNaN(numberOf(cell)) && /^\p{L}|^_/u.test(cell) && !/^[-+]?(nan|inf(inity)?)$/i.test(cell);

function grown<Values extends Float64Array | Uint32Array>(values: Values, length: number): Values {
  const larger = new (values.constructor as new (n: number) => Values)(length);
  larger.set(values);
  return larger;
}
