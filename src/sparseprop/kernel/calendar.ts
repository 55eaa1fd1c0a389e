// A calendar without transcendental functions for LIF and QIF neurons; the mathematics stands in calendar.ts one folder up.
import { calendarBucketOf, calendarHasten, calendarKeyOf, calendarOpen, calendarPlace, calendarPop } from "./buckets";
import { Calendar, Due } from "./layout";
import { Fan, synapsesOf } from "./synapses";

/** 2^-32, by which all X are scaled when G passes 2^32. */
const SHRINK: f64 = 2.3283064365386963e-10;
const LARGEST: f64 = 4294967296.0;
/** 32 ln 2. */
const EPOCH: f64 = 22.18070977791825;
const FAR: f64 = 1e150;
/** Close to the spike a kick does less than rounding, which must not count as a turn: the sine of the angle between T and T'. */
const NEAR: f64 = 1e-11;

/** Sorts all neurons into buckets; the states have been written. */
export function sparsepropCalendarStart(at: usize): void {
  const c = changetype<Calendar>(at);
  memory.fill(c.heads, 0, 4 * (<usize>c.mask + 1));
  c.heapCount = 0;
  let first = i64.MAX_VALUE;
  for (let i = 0; i < c.neurons; i++) first = min(first, calendarBucketOf(c, i));
  c.bucket = first - 1;
  for (let i = 0; i < c.neurons; i++) calendarPlace(c, i);
}

/** Whether an entry of the heap is not that of its neuron any more, which only excitation brings about. */
@inline
function isStale(c: Calendar, i: u32, key: f64): bool {
  return c.excites != 0 && key != load<f64>(<usize>c.keys + 8 * <usize>i);
}

/** The next to fire, which is then the first of the heap. */
function next(c: Calendar): u32 {
  let i = first(c);
  for (let key = load<f64>(c.heap); ; key = load<f64>(c.heap)) {
    const stale = isStale(c, i, key);
    if (!stale && key == calendarKeyOf(c, i)) break;
    calendarPop(c);
    // Inhibited since it came here.
    if (!stale) {
      if (c.excites) store<f64>(<usize>c.keys + 8 * <usize>i, NaN);
      calendarPlace(c, i);
    }
    i = first(c);
  }
  return i;
}

/** The first of the heap, for which buckets are opened until there is one. */
@inline
function first(c: Calendar): u32 {
  while (c.heapCount == 0) calendarOpen(c);
  return load<u32>(c.heap, 8);
}

function timeOf(c: Calendar, i: u32): f64 {
  const value = load<f64>(<usize>c.values + 8 * <usize>i);
  if (c.model == 0) return c.base + (c.scale + Math.log(value));
  const acot = value > 1 ? Math.atan(1.0 / value) : 1.5707963267948966 - Math.atan(value);
  return (acot - Math.PI * <f64>load<i32>(<usize>c.windings + 4 * <usize>i)) * c.scale;
}

/** X += c G, c = -W / (1 + I); not below the level of the spiker, which is due now. */
function kickLif(c: Calendar, j: u32, level: f64, G: f64): void {
  const targets = synapsesOf(c.synapses, j);
  const values = <usize>c.values;
  const count = Fan.count;
  if (!Fan.weights && !c.excites) {
    const add = c.weight * G;
    for (let k = 0; k < count; k++) {
      const at = values + 8 * <usize>load<u32>(targets + 4 * <usize>k);
      store<f64>(at, load<f64>(at) + add);
    }
    return;
  }
  for (let k = 0; k < count; k++) {
    const i = load<u32>(targets + 4 * <usize>k);
    const w = Fan.weights ? load<f64>(Fan.weights + 8 * <usize>k) : c.weight;
    const at = values + 8 * <usize>i;
    store<f64>(at, max(load<f64>(at) + w * G, level));
    if (w < 0) calendarHasten(c, i);
  }
}

/** T' = (M t - D) / (D t + M), D = t - T, M = T t + 1 + w D, w = W / a; what passes pi goes to the next turn. */
function kickOne(c: Calendar, i: u32, t: f64, w: f64): void {
  const at: usize = <usize>c.values + 8 * <usize>i;
  const T = load<f64>(at);
  const D = t - T;
  const M = T * t + 1.0 + w * D;
  const after = max(-FAR, min(FAR, (M * t - D) / (D * t + M)));
  const passed = w < 0 ? after > T : after < T;
  if (passed) {
    if (Math.abs(after - T) <= NEAR * Math.sqrt(1.0 + T * T) * Math.sqrt(1.0 + after * after)) return;
    const winding: usize = <usize>c.windings + 4 * <usize>i;
    store<i32>(winding, load<i32>(winding) + (w < 0 ? -1 : 1));
  }
  store<f64>(at, after);
  if (w > 0) calendarHasten(c, i);
}

function kickQif(c: Calendar, j: u32, t: f64): void {
  const targets = synapsesOf(c.synapses, j);
  const count = Fan.count;
  if (!Fan.weights && c.weight < 0) {
    inhibitQif(c, targets, count, t);
    return;
  }
  for (let k = 0; k < count; k++) {
    kickOne(c, load<u32>(targets + 4 * <usize>k), t, Fan.weights ? load<f64>(Fan.weights + 8 * <usize>k) : c.weight);
  }
}

/** The same of two targets at a time, by one weight that inhibits; one that is hit twice is kicked twice. */
function inhibitQif(c: Calendar, targets: usize, count: i32, t: f64): void {
  const values = <usize>c.values;
  const tt = f64x2.splat(t);
  const w = f64x2.splat(c.weight);
  const one = f64x2.splat(1.0);
  const far = f64x2.splat(FAR);
  const near = f64x2.splat(NEAR);
  let k = 0;
  for (; k + 2 <= count; k += 2) {
    const i = load<u32>(targets + 4 * <usize>k);
    const l = load<u32>(targets + 4 * <usize>k, 4);
    if (i == l) {
      kickOne(c, i, t, c.weight);
      kickOne(c, i, t, c.weight);
      continue;
    }
    const T = v128.load64_lane(values + 8 * <usize>l, v128.load64_zero(values + 8 * <usize>i), 1);
    const D = f64x2.sub(tt, T);
    const M = f64x2.add(f64x2.add(f64x2.mul(T, tt), one), f64x2.mul(w, D));
    const quotient = f64x2.div(f64x2.sub(f64x2.mul(M, tt), D), f64x2.add(f64x2.mul(D, tt), M));
    const after = f64x2.pmax(f64x2.neg(far), f64x2.pmin(far, quotient));
    const up = f64x2.gt(after, T);
    if (!v128.any_true(up)) {
      v128.store64_lane(values + 8 * <usize>i, after, 0);
      v128.store64_lane(values + 8 * <usize>l, after, 1);
      continue;
    }
    const length = f64x2.mul(near, f64x2.sqrt(f64x2.add(one, f64x2.mul(T, T))));
    const lengths = f64x2.mul(length, f64x2.sqrt(f64x2.add(one, f64x2.mul(after, after))));
    const rounding = f64x2.le(f64x2.abs(f64x2.sub(after, T)), lengths);
    const kept = v128.bitselect(T, after, v128.and(up, rounding));
    v128.store64_lane(values + 8 * <usize>i, kept, 0);
    v128.store64_lane(values + 8 * <usize>l, kept, 1);
    // All bits of a lane that has passed pi: -1.
    const passed = v128.andnot(up, rounding);
    const ofI: usize = <usize>c.windings + 4 * <usize>i;
    const ofL: usize = <usize>c.windings + 4 * <usize>l;
    store<i32>(ofI, load<i32>(ofI) + <i32>i64x2.extract_lane(passed, 0));
    store<i32>(ofL, load<i32>(ofL) + <i32>i64x2.extract_lane(passed, 1));
  }
  if (k < count) kickOne(c, load<u32>(targets + 4 * <usize>k), t, c.weight);
}

/** As often as G asks for it: with a small drive one spike may go through several epochs. */
function rebase(c: Calendar, G: f64): void {
  for (; G >= LARGEST; G *= SHRINK) shrink(c);
}

/** Scales all X, which moves all buckets by a whole number of rings. */
function shrink(c: Calendar): void {
  for (let i: u32 = 0; i < <u32>c.neurons; i++) {
    store<f64>(<usize>c.values + 8 * <usize>i, load<f64>(<usize>c.values + 8 * <usize>i) * SHRINK);
    if (!c.excites) continue;
    store<f64>(<usize>c.keys + 8 * <usize>i, load<f64>(<usize>c.keys + 8 * <usize>i) * SHRINK);
    store<f64>(<usize>c.fired + 8 * <usize>i, load<f64>(<usize>c.fired + 8 * <usize>i) * SHRINK);
  }
  for (let k: u32 = 0; k < <u32>c.heapCount; k++) {
    const at = <usize>c.heap + offsetof<Due>() * <usize>k;
    store<f64>(at, load<f64>(at) * SHRINK);
  }
  c.bucket -= <i64>32 << (52 - c.shift);
  // A whole number of epochs, rounded once: a sum of them would lose digits in a long run.
  c.base = EPOCH * Math.round(c.base / EPOCH + 1.0);
}

/**
 * Fires up to `count` spikes before the time `until` and writes them. Returns how many; or -1 - j where neuron j would fire twice at an
 * instant.
 */
export function sparsepropCalendarRun(at: usize, count: i32, until: f64, times: usize, neurons: usize): i32 {
  const c = changetype<Calendar>(at);
  for (let s = 0; s < count; s++) {
    const j = next(c);
    const time = timeOf(c, j);
    if (!(time < until)) return s;
    store<f64>(times + 8 * <usize>s, time);
    store<u32>(neurons + 4 * <usize>s, j);
    const own: usize = <usize>c.values + 8 * <usize>j;
    const value = load<f64>(own);
    if (c.model == 0 && c.excites) {
      const last: usize = <usize>c.fired + 8 * <usize>j;
      if (load<f64>(last) == value) return -1 - <i32>j;
      store<f64>(last, value);
    }
    calendarPop(c);
    if (c.excites) store<f64>(<usize>c.keys + 8 * <usize>j, NaN);
    let G: f64 = 0;
    if (c.model == 0) {
      G = value * c.ratio;
      store<f64>(own, G);
    } else {
      const winding: usize = <usize>c.windings + 4 * <usize>j;
      store<i32>(winding, load<i32>(winding) - 1);
    }
    calendarPlace(c, j);
    if (c.model == 0) kickLif(c, j, value, G);
    else kickQif(c, j, value);
    if (G >= LARGEST) rebase(c, G);
  }
  return count;
}
