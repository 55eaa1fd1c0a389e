/**
 * Quadratic and linear programs by the dual active set, generalised by a Cholesky factor and a proximal iteration:
 *
 *   x_{j+1} = argmin  t (1/2 x'P x + q'x) + 1/2 (x - x_j)' diag(e) (x - x_j)   subject to all constraints
 *
 * with e = 0 where P is positive definite (one centre suffices), t = 1 but for linear programs (t grows: one long
 * step often ends at the optimum, and the number of steps is finite). Each centre is a least-norm problem in
 * w = L'x + v, v = L^-1 (t q - e x_j), over the normals L^-1 a_i: only limits move from centre to centre, so the
 * active set, its Gram matrix and its factor stay.
 */
import { createArena } from '../../src/core/index.js';
import type { Attempt, Court, Point, Work } from '../attempt.js';
import { rowsTimes, stationarity } from '../judge.js';
import type { Program } from '../problem.js';
import type { Status } from '../status.js';
import { type ActiveSet, activeSet, boundId, boundOf, type Held } from './active-set.js';
import { type Metric, metricOf } from './metric.js';

interface Kernel {
  denseTimes(a: number, m: number, n: number, stride: number, x: number, y: number): void;
}

/** Violation that a round takes up, relative to 1 + the limit. */
const VIOLATION = 1e-11;
/** Violation that may be rounding. */
const SMALL = 1e-7;
/** What the kernel leaves alone. */
const TOLERANCE = 1e-14;
/** Squared sine of the angle at which normals are told apart. */
const DEPENDENCE = 1e-14;
/** By how much t grows from centre to centre of a linear program, and its cap. */
const GROWTH = 16;
const LONGEST = 2 ** 28;

const largest = (values: Float64Array) => values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);

/**
 * One attempt at a scaled program with at least one variable, from the point `start` if given, with at most
 * `roundLimit` rounds over all centres.
 */
export function solveByActiveSet(program: Program, court: Court, roundLimit: number, start?: Point): Attempt {
  const { n, m, A, l, u, lb, ub } = program;
  const arena = createArena();
  const kernel = arena.kernels<Kernel>();
  const work: Work = { rounds: 0, centres: 0, additions: 0, removals: 0 };
  const stride = n + (n & 1);
  const linear = program.P === 'zero';
  const found = metricOf(arena, program);
  const zero = () => ({ x: new Float64Array(n), y: new Float64Array(m), z: new Float64Array(n) });
  if (!found) return { status: 'stalled', ...zero(), work };
  const metric: Metric = found;
  const { diagonal, d, e } = metric;

  const rowsAt = arena.alloc(8 * stride * m);
  for (let i = 0; i < m; i++) arena.f64(rowsAt + 8 * stride * i, n).set(A.subarray(n * i, n * i + n));
  const [xAt, shiftAt, hAt] = [0, 1, 2].map(() => arena.alloc(8 * stride));
  const productAt = arena.alloc(8 * m);
  const box = (limits: Float64Array, none: number) => (diagonal ? limits : new Float64Array(n).fill(none));
  const solver: ActiveSet = activeSet(arena, box(lb, Number.NEGATIVE_INFINITY), box(ub, Number.POSITIVE_INFINITY), {
    tolerance: TOLERANCE,
    dependence: DEPENDENCE,
  });

  // A constraint is coded 2 key + side: key i for row i, m + k for the bound of variable k; side 1 is the upper one.
  const codeOfSlot: number[] = [];
  const keyOf = (code: number) => code >> 1;
  const signOf = (code: number) => (code & 1 ? -1 : 1);
  const lower = (key: number) => (key < m ? l[key] : lb[key - m]);
  const upper = (key: number) => (key < m ? u[key] : ub[key - m]);
  const isEquality = (code: number) => lower(keyOf(code)) === upper(keyOf(code));
  const limitOf = (code: number) => (code & 1 ? upper(keyOf(code)) : lower(keyOf(code)));
  const keys = diagonal ? m : m + n;

  let t = 1;
  let cost = program.q;
  let centre: Float64Array = start ? start.x.slice() : new Float64Array(n);
  centre = centre.map((value, k) => Math.min(Math.max(value, lb[k]), ub[k]));
  /** A L^-T v and L^-T v: by how much the limits are shifted. */
  let rowShift: Float64Array = new Float64Array(m);
  let shift: Float64Array = new Float64Array(n);
  const shiftedLimit = (code: number) => {
    const key = keyOf(code);
    return signOf(code) * (limitOf(code) + (key < m ? rowShift[key] : shift[key - m]));
  };

  /** Puts the program of the present centre before the solver. */
  function recentre(): void {
    const v = arena.f64(shiftAt, stride);
    v.fill(0);
    for (let k = 0; k < n; k++) v[k] = t * cost[k] - e[k] * centre[k];
    metric.forward(shiftAt);
    metric.backward(shiftAt);
    shift = arena.f64(shiftAt, n).slice();
    kernel.denseTimes(rowsAt, m, n, stride, shiftAt, productAt);
    rowShift = arena.f64(productAt, m).slice();
    if (diagonal) {
      solver.setBox(
        lb.map((bound, k) => d[k] * (bound + shift[k])),
        ub.map((bound, k) => d[k] * (bound + shift[k])),
      );
    }
    for (const id of solver.held().ids) if (id >= 0) solver.setLimit(id, shiftedLimit(codeOfSlot[id]));
  }

  function writeRow(code: number, pointer: number): void {
    const row = arena.f64(pointer, stride);
    const key = keyOf(code);
    const sign = signOf(code);
    if (key < m) for (let k = 0; k < n; k++) row[k] = sign * A[n * key + k];
    else row.fill(0)[key - m] = sign;
    metric.forward(pointer, key < m ? 0 : key - m);
  }

  function readX(): Float64Array {
    arena.f64(xAt, stride).set(arena.f64(solver.weights, stride));
    metric.backward(xAt);
    const x = arena.f64(xAt, n);
    for (let k = 0; k < n; k++) x[k] -= shift[k];
    return x.slice();
  }

  /** x with the multipliers that the solver holds, or those of `held`. */
  function pointOf(x: Float64Array, { ids, values }: Held): Point {
    const point = { ...zero(), x };
    ids.forEach((id, j) => {
      if (id < 0) {
        const { k, side } = boundOf(id);
        point.z[k] += ((side === 'lower' ? 1 : -1) * values[j] * d[k]) / t;
        return;
      }
      const code = codeOfSlot[id];
      const key = keyOf(code);
      const value = (signOf(code) * values[j]) / t;
      if (key < m) point.y[key] += value;
      else point.z[key - m] += value;
    });
    return point;
  }

  /** Unheld constraints that x violates, most urgent first. */
  function violated(x: Float64Array, skipped: ReadonlySet<number>): number[] {
    arena.f64(xAt, n).set(x);
    kernel.denseTimes(rowsAt, m, n, stride, xAt, productAt);
    const products = arena.f64(productAt, m);
    const held = new Set<number>();
    for (const id of solver.held().ids) if (id >= 0) held.add(codeOfSlot[id]);
    const codes: number[] = [];
    const amounts = new Map<number, number>();
    const note = (code: number, amount: number, limit: number) => {
      if (!(amount > VIOLATION * (1 + Math.abs(limit))) || held.has(code) || skipped.has(code)) return;
      codes.push(code);
      amounts.set(code, amount);
    };
    for (let key = 0; key < keys; key++) {
      const value = key < m ? products[key] : x[key - m];
      const [low, high] = [lower(key), upper(key)];
      if (low === high) {
        note(2 * key, Math.abs(value - low), low);
      } else {
        note(2 * key, low - value, low);
        note(2 * key + 1, value - high, high);
      }
    }
    const amount = (code: number) => amounts.get(code) as number;
    codes.sort((a, b) => amount(b) - amount(a) || a - b);
    const least = codes.length > 0 ? 0.1 * amount(codes[0]) : 0;
    return codes.filter((code, i) => i < 8 || (i < 256 && amount(code) > least));
  }

  function round(codes: number[], kind: 'equalities' | 'inequalities'): Status {
    const slots = solver.open(codes.length);
    codes.forEach((code, i) => {
      codeOfSlot[slots[i]] = code;
      writeRow(code, solver.rowPointer(slots[i]));
    });
    return solver.round(slots, codes.map(shiftedLimit), kind);
  }

  /** The optimum of the present centre; `infeasible` has been granted. */
  function solveCentre(): Status {
    const skipped = new Set<number>();
    let restarts = 0;
    let refined = false;
    solver.settle();
    while (true) {
      const x = readX();
      const codes = violated(x, skipped);
      if (codes.length === 0 && solver.violatedBounds() === 0) {
        if (refined) return 'solved';
        solver.refine();
        refined = true;
        continue;
      }
      if (work.rounds >= roundLimit) return 'roundLimit';
      refined = false;
      const before = solver.counters.additions + solver.counters.removals;
      const equalities = codes.filter(isEquality);
      const taken = equalities.length > 0 ? equalities : codes;
      const status = round(taken, equalities.length > 0 ? 'equalities' : 'inequalities');
      const progress = solver.counters.additions + solver.counters.removals - before;
      work.rounds++;
      if (status === 'infeasible') {
        if (court.infeasible(proofOf(solver.held()))) return 'infeasible';
        return 'stalled';
      }
      if (status === 'roundLimit') {
        // Rounding may have led the pivots round in circles: start again from a fresh factor.
        if (++restarts > 20) return status;
        solver.refactor();
        solver.settle();
        continue;
      }
      if (status === 'stalled') {
        const ray = solver.ray();
        if (court.infeasible(proofOf(ray))) return 'infeasible';
        // A constraint that depends on the held ones and is off by rounding is left to the judge.
        const last = ray.ids[ray.ids.length - 1];
        if (last >= 0) skipped.add(codeOfSlot[last]);
        else if (progress === 0) return boundViolation(last, x) > SMALL ? 'stalled' : 'solved';
      } else if (progress === 0) {
        for (const code of taken) skipped.add(code);
        if (taken.length === 0) return 'solved';
      }
    }
  }

  function boundViolation(id: number, x: Float64Array): number {
    const { k, side } = boundOf(id);
    return side === 'lower' ? lb[k] - x[k] : x[k] - ub[k];
  }

  let proof: Float64Array = new Float64Array(m);
  /** Row multipliers of a ray, refined: its combination of normals is moved closer to zero. */
  function proofOf({ ids, values }: Held): Float64Array {
    const { y, z } = pointOf(new Float64Array(n), { ids, values });
    proof = y;
    if (court.infeasible(y)) return y;
    const none = new Float64Array(n);
    const left = stationarity(program, none, y, z, none);
    const h = arena.f64(hAt, stride);
    h.fill(0);
    h.set(left);
    metric.forward(hAt);
    const held = solver.held();
    const steps = new Float64Array(held.ids.length);
    solver.correct(steps, hAt);
    const step = pointOf(none, { ids: held.ids, values: steps });
    proof = y.map((value, i) => value - t * step.y[i]);
    const most = largest(proof);
    proof = proof.map((value) => (Math.abs(value) > 1e-13 * most ? value : 0));
    return proof;
  }

  /** Newton steps on the held constraints, with residuals in twice the precision. */
  function polish(point: Point): Point {
    let best = point;
    let size = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 6; step++) {
      const { ids } = solver.held();
      const { x, y, z } = point;
      const slope = stationarity(program, x, y, z, cost);
      const { limits, only } = limitsOfHeld(ids);
      const slack = rowsTimes(program, x, limits, undefined, only);
      const residual = Float64Array.from(ids, (id) => {
        if (id < 0) {
          const { k, side } = boundOf(id);
          return side === 'lower' ? d[k] * (lb[k] - x[k]) : d[k] * (x[k] - ub[k]);
        }
        const code = codeOfSlot[id];
        const key = keyOf(code);
        return key < m ? -signOf(code) * slack[key] : signOf(code) * (limitOf(code) - x[key - m]);
      });
      const most = Math.max(largest(slope), largest(residual));
      if (!(most < 0.9 * size)) break;
      best = point;
      size = most;
      if (most === 0) break;
      const h = arena.f64(hAt, stride);
      h.fill(0);
      for (let k = 0; k < n; k++) h[k] = -t * slope[k];
      metric.forward(hAt);
      solver.correct(residual, hAt);
      metric.backward(hAt);
      const change = pointOf(arena.f64(hAt, n).slice(), { ids, values: residual });
      point = {
        x: x.map((value, k) => value + change.x[k]),
        y: y.map((value, i) => value + change.y[i]),
        z: z.map((value, k) => value + change.z[k]),
      };
    }
    return best;
  }

  /** The direction of a step, freed of what is not flat and of what leaves the held constraints. */
  function rayOf(step: Float64Array): Float64Array {
    const size = largest(step);
    let ray = step.map((value) => value / size);
    const none = new Float64Array(n);
    for (let pass = 0; pass < 3; pass++) {
      const { ids } = solver.held();
      const curved = stationarity(program, ray, new Float64Array(m), none, none);
      const drift = rowsTimes(program, ray, undefined, undefined, limitsOfHeld(ids).only);
      const residual = Float64Array.from(ids, (id) => {
        if (id < 0) {
          const { k, side } = boundOf(id);
          return side === 'lower' ? -d[k] * ray[k] : d[k] * ray[k];
        }
        const code = codeOfSlot[id];
        const key = keyOf(code);
        return -signOf(code) * (key < m ? drift[key] : ray[key - m]);
      });
      const h = arena.f64(hAt, stride);
      h.fill(0);
      for (let k = 0; k < n; k++) h[k] = -t * curved[k];
      metric.forward(hAt);
      solver.correct(residual, hAt);
      metric.backward(hAt);
      const change = arena.f64(hAt, n);
      ray = ray.map((value, k) => {
        const next = value + change[k];
        if (Math.abs(next) < 1e-13) return 0;
        return (next < 0 && lb[k] > Number.NEGATIVE_INFINITY) || (next > 0 && ub[k] < Number.POSITIVE_INFINITY)
          ? 0
          : next;
      });
    }
    return ray;
  }

  const fall = (ray: Float64Array) => ray.reduce((sum, value, k) => sum + program.q[k] * value, 0);

  /** The optimum of 1/2 x'P x alone, or what comes near it; the constraints are left as they are. */
  function feasiblePoint(): Point | undefined {
    const before = { centre, t };
    cost = new Float64Array(n);
    centre = clipped({ ...zero() }).x;
    t = 1;
    recentre();
    const status = solveCentre();
    const near = status === 'solved' ? clipped(polish(pointOf(readX(), solver.held()))) : undefined;
    cost = program.q;
    ({ centre, t } = before);
    return near;
  }

  /** The limits of the held rows, and which rows these are. */
  function limitsOfHeld(ids: Int32Array): { limits: Float64Array; only: Uint8Array } {
    const limits = new Float64Array(m);
    const only = new Uint8Array(m);
    for (const id of ids) {
      if (id < 0 || keyOf(codeOfSlot[id]) >= m) continue;
      const key = keyOf(codeOfSlot[id]);
      limits[key] = limitOf(codeOfSlot[id]);
      only[key] = 1;
    }
    return { limits, only };
  }

  const clipped = ({ x, y, z }: Point): Point => ({
    x: x.map((value, k) => Math.min(Math.max(value, lb[k]), ub[k])),
    y,
    z,
  });
  const finish = (status: Status, point: Point, ray?: Float64Array): Attempt => {
    work.additions = solver.counters.additions;
    work.removals = solver.counters.removals;
    return { status, ...point, ray, work };
  };

  if (start) warm(start);
  let point: Point = { ...zero(), x: centre };
  let last = Number.POSITIVE_INFINITY;
  let excursions = 0;
  while (true) {
    recentre();
    work.centres++;
    const status = solveCentre();
    if (status === 'infeasible') return finish(status, { ...zero(), y: proof });
    const x = readX();
    point = clipped(polish(pointOf(x, solver.held())));
    if (court.solved(point)) return finish('solved', point);
    if (status !== 'solved') return finish(status, point);
    if (!metric.proximal) return finish('stalled', point);
    if (work.rounds >= roundLimit || work.centres >= 200) return finish('roundLimit', point);
    const step = x.map((value, k) => value - centre[k]);
    const length = largest(step);
    if (length > 0.4 * last) {
      const ray = rayOf(step);
      if (court.unbounded(point.x, ray)) return finish('unbounded', point, ray);
      if (fall(ray) < 0 && excursions++ < 3) {
        // Far out on the ray rounding spoils feasibility: look for a point near the origin, without the cost.
        const near = feasiblePoint();
        if (near && court.unbounded(near.x, ray)) return finish('unbounded', near, ray);
      }
    }
    last = length;
    centre = x;
    if (linear) t = Math.min(t * GROWTH, LONGEST);
  }

  /** Takes up the constraints that the multipliers of a point name. */
  function warm({ y, z }: Point): void {
    const codes: number[] = [];
    const values: number[] = [];
    const bounds: { ids: number[]; values: number[] } = { ids: [], values: [] };
    for (let key = 0; key < m + n; key++) {
      const value = key < m ? y[key] : z[key - m];
      const equality = lower(key) === upper(key);
      const code = 2 * key + (value < 0 && !equality ? 1 : 0);
      if (value === 0 || !Number.isFinite(limitOf(code))) continue;
      if (key >= m && diagonal) {
        const k = key - m;
        bounds.ids.push(boundId(k, value < 0 ? 'upper' : 'lower'));
        bounds.values.push((t * Math.abs(value)) / d[k]);
      } else {
        codes.push(code);
        values.push(t * signOf(code) * value);
      }
    }
    const slots = solver.open(codes.length);
    codes.forEach((code, i) => {
      codeOfSlot[slots[i]] = code;
      writeRow(code, solver.rowPointer(slots[i]));
    });
    solver.start(slots, codes.map(shiftedLimit), codes.map(isEquality), values, {
      ids: Int32Array.from(bounds.ids),
      values: Float64Array.from(bounds.values),
    });
  }
}
