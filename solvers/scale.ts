/**
 * Equilibration (Ruiz 2001): diagonal D, E and a factor c such that the columns of [c D P D; E A D] and the rows of
 * E A D have largest entries near 1. All factors are powers of two, so that the scaled data are the original to the
 * bit and residuals can be carried over without rounding:
 *
 *   x = D x^,   y = E y^ / c,   z = D^-1 z^ / c
 */
import type { Program } from './problem.js';

export interface Scaling {
  D: Float64Array;
  E: Float64Array;
  c: number;
}

const SWEEPS = 12;
/** Factors stay within these, so that nothing overflows. */
const MOST = 2 ** 60;

/** A power of two near `value` (1 for zero). */
function power(value: number): number {
  let result = 1;
  if (!(value > 0)) return 1;
  while (result < value && result < MOST) result *= 2;
  while (result > value && result > 1 / MOST) result /= 2;
  return result;
}

/** The scaled copy of a program. One function, longer than most: the sweeps, then each part of the program once. */
export function scaled(program: Program): { program: Program; scaling: Scaling } {
  const { n, m, P, q, l, u, lb, ub } = program;
  const D = new Float64Array(n).fill(1);
  const E = new Float64Array(m).fill(1);
  const A = program.A.slice();
  const H = P === 'identity' ? new Float64Array(n).fill(1) : program.hessian.slice();
  const dense = P === 'dense';
  const column = new Float64Array(n);
  const row = new Float64Array(m);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    column.fill(0);
    row.fill(0);
    for (let i = 0, at = 0; i < m; i++) {
      for (let k = 0; k < n; k++, at++) {
        const size = Math.abs(A[at]);
        if (size > column[k]) column[k] = size;
        if (size > row[i]) row[i] = size;
      }
    }
    for (let at = 0; at < H.length; at += n) {
      for (let k = 0; k < n; k++) {
        const size = Math.abs(H[at + k]);
        if (size > column[k]) column[k] = size;
      }
    }
    const byColumn = column.map((size) => 1 / power(Math.sqrt(size)));
    const byRow = row.map((size) => 1 / power(Math.sqrt(size)));
    if (byColumn.every((f) => f === 1) && byRow.every((f) => f === 1)) break;
    for (let k = 0; k < n; k++) {
      if (D[k] * byColumn[k] > MOST || D[k] * byColumn[k] < 1 / MOST) byColumn[k] = 1;
      D[k] *= byColumn[k];
    }
    for (let i = 0, at = 0; i < m; i++) {
      if (E[i] * byRow[i] > MOST || E[i] * byRow[i] < 1 / MOST) byRow[i] = 1;
      E[i] *= byRow[i];
      const factor = byRow[i];
      for (let k = 0; k < n; k++, at++) A[at] *= factor * byColumn[k];
    }
    for (let j = 0, at = 0; at < H.length; j++) {
      const factor = byColumn[j];
      for (let k = 0; k < n; k++, at++) H[at] *= (dense ? factor : byColumn[k]) * byColumn[k];
    }
  }
  // A common factor for x, so that limits are near 1 too: rows give back what columns get.
  const x = power(typicalLimit([l, u], E, [lb, ub], D));
  for (let k = 0; k < n; k++) D[k] *= x;
  for (let i = 0; i < m; i++) E[i] /= x;
  for (let i = 0; i < H.length; i++) H[i] *= x * x;
  let size = 0;
  for (let k = 0; k < n; k++) size = Math.max(size, Math.abs(q[k] * D[k]));
  for (const entry of H) size = Math.max(size, Math.abs(entry));
  const c = 1 / power(size);
  const scaling = { D, E, c };
  const matrices = { n, m, P: P === 'identity' ? ('diagonal' as const) : P, hessian: H.map((entry) => entry * c), A };
  return { scaling, program: { ...matrices, ...scaledVectors(program, scaling) } };
}

/** Costs, limits and bounds as the scaling makes them. */
export const scaledVectors = ({ q, l, u, lb, ub }: Program, { D, E, c }: Scaling) => ({
  q: q.map((cost, k) => cost * D[k] * c),
  l: l.map((limit, i) => limit * E[i]),
  u: u.map((limit, i) => limit * E[i]),
  lb: lb.map((bound, k) => bound / D[k]),
  ub: ub.map((bound, k) => bound / D[k]),
  constant: 0,
});

/** The median magnitude of limits that are neither zero nor none, scaled. */
function typicalLimit(rows: Float64Array[], E: Float64Array, bounds: Float64Array[], D: Float64Array): number {
  const sizes: number[] = [];
  const note = (limit: number) => {
    if (limit !== 0 && Number.isFinite(limit)) sizes.push(Math.abs(limit));
  };
  for (const limits of rows) limits.forEach((limit, i) => note(limit * E[i]));
  for (const limits of bounds) limits.forEach((limit, k) => note(limit / D[k]));
  sizes.sort((a, b) => a - b);
  return sizes.length > 0 ? sizes[sizes.length >> 1] : 1;
}
