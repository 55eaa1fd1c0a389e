// The arrivals at a neuron with dynamics of its own, and the rows of its moments. The mathematics stands in membrane/rows.ts.

import { elementaryDecay } from "./elementary";
import { M, membraneRespond, membraneRise, membraneLevel, membraneStep, through } from "./piece";

/** Arrivals in order of time with the synapse of each, and the responses (E, F, p, q) from each to the next one. */
export class A {
  static period: f64 = 1;
  static events: i32 = 0;
  static times: usize = 0;
  static from: usize = 0;
  static between: usize = 0;
}

/** Binds the arrivals of a period. */
export function membraneArrivals(period: f64, events: i32, times: usize, from: usize, between: usize): void {
  A.period = period;
  A.events = events;
  A.times = times;
  A.from = from;
  A.between = between;
}

/** Completes the responses from every arrival to the next one around the circle. */
export function membraneBetween(): void {
  const last = A.events - 1;
  for (let e = 0; e <= last; e++) {
    const at = A.times + 8 * e;
    const step = e < last ? load<f64>(at, 8) - load<f64>(at) : load<f64>(A.times) - load<f64>(at) + A.period;
    membraneRespond(step, A.between + 32 * e);
  }
}

/** The number of arrivals before `time`, at it included if `inclusive`. */
function arrivedBy(time: f64, inclusive: bool): i32 {
  let low = 0;
  let high = A.events;
  while (low < high) {
    const middle = (low + high) >> 1;
    const arrival = load<f64>(A.times + 8 * middle);
    if (inclusive ? arrival <= time : arrival < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Visits the arrivals up to a time, itself included if `inclusive`, back to an age, included: the age of a whole period only
 * where it is not, so that none is visited twice. Each adds `sign` times V of (v, i, d) at its age to the entry of its synapse.
 */
function addResponses(until: f64, inclusive: bool, oldest: f64, v: f64, i: f64, d: f64, sign: f64, row: usize): void {
  const time = until - Math.floor(until / A.period) * A.period;
  let e = arrivedBy(time, inclusive);
  let shift: f64 = 0;
  for (let n = 0; n < A.events; n++) {
    e--;
    if (e < 0) {
      e = A.events - 1;
      shift = A.period;
    }
    const age = time - load<f64>(A.times + 8 * e) + shift;
    if (age > oldest) return;
    membraneStep(age);
    const entry = row + 8 * <usize>load<u32>(A.from + 4 * e);
    store<f64>(entry, load<f64>(entry) + sign * through(v, i, d));
  }
}

/**
 * Writes what is left, at a release, of the currents (i, d) that each arrival before it has left there, all periods summed up: an I and
 * a D each, the latest arrival first, back to an age, included. Returns how many they are.
 */
export function membraneCurrents(release: f64, oldest: f64, i: f64, d: f64, out: usize): i32 {
  const time = release - Math.floor(release / A.period) * A.period;
  let e = arrivedBy(time, false);
  let shift: f64 = 0;
  let n = 0;
  for (; n < A.events; n++) {
    e--;
    if (e < 0) {
      e = A.events - 1;
      shift = A.period;
    }
    const age = time - load<f64>(A.times + 8 * e) + shift;
    if (age > oldest) break;
    const f = elementaryDecay(age / M.synapse);
    store<f64>(out + 16 * n, (i + d * age) * f);
    store<f64>(out + 16 * n, d * f, 8);
  }
  return n;
}

/**
 * Adds to a row what all arrivals of all periods make of V (or V' if `slopes`) at a time: (v, i, d) is what one leaves, all periods
 * summed up.
 */
export function membraneRow(
  time: f64,
  inclusive: bool,
  slopes: bool,
  sign: f64,
  oldest: f64,
  v: f64,
  i: f64,
  d: f64,
  row: usize,
): void {
  if (slopes) addResponses(time, inclusive, oldest, i - v / M.membrane, d - i / M.synapse, -d / M.synapse, sign, row);
  else addResponses(time, inclusive, oldest, v, i, d, sign, row);
}

/** Adds to a row what `count` currents, as `membraneCurrents` left them, make of V (or V' if `slopes`) a time `since` after the release. */
export function membraneRowOfCurrents(
  release: f64,
  currents: usize,
  count: i32,
  since: f64,
  slopes: bool,
  sign: f64,
  row: usize,
): void {
  const ofI = slopes ? membraneRise(0, 1, 0, since) : membraneLevel(0, 1, 0, since);
  const ofD = M.order == 1 ? 0 : slopes ? membraneRise(0, 0, 1, since) : membraneLevel(0, 0, 1, since);
  let e = arrivedBy(release - Math.floor(release / A.period) * A.period, false);
  for (const end = currents + 16 * <usize>count; currents < end; currents += 16) {
    e = (e > 0 ? e : A.events) - 1;
    const entry = row + 8 * <usize>load<u32>(A.from + 4 * e);
    store<f64>(entry, load<f64>(entry) + sign * (load<f64>(currents) * ofI + load<f64>(currents, 8) * ofD));
  }
}
