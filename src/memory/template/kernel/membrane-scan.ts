// The scan of a neuron with dynamics of its own: one sweep of (V, I, D) around the circle, zone by zone, arrival by arrival, in
// which every stretch without arrivals is held against the template. The mathematics stands in membrane/scan.ts.
//
// Zones, 48 bytes: kind i32 (0 free, 1 silent, 2 firing, 3 ramp) | flags i32 (1 a release begins it, 2 its begin, 4 its end lies
// beyond the circle's origin) | begin f64 | end f64 | by which its demand is lowered f64 | the demand at the spike that ends a ramp
// f64 | (pad).
//
// Cuts, 32 bytes: time f64 | violation f64 | limit f64 | kind i32 (1 level, 2 slope from the right, 3 slope from the left) | zone i32.

import { A } from "./membrane-row";
import { M, membraneLevel, membraneRise, membraneRoot, membraneStationary, membraneStep, through } from "./piece";

const LEVEL = 1;
const SLOPE_RIGHT = 2;
const SLOPE_LEFT = 3;

// What spikes do (0 nothing, 1 they wipe out everything, 2 the membrane alone), and the template.
let after: i32 = 0;
let reset: f64 = 0;
let gain: f64 = 1;
let silent: f64 = 0;
let firing: f64 = 0;

// Where the sweep stands: V, I and D, and E, F, p, q of the stretch ahead.
let v: f64 = 0;
let i: f64 = 0;
let d: f64 = 0;
let wholeE: f64 = 1;
let wholeF: f64 = 1;
let wholeP: f64 = 0;
let wholeQ: f64 = 0;
let points: usize = 0;

let tolerance: f64 = 0;
let cutPtr: usize = 0;
let cutCount: i32 = 0;
let zone: i32 = 0;
let open: bool = false;
let worst: f64 = 0;

function closeRun(): void {
  if (open) cutCount++;
  open = false;
}

/** Of every contiguous run of violations the worst is kept. */
function note(kind: i32, time: f64, limit: f64, amount: f64): void {
  if (!(amount > tolerance)) {
    closeRun();
    return;
  }
  if (open && amount <= worst) return;
  open = true;
  worst = amount;
  const at = cutPtr + 32 * cutCount;
  store<f64>(at, time < A.period ? time : time - A.period);
  store<f64>(at, amount, 8);
  store<f64>(at, limit, 16);
  store<i32>(at, kind, 24);
  store<i32>(at, zone, 28);
}

/** Binds what spikes do, what an arrival of weight 1 adds, and the least slope and the silent level. */
export function membraneTemplate(afterSpike: i32, resetTo: f64, perArrival: f64, slope: f64, level: f64): void {
  after = afterSpike;
  reset = resetTo;
  gain = perArrival;
  firing = slope;
  silent = level;
}

/** The response of a step: known from arrival e to the next one, if that is where it leads. */
@inline
function respondTo(e: i32, step: f64): void {
  if (e < 0) {
    membraneStep(step);
    wholeE = M.e;
    wholeF = M.f;
    wholeP = M.p;
    wholeQ = M.q;
  } else {
    const at = A.between + 32 * <usize>e;
    wholeE = load<f64>(at);
    wholeF = load<f64>(at, 8);
    wholeP = load<f64>(at, 16);
    wholeQ = load<f64>(at, 24);
  }
}

@inline
function throughWhole(v: f64, i: f64, d: f64): f64 {
  return v * wholeE + i * wholeP + (d == 0 ? 0 : d * wholeQ);
}

@inline
function pass(step: f64): void {
  v = v * wholeE + i * wholeP + (M.order == 1 ? 0 : d * wholeQ);
  i = (i + d * step) * wholeF;
  d *= wholeF;
}

@inline
function take(e: i32, weights: usize): void {
  const w = gain * load<f64>(weights + 8 * <usize>load<u32>(A.from + 4 * e));
  if (M.order == 1) i += w;
  else d += w;
}

@inline
function timeOf(e: i32): f64 {
  return load<f64>(A.times + 8 * e);
}

/** The state at the origin: what all earlier periods have left there. `first` is the first arrival from the origin on. */
function closeCircle(origin: f64, first: i32, weights: usize): void {
  const unwrapped = A.events - first;
  let now = origin;
  let wrapped = false;
  let e = first < A.events ? first : 0;
  for (let n = 0; n < A.events; n++) {
    const beyond = n >= unwrapped;
    const step = timeOf(e) - now + (beyond && !wrapped ? A.period : 0);
    respondTo(n > 0 ? (e > 0 ? e : A.events) - 1 : -1, step);
    pass(step);
    now = timeOf(e);
    wrapped = beyond;
    take(e, weights);
    if (++e == A.events) e = 0;
  }
  const rest = origin - now + (wrapped ? 0 : A.period);
  respondTo(-1, rest);
  pass(rest);
  // The sum over all periods: (1 - P(T))^-1.
  const order = M.order;
  M.order = 2;
  membraneStep(A.period);
  M.order = order;
  d /= 1 - M.f;
  i = (i + d * A.period * M.f) / (1 - M.f);
  v = (v + i * M.p + d * M.q) / (1 - M.e);
}

/** V' is at least the slope on a stretch. */
function lookAtSlope(place: f64, stop: f64, step: f64, lowered: f64): void {
  const v1 = i - v / M.membrane;
  const i1 = d - i / M.synapse;
  const d1 = d == 0 ? 0 : -d / M.synapse;
  note(SLOPE_RIGHT, place, firing, firing - v1 - lowered);
  const end = d1 == 0 ? 0 : throughWhole(i1 - v1 / M.membrane, d1 - i1 / M.synapse, -d1 / M.synapse);
  const count = membraneStationary(v1, i1, d1, step, end, points);
  for (let n = 0; n < count; n++) {
    const x = load<f64>(points + 8 * n);
    note(SLOPE_LEFT, place + x, firing, firing - membraneLevel(v1, i1, d1, x) - lowered);
  }
  note(SLOPE_LEFT, stop, firing, firing - throughWhole(v1, i1, d1) - lowered);
}

/** V is below the silent level on a stretch. */
function lookAtLevel(place: f64, stop: f64, step: f64, lowered: f64, fixed: bool, last: bool): void {
  if (!fixed) note(LEVEL, place, -silent, v - silent - lowered);
  const end = d == 0 ? 0 : throughWhole(i - v / M.membrane, d - i / M.synapse, -d / M.synapse);
  const count = membraneStationary(v, i, d, step, end, points);
  for (let n = 0; n < count; n++) {
    const x = load<f64>(points + 8 * n);
    note(LEVEL, place + x, -silent, membraneLevel(v, i, d, x) - silent - lowered);
  }
  if (last) note(LEVEL, stop, -silent, throughWhole(v, i, d) - silent - lowered);
}

/** V is below a ramp, x after `place`: it ends `ahead` from there. */
@inline
function noteRamp(x: f64, time: f64, value: f64, ahead: f64, lowered: f64): void {
  const most = 1 - firing * (ahead - x);
  note(LEVEL, time, -most, value - most - lowered);
}

/** The same of a stretch under a ramp. V' is its slope once at most between two turns of V'. */
function lookAtRamp(
  place: f64,
  stop: f64,
  step: f64,
  lowered: f64,
  fixed: bool,
  last: bool,
  ahead: f64,
): void {
  if (!fixed) noteRamp(0, place, v, ahead, lowered);
  const v1 = i - v / M.membrane;
  const i1 = d - i / M.synapse;
  const d1 = d == 0 ? 0 : -d / M.synapse;
  const end = d1 == 0 ? 0 : throughWhole(i1 - v1 / M.membrane, d1 - i1 / M.synapse, -d1 / M.synapse);
  const count = membraneStationary(v1, i1, d1, step, end, points);
  const first = count > 0 ? load<f64>(points) : step;
  const second = count > 1 ? load<f64>(points, 8) : step;
  lookForSlope(v1, i1, d1, 0, first, place, step, ahead, lowered);
  if (count > 0) lookForSlope(v1, i1, d1, first, second, place, step, ahead, lowered);
  if (count > 1) lookForSlope(v1, i1, d1, second, step, place, step, ahead, lowered);
  if (last) noteRamp(step, stop, throughWhole(v, i, d), ahead, lowered);
}

/** Where V' is the slope of the ramp between a and b, V is furthest above it. */
function lookForSlope(
  v1: f64,
  i1: f64,
  d1: f64,
  a: f64,
  b: f64,
  place: f64,
  step: f64,
  ahead: f64,
  lowered: f64,
): void {
  const rising = membraneRise(v, i, d, a) < firing;
  if (rising == (membraneRise(v, i, d, b) < firing)) return;
  const x = membraneRoot(v1, i1, d1, firing, a, b, rising);
  const value = x == 0 ? v : x == step ? throughWhole(v, i, d) : membraneLevel(v, i, d, x);
  noteRamp(x, place + x, value, ahead, lowered);
}

/**
 * Takes the sweep through the zone at an address, from arrival number `next` of the turn on, and returns the first one after
 * it. `first` is the first arrival from the origin on.
 */
function throughZone(at: usize, first: i32, next: i32, weights: usize): i32 {
  const kind = load<i32>(at);
  const flags = load<i32>(at, 4);
  const begin = load<f64>(at, 8);
  const end = load<f64>(at, 16);
  const lowered = load<f64>(at, 24);
  const released = (flags & 1) != 0;
  const endWrapped = (flags & 4) != 0;
  if (released) {
    if (after == 1) i = d = 0;
    v = reset;
  }
  const unwrapped = A.events - first;
  let wrapped = (flags & 2) != 0;
  let arrived = -1;
  let place = begin;
  for (let more = true; more; ) {
    let e = next < A.events ? first + next : -1;
    if (e >= A.events) e -= A.events;
    const eWrapped = next >= unwrapped;
    more = e >= 0 && (eWrapped == endWrapped ? timeOf(e) < end : endWrapped);
    const stop = more ? timeOf(e) : end;
    const stopWrapped = more ? eWrapped : endWrapped;
    const step = stop - place + (stopWrapped && !wrapped ? A.period : 0);
    if (step > 0) {
      respondTo(more ? arrived : -1, step);
      const fixed = released && place == begin;
      if (kind == 1) lookAtLevel(place, stop, step, lowered, fixed, !more);
      else if (kind == 2) lookAtSlope(place, stop, step, lowered);
      else if (kind == 3) {
        const ahead = end - place + (endWrapped && !wrapped ? A.period : 0);
        lookAtRamp(place, stop, step, lowered, fixed, !more, ahead);
      }
      pass(step);
    }
    place = stop;
    wrapped = stopWrapped;
    if (more) {
      take(e, weights);
      arrived = e;
      next++;
    }
  }
  closeRun();
  if (kind == 3) note(SLOPE_LEFT, end, firing, firing - (i - v / M.membrane) - load<f64>(at, 32));
  closeRun();
  return next;
}

/**
 * Every violation of the template by the weights: one cut per contiguous run, at its worst moment. `scratch` is room for two
 * doubles. Returns how many cuts are written; there are two per arrival and six per zone at most.
 */
export function membraneScan(zones: usize, count: i32, weights: usize, least: f64, cuts: usize, scratch: usize): i32 {
  tolerance = least;
  cutPtr = cuts;
  cutCount = 0;
  open = false;
  points = scratch;
  v = i = d = 0;
  const origin = load<f64>(zones, 8);
  let first = 0;
  while (first < A.events && timeOf(first) < origin) first++;
  if (after != 1) closeCircle(origin, first, weights);
  let next = 0;
  for (let z = 0; z < count; z++) {
    zone = z;
    next = throughZone(zones + 48 * z, first, next, weights);
  }
  return cutCount;
}
