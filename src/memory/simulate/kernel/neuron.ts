// What a neuron does in a window: whether it can fire, when it does, and where it stands at the end. Offsets of a
// neuron with its own time constant are y = x / beta.

import { normalDraw } from "./random";
import { simulateCrossing, TOUCH } from "./crossing";
import { Block, Link, Membrane, Model, Neuron, Piece, Spike } from "./layout";
import { BLOCK, LINK, MEMBRANE, MODEL, NEURON, PIECE, SPIKE, S } from "./state";

// Loops over all neurons exist twice, for one time constant and for one each: a type is the compiler's way to say so.
type OneScale = i32;
type OwnScale = f64;

/** Thresholds are drawn from a normal law; at or below zero they would make a silent neuron fire for ever. */
const LEAST_THRESHOLD: f64 = 0.001;

/** Draws the threshold after a spike at an offset of this window: anew, or a step of a random walk. */
export function simulateThreshold(neuron: i32, offset: f64): void {
  const model = changetype<Model>(S.modelTable + MODEL * neuron);
  const at = changetype<Neuron>(S.neuronTable + NEURON * neuron);
  const count = load<u32>(S.counts + 4 * neuron);
  store<u32>(S.counts + 4 * neuron, count + 1);
  let threshold = model.threshold;
  if (S.sigma > 0) {
    let deviation = S.sigma;
    if (S.wiener) {
      if (count > 0) threshold = at.threshold;
      const elapsed = (S.window - model.spikeWindow) * S.D + offset - model.spikeOffset;
      deviation *= Math.sqrt(Math.max(elapsed, 0.0));
      model.spikeWindow = S.window;
      model.spikeOffset = offset;
    }
    const least = LEAST_THRESHOLD + (S.resets ? Math.max(S.resetValue, 0.0) : 0.0);
    threshold = Math.max(threshold + deviation * normalDraw(S.key0, S.key1, neuron, count), least);
  }
  at.threshold = threshold;
}

/**
 * Marks the neurons that may fire in this window. On it z e^x <= a + (b + positive arrivals) x and
 * threshold e^x >= threshold (1 + x), hence no spike unless a - threshold + D max(0, b + positive - threshold) >= 0.
 */
export function simulateMark(): i32 {
  return S.scaled ? markAll<OwnScale>() : markAll<OneScale>();
}

function markAll<Scale>(): i32 {
  let n = 0;
  let W = S.D;
  for (let i = 0; i < S.neurons; i++) {
    const at = changetype<Neuron>(S.neuronTable + NEURON * i);
    if (isFloat<Scale>()) W = changetype<Model>(S.modelTable + MODEL * i).width;
    const threshold = at.threshold;
    // Half the sum of c and |c| over all arrivals is the sum of the positive ones.
    const rise = at.b + 0.5 * (at.freshB + at.freshSize) - threshold;
    if (at.a - threshold + W * Math.max(0.0, rise) < -TOUCH * threshold) continue;
    const wait = (at.readyWindow - S.window) * S.D + at.readyOffset;
    if (wait >= S.D) continue;
    at.freshSize = -1;
    store<u32>(S.candidates + 4 * n++, i);
  }
  return n;
}

/** Marks a neuron whatever its bound; returns how many are marked then. */
export function simulateWatch(neuron: i32, n: i32): i32 {
  const at = changetype<Neuron>(S.neuronTable + NEURON * neuron);
  if (at.freshSize < 0) return n;
  at.freshSize = -1;
  store<u32>(S.candidates + 4 * n, neuron);
  return n + 1;
}

/**
 * Carries a marked neuron through the window, over its arrivals chained from `first`; its spikes go to windowSpikes. One
 * function, longer than most: it is the event loop, and its state stays in registers.
 */
export function simulateFire(neuron: i32, first: usize, n: i32): void {
  const at = changetype<Neuron>(S.neuronTable + NEURON * neuron);
  const model = changetype<Model>(S.modelTable + MODEL * neuron);
  const W = model.width;
  const inverse = model.rate;
  const traced = S.recordedCount > 0 && load<u8>(S.recordedFlags + neuron) != 0;
  let a = at.a;
  let b = at.b;
  simulateSort(first, n);
  // A clamp that begins within the window leaves the neuron what comes before, from when it was ready then.
  let x = Math.max(0.0, simulateReady(at) * inverse);
  let block: f64 = Infinity;
  for (let i = 0; i < S.blockCount; i++) {
    const entry = changetype<Block>(S.blocks + BLOCK * i);
    if (entry.neuron != neuron) continue;
    block = entry.offset * inverse;
    x = Math.max(0.0, entry.ready * inverse);
  }
  let reset = false;
  for (let i = 0; i <= n; i++) {
    const next = i < n ? Math.min(changetype<Link>(first + LINK * i).x0, W) : W;
    while (next >= x) {
      const t = simulateCrossing(a, b, x, next, at.threshold);
      if (t >= block) {
        x = simulateReady(at) * inverse;
        block = Infinity;
        continue;
      }
      // The window is half open: what happens at its end belongs to the next.
      if (!(t < W)) {
        x = next;
        break;
      }
      simulateNote(neuron, t * model.beta);
      // Before a clamp that begins later in the window only refractoriness counts.
      x = block < Infinity ? t + model.refractory * inverse : simulateReady(at) * inverse;
      if (S.resets) {
        a = S.resetValue * Math.exp(t);
        b = 0;
        reset = true;
        if (traced) notePiece(neuron, model, t, a, b);
      } else if (x >= W && S.blockCount == 0 && !traced) return;
    }
    if (i < n) {
      const x0 = changetype<Link>(first + LINK * i).x0;
      const c = changetype<Link>(first + LINK * i).c;
      if (c != c) {
        // An imposed spike that takes its turn.
        simulateNote(neuron, x0 * model.beta);
        x = Math.max(x, simulateReady(at) * inverse);
        if (S.resets) {
          a = S.resetValue * Math.exp(x0);
          b = 0;
          reset = true;
        }
      } else {
        a -= c * x0;
        b += c;
      }
      if (traced) notePiece(neuron, model, x0, a, b);
    }
  }
  if (!reset) return;
  at.a = a;
  at.b = b;
  at.freshA = 0;
  at.freshB = 0;
}

/** Sorts (x0, c) by insertion, ties in place: a neuron has few arrivals in a window. */
export function simulateSort(first: usize, n: i32): void {
  for (let i = 1; i < n; i++) {
    const x0 = changetype<Link>(first + LINK * i).x0;
    const c = changetype<Link>(first + LINK * i).c;
    let j = i;
    for (; j > 0 && changetype<Link>(first + LINK * (j - 1)).x0 > x0; j--) {
      changetype<Link>(first + LINK * j).x0 = changetype<Link>(first + LINK * (j - 1)).x0;
      changetype<Link>(first + LINK * j).c = changetype<Link>(first + LINK * (j - 1)).c;
    }
    changetype<Link>(first + LINK * j).x0 = x0;
    changetype<Link>(first + LINK * j).c = c;
  }
}

/** From which offset of this window on a neuron may fire. */
@inline
export function simulateReady(at: Neuron): f64 {
  return (at.readyWindow - S.window) * S.D + at.readyOffset;
}

/** z = (level + drive y) e^{-y} from this offset on, y in units of beta; a and b belong to the window's beginning. */
function notePiece(neuron: i32, model: Model, y0: f64, a: f64, b: f64): void {
  const at = changetype<Piece>(S.pieces + PIECE * S.pieceCount++);
  const fall = Math.exp(-y0);
  at.neuron = neuron;
  at.time = S.start + (S.window * S.D + y0 * model.beta);
  at.level = (a + b * y0) * fall;
  at.drive = b * fall;
}

/** A spike makes its neuron refractory and draws its next threshold; returns its number. */
export function simulateSpike(neuron: i32, offset: f64): u32 {
  const at = changetype<Neuron>(S.neuronTable + NEURON * neuron);
  const number = load<u32>(S.counts + 4 * neuron) - 1;
  const free = offset + changetype<Model>(S.modelTable + MODEL * neuron).refractory;
  if (S.lif != 0) {
    const membrane = changetype<Membrane>(S.membranes + MEMBRANE * neuron);
    membrane.heldWindow = S.window;
    membrane.releaseOffset = free;
  }
  // A clamped neuron is not ready before its release.
  if (free > simulateReady(at)) {
    at.readyWindow = S.window;
    at.readyOffset = free;
  }
  simulateThreshold(neuron, offset);
  return number;
}

/** Puts a spike among those of the window, in order of time. */
export function simulateNote(neuron: i32, offset: f64): void {
  const number = simulateSpike(neuron, offset);
  let slot = S.found++;
  for (; slot > 0 && changetype<Spike>(S.windowSpikes + SPIKE * (slot - 1)).offset > offset; slot--) {
    memory.copy(S.windowSpikes + SPIKE * slot, S.windowSpikes + SPIKE * (slot - 1), SPIKE);
  }
  changetype<Spike>(S.windowSpikes + SPIKE * slot).offset = offset;
  changetype<Spike>(S.windowSpikes + SPIKE * slot).neuron = neuron;
  changetype<Spike>(S.windowSpikes + SPIKE * slot).number = number;
}

/** Moves every neuron to the end of the window. */
export function simulateAdvance(): void {
  if (S.scaled) advanceAll<OwnScale>();
  else advanceAll<OneScale>();
}

function advanceAll<Scale>(): void {
  const flush = (<i64>S.window & 63) == 0;
  let W = S.D;
  let q = S.shrink;
  for (let i = 0; i < S.neurons; i++) {
    const at = changetype<Neuron>(S.neuronTable + NEURON * i);
    if (isFloat<Scale>()) {
      W = changetype<Model>(S.modelTable + MODEL * i).width;
      q = changetype<Model>(S.modelTable + MODEL * i).shrink;
    }
    const b = at.b + at.freshB;
    let a = (at.a + at.freshA + b * W) * q;
    let drive = b * q;
    // Denormal numbers would stick in silence and cost many times a normal step.
    if (flush && Math.abs(a) + Math.abs(drive) < 1e-200) {
      a = 0;
      drive = 0;
    }
    at.a = a;
    at.b = drive;
    v128.store(changetype<usize>(at), i64x2.splat(0), offsetof<Neuron>("freshA"));
    at.freshSize = 0;
  }
}
