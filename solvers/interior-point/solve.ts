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
 * by Cholesky, with refinement; where the data are sparse, its quasi-definite form by L D L' (sparse-system.ts). Where residuals are small the
 * method of multipliers on the active limits is tried (polish.ts); where the judge refuses what comes of it, more steps follow, and at
 * the end the active set.
 */
import { type Candidate, type Judge, noPoint, noWork, type Point } from '../candidate.js';
import { largest } from '../largest.js';
import type { Program } from '../problem.js';
import type { Rounds } from '../rounds.js';
import type { Matrix } from '../sparse/matrix.js';
import { EARLY, LEAST_REGULAR, MOST_REGULAR, NO_MULTIPLIER, REGULAR, RIPE } from '../tolerances.js';
import { type Limits, limitsOf, pointOf, startOf } from './iterate.js';
import { activeOnly, polish } from './polish.js';
import { measure, residualTables } from './residuals.js';
import { advance, linearise, mehrotra, type StepTables, stepTables } from './step.js';
import type { StepSystem } from './system.js';

/** Steps without a gain after which no more are taken. */
const PATIENCE = 15;
/** The same where the smallest is that of an answer. */
const SHORT_PATIENCE = 3;
/** Infeasibility that has fallen to this part is a gain, too. */
const GAIN = 0.9;
/** Every so many steps multipliers of at least this size, relative to the costs, are shown to the judge as a proof, and a ray is looked for where x has it. */
const LOOK = 5;
const RUNAWAY = 1e4;
/** Where an answer that seems ripe is refused, residuals have to fall by this factor before the next one is shown. */
const RIPER = 100;
/** Points that the judge may refuse in a polish. */
const REFUSALS = 4;
/** The part of the residuals that a direction may leave before it is looked for with more regularisation. */
const SPOILT = 0.1;
/** Rounds of the active set that finishes. */
const FINISH_ROUNDS = 400;

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
  let most = base;
  let idle = 0;
  let more = true;
  let ripe = EARLY;
  const residuals = residualTables(program.n, limits.equal.length);
  const tables = stepTables(program, limits, system, iterate, residuals);
  for (let step = 0; step < stepLimit; step++) {
    more = yield system.work;
    if (!more) break;
    measure(residuals, program, limits, system, iterate);
    const { infeasibility, size, y } = residuals;
    if (!(size < Number.POSITIVE_INFINITY)) break;
    const nearer = size < bestSize;
    if (nearer) {
      bestSize = size;
      best = pointOf(program, limits, iterate);
    }
    // Of an infeasible program multipliers grow.
    const height = largest(y);
    const gains = infeasibility < GAIN * least || height > most / GAIN;
    if (gains) [least, most] = [Math.min(least, infeasibility), Math.max(most, height)];
    idle = nearer || gains ? 0 : idle + 1;
    if (idle > (bestSize > RIPE * base ? PATIENCE : SHORT_PATIENCE)) break;
    if (nearer && size <= ripe * base) {
      const settled = settle(program, limits, system, judge, best, size <= RIPE * base ? REFUSALS : 1);
      if (settled) return { status: 'solved', ...settled, work };
      ripe = size > RIPE * base ? Math.max(RIPE, size / base / RIPER) : size / base / RIPER;
    }
    if (step % LOOK === LOOK - 1) {
      const proof = height > RUNAWAY * base && cleaned(y.slice(0, program.m));
      if (proof && judge.infeasible(proof)) {
        return { status: 'infeasible', ...pointOf(program, limits, iterate), y: proof, work };
      }
      if (judge.looks && largest(iterate.x) > RUNAWAY) return { status: 'stalled', far: true, ...best, work };
    }
    work.rounds++;
    if (!stepFrom(tables)) break;
  }
  const settled = settle(program, limits, system, judge, best, REFUSALS);
  if (settled) return { status: 'solved', ...settled, work };
  // What has run away, as x does where the program is unbounded, is no start.
  const start = largest(best.x) > RUNAWAY ? noPoint(program) : activeOnly(program, limits, system, best);
  return yield* finished({ status: more ? 'stalled' : 'roundLimit', ...best, work }, finish(start, FINISH_ROUNDS));
}

/** A step with as little regularisation as gives a factor that is worth something; false where there is none. */
function stepFrom(tables: StepTables): boolean {
  const { mu, size } = tables.residuals;
  let delta = Math.max(Math.min(REGULAR, Math.max(LEAST_REGULAR, mu * 1e-2)), tables.delta / 10);
  for (; ; delta *= 100) {
    const last = 100 * delta > MOST_REGULAR;
    const direction = linearise(tables, delta) ? mehrotra(tables) : undefined;
    if (!last && !(direction && direction.left <= SPOILT * size)) continue;
    if (!direction?.dx.every(Number.isFinite)) return false;
    advance(tables, direction);
    return true;
  }
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

/** What the active set makes of the last point, if it goes. */
function* finished(end: Candidate, rounds: Rounds<Candidate> | undefined): Rounds<Candidate> {
  if (!rounds) return end;
  const other = yield* rounds;
  const work = { ...other.work, rounds: end.work.rounds };
  return { ...(other.status === 'stalled' || other.status === 'roundLimit' ? end : other), far: other.far, work };
}

/** Multipliers of size 1, without those that are none beside the largest. */
function cleaned(y: Float64Array): Float64Array {
  const size = largest(y);
  return y.map((value) => (Math.abs(value) > NO_MULTIPLIER * size ? value / size : 0));
}
