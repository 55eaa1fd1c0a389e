/** What a file says: a linear or quadratic program with names, sparse as files are, and its dense form. */
import { demandArray, demandInteger, demandObject, EngramError, refuse } from '../../src/core/index.js';
import { memoryNeed, type QpProblem } from '../problem.js';

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
  demandObject('the problem', model);
  for (const list of ['columns', 'rows', 'A', 'P'] as const) {
    if (!Array.isArray(model[list])) refuse(`\`${list}\` of the problem must be a list`);
  }
  const [n, m] = [model.columns.length, model.rows.length];
  if (memoryNeed(n, m) > MOST) {
    const need = (memoryNeed(n, m) / 1e9).toFixed(1);
    throw new EngramError('input', `${model.name}: ${n} variables and ${m} rows need ${need} GB as dense matrices`);
  }
  for (const name of ['q', 'lb', 'ub'] as const) demandArray(name, model[name], Float64Array, n);
  for (const name of ['l', 'u'] as const) demandArray(name, model[name], Float64Array, m);
  for (const [i, k] of model.A) {
    demandInteger('the row of an entry', i, 0, m - 1);
    demandInteger('the column of an entry', k, 0, n - 1);
  }
  const A = new Float64Array(m * n);
  for (const [i, k, value] of model.A) A[n * i + k] = value;
  let P: Float64Array | undefined;
  if (model.P.length > 0) {
    P = new Float64Array(n * n);
    for (const [i, j, value] of model.P) P[n * i + j] = value;
  }
  const { q, l, u, lb, ub, constant } = model;
  return { P, q, A, l, u, lb, ub, constant };
}
