/**
 * Equilibration (Ruiz 2001): diagonal D, E and a factor c such that the columns of [c D P D; E A D] and the rows of
 * E A D have largest entries near 1. All factors are powers of two, so that the scaled data are the original to the
 * bit and residuals can be carried over without rounding:
 *
 *   x = D x^,   y = E y^ / c,   z = D^-1 z^ / c
 */
import { exponentOf, powerOfTwo } from '../src/core/index.js';
import { largest } from './largest.js';
import { type Program, type Vectors, withVectors } from './problem.js';
import { diagonalOf, isCompressed, type Matrix, valuesOf } from './sparse/matrix.js';
import { ROUNDING } from './tolerances.js';
import { mapped, vector } from './vectors.js';

export interface Scaling {
  D: Float64Array;
  E: Float64Array;
  c: number;
}

const SWEEPS = 12;
/** Exponents of factors stay within these, so that nothing overflows. */
const MOST = 60;
const LARGEST = powerOfTwo(MOST);

const power = (exponent: number) => powerOfTwo(Math.max(-MOST, Math.min(exponent, MOST)));

/** The power of two at or below `value` (1 for zero). */
const powerBelow = (value: number) => (value > 0 ? power(exponentOf(value)) : 1);

/** The power of two whose square brings a size to between 1 and 4 (1 for zero). */
const unitOf = (size: number): number => (size > 0 ? power(-(exponentOf(size) >> 1)) : 1);

/** The scaled copy of a program, its matrices in the form that they have. */
export function scaled<M extends Matrix>(program: Program<M>): { program: Program<M>; scaling: Scaling } {
  const { n, m, P, q, l, u, lb, ub } = program;
  const D = vector(n).fill(1);
  const E = vector(m).fill(1);
  const hessian: Matrix = P === 'identity' ? vector(n).fill(1) : program.hessian;
  // No entry of a semidefinite P is larger than the root of the product of two of its diagonal.
  const diagonal = P === 'whole' ? diagonalOf(hessian, n) : (hessian as Float64Array);
  const [columns, rows] = [vector(n), vector(m)];
  const noteCurvature = () => {
    columns.fill(0);
    for (let k = 0; k < diagonal.length; k++) columns[k] = diagonal[k] * (D[k] * D[k]);
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    noteCurvature();
    noteSizes(program.A, E, D, rows, columns);
    const other = equilibrate(D, columns);
    if (!equilibrate(E, rows) && !other) break;
  }
  // A common factor for x, so that limits are near 1 too: rows give back what columns get.
  const x = powerBelow(typicalLimit([l, u], E, [lb, ub], D));
  for (let k = 0; k < n; k++) D[k] *= x;
  for (let i = 0; i < m; i++) E[i] /= x;
  noteCurvature();
  let size = largest(columns);
  for (let k = 0; k < n; k++) size = Math.max(size, Math.abs(q[k] * D[k]));
  const c = 1 / powerBelow(size);
  const A = rescaled(program.A, E, D, 1);
  const H = P === 'whole' ? rescaled(hessian, D, D, c) : mapped(hessian as Float64Array, (h, k) => h * D[k] * D[k] * c);
  const form = P === 'identity' ? 'diagonal' : P;
  return {
    scaling: { D, E, c },
    program: withVectors({ n, m, P: form, hessian: H as M, A: A as M }, scaledVectors(program, { D, E, c })),
  };
}

/** Multiplies factors so that sizes come to between 1 and 4, unless that would lead too far; returns whether any was off by more than a factor of two. */
function equilibrate(factors: Float64Array, sizes: Float64Array): boolean {
  let any = false;
  for (let k = 0; k < sizes.length; k++) {
    if (sizes[k] >= 1 && sizes[k] < 4) continue;
    const factor = factors[k] * unitOf(sizes[k]);
    if (factor === factors[k] || factor > LARGEST || factor < 1 / LARGEST) continue;
    factors[k] = factor;
    any ||= sizes[k] < 0.25 || sizes[k] >= 16;
  }
  return any;
}

/** Notes the largest magnitudes of the rows of a matrix times its factors, and of its columns where they are larger than what is noted there. */
function noteSizes(M: Matrix, rows: Float64Array, columns: Float64Array, rowSizes: Float64Array, sizes: Float64Array) {
  const at = isCompressed(M) ? M : undefined;
  const values = valuesOf(M);
  const n = columns.length;
  for (let i = 0, p = 0; i < rows.length; i++) {
    const end = at ? at.starts[i + 1] : p + n;
    const factor = rows[i];
    let most = 0;
    for (let k = 0; p < end; k++, p++) {
      const column = at ? at.columns[p] : k;
      const size = Math.abs(values[p]) * (factor * columns[column]);
      if (size > sizes[column]) sizes[column] = size;
      if (size > most) most = size;
    }
    rowSizes[i] = most;
  }
}

/** A copy, multiplied by the factors of rows, of columns and of all. */
function rescaled(M: Matrix, rows: Float64Array, columns: Float64Array, all: number): Matrix {
  const at = isCompressed(M) ? M : undefined;
  const from = valuesOf(M);
  const values = vector(from.length);
  const n = columns.length;
  for (let i = 0, p = 0; i < rows.length; i++) {
    const factor = rows[i] * all;
    if (at) for (const end = at.starts[i + 1]; p < end; p++) values[p] = from[p] * (factor * columns[at.columns[p]]);
    else for (let k = 0; k < n; k++, p++) values[p] = from[p] * (factor * columns[k]);
  }
  return at ? { ...at, values } : values;
}

/** Costs, limits and bounds as the scaling makes them; those that `before` has the very arrays of are taken from `known`. */
export function scaledVectors(
  { q, l, u, lb, ub }: Pick<Vectors, 'q' | 'l' | 'u' | 'lb' | 'ub'>,
  { D, E, c }: Scaling,
  before?: Vectors,
  known?: Vectors,
): Vectors {
  const scaledBy = (name: 'q' | 'l' | 'u' | 'lb' | 'ub', values: Float64Array, factors: Float64Array) => {
    if (before && known && before[name] === values) return known[name];
    const out = vector(values.length);
    // All factors are powers of two: both ways round nothing off.
    if (name === 'q') for (let k = 0; k < out.length; k++) out[k] = values[k] * factors[k] * c;
    else if (factors === E) for (let k = 0; k < out.length; k++) out[k] = values[k] * factors[k];
    else for (let k = 0; k < out.length; k++) out[k] = values[k] / factors[k];
    return out;
  };
  return {
    q: scaledBy('q', q, D),
    l: scaledBy('l', l, E),
    u: scaledBy('u', u, E),
    lb: scaledBy('lb', lb, D),
    ub: scaledBy('ub', ub, D),
    constant: 0,
  };
}

/**
 * The median magnitude, scaled, of limits that are neither none nor zero: nor so large that they stand for none, if others are not, nor
 * rounding beside the largest of these, as zeros of files may be.
 */
function typicalLimit(rows: Float64Array[], E: Float64Array, bounds: Float64Array[], D: Float64Array): number {
  const sizes = vector(2 * (E.length + D.length));
  let count = 0;
  for (const limits of rows) {
    for (let i = 0; i < limits.length; i++) if (isLimit(limits[i])) sizes[count++] = Math.abs(limits[i] * E[i]);
  }
  for (const limits of bounds) {
    for (let k = 0; k < limits.length; k++) if (isLimit(limits[k])) sizes[count++] = Math.abs(limits[k] / D[k]);
  }
  let most = 0;
  for (let i = 0; i < count; i++) if (ROUNDING * sizes[i] < 1) most = Math.max(most, sizes[i]);
  most ||= largest(sizes);
  let kept = 0;
  for (let i = 0; i < count; i++) if (sizes[i] > ROUNDING * most && sizes[i] <= most) sizes[kept++] = sizes[i];
  return kept > 0 ? selected(sizes, kept, kept >> 1) : 1;
}

/** What would stand at place `k` if the first `count` values were sorted (Hoare's selection): a sort takes longer than all sweeps. */
function selected(values: Float64Array, count: number, k: number): number {
  let [from, to] = [0, count - 1];
  while (from < to) {
    const pivot = values[k];
    let [i, j] = [from, to];
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        const value = values[i];
        values[i++] = values[j];
        values[j--] = value;
      }
    }
    if (j < k) from = i;
    if (k < i) to = j;
  }
  return values[k];
}

const isLimit = (limit: number) => limit !== 0 && Number.isFinite(limit);
