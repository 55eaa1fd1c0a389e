// Exact event-driven simulation in windows no longer than the shortest delay: nothing sent inside a window
// arrives in it, so every neuron crosses the window on its own. The mathematics stands in simulate.ts one
// folder up; this file is the event loop.
//
// A spike that travels is one cursor into its source's synapses, which are sorted by delay. In window n the
// cursor of a spike at offset o in window m delivers the synapses with delay < (n - m + 1) D - o, at offset
// x0 = delay + o - (n - m) D; each adds c = w e^{1 + x0} to the target's b and -c x0 to its a.
//
// What costs time in every event or neuron stands apart and is entered only when asked for: `noisy` delivery
// (transmit.ts), time constants that differ (`scaled`), spikes that reset (`resets`), leaky integrate-and-fire membranes
// (lif.ts), and neurons that are watched (recorded, or clamped from within the window on).

import { simulateDeliver, simulateGather, simulateLink } from "./deliver";
import {
  simulateAdvanceLif,
  simulateFireLif,
  simulateGain,
  simulateLeaks,
  simulateMarkLif,
  simulateRest,
} from "./lif";
import {
  simulateAdvance,
  simulateFire,
  simulateMark,
  simulateReady,
  simulateSpike,
  simulateThreshold,
  simulateWatch,
} from "./neuron";
import { Arrival, Block, Clamp, Cursor, Link, Model, Neuron, Spike, Synapse, Task, Wired } from "./layout";
import { ARRIVAL, BLOCK, CLAMP, CURSOR, LINK, MODEL, NEURON, SPIKE, SYNAPSE, S } from "./state";
import { simulateTransmit, simulateTransmitApply, simulateTransmitGather } from "./transmit";

/** What `simulateRun` stops for: the end, a buffer to grow, output to take away, or nothing. */
const FINISHED = 0;
const GROW_CURSORS = 1;
const GROW_GATHERED = 2;
const TAKE = 3;
const GROW_EVENTS = 4;
const GO_ON = 5;
/** Windows at one call: an engine puts the code that it has optimized meanwhile in the place of the first only where a function begins. */
const WINDOWS = 16;

/** Binds the network that lies at an address (`Wired`). */
export function simulateNetwork(at: usize): void {
  const net = changetype<Wired>(at);
  S.neurons = net.neurons;
  S.neuronTable = net.neuronTable;
  S.modelTable = net.modelTable;
  S.synapseTable = net.synapseTable;
  S.targetTable = net.targetTable;
  S.synapseStarts = net.synapseStarts;
  S.counts = net.counts;
  S.candidates = net.candidates;
  S.blocks = net.blocks;
  S.membranes = net.membranes;
  S.leaks = net.leaks;
  S.decayTable = net.decayTable;
  S.decayCount = net.decayCount;
  S.lif = net.lif;
  S.scaled = net.scaled != 0;
  S.resets = net.resets != 0;
  S.resetValue = net.resetValue;
  S.D = net.window;
  S.rate = 1.0 / changetype<Model>(S.modelTable).beta;
  S.shrink = Math.exp(-S.D * S.rate);
  for (let i = 0; i < S.decayCount; i++) store<f64>(S.decayTable + 8 * i, Math.exp(-S.D * S.rate * <f64>i));
  for (let i = 0; i < S.neurons; i++) {
    const model = changetype<Model>(S.modelTable + MODEL * i);
    const rate = 1.0 / model.beta;
    model.width = S.D * rate;
    model.shrink = Math.exp(-S.D * rate);
    model.rate = rate;
  }
  if (S.lif != 0) simulateLeaks();
}

/** Turns (delay, weight) of each synapse into (delay, w e^{1 + delay / beta}). */
export function simulateSynapses(count: i32): void {
  S.synapseBytes = <u32>SYNAPSE * count;
  for (let i = 0; i < count; i++) {
    const at = changetype<Synapse>(S.synapseTable + SYNAPSE * i);
    const model = modelOf(load<u32>(S.targetTable + 4 * i));
    let weight = at.strength;
    if (S.lif != 0) weight *= simulateGain(model);
    at.strength = weight * Math.exp(1.0 + at.delay * changetype<Model>(model).rate);
  }
}

@inline
function modelOf(neuronAt: u32): usize {
  return S.modelTable + <usize>(neuronAt - <u32>S.neuronTable) / NEURON * MODEL;
}

/** Binds the buffers that grow: cursors, gathered arrivals (`Slot`), output, pieces. */
export function simulateBuffers(
  cursorPtr: usize,
  cursorLimit: i32,
  gatherPtr: usize,
  gatherLimit: i32,
  timePtr: usize,
  neuronPtr: usize,
  outLimit: i32,
  piecePtr: usize,
  pieceLimit: i32,
): void {
  S.cursorTable = cursorPtr;
  S.cursorCapacity = cursorLimit;
  S.gathered = gatherPtr;
  S.gatherCapacity = gatherLimit;
  S.outTimes = timePtr;
  S.outNeurons = neuronPtr;
  S.outCapacity = outLimit;
  S.pieces = piecePtr;
  S.pieceCapacity = pieceLimit;
  S.windowSpikes = gatherPtr + (ARRIVAL + LINK) * <usize>gatherLimit;
}

/** Starts the run that lies at an address (`Task`), at rest. */
export function simulateStart(at: usize): void {
  const task = changetype<Task>(at);
  S.start = task.from;
  S.sigma = task.sigma;
  S.key0 = task.key0;
  S.key1 = task.key1;
  S.wiener = task.walks != 0;
  S.noisy = task.noisy != 0;
  S.forcedTimes = task.forcedTimes;
  S.forcedNeurons = task.forcedNeurons;
  S.forcedCount = task.forcedCount;
  S.most = S.neurons + task.burst;
  S.clamps = task.clamps;
  S.clampCount = task.clampCount;
  S.recorded = task.recorded;
  S.recordedCount = task.recordedCount;
  S.recordedFlags = task.recordedFlags;
  S.window = 0;
  S.phase = 0;
  S.cursors = 0;
  S.forced = 0;
  S.clamp = 0;
  S.outCount = 0;
  S.pieceCount = 0;
  S.events = 0;
  S.solved = 0;
  memory.fill(S.neuronTable, 0, NEURON * S.neurons);
  memory.fill(S.counts, 0, 4 * S.neurons);
  if (S.lif != 0) simulateRest();
  for (let i = 0; i < S.neurons; i++) {
    changetype<Model>(S.modelTable + MODEL * i).spikeWindow = 0;
    changetype<Model>(S.modelTable + MODEL * i).spikeOffset = 0;
    simulateThreshold(i, 0);
  }
}

/** Puts a run back to where it stood; the tables have been written already. */
export function simulateResume(
  at: f64,
  forcedDone: i32,
  clampsDone: i32,
  cursorCount: i32,
  held: i32,
  eventsDone: f64,
  solvedDone: f64,
): void {
  S.window = at;
  S.forced = forcedDone;
  S.clamp = clampsDone;
  S.cursors = cursorCount;
  S.outCount = held;
  S.events = eventsDone;
  S.solved = solvedDone;
}

export function simulateWindow(): f64 {
  return S.window;
}

export function simulateForced(): i32 {
  return S.forced;
}

export function simulateClamps(): i32 {
  return S.clamp;
}

export function simulateCursors(): i32 {
  return S.cursors;
}

export function simulateWindowEvents(): i32 {
  return S.windowEvents;
}

export function simulateEvents(): f64 {
  return S.events;
}

export function simulateSolved(): f64 {
  return S.solved;
}

/** How many spikes lie in the output, those after the end of the run included. */
export function simulateHeld(): i32 {
  return S.outCount;
}

/** How many spikes before the end lie in the output; the caller takes them away and calls `simulateTaken`. */
export function simulateTake(): i32 {
  let n = S.outCount;
  while (n > 0 && load<f64>(S.outTimes + 8 * (n - 1)) >= S.end) n--;
  return n;
}

/** Forgets the first n spikes of the output and all pieces. */
export function simulateTaken(n: i32): void {
  S.outCount -= n;
  memory.copy(S.outTimes, S.outTimes + 8 * n, 8 * S.outCount);
  memory.copy(S.outNeurons, S.outNeurons + 4 * n, 4 * S.outCount);
  S.pieceCount = 0;
}

export function simulatePieces(): i32 {
  return S.pieceCount;
}

/** Records a spike, which rounding must not put behind the first of the next window, and sends it on its way. */
function send(neuron: i32, offset: f64, number: u32): void {
  const time = Math.min(S.start + (S.window * S.D + offset), S.start + (S.window + 1.0) * S.D);
  store<f64>(S.outTimes + 8 * S.outCount, time);
  store<u32>(S.outNeurons + 4 * S.outCount, neuron);
  S.outCount++;
  const cursor = changetype<Cursor>(S.cursorTable + CURSOR * S.cursors++);
  cursor.offset = offset;
  cursor.growth = Math.exp(offset * S.rate);
  cursor.window = S.window;
  cursor.next = load<u32>(S.synapseStarts + 4 * neuron);
  cursor.start = load<u32>(S.synapseStarts + 4 * neuron);
  cursor.end = load<u32>(S.synapseStarts + 4 * neuron, 4);
  cursor.number = number;
}

/** Runs up to the first window that begins at `to` or later, or until the caller has to do something. */
export function simulateRun(to: f64): i32 {
  S.end = to;
  for (let windows = 0; S.start + S.window * S.D < S.end; windows++) {
    if (windows == WINDOWS) return GO_ON;
    if (S.phase == 0) {
      if (S.noisy) {
        if (!simulateTransmit(S.cursorTable, S.cursors, S.window)) return GROW_EVENTS;
        dropFinished();
        S.windowEvents = simulateTransmitApply(S.window);
        S.events += <f64>S.windowEvents;
      } else simulateDeliver();
      S.phase = 1;
    }
    // In the reset model a neuron can fire once per arrival, otherwise once in a window.
    const room = S.resets ? S.most + S.windowEvents : S.most;
    if (S.windowEvents + S.most > S.gatherCapacity) return GROW_GATHERED;
    if (S.outCount + room > S.outCapacity) return TAKE;
    if (S.recordedCount > 0 && S.pieceCount + 2 * (S.windowEvents + S.most) > S.pieceCapacity) return TAKE;
    if (S.cursors + room > S.cursorCapacity) return GROW_CURSORS;
    S.phase = 0;
    step();
    S.window += 1.0;
  }
  return FINISHED;
}

/** Lets go of cursors that are through. */
function dropFinished(): void {
  let kept = 0;
  for (let i = 0; i < S.cursors; i++) {
    const cursor = S.cursorTable + CURSOR * i;
    if (changetype<Cursor>(cursor).next == changetype<Cursor>(cursor).end) continue;
    const to = S.cursorTable + CURSOR * kept++;
    if (to != cursor) memory.copy(to, cursor, CURSOR);
  }
  S.cursors = kept;
}

/** One window, whose arrivals have been delivered. */
function step(): void {
  const before = S.outCount;
  const windowEnd = S.start + (S.window + 1.0) * S.D;
  S.blockCount = 0;
  for (; S.clamp < S.clampCount; S.clamp++) {
    const entry = S.clamps + CLAMP * S.clamp;
    if (changetype<Clamp>(entry).from >= windowEnd) break;
    beginClamp(changetype<Clamp>(entry));
  }
  // Imposed spikes come first: they decide who is refractory. They take their turn instead where a spike resets, and
  // on a neuron that may fire by itself earlier in this window.
  let n = 0;
  for (; S.forced < S.forcedCount && load<f64>(S.forcedTimes + 8 * S.forced) < windowEnd; S.forced++) {
    const neuron = load<u32>(S.forcedNeurons + 4 * S.forced);
    const offset = Math.max(load<f64>(S.forcedTimes + 8 * S.forced) - S.start - S.window * S.D, 0.0);
    if (S.resets || blocked(neuron)) {
      const at = S.gathered + ARRIVAL * n++;
      changetype<Arrival>(at).x0 = offset * changetype<Model>(S.modelTable + MODEL * neuron).rate;
      changetype<Arrival>(at).c = NaN;
      changetype<Arrival>(at).target = <u32>(S.neuronTable + NEURON * neuron);
    } else send(neuron, offset, simulateSpike(neuron, offset));
  }
  let marked = S.lif != 0 ? simulateMarkLif() : simulateMark();
  for (let i = 0; i < n; i++) {
    const at = S.gathered + ARRIVAL * i;
    const address = changetype<Arrival>(at).target;
    marked = simulateWatch((address - <u32>S.neuronTable) / <u32>NEURON, marked);
    simulateLink(changetype<Arrival>(at), address, i + 1);
  }
  for (let i = 0; i < S.blockCount; i++) marked = simulateWatch(changetype<Block>(S.blocks + BLOCK * i).neuron, marked);
  for (let i = 0; i < S.recordedCount; i++) marked = simulateWatch(load<u32>(S.recorded + 4 * i), marked);
  S.found = 0;
  if (S.noisy) simulateTransmitGather(S.window, S.gathered, n);
  else if (marked > 0) simulateGather(n);
  settle(marked);
  for (let i = 0; i < S.found; i++) {
    const spike = S.windowSpikes + SPIKE * i;
    send(changetype<Spike>(spike).neuron, changetype<Spike>(spike).offset, changetype<Spike>(spike).number);
  }
  if (S.lif != 0) simulateAdvanceLif();
  else simulateAdvance();
  order(before);
}

/** Whether a clamp of the neuron begins within this window. */
function blocked(neuron: i32): bool {
  for (let i = 0; i < S.blockCount; i++) if (changetype<Block>(S.blocks + BLOCK * i).neuron == neuron) return true;
  return false;
}

/** From now on, or from an offset of this window on, the neuron fires what is imposed only. */
function beginClamp(entry: Clamp): void {
  const neuron = entry.neuron;
  const at = changetype<Neuron>(S.neuronTable + NEURON * neuron);
  const offset = entry.from - S.start - S.window * S.D;
  if (offset > 0) {
    const block = changetype<Block>(S.blocks + BLOCK * S.blockCount++);
    block.neuron = neuron;
    block.offset = offset;
    block.ready = simulateReady(at);
  }
  const release = entry.to - S.start;
  const whole = Math.floor(release / S.D);
  const released = release - whole * S.D;
  if ((whole - S.window) * S.D + released > simulateReady(at)) {
    at.readyWindow = whole;
    at.readyOffset = released;
  }
}

/**
 * Solves the marked neurons. The slots lie as three tables: the gathered arrivals, the chain of one neuron, the spikes
 * found.
 */
function settle(marked: i32): void {
  const chain = S.gathered + ARRIVAL * <usize>S.gatherCapacity;
  for (let i = 0; i < marked; i++) {
    const neuron = load<u32>(S.candidates + 4 * i);
    // Its arrivals are linked from the last to the first.
    const last = <u32>(-1.0 - changetype<Neuron>(S.neuronTable + NEURON * neuron).freshSize);
    let mine = 0;
    for (let j = last; j != 0; j = changetype<Arrival>(S.gathered + ARRIVAL * (j - 1)).before) mine++;
    let to = chain + LINK * mine;
    for (let j = last; j != 0; ) {
      const from = S.gathered + ARRIVAL * (j - 1);
      to -= LINK;
      changetype<Link>(to).x0 = changetype<Arrival>(from).x0;
      changetype<Link>(to).c = changetype<Arrival>(from).c;
      j = changetype<Arrival>(from).before;
    }
    S.solved += 1.0;
    if (S.lif != 0) simulateFireLif(neuron, chain, mine);
    else simulateFire(neuron, chain, mine);
  }
}

/** Puts the output from `first` on in order of time, then neuron. */
function order(first: i32): void {
  for (let i = first + 1; i < S.outCount; i++) {
    const time = load<f64>(S.outTimes + 8 * i);
    const neuron = load<u32>(S.outNeurons + 4 * i);
    let j = i;
    for (; j > first; j--) {
      const earlier = load<f64>(S.outTimes + 8 * (j - 1));
      const other = load<u32>(S.outNeurons + 4 * (j - 1));
      if (earlier < time || (earlier == time && other <= neuron)) break;
      store<f64>(S.outTimes + 8 * j, earlier);
      store<u32>(S.outNeurons + 4 * j, other);
    }
    store<f64>(S.outTimes + 8 * j, time);
    store<u32>(S.outNeurons + 4 * j, neuron);
  }
}
