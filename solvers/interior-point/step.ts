/**
 * Mehrotra's step: a predictor towards mu = 0 tells by its reach how far to centre, sigma = (mu_after / mu)^3, and the
 * corrector aims at s lambda = sigma mu, less the predictor's second-order term.
 */
import type { Program } from '../problem.js';
import type { Matrix } from '../sparse/matrix.js';
import { type Iterate, type Limits, SIDES, valuesAt } from './iterate.js';
import type { Residuals } from './residuals.js';
import type { StepSystem } from './system.js';

/** How far of the way to the nearest limit a step goes. */
const STEP = 0.995;
const LEAST_CENTRING = 1e-6;

type Pair = readonly [Float64Array, Float64Array];

export interface Direction {
  dx: Float64Array;
  dy: Float64Array;
  ds: Pair;
  dlambda: Pair;
}

/** An iterate with its factored system: what both directions of a step are made from. */
export interface Linearised {
  program: Program<Matrix>;
  limits: Limits;
  system: StepSystem;
  iterate: Iterate;
  residuals: Residuals;
  /** The weights W of either side, and of the limit in all. */
  w: Pair;
  weight: Float64Array;
  /** rho = delta. */
  regular: number;
}

/** Factors the system of an iterate; undefined where that fails. */
export function linearised(
  program: Program<Matrix>,
  limits: Limits,
  system: StepSystem,
  iterate: Iterate,
  residuals: Residuals,
  regular: number,
): Linearised | undefined {
  const { equal, has } = limits;
  const { s, lambda } = iterate;
  const w = bothSides((side) =>
    s[side].map((slack, i) => (has[side][i] ? 1 / (slack / lambda[side][i] + regular) : 0)),
  );
  const weight = w[0].map((value, i) => (equal[i] ? 1 / regular : value + w[1][i]));
  if (!system.factor(weight, regular)) return undefined;
  return { program, limits, system, iterate, residuals, w, weight, regular };
}

/** Predictor and corrector. */
export function mehrotra(at: Linearised): Direction {
  const { has, count } = at.limits;
  const { s, lambda } = at.iterate;
  const { mu } = at.residuals;
  const predictor = direction(
    at,
    bothSides((side) => s[side].map((slack, i) => -slack * lambda[side][i])),
  );
  const alpha = reach(at.limits, s, predictor.ds);
  const beta = reach(at.limits, lambda, predictor.dlambda);
  let after = 0;
  for (const side of SIDES) {
    for (let i = 0; i < s[side].length; i++) {
      after += (s[side][i] + alpha * predictor.ds[side][i]) * (lambda[side][i] + beta * predictor.dlambda[side][i]);
    }
  }
  const ratio = count > 0 && mu > 0 ? Math.max(after, 0) / count / mu : 0;
  const sigma = Math.min(1, Math.max(LEAST_CENTRING, ratio * ratio * ratio));
  return direction(
    at,
    bothSides((side) =>
      s[side].map((slack, i) =>
        has[side][i] ? sigma * mu - slack * lambda[side][i] - predictor.ds[side][i] * predictor.dlambda[side][i] : 0,
      ),
    ),
  );
}

/** Goes along a direction, short of the first limit: at one length for both sides where P couples them. */
export function advance({ program, limits, iterate }: Linearised, { dx, dy, ds, dlambda }: Direction): void {
  const { equal, has, count } = limits;
  const { x, s, lambda, free } = iterate;
  let primal = STEP * reach(limits, s, ds);
  let dual = STEP * reach(limits, lambda, dlambda);
  if (program.P !== 'zero') primal = dual = Math.min(primal, dual);
  if (count === 0) primal = dual = 1;
  for (let k = 0; k < x.length; k++) x[k] += primal * dx[k];
  for (let i = 0; i < free.length; i++) if (equal[i]) free[i] += dual * dy[i];
  for (const side of SIDES) {
    for (let i = 0; i < free.length; i++) {
      if (!has[side][i]) continue;
      s[side][i] += primal * ds[side][i];
      lambda[side][i] += dual * dlambda[side][i];
    }
  }
}

/** The direction for complementarity targets c: s dlambda + lambda ds = c. */
function direction(
  { program, limits, system, iterate, residuals, w, weight, regular }: Linearised,
  c: Pair,
): Direction {
  const { equal, has } = limits;
  const { s, lambda } = iterate;
  const { rx, re, r } = residuals;
  const right = bothSides((side) =>
    r[side].map((value, i) => (has[side][i] ? value + c[side][i] / lambda[side][i] : 0)),
  );
  const target = weight.map((sum, i) =>
    equal[i] ? re[i] : sum > 0 ? (w[0][i] * right[0][i] - w[1][i] * right[1][i]) / sum : 0,
  );
  const { dx, dy } = system.solve(rx, target, weight, regular);
  const moved = valuesAt(system, program, dx);
  const dlambda = bothSides((side) =>
    w[side].map((value, i) => (has[side][i] ? value * (right[side][i] - (side === 0 ? moved[i] : -moved[i])) : 0)),
  );
  const ds = bothSides((side) =>
    s[side].map((slack, i) => (has[side][i] ? (c[side][i] - slack * dlambda[side][i]) / lambda[side][i] : 0)),
  );
  return { dx, dy, ds, dlambda };
}

/** The longest step, at most 1, that keeps positive values positive. */
function reach({ has }: Limits, values: Pair, change: Pair): number {
  let length = 1;
  for (const side of SIDES) {
    for (let i = 0; i < values[side].length; i++) {
      if (has[side][i] && change[side][i] < 0) length = Math.min(length, -values[side][i] / change[side][i]);
    }
  }
  return length;
}

const bothSides = (make: (side: 0 | 1) => Float64Array): Pair => [make(0), make(1)];
