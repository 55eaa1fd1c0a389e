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
import { type Candidate, type Judge, noPoint, noWork, type Point } from '../candidate.js';
import { largest } from '../largest.js';
import type { Program } from '../problem.js';
import type { Rounds } from '../rounds.js';
import type { Matrix } from '../sparse/matrix.js';
import type { Status } from '../status.js';
import { quickPoint, readPoint, readX, recentre, solveCentre } from './centres.js';
import { warmStart } from './constraints.js';
import { changesOf, clipped, type Workspace, workspaceOf, writeLimits } from './workspace.js';

/** By how much t grows from centre to centre of a linear program, and its cap. */
const GROWTH = 16;
const LONGEST = 2 ** 28;
const MOST_CENTRES = 200;
/** Steps at least this long, relative to the one before, may go on for ever, if they have led this far, where limits are of size 1. */
const NO_SHORTER = 0.4;
const FAR = 8;

/**
 * What the active set comes to on a scaled program with at least one variable, from the point `start` if given, with at
 * most `roundLimit` rounds over all centres. Between rounds it can be stopped if it is `watched`; breaks cost more than a small round does.
 */
export function* solveByActiveSet(
  arena: Arena,
  program: Program<Matrix>,
  judge: Judge,
  roundLimit: number,
  start?: Point,
  watched = true,
): Rounds<Candidate> {
  const s = openActiveSet(arena, program, judge, roundLimit, start, watched);
  if (!s) return { status: 'stalled', ...noPoint(program), work: noWork() };
  return yield* solveFrom(s);
}

/** A workspace that holds what the multipliers of `start` name; undefined if P has no factor. */
export function openActiveSet(
  arena: Arena,
  program: Program<Matrix>,
  judge: Judge,
  roundLimit: number,
  start?: Point,
  watched = true,
): Workspace | undefined {
  const s = workspaceOf(arena, program, judge, { roundLimit, watched }, start);
  if (s && start) warmStart(s, start);
  return s;
}

/**
 * Puts a program of the same P and A before a workspace: what it holds stays held, as limits that have moved. False where a limit is there no
 * more, or is of another kind: there is nothing to go on from then.
 */
export function moveTo(s: Workspace, program: Program<Matrix>): boolean {
  const { l, u, lb, ub } = s.program;
  if (!alike(l, u, program.l, program.u) || !alike(lb, ub, program.lb, program.ub)) return false;
  s.program = program;
  s.cost = program.q;
  if (l !== program.l || u !== program.u || lb !== program.lb || ub !== program.ub) writeLimits(s);
  return true;
}

/** Goes on from the optimum of a workspace. */
export function* continueActiveSet(
  s: Workspace,
  judge: Judge,
  roundLimit: number,
  watched: boolean,
): Rounds<Candidate> {
  s.judge = judge;
  s.roundLimit = roundLimit;
  s.watched = watched;
  s.t = 1;
  s.work = noWork();
  s.proximalCentre = clipped(s.program, s.proximalCentre);
  return yield* solveFrom(s);
}

/** Whether limits are of the same kinds: none, one side, equal. */
function alike(low: Float64Array, high: Float64Array, lower: Float64Array, upper: Float64Array): boolean {
  if (low === lower && high === upper) return true;
  for (let i = 0; i < low.length; i++) {
    if ((low[i] === high[i]) !== (lower[i] === upper[i])) return false;
    if (Number.isFinite(low[i]) !== Number.isFinite(lower[i])) return false;
    if (Number.isFinite(high[i]) !== Number.isFinite(upper[i])) return false;
  }
  return true;
}

/** Centre after centre, from what the workspace holds. */
export function* solveFrom(s: Workspace): Rounds<Candidate> {
  const { program, judge, roundLimit } = s;
  let last = Number.POSITIVE_INFINITY;
  while (true) {
    recentre(s);
    s.work.centres++;
    // Where one centre is all, a step in doubles will do as a rule; where it will not, every digit counts.
    const { proximal } = s.metric;
    let outcome = yield* solveCentre(s, proximal);
    if (!proximal && outcome.status === 'solved') {
      const quick = quickPoint(s);
      if (judge.solved(quick)) return finish(s, 'solved', quick);
      outcome = yield* solveCentre(s);
    }
    if (outcome.status === 'infeasible') return finish(s, 'infeasible', { ...noPoint(program), y: outcome.proof });
    const x = readX(s);
    const point = readPoint(s, x);
    if (judge.solved(point)) return finish(s, 'solved', point);
    if (outcome.status !== 'solved') return finish(s, outcome.status, point);
    if (!proximal) return finish(s, 'stalled', point);
    if (s.work.rounds >= roundLimit || s.work.centres >= MOST_CENTRES) return finish(s, 'roundLimit', point);
    const step = x.map((value, k) => value - s.proximalCentre[k]);
    const length = largest(step);
    if (judge.looks && length > NO_SHORTER * last && largest(x) > FAR) {
      return { ...finish(s, 'stalled', point), far: true };
    }
    last = length;
    s.proximalCentre = x;
    if (program.P === 'zero') s.t = Math.min(s.t * GROWTH, LONGEST);
  }
}

function finish(s: Workspace, status: Status, point: Point): Candidate {
  const { additions, removals } = changesOf(s);
  const { rounds, centres } = s.work;
  return { status, x: point.x, y: point.y, z: point.z, work: { rounds, centres, additions, removals } };
}
