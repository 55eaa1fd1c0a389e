/**
 * Where an objective falls for ever: two programs that have one optimum each, found by the methods for any program.
 *
 *   steepest   minimize 1/2 |d|^2 + q'd   subject to   P d = 0,   a_i d >= 0 at lower limits, <= 0 at upper ones,   the same of bounds
 *   nearest    minimize 1/2 |x|^2         subject to   the limits as they are
 *
 * The first is the projection of -q on the cone of directions along which nothing stops, 0 only if the objective falls along none
 * of them (Moreau 1962); the second is a point to start from, with all its digits, or proves that there is none.
 */
import type { Program } from './problem.js';
import { type Matrix, stacked } from './sparse/matrix.js';
import { mapped, vector } from './vectors.js';

const identity = { P: 'identity', hessian: new Float64Array() } as const;

/** The program of the direction in which the objective falls most. */
export function steepest(program: Program<Matrix>): Program<Matrix> {
  const { n, m, P, hessian, A, l, u, lb, ub } = program;
  const whole = P === 'whole';
  const count = whole ? m + n : m;
  const rows = (limits: Float64Array) =>
    mapped(vector(count), (_, i) => (i < m && !Number.isFinite(limits[i]) ? limits[i] : 0));
  // Along a variable that is curved by itself nothing goes.
  const bounds = (limits: Float64Array) =>
    mapped(limits, (limit, k) =>
      Number.isFinite(limit) || (P === 'diagonal' && (hessian as Float64Array)[k] > 0) ? 0 : limit,
    );
  return {
    ...program,
    ...identity,
    m: count,
    A: whole ? stacked(A, hessian, n) : A,
    l: rows(l),
    u: rows(u),
    lb: bounds(lb),
    ub: bounds(ub),
  };
}

/** The program of the feasible point that is nearest to the origin. */
export const nearest = (program: Program<Matrix>): Program<Matrix> => ({
  ...program,
  ...identity,
  q: vector(program.n),
});
