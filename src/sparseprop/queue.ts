/** Who fires next: the least (n_i, i). Both queues look at one array of times that their owner changes. */

/** A queue over an array of times; by name `heap` or `naive`. */
export interface Queue {
  /** The neuron that fires next: of equal times the lower index. */
  top(): number;
  /** To be called when the time of i has changed. */
  update(i: number): void;
  /** To be called when many have. */
  rebuild(): void;
}

/** All neurons are looked at for every spike: the oracle, and what earlier programs do. */
export function naiveQueue(next: Float64Array): Queue {
  return {
    top() {
      let first = 0;
      for (let i = 1; i < next.length; i++) if (next[i] < next[first]) first = i;
      return first;
    },
    update() {},
    rebuild() {},
  };
}

/** An implicit heap with four children to a node, and the place of every neuron in it. */
export function heapQueue(next: Float64Array): Queue {
  const n = next.length;
  const heap = Uint32Array.from({ length: n }, (_, i) => i);
  const place = Uint32Array.from(heap);
  const rise = (at: number, i: number): number => {
    const key = next[i];
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const other = heap[parent];
      const of = next[other];
      if (of < key || (of === key && other < i)) break;
      heap[at] = other;
      place[other] = at;
      at = parent;
    }
    return at;
  };
  const sink = (at: number, i: number): number => {
    const key = next[i];
    for (;;) {
      const first = 4 * at + 1;
      if (first >= n) return at;
      const end = Math.min(first + 4, n);
      let child = first;
      let of = next[heap[first]];
      for (let k = first + 1; k < end; k++) {
        const key = next[heap[k]];
        if (key < of || (key === of && heap[k] < heap[child])) {
          child = k;
          of = key;
        }
      }
      const other = heap[child];
      if (key < of || (key === of && i < other)) return at;
      heap[at] = other;
      place[other] = at;
      at = child;
    }
  };
  const settle = (at: number, i: number) => {
    heap[at] = i;
    place[i] = at;
  };
  const rebuild = () => {
    for (let at = (n - 2) >> 2; at >= 0; at--) {
      const i = heap[at];
      settle(sink(at, i), i);
    }
  };
  rebuild();
  return {
    top: () => heap[0],
    update(i) {
      const at = place[i];
      const up = rise(at, i);
      settle(up === at ? sink(at, i) : up, i);
    },
    rebuild,
  };
}
