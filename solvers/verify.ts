/** The words that the judge grants: to any point, and to what a method or an adapter has come to. */
import { demandArray, demandNumber, demandObject } from '../src/core/index.js';
import type { Candidate, Point, Work } from './candidate.js';
import { type Convexity, curvatureOf } from './convexity.js';
import {
  allowanceOf,
  boundMultipliers,
  keepsPromise,
  proveInfeasible,
  provesUnbounded,
  type Residuals,
  residuals,
  type Sizes,
} from './judge.js';
import { checkProblem, type Program, type QpProblem } from './problem.js';
import { type Slopes, slopesAt } from './products.js';
import type { Solution, Solver } from './solution.js';
import type { SparseMatrix } from './sparse/csc.js';
import type { Matrix } from './sparse/matrix.js';

/**
 * Judges any point with multipliers on the original data: the residuals, and whether they keep the promise of
 * "solved", with `relative` as in the settings. For answers of other solvers; our own have been through it.
 */
export function verify(
  problem: QpProblem<Float64Array | SparseMatrix>,
  point: Pick<Solution, 'x' | 'y' | 'z'>,
  relative = 0,
): {
  /** Whether the residuals keep the promise of "solved". */
  solved: boolean;
  /** Measured on the original data. */
  residuals: Residuals;
  /** Whether P is proved semidefinite, so that what meets these conditions is an optimum. */
  convexity: Convexity;
} {
  const program = checkProblem(problem, 'any size');
  demandObject('the point', point);
  const { x, y, z } = point;
  demandArray('x', x, Float64Array, program.n);
  demandArray('y', y, Float64Array, program.m);
  demandArray('z', z, Float64Array, program.n);
  const { convexity } = curvatureOf(program);
  const measured = residuals(program, x, y, z);
  return {
    solved: keepsPromise(measured, allowanceOf(program, x, y, z, demandRelative(relative))),
    residuals: measured,
    convexity,
  };
}

/** The relative tolerance, from 0 to 1e-3. */
export function demandRelative(relative: number): number {
  demandNumber('relative', relative, 0, 1e-3);
  return relative;
}

/** A point with the multipliers that the judge has formed, and its residuals. */
export interface Measured {
  x: Float64Array;
  y: Float64Array;
  z: Float64Array;
  residuals: Residuals;
}

/** The answer with the word that the judge grants; `seen` is what the judge has measured of this very point, if it has. */
export function judged(
  program: Program<Matrix>,
  candidate: Candidate,
  method: Solver,
  tried: Solver[],
  convexity: Convexity,
  seen?: Measured,
  relative = 0,
): Solution {
  const { work } = candidate;
  let { status } = candidate;
  let { x, y } = seen ?? candidate;
  let z = seen?.z ?? boundMultipliers(program, x, y, candidate.z);
  let measured = seen?.residuals ?? residuals(program, x, y, z);
  const { primal, dual, gap, objective } = measured;
  if (!Number.isFinite(primal + dual + gap + objective)) {
    // Rounding has eaten the point: nothing that looks like a number is handed over in its place.
    x = program.lb.map((bound, k) => Math.min(Math.max(0, bound), program.ub[k]));
    [y, z] = [new Float64Array(program.m), new Float64Array(program.n)];
    measured = residuals(program, x, y, z);
  }
  const certificate = status === 'infeasible' ? proveInfeasible(program, candidate.y) : undefined;
  const ray = status === 'unbounded' && candidate.ray ? provesUnbounded(program, x, candidate.ray) : undefined;
  if (keepsPromise(measured, allowanceOf(program, x, y, z, relative)) && !certificate) status = 'solved';
  else if (status === 'solved') status = 'stalled';
  if (status === 'infeasible' && !certificate) status = 'stalled';
  if (status === 'unbounded' && !ray) status = 'stalled';
  return {
    status,
    convexity,
    method,
    tried,
    // Arrays of their own.
    x: x.slice(),
    y: (certificate ? certificate.y : y).slice(),
    z: (certificate ? certificate.z : z).slice(),
    objective: measured.objective,
    residuals: measured,
    certificate,
    ray: status === 'unbounded' ? ray : undefined,
    work,
  };
}

/**
 * The answer that the point after one step from an optimum is, if it keeps the promise, else undefined. The answer's arrays are those of the
 * point, multipliers of bounds to the last digit.
 */
export function granted(
  program: Program<Matrix>,
  { x, y, z, work }: Point & { work: Work },
  sizes: Sizes,
  room: Slopes,
  convexity: Convexity,
): Solution | undefined {
  const slopes = slopesAt(program, x, y, room);
  boundMultipliers(program, x, y, z, slopes, z);
  const measured = residuals(program, x, y, z, slopes, sizes);
  if (!keepsPromise(measured)) return undefined;
  return {
    status: 'solved',
    convexity,
    method: 'activeSet',
    tried: ['activeSet'],
    x,
    y,
    z,
    objective: measured.objective,
    residuals: measured,
    certificate: undefined,
    ray: undefined,
    work,
    why: 'a step from the last optimum',
  };
}
