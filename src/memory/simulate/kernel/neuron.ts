// What a neuron does in a window: whether it can fire, when it does, and where it stands at the end. Offsets of a
// neuron with its own time constant are y = x / beta.

import { normalDraw } from "../../../core/kernel/philox";
import { simulateCrossing, TOUCH } from "./crossing";
import { BLOCK, MEMBRANE, MODEL, NEURON, PIECE, S } from "./state";

// Loops over all neurons exist twice, for one time constant and for one each: a type is the compiler's way to say so.
type OneScale = i32;
type OwnScale = f64;

/** Thresholds are drawn from a normal law; at or below zero they would make a silent neuron fire for ever. */
const LEAST_THRESHOLD: f64 = 0.001;

/** Draws the threshold after a spike at an offset of this window: anew, or a step of a random walk. */
export function simulateThreshold(neuron: i32, offset: f64): void {
  const model = S.modelTable + MODEL * neuron;
  const at = S.neuronTable + NEURON * neuron;
  const count = load<u32>(S.counts + 4 * neuron);
  store<u32>(S.counts + 4 * neuron, count + 1);
  let threshold = load<f64>(model);
  if (S.sigma > 0) {
    let deviation = S.sigma;
    if (S.wiener) {
      if (count > 0) threshold = load<f64>(at, 40);
      const elapsed = (S.window - load<f64>(model, 40)) * S.D + offset - load<f64>(model, 48);
      deviation *= Math.sqrt(Math.max(elapsed, 0.0));
      store<f64>(model, S.window, 40);
      store<f64>(model, offset, 48);
    }
    const least = LEAST_THRESHOLD + (S.resets ? Math.max(S.resetValue, 0.0) : 0.0);
    threshold = Math.max(threshold + deviation * normalDraw(S.key0, S.key1, neuron, count), least);
  }
  store<f64>(at, threshold, 40);
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
    const at = S.neuronTable + NEURON * i;
    if (isFloat<Scale>()) W = load<f64>(S.modelTable + MODEL * i, 24);
    const threshold = load<f64>(at, 40);
    // Half the sum of c and |c| over all arrivals is the sum of the positive ones.
    const rise = load<f64>(at, 8) + 0.5 * (load<f64>(at, 24) + load<f64>(at, 32)) - threshold;
    if (load<f64>(at) - threshold + W * Math.max(0.0, rise) < -TOUCH * threshold) continue;
    const wait = (load<f64>(at, 48) - S.window) * S.D + load<f64>(at, 56);
    if (wait >= S.D) continue;
    store<f64>(at, -1, 32);
    store<u32>(S.candidates + 4 * n++, i);
  }
  return n;
}

/** Marks a neuron whatever its bound; returns how many are marked then. */
export function simulateWatch(neuron: i32, n: i32): i32 {
  const at = S.neuronTable + NEURON * neuron;
  if (load<f64>(at, 32) < 0) return n;
  store<f64>(at, -1, 32);
  store<u32>(S.candidates + 4 * n, neuron);
  return n + 1;
}

/** Carries a marked neuron through the window, over its arrivals chained from `first`; its spikes go to windowSpikes. */
export function simulateFire(neuron: i32, first: usize, n: i32): void {
  const at = S.neuronTable + NEURON * neuron;
  const model = S.modelTable + MODEL * neuron;
  const W = load<f64>(model, 24);
  const inverse = load<f64>(model, 56);
  const traced = S.recordedCount > 0 && load<u8>(S.recordedFlags + neuron) != 0;
  let a = load<f64>(at);
  let b = load<f64>(at, 8);
  simulateSort(first, n);
  // A clamp that begins within the window leaves the neuron what comes before, from when it was ready then.
  let x = Math.max(0.0, simulateReady(at) * inverse);
  let block: f64 = Infinity;
  for (let i = 0; i < S.blockCount; i++) {
    const entry = S.blocks + BLOCK * i;
    if (load<u32>(entry) != neuron) continue;
    block = load<f64>(entry, 8) * inverse;
    x = Math.max(0.0, load<f64>(entry, 16) * inverse);
  }
  let reset = false;
  for (let i = 0; i <= n; i++) {
    const next = i < n ? Math.min(load<f64>(first + 16 * i), W) : W;
    while (next >= x) {
      const t = simulateCrossing(a, b, x, next, load<f64>(at, 40));
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
      simulateNote(neuron, t * load<f64>(model, 16));
      // Before a clamp that begins later in the window only refractoriness counts.
      x = block < Infinity ? t + load<f64>(model, 8) * inverse : simulateReady(at) * inverse;
      if (S.resets) {
        a = S.resetValue * Math.exp(t);
        b = 0;
        reset = true;
        if (traced) notePiece(neuron, model, t, a, b);
      } else if (x >= W && S.blockCount == 0 && !traced) return;
    }
    if (i < n) {
      const x0 = load<f64>(first + 16 * i);
      const c = load<f64>(first + 16 * i, 8);
      if (c != c) {
        // An imposed spike that takes its turn.
        simulateNote(neuron, x0 * load<f64>(model, 16));
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
  store<f64>(at, a);
  store<f64>(at, b, 8);
  store<f64>(at, 0, 16);
  store<f64>(at, 0, 24);
}

/** Sorts (x0, c) by insertion, ties in place: a neuron has few arrivals in a window. */
export function simulateSort(first: usize, n: i32): void {
  for (let i = 1; i < n; i++) {
    const x0 = load<f64>(first + 16 * i);
    const c = load<f64>(first + 16 * i, 8);
    let j = i;
    for (; j > 0 && load<f64>(first + 16 * (j - 1)) > x0; j--) {
      store<f64>(first + 16 * j, load<f64>(first + 16 * (j - 1)));
      store<f64>(first + 16 * j, load<f64>(first + 16 * (j - 1), 8), 8);
    }
    store<f64>(first + 16 * j, x0);
    store<f64>(first + 16 * j, c, 8);
  }
}

/** From which offset of this window on a neuron may fire. */
@inline
export function simulateReady(at: usize): f64 {
  return (load<f64>(at, 48) - S.window) * S.D + load<f64>(at, 56);
}

/** z = (level + drive y) e^{-y} from this offset on, y in units of beta; a and b belong to the window's begin. */
function notePiece(neuron: i32, model: usize, y0: f64, a: f64, b: f64): void {
  const at = S.pieces + PIECE * S.pieceCount++;
  const fall = Math.exp(-y0);
  store<u32>(at, neuron);
  store<f64>(at, S.start + (S.window * S.D + y0 * load<f64>(model, 16)), 8);
  store<f64>(at, (a + b * y0) * fall, 16);
  store<f64>(at, b * fall, 24);
}

/** A spike makes its neuron refractory and draws its next threshold; returns its number. */
export function simulateSpike(neuron: i32, offset: f64): u32 {
  const at = S.neuronTable + NEURON * neuron;
  const number = load<u32>(S.counts + 4 * neuron) - 1;
  const free = offset + load<f64>(S.modelTable + MODEL * neuron, 8);
  if (S.lif != 0) {
    const membrane = S.membranes + MEMBRANE * neuron;
    store<f64>(membrane, S.window, 16);
    store<f64>(membrane, free, 24);
  }
  // A clamped neuron is not ready before its release.
  if (free > simulateReady(at)) {
    store<f64>(at, S.window, 48);
    store<f64>(at, free, 56);
  }
  simulateThreshold(neuron, offset);
  return number;
}

/** Puts a spike among those of the window, in order of time. */
export function simulateNote(neuron: i32, offset: f64): void {
  const number = simulateSpike(neuron, offset);
  let slot = S.found++;
  for (; slot > 0 && load<f64>(S.windowSpikes + 16 * (slot - 1)) > offset; slot--) {
    memory.copy(S.windowSpikes + 16 * slot, S.windowSpikes + 16 * (slot - 1), 16);
  }
  store<f64>(S.windowSpikes + 16 * slot, offset);
  store<u32>(S.windowSpikes + 16 * slot, neuron, 8);
  store<u32>(S.windowSpikes + 16 * slot, number, 12);
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
    const at = S.neuronTable + NEURON * i;
    if (isFloat<Scale>()) {
      W = load<f64>(S.modelTable + MODEL * i, 24);
      q = load<f64>(S.modelTable + MODEL * i, 32);
    }
    const b = load<f64>(at, 8) + load<f64>(at, 24);
    let a = (load<f64>(at) + load<f64>(at, 16) + b * W) * q;
    let drive = b * q;
    // Denormal numbers would stick in silence and cost many times a normal step.
    if (flush && Math.abs(a) + Math.abs(drive) < 1e-200) {
      a = 0;
      drive = 0;
    }
    store<f64>(at, a);
    store<f64>(at, drive, 8);
    v128.store(at, i64x2.splat(0), 16);
    store<f64>(at, 0, 32);
  }
}
