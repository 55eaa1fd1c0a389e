/** What Newton's method on the dual works on: the variables, the pool of rows, and H of the present point. */
import type { Arena } from '../../src/core/index.js';
import type { DenseKernel } from '../../src/dense/index.js';

/**
 * The data of  minimize sum 1/2 metric_k w_k^2 - gain_k w_k + price_k |w_k|,  lower <= w <= upper;  n numbers each. Where
 * curvature is lent instead, `metric` only scales the distance from a centre.
 */
export interface Separable {
  /** Costs of |w_k|, not negative. */
  readonly price: Float64Array;
  /** Linear gains, subtracted from the objective. */
  readonly gain: Float64Array;
  /** Curvatures, positive. */
  readonly metric: Float64Array;
  /** Lower bounds, finite. */
  readonly lower: Float64Array;
  /** Upper bounds, finite. */
  readonly upper: Float64Array;
}

interface Kernel extends DenseKernel {
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

/** Pointers to the rows, and to what each has; H is their Gram matrix over the free variables. */
interface Pool {
  capacity: number;
  rows: number;
  h: number;
  y: number;
  limits: number;
  lengths: number;
  slack: number;
  ridge: number;
  ids: number;
  factor: number;
  dy: number;
}

export interface State {
  readonly arena: Arena;
  readonly kernel: Kernel;
  readonly n: number;
  readonly stride: number;
  readonly gain: Float64Array;
  readonly metric: Float64Array;
  /** Pointers to vectors of variables: v = N'y, w(v), N'dy, scratch; a byte for each free variable; lists of them. */
  readonly v: number;
  readonly weights: number;
  readonly step: number;
  readonly masked: number;
  readonly priceAt: number;
  readonly shiftAt: number;
  readonly freeAt: number;
  readonly changed: number;
  theta: number;
  /** Rows, and those of H that are made. */
  m: number;
  made: number;
  equality: boolean[];
  pool: Pool;
  readonly work: { steps: number; drops: number };
}

export function newState(arena: Arena, { price, gain, metric, lower, upper }: Separable): State {
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
  const pool = {
    capacity: 0,
    rows: 0,
    h: 0,
    y: 0,
    limits: 0,
    lengths: 0,
    slack: 0,
    ridge: 0,
    ids: 0,
    factor: 0,
    dy: 0,
  };
  const state: State = {
    ...{ arena, kernel, n, stride, gain, metric, v, weights, step, masked, priceAt, shiftAt, freeAt, changed },
    ...{ theta: 1, m: 0, made: 0, equality: [], pool, work: { steps: 0, drops: 0 } },
  };
  grow(state, 128);
  return state;
}

/** Room for `capacity` rows. */
export function grow(state: State, capacity: number): void {
  const { arena, stride, m, made, pool: old } = state;
  const vector = () => arena.alloc(8 * capacity);
  const even = capacity + (capacity & 1);
  const pool = {
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
  state.pool = pool;
}

/** The weights of the multipliers, the slacks b - N w, and H of the variables that are free there. */
export function evaluate(state: State): void {
  const { arena, kernel, n, stride, v, weights, changed, m, pool } = state;
  kernel.denseTransposed(pool.rows, m, n, stride, pool.y, v);
  const count = kernel.newtonWeights(v, state.theta, weights, changed);
  const list = arena.i32(changed, count);
  for (let i = 0; i < count; i++) {
    kernel.newtonToggle(list[i], pool.rows, state.made, pool.h, pool.capacity, pool.dy);
  }
  if (state.made < m) {
    kernel.newtonRows(pool.rows, state.made, m, pool.h, pool.capacity, state.masked);
    state.made = m;
  }
  kernel.denseTimes(pool.rows, m, n, stride, weights, pool.slack);
  const [slack, limits] = [arena.f64(pool.slack, m), arena.f64(pool.limits, m)];
  for (let i = 0; i < m; i++) slack[i] = limits[i] - slack[i];
}
