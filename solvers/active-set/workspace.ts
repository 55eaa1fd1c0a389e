/** What one solve of a quadratic program by the active set works on. */
import type { Arena } from '../../src/core/index.js';
import { type Judge, noWork, type Point, type Work } from '../candidate.js';
import type { Program } from '../problem.js';
import { type Matrix, writeRows } from '../sparse/matrix.js';
import { SCALED_DEPENDENCE, SCALED_VIOLATION } from '../tolerances.js';
import { copied, vector } from '../vectors.js';
import { type ActiveSet, activeSet } from './active-set.js';
import { type Metric, metricOf } from './metric.js';

/** The kernel of kernel/program.ts. */
interface Kernel {
  programBind(
    variables: number,
    rowCount: number,
    rowStride: number,
    matrix: number,
    factor: number,
    diagonal: number,
    low: number,
    high: number,
    shift: number,
    x: number,
    found: number,
    amounts: number,
    marks: number,
  ): void;
  programTables(
    slots: number,
    rows: number,
    limits: number,
    equality: number,
    codes: number,
    candidates: number,
    active: number,
    multipliers: number,
  ): void;
  programForward(h: number, first: number): void;
  programBackward(h: number): void;
  programCentre(h: number, count: number, lower: number, upper: number): void;
  programPoint(weights: number): void;
  programViolated(count: number, tolerance: number): number;
  programSkip(code: number): void;
  programOpen(listed: number, count: number): number;
  programPolish(count: number, curvature: number, cost: number, h: number, residual: number): void;
  programUnits(
    d: number,
    e: number,
    perCost: number,
    vectors: number,
    curvature: number,
    cost: number,
    h: number,
    residual: number,
    law: number,
  ): void;
  programNext(tolerance: number, alike: boolean): number;
  activeSetCount(): number;
  activeSetAdditions(): number;
  activeSetRemovals(): number;
}

export interface Workspace {
  program: Program<Matrix>;
  judge: Judge;
  readonly arena: Arena;
  readonly kernel: Kernel;
  readonly metric: Metric;
  readonly solver: ActiveSet;
  work: Work;
  /** Constraints taken up and let go before the present solve. */
  counted: Pick<Work, 'additions' | 'removals'>;
  roundLimit: number;
  /** Whether anyone may stop it between rounds. */
  watched: boolean;
  /** After how many constraints taken up and let go, or about to be, a solve is given up. */
  patience: number;
  /** Pointers to x, to scratch of a vector of variables, both `stride` doubles, and to the codes of violated constraints. */
  readonly stride: number;
  readonly xAt: number;
  readonly hAt: number;
  readonly foundAt: number;
  /** Pointers to the costs, to the diagonal of P, and to scratch of as many doubles as constraints can be held. */
  readonly costAt: number;
  readonly curvatureAt: number;
  readonly residualAt: number;
  /** Pointers to the limits of rows, then of variables. */
  readonly lowAt: number;
  readonly highAt: number;
  /** The tables that the kernel knows of. */
  tables?: ReturnType<ActiveSet['tables']>;
  /** The proximal centre x_j, the t before the program, and its cost. */
  proximalCentre: Float64Array;
  t: number;
  cost: Float64Array;
}

/** Constraints that the kernel lists at most. */
const MOST_LISTED = 256;
/** Slots that there is room for at first, at most. */
const MOST_ROOM = 128;

/**
 * The workspace, in the arena, of a scaled program with at least one variable; undefined if its P has no factor. One function, longer
 * than most: the list of what lies in the arena.
 */
export function workspaceOf(
  arena: Arena,
  program: Program<Matrix>,
  judge: Judge,
  { roundLimit, watched }: Pick<Workspace, 'roundLimit' | 'watched'>,
  start?: Point,
): Workspace | undefined {
  const { n, m } = program;
  const stride = n + (n & 1);
  const metric = metricOf(arena, program);
  if (!metric) return undefined;
  const kernel = arena.kernels<Kernel>();
  const rowsAt = arena.alloc(8 * stride * m);
  const xAt = arena.alloc(8 * stride);
  const hAt = arena.alloc(8 * stride);
  const costAt = arena.alloc(8 * stride);
  const curvatureAt = arena.alloc(8 * stride);
  const diagonalAt = arena.alloc(8 * stride);
  // Independent ones, and one that is about to be looked at.
  const residualAt = arena.alloc(8 * (stride + 2));
  const lowAt = arena.alloc(8 * (m + n));
  const highAt = arena.alloc(8 * (m + n));
  const shiftAt = arena.alloc(8 * (m + n));
  const foundAt = arena.alloc(4 * Math.max(MOST_LISTED, m + n));
  const amountsAt = arena.alloc(8 * MOST_LISTED);
  const marksAt = arena.alloc(2 * (m + n));
  const none = (value: number) => vector(n).fill(value);
  const solver = activeSet(arena, none(Number.NEGATIVE_INFINITY), none(Number.POSITIVE_INFINITY), {
    tolerance: SCALED_VIOLATION,
    dependence: SCALED_DEPENDENCE,
    room: Math.min(MOST_ROOM, m + 2 * n + 2),
  });
  writeRows(arena.f64(rowsAt, stride * m), stride, program.A, n);
  arena.f64(diagonalAt, n).set(metric.d);
  arena.f64(curvatureAt, n).set(metric.curvature);
  kernel.programBind(
    n,
    m,
    stride,
    rowsAt,
    metric.factor,
    diagonalAt,
    lowAt,
    highAt,
    shiftAt,
    xAt,
    foundAt,
    amountsAt,
    marksAt,
  );
  const s: Workspace = {
    program,
    judge,
    arena,
    kernel,
    metric,
    solver,
    roundLimit,
    watched,
    patience: Number.POSITIVE_INFINITY,
    work: noWork(),
    counted: noWork(),
    stride,
    xAt,
    hAt,
    foundAt,
    costAt,
    curvatureAt,
    residualAt,
    lowAt,
    highAt,
    proximalCentre: clipped(program, start ? start.x : vector(n)),
    t: 1,
    cost: program.q,
  };
  writeLimits(s);
  return s;
}

/** Whether so many more constraints are too many. */
export const isImpatient = ({ kernel, counted, patience }: Workspace, more: number): boolean =>
  kernel.activeSetAdditions() + kernel.activeSetRemovals() + more > counted.additions + counted.removals + patience;

/** Constraints taken up and let go since it was last asked. */
export function changesOf(s: Workspace): Pick<Work, 'additions' | 'removals'> {
  const { additions, removals } = s.counted;
  s.counted = { additions: s.kernel.activeSetAdditions(), removals: s.kernel.activeSetRemovals() };
  return { additions: s.counted.additions - additions, removals: s.counted.removals - removals };
}

/** Puts the limits of the program where the kernel reads them. */
export function writeLimits({ arena, lowAt, highAt, program: { n, m, l, u, lb, ub } }: Workspace): void {
  const low = arena.f64(lowAt, m + n);
  low.set(l);
  low.set(lb, m);
  const high = arena.f64(highAt, m + n);
  high.set(u);
  high.set(ub, m);
}

/** The point of the box next to x. */
export function clipped({ lb, ub }: Program<Matrix>, x: Float64Array): Float64Array {
  const out = copied(x);
  for (let k = 0; k < out.length; k++) {
    if (out[k] <= lb[k]) out[k] = lb[k];
    if (out[k] > ub[k]) out[k] = ub[k];
  }
  return out;
}
