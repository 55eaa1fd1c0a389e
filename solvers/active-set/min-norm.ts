/** The dual active-set method on rows that are all there from the start. */
import { createArena, demandArray, demandObject, refuse } from '../../src/core/index.js';
import { largest } from '../largest.js';
import { farkasBound, kktResidual } from '../optimality.js';
import type { Status } from '../status.js';
import { PROMISE, ROW_VIOLATION } from '../tolerances.js';
import { activeSet, type Counters } from './active-set.js';
import { refineRounds } from './rounds.js';

/** minimize 1/2 |w|^2 subject to n_i . w = b_i or n_i . w >= b_i, lower <= w <= upper. */
export interface MinNormProblem {
  /** Length n of w. */
  variables: number;
  /** The n_i, row after row. */
  rows: Float64Array;
  /** The b_i. */
  limits: Float64Array;
  /** Which rows are equalities (default: none). */
  equality?: readonly boolean[];
  /** Lower bound of every variable; finite. */
  lower: number;
  /** Upper bound of every variable; finite. */
  upper: number;
}

/** A point of least norm, or the proof that there is none. */
export interface MinNormSolution {
  /** `solved` and `infeasible` are granted by optimality.ts, on the original data. */
  status: Status;
  /** The n entries of w; after any other status than `solved` the last point. */
  weights: Float64Array;
  /** One per row: of the optimum, or of the proof. */
  multipliers: Float64Array;
  /** Largest residual of the optimality conditions over all rows. */
  kkt: number;
  /** Work done, the same on every machine. */
  counters: Counters;
}

const ROUND_LIMIT = 1000;

/**
 * Solves a problem; copies nothing back into it. Throws `usage` if its parts do not fit together. One function, longer
 * than most: half of it lays the problem into the arena, half reads the answer out.
 */
export function solveMinNorm(problem: MinNormProblem): MinNormSolution {
  demandObject('the problem', problem);
  demandArray('rows', problem.rows, Float64Array);
  demandArray('limits', problem.limits, Float64Array);
  const { variables: n, rows, limits, lower, upper } = problem;
  const m = limits.length;
  const equality = problem.equality ?? new Array<boolean>(m).fill(false);
  checkProblem(problem, equality);
  const arena = createArena();
  const solver = activeSet(arena, new Float64Array(n).fill(lower), new Float64Array(n).fill(upper));
  const rowOfSlot: number[] = [];
  const product = (i: number, w: Float64Array) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += rows[n * i + k] * w[k];
    return sum;
  };
  const length = Array.from({ length: m }, (_, i) => Math.sqrt(product(i, rows.subarray(n * i, n * i + n))));
  const round = (indices: number[], kind: 'equalities' | 'inequalities'): Status => {
    const slots = solver.open(indices.length);
    indices.forEach((row, i) => {
      rowOfSlot[slots[i]] = row;
      arena.f64(solver.rowPointer(slots[i]), n).set(rows.subarray(n * row, n * row + n));
    });
    const bounds = indices.map((i) => limits[i]);
    return solver.round(slots, bounds, kind);
  };
  const all = Array.from({ length: m }, (_, i) => i);
  const weights = () => arena.f64(solver.weights, n).slice();

  let status = round(
    all.filter((i) => equality[i]),
    'equalities',
  );
  const violated = () => {
    const w = weights();
    const held = new Set(Array.from(solver.multipliers().slots, (slot) => rowOfSlot[slot]));
    const slack = (i: number) => product(i, w) - limits[i];
    const found = all
      .filter((i) => !equality[i] && !held.has(i) && slack(i) < -ROW_VIOLATION * (length[i] + Math.abs(limits[i])))
      .sort((i, j) => slack(i) / (length[i] || 1) - slack(j) / (length[j] || 1));
    return found.slice(0, Math.max(16, found.length >> 1));
  };
  status = refineRounds(solver, status, ROUND_LIMIT, violated, (found) => round(found, 'inequalities'));

  const multipliers = new Float64Array(m);
  const { slots, values } = solver.multipliers();
  slots.forEach((slot, i) => {
    const row = rowOfSlot[slot];
    multipliers[row] = equality[row] ? values[i] : Math.max(0, values[i]);
  });
  const w = weights();
  const combination = new Float64Array(n);
  const errors = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < n; k++) {
      combination[k] += multipliers[i] * rows[n * i + k];
      errors[k] += Math.abs(multipliers[i] * rows[n * i + k]) * 2 ** -52 * m;
    }
  }
  const slacks = limits.map((limit, i) => product(i, w) - limit);
  const kkt = kktResidual({ weights: w, lower, upper, multipliers, slacks, equality, combination });
  if (status === 'infeasible') {
    const factor = farkasBound({ multipliers, limits, equality, lower, upper, combination, errors });
    if (!(factor > 1)) status = 'stalled';
  } else if (status === 'solved') {
    const size = 1 + Math.max(largest(w), largest(multipliers), largest(limits));
    if (!(kkt <= PROMISE * size)) status = 'stalled';
  }
  return { status, weights: w, multipliers, kkt, counters: { ...solver.counters } };
}

function checkProblem({ variables, rows, limits, lower, upper }: MinNormProblem, equality: readonly boolean[]): void {
  const m = limits.length;
  if (!(Number.isInteger(variables) && variables > 0)) refuse(`variables must be a positive integer; got ${variables}`);
  if (rows.length !== m * variables) refuse(`rows must hold ${m} x ${variables} numbers; got ${rows.length}`);
  if (equality.length !== m) refuse(`equality must hold ${m} flags; got ${equality.length}`);
  if (!(Number.isFinite(lower) && Number.isFinite(upper) && lower <= 0 && upper >= 0)) {
    refuse(`lower and upper must be finite with lower <= 0 <= upper; got ${lower} and ${upper}`);
  }
  if (!rows.every(Number.isFinite) || !limits.every(Number.isFinite)) refuse('rows and limits must be finite numbers');
}
