/** What a file says: a linear or quadratic program with names, and its forms for the solvers. */
import { demandArray, demandInteger, demandObject, EngramError, refuse } from '../../src/core/index.js';
import { memoryNeed, type QpProblem } from '../problem.js';
import { rowsOf, type SparseMatrix } from '../sparse/csc.js';
import { expanded } from '../sparse/matrix.js';

/** A linear, quadratic or mixed-integer program as a file has it, with m rows and n variables. */
export interface SparseProblem {
  /** Name of the problem; may be empty. */
  name: string;
  /** m names. */
  rows: string[];
  /** n names of variables. */
  columns: string[];
  /** Which variables must be integers. */
  integer: boolean[];
  /** The file asks for a maximum; costs and Hessian have been negated. */
  maximize: boolean;
  /** Entries (row, column, value) of A. */
  A: [number, number, number][];
  /** Entries (i, j, value) of the symmetric P, both halves. */
  P: [number, number, number][];
  /** n costs. */
  q: Float64Array;
  /** m lower limits of rows; -Infinity is none. */
  l: Float64Array;
  /** m upper limits of rows; Infinity is none. */
  u: Float64Array;
  /** n lower bounds of variables; -Infinity is none. */
  lb: Float64Array;
  /** n upper bounds of variables; Infinity is none. */
  ub: Float64Array;
  /** Added to the objective. */
  constant: number;
}

/** Largest dense problem that is made from a file, in bytes: four times what the dense solvers take. */
const MOST = 4 * memoryNeed(1000, 5000);

/** The dense problem; integrality is left out. Throws `input` where it would need several GB. */
export function denseProblem(model: SparseProblem): QpProblem {
  const { n, m } = demandModel(model);
  if (memoryNeed(n, m) > MOST) {
    const need = (memoryNeed(n, m) / 1e9).toFixed(1);
    throw new EngramError('input', `${model.name}: ${n} variables and ${m} rows need ${need} GB as dense matrices`);
  }
  const { P, A, ...rest } = sparseProblem(model);
  const full = (name: string, M: SparseMatrix, rows: number) => expanded(rowsOf(name, M, rows, n), n);
  return { P: P && full('P', P as SparseMatrix, n), A: full('A', A as SparseMatrix, m), ...rest };
}

/** The problem with sparse matrices, of any size; integrality is left out. */
export function sparseProblem(model: SparseProblem): QpProblem<SparseMatrix> {
  const { n } = demandModel(model);
  const { q, l, u, lb, ub, constant } = model;
  const P = model.P.length > 0 ? byColumns(model.P, n) : undefined;
  return { P, q, A: byColumns(model.A, n), l, u, lb, ub, constant };
}

function byColumns(entries: SparseProblem['A'], n: number): SparseMatrix {
  const sorted = [...entries].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  const starts = new Int32Array(n + 1);
  for (const [, k] of sorted) starts[k + 1]++;
  for (let k = 0; k < n; k++) starts[k + 1] += starts[k];
  const rows = Int32Array.from(sorted, ([i]) => i);
  return { starts, rows, values: Float64Array.from(sorted, ([, , value]) => value) };
}

function demandModel(model: SparseProblem): { n: number; m: number } {
  demandObject('the problem', model);
  for (const list of ['columns', 'rows', 'A', 'P'] as const) {
    if (!Array.isArray(model[list])) refuse(`\`${list}\` of the problem must be a list`);
  }
  const [n, m] = [model.columns.length, model.rows.length];
  for (const name of ['q', 'lb', 'ub'] as const) demandArray(name, model[name], Float64Array, n);
  for (const name of ['l', 'u'] as const) demandArray(name, model[name], Float64Array, m);
  const demandPlaces = (entries: SparseProblem['A'], rows: number) => {
    for (const [i, k] of entries) {
      demandInteger('the row of an entry', i, 0, rows - 1);
      demandInteger('the column of an entry', k, 0, n - 1);
    }
  };
  demandPlaces(model.A, m);
  demandPlaces(model.P, n);
  return { n, m };
}
