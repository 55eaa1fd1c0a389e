/** The words that the judge grants: to any point, and to what a method or an adapter has come to. */
import type { Candidate } from './candidate.js';
import { leastCurvature } from './convexity.js';
import { keepsPromise, proveInfeasible, provesUnbounded, type Residuals, residuals } from './judge.js';
import { checkProblem, type Program, type QpProblem } from './problem.js';
import type { Solution, Solver } from './solution.js';

/**
 * Judges any point with multipliers on the original data: the residuals, and whether they keep the promise of
 * "solved". For answers of other solvers; our own have been through it.
 */
export function verify(
  problem: QpProblem,
  { x, y, z }: Pick<Solution, 'x' | 'y' | 'z'>,
): {
  /** Whether the residuals keep the promise of "solved". */
  solved: boolean;
  /** Measured on the original data. */
  residuals: Residuals;
} {
  const program = checkProblem(problem, 'any size');
  leastCurvature(program);
  const measured = residuals(program, x, y, z);
  return { solved: keepsPromise(measured), residuals: measured };
}

/** The answer with the word that the judge grants. */
export function judged(program: Program, candidate: Candidate, method: Solver, tried: Solver[]): Solution {
  const { x, y, z } = finiteOf(program, candidate);
  const { work } = candidate;
  let { status } = candidate;
  const measured = measurable(program, x, residuals(program, x, y, z));
  const certificate = status === 'infeasible' ? proveInfeasible(program, y) : undefined;
  const ray = status === 'unbounded' ? candidate.ray : undefined;
  if (keepsPromise(measured) && !certificate) status = 'solved';
  else if (status === 'solved') status = 'stalled';
  if (status === 'infeasible' && !certificate) status = 'stalled';
  if (status === 'unbounded' && !(ray && provesUnbounded(program, x, ray))) status = 'stalled';
  return {
    status,
    method,
    tried,
    x,
    y: certificate ? certificate.y : y,
    z: certificate ? certificate.z : z,
    objective: measured.objective,
    residuals: measured,
    certificate,
    ray: status === 'unbounded' ? ray : undefined,
    work,
  };
}

/** A point that can be measured: where a method has overflowed, the point of the box that is nearest to 0, without multipliers. */
function finiteOf(program: Program, { x, y, z }: Candidate): Pick<Candidate, 'x' | 'y' | 'z'> {
  const { n, m, lb, ub } = program;
  const { primal, dual, gap, objective } = residuals(program, x, y, z);
  if ([x, y, z, [primal, dual, gap, objective]].every((values) => values.every(Number.isFinite))) return { x, y, z };
  const nearest = lb.map((bound, k) => Math.min(Math.max(0, bound), ub[k]));
  return { x: nearest, y: new Float64Array(m), z: new Float64Array(n) };
}

/** A residual that overflows where it is measured is not small: Infinity, never NaN. */
function measurable({ q, constant }: Program, x: Float64Array, { primal, dual, gap, objective }: Residuals): Residuals {
  const size = (value: number) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
  const plain = () => q.reduce((sum, cost, k) => sum + cost * x[k], constant);
  return {
    primal: size(primal),
    dual: size(dual),
    gap: size(gap),
    objective: size(Number.isNaN(objective) ? plain() : objective),
  };
}
