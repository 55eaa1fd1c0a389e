// The event loop over an implicit heap with four children to a node, for LIF and QIF neurons; the mathematics stands in engine.ts,
// lif.ts and qif.ts one folder up. Siblings lie in one line of the cache. `naive`: nodes by index, all looked at for every spike.
import { Heap, Node } from "./layout";
import { Fan, synapsesOf } from "./synapses";

const NODE: usize = offsetof<Node>();
const NEURON: usize = offsetof<Node>("neuron");
/** Units of time to an epoch, as in engine.ts. */
const EPOCH: f64 = 32.0;
const FAR_TIME: f64 = 1e5;
const FAR: f64 = 600.0;
const HALF: f64 = 1.5707963267948966;

@inline
function nodeAt(h: Heap, place: u32): usize {
  return <usize>h.nodes + NODE * <usize>place;
}

@inline
function put(h: Heap, place: u32, key: f64, i: u32): void {
  const at = nodeAt(h, place);
  store<f64>(at, key);
  store<u32>(at, i, NEURON);
  store<u32>(<usize>h.places + 4 * <usize>i, place);
}

/** Whether (key, i) goes before the node. */
@inline
function before(key: f64, i: u32, at: usize): bool {
  const other = load<f64>(at);
  return key < other || (key == other && i < load<u32>(at, NEURON));
}

function rise(h: Heap, from: u32, key: f64, i: u32): void {
  let place = from;
  while (place > 0) {
    const parent = (place - 1) >> 2;
    const at = nodeAt(h, parent);
    if (!before(key, i, at)) break;
    put(h, place, load<f64>(at), load<u32>(at, NEURON));
    place = parent;
  }
  put(h, place, key, i);
}

function sink(h: Heap, from: u32, key: f64, i: u32): void {
  const n = <u32>h.neurons;
  let place = from;
  for (;;) {
    let child: u32 = 4 * place + 1;
    if (child >= n) break;
    const end: u32 = min(child + 4, n);
    let least = nodeAt(h, child);
    for (let k: u32 = child + 1; k < end; k++) {
      const at = nodeAt(h, k);
      if (before(load<f64>(at), load<u32>(at, NEURON), least)) {
        least = at;
        child = k;
      }
    }
    if (before(key, i, least)) break;
    put(h, place, load<f64>(least), load<u32>(least, NEURON));
    place = child;
  }
  put(h, place, key, i);
}

@inline
function move(h: Heap, place: u32, key: f64, i: u32): void {
  const at = nodeAt(h, place);
  if (h.naive) store<f64>(at, key);
  else if (key > load<f64>(at)) sink(h, place, key, i);
  else rise(h, place, key, i);
}

/** Orders the nodes, which have been written by index. */
export function sparsepropHeapStart(at: usize): void {
  const h = changetype<Heap>(at);
  if (h.naive) return;
  for (let place = (h.neurons - 2) >> 2; place >= 0; place--) {
    const node = nodeAt(h, place);
    sink(h, place, load<f64>(node), load<u32>(node, NEURON));
  }
}

function top(h: Heap): u32 {
  if (!h.naive) return 0;
  let first: u32 = 0;
  let key = load<f64>(h.nodes);
  for (let i: u32 = 1; i < <u32>h.neurons; i++) {
    const other = load<f64>(nodeAt(h, i));
    if (other < key) {
      key = other;
      first = i;
    }
  }
  return first;
}

/** r' of r. */
@inline
function kick(model: i32, r: f64, weight: f64, drive: f64): f64 {
  if (model == 0) {
    if (r > FAR) return max(0.0, r + Math.log1p(-(weight / drive) * Math.exp(-r)));
    const after = Math.exp(r) - weight / drive;
    return after > 1.0 ? Math.log(after) : 0.0;
  }
  const a = Math.sqrt(drive);
  const x = a * r;
  // Just reset, or about to fire: a kick changes nothing.
  if (x >= Math.PI || x <= 0) return r;
  const u = (x < 1.0 || x > 2.0 ? 1.0 / Math.tan(x) : Math.tan(HALF - x)) + weight / a;
  return (u > 1.0 ? Math.atan(1.0 / u) : HALF - Math.atan(u)) / a;
}

function deliver(h: Heap, j: u32): void {
  const targets = synapsesOf(h.synapses, j);
  const weights = Fan.weights;
  const count = Fan.count;
  const now = h.now;
  const unit = h.unit;
  for (let k = 0; k < count; k++) {
    const weight = weights ? load<f64>(weights + 8 * <usize>k) : h.weight;
    if (weight == 0) continue;
    const i = load<u32>(targets + 4 * <usize>k);
    const place = load<u32>(<usize>h.places + 4 * <usize>i);
    const r = (load<f64>(nodeAt(h, place)) - now) * unit;
    move(h, place, now + kick(h.model, r, weight, load<f64>(<usize>h.drives + 8 * <usize>i)) / unit, i);
  }
}

function rebase(h: Heap): void {
  for (let i: u32 = 0; i < <u32>h.neurons; i++) {
    const at = nodeAt(h, i);
    store<f64>(at, load<f64>(at) - EPOCH);
    const last: usize = <usize>h.fired + 8 * <usize>i;
    store<f64>(last, load<f64>(last) - EPOCH);
  }
  h.now -= EPOCH;
  h.epoch += 1;
}

/**
 * Fires up to `count` spikes before the time `until` and writes them. Returns how many; or -1 - j where neuron j would fire twice at an
 * instant.
 */
export function sparsepropHeapRun(at: usize, count: i32, until: f64, times: usize, neurons: usize): i32 {
  const h = changetype<Heap>(at);
  const end = until / h.unit;
  for (let s = 0; s < count; s++) {
    const place = top(h);
    const node = nodeAt(h, place);
    const key = load<f64>(node);
    if (!(key < end - h.epoch * EPOCH)) return s;
    const j = load<u32>(node, NEURON);
    const now = max(key, h.now);
    h.now = now;
    const last: usize = <usize>h.fired + 8 * <usize>j;
    if (load<f64>(last) == now) return -1 - <i32>j;
    store<f64>(last, now);
    store<f64>(times + 8 * <usize>s, (h.epoch * EPOCH + now) * h.unit);
    store<u32>(neurons + 4 * <usize>s, j);
    move(h, place, now + load<f64>(<usize>h.periods + 8 * <usize>j), j);
    deliver(h, j);
    if (now >= EPOCH) {
      do rebase(h);
      while (h.now >= EPOCH && h.now < FAR_TIME);
    }
  }
  return count;
}
