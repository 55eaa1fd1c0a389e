// Exact event-driven simulation in windows no longer than the shortest delay: nothing sent inside a window
// arrives in it, so every neuron crosses the window on its own. The mathematics stands in simulate.ts one
// folder up; this file is the event loop.
//
// A spike that travels is one cursor into its source's synapses, which are sorted by delay. In window n the
// cursor of a spike at offset o in window m delivers the synapses with delay < (n - m + 1) D - o, at offset
// x0 = delay + o - (n - m) D; each adds c = w e^{1 + x0} to the target's b and -c x0 to its a.

import { normalDraw } from "../../core/kernel/philox";

// Neuron, 64 bytes: a | b | fresh a | fresh b | fresh |b| | threshold | ready window | ready offset.
// A neuron may fire from its ready moment on. Fresh |b| is -1 while the neuron is marked.
const NEURON: usize = 64;
// Synapse, 16 bytes: delay | w e^{1 + delay}. The address of its target, u32, stands in a table of its own.
const SYNAPSE: usize = 16;
// Cursor, 40 bytes: offset | e^{offset} | window | next synapse u32 | end u32 | start in this window u32 | (pad).
const CURSOR: usize = 40;

/** A peak this close below the threshold, relative to it, touches it. */
const TOUCH: f64 = 2e-13;
/** Thresholds are drawn from a normal law; at or below zero they would make a silent neuron fire for ever. */
const LEAST_THRESHOLD: f64 = 0.001;

let neurons: i32 = 0;
let neuronTable: usize = 0;
let synapseTable: usize = 0;
let targetTable: usize = 0;
let synapseStarts: usize = 0;
let cursorTable: usize = 0;
let cursorCapacity: i32 = 0;
let decayTable: usize = 0;
let decayCount: i32 = 0;
let counts: usize = 0;
let candidates: usize = 0;
let gathered: usize = 0;
let gatherCapacity: i32 = 0;
let windowSpikes: usize = 0;
let forcedTimes: usize = 0;
let forcedNeurons: usize = 0;
let forcedCount: i32 = 0;
let most: i32 = 0;
let outTimes: usize = 0;
let outNeurons: usize = 0;
let outCapacity: i32 = 0;

let D: f64 = 0;
let shrink: f64 = 0;
let start: f64 = 0;
let end: f64 = 0;
let sigma: f64 = 0;
let key0: u32 = 0;
let key1: u32 = 0;

let window: f64 = 0;
let phase: i32 = 0;
let cursors: i32 = 0;
let forced: i32 = 0;
let outCount: i32 = 0;
let events: f64 = 0;
let windowEvents: i32 = 0;
let solved: f64 = 0;

/** Binds the network. `decays` holds e^{-i D} for as many windows as the longest delay spans and two more. */
export function simulateNetwork(
  neuronCount: i32,
  neuronPtr: usize,
  synapsePtr: usize,
  targetPtr: usize,
  startPtr: usize,
  windowLength: f64,
  decays: usize,
  decayEntries: i32,
  countPtr: usize,
  candidatePtr: usize,
  windowSpikePtr: usize,
): void {
  neurons = neuronCount;
  neuronTable = neuronPtr;
  synapseTable = synapsePtr;
  targetTable = targetPtr;
  synapseStarts = startPtr;
  D = windowLength;
  shrink = Math.exp(-D);
  decayTable = decays;
  decayCount = decayEntries;
  for (let i = 0; i < decayEntries; i++) store<f64>(decays + 8 * i, Math.exp(-D * <f64>i));
  counts = countPtr;
  candidates = candidatePtr;
  windowSpikes = windowSpikePtr;
}

/** Turns (delay, weight) of each synapse into (delay, w e^{1 + delay}). */
export function simulateSynapses(count: i32): void {
  for (let i = 0; i < count; i++) {
    const at = synapseTable + SYNAPSE * i;
    store<f64>(at, load<f64>(at, 8) * Math.exp(1.0 + load<f64>(at)), 8);
  }
}

/** Binds the buffers that grow: cursors, gathered arrivals (16 bytes and a link word each), output. */
export function simulateBuffers(
  cursorPtr: usize,
  cursorLimit: i32,
  gatherPtr: usize,
  gatherLimit: i32,
  timePtr: usize,
  neuronPtr: usize,
  outLimit: i32,
): void {
  cursorTable = cursorPtr;
  cursorCapacity = cursorLimit;
  gathered = gatherPtr;
  gatherCapacity = gatherLimit;
  outTimes = timePtr;
  outNeurons = neuronPtr;
  outCapacity = outLimit;
}

/**
 * Starts a run at rest. Forced spikes are sorted by time, at most `burst` in a window; `releases` says from when
 * on each neuron fires by itself.
 */
export function simulateStart(
  from: f64,
  to: f64,
  noise: f64,
  k0: u32,
  k1: u32,
  forcedTimePtr: usize,
  forcedNeuronPtr: usize,
  forcedSpikes: i32,
  burst: i32,
  releases: usize,
): void {
  start = from;
  end = to;
  sigma = noise;
  key0 = k0;
  key1 = k1;
  forcedTimes = forcedTimePtr;
  forcedNeurons = forcedNeuronPtr;
  forcedCount = forcedSpikes;
  most = neurons + burst;
  window = 0;
  phase = 0;
  cursors = 0;
  forced = 0;
  outCount = 0;
  events = 0;
  solved = 0;
  memory.fill(neuronTable, 0, NEURON * neurons);
  memory.fill(counts, 0, 4 * neurons);
  for (let i = 0; i < neurons; i++) {
    const at = neuronTable + NEURON * i;
    drawThreshold(i);
    const release = Math.max(0.0, load<f64>(releases + 8 * i) - start);
    const whole = Math.floor(release / D);
    store<f64>(at, whole, 48);
    store<f64>(at, release - whole * D, 56);
  }
}

export function simulateCursors(): i32 {
  return cursors;
}
export function simulateWindowEvents(): i32 {
  return windowEvents;
}
export function simulateEvents(): f64 {
  return events;
}
export function simulateSolved(): f64 {
  return solved;
}
/** How many spikes lie in the output; the caller takes them away before it goes on. */
export function simulateTake(): i32 {
  const n = outCount;
  outCount = 0;
  return n;
}

function drawThreshold(neuron: i32): void {
  const count = load<u32>(counts + 4 * neuron);
  store<u32>(counts + 4 * neuron, count + 1);
  const threshold = sigma > 0 ? Math.max(1.0 + sigma * normalDraw(key0, key1, neuron, count), LEAST_THRESHOLD) : 1.0;
  store<f64>(neuronTable + NEURON * neuron, threshold, 40);
}

/** Where the target of a synapse stands. */
@inline
function targetOf(synapse: usize): usize {
  return targetTable + (synapse - synapseTable) / (SYNAPSE / 4);
}

/** Delivers what arrives in this window to the sums of its targets; cursors that are through go. */
function deliver(): void {
  let kept = 0;
  let delivered = 0;
  for (let i = 0; i < cursors; i++) {
    const cursor = cursorTable + CURSOR * i;
    const offset = load<f64>(cursor);
    const age = window - load<f64>(cursor, 16);
    const scale = load<f64>(cursor, 8) * load<f64>(decayTable + 8 * <usize>min(<i32>age, decayCount - 1));
    const base = offset - age * D;
    const limit = D - base;
    const from = load<u32>(cursor, 24);
    const stop = load<u32>(cursor, 28);
    if (from == stop) continue;
    let synapse = from;
    let entry = targetOf(from);
    for (; synapse < stop; synapse += <u32>SYNAPSE, entry += 4) {
      const delay = load<f64>(synapse);
      if (delay >= limit) break;
      const c = load<f64>(synapse, 8) * scale;
      const target = <usize>load<u32>(entry);
      store<f64>(target, load<f64>(target, 16) - c * (delay + base), 16);
      store<f64>(target, load<f64>(target, 24) + c, 24);
      store<f64>(target, load<f64>(target, 32) + Math.abs(c), 32);
    }
    delivered += (synapse - from) / <u32>SYNAPSE;
    // The cursor stays for this window's second reading even when it is through.
    const to = cursorTable + CURSOR * kept++;
    if (to != cursor) memory.copy(to, cursor, CURSOR);
    store<u32>(to, synapse, 24);
    store<u32>(to, from, 32);
  }
  cursors = kept;
  windowEvents = delivered;
  events += <f64>delivered;
}

/**
 * Marks the neurons that may fire in this window. On it z e^x <= a + (b + positive arrivals) x and
 * threshold e^x >= threshold (1 + x), hence no spike unless a - threshold + D max(0, b + positive - threshold) >= 0.
 */
function mark(): i32 {
  let n = 0;
  for (let i = 0; i < neurons; i++) {
    const at = neuronTable + NEURON * i;
    const threshold = load<f64>(at, 40);
    // Half the sum of c and |c| over all arrivals is the sum of the positive ones.
    const rise = load<f64>(at, 8) + 0.5 * (load<f64>(at, 24) + load<f64>(at, 32)) - threshold;
    if (load<f64>(at) - threshold + D * Math.max(0.0, rise) < -TOUCH * threshold) continue;
    const wait = (load<f64>(at, 48) - window) * D + load<f64>(at, 56);
    if (wait >= D) continue;
    store<f64>(at, -1, 32);
    store<u32>(candidates + 4 * n++, i);
  }
  return n;
}

/** Gathers the arrivals of marked neurons: x0, c and the address of the target. */
function gather(): i32 {
  let n = 0;
  for (let i = 0; i < cursors; i++) {
    const cursor = cursorTable + CURSOR * i;
    const age = window - load<f64>(cursor, 16);
    const scale = load<f64>(cursor, 8) * load<f64>(decayTable + 8 * <usize>min(<i32>age, decayCount - 1));
    const base = load<f64>(cursor) - age * D;
    const stop = load<u32>(cursor, 24);
    const from = load<u32>(cursor, 32);
    const end = targetOf(stop);
    for (let entry = targetOf(from); entry < end; entry += 4) {
      const target = load<u32>(entry);
      if (load<f64>(target, 32) >= 0) continue;
      const synapse = synapseTable + (entry - targetTable) * (SYNAPSE / 4);
      const at = gathered + 24 * n++;
      store<f64>(at, load<f64>(synapse) + base);
      store<f64>(at, load<f64>(synapse, 8) * scale, 8);
      store<u32>(at, target, 16);
    }
  }
  return n;
}

/** f(x) = a + b x - threshold e^x has the sign of z - threshold. */
@inline
function excess(a: f64, b: f64, x: f64, threshold: f64): f64 {
  return a + b * x - threshold * Math.exp(x);
}

/** The first x in [from, to] where (a + b x) e^{-x} reaches the threshold, or NaN. */
function crossing(a: f64, b: f64, from: f64, to: f64, threshold: f64): f64 {
  if (excess(a, b, from, threshold) >= 0) return from;
  // f is concave: its top is at e^x = b / threshold.
  let top = to;
  if (b < threshold * Math.exp(to)) top = b > threshold * Math.exp(from) ? Math.log(b / threshold) : from;
  top = Math.min(Math.max(top, from), to);
  const height = excess(a, b, top, threshold);
  if (!(height >= -TOUCH * threshold * Math.exp(top))) return NaN;
  if (height <= 0) return top;
  // Newton from the left of the first root of a concave function never passes it.
  let x = from;
  for (let i = 0; i < 100; i++) {
    const growth = threshold * Math.exp(x);
    const next = x - (a + b * x - growth) / (b - growth);
    if (!(next > x)) break;
    x = Math.min(next, top);
  }
  return x;
}

/** The offset at which a marked neuron fires in this window, or NaN; its arrivals are chained from `first`. */
function fire(neuron: i32, first: usize, n: i32): f64 {
  const at = neuronTable + NEURON * neuron;
  const threshold = load<f64>(at, 40);
  let a = load<f64>(at);
  let b = load<f64>(at, 8);
  // Sorted by insertion: a neuron has few arrivals in a window.
  for (let i = 1; i < n; i++) {
    const x0 = load<f64>(first + 16 * i);
    const c = load<f64>(first + 16 * i, 8);
    let j = i;
    for (; j > 0 && load<f64>(first + 16 * (j - 1)) > x0; j--) {
      store<f64>(first + 16 * j, load<f64>(first + 16 * (j - 1)));
      store<f64>(first + 16 * j, load<f64>(first + 16 * (j - 1), 8), 8);
    }
    store<f64>(first + 16 * j, x0);
    store<f64>(first + 16 * j, c, 8);
  }
  let x = Math.max(0.0, (load<f64>(at, 48) - window) * D + load<f64>(at, 56));
  for (let i = 0; i <= n; i++) {
    const next = i < n ? Math.min(load<f64>(first + 16 * i), D) : D;
    if (next >= x) {
      // The window is half open: what happens at its end belongs to the next.
      const t = crossing(a, b, x, next, threshold);
      if (t < D) return t;
      x = next;
    }
    if (i < n) {
      const c = load<f64>(first + 16 * i, 8);
      a -= c * load<f64>(first + 16 * i);
      b += c;
    }
  }
  return NaN;
}

/** Records a spike at an offset of this window, sends it on its way and draws the next threshold. */
function emit(neuron: i32, offset: f64): void {
  const at = neuronTable + NEURON * neuron;
  const time = start + (window * D + offset);
  if (time < end) {
    store<f64>(outTimes + 8 * outCount, time);
    store<u32>(outNeurons + 4 * outCount, neuron);
    outCount++;
  }
  const cursor = cursorTable + CURSOR * cursors++;
  store<f64>(cursor, offset);
  store<f64>(cursor, Math.exp(offset), 8);
  store<f64>(cursor, window, 16);
  store<u32>(cursor, load<u32>(synapseStarts + 4 * neuron), 24);
  store<u32>(cursor, load<u32>(synapseStarts + 4 * neuron), 32);
  store<u32>(cursor, load<u32>(synapseStarts + 4 * neuron, 4), 28);
  // Refractory for one unit of time; a clamped neuron at least until its release.
  const release = (load<f64>(at, 48) - window) * D + load<f64>(at, 56);
  if (offset + 1.0 > release) {
    store<f64>(at, window, 48);
    store<f64>(at, offset + 1.0, 56);
  }
  drawThreshold(neuron);
}

/** Moves every neuron to the end of the window. */
function advance(): void {
  const flush = (<i64>window & 63) == 0;
  for (let i = 0; i < neurons; i++) {
    const at = neuronTable + NEURON * i;
    const b = load<f64>(at, 8) + load<f64>(at, 24);
    let a = (load<f64>(at) + load<f64>(at, 16) + b * D) * shrink;
    let drive = b * shrink;
    // Denormal numbers would stick in silence and cost many times a normal step.
    if (flush && Math.abs(a) + Math.abs(drive) < 1e-200) {
      a = 0;
      drive = 0;
    }
    store<f64>(at, a);
    store<f64>(at, drive, 8);
    v128.store(at, i64x2.splat(0), 16);
    store<f64>(at, 0, 32);
  }
}

/** What `simulateRun` stops for: the end, a buffer to grow (cursors, gathered arrivals), output to take away. */
const FINISHED = 0;
const GROW_CURSORS = 1;
const GROW_GATHERED = 2;
const TAKE = 3;

/** Runs until the end or until the caller has to do something. */
export function simulateRun(): i32 {
  while (start + window * D < end) {
    if (phase == 0) {
      if (outCount + most > outCapacity) return TAKE;
      if (cursors + most > cursorCapacity) return GROW_CURSORS;
      deliver();
      phase = 1;
    }
    if (windowEvents > gatherCapacity) return GROW_GATHERED;
    phase = 0;
    const before = outCount;
    // Imposed spikes come first: they decide who is refractory.
    const windowEnd = start + (window + 1.0) * D;
    for (; forced < forcedCount && load<f64>(forcedTimes + 8 * forced) < windowEnd; forced++) {
      const offset = load<f64>(forcedTimes + 8 * forced) - start - window * D;
      emit(load<u32>(forcedNeurons + 4 * forced), Math.max(offset, 0.0));
    }
    const marked = mark();
    const found = marked > 0 ? settle(marked) : 0;
    for (let i = 0; i < found; i++) emit(load<u32>(windowSpikes + 16 * i, 8), load<f64>(windowSpikes + 16 * i));
    advance();
    order(before);
    window += 1.0;
  }
  return outCount > 0 ? TAKE : FINISHED;
}

/** Solves the marked neurons; the spikes found go to windowSpikes, sorted. Returns how many. */
function settle(marked: i32): i32 {
  const n = gather();
  // Behind the gathered arrivals is room for those of one neuron.
  const chain = gathered + 24 * <usize>gatherCapacity;
  let found = 0;
  for (let i = 0; i < marked; i++) {
    const neuron = load<u32>(candidates + 4 * i);
    const address = <u32>(neuronTable + NEURON * neuron);
    let mine = 0;
    for (let j = 0; j < n; j++) {
      const from = gathered + 24 * j;
      if (load<u32>(from, 16) != address) continue;
      store<f64>(chain + 16 * mine, load<f64>(from));
      store<f64>(chain + 16 * mine, load<f64>(from, 8), 8);
      mine++;
    }
    solved += 1.0;
    const offset = fire(neuron, chain, mine);
    if (offset >= 0) {
      let slot = found++;
      for (; slot > 0 && load<f64>(windowSpikes + 16 * (slot - 1)) > offset; slot--) {
        memory.copy(windowSpikes + 16 * slot, windowSpikes + 16 * (slot - 1), 16);
      }
      store<f64>(windowSpikes + 16 * slot, offset);
      store<u32>(windowSpikes + 16 * slot, neuron, 8);
    }
  }
  return found;
}

/** Puts the output from `first` on in order of time, then neuron. */
function order(first: i32): void {
  for (let i = first + 1; i < outCount; i++) {
    const time = load<f64>(outTimes + 8 * i);
    const neuron = load<u32>(outNeurons + 4 * i);
    let j = i;
    for (; j > first; j--) {
      const earlier = load<f64>(outTimes + 8 * (j - 1));
      const other = load<u32>(outNeurons + 4 * (j - 1));
      if (earlier < time || (earlier == time && other <= neuron)) break;
      store<f64>(outTimes + 8 * j, earlier);
      store<u32>(outNeurons + 4 * j, other);
    }
    store<f64>(outTimes + 8 * j, time);
    store<u32>(outNeurons + 4 * j, neuron);
  }
}
