/**
 * Whether a Hessian is positive semidefinite, by the Cholesky factorisation of
 *
 *   S P S + shift I,   S a diagonal of powers of two such that the diagonal of S P S is about 1: exact, and units do not matter
 *
 * Proved, if it succeeds with a shift that is below minus all of its rounding, (n + 4) 2^-52 times the trace (Rump 2006).
 * Refuted, if a pivot of it falls below -1e-12 and the direction d of that pivot has d'P d < 0, its rounding counted. What is between, as
 * sums of products B'B of low rank are, is undecided: flat to rounding in some direction, up or down.
 */
import { exponentOf, powerOfTwo, refuse } from '../src/core/index.js';
import { denseTrial } from './convexity-dense.js';
import { sparseTrial, type Trial } from './convexity-sparse.js';
import { addProduct } from './doubled.js';
import { largest } from './largest.js';
import type { Program } from './problem.js';
import { type Compressed, diagonalOf, eachEntry, isCompressed, type Matrix } from './sparse/matrix.js';
import { INDEFINITE, WELL_CURVED } from './tolerances.js';
import { mapped, sizeOf } from './vectors.js';

/** Proved convex, or undecided: see the head of convexity.ts. */
export type Convexity = 'proved' | 'undecided';

/**
 * The smallest pivot, between 0 (flat in some direction) and about 1, and whether P is proved semidefinite. Throws `usage` if
 * it is indefinite: a point that meets the optimality conditions of such a program need not be an optimum.
 */
export function curvatureOf(program: Program<Matrix>): { least: number; convexity: Convexity } {
  const { n, P, hessian } = program;
  if (P === 'identity') return { least: 1, convexity: 'proved' };
  if (P === 'zero') return { least: 0, convexity: 'proved' };
  if (P === 'diagonal') {
    const entries = hessian as Float64Array;
    const most = largest(entries);
    return {
      least: most > 0 ? entries.reduce((low, value) => Math.min(low, value / most), 1) : 0,
      convexity: 'proved',
    };
  }
  const diagonal = diagonalOf(hessian, n);
  const s = unitsOf(diagonal, hessian);
  const unit = mapped(diagonal, (value, k) => s[k] * value * s[k]);
  let trial: (shift: number) => Trial;
  if (isCompressed(hessian)) {
    const scaled = equilibrated(hessian, s);
    const dominant = dominance(scaled);
    if (dominant > WELL_CURVED) return { least: dominant, convexity: 'proved' };
    trial = sparseTrial(scaled, unit);
  } else trial = denseTrial(hessian, s);
  const proof = trial(-(n + 4) * 2 ** -52 * sizeOf(unit));
  if (!proof.failed) return { least: proof.least, convexity: 'proved' };
  const { least, failed } = trial(INDEFINITE);
  if (failed && fallsAlong(hessian, s, failed.direction)) refuseAt(failed.variable);
  return { least: failed ? 0 : Math.max(0, least), convexity: 'undecided' };
}

/** Not by itself: `n` entries of a row may be flat, but then there is nothing beside the diagonal. */
const refuseAt = (k: number): never =>
  refuse(`P must be positive semidefinite; it is not, at the latest with variable ${k}`);

/** The diagonal of S; refuses diagonals that no semidefinite P has. */
function unitsOf(diagonal: Float64Array, P: Matrix): Float64Array {
  return mapped(diagonal, (value, k) => {
    if (value < 0) refuseAt(k);
    // Without curvature along an axis there may be none beside it.
    if (value === 0) eachEntry(P, diagonal.length, k, (_, beside) => beside !== 0 && refuseAt(k));
    // Between 1/2 and 2.
    return value > 0 ? powerOfTwo(-(exponentOf(2 * value) >> 1)) : 1;
  });
}

/** S P S of a sparse P. */
function equilibrated({ starts, columns, values }: Compressed, s: Float64Array): Compressed {
  const scaled = values.slice();
  for (let i = 0; i < s.length; i++) for (let p = starts[i]; p < starts[i + 1]; p++) scaled[p] *= s[i] * s[columns[p]];
  return { starts, columns, values: scaled };
}

/**
 * The least that a diagonal entry has above the sum of magnitudes beside it: no eigenvalue is smaller (Gershgorin 1931), and so no pivot.
 * Rounding is nothing beside what is asked of it.
 */
function dominance({ starts, columns, values }: Compressed): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < starts.length; i++) {
    let rest = 0;
    for (let p = starts[i]; p < starts[i + 1]; p++) rest += columns[p] === i ? values[p] : -Math.abs(values[p]);
    least = Math.min(least, rest);
  }
  return least;
}

/** Whether d'S P S d < 0 for certain. */
function fallsAlong(P: Matrix, s: Float64Array, d: Float64Array): boolean {
  const sum = { high: 0, low: 0 };
  let terms = 0;
  for (let i = 0; i < s.length; i++) {
    eachEntry(P, s.length, i, (j, value) => {
      const scaled = s[i] * value * s[j];
      // The product of two entries of d is rounded, by 2^-53 of the term.
      const product = d[i] * d[j];
      addProduct(sum, scaled, product);
      terms += Math.abs(scaled * product);
    });
  }
  return sum.high + sum.low < -(2 ** -52) * terms;
}
