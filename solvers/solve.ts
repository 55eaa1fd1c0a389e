/**
 * The front door of the dense solvers: checks a problem, scales it, lets a method try, and has the answer judged on
 * the original data. `auto` starts with the active set where P is well curved, else with the interior point, and goes on
 * to the other where the judge refuses the answer.
 */
import { EngramError } from '../src/core/index.js';
import { solveByActiveSet } from './active-set/qp.js';
import type { Attempt, Court, Point, Work } from './attempt.js';
import { leastCurvature } from './convexity.js';
import { solveByInteriorPoint } from './interior-point/solve.js';
import {
  type Certificate,
  keepsPromise,
  proveInfeasible,
  provesUnbounded,
  type Residuals,
  residuals,
  violation,
} from './judge.js';
import { checkProblem, type LpProblem, type Program, type QpProblem } from './problem.js';
import { type Scaling, scaled } from './scale.js';
import type { Status } from './status.js';

export type Method = 'activeSet' | 'interiorPoint';
/** Whose answer it is: a method of ours or an adapter. */
export type Solver = Method | 'highs' | 'javascriptLpSolver';

export interface Settings {
  /** `auto` (default): see above. */
  method?: Method | 'auto';
  /** Cap on rounds of the active set (default 20 n + 2000) and on steps of the interior point (a tenth of it). */
  roundLimit?: number;
  /** A point to start from, such as an earlier solution: x, multipliers y of the rows (missing ones count 0), z. */
  start?: { x: Float64Array; y: Float64Array; z: Float64Array };
}

export interface Solution {
  /** Granted by the judge on the original data. */
  status: Status;
  /** The method whose answer this is, and all that were tried. */
  method: Solver;
  tried: Solver[];
  /** The point; after `infeasible`, `roundLimit` and `stalled` the last one. */
  x: Float64Array;
  /** Multipliers of rows and bounds: positive at lower limits, negative at upper ones; P x + q = A'y + z. */
  y: Float64Array;
  z: Float64Array;
  /** 1/2 x'P x + q'x + constant. */
  objective: number;
  /** Measured on the original data, whatever the status. */
  residuals: Residuals;
  /** With `infeasible`. */
  certificate?: Certificate;
  /** With `unbounded`: x + s ray is feasible for all s >= 0 and the objective falls along it. */
  ray?: Float64Array;
  work: Work;
}

const METHODS: readonly (Method | 'auto')[] = ['auto', 'activeSet', 'interiorPoint'];

/** Least pivot of P above which the active set goes first. */
const WELL_CURVED = 1e-7;

/** Solves a convex quadratic program. Copies what it keeps; throws `usage` on a problem that is not one. */
export const solveQp = (problem: QpProblem, settings: Settings = {}): Solution =>
  solveProgram(checkProblem(problem), settings);

/** Solves a linear program: see `solveQp`. */
export const solveLp = (problem: LpProblem, settings: Settings = {}): Solution => {
  if ('P' in problem && problem.P !== undefined) {
    throw new EngramError('usage', 'a linear program has no P; use solveQp');
  }
  return solveProgram(checkProblem(problem), settings);
};

/** Solves a checked program. */
export function solveProgram(program: Program, settings: Settings = {}): Solution {
  const { n } = program;
  const { method = 'auto', roundLimit = 20 * n + 2000 } = settings;
  if (!METHODS.includes(method)) {
    throw new EngramError('usage', `method must be one of ${METHODS.join(', ')}; got "${method}"`);
  }
  if (!(Number.isInteger(roundLimit) && roundLimit > 0)) {
    throw new EngramError('usage', `roundLimit must be a positive integer; got ${roundLimit}`);
  }
  const simple = withoutSolver(program);
  if (simple) return simple;
  const curvature = leastCurvature(program);
  const { program: inner, scaling } = scaled(uncrossed(program));
  const court = courtOf(program, scaling);
  const start = settings.start && scaledStart(program, settings.start, scaling);
  const tried: Method[] = [];
  let best: Solution | undefined;
  const order: Method[] = method !== 'auto' ? [method] : ['activeSet', 'interiorPoint'];
  if (method === 'auto' && !(curvature > WELL_CURVED) && !start) order.reverse();
  for (const one of order) {
    tried.push(one);
    const attempt =
      one === 'activeSet'
        ? solveByActiveSet(inner, court, roundLimit, start)
        : solveByInteriorPoint(inner, court, Math.ceil(roundLimit / 10));
    const solution = judged(program, unscaled(attempt, scaling), one, tried);
    if (!best || rank(solution) < rank(best)) best = solution;
    if (solution.status !== 'stalled' && solution.status !== 'roundLimit') break;
  }
  return { ...(best as Solution), tried };
}

/**
 * Judges any point with multipliers on the original data: the residuals, and whether they keep the promise of
 * "solved". For answers of other solvers; our own have been through it.
 */
export function verify(
  problem: QpProblem,
  { x, y, z }: Pick<Solution, 'x' | 'y' | 'z'>,
): { solved: boolean; residuals: Residuals } {
  const program = checkProblem(problem, 'any size');
  leastCurvature(program);
  const measured = residuals(program, x, y, z);
  return { solved: keepsPromise(measured), residuals: measured };
}

/** The answer with the word that the judge grants. */
export function judged(program: Program, attempt: Attempt, method: Solver, tried: Solver[]): Solution {
  const { x, y, z, work } = attempt;
  let { status } = attempt;
  const measured = residuals(program, x, y, z);
  const certificate = status === 'infeasible' ? proveInfeasible(program, y) : undefined;
  const ray = status === 'unbounded' ? attempt.ray : undefined;
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

/** How far an answer is from the promise; what is not a number is farthest. */
function rank({ status, residuals: { primal, dual } }: Solution): number {
  if (status !== 'stalled' && status !== 'roundLimit') return -1;
  const size = Math.max(primal, dual);
  return Number.isNaN(size) ? Number.POSITIVE_INFINITY : size;
}

const noWork = (): Work => ({ rounds: 0, centres: 0, additions: 0, removals: 0 });

/** Problems that need no method: limits that cross, and no variables. */
function withoutSolver(program: Program): Solution | undefined {
  const { n, m, lb, ub, l, u } = program;
  const crossed = proveInfeasible(program, new Float64Array(m)) !== undefined;
  if (!crossed && n > 0) return undefined;
  const x = lb.map((bound, k) => Math.min(Math.max(0, bound), ub[k]));
  // Without variables a row asks that 0 be within its limits; its violation is the proof.
  const y = l.map((limit, i) => (limit > 0 ? 1 : u[i] < 0 ? -1 : 0));
  const status = crossed || violation(program, x) > 0 ? 'infeasible' : 'solved';
  const attempt = {
    status,
    x,
    y: status === 'solved' ? new Float64Array(m) : y,
    z: new Float64Array(n),
    work: noWork(),
  };
  return judged(program, attempt as Attempt, 'activeSet', []);
}

/** Limits that cross by less than the tolerance trade places: every point between them is good enough. */
function uncrossed(program: Program): Program {
  const { l, u, lb, ub } = program;
  const low = (a: Float64Array, b: Float64Array) => a.map((value, i) => Math.min(value, b[i]));
  const high = (a: Float64Array, b: Float64Array) => a.map((value, i) => Math.max(value, b[i]));
  return { ...program, l: low(l, u), u: high(l, u), lb: low(lb, ub), ub: high(lb, ub) };
}

function courtOf(program: Program, scaling: Scaling): Court {
  const original = (point: Point) => unscaled({ ...point, status: 'stalled', work: noWork() }, scaling);
  return {
    solved(point) {
      const { x, y, z } = original(point);
      return keepsPromise(residuals(program, x, y, z));
    },
    infeasible: (y) =>
      proveInfeasible(
        program,
        y.map((value, i) => value * scaling.E[i]),
      ) !== undefined,
    unbounded: (x, ray) => provesUnbounded(program, times(x, scaling.D), times(ray, scaling.D)),
  };
}

const times = (a: Float64Array, b: Float64Array) => a.map((value, i) => value * b[i]);

function unscaled(attempt: Attempt, { D, E, c }: Scaling): Attempt {
  return {
    ...attempt,
    x: times(attempt.x, D),
    y: attempt.y.map((value, i) => (value * E[i]) / c),
    z: attempt.z.map((value, k) => value / D[k] / c),
    ray: attempt.ray && times(attempt.ray, D),
  };
}

function scaledStart({ n, m }: Program, start: Point, { D, E, c }: Scaling): Point {
  if (start.x.length !== n || start.z.length !== n || start.y.length > m) {
    throw new EngramError(
      'usage',
      `start must have ${n} numbers in x and z and at most ${m} in y; got ${start.x.length}, ${start.z.length}, ${start.y.length}`,
    );
  }
  return {
    x: start.x.map((value, k) => value / D[k]),
    y: Float64Array.from({ length: m }, (_, i) => ((start.y[i] ?? 0) * c) / E[i]),
    z: start.z.map((value, k) => value * D[k] * c),
  };
}
