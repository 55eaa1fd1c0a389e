/** What a file says: a linear or quadratic program with names, sparse as files are, and its dense form. */
import { EngramError } from '../../src/core/index.js';
import { memoryNeed, type QpProblem } from '../problem.js';

export interface SparseProblem {
  name: string;
  rows: string[];
  columns: string[];
  /** Which variables must be integers. */
  integer: boolean[];
  /** The file asks for a maximum; costs and Hessian have been negated. */
  maximize: boolean;
  /** Entries (row, column, value) of A. */
  A: [number, number, number][];
  /** Entries (i, j, value) of the symmetric P, both halves. */
  P: [number, number, number][];
  q: Float64Array;
  l: Float64Array;
  u: Float64Array;
  lb: Float64Array;
  ub: Float64Array;
  constant: number;
}

/** Largest dense problem that is made from a file, in bytes: four times what the dense solvers take. */
const MOST = 4 * memoryNeed(1000, 5000);

/** The dense problem; integrality is left out. Throws `input` where it would need several GB. */
export function denseProblem(model: SparseProblem): QpProblem {
  const [n, m] = [model.columns.length, model.rows.length];
  if (memoryNeed(n, m) > MOST) {
    const need = (memoryNeed(n, m) / 1e9).toFixed(1);
    throw new EngramError('input', `${model.name}: ${n} variables and ${m} rows need ${need} GB as dense matrices`);
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
