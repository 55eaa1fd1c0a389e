// The plain delivery: what the cursors of travelling spikes bring to each neuron in this window.

import { LIF_EXP, simulateAdd, simulateAddAlpha, simulateAddExp } from "./add";
import { CURSOR, GATHERED, S, SYNAPSE } from "./state";

// The loop over arrivals exists once for each kind of neuron: a type is the compiler's way to say so.
type Kernel = i32;
type Exp = f32;
type Alpha = f64;

/** Where the target of a synapse stands. */
@inline
export function simulateTarget(synapse: usize): usize {
  return S.targetTable + (synapse - S.synapseTable) / (SYNAPSE / 4);
}

/** Cursors whose synapses are fetched together. */
const AHEAD: i32 = 16;
/** From so many bytes on the synapses lie in memory and no longer in a cache. */
const FAR: u32 = 1 << 24;

/**
 * Reads the first lines of the synapses that the next cursors stand at. Each cursor stands somewhere else, and the few
 * synapses that it delivers are over before the next ones could be foreseen: fetched one after the other, in a large
 * network waiting for memory would take most of the time.
 */
function fetch(first: i32): void {
  let sum: u32 = 0;
  const end = min(first + AHEAD, S.cursors);
  for (let i = first; i < end; i++) {
    const synapse = <usize>load<u32>(S.cursorTable + CURSOR * i, 24);
    const entry = simulateTarget(synapse);
    sum += load<u32>(synapse) + load<u32>(synapse, 64) + load<u32>(synapse, 128) + load<u32>(entry) + load<u32>(entry, 64);
  }
  S.fetched = sum;
}

/** Delivers what arrives in this window to the sums of its targets; cursors that are through go. */
export function simulateDeliver(): void {
  if (S.lif == 0) deliver<Kernel>();
  else if (S.lif == LIF_EXP) deliver<Exp>();
  else deliver<Alpha>();
}

function deliver<Neuron>(): void {
  const window = S.window;
  const D = S.D;
  const decays = S.decayTable;
  const oldest = S.decayCount - 1;
  const cursorCount = S.cursors;
  const cursorTable = S.cursorTable;
  let kept = 0;
  let delivered = 0;
  const far = S.synapseBytes > FAR;
  const rate = S.rate;
  const delta = S.delta;
  for (let i = 0; i < cursorCount; i++) {
    if (far && (i & (AHEAD - 1)) == 0) fetch(i);
    const cursor = cursorTable + CURSOR * i;
    const offset = load<f64>(cursor);
    const age = window - load<f64>(cursor, 16);
    const scale = load<f64>(cursor, 8) * load<f64>(decays + 8 * <usize>min(<i32>age, oldest));
    const base = offset - age * D;
    const limit = D - base;
    const from = load<u32>(cursor, 24);
    const stop = load<u32>(cursor, 28);
    if (from == stop) continue;
    let synapse = from;
    let entry = simulateTarget(from);
    for (; synapse < stop; synapse += <u32>SYNAPSE, entry += 4) {
      const delay = load<f64>(synapse);
      if (delay >= limit) break;
      const c = load<f64>(synapse, 8) * scale;
      const target = <usize>load<u32>(entry);
      if (sizeof<Neuron>() == 8) simulateAddAlpha(target, (delay + base) * rate, c, delta);
      else if (isFloat<Neuron>()) simulateAddExp(target, (delay + base) * rate, c, delta);
      else simulateAdd(target, c * (delay + base), c);
    }
    delivered += (synapse - from) / <u32>SYNAPSE;
    // The cursor stays for this window's second reading even when it is through.
    const to = cursorTable + CURSOR * kept++;
    if (to != cursor) memory.copy(to, cursor, CURSOR);
    store<u32>(to, synapse, 24);
    store<u32>(to, from, 32);
  }
  S.cursors = kept;
  S.windowEvents = delivered;
  S.events += <f64>delivered;
}

/** Appends gathered arrival `number`, counted from 1, to those of its marked target. */
@inline
export function simulateLink(at: usize, target: u32, number: i32): void {
  store<u32>(at, target, 16);
  store<u32>(at, <u32>(-1.0 - load<f64>(target, 32)), 20);
  store<f64>(target, -1.0 - <f64>number, 32);
}

/** Gathers the arrivals of marked neurons: x0, c and the address of the target. */
export function simulateGather(n: i32): void {
  for (let i = 0; i < S.cursors; i++) {
    const cursor = S.cursorTable + CURSOR * i;
    const age = S.window - load<f64>(cursor, 16);
    const scale = load<f64>(cursor, 8) * load<f64>(S.decayTable + 8 * <usize>min(<i32>age, S.decayCount - 1));
    const base = load<f64>(cursor) - age * S.D;
    const stop = load<u32>(cursor, 24);
    const from = load<u32>(cursor, 32);
    const last = simulateTarget(stop);
    for (let entry = simulateTarget(from); entry < last; entry += 4) {
      const target = load<u32>(entry);
      if (load<f64>(target, 32) >= 0) continue;
      const synapse = S.synapseTable + (entry - S.targetTable) * (SYNAPSE / 4);
      const at = S.gathered + GATHERED * n++;
      store<f64>(at, (load<f64>(synapse) + base) * S.rate);
      store<f64>(at, load<f64>(synapse, 8) * scale, 8);
      simulateLink(at, target, n);
    }
  }
}
