// Delivery with a draw per event: synapses that fail, delays that jitter, background input, and time constants
// that differ between neurons. The plain delivery in simulate.ts knows none of this and stays as fast as it is.
//
// A cursor hands a synapse over as soon as its earliest arrival, delay - reach, falls into the window; the event
// goes into the bucket of the window in which it really arrives, with its offset y0 and its c = w e^{1 + y0}
// in units of the target's time constant. Draws are keyed by (synapse, number of the spike at its source).

import { fillUniform, normalDraw } from "../../../core/kernel/philox";
import { LIF_EXP, simulateAdd, simulateAddAlpha, simulateAddExp } from "./add";
import { simulateLink } from "./deliver";
import { CURSOR, GATHERED, LEAK, MODEL, NEURON, S, SYNAPSE } from "./state";

// Event, 24 bytes: y0 | c | target u32 | next event u32, counted from 1.
const EVENT: usize = 24;
/** Jitter is a normal law cut at so many standard deviations. */
const CUT: f64 = 4;

let scratch: usize = 0;
let shortest: f64 = 0;

let failure: f64 = 0;
let failure0: u32 = 0;
let failure1: u32 = 0;
let jitter: f64 = 0;
let jitter0: u32 = 0;
let jitter1: u32 = 0;
let processes: i32 = 0;
let processTable: usize = 0;

let events: usize = 0;
let capacity: u32 = 0;
let used: u32 = 0;
let free: u32 = 0;
let buckets: usize = 0;
let bucketCount: i32 = 0;
let progress: i32 = 0;

/**
 * What fails and jitters; `scratch` of 16 bytes; the buckets, one for each window that an event can wait for.
 * No jitter makes a delay shorter than the shortest of the network.
 */
export function simulateTransmitStart(
  scratchPtr: usize,
  shortestDelay: f64,
  failureShare: f64,
  f0: u32,
  f1: u32,
  jitterDeviation: f64,
  j0: u32,
  j1: u32,
  bucketPtr: usize,
  bucketNumber: i32,
): void {
  scratch = scratchPtr;
  shortest = shortestDelay;
  failure = failureShare;
  failure0 = f0;
  failure1 = f1;
  jitter = jitterDeviation;
  jitter0 = j0;
  jitter1 = j1;
  buckets = bucketPtr;
  bucketCount = bucketNumber;
  memory.fill(bucketPtr, 0, 4 * bucketNumber);
  events = 0;
  capacity = 0;
  used = 0;
  free = 0;
  processes = 0;
  progress = 0;
}

/**
 * Background input: so many processes of 32 bytes, rate | weight e | key u32 u32 | (pad), followed by the next event of
 * each process on each neuron, 24 bytes: window | offset | draws u32 | (pad).
 */
export function simulateTransmitBackground(count: i32, table: usize): void {
  processes = count;
  processTable = table;
  for (let p = 0; p < count; p++) {
    for (let neuron = 0; neuron < S.neurons; neuron++) {
      const next = nextOf(p, neuron);
      memory.fill(next, 0, 24);
      drawNext(table + 32 * p, next, neuron);
    }
  }
}

/** Binds a larger store of events; the old content has been copied. */
export function simulateTransmitPool(pointer: usize, limit: u32): void {
  events = pointer;
  capacity = limit;
}

export function simulateTransmitUsed(): u32 {
  return used;
}
export function simulateTransmitFree(): u32 {
  return free;
}
/** Puts back what `used` and `free` were, and where the buckets stand already, when a run resumes. */
export function simulateTransmitResume(usedEvents: u32, firstFree: u32): void {
  used = usedEvents;
  free = firstFree;
}

@inline
function nextOf(process: i32, neuron: i32): usize {
  return processTable + 32 * <usize>processes + 24 * <usize>(process * S.neurons + neuron);
}

/** Moves the next event of a process on by an exponential gap. */
function drawNext(process: usize, next: usize, neuron: i32): void {
  const draws = load<u32>(next, 16);
  store<u32>(next, draws + 1, 16);
  fillUniform(scratch, 1, load<u32>(process, 16), load<u32>(process, 20), neuron, draws);
  const gap = -Math.log(1.0 - load<f64>(scratch)) / load<f64>(process);
  const offset = load<f64>(next, 8) + gap;
  const whole = Math.floor(offset / S.D);
  store<f64>(next, load<f64>(next) + whole);
  store<f64>(next, Math.max(offset - whole * S.D, 0.0), 8);
}

/** Stores an event `ahead` windows from now; false if there is no room. */
function push(window: f64, ahead: i32, y0: f64, c: f64, target: u32): bool {
  let event = free;
  if (event != 0) free = load<u32>(events + EVENT * (event - 1), 20);
  else {
    if (used == capacity) return false;
    event = ++used;
  }
  const at = events + EVENT * (event - 1);
  const bucket = bucketOf(window + <f64>ahead);
  store<f64>(at, y0);
  store<f64>(at, c, 8);
  store<u32>(at, target, 16);
  store<u32>(at, load<u32>(bucket), 20);
  store<u32>(bucket, event);
  return true;
}

@inline
function bucketOf(window: f64): usize {
  return buckets + 4 * <usize>(<i64>window % <i64>bucketCount);
}

@inline
function modelOf(target: u32): usize {
  return S.modelTable + (target - <u32>S.neuronTable) / <u32>NEURON * <u32>MODEL;
}

/** Hands over all that can arrive in this window; false if the store is full: grow it and call again. */
export function simulateTransmit(cursorTable: usize, cursors: i32, window: f64): bool {
  const reach = CUT * jitter;
  for (; progress < cursors; progress++) {
    const cursor = cursorTable + CURSOR * progress;
    const base = load<f64>(cursor) - (window - load<f64>(cursor, 16)) * S.D;
    const limit = S.D - base + reach;
    const stop = load<u32>(cursor, 28);
    let synapse = load<u32>(cursor, 24);
    for (; synapse < stop; synapse += <u32>SYNAPSE) {
      const delay = load<f64>(synapse);
      if (delay >= limit) break;
      if (!transmit(synapse, delay, base, load<u32>(cursor, 36), window)) {
        store<u32>(cursor, synapse, 24);
        return false;
      }
    }
    store<u32>(cursor, synapse, 24);
  }
  for (; progress < cursors + processes * S.neurons; progress++) {
    const pair = progress - cursors;
    if (!background(pair / S.neurons, pair % S.neurons, window)) return false;
  }
  progress = 0;
  return true;
}

function transmit(synapse: u32, delay: f64, base: f64, number: u32, window: f64): bool {
  const index = (synapse - <u32>S.synapseTable) / <u32>SYNAPSE;
  if (failure > 0) {
    fillUniform(scratch, 1, failure0, failure1, index, number);
    if (load<f64>(scratch) < failure) return true;
  }
  let actual = delay;
  if (jitter > 0) {
    const normal = normalDraw(jitter0, jitter1, index, number);
    actual = Math.max(delay + jitter * Math.max(-CUT, Math.min(CUT, normal)), shortest);
  }
  const target = load<u32>(S.targetTable + 4 * <usize>index);
  const model = modelOf(target);
  let offset = Math.max(actual + base, 0.0);
  let ahead = 0;
  if (offset >= S.D) {
    const whole = Math.floor(offset / S.D);
    ahead = <i32>whole;
    offset = Math.max(offset - whole * S.D, 0.0);
  }
  const inverse = load<f64>(model, 56);
  // The synapse holds w e^{1 + delay / beta}.
  const c = load<f64>(synapse, 8) * Math.exp((offset - delay) * inverse);
  return push(window, ahead, offset * inverse, c, target);
}

function background(p: i32, neuron: i32, window: f64): bool {
  const process = processTable + 32 * <usize>p;
  const next = nextOf(p, neuron);
  const inverse = load<f64>(S.modelTable + MODEL * <usize>neuron, 56);
  while (load<f64>(next) <= window) {
    const y0 = load<f64>(next, 8) * inverse;
    let c = load<f64>(process, 8) * Math.exp(y0);
    if (S.lif != 0) c *= load<f64>(S.leaks + LEAK * <usize>neuron, 48);
    if (!push(window, 0, y0, c, <u32>(S.neuronTable + NEURON * <usize>neuron))) return false;
    drawNext(process, next, neuron);
  }
  return true;
}

/** Adds the events of this window to the sums of their targets; returns how many there are. */
export function simulateTransmitApply(window: f64): i32 {
  let n = 0;
  for (let event = load<u32>(bucketOf(window)); event != 0; n++) {
    const at = events + EVENT * (event - 1);
    const c = load<f64>(at, 8);
    const target = <usize>load<u32>(at, 16);
    const y0 = load<f64>(at);
    if (S.lif == 0) simulateAdd(target, c * y0, c);
    else {
      const delta = load<f64>(S.leaks + (target - S.neuronTable));
      if (S.lif == LIF_EXP) simulateAddExp(target, y0, c, delta);
      else simulateAddAlpha(target, y0, c, delta);
    }
    event = load<u32>(at, 20);
  }
  return n;
}

/** Writes the events of marked neurons from slot n on, and gives the whole bucket back. */
export function simulateTransmitGather(window: f64, gathered: usize, n: i32): void {
  const bucket = bucketOf(window);
  for (let event = load<u32>(bucket); event != 0; ) {
    const at = events + EVENT * (event - 1);
    const target = load<u32>(at, 16);
    if (load<f64>(target, 32) < 0) {
      const to = gathered + GATHERED * n++;
      memory.copy(to, at, 16);
      simulateLink(to, target, n);
    }
    const next = load<u32>(at, 20);
    store<u32>(at, free, 20);
    free = event;
    event = next;
  }
  store<u32>(bucket, 0);
}
