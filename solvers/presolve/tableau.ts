/**
 * What presolve works on: a sparse program of which rows and variables are taken away, and the record of how.
 *
 * Matrices never change. Variables that are taken away keep their value in x; limits of rows are those of the whole row, what
 * such variables add included.
 */
import { addProduct } from '../doubled.js';
import type { Program } from '../problem.js';
import { rounded } from '../products.js';
import { type Compressed, isCompressed, transposed } from '../sparse/matrix.js';

/** One step of presolve, as much of it as is needed to take it back (undo.ts). */
export type Step =
  /** Variable k has been given its value. */
  | { kind: 'fixed'; k: number }
  /** Row i has given variable k a bound: its coefficient is a; `wide` is the bound before. */
  | { kind: 'bound'; i: number; k: number; a: number; side: 'lower' | 'upper'; wide: number }
  /** Row i leaves its variables one point, at its lower or upper limit. */
  | { kind: 'forced'; i: number; side: 'lower' | 'upper'; variables: number[] }
  /** Row j, `ratio` times row i, has handed its limits over: those that are tighter than the ones of row i. */
  | { kind: 'parallel'; i: number; j: number; ratio: number; lower: boolean; upper: boolean };

export interface Tableau {
  readonly program: Program<Compressed>;
  /** A by its columns. */
  readonly columns: Compressed;
  readonly l: Float64Array;
  readonly u: Float64Array;
  readonly lb: Float64Array;
  readonly ub: Float64Array;
  readonly x: Float64Array;
  /** 1 where a row or a variable is still there. */
  readonly rowStays: Uint8Array;
  readonly stays: Uint8Array;
  /** Rows that have changed since they were looked at. */
  readonly changed: Uint8Array;
  /** Variables whose bounds have served to take a row away. */
  readonly leaned: Uint8Array;
  readonly steps: Step[];
}

export function tableauOf(program: Program<Compressed>): Tableau {
  const { n, m, l, u, lb, ub } = program;
  return {
    program,
    columns: transposed(program.A, n),
    l: l.slice(),
    u: u.slice(),
    lb: lb.slice(),
    ub: ub.slice(),
    x: new Float64Array(n),
    rowStays: new Uint8Array(m).fill(1),
    stays: new Uint8Array(n).fill(1),
    changed: new Uint8Array(m).fill(1),
    leaned: new Uint8Array(n),
    steps: [],
  };
}

/** Gives a variable its value and takes it away. */
export function fix(t: Tableau, k: number, value: number, record = true): void {
  t.x[k] = t.lb[k] = t.ub[k] = value;
  t.stays[k] = 0;
  t.leaned[k] = 1;
  touchColumn(t, k);
  if (record) t.steps.push({ kind: 'fixed', k });
}

export function touchColumn({ columns, changed }: Tableau, k: number): void {
  for (let p = columns.starts[k]; p < columns.starts[k + 1]; p++) changed[columns.columns[p]] = 1;
}

/** What the variables that are gone add to row i. */
export function takenFrom({ program: { A }, stays, x }: Tableau, i: number): number {
  const sum = { high: 0, low: 0 };
  for (let p = A.starts[i]; p < A.starts[i + 1]; p++) {
    const k = A.columns[p];
    if (!stays[k] && x[k] !== 0) addProduct(sum, A.values[p], x[k]);
  }
  return rounded(sum);
}

/** Whether nothing of P is in row k, or nothing beside its diagonal. */
export function hessianRow({ P, hessian }: Program<Compressed>, k: number): { flat: boolean; diagonal?: number } {
  if (P === 'zero') return { flat: true, diagonal: 0 };
  if (P === 'identity') return { flat: false, diagonal: 1 };
  if (!isCompressed(hessian)) return { flat: hessian[k] === 0, diagonal: hessian[k] };
  const [from, to] = [hessian.starts[k], hessian.starts[k + 1]];
  if (from === to) return { flat: true, diagonal: 0 };
  return to === from + 1 && hessian.columns[from] === k
    ? { flat: false, diagonal: hessian.values[from] }
    : { flat: false };
}
