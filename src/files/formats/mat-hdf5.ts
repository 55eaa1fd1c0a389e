/**
 * MAT files of version 7.3: HDF5 behind 512 bytes of MATLAB's own. A variable is a dataset whose attribute MATLAB_class tells its
 * class, its dimensions in reverse; cells are references into /#refs#; a struct is a group with a dataset for each field, an
 * array of structs one with references.
 */
import { EngramError } from '../../core/index.js';
import type { Hdf5 } from '../hdf5.js';
import type { MatValue } from '../mat.js';

const DEEPEST = 16;
const MOST_CELLS = 100_000;
/** A value of its own takes more in a file. */
const LEAST_BYTES = 64;

/** The variables of a file, as far as they are numbers, characters, cells and structs. */
export function matOfHdf5(file: Hdf5): Map<string, MatValue> {
  const names = file.keys('/').filter((name) => !name.startsWith('#'));
  const seen = new Map<string, MatValue>();
  // What is referred to twice is read once.
  const follow: Follow = (path, depth) => {
    const value = seen.get(path) ?? valueAt(file, path, depth, follow);
    seen.set(path, value);
    return value;
  };
  return new Map(names.map((name) => [name, valueAt(file, `/${name}`, 0, follow)]));
}

/** The value that a reference leads to. */
type Follow = (path: string, depth: number) => MatValue;

function valueAt(file: Hdf5, path: string, depth: number, follow: Follow): MatValue {
  if (depth > DEEPEST) throw new EngramError('input', `${file.name}: ${path} is nested deeper than ${DEEPEST} levels`);
  const matlabClass = String(file.attribute(path, 'MATLAB_class') ?? '');
  if (file.kind(path) === 'group') {
    if (matlabClass !== 'struct' && matlabClass !== '') return { kind: 'other', matlabClass };
    return structAt(file, path, depth, follow);
  }
  const column = file.column(path);
  const dims = column.shape.length > 1 ? [...column.shape].reverse() : [1, column.length];
  const empty = file.attribute(path, 'MATLAB_empty') === 1;
  if (matlabClass === 'cell' && column.kind === 'reference') {
    if (column.length > MOST_CELLS) file.fail(`${path} has ${column.length} cells; at most ${MOST_CELLS} are read`);
    if (column.length * LEAST_BYTES > file.size)
      file.fail(`${path} claims ${column.length} cells, in a file of ${file.size}`);
    return { kind: 'cell', dims, cells: empty ? [] : column.words().map((to) => follow(to, depth + 1)) };
  }
  if (column.kind !== 'number') return { kind: 'other', matlabClass: matlabClass || column.kind };
  if (matlabClass === 'char') {
    const text = empty ? '' : String.fromCharCode(...column.numbers(0, Math.min(column.length, 1000)));
    return { kind: 'char', dims, text };
  }
  if (empty) return { kind: 'numeric', dtype: 'f8', dims: [0, 0], values: new Float64Array() };
  return { kind: 'numeric', dtype: 'f8', dims, values: column.numbers() };
}

/** A struct, or an array of them, whose fields are references. */
function structAt(file: Hdf5, path: string, depth: number, follow: Follow): MatValue {
  const fields = new Map<string, MatValue[]>();
  for (const name of file.keys(path)) {
    const inner = `${path}/${name}`;
    const array =
      file.kind(inner) === 'dataset' &&
      file.attribute(inner, 'MATLAB_class') === undefined &&
      file.column(inner).kind === 'reference';
    fields.set(
      name,
      array
        ? file
            .column(inner)
            .words()
            .map((to) => follow(to, depth + 1))
        : [valueAt(file, inner, depth + 1, follow)],
    );
  }
  const records = Math.max(1, ...[...fields.values()].map(({ length }) => length));
  return { kind: 'struct', dims: [1, records], fields };
}
