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

/** The next to fire, which is then the first of the heap. */
function next(c: Calendar): u32 {
  while (c.heapCount == 0) calendarOpen(c);
  let i = load<u32>(c.heap, 8);
  let key = load<f64>(c.heap);
  while (key != load<f64>(<usize>c.keys + 8 * <usize>i) || key != calendarKeyOf(c, i)) {
    calendarPop(c);
    // Stale, or inhibited since it came here.
    if (key == load<f64>(<usize>c.keys + 8 * <usize>i)) {
      store<f64>(<usize>c.keys + 8 * <usize>i, NaN);
      calendarPlace(c, i);
    }
    while (c.heapCount == 0) calendarOpen(c);
    i = load<u32>(c.heap, 8);
    key = load<f64>(c.heap);
  }
  return i;
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
function kickQif(c: Calendar, j: u32, t: f64): void {
  const targets = synapsesOf(c.synapses, j);
  const count = Fan.count;
  for (let k = 0; k < count; k++) {
    const i = load<u32>(targets + 4 * <usize>k);
    const w = Fan.weights ? load<f64>(Fan.weights + 8 * <usize>k) : c.weight;
    const at: usize = <usize>c.values + 8 * <usize>i;
    const T = load<f64>(at);
    const D = t - T;
    const M = T * t + 1.0 + w * D;
    const after = max(-FAR, min(FAR, (M * t - D) / (D * t + M)));
    const passed = w < 0 ? after > T : after < T;
    if (passed) {
      // Close to the spike a kick does less than rounding, which must not count as a turn.
      if (Math.abs(after - T) <= 1e-11 * (1.0 + T * T)) continue;
      const winding: usize = <usize>c.windings + 4 * <usize>i;
      store<i32>(winding, load<i32>(winding) + (w < 0 ? -1 : 1));
    }
    store<f64>(at, after);
    if (w > 0) calendarHasten(c, i);
  }
}

/** Scales all X, which moves all buckets by a whole number of rings. */
function rebase(c: Calendar): void {
  for (let i: u32 = 0; i < <u32>c.neurons; i++) {
    store<f64>(<usize>c.values + 8 * <usize>i, load<f64>(<usize>c.values + 8 * <usize>i) * SHRINK);
    store<f64>(<usize>c.keys + 8 * <usize>i, load<f64>(<usize>c.keys + 8 * <usize>i) * SHRINK);
    if (c.excites) store<f64>(<usize>c.fired + 8 * <usize>i, load<f64>(<usize>c.fired + 8 * <usize>i) * SHRINK);
  }
  for (let k: u32 = 0; k < <u32>c.heapCount; k++) {
    const at = <usize>c.heap + offsetof<Due>() * <usize>k;
    store<f64>(at, load<f64>(at) * SHRINK);
  }
  c.bucket -= <i64>32 << (52 - c.shift);
  c.base += EPOCH;
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
    store<f64>(<usize>c.keys + 8 * <usize>j, NaN);
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
    if (G >= LARGEST) rebase(c);
  }
  return count;
}
