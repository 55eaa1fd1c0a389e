/**
 * Separable objectives with corners, by Newton's method on the dual:
 *
 *   minimize  sum_k ( price_k |w_k| - gain_k w_k + theta metric_k / 2 (w_k - centre_k)^2 )
 *   subject to  n_i . w = b_i or n_i . w >= b_i,   lower <= w <= upper.
 *
 * For multipliers y the best w is known variable by variable, w(v) with v = N'y (kernel/dual-newton.ts), so the dual
 *
 *   D(y) = b'y + min_w ( objective - v . w ),     D'(y) = b - N w(v),     D''(y) = -H / theta
 *
 * is concave and piecewise quadratic. A step solves H dy = theta D' on the rows with multipliers or violations, goes along it
 * until the slope of D has all but vanished, which passes many corners at once, or until a multiplier of an inequality
 * is zero, and then lets that row go. On the last piece it is exact.
 *
 * Linear objectives have no curvature of their own: theta metric is lent to them, around a centre that moves to the last
 * optimum while theta falls. This proximal iteration ends at an optimum of the linear program after finitely many centres
 * (Rockafellar 1976; for Newton on its dual: Li, Sun and Toh 2020).
 */
import type { Arena } from '../../src/core/index.js';
import { NEWTON_NEAR } from '../tolerances.js';
import { direction, polish } from './direction.js';
import { lineSearch } from './line-search.js';
import { evaluate, grow, newState, type Separable, type State } from './state.js';

export interface DualNewton {
  /** Pointer to the weights, as many doubles as there are variables. */
  readonly weights: number;
  /** How many rows there are. */
  readonly rows: () => number;
  /** Makes room for `n` more rows and returns the number of the first. Earlier pointers become stale. */
  open(n: number): number;
  rowPointer(row: number): number;
  /** Says what an opened and written row demands. */
  demand(row: number, limit: number, equality: boolean): void;
  /** Replaces the prices; `solve` makes the weights follow. */
  setPrice(price: Float64Array): void;
  /** Lends other curvature, theta metric around `centre`. */
  setCentre(theta: number, centre: Float64Array): void;
  /**
   * Moves to the optimum under all rows, up to residuals of `tolerance` times the length of a row; false if it was not
   * reached within the steps.
   */
  solve(tolerance: number): boolean;
  /** Lets go of rows without a multiplier; returns what each row that is left was called before. */
  compact(): Int32Array;
  multipliers(): Float64Array;
  /** Newton steps, and multipliers of inequalities that became zero. */
  readonly work: { steps: number; drops: number };
}

/** Steps without halving the residual, once rounding may be all of it, after which it is. */
const PATIENCE = 12;
/** Steps of one `solve` after which it counts as lost. */
const STEPS = 2000;

/** A solver in an arena, without rows. What it allocates goes when the caller releases the arena. */
export function dualNewton(arena: Arena, objective: Separable): DualNewton {
  const state = newState(arena, objective);
  return {
    weights: state.weights,
    work: state.work,
    rows: () => state.m,
    open: (count) => open(state, count),
    rowPointer: (row) => state.pool.rows + 8 * state.stride * row,
    demand: (row, limit, equality) => demand(state, row, limit, equality),
    setPrice: (price) => arena.f64(state.priceAt, state.n).set(price),
    setCentre(theta, centre) {
      const { gain, metric, n } = state;
      state.theta = theta;
      const shift = arena.f64(state.shiftAt, n);
      for (let k = 0; k < n; k++) shift[k] = gain[k] + theta * metric[k] * centre[k];
    },
    solve: (tolerance) => solve(state, tolerance),
    compact: () => compact(state),
    multipliers: () => arena.f64(state.pool.y, state.m).slice(),
  };
}

/** Newton's method: evaluate, take the rows that matter, step, search along it. */
function solve(state: State, tolerance: number): boolean {
  let best = Number.POSITIVE_INFINITY;
  let since = 0;
  for (let steps = 0; ; steps++) {
    evaluate(state);
    const { ids, worst } = residual(state, tolerance);
    if (worst <= tolerance) {
      polish(state, ids);
      return true;
    }
    if (worst < best / 2) [best, since] = [worst, 0];
    else since++;
    if (steps >= STEPS || (worst <= NEWTON_NEAR && since > PATIENCE)) return false;
    state.work.steps++;
    const taking = direction(state, ids);
    if (!taking) return false;
    lineSearch(state, taking);
  }
}

/** The rows with a multiplier or a violation beyond the tolerance, and the largest of these, relative to their lengths. */
function residual({ arena, equality, m, pool }: State, tolerance: number): { ids: number[]; worst: number } {
  const [y, slack, lengths] = [arena.f64(pool.y, m), arena.f64(pool.slack, m), arena.f64(pool.lengths, m)];
  const ids: number[] = [];
  let worst = 0;
  for (let i = 0; i < m; i++) {
    const off = slack[i] / Math.sqrt(lengths[i]);
    if (!equality[i] && y[i] === 0 && off <= tolerance) continue;
    ids.push(i);
    worst = Math.max(worst, Math.abs(off));
  }
  return { ids, worst };
}

function open(state: State, count: number): number {
  const { arena, stride, m } = state;
  if (m + count > state.pool.capacity) grow(state, Math.max(2 * state.pool.capacity, m + count));
  // The padding column stays zero.
  arena.f64(state.pool.rows + 8 * stride * m, stride * count).fill(0);
  state.m += count;
  return m;
}

function demand({ arena, kernel, n, stride, equality, m, pool }: State, row: number, limit: number, is: boolean): void {
  const at = pool.rows + 8 * stride * row;
  arena.f64(pool.limits, m)[row] = limit;
  arena.f64(pool.y, m)[row] = 0;
  arena.f64(pool.lengths, m)[row] = kernel.denseDot(at, at, n) || 1;
  equality[row] = is;
}

function compact(state: State): Int32Array {
  const { arena, stride, equality, m, pool } = state;
  const y = arena.f64(pool.y, m);
  const kept = Int32Array.from({ length: m }, (_, i) => i).filter((i) => equality[i] || y[i] !== 0);
  kept.forEach((from, to) => {
    arena.f64(pool.rows + 8 * stride * to, stride).set(arena.f64(pool.rows + 8 * stride * from, stride));
    for (const name of ['y', 'limits', 'lengths'] as const) {
      const values = arena.f64(pool[name], m);
      values[to] = values[from];
    }
  });
  state.equality = Array.from(kept, (i) => equality[i]);
  state.m = kept.length;
  state.made = 0;
  return kept;
}
