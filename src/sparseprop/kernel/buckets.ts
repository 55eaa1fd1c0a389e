// The ring of buckets, and the heap of those due in the open one. Inhibition only delays, so that a bucket is a lower bound: opening it
// sends on whoever has a later one by now. A heap entry whose key is not that of its neuron is stale.
import { Calendar, Due } from "./layout";

const DUE: usize = offsetof<Due>();
/** Place of a neuron that is due. */
const NOWHERE: u32 = 0xffffffff;
/** A little less than 1/2: the last tangents of a turn, where 1 - T / (1 + |T|) is rounded to 2, do not belong to the next. */
const BELOW_HALF: f64 = 0.4999999999;

/** Where a neuron belongs by its state, in the order of firing. */
@inline
export function calendarBucketOf(c: Calendar, i: u32): i64 {
  const value = load<f64>(<usize>c.values + 8 * <usize>i);
  if (c.model == 0) return <i64>(reinterpret<u64>(value) >> c.shift);
  const share = BELOW_HALF * (1.0 - value / (1.0 + Math.abs(value)));
  return -<i64>load<i32>(<usize>c.windings + 4 * <usize>i) * <i64>c.turn + <i64>(share * c.turn);
}

@inline
export function calendarKeyOf(c: Calendar, i: u32): f64 {
  const value = load<f64>(<usize>c.values + 8 * <usize>i);
  return c.model == 0 ? value : -value;
}

@inline
function before(key: f64, i: u32, at: usize): bool {
  const other = load<f64>(at);
  return key < other || (key == other && i < load<u32>(at, 8));
}

/** Drops all stale entries. */
function clear(c: Calendar): void {
  const count = c.heapCount;
  c.heapCount = 0;
  for (let k = 0; k < count; k++) {
    const at: usize = <usize>c.heap + DUE * <usize>k;
    const i = load<u32>(at, 8);
    if (load<f64>(at) == load<f64>(<usize>c.keys + 8 * <usize>i)) rise(c, load<f64>(at), i);
  }
}

/** Takes a neuron among those due. */
export function calendarPush(c: Calendar, i: u32): void {
  const key = calendarKeyOf(c, i);
  if (c.excites) {
    if (c.heapCount == c.capacity) clear(c);
    store<f64>(<usize>c.keys + 8 * <usize>i, key);
    store<u32>(<usize>c.places + 4 * <usize>i, NOWHERE);
  }
  rise(c, key, i);
}

function rise(c: Calendar, key: f64, i: u32): void {
  let at = c.heapCount++;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above: usize = <usize>c.heap + DUE * <usize>parent;
    if (!before(key, i, above)) break;
    v128.store(<usize>c.heap + DUE * <usize>at, v128.load(above));
    at = parent;
  }
  store<f64>(<usize>c.heap + DUE * <usize>at, key);
  store<u32>(<usize>c.heap + DUE * <usize>at, i, 8);
}

/** Takes the first of the heap away. */
export function calendarPop(c: Calendar): void {
  const last = --c.heapCount;
  const key = load<f64>(<usize>c.heap + DUE * <usize>last);
  const i = load<u32>(<usize>c.heap + DUE * <usize>last, 8);
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= last) break;
    const right: usize = <usize>c.heap + DUE * <usize>(child + 1);
    if (child + 1 < last && before(load<f64>(right), load<u32>(right, 8), <usize>c.heap + DUE * <usize>child)) child++;
    const below: usize = <usize>c.heap + DUE * <usize>child;
    if (before(key, i, below)) break;
    v128.store(<usize>c.heap + DUE * <usize>at, v128.load(below));
    at = child;
  }
  store<f64>(<usize>c.heap + DUE * <usize>at, key);
  store<u32>(<usize>c.heap + DUE * <usize>at, i, 8);
}

/** Puts a neuron, which is nowhere, where it belongs: among those due, or in its bucket, the last one at most. */
export function calendarPlace(c: Calendar, i: u32): void {
  const bucket = calendarBucketOf(c, i);
  if (bucket <= c.bucket) {
    calendarPush(c, i);
    return;
  }
  const slot = <u32>min(bucket, c.bucket + <i64>c.mask) & c.mask;
  const head: usize = <usize>c.heads + 4 * <usize>slot;
  const first = load<u32>(head);
  store<u32>(<usize>c.links + 4 * <usize>i, first);
  store<u32>(head, i + 1);
  if (c.excites) {
    store<u32>(<usize>c.places + 4 * <usize>i, slot);
    store<u32>(<usize>c.previous + 4 * <usize>i, 0);
    if (first) store<u32>(<usize>c.previous + 4 * <usize>(first - 1), i + 1);
  }
}

/** A neuron has been excited: it stands in its old bucket, or is due. */
export function calendarHasten(c: Calendar, i: u32): void {
  const slot = load<u32>(<usize>c.places + 4 * <usize>i);
  if (slot == NOWHERE) {
    // One that is still later than where it stands is found so when its turn comes.
    if (calendarKeyOf(c, i) < load<f64>(<usize>c.keys + 8 * <usize>i)) calendarPush(c, i);
    return;
  }
  // How far ahead it stands; the open bucket is empty.
  const ahead = <i64>((slot - <u32>c.bucket) & c.mask);
  if (calendarBucketOf(c, i) >= c.bucket + ahead) return;
  const after = load<u32>(<usize>c.links + 4 * <usize>i);
  const prior = load<u32>(<usize>c.previous + 4 * <usize>i);
  if (prior) store<u32>(<usize>c.links + 4 * <usize>(prior - 1), after);
  else store<u32>(<usize>c.heads + 4 * <usize>slot, after);
  if (after) store<u32>(<usize>c.previous + 4 * <usize>(after - 1), prior);
  calendarPlace(c, i);
}

/** Opens the next bucket. */
export function calendarOpen(c: Calendar): void {
  const head: usize = <usize>c.heads + 4 * <usize>(<u32>(++c.bucket) & c.mask);
  let member = load<u32>(head);
  store<u32>(head, 0);
  while (member) {
    const i = member - 1;
    member = load<u32>(<usize>c.links + 4 * <usize>i);
    c.refreshes += 1;
    calendarPlace(c, i);
  }
}
