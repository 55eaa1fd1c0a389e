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
import { type Score, spikesOf } from '../score/index.js';
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

/** Arrivals in order of time, the first `count` of every array: when, with which weight, and what is found there. */
interface Circle {
  readonly count: number;
  readonly period: number;
  readonly times: Float64Array;
  readonly weights: Float64Array;
  /** How long after the one before, round the circle, and e to the minus of that. */
  readonly gaps: Float64Array;
  readonly fades: Float64Array;
  readonly found: Float64Array;
}

/** Adds what the arrivals that come earlier contribute at each. */
function addEarlier({ count, period, times, weights, gaps, fades, found }: Circle): void {
  let level = 0;
  let drive = 0;
  for (let e = 0; e < count; e++) {
    // Of what is only there to close the circle the older part leaves nothing.
    if (times[e] < period - MEMORY) continue;
    level = (level + drive * gaps[e]) * fades[e] + weights[e];
    drive = drive * fades[e] + weights[e];
  }
  [level, drive] = everyPeriod(level, drive, period);
  for (let e = 0; e < count; e++) {
    const now = (level + drive * gaps[e]) * fades[e];
    found[e] += now;
    level = now + weights[e];
    drive = drive * fades[e] + weights[e];
  }
}

/** The same of those that come later: the way back from an arrival is the gap before the one after it. */
function addLater({ count, period, times, weights, gaps, fades, found }: Circle): void {
  const last = count - 1;
  let level = 0;
  let drive = 0;
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
  const count = times.length;
  if (count === 0) return;
  const around = period / beta;
  const scaled = beta === 1 ? times : times.map((time) => time / beta);
  const weights = buffers.f64('weights', count);
  const gaps = buffers.f64('gaps', count);
  const fades = buffers.f64('fades', count);
  const found = buffers.f64('found', count);
  let before = scaled[count - 1] - around;
  for (let e = 0; e < count; e++) {
    const time = scaled[e];
    const weight = weightOf[synapses[e]];
    const gap = time - before;
    gaps[e] = gap;
    fades[e] = fadeOf(gap);
    weights[e] = weight;
    found[e] = weight;
    before = time;
  }
  const circle = { count, period: around, times: scaled, weights, gaps, fades, found };
  addEarlier(circle);
  addLater(circle);
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE * beta) / (4 * period);
  for (let e = 0; e < count; e++) gradient[synapses[e]] += unit * found[e];
}

const known = new WeakMap<Score, Map<number, Map<number, number>>>();

/** The energy of the potential that each source makes through one synapse of weight 1, which no delay changes; found once a score. */
export function energiesOf(score: Score, beta: number): (source: number) => number {
  const ofScore = known.get(score) ?? new Map<number, Map<number, number>>();
  known.set(score, ofScore);
  const energies = ofScore.get(beta) ?? new Map<number, number>();
  ofScore.set(beta, energies);
  const unit = Float64Array.of(1);
  return (source) => {
    const before = energies.get(source);
    if (before !== undefined) return before;
    const times = spikesOf(score, source);
    const energy = new Float64Array(1);
    addCorrelated({ times, synapses: new Uint32Array(times.length), period: score.period }, beta, unit, energy);
    energies.set(source, energy[0]);
    return energy[0];
  };
}
