/** The intervals that an NWB file names, as stretches of time: `trials:3`, `epochs:rest`, `trials:stimulus=song`. */
import type { Hdf5 } from '../hdf5.js';
import { type DynamicTable, dynamicTable } from './dynamic-table.js';
import { parseSelection } from './select.js';

const ROOT = '/intervals';

/** The stretch of an interval in seconds. Throws `input` with what there is. */
export function intervalOf(file: Hdf5, spelling: string): readonly [number, number] {
  const [name, ...rest] = spelling.split(':');
  const which = rest.join(':');
  const tables = file.keys(ROOT);
  if (!tables.includes(name)) {
    file.fail(
      `there are no intervals called "${name}"; there are ${tables.join(', ') || 'none'}, and stretches such as 2s..4s`,
    );
  }
  const table = dynamicTable(file, `${ROOT}/${name}`);
  const found = rowsCalled(table, which);
  if (found.length !== 1) {
    const some = Array.from((found.length > 0 ? found : table.ids).slice(0, 8), (row) =>
      found.length > 0 ? table.ids[row] : row,
    );
    file.fail(
      `${found.length === 0 ? 'none' : found.length} of the ${table.rows} intervals in ${name} ${found.length === 1 ? 'is' : 'are'} "${which}"; choose one by its id, such as ${some.map((id) => `${name}:${id}`).join(', ')}`,
    );
  }
  const [row] = found;
  const [from, to] = ['start_time', 'stop_time'].map((column) => table.column(column).numbers(row, row + 1)[0]);
  if (!(from < to)) file.fail(`the interval ${spelling} is from ${from} to ${to} s, which is no stretch of time`);
  return [from, to];
}

/** A row by its id, by a condition, or by a word that stands in any column of text. */
function rowsCalled(table: DynamicTable, which: string): number[] {
  if (which === '') return table.rows === 1 ? [0] : [];
  if (/^\d+$/.test(which)) return table.rowsThat(parseSelection(`id=${which}`));
  if (/[=<>]/.test(which)) return table.rowsThat(parseSelection(which, '--window'));
  const texts = table.names.filter((name) => table.column(name).kind === 'text').map(table.cells);
  return Array.from({ length: table.rows }, (_, row) => row).filter((row) =>
    texts.some((cells) => cells(row).includes(which)),
  );
}
