/**
 * Semi-infinite programs with a separable objective (see dual-newton.ts): rows are added as an oracle finds them violated.
 *
 *   repeat   w <- optimum under the rows so far, around the present centre (warm)
 *            rows <- rows + what the oracle finds at w;   if nothing: centre <- w, theta <- theta / 5
 *   until    nothing is found and, where curvature is only lent, the centre stays where it is
 *
 * A fixed centre costs nothing: w is then the optimum of the objective without the lent curvature, and v = N'y proves it.
 */
import type { Arena } from '../../src/core/index.js';
import type { CutSource, Refined } from '../cuts.js';
import { dualNewton, type Separable } from './dual-newton.js';

export interface SeparableSource<Cut>
  extends Pick<CutSource<Cut>, 'equalities' | 'likely' | 'violated' | 'write' | 'limit'> {
  /** With lent curvature: where the weights are looked for first. */
  readonly centre?: Float64Array;
  /** Called at each optimum: other prices to go on with, or none. */
  reprice?(weights: Float64Array): Float64Array | undefined;
}

/** Row residual, relative to the length of the row, at which Newton's method stops; the last step takes it to rounding. */
const TOLERANCE = 1e-10;
/** Curvature is lent less and less, down to where rounding of the multipliers, divided by it, would show. */
const FALL = 0.2;
const LEAST = 1e-4;
/** How much more is lent again, and from then on, where rounding has shown. */
const BACK = 10;
/** Movement of a weight that counts as none. */
const STILL = 1e-9;
/** Rows without a multiplier, beyond those with one, that are carried along. */
const SPARE = 8;

/**
 * Solves a program in an arena; nothing is judged. With a `centre` the curvature of the objective is only lent. The
 * counters count Newton steps as additions and multipliers that became zero as removals.
 */
export function refineSeparable<Cut>(
  arena: Arena,
  objective: Separable,
  source: SeparableSource<Cut>,
  roundLimit: number,
): Refined<Cut> {
  const solver = dualNewton(arena, objective);
  const n = objective.price.length;
  let cuts: Cut[] = [];
  let rows = 0;
  const take = (list: readonly Cut[], equality: boolean) => {
    const first = solver.open(list.length);
    list.forEach((cut, i) => {
      source.write(cut, solver.rowPointer(first + i));
      solver.demand(first + i, source.limit(cut), equality);
    });
    cuts.push(...list);
    rows += list.length;
  };
  const active = () => solver.multipliers().filter((y) => y !== 0).length;
  take(source.equalities, true);
  take(source.likely, false);

  let { centre } = source;
  let theta = 1;
  let least = LEAST;
  if (centre) solver.setCentre(theta, centre);
  let status: Refined<Cut>['status'] = 'roundLimit';
  let rounds = 0;
  while (rounds < roundLimit) {
    rounds++;
    if (!solver.solve(TOLERANCE)) {
      if (!centre || theta > 0.1) {
        status = 'stalled';
        break;
      }
      least = theta * BACK;
      theta = least;
      solver.setCentre(theta, centre);
      continue;
    }
    const found = source.violated(solver.weights);
    if (found.length > 0) {
      take(found, false);
      continue;
    }
    const w = arena.f64(solver.weights, n).slice();
    const still = !centre || w.every((value, k) => Math.abs(value - (centre as Float64Array)[k]) <= STILL);
    const prices = still ? source.reprice?.(w) : undefined;
    if (still && !prices) {
      status = 'solved';
      break;
    }
    if (prices) solver.setPrice(prices);
    if (centre) {
      theta = prices ? 1 : Math.max(theta * FALL, least);
      centre = w;
      solver.setCentre(theta, centre);
    }
    if (solver.rows() > 2 * active() + SPARE) {
      const before = cuts;
      cuts = Array.from(solver.tidy(), (i) => before[i]);
    }
  }
  const multipliers = solver.multipliers();
  const held = cuts.map((_, i) => i).filter((i) => multipliers[i] !== 0);
  const { steps, drops } = solver.work;
  return {
    status,
    weights: solver.weights,
    cuts: held.map((i) => cuts[i]),
    multipliers: Float64Array.from(held, (i) => multipliers[i]),
    counters: { rounds, rows, additions: steps, removals: drops, active: held.length },
  };
}
