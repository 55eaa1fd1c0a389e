/** A problem that changes: rows are added, data are updated, and every solve starts from the last optimum. */
import { demandObject, refuse } from '../src/core/index.js';
import {
  changedVectors,
  checkProblem,
  demandDense,
  fitsDense,
  type Program,
  type QpProblem,
  withVectors,
} from './problem.js';
import type { Settings, Solution } from './solution.js';
import {
  checkedSettings,
  isSparse,
  owned,
  type Standing,
  solveNext,
  solveProgram,
  solveProgramLater,
  solveStanding,
  standing,
} from './solve.js';
import type { SparseMatrix } from './sparse/csc.js';
import { isCompressed, type Matrix, stacked } from './sparse/matrix.js';
import { copied } from './vectors.js';

/** Rows to add: l <= A x <= u, row-major; one of l and u may be left out. */
export interface Rows {
  /** k x n, row-major or sparse. */
  A: Float64Array | SparseMatrix;
  /** k lower limits; absent: none. */
  l?: Float64Array;
  /** k upper limits; absent: none. */
  u?: Float64Array;
}

/** A program that grows and changes, and is solved again from its last optimum. */
export interface QpModel {
  /** Solves the problem as it stands, from the last optimum if there is one and `settings.start` names no other. */
  solve(settings?: Settings): Solution;
  /** The same beside other work of the thread: see `solveQpLater`. What is changed meanwhile is for the next solve. */
  solveLater(settings?: Settings): Promise<Solution>;
  /** Appends rows; copies them. The optimum so far is where the next solve starts. */
  addRows(rows: Rows): void;
  /** Replaces data of the same size; copies them. */
  update(change: Partial<Pick<QpProblem, 'q' | 'l' | 'u' | 'lb' | 'ub' | 'constant'>>): void;
  /** Lets go of the data; may be called twice. Every other call then throws `usage`. */
  dispose(): void;
}

/** Settings that leave what stands as it is. */
const CAPS = ['roundLimit', 'workLimit', 'signal'];
/** No settings. */
const NONE: Settings = {};

/** A model that owns a copy of the problem. Throws `usage` like `solveQp`. One function, longer than most: its operations share what stands. */
export function createModel(problem: QpProblem<Float64Array | SparseMatrix>): QpModel {
  let program: Program<Matrix> | undefined = owned(checkProblem(problem));
  let last: Settings['start'];
  // From the second solve on the program stands before the active set, and only what has changed is done again.
  let kept: Standing | undefined;
  const alive = (): Program<Matrix> => {
    if (!program) refuse('the model has been disposed of; create another one');
    return program;
  };
  const usual = checkedSettings(NONE, program.n);
  // Sparse steps start from no point, and presolve helps them.
  let sparse: boolean | undefined;
  const nearest = () => {
    if (!last) return undefined;
    sparse ??= isSparse(alive());
    return sparse ? undefined : last;
  };
  // Where optima are far from each other, sparse steps from nothing are the shorter way: one after the first leap, three after the next.
  let leaps = 0;
  let rest = 0;
  const again = (settings: Settings) => {
    const now = alive();
    if (!last || (settings !== NONE && !Object.keys(settings).every((key) => CAPS.includes(key)))) return undefined;
    if (!fitsDense(now.n, now.m) || rest-- > 0) return undefined;
    const how = settings === NONE ? usual : checkedSettings(settings, now.n);
    const before = kept ?? standing(now);
    // Not if it ends early, by whatever.
    kept = undefined;
    how.signal?.throwIfAborted();
    const solution = solveNext(before, now) ?? solveStanding(before, now, last, how);
    if (solution) kept = before;
    leaps = solution || !before.sparse ? 0 : 2 * leaps + 1;
    rest = leaps;
    return solution;
  };
  const noted = (solution: Solution) => {
    const { status, x, y, z } = solution;
    // The arrays of an answer are the caller's.
    if (status === 'solved') last = { x: copied(x), y: copied(y), z: copied(z) };
    else kept = undefined;
    return solution;
  };
  return {
    solve(settings = NONE) {
      demandObject('the settings', settings);
      return noted(again(settings) ?? solveProgram(alive(), { start: nearest(), ...settings }));
    },
    async solveLater(settings = {}) {
      return noted(await solveProgramLater(alive(), { start: nearest(), ...settings }));
    },
    addRows(rows) {
      const old = alive();
      demandObject('the rows', rows, ['A', 'l', 'u']);
      const added = checkProblem({ ...rows, q: old.q });
      const joined = (a: Float64Array, b: Float64Array) => Float64Array.from([...a, ...b]);
      const A = stacked(old.A, added.A, old.n);
      kept = undefined;
      sparse = undefined;
      program = { ...old, m: old.m + added.m, A, l: joined(old.l, added.l), u: joined(old.u, added.u) };
      if (!isCompressed(A)) demandDense(A, program.m, program.n);
    },
    update(change) {
      demandObject('the change', change, ['q', 'l', 'u', 'lb', 'ub', 'constant']);
      const old = alive();
      program = withVectors(old, changedVectors(old, change));
    },
    dispose() {
      program = undefined;
      last = undefined;
      kept = undefined;
    },
  };
}
