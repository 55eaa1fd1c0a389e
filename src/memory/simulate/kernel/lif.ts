// Leaky integrate-and-fire neurons in a window: z' = -z / tau_m + I, held at R from a spike to its release while the
// currents go on. Relative to the window's beginning, in units y of tau_s, lambda = tau_s / tau_m, delta = 1 - lambda,
//
//   I(y) = (p + q y) e^{-y},   z(y) = e^{-lambda y} (v + p F(y) + q G(y)),
//   F(y) = integral of e^{-delta s} over (0, y) = y phi_1(-delta y),
//   G(y) = integral of s e^{-delta s}            = y^2 (phi_1 - phi_2)(-delta y),
//
// smooth where both time constants are equal. Exponential currents have q = 0 and keep p as their b; alpha currents keep
// q as their b. While a neuron is held its v means nothing: at the release, at y = h, it becomes R e^{lambda h} - p F - q G.

import { LIF_ALPHA, LIF_EXP, simulatePhi1, simulatePhi2 } from "./add";
import { TOUCH } from "./crossing";
import { simulateNote, simulateReady, simulateSort } from "./neuron";
import { Block, Leak, Link, Membrane, Model, Neuron } from "./layout";
import { BLOCK, LEAK, LINK, MEMBRANE, MODEL, NEURON, S } from "./state";
import { randomLn } from "./random";

// The neuron that is looked at.
let v: f64 = 0;
let p: f64 = 0;
let q: f64 = 0;
let lambda: f64 = 0;
let delta: f64 = 0;

@inline
function F(y: f64): f64 {
  return y * simulatePhi1(-delta * y);
}

@inline
function G(y: f64): f64 {
  const z = -delta * y;
  return y * y * (simulatePhi1(z) - simulatePhi2(z));
}

/** (z - threshold) e^{lambda y}. */
function excess(y: f64, threshold: f64): f64 {
  return v + p * F(y) + (q == 0 ? 0 : q * G(y)) - threshold * Math.exp(lambda * y);
}

/** The sign of its derivative, concave: p + q y - threshold lambda e^y. */
@inline
function rise(y: f64, threshold: f64): f64 {
  return p + q * y - threshold * lambda * Math.exp(y);
}

/** Fills in what follows from lambda and the width of the window; lambda and the gain are there. */
export function simulateLeaks(): void {
  for (let i = 0; i < S.neurons; i++) {
    const leak = changetype<Leak>(S.leaks + LEAK * i);
    const W = changetype<Model>(S.modelTable + MODEL * i).width;
    lambda = leak.lambda;
    delta = 1 - lambda;
    leak.delta = delta;
    leak.shrink = Math.exp(-lambda * W);
    leak.ofP = F(W);
    leak.ofQ = G(W);
    leak.growth = Math.exp(Math.max(0.0, -delta * W));
  }
  S.delta = changetype<Leak>(S.leaks).delta;
}

/** Current per weight of a neuron, e left out as it stands in all strengths. */
@inline
export function simulateGain(model: usize): f64 {
  return changetype<Leak>(S.leaks + (model - S.modelTable) / (MODEL / LEAK)).gain;
}

/** Nobody is held. */
export function simulateRest(): void {
  memory.fill(S.membranes, 0, MEMBRANE * S.neurons);
  for (let i = 0; i < S.neurons; i++) changetype<Membrane>(S.membranes + MEMBRANE * i).heldWindow = -1;
}

/** At which offset of this window, in raw time, a neuron is released; Infinity if it is not held. */
@inline
function releaseOf(membrane: Membrane): f64 {
  const since = membrane.heldWindow;
  return since < 0 ? Infinity : (since - S.window) * S.D + membrane.releaseOffset;
}

/**
 * Marks the neurons that are released or may fire in this window. With I+ the highest that I e^y can be,
 * (z - threshold) e^{lambda y} <= v - threshold + y (growth I+ - threshold lambda), growth = max(1, e^{-delta W}).
 */
export function simulateMarkLif(): i32 {
  let n = 0;
  for (let i = 0; i < S.neurons; i++) {
    const at = changetype<Neuron>(S.neuronTable + NEURON * i);
    const membrane = changetype<Membrane>(S.membranes + MEMBRANE * i);
    const release = releaseOf(membrane);
    if (release < Infinity) {
      if (release >= S.D) continue;
    } else {
      const leak = changetype<Leak>(S.leaks + LEAK * i);
      const W = changetype<Model>(S.modelTable + MODEL * i).width;
      const threshold = at.threshold;
      // Half the sum of c and |c| over all arrivals is the sum of the positive ones.
      let most = at.b + 0.5 * (at.freshB + at.freshSize);
      if (S.lif == LIF_ALPHA) most = membrane.p + W * Math.max(0.0, most);
      const climb = leak.growth * Math.max(0.0, most) - threshold * leak.lambda;
      if (at.a - threshold + W * Math.max(0.0, climb) < -TOUCH * threshold) continue;
      if (simulateReady(at) >= S.D) continue;
    }
    at.freshSize = -1;
    store<u32>(S.candidates + 4 * n++, i);
  }
  return n;
}

/** The last y in [from, to] up to which z - threshold can rise: the last root of its concave derivative, or an end. */
function topOf(from: f64, to: f64, threshold: f64): f64 {
  if (rise(to, threshold) >= 0) return to;
  const floor = threshold * lambda;
  if (q == 0) return p > floor * Math.exp(from) ? Math.min(randomLn(p / floor), to) : from;
  // The derivative is highest where q = floor e^y; right of that Newton from the right never passes the root.
  let low = from;
  if (q > floor * Math.exp(from)) low = Math.min(randomLn(q / floor), to);
  if (rise(low, threshold) <= 0) return from;
  let y = to;
  for (let i = 0; i < 100; i++) {
    const growth = floor * Math.exp(y);
    const next = y - (p + q * y - growth) / (q - growth);
    if (!(next < y)) break;
    y = Math.max(next, low);
  }
  return y;
}

/**
 * The first y in [from, to] where z reaches the threshold, or NaN. Below it z - threshold may fall first, then rises up
 * to its top: the crossing is bracketed by the two, where Newton's method takes over from bisection.
 */
function crossing(from: f64, to: f64, threshold: f64): f64 {
  if (excess(from, threshold) >= 0) return from;
  const top = topOf(from, to, threshold);
  const height = excess(top, threshold);
  if (!(height >= -TOUCH * threshold * Math.exp(lambda * top))) return NaN;
  if (height <= 0) return top;
  let low = from;
  let high = top;
  let y = 0.5 * (low + high);
  for (let i = 0; i < 200; i++) {
    const f = excess(y, threshold);
    if (f >= 0) high = y;
    else low = y;
    const step = f / (Math.exp(-delta * y) * rise(y, threshold));
    let next = y - step;
    if (!(next > low && next < high)) {
      // Newton has come to rest beside an end, or would leave the bracket.
      if (Math.abs(step) <= 1e-16 + 4e-16 * y) break;
      next = 0.5 * (low + high);
      if (!(next > low && next < high)) break;
    }
    y = next;
  }
  return y;
}

/**
 * Carries a marked neuron through the window, over its arrivals chained from `first`, as `simulateFire` does. One function,
 * longer than most: it is the event loop, and its state stays in registers.
 */
export function simulateFireLif(neuron: i32, first: usize, n: i32): void {
  const at = changetype<Neuron>(S.neuronTable + NEURON * neuron);
  const model = changetype<Model>(S.modelTable + MODEL * neuron);
  const membrane = changetype<Membrane>(S.membranes + MEMBRANE * neuron);
  const W = model.width;
  const beta = model.beta;
  const inverse = model.rate;
  const alpha = S.lif == LIF_ALPHA;
  delta = changetype<Leak>(S.leaks + LEAK * neuron).delta;
  lambda = changetype<Leak>(S.leaks + LEAK * neuron).lambda;
  v = at.a;
  p = alpha ? membrane.p : at.b;
  q = alpha ? at.b : 0;
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
  let release = Math.max(0.0, releaseOf(membrane) * inverse);
  let released = false;
  for (let i = 0; i <= n; i++) {
    const next = i < n ? Math.min(changetype<Link>(first + LINK * i).x0, W) : W;
    for (;;) {
      if (release <= next && release < W) {
        v = S.resetValue * Math.exp(lambda * release) - p * F(release) - (alpha ? q * G(release) : 0);
        x = Math.max(x, release);
        release = Infinity;
        membrane.heldWindow = -1;
        released = true;
      }
      if (release < Infinity || x > next) break;
      const t = crossing(x, next, at.threshold);
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
      simulateNote(neuron, t * beta);
      // Before a clamp that begins later in the window only refractoriness counts.
      x = block < Infinity ? t + model.refractory * inverse : simulateReady(at) * inverse;
      release = releaseOf(membrane) * inverse;
    }
    if (i == n) break;
    const x0 = changetype<Link>(first + LINK * i).x0;
    const c = changetype<Link>(first + LINK * i).c;
    if (c != c) {
      // An imposed spike that takes its turn.
      simulateNote(neuron, x0 * beta);
      x = Math.max(x, simulateReady(at) * inverse);
      release = releaseOf(membrane) * inverse;
    } else if (alpha) {
      v += c * x0 * x0 * simulatePhi2(-delta * x0);
      p -= c * x0;
      q += c;
    } else {
      v -= c * x0 * simulatePhi1(-delta * x0);
      p += c;
    }
  }
  if (!released) return;
  // The currents stand in the sums of the window.
  at.a = v;
  at.freshA = 0;
}

/** Moves every neuron to the end of the window. */
export function simulateAdvanceLif(): void {
  if (S.lif == LIF_EXP) advanceAll<f32>();
  else advanceAll<f64>();
}

/** Denormal numbers would stick in silence and cost many times a normal step. */
@inline
function flushed(x: f64): f64 {
  return Math.abs(x) < 1e-200 ? 0 : x;
}

function advanceAll<Current>(): void {
  const flush = (<i64>S.window & 63) == 0;
  for (let i = 0; i < S.neurons; i++) {
    const at = changetype<Neuron>(S.neuronTable + NEURON * i);
    const leak = changetype<Leak>(S.leaks + LEAK * i);
    const W = changetype<Model>(S.modelTable + MODEL * i).width;
    const fall = changetype<Model>(S.modelTable + MODEL * i).shrink;
    let b = at.b + at.freshB;
    let a = at.a + at.freshA;
    if (sizeof<Current>() == 8) {
      const membrane = changetype<Membrane>(S.membranes + MEMBRANE * i);
      const level = membrane.p + membrane.freshP;
      a += level * leak.ofP + b * leak.ofQ;
      const moved = (level + b * W) * fall;
      membrane.p = flush ? flushed(moved) : moved;
      membrane.freshP = 0;
    } else a += b * leak.ofP;
    a *= leak.shrink;
    b *= fall;
    at.a = flush ? flushed(a) : a;
    at.b = flush ? flushed(b) : b;
    v128.store(changetype<usize>(at), i64x2.splat(0), offsetof<Neuron>("freshA"));
    at.freshSize = 0;
  }
}
