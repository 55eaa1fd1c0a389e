/**
 * The quadratic form of spread.ts for the verifier, of neurons that no spike changes, from the autocorrelation of their kernel:
 *
 *   (H_s w_s)_k = (1/T) sum over arrivals a of synapse k, arrivals b of source s and all periods of w_b c(a - b),
 *   c(u) = int h(t) h(t + |u|) dt = e^2/4 beta (1 + |u| / beta) e^{-|u| / beta},     h(t) = (t / beta) e^{1 - t / beta}.
 *
 * What the arrivals before a moment contribute there has the form A + B x, times e^{-x}, x after the last of them: one walk round the
 * circle of a source forwards, and one backwards for those after it, each begun with what all other periods leave.
 */
import { decay, exp, freshBuffers } from '../../core/index.js';
import type { Arrivals } from './arrivals.js';
import { everyPeriod, horizonFor, KERNEL_DRIVE } from './kernel.js';

/** The age beyond which nothing is left that a double could show. */
const MEMORY = horizonFor(1e-18);

/** e^{-i/16} */
const STEPS = Float64Array.from({ length: 1024 }, (_, i) => exp(-i / 16));

/** e^{-x} for x >= 0: whole sixteenths from the table, and a rest so short that its series will do. */
function fadeOf(x: number): number {
  const steps = (16 * x) | 0;
  return steps < STEPS.length ? STEPS[steps] * decay(x - steps / 16) : exp(-x);
}

/** Arrivals in order of time: when, with which weight, how long after the one before, round the circle, and e to the minus of that. */
interface Circle {
  readonly times: Float64Array;
  readonly period: number;
  readonly weights: Float64Array;
  readonly gaps: Float64Array;
  readonly fades: Float64Array;
}

/** Adds to `found` what the arrivals that come earlier contribute at each. */
function addEarlier({ times, period, weights, gaps, fades }: Circle, found: Float64Array): void {
  let [level, drive] = [0, 0];
  for (let e = 0; e < times.length; e++) {
    // Of what is only there to close the circle the older part leaves nothing.
    if (times[e] < period - MEMORY) continue;
    level = (level + drive * gaps[e]) * fades[e] + weights[e];
    drive = drive * fades[e] + weights[e];
  }
  [level, drive] = everyPeriod(level, drive, period);
  for (let e = 0; e < times.length; e++) {
    const now = (level + drive * gaps[e]) * fades[e];
    found[e] += now;
    level = now + weights[e];
    drive = drive * fades[e] + weights[e];
  }
}

/** The same of those that come later: the way back from an arrival is the gap before the one after it. */
function addLater({ times, period, weights, gaps, fades }: Circle, found: Float64Array): void {
  const last = times.length - 1;
  let [level, drive] = [0, 0];
  for (let e = last; e >= 0; e--) {
    if (times[e] > MEMORY) continue;
    const after = e < last ? e + 1 : 0;
    level = (level + drive * gaps[after]) * fades[after] + weights[e];
    drive = drive * fades[after] + weights[e];
  }
  [level, drive] = everyPeriod(level, drive, period);
  for (let e = last; e >= 0; e--) {
    const after = e < last ? e + 1 : 0;
    const now = (level + drive * gaps[after]) * fades[after];
    found[e] += now;
    level = now + weights[e];
    drive = drive * fades[after] + weights[e];
  }
}

/**
 * Adds H w of the synapses of one source, or of what counts as one, to `gradient`. `beta` is the time constant of the kernel; the arrivals
 * are those of these synapses alone.
 */
export function addCorrelated(
  { times, synapses, period }: Pick<Arrivals, 'times' | 'synapses' | 'period'>,
  beta: number,
  weightOf: Float64Array,
  gradient: Float64Array,
  buffers = freshBuffers,
): void {
  const n = times.length;
  if (n === 0) return;
  const [scaled, weights, gaps, fades, found] = ['scaled', 'weights', 'gaps', 'fades', 'found'].map((name) =>
    buffers.f64(name, n),
  );
  const around = period / beta;
  for (let e = 0; e < n; e++) scaled[e] = beta === 1 ? times[e] : times[e] / beta;
  let before = scaled[n - 1] - around;
  for (let e = 0; e < n; e++) {
    gaps[e] = scaled[e] - before;
    fades[e] = fadeOf(gaps[e]);
    before = scaled[e];
    found[e] = weights[e] = weightOf[synapses[e]];
  }
  const circle = { times: scaled, period: around, weights, gaps, fades };
  addEarlier(circle, found);
  addLater(circle, found);
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE * beta) / (4 * period);
  for (let e = 0; e < n; e++) gradient[synapses[e]] += unit * found[e];
}
