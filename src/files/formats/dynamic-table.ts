/**
 * A DynamicTable of NWB: columns of equal length in a group. A column with a `<name>_index` beside it is ragged: row r has the
 * entries from index[r - 1] (0 of the first row) to before index[r].
 */
import type { Column, Hdf5 } from '../hdf5.js';
import type { Condition } from './select.js';

type Cell = readonly (string | number)[];

/** A table in an open file. */
export interface DynamicTable {
  readonly path: string;
  readonly rows: number;
  /** What each row is called. */
  readonly ids: Float64Array;
  /** The names of the columns that are there. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** The dataset of a column. Throws `input` if there is none. */
  column(name: string): Column;
  /** Of each row of a ragged column where its entries end; undefined of a plain one. */
  ends(name: string): Float64Array | undefined;
  /** The cells of a column by row. Throws `input` where they are neither numbers nor text nor references. */
  cells(name: string): (row: number) => Cell;
  /** The rows that fit all conditions. Throws `input` where a column is missing. */
  rowsThat(conditions: readonly Condition[]): number[];
}

/** Opens a table. Throws `input` where columns contradict each other. */
export function dynamicTable(file: Hdf5, path: string): DynamicTable {
  const keys = file.keys(path);
  const names = keys.filter((name) => file.kind(`${path}/${name}`) === 'dataset' && !name.endsWith('_index'));
  const has = (name: string) => names.includes(name);
  const column = (name: string) => {
    if (!has(name)) file.fail(`${path} has no column "${name}"; there are ${names.join(', ') || 'none'}`);
    return file.column(`${path}/${name}`);
  };
  const indexed = (name: string) => keys.includes(`${name}_index`);
  const first = names.find((name) => name !== 'id');
  const rows = has('id')
    ? column('id').length
    : first
      ? file.column(`${path}/${first}${indexed(first) ? '_index' : ''}`).length
      : 0;
  const lengthOf = (found: Column) => {
    if (found.length !== rows) file.fail(`${found.path} has ${found.length} rows, the table has ${rows}`);
    return found;
  };
  const ends = (name: string) => {
    if (!indexed(name)) return undefined;
    const index = lengthOf(file.column(`${path}/${name}_index`)).numbers();
    const entries = column(name).length;
    let before = 0;
    for (let row = 0; row < rows; row++) {
      if (!(index[row] >= before && index[row] <= entries))
        file.fail(
          `${path}/${name}_index must rise to at most ${entries}, the entries of ${name}; row ${row} has ${index[row]} after ${before}`,
        );
      before = index[row];
    }
    return index;
  };
  const cells = (name: string) => {
    const found = column(name);
    const stops = ends(name);
    if (!stops) lengthOf(found);
    const values: Cell = found.kind === 'number' ? Array.from(found.numbers()) : found.words();
    // A reference to a group is called by the group's name.
    const called = found.kind === 'reference' ? values.map((to) => String(to).replace(/.*\//, '')) : values;
    const width = values.length / Math.max(1, found.length);
    return (row: number): Cell =>
      stops
        ? called.slice(width * (row > 0 ? stops[row - 1] : 0), width * stops[row])
        : called.slice(width * row, width * (row + 1));
  };
  const rowsThat = (conditions: readonly Condition[]) => {
    const columns = conditions.map((condition) => cells(condition.column));
    return Array.from({ length: rows }, (_, row) => row).filter((row) =>
      conditions.every((condition, i) => condition.holds(columns[i](row))),
    );
  };
  let ids: Float64Array | undefined;
  return {
    path,
    rows,
    get ids() {
      ids ??= has('id') ? column('id').numbers() : Float64Array.from({ length: rows }, (_, row) => row);
      return ids;
    },
    names,
    has,
    column,
    ends,
    cells,
    rowsThat,
  };
}
