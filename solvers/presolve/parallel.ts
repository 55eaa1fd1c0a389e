/**
 * Rows that are multiples of each other, a_j = r a_i on the variables that are still there: row i takes the tighter limits,
 *
 *   l_i <- max(l_i, l_j / r),   u_i <- min(u_i, u_j / r)   (for r > 0),
 *
 * and row j goes. Rows are found by a hash of their pattern and of their entries relative to the first.
 */
import { type Tableau, takenFrom } from './tableau.js';

/** The numbers of two rows with multipliers that prove that both cannot be kept. */
export type Contradiction = { i: number; y: number }[];

/** Merges all parallel rows; a contradiction if two of them have no point in common. */
export function mergeParallel(t: Tableau): { merged: number } | { contradiction: Contradiction } {
  const buckets = new Map<number, number[]>();
  let merged = 0;
  for (let i = 0; i < t.rowStays.length; i++) {
    if (!t.rowStays[i]) continue;
    const hash = hashOf(t, i);
    const bucket = buckets.get(hash);
    if (!bucket) {
      buckets.set(hash, [i]);
      continue;
    }
    const [first, ratio] = likeRow(t, bucket, i);
    if (ratio === 0) {
      bucket.push(i);
      continue;
    }
    const contradiction = merge(t, first, i, ratio);
    if (contradiction) return { contradiction };
    merged++;
  }
  return { merged };
}

/** The row of a bucket that row j is a multiple of, and the ratio, or 0. */
function likeRow(t: Tableau, bucket: readonly number[], j: number): [number, number] {
  for (const i of bucket) {
    const ratio = ratioOf(t, i, j);
    if (ratio !== 0) return [i, ratio];
  }
  return [-1, 0];
}

function hashOf({ program: { A }, stays }: Tableau, i: number): number {
  let hash = 0;
  let first = 0;
  for (let p = A.starts[i]; p < A.starts[i + 1]; p++) {
    const k = A.columns[p];
    if (!stays[k]) continue;
    first ||= A.values[p];
    // Ratios are told apart to some six digits; what is alike is compared in full.
    hash = Math.imul(hash ^ k, 0x9e3779b1) ^ Math.imul(Math.round((A.values[p] / first) * 1e6), 0x85ebca6b);
  }
  return hash;
}

/** r if row j is r times row i to the last bit, on what is still there; else 0. */
function ratioOf({ program: { A }, stays }: Tableau, i: number, j: number): number {
  let ratio = 0;
  let p = A.starts[i];
  let o = A.starts[j];
  while (true) {
    while (p < A.starts[i + 1] && !stays[A.columns[p]]) p++;
    while (o < A.starts[j + 1] && !stays[A.columns[o]]) o++;
    const ended = p === A.starts[i + 1];
    if (ended || o === A.starts[j + 1]) return ended && o === A.starts[j + 1] ? ratio : 0;
    if (A.columns[p] !== A.columns[o]) return 0;
    ratio ||= A.values[o] / A.values[p];
    if (A.values[p] * ratio !== A.values[o]) return 0;
    p++;
    o++;
  }
}

function merge(t: Tableau, i: number, j: number, ratio: number): Contradiction | undefined {
  const [own, other] = [takenFrom(t, i), takenFrom(t, j)];
  const ends = [(t.l[j] - other) / ratio + own, (t.u[j] - other) / ratio + own];
  const [low, high] = ratio > 0 ? ends : [ends[1], ends[0]];
  const sides = { lower: low > t.l[i], upper: high < t.u[i] };
  const before = [t.l[i], t.u[i]];
  if (sides.lower) t.l[i] = low;
  if (sides.upper) t.u[i] = high;
  if (t.l[i] > t.u[i]) {
    // By rounding, or not: the judge of the proof will say.
    const size = 2 ** -48 * (Math.abs(t.l[i]) + Math.abs(t.u[i]));
    if (t.l[i] - t.u[i] > size) return contradictionOf(i, j, ratio, low > before[1]);
    t.l[i] = t.u[i] = sides.lower ? before[1] : before[0];
    sides.lower = sides.upper = false;
  }
  t.rowStays[j] = 0;
  t.changed[i] = 1;
  t.steps.push({ kind: 'parallel', i, j, ratio, ...sides });
  return undefined;
}

/** Row j above row i, or below. */
const contradictionOf = (i: number, j: number, ratio: number, above: boolean): Contradiction => [
  { i, y: above ? -1 : 1 },
  { i: j, y: (above ? 1 : -1) / ratio },
];
