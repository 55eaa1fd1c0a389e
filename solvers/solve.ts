/**
 * The front door of the solvers: checks a problem, scales it, lets a method try (choice.ts), and has the answer judged on
 * the original data; goes on to another method where the judge refuses the answer.
 */
import {
  type Arena,
  createArena,
  demandFinite,
  demandObject,
  demandPositive,
  refuse,
  withArena,
} from '../src/core/index.js';
import { type Next, nextBySteps } from './active-set/next.js';
import { continueActiveSet, moveTo, openActiveSet, solveByActiveSet, solveFrom } from './active-set/qp.js';
import type { Workspace } from './active-set/workspace.js';
import { type Candidate, type Judge, noPoint, noWork, type Point } from './candidate.js';
import { choose, dense, type Forms, formed } from './choice.js';
import { type Convexity, curvatureOf } from './convexity.js';
import { solveByInteriorPoint } from './interior-point/solve.js';
import { sparseSystem } from './interior-point/sparse-system.js';
import { condensedSystem } from './interior-point/system.js';
import {
  allowanceOf,
  boundMultipliers,
  crossedLimits,
  firstCrossed,
  isSharp,
  keepsPromise,
  proveInfeasible,
  residuals,
  type Sizes,
  sizesOf,
} from './judge.js';
import { largest } from './largest.js';
import { type Presolved, presolve } from './presolve/presolve.js';
import {
  checkProblem,
  fitsDense,
  type LpProblem,
  type Program,
  type QpProblem,
  type Vectors,
  withVectors,
} from './problem.js';
import { roomOf, type Slopes, slopesAt } from './products.js';
import { nearest, steepest } from './recession.js';
import { type Rounds, toEnd, toEndLater } from './rounds.js';
import { type Scaling, scaled, scaledVectors } from './scale.js';
import type { Method, Settings, Solution } from './solution.js';
import type { Analysis } from './sparse/analysis.js';
import type { SparseMatrix } from './sparse/csc.js';
import { type Compressed, isCompressed, type Matrix } from './sparse/matrix.js';
import { PROMISE, WELL_CURVED } from './tolerances.js';
import { copied, mapped } from './vectors.js';
import { demandRelative, granted, judged, type Measured } from './verify.js';

/** Steps of the interior point after which nothing comes of it any more: the public sets of docs/solvers.md take up to 71. */
const MOST_STEPS = 500;

/** Constraints that change between two optima at most, if the way from one to the other is to be shorter than that of sparse steps from nothing. */
const FEW_CHANGES = 32;

/** The curvature of an identity. */
const CURVED = { least: 1, convexity: 'proved' } as const;

const METHODS: readonly (Method | 'auto')[] = ['auto', 'activeSet', 'interiorPoint'];

/** Solves a convex quadratic program. Copies what it keeps; throws `usage` on a problem that is not one. */
export const solveQp = (problem: QpProblem<Float64Array | SparseMatrix>, settings: Settings = {}): Solution =>
  solveProgram(checkProblem(problem), settings);

/**
 * `solveQp` beside other work of the thread, which goes first now and then: the signal stops it, and the promise is then rejected
 * with the signal's reason. The answer has the bits of `solveQp`.
 */
export const solveQpLater = async (
  problem: QpProblem<Float64Array | SparseMatrix>,
  settings: Settings = {},
): Promise<Solution> => solveProgramLater(owned(checkProblem(problem)), settings);

/** The program with matrices and costs of its own: what callers do to theirs meanwhile is not for this solve. */
export function owned(program: Program<Matrix>): Program<Matrix> {
  const { hessian, q, A } = program;
  // A compressed matrix is ours already.
  const copy = (M: Matrix) => (isCompressed(M) ? M : M.slice());
  return { ...program, hessian: copy(hessian), q: q.slice(), A: copy(A) };
}

/** Solves a linear program: see `solveQp`. */
export const solveLp = (problem: LpProblem<Float64Array | SparseMatrix>, settings: Settings = {}): Solution => {
  demandObject('the problem', problem);
  if ('P' in problem && problem.P !== undefined) {
    refuse('a linear program has no P; use solveQp');
  }
  return solveProgram(checkProblem(problem), settings);
};

/** Solves a checked program. */
export function solveProgram(given: Program<Matrix>, settings: Settings = {}): Solution {
  const how = checkedSettings(settings, given.n);
  return withArena((arena) =>
    toEnd(
      solving(() => arena, given, how),
      how.workLimit,
      how.signal,
    ),
  );
}

/** The same beside other work of the thread. */
export async function solveProgramLater(given: Program<Matrix>, settings: Settings = {}): Promise<Solution> {
  const how = checkedSettings(settings, given.n);
  return toEndLater(solving(createArena, given, { ...how, watched: true }), how.workLimit, how.signal);
}

/** The rounds of a solve; the arena is asked for when it is needed. */
function* solving(arenaOf: () => Arena, given: Program<Matrix>, how: How): Rounds<Solution> {
  const simple = withoutSolver(given);
  if (simple) return simple;
  const forms = formed(given);
  const { program, sparse } = forms;
  const curvature = curvatureOf(program);
  const smaller = how.start || !sparse ? undefined : presolve(uncrossed(program as Program<Compressed>));
  const soon = smaller && (yield* byPresolve(arenaOf, program as Program<Compressed>, smaller, curvature, how));
  const answer = soon ?? (yield* byMethods(arenaOf, forms, curvature, how));
  if (!how.start || how.workLimit !== undefined || rank(answer) < 0) return answer;
  // What a start has not led to may be found from nothing.
  const other = yield* solving(arenaOf, given, { ...how, start: undefined });
  return rank(other) < rank(answer) ? other : answer;
}

/** Settings that are complete, and whether anyone may stop the solve between rounds. */
export type How = Settings & Required<Pick<Settings, 'method' | 'roundLimit' | 'relative'>> & { watched: boolean };

/** The settings for a program of n variables. Throws `usage` where they are none. */
export function checkedSettings(settings: Settings, n: number): How {
  demandObject('the settings', settings, ['method', 'roundLimit', 'workLimit', 'relative', 'start', 'signal']);
  // The active set may take up and let go every constraint more than once.
  const { method = 'auto', roundLimit = 20 * n + 2000, relative = 0, workLimit, signal } = settings;
  demandRelative(relative);
  if (workLimit !== undefined) demandPositive('workLimit', workLimit);
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    refuse('the signal must be an AbortSignal');
  }
  if (!METHODS.includes(method)) {
    refuse(`method must be one of ${METHODS.join(', ')}; got "${method}"`);
  }
  if (!(Number.isInteger(roundLimit) && roundLimit > 0)) {
    refuse(`roundLimit must be a positive integer; got ${roundLimit}`);
  }
  const watched = workLimit !== undefined || signal !== undefined;
  return { method, roundLimit, relative, workLimit, signal, start: settings.start, watched };
}

type Curvature = ReturnType<typeof curvatureOf>;

/** Solves what presolve has left; undefined where that decides nothing about the whole problem. */
function* byPresolve(
  arenaOf: () => Arena,
  program: Program<Compressed>,
  smaller: Presolved,
  whole: Curvature,
  settings: How,
): Rounds<Solution | undefined> {
  const { relative } = settings;
  const grant = (candidate: Candidate, { method, tried, why }: Pick<Solution, 'method' | 'tried' | 'why'>) => {
    const solution = judged(program, candidate, method, tried, whole.convexity, undefined, relative);
    return solution.status === 'stalled' ? undefined : { ...solution, why };
  };
  if ('proof' in smaller) {
    const candidate = { ...noPoint(program), y: smaller.proof, status: 'infeasible' as const, work: noWork() };
    return grant(candidate, { method: 'interiorPoint', tried: [], why: 'presolve finds a contradiction' });
  }
  const { n, m } = smaller.program;
  const found = `presolve leaves ${n} of ${program.n} variables and ${m} of ${program.m} rows`;
  if (n === 0) {
    const candidate = { ...noPoint(smaller.program), status: 'solved' as const, work: noWork() };
    return grant(smaller.whole(candidate), { method: 'interiorPoint', tried: [], why: found });
  }
  const inner = formed(smaller.program);
  // A part of a well curved P is no flatter.
  const curvature = whole.least > WELL_CURVED ? whole : curvatureOf(inner.program);
  const solution = yield* byMethods(arenaOf, inner, curvature, settings);
  const y = solution.certificate?.y ?? solution.y;
  return grant(smaller.whole({ ...solution, y }), { ...solution, why: `${found}; ${solution.why}` });
}

/** Method after method, until the judge grants an answer; where x runs away, or at the end, a ray is looked for (recession.ts). */
function* byMethods(
  arenaOf: () => Arena,
  { program, sparse, thin }: Forms,
  { least: curvature, convexity }: Curvature,
  settings: How,
): Rounds<Solution> {
  const { n, m } = program;
  const { method, roundLimit, relative, watched } = settings;
  const { program: inner, scaling } = scaled<Matrix>(uncrossed(thin));
  const judge = judgeOf(thin, scaling, relative);
  const start = settings.start && scaledStart(program, settings.start, scaling);
  const steps = sparse ? (inner as Program<Compressed>) : undefined;
  const { order, analysis, why } = choose(program, steps, curvature, settings);
  // Where P is flat the active set may go on for long: where it goes first, then not for ever.
  const flat = method === 'auto' && !(curvature > WELL_CURVED) && !start;
  const rounds = flat && order[0] === 'activeSet' ? Math.min(roundLimit, n + m + 50) : roundLimit;
  const tried: Method[] = [];
  const arena = arenaOf();
  let best: Solution | undefined;
  for (let at = 0; at < order.length && !(best && rank(best) < 0); at++) {
    const one = order[at];
    tried[at] = one;
    const mark = arena.mark();
    const candidate = yield* one === 'activeSet'
      ? solveByActiveSet(arena, inner, judge, rounds, start, watched)
      : bySteps(arena, inner, judge, Math.min(MOST_STEPS, Math.ceil(roundLimit / 10)), analysis);
    arena.release(mark);
    const solution = judge.answer(program, candidate, one, tried, convexity);
    if (!best || rank(solution) < rank(best)) best = solution;
    const { far, work } = candidate;
    if (rank(best) < 0 || !judge.looks || (!far && order[at + 1])) continue;
    judge.looks = false;
    const solved = (other: Program<Matrix>) =>
      byMethods(() => arena, formed(other), CURVED, { ...settings, method: 'auto', start: undefined });
    const { x } = yield* solved(steepest(inner));
    if (largest(x) > PROMISE) {
      const near = yield* solved(nearest(thin));
      const claim = { ...near, status: 'unbounded', ray: times(x, scaling.D), work } as const;
      const end = judged(program, claim, one, tried, convexity, undefined, relative);
      if (rank(end) < 0) best = end;
    }
    // Where it only seemed to run away, the method has another go.
    if (far) at--;
  }
  const answer = best as Solution;
  answer.tried = tried;
  answer.why = why;
  return answer;
}

/** The interior point in the form that has been chosen; the active set finishes where dense matrices have room. */
function bySteps(
  arena: Arena,
  program: Program<Matrix>,
  judge: Judge,
  limit: number,
  analysis?: Analysis,
): Rounds<Candidate> {
  const system = analysis
    ? sparseSystem(arena, program as Program<Compressed>, analysis)
    : condensedSystem(arena, dense(program));
  return solveByInteriorPoint(program, system, judge, limit, (start, rounds) =>
    fitsDense(program.n, program.m) ? solveByActiveSet(arena, program, judge, rounds, start) : undefined,
  );
}

/** A program before the active set, whose scaling, factor and held constraints stay while costs and limits change. */
export interface Standing {
  /** Whether its steps from nothing are sparse ones. */
  readonly sparse: boolean;
  readonly convexity: Convexity;
  readonly scaling: Scaling;
  /** The program with matrices as the judge takes them. */
  readonly matrices: Program<Matrix>;
  readonly sizes: Sizes;
  readonly room: Slopes;
  /** The program that has been scaled, without limits that cross. */
  seen: Program<Matrix>;
  /** The same scaled, costs perhaps of an earlier solve. */
  inner: Program<Matrix>;
  /** The limits that the workspace has, as they were given. */
  limits: Pick<Vectors, 'l' | 'u' | 'lb' | 'ub'>;
  workspace?: Workspace;
  next?: Next;
}

/** Sets a program up to be solved again and again. */
export function standing(program: Program<Matrix>): Standing {
  const { sparse, thin: matrices } = formed(program);
  const seen = uncrossed(matrices);
  const { program: inner, scaling } = scaled<Matrix>(seen);
  const { convexity } = curvatureOf(program);
  return {
    sparse,
    convexity,
    scaling,
    matrices,
    sizes: sizesOf(seen),
    room: roomOf(program),
    seen,
    inner,
    limits: program,
  };
}

const alike = (a: Standing['limits'], b: Standing['limits']) =>
  a.l === b.l && a.u === b.u && a.lb === b.lb && a.ub === b.ub;

/** Whether a program is solved from nothing by sparse steps. */
export const isSparse = (program: Program<Matrix>): boolean => formed(program).sparse;

/**
 * Solves a program that differs from the last one in costs alone, or in nothing, if a step from the last optimum or a few lead to its own;
 * else undefined. What a model does most, and in a few microseconds.
 */
export const solveNext = (kept: Standing, program: Program<Matrix>): Solution | undefined =>
  alike(kept.limits, program) ? solveBySteps(kept, program, true) : undefined;

/** The same, the workspace having the limits of the program already; `still` where it has had them before. */
function solveBySteps(kept: Standing, program: Program<Matrix>, still: boolean): Solution | undefined {
  const { matrices, sizes, room, convexity } = kept;
  const point = kept.next?.(program.q, still);
  if (!point) return undefined;
  const measured = withVectors(matrices, program);
  const answer = granted(measured, point, sizes, room, convexity);
  if (answer && isSharp(answer.residuals)) return answer;
  // Steps lose digits where P or what is held is badly conditioned; another one, from where they have led, brings them back.
  const closer = kept.next?.(program.q, false);
  if (!closer) return undefined;
  for (const key of ['rounds', 'centres', 'additions', 'removals'] as const) closer.work[key] += point.work[key];
  return granted(measured, closer, sizes, room, convexity);
}

/**
 * Solves a program that differs from the one that was set up in costs, limits and bounds alone: from the optimum before, or at first
 * from `start`. Undefined where the active set does not come to an answer from there.
 */
export function solveStanding(
  kept: Standing,
  program: Program<Matrix>,
  start: Point,
  { roundLimit, workLimit, signal, watched }: How,
): Solution | undefined {
  const { convexity, scaling, sizes } = kept;
  const simple = withoutSolver(program);
  if (simple) return simple;
  const measured = withVectors(kept.matrices, program);
  const seen = uncrossed(measured);
  kept.inner = withVectors(kept.inner, scaledVectors(seen, scaling, kept.seen, kept.inner));
  kept.seen = seen;
  if (kept.workspace && !moveTo(kept.workspace, kept.inner)) return undefined;
  if (!alike(kept.limits, program)) {
    kept.limits = program;
    const soon = solveBySteps(kept, program, false);
    if (soon) return soon;
  }
  const judge = judgeOf(measured, scaling, 0, sizes);
  let candidate: Candidate | undefined;
  if (kept.workspace) {
    candidate = toEnd(continueActiveSet(kept.workspace, judge, roundLimit, watched), workLimit, signal);
  } else {
    const from = scaledStart(program, start, scaling);
    kept.workspace = openActiveSet(createArena(), kept.inner, judge, roundLimit, from, watched);
    // Dense matrices hold few constraints more in the time of sparse steps.
    if (kept.workspace && kept.sparse) kept.workspace.patience = FEW_CHANGES;
    candidate = kept.workspace && toEnd(solveFrom(kept.workspace), workLimit, signal);
    kept.next = kept.workspace && nextBySteps(kept.workspace, scaling);
  }
  if (!candidate) return undefined;
  const solution = judge.answer(program, candidate, 'activeSet', ['activeSet'], convexity);
  if (solution.status === 'stalled' || solution.status === 'roundLimit') return undefined;
  solution.why = 'goes on from the last optimum';
  return solution;
}

/** How far an answer is from the promise; what is not a number is farthest. */
function rank({ status, residuals: { primal, dual } }: Solution): number {
  if (status !== 'stalled' && status !== 'roundLimit') return -1;
  const size = Math.max(primal, dual);
  return Number.isNaN(size) ? Number.POSITIVE_INFINITY : size;
}

/** Problems that need no method: limits that cross, and no variables. */
function withoutSolver(program: Program<Matrix>): Solution | undefined {
  const { n, lb, ub, l, u } = program;
  if (n > 0 && !crossedLimits(program)) return undefined;
  const x = lb.map((bound, k) => Math.min(Math.max(0, bound), ub[k]));
  // Without variables a row asks that 0 be within its limits; its violation is the proof, and where there is none, the judge says so.
  const y = l.map((limit, i) => (limit > 0 ? 1 : u[i] < 0 ? -1 : 0));
  const candidate = { ...noPoint(program), status: 'infeasible', x, y, work: noWork() } as const;
  return judged(program, candidate, 'activeSet', [], n > 0 ? curvatureOf(program).convexity : 'proved');
}

/** Limits that cross by less than the tolerance meet half-way: every point between them is good enough. */
function uncrossed<M extends Matrix>(program: Program<M>): Program<M> {
  const { l, u, lb, ub } = program;
  if (firstCrossed(l, u, 0) === l.length && firstCrossed(lb, ub, 0) === lb.length) return program;
  const met = (a: Float64Array, b: Float64Array, own: Float64Array) =>
    mapped(own, (value, i) => (a[i] > b[i] ? a[i] + (b[i] - a[i]) / 2 : value));
  return { ...program, l: met(l, u, l), u: met(l, u, u), lb: met(lb, ub, lb), ub: met(lb, ub, ub) };
}

interface ScaledJudge extends Judge {
  /** The answer to a program that a candidate of its scaled form is. */
  answer(
    program: Program<Matrix>,
    candidate: Candidate,
    method: Method,
    tried: Method[],
    convexity: Convexity,
  ): Solution;
}

/** The judge of scaled claims, who still knows what he has measured of the last point. */
function judgeOf(program: Program<Matrix>, scaling: Scaling, relative = 0, sizes = sizesOf(program)): ScaledJudge {
  let last: { point: Point; measured: Measured } | undefined;
  return {
    answer(whole, candidate, method, tried, convexity) {
      const { x, y, z, status } = candidate;
      const same = last && last.point.x === x && last.point.y === y && last.point.z === z;
      const seen = same ? last?.measured : undefined;
      const point = seen && status !== 'infeasible' ? seen : unscaled(candidate, scaling);
      const claim = { status, x: point.x, y: point.y, z: point.z, work: candidate.work };
      return judged(whole, claim, method, tried, convexity, seen, relative);
    },
    solved(point) {
      const { x, y, z: given } = unscaled(point, scaling);
      const slopes = slopesAt(program, x, y);
      const z = boundMultipliers(program, x, y, given, slopes);
      const measured = { x, y, z, residuals: residuals(program, x, y, z, slopes, sizes) };
      last = { point, measured };
      return keepsPromise(measured.residuals, allowanceOf(program, x, y, z, relative));
    },
    infeasible: (y) =>
      proveInfeasible(
        program,
        y.map((value, i) => value * scaling.E[i]),
      ) !== undefined,
    looks: program.P !== 'identity',
  };
}

function times(a: Float64Array, b: Float64Array): Float64Array {
  const out = copied(a);
  for (let k = 0; k < out.length; k++) out[k] *= b[k];
  return out;
}

function unscaled(point: Point, { D, E, c }: Scaling): Point {
  const y = copied(point.y);
  for (let i = 0; i < y.length; i++) y[i] = (y[i] * E[i]) / c;
  const z = copied(point.z);
  for (let k = 0; k < z.length; k++) z[k] = z[k] / D[k] / c;
  return { x: times(point.x, D), y, z };
}

function scaledStart({ n, m }: Program<Matrix>, start: Point, { D, E, c }: Scaling): Point {
  demandObject('start', start);
  for (const part of ['x', 'y', 'z'] as const) demandFinite(`start.${part}`, start[part]);
  if (start.x.length !== n || start.z.length !== n || start.y.length > m) {
    refuse(
      `start must have ${n} numbers in x and z and at most ${m} in y; got ${start.x.length}, ${start.z.length}, ${start.y.length}`,
    );
  }
  return {
    x: start.x.map((value, k) => value / D[k]),
    y: Float64Array.from({ length: m }, (_, i) => ((start.y[i] ?? 0) * c) / E[i]),
    z: start.z.map((value, k) => value * D[k] * c),
  };
}
