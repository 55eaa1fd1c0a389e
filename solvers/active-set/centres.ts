/** The program of one proximal centre: made, solved by rounds of the active set, read off. */
import type { Point } from '../candidate.js';
import type { Rounds } from '../rounds.js';
import { SMALL_VIOLATION } from '../tolerances.js';
import { copied, mapped } from '../vectors.js';
import { boundOf } from './active-set.js';
import { isEquality, pointOf, shiftedLimit, takeUp, violatedBy } from './constraints.js';
import { polish } from './polish.js';
import { proofOf } from './proof.js';
import { clipped, type Workspace } from './workspace.js';

/** Fresh factors for pivots that go in circles. */
const RESTARTS = 20;

/** How a centre ended; `infeasible` has been granted, to these multipliers of the rows. */
export type Outcome = { status: 'solved' | 'stalled' | 'roundLimit' } | { status: 'infeasible'; proof: Float64Array };

/** Puts the program of the present centre before the solver. */
export function recentre(s: Workspace): void {
  const { arena, kernel, metric, solver, shiftAt, productAt, t } = s;
  const { n, m, lb, ub } = s.program;
  const v = arena.f64(shiftAt, s.stride);
  v.fill(0);
  for (let k = 0; k < n; k++) v[k] = t * s.cost[k] - metric.e[k] * s.proximalCentre[k];
  metric.forward(shiftAt);
  metric.backward(shiftAt);
  const shift = copied(arena.f64(shiftAt, n));
  s.shift = shift;
  kernel.denseTimes(s.rowsAt, m, n, s.stride, shiftAt, productAt);
  s.rowShift = copied(arena.f64(productAt, m));
  if (metric.diagonal) {
    solver.setBox(
      mapped(lb, (bound, k) => metric.d[k] * (bound + shift[k])),
      mapped(ub, (bound, k) => metric.d[k] * (bound + shift[k])),
    );
  }
  const ids = solver.heldIds();
  for (let j = 0; j < ids.length; j++) {
    const id = ids[j];
    if (id >= 0) solver.setLimit(id, shiftedLimit(s, s.codeOfSlot[id]));
  }
}

/** x = L^-T (w - v). */
export function readX({ arena, solver, metric, xAt, stride, shift, program: { n } }: Workspace): Float64Array {
  arena.f64(xAt, stride).set(arena.f64(solver.weights, stride));
  metric.backward(xAt);
  const x = arena.f64(xAt, n);
  for (let k = 0; k < n; k++) x[k] -= shift[k];
  return copied(x);
}

/**
 * The optimum of the present centre, by rounds: equalities that are violated, else the most violated inequalities, until
 * none is, once more after a refinement of the weights.
 */
export function* solveCentre(s: Workspace): Rounds<Outcome> {
  const { solver, work } = s;
  const skipped = new Set<number>();
  let restarts = 0;
  let refined = false;
  solver.reoptimize();
  while (true) {
    const x = readX(s);
    const codes = violatedBy(s, x, skipped);
    if (codes.length === 0 && solver.violatedBounds() === 0) {
      if (refined) return { status: 'solved' };
      solver.refine();
      refined = true;
      continue;
    }
    const more: boolean = yield s.program.n * (s.keys + s.program.n);
    if (work.rounds >= s.roundLimit || !more) return { status: 'roundLimit' };
    refined = false;
    const before = solver.counters.additions + solver.counters.removals;
    const equalities = codes.filter((code) => isEquality(s, code));
    const taken = equalities.length > 0 ? equalities : codes;
    const status = takeUp(s, taken, equalities.length > 0 ? 'equalities' : 'inequalities');
    const progress = solver.counters.additions + solver.counters.removals - before;
    work.rounds++;
    if (status === 'infeasible') {
      const proof = proofOf(s, solver.held());
      return proof ? { status, proof } : { status: 'stalled' };
    }
    if (status === 'roundLimit') {
      // Rounding may have led the pivots round in circles: start again from a fresh factor.
      if (++restarts > RESTARTS) return { status };
      solver.refactor();
      solver.reoptimize();
    } else if (status === 'stalled') {
      const ray = solver.ray();
      const proof = proofOf(s, ray);
      if (proof) return { status: 'infeasible', proof };
      // A constraint that depends on the held ones and is off by rounding is left to the judge.
      const last = ray.ids[ray.ids.length - 1];
      if (last >= 0) skipped.add(s.codeOfSlot[last]);
      else if (progress === 0) return { status: boundViolation(s, last, x) > SMALL_VIOLATION ? 'stalled' : 'solved' };
    } else if (progress === 0) {
      for (const code of taken) skipped.add(code);
      if (taken.length === 0) return { status: 'solved' };
    }
  }
}

function boundViolation({ program: { lb, ub } }: Workspace, id: number, x: Float64Array): number {
  const { k, side } = boundOf(id);
  return side === 'lower' ? lb[k] - x[k] : x[k] - ub[k];
}

/** The point of the present centre, polished, in its box; see `polish`. */
export function readPoint(s: Workspace, x: Float64Array, enough?: number): Point {
  const { y, z, x: polished } = polish(s, pointOf(s, x, s.solver.held()), enough);
  return { x: clipped(s.program, polished), y, z };
}

/** The optimum of 1/2 x'P x alone, or what comes near it; the constraints are left as they are. */
export function* feasiblePoint(s: Workspace): Rounds<Point | undefined> {
  const { proximalCentre, t, cost } = s;
  const { n } = s.program;
  s.cost = new Float64Array(n);
  s.proximalCentre = clipped(s.program, new Float64Array(n));
  s.t = 1;
  recentre(s);
  const { status } = yield* solveCentre(s);
  const near = status === 'solved' ? readPoint(s, readX(s)) : undefined;
  Object.assign(s, { proximalCentre, t, cost });
  return near;
}
