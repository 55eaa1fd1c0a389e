/**
 * Groups of neurons that a network has formed: k-means of the columns of J (Lloyd 1982; starts by k-means++, the best of ten), and the
 * mean of J within and between them.
 */
import { demandFinite, demandInteger, type Key, streamKey, uniformStream } from '../core/index.js';

/** Which group each column belongs to, and how strongly groups are joined. */
export interface Groups {
  /** Group of each neuron j, by its column of J: 0 to the number of groups - 1. */
  readonly of: Uint32Array;
  /** Mean of J_ij with i and j in one group, i and j apart. */
  readonly within: number;
  /** Mean of J_ij with i and j in two groups; NaN where there is one group only. */
  readonly between: number;
  /** Mean of J_ij over all i and j apart. */
  readonly mean: number;
}

const [STARTS, ROUNDS] = [10, 100];

function assignment(
  columns: readonly Float64Array[],
  groups: number,
  key: Key,
  start: number,
): { of: Uint32Array; error: number } {
  const uniform = uniformStream(key, start);
  const distance = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + (x - b[i]) * (x - b[i]), 0);
  const centres = [columns[Math.floor(uniform() * columns.length)].slice()];
  while (centres.length < groups) {
    const far = columns.map((column) => Math.min(...centres.map((centre) => distance(column, centre))));
    let left = uniform() * far.reduce((a, b) => a + b, 0);
    const next = far.findIndex((d) => {
      left -= d;
      return left <= 0;
    });
    centres.push(columns[Math.max(0, next)].slice());
  }
  const of = new Uint32Array(columns.length);
  let error = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    error = 0;
    columns.forEach((column, j) => {
      const each = centres.map((centre) => distance(column, centre));
      const best = each.indexOf(Math.min(...each));
      if (best !== of[j]) moved = true;
      of[j] = best;
      error += each[best];
    });
    if (!moved && round > 0) break;
    centres.forEach((centre, g) => {
      const own = columns.filter((_, j) => of[j] === g);
      if (own.length > 0)
        centre.forEach((_, i) => (centre[i] = own.reduce((sum, column) => sum + column[i], 0) / own.length));
    });
  }
  return { of, error };
}

/** The groups of J, N x N row after row. */
export function groupsOf(J: Float64Array, n: number, groups: number, seed: number): Groups {
  demandInteger('the number of neurons', n, 2);
  demandFinite('J', J, n * n);
  demandInteger('groups', groups, 1, n);
  demandInteger('the seed', seed);
  const columns = Array.from({ length: n }, (_, j) => Float64Array.from({ length: n }, (__, i) => J[i * n + j]));
  const key = streamKey(seed, 'sparseprop groups');
  let best = assignment(columns, groups, key, 0);
  for (let start = 1; start < STARTS && groups > 1; start++) {
    const other = assignment(columns, groups, key, start);
    if (other.error < best.error) best = other;
  }
  const { of } = best;
  const sums = { within: 0, between: 0 };
  let inside = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      if (of[i] === of[j]) {
        sums.within += J[i * n + j];
        inside++;
      } else sums.between += J[i * n + j];
    }
  }
  const pairs = n * (n - 1);
  return {
    of,
    within: sums.within / inside,
    between: inside < pairs ? sums.between / (pairs - inside) : Number.NaN,
    mean: (sums.within + sums.between) / pairs,
  };
}
