/**
 * What the pattern of a symmetric K says of its factor L D L', before there are numbers: the order of elimination, the
 * elimination tree (Liu 1990), parent(j) = min {i > j : l_ij /= 0}, and the rows of L: row k has entries where the paths from the
 * entries of column k of the upper half lead up the tree to k.
 */
import type { Compressed } from './matrix.js';
import { minimumDegree } from './ordering.js';

export interface Analysis {
  /** Rows and columns. */
  readonly size: number;
  /** The variable that is eliminated at each place, and its place. */
  readonly order: Int32Array;
  readonly place: Int32Array;
  /** The upper half of K in that order, by columns, without its diagonal. */
  readonly upper: Compressed;
  readonly parent: Int32Array;
  /** Entries of each column of L, and all of them. */
  readonly counts: Int32Array;
  readonly entries: number;
  /** From this row on L is full, or nearly: those rows are kept as a dense matrix. */
  readonly tail: number;
  /** Multiplications of a factorisation. */
  readonly work: number;
}

/** What part of a tail must be entries, and how many rows it must have. */
const FULL = 0.7;
const LEAST_TAIL = 16;

/** Analyses a symmetric matrix, both halves, by rows. */
export function analyse(K: Compressed): Analysis {
  const size = K.starts.length - 1;
  const order = minimumDegree(size, K.starts, K.columns);
  const place = new Int32Array(size);
  order.forEach((k, at) => {
    place[k] = at;
  });
  const upper = upperHalf(K, order, place);
  const parent = new Int32Array(size).fill(-1);
  const counts = new Int32Array(size);
  const seen = new Int32Array(size).fill(-1);
  for (let k = 0; k < size; k++) {
    seen[k] = k;
    for (let p = upper.starts[k]; p < upper.starts[k + 1]; p++) {
      for (let j = upper.columns[p]; seen[j] !== k; j = parent[j]) {
        if (parent[j] < 0) parent[j] = k;
        counts[j]++;
        seen[j] = k;
      }
    }
  }
  let [entries, work] = [0, 0];
  for (const count of counts) {
    entries += count;
    work += (count * (count + 3)) / 2;
  }
  return { size, order, place, upper, parent, counts, entries, tail: tailOf(counts), work };
}

/** Where the longest tail of L begins that is full enough. */
function tailOf(counts: Int32Array): number {
  let tail = counts.length;
  let filled = 0;
  for (let j = tail - 1, rows = 1; j >= 0; j--, rows++) {
    filled += counts[j];
    if (rows >= LEAST_TAIL && filled >= (FULL * rows * (rows - 1)) / 2) tail = j;
  }
  return tail;
}

function upperHalf(K: Compressed, order: Int32Array, place: Int32Array): Compressed {
  const size = order.length;
  const starts = new Int32Array(size + 1);
  let count = 0;
  const walk = (visit: (row: number, value: number) => void) => {
    for (let k = 0; k < size; k++) {
      const i = order[k];
      for (let p = K.starts[i]; p < K.starts[i + 1]; p++)
        if (place[K.columns[p]] < k) visit(place[K.columns[p]], K.values[p]);
      starts[k + 1] = count;
    }
  };
  walk(() => count++);
  const [columns, values] = [new Int32Array(count), new Float64Array(count)];
  count = 0;
  walk((row, value) => {
    columns[count] = row;
    values[count++] = value;
  });
  return { starts, columns, values };
}

/** The columns before `end` in which each row of L has entries; they ascend. */
export function rowsOfFactor(
  { size, upper, parent, counts }: Analysis,
  end = size,
): { starts: Int32Array; columns: Int32Array } {
  // By columns first: what comes row by row ascends there, and so it does when it is turned around.
  const below = new Int32Array(end + 1);
  for (let j = 0; j < end; j++) below[j + 1] = below[j] + counts[j];
  const rows = new Int32Array(below[end]);
  const next = below.slice(0, end);
  const starts = new Int32Array(size + 1);
  const seen = new Int32Array(size).fill(-1);
  for (let k = 0; k < size; k++) {
    seen[k] = k;
    for (let p = upper.starts[k]; p < upper.starts[k + 1]; p++) {
      for (let j = upper.columns[p]; j < end && seen[j] !== k; j = parent[j]) {
        rows[next[j]++] = k;
        seen[j] = k;
        starts[k + 1]++;
      }
    }
  }
  for (let k = 0; k < size; k++) starts[k + 1] += starts[k];
  const columns = new Int32Array(rows.length);
  const free = starts.slice(0, size);
  for (let j = 0; j < end; j++) for (let p = below[j]; p < below[j + 1]; p++) columns[free[rows[p]]++] = j;
  return { starts, columns };
}
