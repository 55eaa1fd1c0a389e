/** The Newton step: (H + ridge) dy = theta D' on some of the rows. */
import { DEFINITE_PIVOT, RIDGE } from '../tolerances.js';
import type { State } from './state.js';

/** By how much a ridge grows where the factor breaks down, and the largest, that of an H which is no use. */
const GROWTH = 100;
const MOST_RIDGE = 1;

/**
 * The step, in dy, of those rows among `ids` that take part in it: rows without a multiplier that it would give a negative
 * one stay out. Undefined if no ridge makes the factor hold.
 */
export function direction(state: State, ids: number[]): number[] | undefined {
  const { arena, equality, m, pool } = state;
  const y = arena.f64(pool.y, m);
  let taking = ids;
  for (let ridge = RIDGE; ; ) {
    if (!newtonStep(state, taking, ridge)) {
      ridge *= GROWTH;
      if (ridge > MOST_RIDGE) return undefined;
      continue;
    }
    const dy = arena.f64(pool.dy, taking.length);
    const kept = taking.filter((i, j) => equality[i] || y[i] > 0 || dy[j] > 0);
    if (kept.length === taking.length) return taking;
    taking = kept;
  }
}

/** The step of the rows `ids`, into dy; false if the factor breaks down. */
function newtonStep({ arena, kernel, theta, m, pool }: State, ids: number[], ridge: number): boolean {
  const a = ids.length;
  const width = a + (a & 1);
  arena.i32(pool.ids, a).set(ids);
  const [ridges, lengths] = [arena.f64(pool.ridge, m), arena.f64(pool.lengths, m)];
  for (let i = 0; i < m; i++) ridges[i] = ridge * lengths[i];
  kernel.newtonGather(pool.ids, a, pool.h, pool.capacity, pool.ridge, pool.factor, width);
  if (kernel.denseCholesky(pool.factor, a, width, DEFINITE_PIVOT) >= 0) return false;
  const [dy, slack] = [arena.f64(pool.dy, a), arena.f64(pool.slack, m)];
  for (let j = 0; j < a; j++) dy[j] = theta * slack[ids[j]];
  kernel.denseForward(pool.factor, a, width, 0, pool.dy);
  kernel.denseBackward(pool.factor, a, width, pool.dy);
  return true;
}

/** A last Newton step, taken by the weights themselves: those that are read off v have its rounding over theta. */
export function polish(state: State, ids: number[]): void {
  if (ids.length === 0 || !newtonStep(state, ids, RIDGE)) return;
  const { arena, kernel, n, stride, metric, weights, step, freeAt, theta, equality, m, pool } = state;
  const [dy, full] = [arena.f64(pool.dy, ids.length), arena.f64(pool.ridge, m).fill(0)];
  const y = arena.f64(pool.y, m);
  ids.forEach((i, j) => {
    full[i] = dy[j] / theta;
    y[i] = equality[i] ? y[i] + dy[j] : Math.max(y[i] + dy[j], 0);
  });
  kernel.denseTransposed(pool.rows, m, n, stride, pool.ridge, step);
  const [w, move] = [arena.f64(weights, n), arena.f64(step, n)];
  const free = new Uint8Array(arena.u32(freeAt, 1).buffer, freeAt, n);
  for (let k = 0; k < n; k++) if (free[k]) w[k] += move[k] / metric[k];
}
