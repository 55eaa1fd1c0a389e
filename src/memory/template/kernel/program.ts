// The potential of one neuron as a linear function of its weights: sorted arrivals, the scan for violations
// of the template, and the rows (gradients) that the solver asks for. The mathematics stands in
// default/program.ts; this file is the inner loops.
//
// Spike table, 32 bytes an entry: for each source one leading entry, then its spikes from `reach` before the
// period on:  s | a e^{s'} | b e^{s'} | block of s,   with s = 32 block + s' and (a + b x) e^{-x} the potential
// x after the spike, the whole past included, for weight 1. Exponentials of times are kept as a block
// and a rest, so that products of them stand for exponentials of differences and nothing overflows.
//
// Synapse table, 32 bytes: delay (mod T) | e^{d'} | block of the delay i32 | source u32 | buckets of the source.

import { isQuiet, recentFades, recentRow } from "./recent-row";

const E: f64 = 2.718281828459045;

let synapses: i32 = 0;
let period: f64 = 0;
let reach: f64 = 0;
let spikeTable: usize = 0;
let synapseTable: usize = 0;
let events: i32 = 0;
let eventTime: usize = 0;
let eventSynapse: usize = 0;
let eventSpike: usize = 0;
let eventScale: usize = 0;
let powers: usize = 0;
let quiet: bool = false;

/** Binds the spike table, whose spikes begin `pastReach` before the period. `powersPtr`: 16 doubles of scratch, and 737 of fades. */
export function templateScore(periodLength: f64, pastReach: f64, spikePtr: usize, powersPtr: usize): void {
  period = periodLength;
  reach = pastReach;
  spikeTable = spikePtr;
  powers = powersPtr;
}

/** Binds the neuron's tables. */
export function templateNeuron(
  count: i32,
  synapsePtr: usize,
  eventCount: i32,
  timePtr: usize,
  synapseOfEventPtr: usize,
  spikeOfEventPtr: usize,
  scalePtr: usize,
): void {
  synapses = count;
  synapseTable = synapsePtr;
  events = eventCount;
  eventTime = timePtr;
  eventSynapse = synapseOfEventPtr;
  eventSpike = spikeOfEventPtr;
  eventScale = scalePtr;
  quiet = isQuiet(events, synapses, period);
}

/** Completes the synapse table, given delay, source and buckets. */
export function templateSynapses(): void {
  for (let k = 0; k < synapses; k++) {
    const at = synapseTable + 32 * k;
    const delay = load<f64>(at);
    const block = Math.floor(delay / 32.0);
    store<f64>(at, Math.exp(delay - 32.0 * block), 8);
    store<i32>(at, <i32>block, 16);
  }
}

/** Completes `count` entries of the spike table, given s, a, b. */
export function templateSpikes(count: i32): void {
  recentFades(powers + 128);
  for (let i = 0; i < count; i++) {
    const at = spikeTable + 32 * i;
    const time = load<f64>(at);
    const block = Math.floor(time / 32.0);
    const scale = Math.exp(time - 32.0 * block);
    store<f64>(at, load<f64>(at, 8) * scale, 8);
    store<f64>(at, load<f64>(at, 16) * scale, 16);
    store<i32>(at, <i32>block, 24);
  }
}

/**
 * All arrivals of a period, sorted by time, ties by synapse. An arrival is the rounded sum of spike and
 * delay, modulo the period. `rangePtr` tells the first entry and the one behind the last of each source's spikes within
 * the period. Scratch: `countPtr` events + 1 words, `rawPtr` events doubles.
 */
export function templateArrivals(rangePtr: usize, countPtr: usize, rawPtr: usize): void {
  const scale = <f64>events / period;
  const lastBin = events - 1;
  memory.fill(countPtr, 0, 4 * (events + 1));
  let n = 0;
  for (let k = 0; k < synapses; k++) {
    const at = synapseTable + 32 * k;
    const delay = load<f64>(at);
    const range = rangePtr + 8 * load<u32>(at, 20);
    const end = load<u32>(range, 4);
    for (let i = load<u32>(range); i < end; i++, n++) {
      let time = load<f64>(spikeTable + 32 * i) + delay;
      if (time >= period) time -= period;
      store<f64>(rawPtr + 8 * n, time);
      const bin = countPtr + 4 * max(min(whole(time * scale), lastBin), 0);
      store<u32>(bin, load<u32>(bin, 4) + 1, 4);
    }
  }
  for (let bin = 1; bin <= events; bin++) {
    const at = countPtr + 4 * bin;
    store<u32>(at, load<u32>(at) + load<u32>(at - 4));
  }
  n = 0;
  for (let k = 0; k < synapses; k++) {
    const range = rangePtr + 8 * load<u32>(synapseTable + 32 * k, 20);
    const end = load<u32>(range, 4);
    for (let i = load<u32>(range); i < end; i++, n++) {
      const time = load<f64>(rawPtr + 8 * n);
      const bin = countPtr + 4 * max(min(whole(time * scale), lastBin), 0);
      const slot = load<u32>(bin);
      store<u32>(bin, slot + 1);
      store<f64>(eventTime + 8 * slot, time);
      store<u32>(eventSynapse + 4 * slot, k);
      store<u32>(eventSpike + 4 * slot, i);
    }
  }
  // The bins are in order; what shares a bin is put in order by insertion, which keeps ties in place.
  for (let i = 1; i < events; i++) {
    const time = load<f64>(eventTime + 8 * i);
    if (load<f64>(eventTime + 8 * (i - 1)) <= time) continue;
    const synapse = load<u32>(eventSynapse + 4 * i);
    const spike = load<u32>(eventSpike + 4 * i);
    let j = i;
    while (j > 0 && load<f64>(eventTime + 8 * (j - 1)) > time) {
      store<f64>(eventTime + 8 * j, load<f64>(eventTime + 8 * (j - 1)));
      store<u32>(eventSynapse + 4 * j, load<u32>(eventSynapse + 4 * (j - 1)));
      store<u32>(eventSpike + 4 * j, load<u32>(eventSpike + 4 * (j - 1)));
      j--;
    }
    store<f64>(eventTime + 8 * j, time);
    store<u32>(eventSynapse + 4 * j, synapse);
    store<u32>(eventSpike + 4 * j, spike);
  }
}

/** The number of events before `time`. */
function eventsBefore(time: f64): i32 {
  let low = 0;
  let high = events;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<f64>(eventTime + 8 * middle) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Segments, 64 bytes: zone kind (0 free, 1 silent, 2 firing; + 4 where a zone begins) i32 | first event u32 |
// last event u32 | (pad) | begin f64 | length f64 | e^{length} | e^{-length} | end f64 | ease f64, by which the
// zone's demand is lowered.

/** Finds the events of each segment and their scales e^{1 + time since the segment began}. */
export function templateSegments(segments: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const at = segments + 64 * i;
    const begin = load<f64>(at, 16);
    const length = load<f64>(at, 24);
    store<f64>(at, Math.exp(length), 32);
    store<f64>(at, Math.exp(-length), 40);
    const first = load<u32>(at, 4);
    const last = load<u32>(at, 8);
    for (let e = first; e < last; e++) {
      store<f64>(eventScale + 8 * e, Math.exp(1.0 + (load<f64>(eventTime + 8 * e) - begin)));
    }
  }
}

let cutPtr: usize = 0;
let cutCount: i32 = 0;
let cutLimit: i32 = 0;
let worst: f64 = 0;
let worstTime: f64 = 0;
let worstKind: i32 = 0;
let worstSegment: i32 = 0;
let segment: i32 = 0;

// Cuts, 24 bytes: time f64 | violation f64 | kind i32 (1 level, 2 slope from the right, 3 slope from the left) |
// segment i32.

function closeRun(): void {
  if (worst > 0 && cutCount < cutLimit) {
    const at = cutPtr + 24 * cutCount++;
    store<f64>(at, worstTime >= period ? worstTime - period : worstTime, 0);
    store<f64>(at, worst, 8);
    store<i32>(at, worstKind, 16);
    store<i32>(at, worstSegment, 20);
  }
  worst = 0;
}

function violated(amount: f64, time: f64, kind: i32): void {
  if (amount > worst) {
    worst = amount;
    worstTime = time;
    worstKind = kind;
    worstSegment = segment;
  }
}

/**
 * The piece from x to next of a silent zone, where z(x) = (a + b x) e^{-x} leaves the limit, or may; `scale`
 * is e^{next}, `end` the time at `next`. Returns whether z is beyond the limit there.
 */
function silentPiece(
  a: f64,
  b: f64,
  x: f64,
  next: f64,
  scale: f64,
  begin: f64,
  end: f64,
  level: f64,
  limit: f64,
): bool {
  const over = a + b * next > limit * scale;
  if (over) violated((a + b * next) / scale - level, end, 1);
  if (b > 0) {
    // The interior maximum is b e^{-t} at t = 1 - a/b.
    const peak = 1.0 - a / b;
    if (peak > x && peak < next) {
      const height = b * Math.exp(-peak);
      if (height > limit) violated(height - level, begin + peak, 1);
    }
  }
  if (!over) closeRun();
  return over;
}

// z(x) = (a + b x) e^{-x}, x since the segment began: where a segment begins, then where it ends.
let potentialA: f64 = 0;
let potentialB: f64 = 0;

/** A silent zone's segment: runs of z beyond `silent` by more than the tolerance. */
function scanSilent(at: usize, weights: usize, silent: f64, tolerance: f64): void {
  let a = potentialA;
  let b = potentialB;
  const last = load<u32>(at, 8);
  const begin = load<f64>(at, 16);
  const length = load<f64>(at, 24);
  const growth = load<f64>(at, 32);
  const level = silent + load<f64>(at, 56);
  const levelLimit = level + tolerance;
  // Scales carry the factor e of the kernel.
  const scaledLimit = levelLimit / E;
  // Up to level 0 the maximum over a piece that ends below the level is at an end, unless the piece is so long
  // that a peak decays below the tolerance on it.
  const peaks = level > 0;
  let x: f64 = 0;
  let over = a > levelLimit;
  if (over) violated(a - level, begin, 1);
  for (let event = load<u32>(at, 4); event < last; event++) {
    const next = load<f64>(eventTime + 8 * event) - begin;
    const scale = load<f64>(eventScale + 8 * event);
    const v = scale * load<f64>(weights + 8 * load<u32>(eventSynapse + 4 * event));
    if (over || peaks || next - x > 1 || a + b * next > scaledLimit * scale) {
      over = silentPiece(a, b, x, next, scale / E, begin, load<f64>(eventTime + 8 * event), level, levelLimit);
    }
    x = next;
    b += v;
    a -= v * next;
  }
  if (over || peaks || length - x > 1 || a + b * length > levelLimit * growth) {
    silentPiece(a, b, x, length, growth, begin, load<f64>(at, 48), level, levelLimit);
  }
  potentialA = a;
  potentialB = b;
}

/** A firing zone's segment: runs of z' below `firing` by more than the tolerance. */
function scanFiring(at: usize, weights: usize, firing: f64, tolerance: f64): void {
  let a = potentialA;
  let b = potentialB;
  const last = load<u32>(at, 8);
  const begin = load<f64>(at, 16);
  const slope = firing - load<f64>(at, 56);
  const slopeLimit = slope - tolerance;
  let x: f64 = 0;
  let scaleX: f64 = 1;
  // Cuts carry the very times of their arrivals: on which side of one a slope is meant hangs on equality.
  let timeX = begin;
  for (let event = load<u32>(at, 4); ; event++) {
    const end = event >= last;
    const time = load<f64>(end ? at + 48 : eventTime + 8 * event);
    const next = end ? load<f64>(at, 24) : time - begin;
    const scale = end ? load<f64>(at, 32) : load<f64>(eventScale + 8 * event) / E;
    // Between simultaneous arrivals there is no slope to speak of: only pieces with a length count.
    // On a piece that starts and ends at or above slope >= 0 the slope has its minimum at an end.
    if (next > x) {
      const atX = b - a - b * x;
      const atNext = b - a - b * next;
      const flatX = atX < slopeLimit * scaleX;
      const flatNext = atNext < slopeLimit * scale;
      if (flatX) violated(slope - atX / scaleX, timeX, 2);
      else closeRun();
      if ((flatX || flatNext) && b > 0) {
        // The flattest point inside is -b e^{-t} at t = 2 - a/b.
        const bend = 2.0 - a / b;
        if (bend > x && bend < next) violated(slope + b * Math.exp(-bend), begin + bend, 2);
      }
      if (flatNext) violated(slope - atNext / scale, time, 3);
      else closeRun();
    }
    if (end) break;
    x = next;
    timeX = time;
    scaleX = scale;
    const v = load<f64>(eventScale + 8 * event) * load<f64>(weights + 8 * load<u32>(eventSynapse + 4 * event));
    b += v;
    a -= v * next;
  }
  potentialA = a;
  potentialB = b;
}

/** A segment of which nothing is asked. */
function passFree(at: usize, weights: usize): void {
  let a = potentialA;
  let b = potentialB;
  const last = load<u32>(at, 8);
  const begin = load<f64>(at, 16);
  for (let event = load<u32>(at, 4); event < last; event++) {
    const next = load<f64>(eventTime + 8 * event) - begin;
    const v = load<f64>(eventScale + 8 * event) * load<f64>(weights + 8 * load<u32>(eventSynapse + 4 * event));
    b += v;
    a -= v * next;
  }
  potentialA = a;
  potentialB = b;
}

/**
 * Scans the potential of the weights at `weights` against the template, exactly: one cut per contiguous
 * violated run, at its worst point. `startLevel` and `startSlope` are the rows of the potential and its
 * slope where the first segment begins; `silent` is the silent level and `firing` the least slope.
 * @returns the number of cuts written
 */
export function templateScan(
  segments: usize,
  count: i32,
  weights: usize,
  startLevel: usize,
  startSlope: usize,
  silent: f64,
  firing: f64,
  tolerance: f64,
  cuts: usize,
  limit: i32,
): i32 {
  cutPtr = cuts;
  cutLimit = limit;
  cutCount = 0;
  worst = 0;
  let a: f64 = 0;
  let b: f64 = 0;
  for (let k = 0; k < synapses; k++) {
    const w = load<f64>(weights + 8 * k);
    a += w * load<f64>(startLevel + 8 * k);
    b += w * load<f64>(startSlope + 8 * k);
  }
  potentialA = a;
  potentialB = b + a;
  for (let i = 0; i < count; i++) {
    const at = segments + 64 * i;
    const kind = load<i32>(at);
    segment = i;
    if (kind & 4) closeRun();
    if ((kind & 3) == 1) scanSilent(at, weights, silent, tolerance);
    else if ((kind & 3) == 2) scanFiring(at, weights, firing, tolerance);
    else passFree(at, weights);
    const length = load<f64>(at, 24);
    const shrink = load<f64>(at, 40);
    potentialA = (potentialA + potentialB * length) * shrink;
    potentialB *= shrink;
  }
  closeRun();
  return cutCount;
}

let timeBlock: i32 = 0;

/** powers[m] = e^{-t' - 32 (m - 1)}. */
function prepareRow(time: f64): void {
  const block = Math.floor(time / 32.0);
  let power = Math.exp(32.0 - (time - 32.0 * block));
  for (let m = 0; m < 16; m++) {
    store<f64>(powers + 8 * m, power);
    power *= 1.2664165549094176e-14; // e^{-32}
  }
  timeBlock = <i32>block;
}

/**
 * The integer part of 0 <= x < 2^31 without the range checks of a conversion, which cost more than all the
 * rest of an entry. An x that is whole may give one less.
 */
@inline
function whole(x: f64): i32 {
  return <i32>reinterpret<i64>(x - 0.5 + 6755399441055744.0);
}

/** The last spike of a synapse's source that has arrived by the moment whose lag is given. */
@inline
function lastSpike(synapse: usize, lag: f64): usize {
  // For a lag on the border of two buckets either will do: the spike there arrives this very moment.
  const bucket = whole((lag + reach) * 2.0);
  const entry = spikeTable + 32 * load<u32>(load<u32>(synapse, 24) + 4 * bucket);
  return entry - 32 * <usize>(load<f64>(entry) > lag);
}

/** e^{-age} without the factor e^{s'} that the entry's coefficients carry. */
@inline
function fade(synapse: usize, entry: usize): f64 {
  const m = timeBlock - load<i32>(synapse, 16) - load<i32>(entry, 24) + 1;
  return load<f64>(synapse, 8) * load<f64>(powers + 8 * min(m, 15));
}

/**
 * Writes the row of one moment: the potential (kind 0), minus the potential (1), or the slope, arrivals at
 * the moment itself included (2) or not (3), as a function of the weights.
 */
export function templateRow(time: f64, kind: i32, row: usize): void {
  if (quiet) {
    let before = eventsBefore(time);
    while (kind == 2 && before < events && load<f64>(eventTime + 8 * before) == time) before++;
    recentRow(time, kind, row, synapses, period, events, before, eventTime, eventSynapse, powers + 128);
    return;
  }
  prepareRow(time);
  const end = synapseTable + 32 * synapses;
  if (kind >= 2) {
    let out = row;
    for (let synapse = synapseTable; synapse < end; synapse += 32, out += 8) {
      const lag = time - load<f64>(synapse);
      const entry = lastSpike(synapse, lag);
      const a = load<f64>(entry, 8);
      const b = load<f64>(entry, 16);
      store<f64>(out, (b - a - b * (lag - load<f64>(entry))) * fade(synapse, entry));
    }
    settleTies(time, kind == 2, row);
  } else {
    const sign: f64 = kind == 1 ? -1 : 1;
    let out = row;
    for (let synapse = synapseTable; synapse < end; synapse += 32, out += 8) {
      const lag = time - load<f64>(synapse);
      const entry = lastSpike(synapse, lag);
      const value = load<f64>(entry, 8) + load<f64>(entry, 16) * (lag - load<f64>(entry));
      store<f64>(out, value * (sign * fade(synapse, entry)));
    }
  }
}

/**
 * The slope jumps at an arrival, and `time` is often one. Whether such an arrival counts is decided by
 * comparing arrival times, never by the rounding of time - delay.
 */
function settleTies(time: f64, inclusive: bool, row: usize): void {
  const near = 1e-9;
  settle(eventsBefore(time - near), eventsBefore(time + near), time, inclusive, row);
  if (time < near) settle(eventsBefore(time - near + period), events, time + period, inclusive, row);
  if (time > period - near) settle(0, eventsBefore(time + near - period), time - period, inclusive, row);
}

function settle(first: i32, last: i32, time: f64, inclusive: bool, row: usize): void {
  for (let e = first; e < last; e++) {
    const arrival = load<f64>(eventTime + 8 * e);
    const counts = inclusive ? arrival <= time : arrival < time;
    let entry = spikeTable + 32 * load<u32>(eventSpike + 4 * e);
    let age = max(0, time - arrival);
    if (!counts) {
      age = time - arrival + load<f64>(entry);
      entry -= 32;
      age -= load<f64>(entry);
    }
    const spikeTime = load<f64>(entry);
    const unscale = Math.exp(-(spikeTime - 32.0 * <f64>load<i32>(entry, 24)) - age);
    const a = load<f64>(entry, 8);
    const b = load<f64>(entry, 16);
    store<f64>(row + 8 * load<u32>(eventSynapse + 4 * e), (b - a - b * age) * unscale);
  }
}
