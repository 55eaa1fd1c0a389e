/**
 * Unboundedness proved in whole numbers: along d the objective falls for ever only if
 *
 *   P d = 0,   q'd < 0,   a_i d >= 0 at lower limits, <= 0 at upper ones,   and the same of bounds
 *
 * hold exactly: with P d = 1e-13 instead of 0 there is an optimum after all, only far away. A ray d in doubles seldom is exact,
 * so another one is looked for beside it. What nearly vanishes along d must vanish: these rows, whole numbers after
 * scaling by powers of two, are solved exactly (lifting.ts), free entries staying as in d; and all of the above is checked in
 * whole numbers. Nothing in here is rounded.
 */
import { largest } from './largest.js';
import { along, type Row, solveBeside } from './lifting.js';
import type { Program } from './problem.js';
import { scaled } from './scale.js';
import { eachEntry, type Matrix } from './sparse/matrix.js';

/** What is smaller than this part of its terms is meant to vanish; whether it can is then found out exactly. */
const NEARLY = 2 ** -30;
/** The same of what has to vanish anyway. */
const LOOSELY = 2 ** -20;

/** Doubles as whole numbers, all times the same power of two. */
export function wholeNumbers(values: readonly number[]): bigint[] {
  // A finite double as f 2^e, f a whole number; doubling is exact: those that are not whole are below 2^53.
  const split = values.map((f) => {
    let e = 0;
    for (; !Number.isInteger(f); e--) f *= 2;
    return { f: BigInt(f), e };
  });
  const least = split.reduce((low, { e }) => Math.min(low, e), 0);
  return split.map(({ f, e }) => f << BigInt(e - least));
}

const size = (a: bigint) => (a < 0n ? -a : a);

/** Whether a limit on either side stops what falls or rises for ever. */
const allowed = (rise: number | bigint, low: number, high: number) =>
  !(rise < 0 && Number.isFinite(low)) && !(rise > 0 && Number.isFinite(high));

/**
 * The exact ray beside d in doubles, or undefined if none was found. One function, longer than most: what d tells of the rows, the ray, and
 * the same once more of the ray.
 */
export function exactRay(program: Program<Matrix>, d: Float64Array): Float64Array | undefined {
  const { n, m, A, q, l, u, lb, ub } = program;
  // What is small is so in units in which the data are of size 1; they are a hint, no part of the proof.
  const { D } = scaled(program).scaling;
  const most = largest(d.map((step, k) => step / D[k]));
  const bounded = (k: number) => Number.isFinite(lb[k]) || Number.isFinite(ub[k]);
  const nothing = (k: number) => Math.abs(d[k]) <= NEARLY * most * D[k];
  const kept = Array.from(d.keys()).filter((k) => !straight(program, k) && !(nothing(k) && bounded(k)));
  const place = new Int32Array(n).fill(-1);
  kept.forEach((k, at) => {
    place[k] = at;
  });
  /** A row in whole numbers, of the variables that are kept. */
  const rowOf = (M: Matrix, i: number): Row => {
    const at: number[] = [];
    const near: number[] = [];
    eachEntry(M, n, i, (k, value) => {
      if (value === 0 || place[k] < 0) return;
      at.push(place[k]);
      near.push(value);
    });
    return { at, near, whole: wholeNumbers(near) };
  };
  /** What a row does along d: whether it nearly vanishes, beside what it could be, else its sign. */
  const signAlong = (M: Matrix, i: number, nearly = NEARLY): number => {
    let [rise, terms] = [0, 0];
    eachEntry(M, n, i, (k, value) => {
      if (place[k] < 0) return;
      rise += value * d[k];
      terms += Math.abs(value) * D[k];
    });
    return Math.abs(rise) <= nearly * most * terms ? 0 : rise;
  };
  // What d itself misses by more than rounding, no ray beside it can keep.
  if (!(signAlong(q, 0) < 0) || !kept.every((k) => allowed(d[k], lb[k], ub[k]))) return undefined;
  const equations: Row[] = [];
  /** Whether a row that has to vanish nearly does. */
  const vanishes = (M: Matrix, i: number) => equations.push(rowOf(M, i)) > 0 && signAlong(M, i, LOOSELY) === 0;
  if (program.P === 'whole' && !d.every((_, k) => vanishes(program.hessian, k))) return undefined;
  for (let i = 0; i < m; i++) {
    const [stopsFall, stopsRise] = [Number.isFinite(l[i]), Number.isFinite(u[i])];
    if (stopsFall && stopsRise) {
      if (!vanishes(A, i)) return undefined;
    } else if (stopsFall || stopsRise) {
      const sign = signAlong(A, i);
      if (!allowed(sign, l[i], u[i])) return undefined;
      if (sign === 0) equations.push(rowOf(A, i));
    }
  }
  const step = solveBeside(equations, wholeNumbers(kept.map((k) => (nothing(k) ? 0 : d[k]))));
  const holds =
    step &&
    along(rowOf(q, 0), step) < 0n &&
    kept.every((k, i) => allowed(step[i], lb[k], ub[k])) &&
    l.every((_, i) => allowed(along(rowOf(A, i), step), l[i], u[i]));
  if (!holds) return undefined;
  const top = step.reduce((high, s) => (size(s) > high ? size(s) : high), 0n);
  const ray = new Float64Array(n);
  // The nearest doubles, the largest 1.
  kept.forEach((k, i) => {
    ray[k] = Number((step[i] << 1000n) / top) * 2 ** -1000;
  });
  return ray;
}

/** Whether the objective is curved along variable k alone, so that a ray leaves it where it is. */
const straight = ({ P, hessian }: Program<Matrix>, k: number): boolean =>
  P === 'identity' || (P === 'diagonal' && (hessian as Float64Array)[k] !== 0);
