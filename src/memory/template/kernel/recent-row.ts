// The row of a moment from the arrivals before it alone, for neurons that hear so little that at most moments most of their synapses have
// long been silent. What is older than HORIZON makes less than 1e-18 of a kernel's peak; it is left out, and leaves exact zeros.
//
// Fades, doubles: e^{1 - i/16}, i = 0, 1, ..., 16 HORIZON.

import { elementaryDecay } from "./elementary";

/** The age beyond which an arrival is left out, in time constants. */
const HORIZON: f64 = 46;

export function recentFades(fades: usize): void {
  for (let i = 0; i <= <i32>(16 * HORIZON); i++) store<f64>(fades + 8 * i, Math.exp(1.0 - <f64>i / 16.0));
}

/** Whether there are arrivals, within the horizon fewer than synapses. */
export function isQuiet(events: i32, synapses: i32, period: f64): bool {
  return events > 0 && period > HORIZON && <f64>events * HORIZON < <f64>synapses * period;
}

/**
 * Writes a row as `templateRow` does. Of the arrivals, sorted by time, the first `before` come before the moment, or with it and count. There
 * are some, and the period is longer than the horizon.
 */
export function recentRow(
  time: f64,
  kind: i32,
  row: usize,
  synapses: i32,
  period: f64,
  events: i32,
  before: i32,
  eventTime: usize,
  eventSynapse: usize,
  fades: usize,
): void {
  memory.fill(row, 0, 8 * synapses);
  const sign: f64 = kind == 1 ? -1 : 1;
  let now = time;
  for (let e = before - 1; ; e--) {
    if (e < 0) {
      e += events;
      now += period;
    }
    const age = now - load<f64>(eventTime + 8 * e);
    if (age >= HORIZON) break;
    const steps = <i32>(16 * age);
    const response = (kind >= 2 ? 1 - age : sign * age) * (load<f64>(fades + 8 * steps) * elementaryDecay(age - <f64>steps / 16.0));
    const at = row + 8 * load<u32>(eventSynapse + 4 * e);
    store<f64>(at, load<f64>(at) + response);
  }
}
