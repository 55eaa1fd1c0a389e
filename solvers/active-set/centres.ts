/** The program of one proximal centre: made, solved by rounds of the active set, read off. */
import type { Point } from '../candidate.js';
import type { Rounds } from '../rounds.js';
import { SMALL_VIOLATION } from '../tolerances.js';
import { copied } from '../vectors.js';
import { boundOf } from './active-set.js';
import { codesOfSlots, listedCodes, pointOf, takeUp, tellTables, violatedNow } from './constraints.js';
import { polish } from './polish.js';
import { proofOf } from './proof.js';
import { clipped, isImpatient, type Workspace } from './workspace.js';

/** Fresh factors for pivots that go in circles. */
const RESTARTS = 20;

/** How a centre ended; `infeasible` has been granted, to these multipliers of the rows. */
export type Outcome = { status: 'solved' | 'stalled' | 'roundLimit' } | { status: 'infeasible'; proof: Float64Array };

/** Puts the program of the present centre before the solver. */
export function recentre(s: Workspace): void {
  const { arena, kernel, metric, solver, hAt, t, cost, proximalCentre } = s;
  const v = arena.f64(hAt, s.stride);
  if (s.stride > cost.length) v[cost.length] = 0;
  for (let k = 0; k < cost.length; k++) v[k] = t * cost[k] - metric.e[k] * proximalCentre[k];
  arena.f64(s.costAt, cost.length).set(cost);
  tellTables(s);
  kernel.programCentre(hAt, kernel.activeSetCount(), solver.lower, solver.upper);
}

/** The point of the solver, which the kernel makes x = L^-T (w - v). */
export function readX({ arena, kernel, solver, xAt, program: { n } }: Workspace): Float64Array {
  kernel.programPoint(solver.weights);
  return copied(arena.f64(xAt, n));
}

/**
 * The optimum of the present centre, by rounds: equalities that are violated, else the most violated inequalities, until
 * none is, once more after a refinement of the weights if `refining`.
 */
export function* solveCentre(s: Workspace, refining = true): Rounds<Outcome> {
  const { solver, kernel, work } = s;
  const { n, m } = s.program;
  let restarts = 0;
  let refined = false;
  kernel.programSkip(-1);
  solver.reoptimize();
  while (true) {
    const listed = violatedNow(s);
    if (listed === 0 && solver.violatedBounds() === 0) {
      if (refined || !refining) return { status: 'solved' };
      solver.refine();
      refined = true;
      continue;
    }
    const more: boolean = !s.watched || (yield n * (m + (s.metric.factor === 0 ? 0 : n) + n));
    if (work.rounds >= s.roundLimit || !more || isImpatient(s, listed)) return { status: 'roundLimit' };
    refined = false;
    const before = solver.counters.additions + solver.counters.removals;
    const status = takeUp(s, listed);
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
      if (last >= 0) kernel.programSkip(codesOfSlots(s)[last]);
      else if (progress === 0) return { status: boundViolation(s, last) > SMALL_VIOLATION ? 'stalled' : 'solved' };
    } else if (progress === 0) {
      for (const code of listedCodes(s, listed)) kernel.programSkip(code);
      if (listed === 0) return { status: 'solved' };
    }
  }
}

/** By how much the point that the kernel has looked at violates a bound. */
function boundViolation({ arena, xAt, program: { n, lb, ub } }: Workspace, id: number): number {
  const { k, side } = boundOf(id);
  const x = arena.f64(xAt, n);
  return side === 'lower' ? lb[k] - x[k] : x[k] - ub[k];
}

/** The point of the present centre, polished, in its box; see `polish`. */
export function readPoint(s: Workspace, x: Float64Array): Point {
  const { y, z, x: polished } = polish(s, pointOf(s, x, s.solver.held()));
  return { x: clipped(s.program, polished), y, z };
}

/** The point of a centre that is all there is, after one Newton step in doubles, in its box. */
export function quickPoint(s: Workspace): Point {
  const { arena, kernel, solver, xAt, residualAt } = s;
  const ids = solver.heldIds();
  tellTables(s);
  kernel.programPoint(solver.weights);
  kernel.programPolish(ids.length, s.curvatureAt, s.costAt, s.hAt, residualAt);
  return pointOf(s, clipped(s.program, arena.f64(xAt, s.program.n)), {
    ids,
    values: arena.f64(residualAt, ids.length),
  });
}
