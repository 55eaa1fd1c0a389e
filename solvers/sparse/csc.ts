/** Sparse matrices as callers give them: compressed columns, the form of scipy, OSQP and HiGHS. */
import { demandObject, refuse } from '../../src/core/index.js';
import { type Compressed, transposed } from './matrix.js';

/** A matrix by its columns (CSC): entries starts[k] to starts[k + 1] belong to column k. */
export interface SparseMatrix {
  /** One more than there are columns; the first is 0, the last the number of entries. */
  starts: Int32Array | Uint32Array;
  /** Row of each entry; they ascend within a column. */
  rows: Int32Array | Uint32Array;
  /** Value of each entry. */
  values: Float64Array;
}

const isIndices = (value: unknown): value is Int32Array => value instanceof Int32Array || value instanceof Uint32Array;

/** The rows of a CSC matrix of m rows and n columns, zeros left out. Throws `usage` where it is not one. */
export function rowsOf(name: string, M: SparseMatrix, m: number, n: number): Compressed {
  const fail = (text: string): never => {
    refuse(`${name}${text}`);
  };
  demandObject(name, M, ['starts', 'rows', 'values']);
  for (const part of ['starts', 'rows'] as const) {
    if (!isIndices(M[part])) fail(`.${part} must be an Int32Array or a Uint32Array`);
  }
  const { starts, rows, values } = M;
  if (!(values instanceof Float64Array)) fail('.values must be a Float64Array');
  const count = values.length;
  if (starts.length !== n + 1) fail(`.starts must hold ${n + 1} numbers, one more than columns; got ${starts.length}`);
  if (rows.length !== count) fail(`.rows must hold a row for each of ${count} values; got ${rows.length}`);
  if (starts[0] !== 0 || starts[n] !== count)
    fail(`.starts must go from 0 to ${count}; got ${starts[0]} to ${starts[n]}`);
  for (let k = 0; k < n; k++) if (starts[k] > starts[k + 1]) fail(`.starts must not fall; they do at column ${k}`);
  for (let k = 0; k < n; k++) {
    for (let p = starts[k]; p < starts[k + 1]; p++) {
      if (!(rows[p] >= 0 && rows[p] < m)) fail(`.rows[${p}] must be from 0 to ${m - 1}; got ${rows[p]}`);
      if (p === starts[k] || rows[p - 1] < rows[p]) continue;
      if (rows[p - 1] === rows[p]) fail(` has entry (${rows[p]}, ${k}) twice; add them up`);
      fail(`.rows must ascend within a column; in column ${k} row ${rows[p]} follows ${rows[p - 1]}`);
    }
  }
  return withoutZeros(transposed({ starts: Int32Array.from(starts), columns: Int32Array.from(rows), values }, m));
}

function withoutZeros(M: Compressed): Compressed {
  if (M.values.every((value) => value !== 0)) return M;
  const starts = new Int32Array(M.starts.length);
  let count = 0;
  for (let i = 0; i + 1 < starts.length; i++) {
    for (let p = M.starts[i]; p < M.starts[i + 1]; p++) {
      if (M.values[p] === 0) continue;
      M.columns[count] = M.columns[p];
      M.values[count++] = M.values[p];
    }
    starts[i + 1] = count;
  }
  return { starts, columns: M.columns.slice(0, count), values: M.values.slice(0, count) };
}
