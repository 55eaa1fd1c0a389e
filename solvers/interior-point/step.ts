/**
 * Mehrotra's step: a predictor towards mu = 0 tells by its reach how far to centre, sigma = (mu_after / mu)^3, and the
 * corrector aims at s lambda = sigma mu, less the predictor's second-order term.
 */
import type { Program } from '../problem.js';
import type { Matrix } from '../sparse/matrix.js';
import { PRIMAL_REGULAR } from '../tolerances.js';
import { type Iterate, type Limits, SIDES } from './iterate.js';
import type { Residuals } from './residuals.js';
import type { StepSystem } from './system.js';

/** How far of the way to the nearest limit a step goes. */
const STEP = 0.995;
const LEAST_CENTRING = 1e-6;
/** What may be left of the equations of a step beside the residuals that it starts from. */
const INEXACT = 1e-4;

type Pair = readonly [Float64Array, Float64Array];

export interface Direction {
  dx: Float64Array;
  dy: Float64Array;
  ds: Pair;
  dlambda: Pair;
  /** What is left of the equations that it is to solve. */
  left: number;
}

/** What the steps of a program are made in: filled anew by each. */
export interface StepTables {
  readonly program: Program<Matrix>;
  readonly limits: Limits;
  readonly system: StepSystem;
  readonly iterate: Iterate;
  readonly residuals: Residuals;
  /** The weights W of either side, and of the limit in all. */
  readonly w: Pair;
  readonly weight: Float64Array;
  /** The proximal weight of multipliers; that of x is rho = PRIMAL_REGULAR delta. */
  delta: number;
  /** Targets c of complementarity, and the right-hand sides that come of them. */
  readonly c: Pair;
  readonly right: Pair;
  readonly target: Float64Array;
  readonly ds: Pair;
  readonly dlambda: Pair;
}

export function stepTables(
  program: Program<Matrix>,
  limits: Limits,
  system: StepSystem,
  iterate: Iterate,
  residuals: Residuals,
): StepTables {
  const K = limits.equal.length;
  const numbers = () => new Float64Array(K);
  const pair = (): Pair => [numbers(), numbers()];
  return {
    ...{ program, limits, system, iterate, residuals, delta: 0 },
    ...{ w: pair(), weight: numbers(), c: pair(), right: pair(), target: numbers() },
    ...{ ds: pair(), dlambda: pair() },
  };
}

/** Factors the system of the iterate as it stands; false where that fails. */
export function linearise(at: StepTables, delta: number): boolean {
  const { w, weight } = at;
  const { equal, has } = at.limits;
  const { s, lambda } = at.iterate;
  at.delta = delta;
  for (const side of SIDES) {
    const [own, hasOwn, sOwn, lambdaOwn] = [w[side], has[side], s[side], lambda[side]];
    for (let i = 0; i < own.length; i++) own[i] = hasOwn[i] ? 1 / (sOwn[i] / lambdaOwn[i] + delta) : 0;
  }
  for (let i = 0; i < weight.length; i++) weight[i] = equal[i] ? 1 / delta : w[0][i] + w[1][i];
  return at.system.factor(weight, PRIMAL_REGULAR * delta);
}

/** Predictor and corrector. */
export function mehrotra(at: StepTables): Direction {
  const { limits, c } = at;
  const { has, count } = limits;
  const { s, lambda } = at.iterate;
  const { mu } = at.residuals;
  for (const side of SIDES) {
    const [own, sOwn, lambdaOwn] = [c[side], s[side], lambda[side]];
    for (let i = 0; i < own.length; i++) own[i] = -sOwn[i] * lambdaOwn[i];
  }
  // Its own errors only misjudge how far to centre.
  const { ds, dlambda } = direction(at, Number.POSITIVE_INFINITY);
  const alpha = reach(limits, s, ds);
  const beta = reach(limits, lambda, dlambda);
  let after = 0;
  for (const side of SIDES) {
    const [sOwn, lambdaOwn, dsOwn, dlambdaOwn] = [s[side], lambda[side], ds[side], dlambda[side]];
    for (let i = 0; i < sOwn.length; i++) after += (sOwn[i] + alpha * dsOwn[i]) * (lambdaOwn[i] + beta * dlambdaOwn[i]);
  }
  const ratio = count > 0 && mu > 0 ? Math.max(after, 0) / count / mu : 0;
  const sigma = Math.min(1, Math.max(LEAST_CENTRING, ratio * ratio * ratio));
  for (const side of SIDES) {
    const [own, hasOwn, sOwn, lambdaOwn] = [c[side], has[side], s[side], lambda[side]];
    const [dsOwn, dlambdaOwn] = [ds[side], dlambda[side]];
    for (let i = 0; i < own.length; i++) {
      own[i] = hasOwn[i] ? sigma * mu - sOwn[i] * lambdaOwn[i] - dsOwn[i] * dlambdaOwn[i] : 0;
    }
  }
  return direction(at, INEXACT * at.residuals.size);
}

/** Goes along a direction, short of the first limit: at one length for both sides where P couples them. */
export function advance({ program, limits, iterate }: StepTables, { dx, dy, ds, dlambda }: Direction): void {
  const { equal, has, count } = limits;
  const { x, s, lambda, free } = iterate;
  let primal = STEP * reach(limits, s, ds);
  let dual = STEP * reach(limits, lambda, dlambda);
  if (program.P !== 'zero') primal = dual = Math.min(primal, dual);
  if (count === 0) primal = dual = 1;
  for (let k = 0; k < x.length; k++) x[k] += primal * dx[k];
  for (let i = 0; i < free.length; i++) if (equal[i]) free[i] += dual * dy[i];
  for (const side of SIDES) {
    const [hasOwn, sOwn, lambdaOwn, dsOwn, dlambdaOwn] = [has[side], s[side], lambda[side], ds[side], dlambda[side]];
    for (let i = 0; i < free.length; i++) {
      if (!hasOwn[i]) continue;
      sOwn[i] += primal * dsOwn[i];
      lambdaOwn[i] += dual * dlambdaOwn[i];
    }
  }
}

/** The direction for the targets c: s dlambda + lambda ds = c. */
function direction(at: StepTables, exact: number): Direction {
  const { limits, system, iterate, residuals, w, weight, delta, c, right, target, ds, dlambda } = at;
  const { equal, has } = limits;
  const { s, lambda } = iterate;
  const { rx, re, r } = residuals;
  const K = weight.length;
  for (const side of SIDES) {
    const [own, hasOwn, rOwn, cOwn, lambdaOwn] = [right[side], has[side], r[side], c[side], lambda[side]];
    for (let i = 0; i < K; i++) own[i] = hasOwn[i] ? rOwn[i] + cOwn[i] / lambdaOwn[i] : 0;
  }
  const [[wLower, wUpper], [rightLower, rightUpper]] = [w, right];
  for (let i = 0; i < K; i++) {
    if (equal[i]) target[i] = re[i];
    else target[i] = weight[i] > 0 ? (wLower[i] * rightLower[i] - wUpper[i] * rightUpper[i]) / weight[i] : 0;
  }
  const { dx, dy, left } = system.solve(rx, target, weight, PRIMAL_REGULAR * delta, exact);
  const [[lower, upper], [hasLower, hasUpper]] = [dlambda, has];
  for (let i = 0; i < K; i++) {
    if (equal[i] || weight[i] === 0) continue;
    // What a sum of both would round off, a large weight would make a dual residual: the heavier side takes what the other leaves.
    const along = target[i] - dy[i] / weight[i];
    if (wLower[i] >= wUpper[i]) {
      upper[i] = hasUpper[i] ? wUpper[i] * (rightUpper[i] + along) : 0;
      lower[i] = dy[i] + upper[i];
    } else {
      lower[i] = hasLower[i] ? wLower[i] * (rightLower[i] - along) : 0;
      upper[i] = lower[i] - dy[i];
    }
  }
  for (const side of SIDES) {
    const [hasOwn, sOwn, lambdaOwn, dsOwn, cOwn] = [has[side], s[side], lambda[side], ds[side], c[side]];
    const own = dlambda[side];
    for (let i = 0; i < K; i++) if (hasOwn[i]) dsOwn[i] = (cOwn[i] - sOwn[i] * own[i]) / lambdaOwn[i];
  }
  return { dx, dy, ds, dlambda, left };
}

/** The longest step, at most 1, that keeps positive values positive. */
function reach({ has }: Limits, values: Pair, change: Pair): number {
  let length = 1;
  for (const side of SIDES) {
    const [hasOwn, own, changeOwn] = [has[side], values[side], change[side]];
    for (let i = 0; i < own.length; i++) {
      if (hasOwn[i] && changeOwn[i] < 0) length = Math.min(length, -own[i] / changeOwn[i]);
    }
  }
  return length;
}
