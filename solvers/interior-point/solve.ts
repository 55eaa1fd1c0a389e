/**
 * A proximal interior point for convex quadratic and linear programs, flat and badly conditioned ones included. For
 * every limit a slack s > 0 and a multiplier lambda > 0; Mehrotra's predictor and corrector on
 *
 *   P x + q = A'y + z,   a_i x - s = l_i  (or u_i - a_i x = s),   s lambda = sigma mu,
 *
 * with a proximal term rho about the present x and delta about the present multipliers, which vanish where the
 * iteration ends (Friedlander and Orban 2012; Schwan et al. 2023). Every step solves the condensed system
 *
 *   (P + rho + A'W A) dx = r_x + A'W r,   dy = W (r - A dx),   1/W = s / lambda + delta   (equalities: delta)
 *
 * by Cholesky, with refinement; where the data are sparse, its quasi-definite form by L D L' (sparse-system.ts). As soon as hardly any limit
 * becomes active or inactive in a step, the method of multipliers on the active ones is tried, which corrects a few of them (polish.ts); where
 * the judge refuses what comes of it, more steps follow, and at the end the active set.
 */
import { type Candidate, type Judge, noWork, type Point, type Work } from '../candidate.js';
import { largest } from '../largest.js';
import type { Program } from '../problem.js';
import type { Rounds } from '../rounds.js';
import type { Matrix } from '../sparse/matrix.js';
import { EARLY, LEAST_REGULAR, MOST_REGULAR, NO_MULTIPLIER, RIPE } from '../tolerances.js';
import { type Limits, limitsOf, pointOf, startOf } from './iterate.js';
import { activeOnly, noteActive, polish } from './polish.js';
import { measure, residualTables } from './residuals.js';
import { advance, linearise, mehrotra, stepTables } from './step.js';
import type { StepSystem } from './system.js';

/** Steps without a gain after which no more are taken. */
const PATIENCE = 15;
/** The same where the smallest is that of an answer. */
const SHORT_PATIENCE = 3;
/** Infeasibility that has fallen to this part is a gain, too. */
const GAIN = 0.9;
/** Every so many steps multipliers of at least this size, relative to the costs, are shown to the judge as a proof. */
const LOOK = 5;
const RUNAWAY = 1e4;
/** Where an answer that seems ripe is refused, residuals have to fall by this factor before the next one is shown. */
const RIPER = 100;
/** Points that the judge may refuse in a polish. */
const REFUSALS = 4;
/** The part of all limits that may have become active or inactive in a step before a polish is tried. */
const FEW = 0.01;
/** Rounds of the active set that finishes. */
const FINISH_ROUNDS = 2000;

/** The active set from a point, in at most so many rounds; undefined where it does not go. */
export type Finish = (start: Point, rounds: number) => Rounds<Candidate> | undefined;

/** What the interior point comes to on a scaled program with at least one variable, in at most `stepLimit` steps. */
export function* solveByInteriorPoint(
  program: Program<Matrix>,
  system: StepSystem,
  judge: Judge,
  stepLimit: number,
  finish: Finish,
): Rounds<Candidate> {
  const limits = limitsOf(program);
  const iterate = startOf(program, limits, system);
  const work = noWork();
  const base = 1 + largest(program.q);
  let best = pointOf(program, limits, iterate);
  let bestSize = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let idle = 0;
  let more = true;
  let ripe = EARLY;
  const active = new Int8Array(limits.equal.length);
  const residuals = residualTables(program.n, limits.equal.length);
  const tables = stepTables(program, limits, system, iterate, residuals);
  for (let step = 0; step < stepLimit; step++) {
    more = yield system.work;
    if (!more) break;
    measure(residuals, program, limits, system, iterate);
    const { mu, infeasibility, size, y } = residuals;
    if (!(size < Number.POSITIVE_INFINITY)) break;
    const nearer = size < bestSize;
    if (nearer) {
      bestSize = size;
      best = pointOf(program, limits, iterate);
    }
    const gains = infeasibility < GAIN * least;
    if (gains) least = infeasibility;
    idle = nearer || gains ? 0 : idle + 1;
    if (idle > (bestSize > RIPE * base ? PATIENCE : SHORT_PATIENCE)) break;
    const changes = noteActive(limits, residuals, active);
    if (nearer && size <= ripe * base && changes <= FEW * active.length) {
      const settled = settle(program, limits, system, judge, best, size <= RIPE * base ? REFUSALS : 1);
      if (settled) return { status: 'solved', ...settled, work };
      ripe = size > RIPE * base ? Math.max(RIPE, size / base / RIPER) : size / base / RIPER;
    }
    if (step % LOOK === LOOK - 1 && largest(y) > RUNAWAY * base) {
      const proof = cleaned(y.slice(0, program.m));
      if (judge.infeasible(proof)) {
        return { status: 'infeasible', ...pointOf(program, limits, iterate), y: proof, work };
      }
    }
    const regular = Math.min(MOST_REGULAR, Math.max(LEAST_REGULAR, mu * 1e-2));
    if (!linearise(tables, regular)) break;
    work.rounds++;
    const direction = mehrotra(tables);
    if (!direction.dx.every(Number.isFinite)) break;
    advance(tables, direction);
  }
  const end = yield* finished(program, limits, system, judge, best, work, finish);
  return !more && end.status === 'stalled' ? { ...end, status: 'roundLimit' } : end;
}

/** The point polished, or as it is, if the judge takes it. */
function settle(
  program: Program<Matrix>,
  limits: Limits,
  system: StepSystem,
  judge: Judge,
  best: Point,
  refusals: number,
): Point | undefined {
  const polished = polish(program, limits, system, judge, activeOnly(program, limits, system, best), refusals);
  return polished ?? (refusals > 1 && judge.solved(best) ? best : undefined);
}

/** The last point polished, or else what the active set makes of it. */
function* finished(
  program: Program<Matrix>,
  limits: Limits,
  system: StepSystem,
  judge: Judge,
  best: Point,
  work: Work,
  finish: Finish,
): Rounds<Candidate> {
  const settled = settle(program, limits, system, judge, best, REFUSALS);
  if (settled) return { status: 'solved', ...settled, work };
  const active = activeOnly(program, limits, system, best);
  const rounds = finish(active, FINISH_ROUNDS);
  if (!rounds) return { status: 'stalled', ...best, work };
  const other = yield* rounds;
  work.additions = other.work.additions;
  work.removals = other.work.removals;
  work.centres = other.work.centres;
  if (other.status === 'stalled' || other.status === 'roundLimit') return { status: 'stalled', ...best, work };
  return { ...other, work };
}

/** Multipliers of size 1, without those that are none beside the largest. */
function cleaned(y: Float64Array): Float64Array {
  const size = largest(y);
  return y.map((value) => (Math.abs(value) > NO_MULTIPLIER * size ? value / size : 0));
}
