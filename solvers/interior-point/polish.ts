/** The last steps of the interior point, on the limits that its last point calls active. */
import type { Judge, Point } from '../candidate.js';
import { largest } from '../largest.js';
import type { Program } from '../problem.js';
import { rowsTimes, stationarity } from '../products.js';
import type { Matrix } from '../sparse/matrix.js';
import { POLISH_REGULAR, VIOLATION } from '../tolerances.js';
import { type Limits, valuesAt } from './iterate.js';
import type { Residuals } from './residuals.js';
import type { StepSystem } from './system.js';

const PASSES = 24;
/** The part of all limits that may turn out to be active or not. */
const FEW = 0.01;

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
 * Notes which limits the multipliers y and the values of an iterate call active: 1 a lower one or an equality, -1 an upper one.
 * Returns how many are new.
 */
export function noteActive({ lower, upper, equal }: Limits, { y, value }: Residuals, active: Int8Array): number {
  let changes = 0;
  for (let i = 0; i < active.length; i++) {
    let side = equal[i];
    if (side === 0 && y[i] > 0 && y[i] > value[i] - lower[i]) side = 1;
    if (side === 0 && y[i] < 0 && -y[i] > upper[i] - value[i]) side = -1;
    if (active[i] !== side) changes++;
    active[i] = side;
  }
  return changes;
}

/**
 * The method of multipliers on the limits with multipliers, with residuals in twice the precision: ends at a point of the
 * optimal face, if the limits are the right ones. Where they are nearly so, those that are violated are taken up and those whose multipliers
 * have the wrong sign let go (Newton's method on the conditions of an optimum), fewer every time. Undefined as soon as the judge
 * has refused `refusals` points.
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
  const [target, value] = [new Float64Array(m + n), new Float64Array(m + n)];
  let before = Number.POSITIVE_INFINITY;
  let fewest = Math.max(2, FEW * (m + n));
  if (!system.factor(weight, POLISH_REGULAR)) return undefined;
  // `steps` on the limits that are active now.
  for (let pass = 0, steps = 0; pass < PASSES; pass++, steps++) {
    const [y, z] = [multipliers.slice(0, m), multipliers.slice(m)];
    const slope = stationarity(program, x, y, z);
    const slack = rowsTimes(program, x, limit.subarray(0, m), undefined, weight);
    for (let k = 0; k < n; k++) slope[k] = -slope[k];
    for (let i = 0; i < m + n; i++) target[i] = weight[i] === 0 ? 0 : i < m ? -slack[i] : limit[i] - x[i - m];
    const size = Math.max(largest(slope), largest(target));
    if (steps === 1) {
      valuesAt(system, x, value);
      const changes = corrected(limits, value, multipliers, weight, limit, Math.max(VIOLATION, 10 * size));
      if (changes >= fewest) return undefined;
      if (changes > 0) {
        fewest = changes;
        steps = -1;
        before = Number.POSITIVE_INFINITY;
        if (!system.factor(weight, POLISH_REGULAR)) return undefined;
        continue;
      }
    }
    if (size <= VIOLATION || size > before / 2 || steps % 3 === 2) {
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

/** Takes up limits that are violated by more than `tolerance` and lets go those whose multiplier has the wrong sign: how many. */
function corrected(
  { lower, upper, equal }: Limits,
  value: Float64Array,
  multipliers: Float64Array,
  weight: Float64Array,
  limit: Float64Array,
  tolerance: number,
): number {
  let changes = 0;
  for (let i = 0; i < value.length; i++) {
    if (equal[i]) continue;
    if (weight[i] === 0) {
      const below = lower[i] - value[i] > tolerance;
      if (!below && !(value[i] - upper[i] > tolerance)) continue;
      weight[i] = 1 / POLISH_REGULAR;
      limit[i] = below ? lower[i] : upper[i];
    } else {
      if ((limit[i] === lower[i] ? multipliers[i] : -multipliers[i]) >= -tolerance) continue;
      weight[i] = 0;
      multipliers[i] = 0;
    }
    changes++;
  }
  return changes;
}
