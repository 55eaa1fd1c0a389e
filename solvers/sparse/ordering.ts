/**
 * An elimination order of a symmetric sparse matrix that keeps its factor sparse: approximate minimum degree on the
 * quotient graph (Amestoy, Davis and Duff 1996).
 *
 * A variable i that is not eliminated knows neighbours A_i among variables and E_i among elements (pivots of before), an
 * element e its variables L_e. Eliminating p makes the element L_p = (A_p + sum of L_e, e in E_p) - p, which absorbs the
 * elements of E_p. Then, for i in L_p,
 *
 *   d_i = min(n - k,  d_i + |L_p - i|,  |A_i - L_p| + |L_p - i| + sum of |L_e - L_p| over e in E_i - p)
 *
 * Variables with the same neighbours become one; those whose only neighbour is p go with it.
 */

/** State of the elimination; all sizes count variables that have been merged. */
interface Graph {
  /** How many variables stand in one; 0: merged or eliminated. */
  readonly weight: Int32Array;
  readonly degree: Int32Array;
  /** A_i, then E_i: entries from[i] to middle[i] and to end[i] of `near`. A pivot takes one place where another leaves one. */
  readonly near: Int32Array;
  readonly from: Int32Array;
  readonly middle: Int32Array;
  readonly end: Int32Array;
  /** L_e: entries begin[e] to stop[e] of `members`, of which `used` are taken, and the number of variables in it, 0 once it is absorbed. */
  members: Int32Array;
  used: number;
  readonly begin: Int32Array;
  readonly stop: Int32Array;
  readonly reach: Int32Array;
  /** Variables by degree, in doubly linked lists. */
  readonly head: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** Variables by a hash of their neighbours, in lists. */
  readonly bucket: Int32Array;
  readonly other: Int32Array;
  readonly hash: Int32Array;
  /** The variables that go with one, in a chain. */
  readonly after: Int32Array;
  readonly last: Int32Array;
  /** Marks; `stamp` makes old ones invalid. |L_e - L_p| where `met` has the stamp of p. */
  readonly seen: Int32Array;
  readonly met: Int32Array;
  readonly outside: Int32Array;
  stamp: number;
  left: number;
}

/** Rows with more neighbours than this times the root of their number go last: they are full soon anyway. */
const CROWDED = 10;

/** The order of the n variables of a symmetric matrix, both halves, by rows; a diagonal is passed over. */
export function minimumDegree(n: number, starts: Int32Array, columns: Int32Array): Int32Array {
  const g = graphOf(n, starts, columns);
  const crowded: number[] = [];
  const most = Math.max(16, CROWDED * Math.sqrt(n));
  for (let i = 0; i < n; i++) {
    if (g.degree[i] <= most) continue;
    crowded.push(i);
    g.weight[i] = 0;
  }
  g.left = n - crowded.length;
  for (let i = 0; i < n; i++) if (g.weight[i] > 0) enlist(g, i);
  const order = new Int32Array(n);
  let count = 0;
  for (let least = 0; count < n - crowded.length; ) {
    while (g.head[least] < 0) least++;
    const p = g.head[least];
    least = Math.min(least, eliminate(g, p));
    for (let i = p; i >= 0; i = g.after[i]) order[count++] = i;
  }
  crowded.sort((a, b) => g.degree[a] - g.degree[b] || a - b);
  for (const i of crowded) order[count++] = i;
  return order;
}

function graphOf(n: number, starts: Int32Array, columns: Int32Array): Graph {
  const numbers = () => new Int32Array(n);
  const none = () => new Int32Array(n).fill(-1);
  const near = new Int32Array(columns.length);
  const [from, end, degree, last] = [numbers(), numbers(), numbers(), numbers()];
  let count = 0;
  for (let i = 0; i < n; i++) {
    last[i] = i;
    from[i] = count;
    for (let p = starts[i]; p < starts[i + 1]; p++) if (columns[p] !== i) near[count++] = columns[p];
    end[i] = count;
    degree[i] = count - from[i];
  }
  return {
    ...{ weight: numbers().fill(1), degree, near, from, middle: end.slice(), end },
    ...{ members: new Int32Array(2 * count + n), used: 0, begin: numbers(), stop: numbers(), reach: numbers() },
    ...{ head: new Int32Array(n + 1).fill(-1), next: none(), previous: none() },
    ...{ bucket: none(), other: none(), hash: numbers(), after: none(), last },
    ...{ seen: numbers(), met: numbers(), outside: numbers(), stamp: 1, left: n },
  };
}

/** Eliminates p, and all that goes with it; the least degree that it leaves. */
function eliminate(g: Graph, p: number): number {
  const { weight, degree, bucket, other, hash, begin, stop, reach } = g;
  delist(g, p);
  const stamp = ++g.stamp;
  makeElement(g, p, stamp);
  const { members } = g;
  const [first, end] = [begin[p], stop[p]];
  g.left -= weight[p];
  weight[p] = 0;
  countOutside(g, p, stamp);
  for (let t = first; t < end; t++) {
    const i = members[t];
    if (!update(g, p, i, stamp)) {
      join(g, p, i);
      continue;
    }
    other[i] = bucket[hash[i]];
    bucket[hash[i]] = i;
  }
  for (let t = first; t < end; t++) {
    const i = members[t];
    if (weight[i] === 0) continue;
    const same = bucket[hash[i]];
    bucket[hash[i]] = -1;
    if (same >= 0 && other[same] >= 0) merge(g, same);
  }
  let least = g.head.length - 1;
  let kept = first;
  reach[p] = 0;
  for (let t = first; t < end; t++) {
    const i = members[t];
    if (weight[i] === 0) continue;
    members[kept++] = i;
    reach[p] += weight[i];
    degree[i] = Math.max(0, Math.min(degree[i], g.left - weight[i]));
    enlist(g, i);
    if (degree[i] < least) least = degree[i];
  }
  stop[p] = kept;
  g.used = kept;
  return least;
}

/** L_p, marked as seen; the elements of p are absorbed, and its variables taken out of the lists. */
function makeElement(g: Graph, p: number, stamp: number): void {
  const { weight, near, from, middle, end, begin, stop, reach, seen } = g;
  let room = g.used + middle[p] - from[p];
  for (let t = middle[p]; t < end[p]; t++) room += stop[near[t]] - begin[near[t]];
  if (room > g.members.length) {
    const larger = new Int32Array(2 * room);
    larger.set(g.members);
    g.members = larger;
  }
  const { members } = g;
  let [count, size] = [g.used, 0];
  const take = (list: Int32Array, first: number, end: number) => {
    for (let t = first; t < end; t++) {
      const i = list[t];
      if (weight[i] === 0 || seen[i] === stamp) continue;
      seen[i] = stamp;
      delist(g, i);
      members[count++] = i;
      size += weight[i];
    }
  };
  seen[p] = stamp;
  begin[p] = count;
  take(near, from[p], middle[p]);
  for (let t = middle[p]; t < end[p]; t++) {
    const e = near[t];
    if (reach[e] === 0) continue;
    take(members, begin[e], stop[e]);
    reach[e] = 0;
  }
  stop[p] = count;
  reach[p] = size;
}

/** |L_e - L_p| of all elements e that touch L_p. */
function countOutside(
  { near, middle, end, members, begin, stop, reach, met, outside, weight }: Graph,
  p: number,
  stamp: number,
) {
  for (let t = begin[p]; t < stop[p]; t++) {
    const i = members[t];
    for (let s = middle[i]; s < end[i]; s++) {
      const e = near[s];
      if (reach[e] === 0) continue;
      if (met[e] !== stamp) outside[e] = reach[e];
      met[e] = stamp;
      outside[e] -= weight[i];
    }
  }
}

/** A_i, E_i, d_i and the hash of the neighbours behind the elimination of p; false if there is no neighbour but p. */
function update(
  { near, from, middle, end, reach, outside, weight, seen, degree, hash, head }: Graph,
  p: number,
  i: number,
  stamp: number,
): boolean {
  let [size, sum] = [0, p];
  let to = from[i];
  for (let t = from[i]; t < middle[i]; t++) {
    const j = near[t];
    if (weight[j] === 0 || seen[j] === stamp) continue;
    size += weight[j];
    sum += j;
    near[to++] = j;
  }
  const elements = middle[i];
  middle[i] = to;
  for (let t = elements; t < end[i]; t++) {
    const e = near[t];
    if (reach[e] === 0) continue;
    // All of it lies in L_p: absorbed, too.
    if (outside[e] === 0) {
      reach[e] = 0;
      continue;
    }
    size += outside[e];
    sum += e;
    near[to++] = e;
  }
  if (to === from[i]) return false;
  near[to++] = p;
  end[i] = to;
  hash[i] = sum % (head.length - 1);
  const rest = reach[p] - weight[i];
  degree[i] = Math.min(degree[i] + rest, size + rest);
  return true;
}

/** Variables with one hash, from `first` on: those with the same neighbours become one. */
function merge(g: Graph, first: number): void {
  const { near, from, middle, end, weight, degree, seen, other } = g;
  for (let i = first; i >= 0; i = other[i]) {
    if (weight[i] === 0) continue;
    const stamp = ++g.stamp;
    // Elements and variables have numbers of one range, and none is both.
    for (let t = from[i]; t < end[i]; t++) seen[near[t]] = stamp;
    for (let j = other[i]; j >= 0; j = other[j]) {
      if (weight[j] === 0 || end[j] - from[j] !== end[i] - from[i] || middle[j] - from[j] !== middle[i] - from[i])
        continue;
      let t = from[j];
      while (t < end[j] && seen[near[t]] === stamp) t++;
      if (t < end[j]) continue;
      const size = weight[j];
      degree[i] -= size;
      join(g, i, j);
      g.left += size;
      weight[i] += size;
    }
  }
}

/** Variable i goes with variable p. */
function join(g: Graph, p: number, i: number): void {
  g.left -= g.weight[i];
  g.weight[i] = 0;
  g.after[g.last[p]] = i;
  g.last[p] = g.last[i];
}

function enlist({ head, next, previous, degree }: Graph, i: number): void {
  const first = head[degree[i]];
  next[i] = first;
  previous[i] = -1;
  if (first >= 0) previous[first] = i;
  head[degree[i]] = i;
}

function delist({ head, next, previous, degree }: Graph, i: number): void {
  if (previous[i] >= 0) next[previous[i]] = next[i];
  else head[degree[i]] = next[i];
  if (next[i] >= 0) previous[next[i]] = previous[i];
}
