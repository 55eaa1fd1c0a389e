/** Apache Parquet as a table, by hyparquet, which is loaded when first used; and written. Columns hold numbers or text, or lists of them. */
import { EngramError } from '../core/index.js';
import { inflate } from './inflate.js';
import type { Source } from './source.js';
import type { Table } from './table.js';

/** What a file may expand to beyond its size: so many values per byte, and so many always. */
const MOST_VALUES = 16;
const ALWAYS = 2 ** 18;

/** Whether a file is Parquet: PAR1 stands at both ends. */
export function isParquet(source: Source): boolean {
  const magic = (at: number) => new TextDecoder('latin1').decode(source.read(at, 4)) === 'PAR1';
  return source.size >= 12 && magic(0);
}

/** The table of a file, and what it says beside. Throws `input` where it is broken. */
export async function readParquet(source: Source): Promise<Table & { facts: ReadonlyMap<string, string> }> {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${source.name}: ${problem}`);
  };
  const library = await import('hyparquet');
  try {
    const bytes = (from: number, to: number) => new Uint8Array(source.read(from, to - from)).buffer;
    const file = { byteLength: source.size, slice: (from: number, to = source.size) => bytes(from, to) };
    const metadata = await library.parquetMetadataAsync(file);
    const rows = Number(metadata.num_rows);
    const header = library.parquetSchema(metadata).children.map(({ element }) => element.name.toLowerCase());
    const values = metadata.row_groups
      .flatMap((group) => group.columns)
      .reduce((sum, { meta_data }) => sum + Number(meta_data?.num_values ?? 0), 0);
    const claimed = Math.max(rows * header.length, values);
    if (!(claimed <= Math.max(ALWAYS, MOST_VALUES * source.size)))
      fail(`claims ${claimed} values in ${source.size} bytes`);
    if (rows === 0) fail('there are no rows');
    const columns: unknown[][] = header.map(() => []);
    await library.parquetRead({
      file,
      metadata,
      compressors: { GZIP: (data, size) => inflate('gzip', data, size).content },
      onComplete: (all) => {
        for (const row of all as unknown[][]) columns.forEach((column, i) => column.push(row[i]));
      },
    });
    const facts = new Map((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']));
    return { ...unfolded(header, columns, source.name), facts };
  } catch (error) {
    if (error instanceof EngramError) throw error;
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 120);
    const codec = /unsupported compression codec: (\w+)/.exec(reason)?.[1];
    return fail(
      codec
        ? `it is compressed by ${codec}; snappy, gzip and none are read: write it with one of these`
        : `not readable as Parquet: ${reason}`,
    );
  }
}

/** A table in which a row that holds lists is as many rows as they have entries, its other cells repeated. */
function unfolded(header: string[], columns: readonly unknown[][], file: string): Table {
  const whole = tableOf(header, columns, file);
  const lists = columns.filter((column) => column.some(Array.isArray)) as unknown[][][];
  if (lists.length === 0) return whole;
  const rowOf = Uint32Array.from(
    columns[0].flatMap((_, row) => {
      const [first, ...others] = lists.map((list) => list[row]?.length ?? 0);
      if (others.some((other) => other !== first))
        throw new EngramError('input', `${file}:${row + 1}: the lists of this row have different lengths`);
      return new Array<number>(first).fill(row);
    }),
  );
  const entries = columns.map((column) =>
    lists.includes(column as unknown[][])
      ? column.flatMap((list) => list ?? [])
      : Array.from(rowOf, (row) => column[row]),
  );
  return {
    ...tableOf(header, entries, file, (row) => rowOf[row] + 1),
    folded: { table: whole, rowOf },
  };
}

function tableOf(
  header: string[],
  columns: readonly unknown[][],
  file: string,
  lineOf = (row: number) => row + 1,
): Table {
  const holdsText = (column: number) => columns[column].some((cell) => typeof cell === 'string');
  return {
    header,
    separator: 'comma',
    columns: header.length,
    rows: columns[0]?.length ?? 0,
    holdsText,
    words: (column) => columns[column].map((cell) => String(cell ?? '')),
    lineOf,
    numbers: (column) =>
      Float64Array.from(columns[column], (cell, row) => {
        if (cell === null || cell === undefined) return Number.NaN;
        const value = typeof cell === 'bigint' || typeof cell === 'number' ? Number(cell) : Number.NaN;
        if (Number.isFinite(value)) return value;
        throw new EngramError(
          'input',
          `${file}:${lineOf(row)}: "${String(cell).slice(0, 40)}" in column ${header[column]} is not a number`,
        );
      }),
  };
}

/** The bytes of a table of columns, with what is said beside. */
export async function parquetBytes(
  columns: Record<string, Float64Array | Int32Array | readonly string[]>,
  facts: Record<string, string> = {},
): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const columnData = Object.entries(columns).map(([name, data]) => ({
    name,
    data: Array.isArray(data) ? data : (data as Float64Array),
    type:
      data instanceof Float64Array
        ? ('DOUBLE' as const)
        : data instanceof Int32Array
          ? ('INT32' as const)
          : ('STRING' as const),
  }));
  const kvMetadata = Object.entries(facts).map(([key, value]) => ({ key, value }));
  return new Uint8Array(parquetWriteBuffer({ columnData: columnData as never, kvMetadata }));
}
