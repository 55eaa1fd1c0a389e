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
  /** A_i: entries from[i] to end[i] of `near`. */
  readonly near: Int32Array;
  readonly from: Int32Array;
  readonly end: Int32Array;
  /** E_i, and L_e with the number of variables in it, 0 once it is absorbed. */
  readonly elements: number[][];
  readonly members: number[][];
  readonly reach: Int32Array;
  /** Variables by degree, in doubly linked lists. */
  readonly head: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** The variables that go with one, in a chain. */
  readonly after: Int32Array;
  readonly last: Int32Array;
  /** Marks; `stamp` makes old ones invalid. */
  readonly seen: Float64Array;
  readonly outside: Float64Array;
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
  const near = new Int32Array(columns.length);
  const [from, end, degree] = [new Int32Array(n), new Int32Array(n), new Int32Array(n)];
  let count = 0;
  for (let i = 0; i < n; i++) {
    from[i] = count;
    for (let p = starts[i]; p < starts[i + 1]; p++) if (columns[p] !== i) near[count++] = columns[p];
    end[i] = count;
    degree[i] = count - from[i];
  }
  const none = () => new Int32Array(n).fill(-1);
  return {
    ...{ weight: new Int32Array(n).fill(1), degree, near, from, end },
    elements: Array.from({ length: n }, () => []),
    members: new Array<number[]>(n),
    reach: new Int32Array(n),
    ...{ head: new Int32Array(n + 1).fill(-1), next: none(), previous: none(), after: none() },
    last: Int32Array.from({ length: n }, (_, i) => i),
    ...{ seen: new Float64Array(n), outside: new Float64Array(n), stamp: 1, left: n },
  };
}

/** Eliminates p, and all that goes with it; the least degree that it leaves. */
function eliminate(g: Graph, p: number): number {
  delist(g, p);
  const stamp = ++g.stamp;
  const list = elementOf(g, p, stamp);
  g.left -= g.weight[p];
  g.weight[p] = 0;
  countOutside(g, list);
  const alike = new Map<number, number[]>();
  for (const i of list) {
    const hash = update(g, p, i, stamp);
    if (hash < 0) join(g, p, i);
    else if (alike.has(hash)) alike.get(hash)?.push(i);
    else alike.set(hash, [i]);
  }
  for (const same of alike.values()) if (same.length > 1) merge(g, same);
  const stay = list.filter((i) => g.weight[i] > 0);
  g.members[p] = stay;
  g.reach[p] = stay.reduce((sum, i) => sum + g.weight[i], 0);
  let least = g.head.length - 1;
  for (const i of stay) {
    g.degree[i] = Math.max(0, Math.min(g.degree[i], g.left - g.weight[i]));
    enlist(g, i);
    least = Math.min(least, g.degree[i]);
  }
  return least;
}

/** L_p, marked as seen; the elements of p are absorbed, and its variables taken out of the lists. */
function elementOf(g: Graph, p: number, stamp: number): number[] {
  const { near, from, end, elements, members, reach, weight, seen } = g;
  const list: number[] = [];
  let size = 0;
  seen[p] = stamp;
  const take = (i: number) => {
    if (weight[i] === 0 || seen[i] === stamp) return;
    seen[i] = stamp;
    size += weight[i];
    list.push(i);
    delist(g, i);
  };
  for (let t = from[p]; t < end[p]; t++) take(near[t]);
  for (const e of elements[p]) {
    if (reach[e] > 0) for (const i of members[e]) take(i);
    reach[e] = 0;
    members[e] = [];
  }
  reach[p] = size;
  return list;
}

/** outside_e - base = |L_e - L_p| for the elements beside p. */
function countOutside(g: Graph, list: readonly number[]): void {
  const { elements, reach, outside, weight } = g;
  // Larger than anything that was written before.
  const base = baseOf(g);
  for (const i of list) {
    for (const e of elements[i]) {
      if (reach[e] === 0) continue;
      if (outside[e] < base) outside[e] = base + reach[e];
      outside[e] -= weight[i];
    }
  }
}

const baseOf = ({ stamp, head }: Graph) => stamp * 2 * head.length;

/** A_i, E_i and d_i behind the elimination of p; a hash of the neighbours, -1 if there is none but p. */
function update(g: Graph, p: number, i: number, stamp: number): number {
  const { near, from, end, elements, reach, outside, weight, seen, degree } = g;
  const base = baseOf(g);
  let [size, hash] = [0, p];
  const mine = elements[i];
  let kept = 0;
  for (const e of mine) {
    if (reach[e] === 0) continue;
    const beside = outside[e] - base;
    // All of it lies in L_p: absorbed, too.
    if (beside === 0) {
      reach[e] = 0;
      continue;
    }
    size += beside;
    hash += e;
    mine[kept++] = e;
  }
  mine.length = kept;
  mine.push(p);
  let to = from[i];
  for (let t = from[i]; t < end[i]; t++) {
    const j = near[t];
    if (weight[j] === 0 || seen[j] === stamp) continue;
    size += weight[j];
    hash += j;
    near[to++] = j;
  }
  end[i] = to;
  if (kept === 0 && to === from[i]) return -1;
  const rest = reach[p] - weight[i];
  degree[i] = Math.min(degree[i] + rest, size + rest);
  return hash;
}

/** Variables with the same hash: those with the same neighbours become one. */
function merge(g: Graph, same: readonly number[]): void {
  const { near, from, end, elements, weight, degree, seen } = g;
  for (let a = 0; a < same.length; a++) {
    const i = same[a];
    if (weight[i] === 0) continue;
    const stamp = ++g.stamp;
    // Elements and variables have numbers of one range, and none is both.
    for (const e of elements[i]) seen[e] = stamp;
    for (let t = from[i]; t < end[i]; t++) seen[near[t]] = stamp;
    for (const j of same.slice(a + 1)) {
      if (weight[j] === 0 || elements[j].length !== elements[i].length || end[j] - from[j] !== end[i] - from[i])
        continue;
      let alike = elements[j].every((e) => seen[e] === stamp);
      for (let t = from[j]; alike && t < end[j]; t++) alike = seen[near[t]] === stamp;
      if (!alike) continue;
      degree[i] -= weight[j];
      const size = weight[j];
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
  g.elements[i] = [];
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
