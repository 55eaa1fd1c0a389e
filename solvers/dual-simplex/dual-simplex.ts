/**
 * The dual simplex method with bounded variables and long steps (Maros 2003), fed rows in rounds:
 *
 *   minimize q . x   subject to   n_i . x = b_i or n_i . x >= b_i,   lower <= x <= upper
 *
 * A basis is a set A of active rows and as many free variables F; the others stand at the bound that their reduced cost
 * r = q - sum_A y_i n_i prefers, and M x_F = b_A - (their part), M the rows of A at F. One step takes up a violated row p,
 * or a bound that a free variable violates (p its unit vector), from the side s = 1 or -1: along the ray
 *
 *   y_A -= s t z,   y_p = s t,   r -= s t alpha,      M' z = p_F,   alpha = p - sum_A z_i n_i
 *
 * variables whose reduced cost changes sign jump to their other bound as long as the violation lasts (a long step);
 * the one with which it ends becomes free, or a row whose multiplier reaches zero first is let go.
 *
 * This is for few rows and many variables, nearly all of which end at their bounds: the matrices are as large as the
 * number of active rows. A cost that concerns few variables leaves the others undecided, and the method going round in
 * circles: each has a cost of its own besides, PERTURBATION at most. The optimum is that of these costs.
 */
import type { Arena } from '../../src/core/index.js';
import type { Counters } from '../active-set/active-set.js';
import type { CutSource, Refined } from '../cuts.js';
import type { Status } from '../status.js';
import { createBasis } from './basis.js';
import { endOfViolation } from './long-step.js';

interface Kernel {
  denseDot(a: number, b: number, n: number): number;
  denseTimes(a: number, m: number, n: number, stride: number, x: number, y: number): void;
  denseTransposed(a: number, m: number, n: number, stride: number, x: number, y: number): void;
  simplexCandidates(
    n: number,
    own: number,
    alpha: number,
    x: number,
    lower: number,
    upper: number,
    r: number,
    placeOf: number,
    sign: number,
    longest: number,
    list: number,
    ratio: number,
    gain: number,
  ): number;
  simplexMove(n: number, r: number, alpha: number, placeOf: number, step: number): void;
}

const PERTURBATION = 1e-8;
/** Violation that is left alone: of a row relative to its length, of a bound relative to 1 + the bound. */
const TOLERANCE = 1e-9;
/** Entries of alpha below this share of the largest jump are no pivots. */
const LEAST_PIVOT = 1e-7;
/** Steps of a round, per row and variable, after which it counts as cycling. */
const PATIENCE = 20;
/** Steps between two computations of multipliers and reduced costs from the rows. */
const FRESH = 40;

/** A row that is or may become active. */
interface Row<Cut> {
  cut: Cut;
  limit: number;
  equality: boolean;
  /** Its multiplier. */
  y: number;
  /** Of a row that is waiting: where it is written, and its length. */
  at: number;
  length: number;
}

/**
 * Solves the program with the rows of the source, as `refineByCuts` does for weights of least norm. The
 * multipliers are those of the optimum; after `infeasible` they prove nothing.
 */
export function solveLpByCuts<Cut>(
  arena: Arena,
  cost: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  source: CutSource<Cut>,
  roundLimit: number,
): Refined<Cut> {
  const kernel = arena.kernels<Kernel>();
  const n = cost.length;
  const stride = n + (n & 1);
  const table = () => arena.alloc(8 * stride);
  const [xAt, rAt, alphaAt, lowerAt, upperAt, ratioAt, gainAt] = Array.from({ length: 7 }, table);
  const [placeAt, listAt] = [arena.alloc(4 * stride), arena.alloc(4 * stride)];
  let [capacity, rowsAt, zAt] = [0, 0, 0];
  arena.f64(lowerAt, n).set(lower);
  arena.f64(upperAt, n).set(upper);
  let { x, r, alpha, place, rows, z } = reserve(64);
  place.fill(-1);
  // Irregular, and the same on every machine.
  const q = cost.map((value, k) => value + PERTURBATION * (((k * 0.6180339887498949) % 1) - 0.5));
  for (let k = 0; k < n; k++) {
    r[k] = q[k];
    x[k] = r[k] >= 0 ? lower[k] : upper[k];
  }

  const basis = createBasis();
  const active: Row<Cut>[] = [];
  const free: number[] = [];
  const [side, u] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  const counters: Counters = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };

  /** Makes room for active rows, and the views of the arena anew. */
  function reserve(most: number) {
    if (most > capacity) {
      const [old, kept] = [rowsAt, capacity];
      capacity = Math.max(2 * capacity, most);
      rowsAt = arena.alloc(8 * stride * capacity);
      zAt = arena.alloc(8 * capacity);
      arena.f64(rowsAt, stride * kept).set(arena.f64(old, stride * kept));
    }
    return {
      x: arena.f64(xAt, n),
      r: arena.f64(rAt, n),
      alpha: arena.f64(alphaAt, n),
      place: arena.i32(placeAt, n),
      rows: arena.f64(rowsAt, stride * capacity),
      z: arena.f64(zAt, capacity),
    };
  }

  /** x_F from the active rows. */
  function settle(): void {
    const a = basis.size;
    for (const k of free) x[k] = 0;
    kernel.denseTimes(rowsAt, a, n, stride, xAt, zAt);
    for (let i = 0; i < a; i++) side[i] = active[i].limit - z[i];
    basis.times(side, u);
    for (let f = 0; f < a; f++) x[free[f]] = u[f];
  }

  /** Multipliers and reduced costs from the active rows, in place of their updates. */
  function refresh(): void {
    const a = basis.size;
    for (let f = 0; f < a; f++) side[f] = q[free[f]];
    basis.timesTransposed(side, z);
    for (let i = 0; i < a; i++) {
      if (!active[i].equality) z[i] = Math.max(z[i], 0);
      active[i].y = z[i];
    }
    kernel.denseTransposed(rowsAt, a, n, stride, zAt, alphaAt);
    for (let k = 0; k < n; k++) r[k] = place[k] < 0 ? q[k] - alpha[k] : 0;
  }

  /** One step, of a row or else of the bound of free variable f; false if the dual grows without bound. */
  function step(row: Row<Cut> | undefined, f: number, violation: number): boolean {
    const a = basis.size;
    const sign = violation > 0 ? 1 : -1;
    const own = row && arena.f64(row.at, n);
    if (own) {
      for (let g = 0; g < a; g++) side[g] = own[free[g]];
      basis.timesTransposed(side, z);
    } else basis.row(f, z);

    let [leaving, longest] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < a; i++) {
      const change = sign * z[i];
      if (active[i].equality || !(change > 1e-11)) continue;
      const t = Math.max(active[i].y, 0) / change;
      if (t < longest) [leaving, longest] = [i, t];
    }
    kernel.denseTransposed(rowsAt, a, n, stride, zAt, alphaAt);
    const count = kernel.simplexCandidates(
      n,
      row?.at ?? 0,
      alphaAt,
      xAt,
      lowerAt,
      upperAt,
      rAt,
      placeAt,
      sign,
      longest,
      listAt,
      ratioAt,
      gainAt,
    );
    const list = arena.i32(listAt, count);
    const ratio = arena.f64(ratioAt, n);
    let stop = endOfViolation(list, count, ratio, arena.f64(gainAt, n), Math.abs(violation));
    const ends = stop < count;
    if (!ends && leaving < 0) return false;
    // Rather a bit less far than with a pivot that is hardly one.
    if (ends) {
      const least = LEAST_PIVOT * list.reduce((most, k) => Math.max(most, Math.abs(alpha[k])), 0);
      while (stop > 0 && Math.abs(alpha[list[stop]]) < least) stop--;
    }
    const entering = ends ? list[stop] : -1;
    const t = ends ? ratio[entering] : longest;
    for (let i = 0; i < stop; i++) x[list[i]] = x[list[i]] === lower[list[i]] ? upper[list[i]] : lower[list[i]];
    for (let i = 0; i < a; i++) active[i].y -= sign * t * z[i];
    kernel.simplexMove(n, rAt, alphaAt, placeAt, sign * t);

    const out = free[f];
    if (ends) {
      for (let i = 0; i < a; i++) side[i] = rows[stride * i + entering];
      basis.times(side, u);
      if (row && own) {
        basis.grow(z, u, alpha[entering]);
        place[entering] = a;
        free.push(entering);
        hold(row, own, a, sign * t);
      } else {
        basis.replaceVariable(f, u);
        place[entering] = f;
        free[f] = entering;
      }
      r[entering] = 0;
      counters.additions++;
    } else {
      if (row && own) {
        basis.replaceRow(leaving, z);
        hold(row, own, leaving, sign * t);
        counters.additions++;
      } else letGo(leaving, f);
      counters.removals++;
    }
    if (!row) {
      place[out] = -1;
      r[out] = sign * t;
      x[out] = sign > 0 ? lower[out] : upper[out];
    }
    return true;
  }

  function hold(row: Row<Cut>, entries: Float64Array, i: number, y: number): void {
    rows.set(entries, stride * i);
    active[i] = { ...row, y };
  }

  /** Without active row i and free variable f; the last ones take their places. */
  function letGo(i: number, f: number): void {
    basis.shrink(i, f);
    const last = basis.size;
    rows.copyWithin(stride * i, stride * last, stride * last + n);
    active[i] = active[last];
    active.pop();
    free[f] = free[last];
    place[free[f]] = f;
    free.pop();
  }

  /** The free variable whose bound is violated most, in the metric of the dual (steepest edge). */
  function violatedBound(): { f: number; violation: number } {
    let [worst, f, violation] = [0, -1, 0];
    basis.norms(side);
    for (let g = 0; g < free.length; g++) {
      const k = free[g];
      const off = x[k] < lower[k] ? lower[k] - x[k] : Math.min(upper[k] - x[k], 0);
      if (Math.abs(off) <= TOLERANCE * (1 + Math.abs(off > 0 ? lower[k] : upper[k]))) continue;
      const urgency = (off * off) / side[g];
      if (urgency > worst) [worst, f, violation] = [urgency, g, off];
    }
    return { f, violation };
  }

  function violatedRow(waiting: readonly Row<Cut>[]): { row: Row<Cut> | undefined; violation: number } {
    const held = new Set(active.map(({ at }) => at));
    let [worst, row, violation]: [number, Row<Cut> | undefined, number] = [0, undefined, 0];
    for (const one of waiting) {
      if (held.has(one.at)) continue;
      const off = one.limit - kernel.denseDot(one.at, xAt, n);
      const urgency = (one.equality ? Math.abs(off) : off) / one.length;
      if (urgency > TOLERANCE && urgency > worst) [worst, row, violation] = [urgency, one, off];
    }
    return { row, violation };
  }

  /** Takes up rows, and bounds once these are kept, until nothing is violated: fewer steps than the other way round. */
  function round(cuts: readonly Cut[], equality: boolean): Status {
    const waiting = cuts.map((cut) => ({ cut, limit: source.limit(cut), equality, y: 0, at: table(), length: 1 }));
    ({ x, r, alpha, place, rows, z } = reserve(active.length + waiting.length + 1));
    for (const row of waiting) {
      source.write(row.cut, row.at);
      row.length = Math.sqrt(kernel.denseDot(row.at, row.at, n)) || 1;
    }
    counters.rounds++;
    counters.rows += cuts.length;
    for (let steps = 1; steps <= PATIENCE * (n + waiting.length); steps++) {
      if (steps % FRESH === 0) refresh();
      const { row, violation } = violatedRow(waiting);
      const bound = row ? { f: -1, violation } : violatedBound();
      if (!row && bound.f < 0) return 'solved';
      if (!step(row, bound.f, bound.violation)) return 'infeasible';
      settle();
    }
    return 'roundLimit';
  }

  let status = round(source.equalities, true);
  if (status === 'solved') status = round(source.likely, false);
  while (status === 'solved') {
    const cuts = source.violated(xAt);
    if (cuts.length === 0) break;
    status = counters.rounds >= roundLimit ? 'roundLimit' : round(cuts, false);
  }
  refresh();
  counters.active = active.length;
  return {
    status,
    weights: xAt,
    cuts: active.map(({ cut }) => cut),
    multipliers: Float64Array.from(active, ({ y }) => y),
    counters,
  };
}
