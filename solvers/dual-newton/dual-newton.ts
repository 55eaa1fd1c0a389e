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

/** All of one length. `metric` is positive; where `theta` stays 1 and `centre` 0 it is the curvature of the objective. */
export interface Separable {
  readonly price: Float64Array;
  readonly gain: Float64Array;
  readonly metric: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

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
  /** Lets go of rows without a multiplier; `kept` says what each row that is left was called before. */
  tidy(): Int32Array;
  multipliers(): Float64Array;
  /** Newton steps, and multipliers of inequalities that became zero. */
  readonly work: { steps: number; drops: number };
}

interface Kernel {
  denseTimes(a: number, m: number, n: number, stride: number, x: number, y: number): void;
  denseTransposed(a: number, m: number, n: number, stride: number, x: number, y: number): void;
  denseCholesky(a: number, n: number, stride: number, least: number): number;
  denseForward(l: number, n: number, stride: number, first: number, x: number): void;
  denseBackward(l: number, n: number, stride: number, x: number): void;
  denseDot(a: number, b: number, n: number): number;
  denseAxpy(f: number, x: number, y: number, n: number): void;
  newtonBind(
    variables: number,
    stride: number,
    lower: number,
    upper: number,
    price: number,
    metric: number,
    shift: number,
    free: number,
  ): void;
  newtonWeights(v: number, theta: number, w: number, changed: number): number;
  newtonSlope(v: number, step: number, t: number, theta: number): number;
  newtonToggle(k: number, rows: number, m: number, h: number, capacity: number, column: number): void;
  newtonRows(rows: number, first: number, last: number, h: number, capacity: number, masked: number): void;
  newtonGather(ids: number, a: number, h: number, capacity: number, ridge: number, factor: number, width: number): void;
}

/** Ridge on the diagonal of H, relative to the length of a row: keeps dependent rows apart. */
const RIDGE = 1e-9;
/** Slope of the dual along a step, relative to that at its begin, at which a step ends. */
const FLAT = 0.1;
/** Residual from which on rounding may be all that is left, and steps without halving it after which it is. */
const NEAR = 1e-6;
const PATIENCE = 12;
/** Steps of one `solve` after which it counts as lost. */
const STEPS = 2000;

export function dualNewton(arena: Arena, { price, gain, metric, lower, upper }: Separable): DualNewton {
  const kernel = arena.kernels<Kernel>();
  const n = price.length;
  const stride = n + (n & 1);
  const doubles = (values?: Float64Array) => {
    const at = arena.alloc(8 * stride);
    arena.f64(at, stride).fill(0);
    if (values) arena.f64(at, n).set(values);
    return at;
  };
  const [lowerAt, upperAt, priceAt, metricAt, shiftAt] = [lower, upper, price, metric, gain].map(doubles);
  const [v, weights, step, masked] = [0, 1, 2, 3].map(() => doubles());
  const freeAt = arena.alloc(stride);
  arena.u32(freeAt, (stride + 3) >> 2).fill(0);
  const changed = arena.alloc(4 * stride);
  kernel.newtonBind(n, stride, lowerAt, upperAt, priceAt, metricAt, shiftAt, freeAt);

  let theta = 1;
  let m = 0;
  /** Rows of H that are made. */
  let made = 0;
  let equality: boolean[] = [];
  let pool = { capacity: 0, rows: 0, h: 0, y: 0, limits: 0, lengths: 0, slack: 0, ridge: 0, ids: 0, factor: 0, dy: 0 };
  grow(128);
  const work = { steps: 0, drops: 0 };

  function grow(capacity: number): void {
    const old = pool;
    const vector = () => arena.alloc(8 * capacity);
    const even = capacity + (capacity & 1);
    pool = {
      capacity: even,
      rows: arena.alloc(8 * stride * even),
      h: arena.alloc(8 * even * even),
      factor: arena.alloc(8 * even * even),
      ...{ y: vector(), limits: vector(), lengths: vector(), slack: vector(), ridge: vector(), dy: vector() },
      ids: arena.alloc(4 * even),
    };
    arena.f64(pool.rows, stride * m).set(arena.f64(old.rows, stride * m));
    for (const name of ['y', 'limits', 'lengths'] as const) arena.f64(pool[name], m).set(arena.f64(old[name], m));
    for (let i = 0; i < made; i++) {
      arena.f64(pool.h + 8 * pool.capacity * i, made).set(arena.f64(old.h + 8 * old.capacity * i, made));
    }
  }

  /** The weights of the multipliers, and H of the variables that are free there. */
  function follow(): void {
    kernel.denseTransposed(pool.rows, m, n, stride, pool.y, v);
    const count = kernel.newtonWeights(v, theta, weights, changed);
    const list = arena.i32(changed, count);
    for (let i = 0; i < count; i++) {
      kernel.newtonToggle(list[i], pool.rows, made, pool.h, pool.capacity, pool.dy);
    }
    if (made < m) {
      kernel.newtonRows(pool.rows, made, m, pool.h, pool.capacity, masked);
      made = m;
    }
    kernel.denseTimes(pool.rows, m, n, stride, weights, pool.slack);
    const [slack, limits] = [arena.f64(pool.slack, m), arena.f64(pool.limits, m)];
    for (let i = 0; i < m; i++) slack[i] = limits[i] - slack[i];
  }

  /** The Newton step of the rows `ids`, into dy; false if the factor breaks down. */
  function direction(ids: number[], ridge: number): boolean {
    const a = ids.length;
    const width = a + (a & 1);
    arena.i32(pool.ids, a).set(ids);
    const [ridges, lengths] = [arena.f64(pool.ridge, m), arena.f64(pool.lengths, m)];
    for (let i = 0; i < m; i++) ridges[i] = ridge * lengths[i];
    kernel.newtonGather(pool.ids, a, pool.h, pool.capacity, pool.ridge, pool.factor, width);
    if (kernel.denseCholesky(pool.factor, a, width, 1e-14) >= 0) return false;
    const [dy, slack] = [arena.f64(pool.dy, a), arena.f64(pool.slack, m)];
    for (let j = 0; j < a; j++) dy[j] = theta * slack[ids[j]];
    kernel.denseForward(pool.factor, a, width, 0, pool.dy);
    kernel.denseBackward(pool.factor, a, width, pool.dy);
    return true;
  }

  function solve(tolerance: number): boolean {
    let best = Number.POSITIVE_INFINITY;
    let since = 0;
    for (let steps = 0; ; steps++) {
      follow();
      const [y, slack, lengths] = [arena.f64(pool.y, m), arena.f64(pool.slack, m), arena.f64(pool.lengths, m)];
      let ids: number[] = [];
      let worst = 0;
      for (let i = 0; i < m; i++) {
        const off = slack[i] / Math.sqrt(lengths[i]);
        if (!equality[i] && y[i] === 0 && off <= tolerance) continue;
        ids.push(i);
        worst = Math.max(worst, Math.abs(off));
      }
      if (worst <= tolerance) {
        settle(ids);
        return true;
      }
      if (worst < best / 2) [best, since] = [worst, 0];
      else since++;
      if (steps >= STEPS || (worst <= NEAR && since > PATIENCE)) return false;
      work.steps++;
      // Rows without a multiplier that the step would give a negative one stay out of it.
      for (let ridge = RIDGE; ; ) {
        if (!direction(ids, ridge)) {
          ridge *= 100;
          if (ridge > 1) return false;
          continue;
        }
        const dy = arena.f64(pool.dy, ids.length);
        const kept = ids.filter((i, j) => equality[i] || y[i] > 0 || dy[j] > 0);
        if (kept.length === ids.length) break;
        ids = kept;
      }
      advance(ids);
    }
  }

  /** A last Newton step, taken by the weights themselves: those that are read off v have its rounding over theta. */
  function settle(ids: number[]): void {
    if (ids.length === 0 || !direction(ids, RIDGE)) return;
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

  /**
   * Goes along dy as far as the dual rises. A multiplier that reaches zero stays there, and the others go on for as long as
   * the dual still rises along what is left of the step.
   */
  function advance(ids: number[]): void {
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
        if (equality[i] || dy[j] >= 0 || y[i] > 1e-14 * t * -dy[j]) return;
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
    for (let tries = 0; tries < 60 && low < most; tries++) {
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

  return {
    weights,
    work,
    rows: () => m,
    open(count) {
      if (m + count > pool.capacity) grow(Math.max(2 * pool.capacity, m + count));
      const first = m;
      // The padding column stays zero.
      arena.f64(pool.rows + 8 * stride * first, stride * count).fill(0);
      m += count;
      return first;
    },
    rowPointer: (row) => pool.rows + 8 * stride * row,
    demand(row, limit, isEquality) {
      const at = pool.rows + 8 * stride * row;
      arena.f64(pool.limits, m)[row] = limit;
      arena.f64(pool.y, m)[row] = 0;
      arena.f64(pool.lengths, m)[row] = kernel.denseDot(at, at, n) || 1;
      equality[row] = isEquality;
    },
    setPrice(values) {
      arena.f64(priceAt, n).set(values);
    },
    setCentre(next, centre) {
      theta = next;
      const shift = arena.f64(shiftAt, n);
      for (let k = 0; k < n; k++) shift[k] = gain[k] + theta * metric[k] * centre[k];
    },
    solve,
    tidy() {
      const y = arena.f64(pool.y, m);
      const kept = Int32Array.from({ length: m }, (_, i) => i).filter((i) => equality[i] || y[i] !== 0);
      kept.forEach((from, to) => {
        arena.f64(pool.rows + 8 * stride * to, stride).set(arena.f64(pool.rows + 8 * stride * from, stride));
        for (const name of ['y', 'limits', 'lengths'] as const) {
          const values = arena.f64(pool[name], m);
          values[to] = values[from];
        }
      });
      equality = Array.from(kept, (i) => equality[i]);
      m = kept.length;
      made = 0;
      return kept;
    },
    multipliers: () => arena.f64(pool.y, m).slice(),
  };
}
