// The plain delivery: what the cursors of travelling spikes bring to each neuron in this window.

import { LIF_EXP, simulateAdd, simulateAddAlpha, simulateAddExp } from "./add";
import { Arrival, Cursor, Neuron, Synapse } from "./layout";
import { ARRIVAL, CURSOR, SYNAPSE, S } from "./state";

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
    const synapse = <usize>changetype<Cursor>(S.cursorTable + CURSOR * i).next;
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
    const offset = changetype<Cursor>(cursor).offset;
    const age = window - changetype<Cursor>(cursor).window;
    const scale = changetype<Cursor>(cursor).growth * load<f64>(decays + 8 * <usize>min(<i32>age, oldest));
    const base = offset - age * D;
    const limit = D - base;
    const from = changetype<Cursor>(cursor).next;
    const stop = changetype<Cursor>(cursor).end;
    if (from == stop) continue;
    let synapse = from;
    let entry = simulateTarget(from);
    for (; synapse < stop; synapse += <u32>SYNAPSE, entry += 4) {
      const delay = changetype<Synapse>(synapse).delay;
      if (delay >= limit) break;
      const c = changetype<Synapse>(synapse).strength * scale;
      const target = <usize>load<u32>(entry);
      if (sizeof<Neuron>() == 8) simulateAddAlpha(target, (delay + base) * rate, c, delta);
      else if (isFloat<Neuron>()) simulateAddExp(target, (delay + base) * rate, c, delta);
      else simulateAdd(target, c * (delay + base), c);
    }
    delivered += (synapse - from) / <u32>SYNAPSE;
    // The cursor stays for this window's second reading even when it is through.
    const to = cursorTable + CURSOR * kept++;
    if (to != cursor) memory.copy(to, cursor, CURSOR);
    changetype<Cursor>(to).next = synapse;
    changetype<Cursor>(to).start = from;
  }
  S.cursors = kept;
  S.windowEvents = delivered;
  S.events += <f64>delivered;
}

/** Appends gathered arrival `number`, counted from 1, to those of its marked target. */
@inline
export function simulateLink(at: Arrival, target: u32, number: i32): void {
  at.target = target;
  at.before = <u32>(-1.0 - changetype<Neuron>(target).freshSize);
  changetype<Neuron>(target).freshSize = -1.0 - <f64>number;
}

/** Gathers the arrivals of marked neurons: x0, c and the address of the target. */
export function simulateGather(n: i32): void {
  for (let i = 0; i < S.cursors; i++) {
    const cursor = changetype<Cursor>(S.cursorTable + CURSOR * i);
    const age = S.window - cursor.window;
    const scale = cursor.growth * load<f64>(S.decayTable + 8 * <usize>min(<i32>age, S.decayCount - 1));
    const base = cursor.offset - age * S.D;
    const stop = cursor.next;
    const from = cursor.start;
    const last = simulateTarget(stop);
    for (let entry = simulateTarget(from); entry < last; entry += 4) {
      const target = load<u32>(entry);
      if (changetype<Neuron>(target).freshSize >= 0) continue;
      const synapse = changetype<Synapse>(S.synapseTable + (entry - S.targetTable) * (SYNAPSE / 4));
      const at = S.gathered + ARRIVAL * n++;
      changetype<Arrival>(at).x0 = (synapse.delay + base) * S.rate;
      changetype<Arrival>(at).c = synapse.strength * scale;
      simulateLink(changetype<Arrival>(at), target, n);
    }
  }
}
