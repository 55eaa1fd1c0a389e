/**
 * Semi-infinite programs with a separable objective (see dual-newton.ts): rows are added as an oracle finds them violated.
 *
 *   repeat   w <- optimum under the rows so far, around the present centre (warm)
 *            rows <- rows + what the oracle finds at w;   if nothing: centre <- w, theta <- theta / 5
 *   until    nothing is found and, where curvature is only lent, the centre stays where it is
 *
 * A centre at rest costs nothing: w is then the optimum of the objective without the lent curvature, and v = N'y proves it.
 */
import { type Arena, demandArray, demandFinite, demandObject, refuse } from '../../src/core/index.js';
import { demandBox } from '../box.js';
import { type CutSource, demandSource, type Refined } from '../cuts.js';
import { LEAST_LENT, NEWTON_RESIDUAL, REST } from '../tolerances.js';
import { type DualNewton, dualNewton } from './dual-newton.js';
import type { Separable } from './state.js';

/** The cuts of a separable program, with where to look first and how prices change between optima. */
export interface SeparableSource<Cut>
  extends Pick<CutSource<Cut>, 'equalities' | 'likely' | 'violated' | 'write' | 'limit'> {
  /** With lent curvature: where the weights are looked for first. */
  readonly centre?: Float64Array;
  /** Called at each optimum: other prices to go on with, or none. */
  reprice?(weights: Float64Array): Float64Array | undefined;
}

/** By how much the lent curvature falls from centre to centre. */
const FALL = 0.2;
/** How much more is lent again, and from then on, where rounding has shown. */
const BACK = 10;
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
  demandObject('the arena', arena);
  demandSeparable(objective);
  demandSource(source, roundLimit);
  const solver = dualNewton(arena, objective);
  const n = objective.price.length;
  const pool = cutPool(solver, source);
  pool.append(source.equalities, true);
  pool.append(source.likely, false);

  let { centre } = source;
  let theta = 1;
  let least = LEAST_LENT;
  if (centre) solver.setCentre(theta, centre);
  let status: Refined<Cut>['status'] = 'roundLimit';
  let rounds = 0;
  while (rounds < roundLimit) {
    rounds++;
    const before = solver.work.steps;
    if (!solver.solve(NEWTON_RESIDUAL)) {
      if (!centre || theta > 0.1) {
        status = 'stalled';
        break;
      }
      least = theta * BACK;
      theta = least;
      solver.setCentre(theta, centre);
      continue;
    }
    const found = source.violated(solver.weights, false);
    if (found.length > 0) {
      pool.append(found, false);
      continue;
    }
    const w = arena.f64(solver.weights, n).slice();
    const still = !centre || isAtRest(objective, w, centre, theta);
    const prices = still ? source.reprice?.(w) : undefined;
    if (still && !prices) {
      status = 'solved';
      break;
    }
    if (prices) solver.setPrice(prices);
    if (centre) {
      // Centres that follow one line without a step of Newton's may be as far apart as they like.
      const free = solver.work.steps - before <= 1;
      theta = prices ? 1 : Math.max(theta * FALL, free ? LEAST_LENT : least);
      centre = w;
      solver.setCentre(theta, centre);
    }
    pool.compact();
  }
  return { status, ...pool.refined(), counters: { rounds, ...pool.counters() } };
}

/** Throws `usage` unless an objective is convex, with numbers for every variable. */
function demandSeparable(objective: Separable): void {
  demandObject('the objective', objective);
  const { price, gain, metric, lower, upper } = objective;
  demandBox(lower, upper);
  demandFinite('the gains', gain, lower.length);
  for (const [name, values, least] of [
    ['prices', price, 0],
    ['curvatures', metric, Number.MIN_VALUE],
  ] as const) {
    demandArray(`the ${name}`, values, Float64Array, lower.length);
    const wrong = values.findIndex((value) => !(value >= least && value < Number.POSITIVE_INFINITY));
    if (wrong >= 0)
      refuse(`the ${name} must be finite and at least ${least}; got ${values[wrong]} of variable ${wrong}`);
  }
}

/** The cuts behind the rows of a solver. */
function cutPool<Cut>(solver: DualNewton, source: SeparableSource<Cut>) {
  let cuts: Cut[] = [];
  let rows = 0;
  /** Numbers of the cuts with a multiplier. */
  const active = (multipliers: Float64Array) => cuts.map((_, i) => i).filter((i) => multipliers[i] !== 0);
  return {
    append(list: readonly Cut[], equality: boolean): void {
      const first = solver.open(list.length);
      list.forEach((cut, i) => {
        source.write(cut, solver.rowPointer(first + i));
        solver.demand(first + i, source.limit(cut), equality);
      });
      cuts.push(...list);
      rows += list.length;
    },
    /** Lets go of cuts without a multiplier where they are many. */
    compact(): void {
      if (solver.rows() <= 2 * active(solver.multipliers()).length + SPARE) return;
      const all = cuts;
      cuts = Array.from(solver.compact(), (i) => all[i]);
    },
    refined() {
      const multipliers = solver.multipliers();
      const held = active(multipliers);
      return {
        weights: solver.weights,
        cuts: held.map((i) => cuts[i]),
        multipliers: Float64Array.from(held, (i) => multipliers[i]),
      };
    },
    counters() {
      const { steps, drops } = solver.work;
      return { rows, additions: steps, removals: drops, active: active(solver.multipliers()).length };
    },
  };
}

/**
 * Whether a centre is at rest: the lent force, theta metric (w - centre), is a slope of the objective, and no other point in
 * reach is lower by more than force times distance.
 */
function isAtRest(
  { price, gain, metric, lower, upper }: Separable,
  w: Float64Array,
  centre: Float64Array,
  theta: number,
) {
  let [fall, size] = [0, 0];
  for (let k = 0; k < w.length; k++) {
    const distance = Math.min(upper[k] - lower[k], 1 + 2 * Math.abs(w[k]));
    fall += theta * metric[k] * Math.abs(w[k] - centre[k]) * distance;
    size += price[k] * Math.abs(w[k]) - gain[k] * w[k];
  }
  return fall <= REST * (1 + Math.abs(size));
}
