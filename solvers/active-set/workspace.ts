/** What one solve of a quadratic program by the active set works on. */
import type { Arena } from '../../src/core/index.js';
import type { DenseKernel } from '../../src/dense/index.js';
import type { Judge, Point, Work } from '../candidate.js';
import { dense } from '../choice.js';
import type { Program } from '../problem.js';
import type { Matrix } from '../sparse/matrix.js';
import { SCALED_DEPENDENCE, SCALED_VIOLATION } from '../tolerances.js';
import { mapped, vector } from '../vectors.js';
import { type ActiveSet, activeSet } from './active-set.js';
import { type Metric, metricOf } from './metric.js';

export interface Workspace {
  program: Program;
  /** The same, with matrices as residuals take them: zeros left out where that is most of them. */
  measured: Program<Matrix>;
  judge: Judge;
  readonly arena: Arena;
  readonly kernel: DenseKernel;
  readonly metric: Metric;
  readonly solver: ActiveSet;
  work: Work;
  roundLimit: number;
  /** The rows of A, `stride` doubles apart, and scratch: of a vector of variables each, and of the products of all rows. */
  readonly stride: number;
  readonly rowsAt: number;
  readonly xAt: number;
  readonly shiftAt: number;
  readonly hAt: number;
  readonly productAt: number;
  /** The constraint in each slot of the solver (constraints.ts). */
  readonly codeOfSlot: number[];
  /** Constraints that are scanned: rows, and bounds where they are no bounds of w. */
  readonly keys: number;
  /** The proximal centre x_j, the t before the program, and its cost. */
  proximalCentre: Float64Array;
  t: number;
  cost: Float64Array;
  /** L^-T v and A L^-T v: by how much the limits are shifted. */
  shift: Float64Array;
  rowShift: Float64Array;
}

/** The workspace, in the arena, of a scaled program with at least one variable; undefined if its P has no factor. */
export function workspaceOf(
  arena: Arena,
  measured: Program<Matrix>,
  judge: Judge,
  roundLimit: number,
  start?: Point,
): Workspace | undefined {
  const program = dense(measured);
  const { n, m, A, lb, ub } = program;
  const stride = n + (n & 1);
  const metric = metricOf(arena, program);
  if (!metric) return undefined;
  const rowsAt = arena.alloc(8 * stride * m);
  if (stride === n) arena.f64(rowsAt, n * m).set(A);
  else for (let i = 0; i < m; i++) arena.f64(rowsAt + 8 * stride * i, n).set(A.subarray(n * i, n * i + n));
  const xAt = arena.alloc(8 * stride);
  const shiftAt = arena.alloc(8 * stride);
  const hAt = arena.alloc(8 * stride);
  const productAt = arena.alloc(8 * m);
  const box = (limits: Float64Array, none: number) => (metric.diagonal ? limits : vector(n).fill(none));
  const solver = activeSet(arena, box(lb, Number.NEGATIVE_INFINITY), box(ub, Number.POSITIVE_INFINITY), {
    tolerance: SCALED_VIOLATION,
    dependence: SCALED_DEPENDENCE,
  });
  return {
    ...{
      program,
      measured,
      judge,
      arena,
      kernel: arena.kernels<DenseKernel>(),
      metric,
      solver,
      roundLimit,
    },
    work: { rounds: 0, centres: 0, additions: 0, removals: 0 },
    ...{ stride, rowsAt, xAt, shiftAt, hAt, productAt },
    codeOfSlot: [],
    keys: metric.diagonal ? m : m + n,
    proximalCentre: clipped(program, start ? start.x : vector(n)),
    t: 1,
    cost: program.q,
    shift: vector(n),
    rowShift: vector(m),
  };
}

/** The point of the box next to x. */
export const clipped = ({ lb, ub }: Program, x: Float64Array): Float64Array =>
  mapped(x, (value, k) => Math.min(Math.max(value, lb[k]), ub[k]));

/** The origin without multipliers. */
export const noPoint = ({ n, m }: Pick<Program, 'n' | 'm'>): Point => ({
  x: vector(n),
  y: vector(m),
  z: vector(n),
});
