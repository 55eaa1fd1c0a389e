/**
 * A proximal interior point for convex quadratic and linear programs, flat and badly conditioned ones included. For
 * every limit a slack s > 0 and a multiplier lambda > 0; Mehrotra's predictor and corrector on
 *
 *   P x + q = A'y + z,   a_i x - s = l_i  (or u_i - a_i x = s),   s lambda = sigma mu,
 *
 * with a proximal term rho about the present x and delta about the present multipliers, which vanish where the
 * iteration ends (Friedlander and Orban 2012; Schwan et al. 2023). Every step solves the condensed system
 *
 *   (P + rho + A'W A) dx = r_x + A'W r,   dy = W (r - A dx),   1/W = s / lambda + delta   (equalities: delta)
 *
 * by Cholesky, with refinement. The last point tells which limits are active; the method of multipliers on these polishes
 * it, or else the active set takes it from there.
 */
import { createArena } from '../../src/core/index.js';
import { solveByActiveSet } from '../active-set/qp.js';
import type { Attempt, Court, Point, Work } from '../attempt.js';
import { rowsTimes, stationarity } from '../judge.js';
import type { Program } from '../problem.js';
import { condensed } from './condensed.js';

const STEP = 0.995;
/** Regularisation: rho and delta follow mu between these. */
const MOST_REGULAR = 1e-4;
const LEAST_REGULAR = 1e-10;
/** Residuals and complementarity, relative to the costs, at which an answer is ripe for its polish. */
const RIPE = 1e-11;
/** Regularisation and passes of the last polish. */
const SETTLED = 1e-7;
const SETTLE_PASSES = 24;

const largest = (values: Float64Array) => values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);

/** One attempt at a scaled program with at least one variable, in at most `stepLimit` steps. */
export function solveByInteriorPoint(program: Program, court: Court, stepLimit: number): Attempt {
  const { n, m, l, u, lb, ub, q } = program;
  const K = m + n;
  const lower = Float64Array.from({ length: K }, (_, i) => (i < m ? l[i] : lb[i - m]));
  const upper = Float64Array.from({ length: K }, (_, i) => (i < m ? u[i] : ub[i - m]));
  const equal = lower.map((limit, i) => (limit === upper[i] ? 1 : 0));
  const hasLower = lower.map((limit, i) => (limit > Number.NEGATIVE_INFINITY && !equal[i] ? 1 : 0));
  const hasUpper = upper.map((limit, i) => (limit < Number.POSITIVE_INFINITY && !equal[i] ? 1 : 0));
  const limits = hasLower.reduce((sum, has, i) => sum + has + hasUpper[i], 0);
  const system = condensed(createArena(), program);
  const work: Work = { rounds: 0, centres: 0, additions: 0, removals: 0 };

  // y: multipliers of rows, then of bounds; those of inequalities are lambda - lambda of the other side.
  let x: Float64Array = new Float64Array(n);
  const s = [new Float64Array(K), new Float64Array(K)];
  const lambda = [new Float64Array(K), new Float64Array(K)];
  const has = [hasLower, hasUpper];
  const free = new Float64Array(K);
  const product = (v: Float64Array) => {
    const rows = system.times(v);
    return Float64Array.from({ length: K }, (_, i) => (i < m ? rows[i] : v[i - m]));
  };
  const slackOf = (side: number, i: number, value: number) => (side === 0 ? value - lower[i] : upper[i] - value);
  const total = () => free.map((value, i) => (equal[i] ? value : lambda[0][i] - lambda[1][i]));

  // Start: the least-norm compromise, then slacks and multipliers pushed away from zero.
  {
    const weight = Float64Array.from({ length: K }, (_, i) => (equal[i] || hasLower[i] || hasUpper[i] ? 1 : 0));
    const target = lower.map((limit, i) =>
      equal[i]
        ? limit
        : hasLower[i] && hasUpper[i]
          ? (limit + upper[i]) / 2
          : hasLower[i]
            ? limit
            : hasUpper[i]
              ? upper[i]
              : 0,
    );
    if (system.factor(weight, 1)) {
      const { dx } = system.solve(
        q.map((cost) => -cost),
        target,
        weight,
        1,
      );
      if (dx.every(Number.isFinite)) x = dx;
    }
    const value = product(x);
    let least = 0;
    for (let side = 0; side < 2; side++) {
      for (let i = 0; i < K; i++) if (has[side][i]) least = Math.min(least, slackOf(side, i, value[i]));
    }
    for (let side = 0; side < 2; side++) {
      for (let i = 0; i < K; i++) {
        if (!has[side][i]) continue;
        s[side][i] = Math.max(slackOf(side, i, value[i]) - 1.5 * least, 1);
        lambda[side][i] = 1;
      }
    }
  }

  const complementarity = () => {
    let sum = 0;
    for (let side = 0; side < 2; side++) for (let i = 0; i < K; i++) sum += s[side][i] * lambda[side][i];
    return limits > 0 ? sum / limits : 0;
  };
  const pointOf = (): Point => {
    const y = total();
    return {
      x: x.map((value, k) => Math.min(Math.max(value, lb[k]), ub[k])),
      y: y.slice(0, m),
      z: y.slice(m),
    };
  };
  let best = pointOf();
  let bestSize = Number.POSITIVE_INFINITY;
  let worse = 0;
  const base = 1 + largest(q);

  for (let step = 0; step < stepLimit; step++) {
    const y = total();
    const curved = system.curve(x);
    const pull = system.transposed(y);
    const rx = x.map((_, k) => pull[k] + y[m + k] - curved[k] - q[k]);
    const value = product(x);
    const r = [new Float64Array(K), new Float64Array(K)];
    const re = free.map((_, i) => (equal[i] ? lower[i] - value[i] : 0));
    let infeasibility = largest(re);
    for (let side = 0; side < 2; side++) {
      for (let i = 0; i < K; i++) {
        if (!has[side][i]) continue;
        r[side][i] = s[side][i] - slackOf(side, i, value[i]);
        infeasibility = Math.max(infeasibility, Math.abs(r[side][i]));
      }
    }
    const mu = complementarity();
    const size = Math.max(infeasibility, largest(rx), mu);
    if (!(size < Number.POSITIVE_INFINITY)) break;
    if (size < bestSize) {
      bestSize = size;
      best = pointOf();
      worse = 0;
    } else if (++worse > 15) {
      break;
    }
    if (size <= RIPE * base) break;
    // A multiplier or a point that runs away may be on its way to a proof.
    if (step % 5 === 4) {
      if (largest(y) > 1e4 * base && court.infeasible(cleaned(y.slice(0, m)))) {
        return { status: 'infeasible', ...pointOf(), y: cleaned(y.slice(0, m)), work };
      }
    }

    const regular = Math.min(MOST_REGULAR, Math.max(LEAST_REGULAR, mu * 1e-2));
    const w = [0, 1].map((side) =>
      s[side].map((slack, i) => (has[side][i] ? 1 / (slack / lambda[side][i] + regular) : 0)),
    );
    const weight = w[0].map((value, i) => (equal[i] ? 1 / regular : value + w[1][i]));
    if (!system.factor(weight, regular)) break;
    work.rounds++;

    /** The step for complementarity targets c: s dlambda + lambda ds = c. */
    const direction = (c: Float64Array[]) => {
      const right = [0, 1].map((side) =>
        r[side].map((value, i) => (has[side][i] ? value + c[side][i] / lambda[side][i] : 0)),
      );
      const target = weight.map((sum, i) =>
        equal[i] ? re[i] : sum > 0 ? (w[0][i] * right[0][i] - w[1][i] * right[1][i]) / sum : 0,
      );
      const { dx, dy } = system.solve(rx, target, weight, regular);
      const moved = product(dx);
      const dlambda = [0, 1].map((side) =>
        w[side].map((value, i) => (has[side][i] ? value * (right[side][i] - (side === 0 ? moved[i] : -moved[i])) : 0)),
      );
      const ds = [0, 1].map((side) =>
        s[side].map((slack, i) => (has[side][i] ? (c[side][i] - slack * dlambda[side][i]) / lambda[side][i] : 0)),
      );
      return { dx, dy, ds, dlambda };
    };
    const reach = (values: Float64Array[], change: Float64Array[]) => {
      let length = 1;
      for (let side = 0; side < 2; side++) {
        for (let i = 0; i < K; i++) {
          if (has[side][i] && change[side][i] < 0) length = Math.min(length, -values[side][i] / change[side][i]);
        }
      }
      return length;
    };

    const predictor = direction(s.map((slack, side) => slack.map((value, i) => -value * lambda[side][i])));
    const [a, b] = [reach(s, predictor.ds), reach(lambda, predictor.dlambda)];
    let after = 0;
    for (let side = 0; side < 2; side++) {
      for (let i = 0; i < K; i++) {
        after += (s[side][i] + a * predictor.ds[side][i]) * (lambda[side][i] + b * predictor.dlambda[side][i]);
      }
    }
    const ratio = limits > 0 && mu > 0 ? Math.max(after, 0) / limits / mu : 0;
    const sigma = Math.min(1, Math.max(1e-6, ratio * ratio * ratio));
    const corrector = direction(
      s.map((slack, side) =>
        slack.map((value, i) =>
          has[side][i] ? sigma * mu - value * lambda[side][i] - predictor.ds[side][i] * predictor.dlambda[side][i] : 0,
        ),
      ),
    );
    const { dx, dy, ds, dlambda } = corrector;
    if (!dx.every(Number.isFinite)) break;
    let primal = STEP * reach(s, ds);
    let dual = STEP * reach(lambda, dlambda);
    if (program.P !== 'zero') primal = dual = Math.min(primal, dual);
    if (limits === 0) primal = dual = 1;
    for (let k = 0; k < n; k++) x[k] += primal * dx[k];
    for (let i = 0; i < K; i++) if (equal[i]) free[i] += dual * dy[i];
    for (let side = 0; side < 2; side++) {
      for (let i = 0; i < K; i++) {
        if (!has[side][i]) continue;
        s[side][i] += primal * ds[side][i];
        lambda[side][i] += dual * dlambda[side][i];
      }
    }
  }

  const settled = settle(activeOnly(best));
  if (settled) return { status: 'solved', ...settled, work };
  if (court.solved(best)) return { status: 'solved', ...best, work };
  const finished = solveByActiveSet(program, court, 2000, activeOnly(best));
  work.additions = finished.work.additions;
  work.removals = finished.work.removals;
  work.centres = finished.work.centres;
  if (finished.status === 'stalled' || finished.status === 'roundLimit') return { status: 'stalled', ...best, work };
  return { ...finished, work };

  /**
   * The method of multipliers on the limits that the point calls active, with residuals in twice the precision:
   * ends at a point of the optimal face, if the limits are the right ones.
   */
  function settle(point: Point): Point | undefined {
    const multipliers = Float64Array.from({ length: K }, (_, i) => (i < m ? point.y[i] : point.z[i - m]));
    const weight = multipliers.map((value, i) => (value !== 0 || equal[i] ? 1 / SETTLED : 0));
    const limit = lower.map((low, i) => (weight[i] === 0 ? 0 : equal[i] || multipliers[i] > 0 ? low : upper[i]));
    if (!system.factor(weight, SETTLED)) return undefined;
    let moved = point.x.slice();
    for (let pass = 0; pass < SETTLE_PASSES; pass++) {
      const [y, z] = [multipliers.slice(0, m), multipliers.slice(m)];
      const here = { x: moved.map((value, k) => Math.min(Math.max(value, lb[k]), ub[k])), y, z };
      if (pass % 3 === 2 && court.solved(here)) return here;
      const slope = stationarity(program, moved, y, z).map((value) => -value);
      const slack = rowsTimes(program, moved, limit.subarray(0, m));
      const target = weight.map((w, i) => (w === 0 ? 0 : i < m ? -slack[i] : limit[i] - moved[i - m]));
      const { dx, dy } = system.solve(slope, target, weight, SETTLED);
      if (!dx.every(Number.isFinite)) return undefined;
      moved = moved.map((value, k) => value + dx[k]);
      for (let i = 0; i < K; i++) multipliers[i] += dy[i];
    }
    return undefined;
  }

  /** The point with multipliers only where a multiplier outweighs its slack. */
  function activeOnly(point: Point): Point {
    const value = product(point.x);
    const keep = (multiplier: number, i: number) => {
      if (equal[i]) return multiplier;
      const slack = multiplier > 0 ? value[i] - lower[i] : upper[i] - value[i];
      return Math.abs(multiplier) > slack ? multiplier : 0;
    };
    return { x: point.x, y: point.y.map(keep), z: point.z.map((multiplier, k) => keep(multiplier, m + k)) };
  }
}

function cleaned(y: Float64Array): Float64Array {
  const size = largest(y);
  return y.map((value) => (Math.abs(value) > 1e-9 * size ? value / size : 0));
}
