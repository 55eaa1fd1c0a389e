/** How far a Newton step goes: on a concave, piecewise quadratic dual its slope falls along straight pieces. */
import type { State } from './state.js';

/** Slope of the dual along a step, relative to that at its begin, at which a step ends. */
const FLAT = 0.1;
/** Tries of a search. */
const TRIES = 60;
/** A multiplier that rounding has left above zero, relative to its step. */
const ZERO = 1e-14;

/**
 * Goes along dy as far as the dual rises. A multiplier that reaches zero stays there, and the others go on for as long as
 * the dual still rises along what is left of the step.
 */
export function lineSearch(state: State, ids: number[]): void {
  const { arena, kernel, n, stride, v, step, theta, equality, m, pool, work } = state;
  const [y, limits] = [arena.f64(pool.y, m), arena.f64(pool.limits, m)];
  const [dy, full] = [arena.f64(pool.dy, ids.length), arena.f64(pool.ridge, m).fill(0)];
  ids.forEach((i, j) => {
    full[i] = dy[j];
  });
  kernel.denseTransposed(pool.rows, m, n, stride, pool.ridge, step);
  let drive = ids.reduce((sum, i, j) => sum + dy[j] * limits[i], 0);
  const slope = (t: number) => drive - kernel.newtonSlope(v, step, t, theta);
  const flat = FLAT * slope(0);
  for (let left = 1; ; ) {
    let blocked = Number.POSITIVE_INFINITY;
    ids.forEach((i, j) => {
      if (!equality[i] && dy[j] < 0) blocked = Math.min(blocked, y[i] / -dy[j]);
    });
    const t = search(slope, flat, Math.min(left, blocked), blocked);
    const stopped: number[] = [];
    ids.forEach((i, j) => {
      y[i] += t * dy[j];
      if (equality[i] || dy[j] >= 0 || y[i] > ZERO * t * -dy[j]) return;
      y[i] = 0;
      stopped.push(j);
    });
    work.drops += stopped.length;
    if (t < blocked) return;
    kernel.denseAxpy(t, step, v, n);
    for (const j of stopped) {
      kernel.denseAxpy(-dy[j], pool.rows + 8 * stride * ids[j], step, n);
      drive -= dy[j] * limits[ids[j]];
      dy[j] = 0;
    }
    if (!(slope(0) > flat)) return;
    left = Math.max(left - t, 0.1);
  }
}

/** The length t of a step at which the falling slope is nearly zero, or `most`; tries `t` first. */
function search(slope: (t: number) => number, flat: number, first: number, most: number): number {
  let t = first;
  let [low, high, atLow, atHigh] = [0, Number.POSITIVE_INFINITY, slope(0), 0];
  for (let tries = 0; tries < TRIES && low < most; tries++) {
    const now = slope(t);
    if (now > flat) [low, atLow] = [t, now];
    else if (now < -flat) [high, atHigh] = [t, now];
    else break;
    if (high === Number.POSITIVE_INFINITY) t = Math.min(4 * t, most);
    else {
      // The slope falls along straight pieces: the secant, kept away from the ends.
      const secant = low + ((high - low) * atLow) / (atLow - atHigh);
      t = Math.min(Math.max(secant, low + 0.05 * (high - low)), high - 0.05 * (high - low));
    }
  }
  return t;
}
