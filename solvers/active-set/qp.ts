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
import type { Arena } from '../../src/core/index.js';
import type { Candidate, Judge, Point } from '../candidate.js';
import { largest } from '../largest.js';
import type { Program } from '../problem.js';
import type { Rounds } from '../rounds.js';
import type { Status } from '../status.js';
import { feasiblePoint, readPoint, readX, recentre, solveCentre } from './centres.js';
import { warmStart } from './constraints.js';
import { rayOf } from './polish.js';
import { clipped, noPoint, type Workspace, workspaceOf } from './workspace.js';

/** By how much t grows from centre to centre of a linear program, and its cap. */
const GROWTH = 16;
const LONGEST = 2 ** 28;
const MOST_CENTRES = 200;
/** A step at least this long, relative to the one before, may go on for ever: it is looked at as a ray. */
const NO_SHORTER = 0.4;
/** Looks for a point near the origin. */
const EXCURSIONS = 3;

/**
 * What the active set comes to on a scaled program with at least one variable, from the point `start` if given, with at
 * most `roundLimit` rounds over all centres.
 */
export function* solveByActiveSet(
  arena: Arena,
  program: Program,
  judge: Judge,
  roundLimit: number,
  start?: Point,
): Rounds<Candidate> {
  const s = openActiveSet(arena, program, judge, roundLimit, start);
  if (!s) return { status: 'stalled', ...noPoint(program), work: { rounds: 0, centres: 0, additions: 0, removals: 0 } };
  return yield* solveFrom(s);
}

/** A workspace that holds what the multipliers of `start` name; undefined if P has no factor. */
export function openActiveSet(
  arena: Arena,
  program: Program,
  judge: Judge,
  roundLimit: number,
  start?: Point,
): Workspace | undefined {
  const s = workspaceOf(arena, program, judge, roundLimit, start);
  if (s && start) warmStart(s, start);
  return s;
}

/**
 * Goes on from the optimum of a workspace with a program of the same P and A: what it holds stays held, as limits that have moved.
 * Undefined where a limit that is held is there no more, or is of another kind: there is nothing to go on from then.
 */
export function* continueActiveSet(
  s: Workspace,
  program: Program,
  judge: Judge,
  roundLimit: number,
): Rounds<Candidate | undefined> {
  const before = s.program;
  const same = (low: number, high: number, lower: number, upper: number) =>
    (low === high) === (lower === upper) &&
    Number.isFinite(low) === Number.isFinite(lower) &&
    Number.isFinite(high) === Number.isFinite(upper);
  if (!program.l.every((l, i) => same(before.l[i], before.u[i], l, program.u[i]))) return undefined;
  if (!program.lb.every((lb, k) => same(before.lb[k], before.ub[k], lb, program.ub[k]))) return undefined;
  const counted = { additions: s.solver.counters.additions, removals: s.solver.counters.removals };
  Object.assign(s, {
    program,
    judge,
    roundLimit,
    t: 1,
    cost: program.q,
    work: { rounds: 0, centres: 0, additions: 0, removals: 0 },
  });
  s.proximalCentre = clipped(program, s.proximalCentre);
  const candidate = yield* solveFrom(s);
  candidate.work.additions -= counted.additions;
  candidate.work.removals -= counted.removals;
  return candidate;
}

/** Centre after centre, from what the workspace holds. */
export function* solveFrom(s: Workspace): Rounds<Candidate> {
  const { program, judge, roundLimit } = s;
  let last = Number.POSITIVE_INFINITY;
  let excursions = 0;
  while (true) {
    recentre(s);
    s.work.centres++;
    const outcome = yield* solveCentre(s);
    if (outcome.status === 'infeasible') return finish(s, 'infeasible', { ...noPoint(program), y: outcome.proof });
    const x = readX(s);
    const point = readPoint(s, x);
    if (judge.solved(point)) return finish(s, 'solved', point);
    if (outcome.status !== 'solved') return finish(s, outcome.status, point);
    if (!s.metric.proximal) return finish(s, 'stalled', point);
    if (s.work.rounds >= roundLimit || s.work.centres >= MOST_CENTRES) return finish(s, 'roundLimit', point);
    const step = x.map((value, k) => value - s.proximalCentre[k]);
    const length = largest(step);
    if (length > NO_SHORTER * last) {
      const ray = rayOf(s, step);
      if (judge.unbounded(point.x, ray)) return finish(s, 'unbounded', point, ray);
      if (slopeAlong(program, ray) < 0 && excursions++ < EXCURSIONS) {
        // Far out on the ray rounding spoils feasibility: look for a point near the origin, without the cost.
        const near = yield* feasiblePoint(s);
        if (near && judge.unbounded(near.x, ray)) return finish(s, 'unbounded', near, ray);
      }
    }
    last = length;
    s.proximalCentre = x;
    if (program.P === 'zero') s.t = Math.min(s.t * GROWTH, LONGEST);
  }
}

const slopeAlong = ({ q }: Program, ray: Float64Array) => ray.reduce((sum, value, k) => sum + q[k] * value, 0);

function finish({ work, solver }: Workspace, status: Status, point: Point, ray?: Float64Array): Candidate {
  work.additions = solver.counters.additions;
  work.removals = solver.counters.removals;
  return { status, ...point, ray, work };
}
