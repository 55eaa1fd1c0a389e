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
  /** Multiplications of a factorisation. */
  readonly work: number;
}

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
  return { size, order, place, upper, parent, counts, entries, work };
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

/** The columns in which each row of L has entries, every one behind those that it follows from. */
export function rowsOfFactor({ size, upper, parent, entries }: Analysis): { starts: Int32Array; columns: Int32Array } {
  const [starts, columns] = [new Int32Array(size + 1), new Int32Array(entries)];
  const seen = new Int32Array(size).fill(-1);
  const path = new Int32Array(size);
  let count = 0;
  for (let k = 0; k < size; k++) {
    seen[k] = k;
    for (let p = upper.starts[k]; p < upper.starts[k + 1]; p++) {
      let length = 0;
      for (let j = upper.columns[p]; seen[j] !== k; j = parent[j]) {
        path[length++] = j;
        seen[j] = k;
      }
      for (let t = 0; t < length; t++) columns[count++] = path[t];
    }
    // Ascending: children have smaller numbers than parents.
    columns.subarray(starts[k], count).sort();
    starts[k + 1] = count;
  }
  return { starts, columns };
}
