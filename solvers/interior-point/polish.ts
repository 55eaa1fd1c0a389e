/** The last steps of the interior point, on the limits that its last point calls active. */
import type { Judge, Point } from '../candidate.js';
import { largest } from '../largest.js';
import type { Program } from '../problem.js';
import { rowsTimes, stationarity } from '../products.js';
import type { Matrix } from '../sparse/matrix.js';
import { POLISH_REGULAR, VIOLATION } from '../tolerances.js';
import { type Limits, valuesAt } from './iterate.js';
import type { StepSystem } from './system.js';

const PASSES = 24;

/** The point with multipliers only where a multiplier outweighs its slack. */
export function activeOnly(
  program: Program<Matrix>,
  { lower, upper, equal }: Limits,
  system: StepSystem,
  point: Point,
): Point {
  const { m } = program;
  const value = new Float64Array(lower.length);
  valuesAt(system, point.x, value);
  const keep = (multiplier: number, i: number) => {
    if (equal[i]) return multiplier;
    const slack = multiplier > 0 ? value[i] - lower[i] : upper[i] - value[i];
    return Math.abs(multiplier) > slack ? multiplier : 0;
  };
  return { x: point.x, y: point.y.map(keep), z: point.z.map((multiplier, k) => keep(multiplier, m + k)) };
}

/**
 * The method of multipliers on the limits with multipliers, with residuals in twice the precision: ends at a point of the
 * optimal face, if the limits are the right ones. Undefined as soon as the judge has refused `refusals` points.
 */
export function polish(
  program: Program<Matrix>,
  limits: Limits,
  system: StepSystem,
  judge: Judge,
  point: Point,
  refusals: number,
): Point | undefined {
  const { n, m, lb, ub } = program;
  const { equal } = limits;
  const multipliers = Float64Array.from({ length: m + n }, (_, i) => (i < m ? point.y[i] : point.z[i - m]));
  const weight = multipliers.map((value, i) => (value !== 0 || equal[i] ? 1 / POLISH_REGULAR : 0));
  const limit = limits.lower.map((low, i) =>
    weight[i] === 0 ? 0 : equal[i] || multipliers[i] > 0 ? low : limits.upper[i],
  );
  const x = point.x.slice();
  const target = new Float64Array(m + n);
  let before = Number.POSITIVE_INFINITY;
  if (!system.factor(weight, POLISH_REGULAR)) return undefined;
  for (let pass = 0; pass < PASSES; pass++) {
    const [y, z] = [multipliers.slice(0, m), multipliers.slice(m)];
    const slope = stationarity(program, x, y, z);
    const slack = rowsTimes(program, x, limit.subarray(0, m), undefined, weight);
    for (let k = 0; k < n; k++) slope[k] = -slope[k];
    for (let i = 0; i < m + n; i++) target[i] = weight[i] === 0 ? 0 : i < m ? -slack[i] : limit[i] - x[i - m];
    const size = Math.max(largest(slope), largest(target));
    if (size <= VIOLATION || size > before / 2 || pass % 3 === 2) {
      const here = { x: x.map((value, k) => Math.min(Math.max(value, lb[k]), ub[k])), y, z };
      if (judge.solved(here)) return here;
      if (--refusals === 0) return undefined;
    }
    before = size;
    const { dx, dy } = system.solve(slope, target, weight, POLISH_REGULAR, Number.POSITIVE_INFINITY);
    if (!dx.every(Number.isFinite)) return undefined;
    for (let k = 0; k < n; k++) x[k] += dx[k];
    for (let i = 0; i < m + n; i++) multipliers[i] += dy[i];
  }
  return undefined;
}
