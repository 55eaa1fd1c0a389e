/**
 * The Cholesky factorisation of S P S + shift I of convexity.ts for a sparse P, in plain TypeScript: row by row in an order
 * that keeps it sparse. Rump's bound holds for every order of the sums.
 */
import { type Analysis, analyse, rowsOfFactor } from './sparse/analysis.js';
import type { Compressed } from './sparse/matrix.js';

/** What a factorisation has come to: the least pivot, and the direction of the pivot that is not positive. */
export interface Trial {
  least: number;
  /** A variable and a direction, where a pivot was not positive. */
  failed?: { variable: number; direction: Float64Array };
}

/** A factorisation of a symmetric H, both halves, with diagonal `diagonal` + shift; axes without curvature are passed over. */
export function sparseTrial(H: Compressed, diagonal: Float64Array): (shift: number) => Trial {
  const analysis = analyse(H);
  const { starts: rowStarts, columns: rowColumns } = rowsOfFactor(analysis);
  return (shift) => factor(analysis, rowStarts, rowColumns, diagonal, shift);
}

function factor(
  { size, order, upper, counts, entries }: Analysis,
  rowStarts: Int32Array,
  rowColumns: Int32Array,
  diagonal: Float64Array,
  shift: number,
): Trial {
  const starts = new Int32Array(size + 1);
  for (let j = 0; j < size; j++) starts[j + 1] = starts[j] + counts[j];
  const fill = starts.slice(0, size);
  const rows = new Int32Array(entries);
  const values = new Float64Array(entries);
  const pivots = new Float64Array(size);
  const work = new Float64Array(size);
  let least = 1;
  for (let k = 0; k < size; k++) {
    for (let p = upper.starts[k]; p < upper.starts[k + 1]; p++) work[upper.columns[p]] = upper.values[p];
    let sum = diagonal[order[k]];
    const flat = sum === 0;
    for (let t = rowStarts[k]; t < rowStarts[k + 1]; t++) {
      const j = rowColumns[t];
      const entry = work[j] / pivots[j];
      work[j] = 0;
      for (let p = starts[j]; p < fill[j]; p++) work[rows[p]] -= values[p] * entry;
      sum -= entry * entry;
      rows[fill[j]] = k;
      values[fill[j]++] = entry;
    }
    least = Math.min(least, flat ? 0 : sum);
    if (!flat && !(sum + shift > 0)) {
      const d = new Float64Array(size);
      d[k] = 1;
      for (let j = k - 1; j >= 0; j--) {
        let rest = 0;
        for (let p = starts[j]; p < fill[j]; p++) rest += values[p] * d[rows[p]];
        d[j] = -rest / pivots[j];
      }
      const direction = new Float64Array(size);
      for (let j = 0; j <= k; j++) direction[order[j]] = d[j];
      return { least, failed: { variable: order[k], direction } };
    }
    pivots[k] = flat ? 1 : Math.sqrt(sum + shift);
  }
  return { least };
}
