// Delivery with a draw per event: synapses that fail, delays that jitter, background input, and time constants
// that differ between neurons. The plain delivery in simulate.ts knows none of this and stays as fast as it is.
//
// A cursor hands a synapse over as soon as its earliest arrival, delay - reach, falls into the window; the event
// goes into the bucket of the window in which it really arrives, with its offset y0 and its c = w e^{1 + y0}
// in units of the target's time constant. Draws are keyed by (synapse, number of the spike at its source).

import { fillUniform, normalDraw, randomLn } from "./random";
import { LIF_EXP, simulateAdd, simulateAddAlpha, simulateAddExp } from "./add";
import { simulateLink } from "./deliver";
import { Arrival, Background, Cursor, Event, Leak, Model, Neuron, Process, Synapse } from "./layout";
import { ARRIVAL, BACKGROUND, CURSOR, EVENT, LEAK, LINK, MODEL, NEURON, PROCESS, SYNAPSE, S } from "./state";

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
      memory.fill(next, 0, BACKGROUND);
      drawNext(changetype<Process>(table + PROCESS * p), changetype<Background>(next), neuron);
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
  return processTable + PROCESS * <usize>processes + BACKGROUND * <usize>(process * S.neurons + neuron);
}

/** Moves the next event of a process on by an exponential gap. */
function drawNext(process: Process, next: Background, neuron: i32): void {
  const draws = next.draws;
  next.draws = draws + 1;
  fillUniform(scratch, 1, process.key0, process.key1, neuron, draws);
  const gap = -randomLn(1.0 - load<f64>(scratch)) / process.rate;
  const offset = next.offset + gap;
  const whole = Math.floor(offset / S.D);
  next.window = next.window + whole;
  next.offset = Math.max(offset - whole * S.D, 0.0);
}

/** Stores an event `ahead` windows from now; false if there is no room. */
function push(window: f64, ahead: i32, y0: f64, c: f64, target: u32): bool {
  let event = free;
  if (event != 0) free = changetype<Event>(events + EVENT * (event - 1)).next;
  else {
    if (used == capacity) return false;
    event = ++used;
  }
  const at = changetype<Event>(events + EVENT * (event - 1));
  const bucket = bucketOf(window + <f64>ahead);
  at.y0 = y0;
  at.c = c;
  at.target = target;
  at.next = load<u32>(bucket);
  store<u32>(bucket, event);
  return true;
}

@inline
function bucketOf(window: f64): usize {
  return buckets + 4 * <usize>(<i64>window % <i64>bucketCount);
}

@inline
function modelOf(target: u32): Model {
  return changetype<Model>(S.modelTable + (target - <u32>S.neuronTable) / <u32>NEURON * <u32>MODEL);
}

/** Hands over all that can arrive in this window; false if the store is full: grow it and call again. */
export function simulateTransmit(cursorTable: usize, cursors: i32, window: f64): bool {
  const reach = CUT * jitter;
  for (; progress < cursors; progress++) {
    const cursor = changetype<Cursor>(cursorTable + CURSOR * progress);
    const base = cursor.offset - (window - cursor.window) * S.D;
    const limit = S.D - base + reach;
    const stop = cursor.end;
    let synapse = cursor.next;
    for (; synapse < stop; synapse += <u32>SYNAPSE) {
      const delay = changetype<Synapse>(synapse).delay;
      if (delay >= limit) break;
      if (!transmit(synapse, delay, base, cursor.number, window)) {
        cursor.next = synapse;
        return false;
      }
    }
    cursor.next = synapse;
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
  const inverse = model.rate;
  // The synapse holds w e^{1 + delay / beta}.
  const c = changetype<Synapse>(synapse).strength * Math.exp((offset - delay) * inverse);
  return push(window, ahead, offset * inverse, c, target);
}

function background(p: i32, neuron: i32, window: f64): bool {
  const process = processTable + PROCESS * <usize>p;
  const next = nextOf(p, neuron);
  const inverse = changetype<Model>(S.modelTable + MODEL * <usize>neuron).rate;
  while (changetype<Background>(next).window <= window) {
    const y0 = changetype<Background>(next).offset * inverse;
    let c = changetype<Process>(process).weight * Math.exp(y0);
    if (S.lif != 0) c *= changetype<Leak>(S.leaks + LEAK * <usize>neuron).gain;
    if (!push(window, 0, y0, c, <u32>(S.neuronTable + NEURON * <usize>neuron))) return false;
    drawNext(changetype<Process>(process), changetype<Background>(next), neuron);
  }
  return true;
}

/** Adds the events of this window to the sums of their targets; returns how many there are. */
export function simulateTransmitApply(window: f64): i32 {
  let n = 0;
  for (let event = load<u32>(bucketOf(window)); event != 0; n++) {
    const at = changetype<Event>(events + EVENT * (event - 1));
    const c = at.c;
    const target = <usize>at.target;
    const y0 = at.y0;
    if (S.lif == 0) simulateAdd(target, c * y0, c);
    else {
      const delta = changetype<Leak>(S.leaks + (target - S.neuronTable)).delta;
      if (S.lif == LIF_EXP) simulateAddExp(target, y0, c, delta);
      else simulateAddAlpha(target, y0, c, delta);
    }
    event = at.next;
  }
  return n;
}

/** Writes the events of marked neurons from slot n on, and gives the whole bucket back. */
export function simulateTransmitGather(window: f64, gathered: usize, n: i32): void {
  const bucket = bucketOf(window);
  for (let event = load<u32>(bucket); event != 0; ) {
    const at = events + EVENT * (event - 1);
    const target = changetype<Event>(at).target;
    if (changetype<Neuron>(target).freshSize < 0) {
      const to = gathered + ARRIVAL * n++;
      memory.copy(to, at, LINK);
      simulateLink(changetype<Arrival>(to), target, n);
    }
    const next = changetype<Event>(at).next;
    changetype<Event>(at).next = free;
    free = event;
    event = next;
  }
  store<u32>(bucket, 0);
}
