/**
 * The quadratic form of spread.ts for the verifier, of neurons that no spike changes, from the autocorrelation of their kernel:
 *
 *   (H_s w_s)_k = (1/T) sum over arrivals a of synapse k, arrivals b of source s and all periods of w_b c(a - b),
 *   c(u) = int h(t) h(t + |u|) dt = e^2/4 beta (1 + |u| / beta) e^{-|u| / beta},     h(t) = (t / beta) e^{1 - t / beta}.
 *
 * What the arrivals before a moment contribute there has the form A + B x, times e^{-x}, x after the last of them: one walk round the
 * circle of a source forwards, and one backwards for those after it, each begun with what all other periods leave.
 */
import { type Buffers, decay, exp, freshBuffers } from '../../core/index.js';
import { type Score, spikesOf } from '../score/index.js';
import type { Arrivals, Inputs } from './arrivals.js';
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

/** Arrivals of one source, in order of time from number `first` up to `last`: when, with which weight, and what is found there. */
interface Circle {
  readonly first: number;
  readonly last: number;
  readonly period: number;
  readonly times: Float64Array;
  readonly weights: Float64Array;
  /** How long after the one before, round the circle, and e to the minus of that. */
  readonly gaps: Float64Array;
  readonly fades: Float64Array;
  readonly found: Float64Array;
}

/** Finds what the arrivals up to each contribute there. */
function findEarlier({ first, last, period, times, weights, gaps, fades, found }: Circle): void {
  let level = 0;
  let drive = 0;
  for (let e = first; e <= last; e++) {
    // Of what is only there to close the circle the older part leaves nothing.
    if (times[e] < period - MEMORY) continue;
    level = (level + drive * gaps[e]) * fades[e] + weights[e];
    drive = drive * fades[e] + weights[e];
  }
  [level, drive] = everyPeriod(level, drive, period);
  for (let e = first; e <= last; e++) {
    const now = (level + drive * gaps[e]) * fades[e];
    found[e] = weights[e] + now;
    level = now + weights[e];
    drive = drive * fades[e] + weights[e];
  }
}

/** Adds the same of those that come later: the way back from an arrival is the gap before the one after it. */
function addLater({ first, last, period, times, weights, gaps, fades, found }: Circle): void {
  let level = 0;
  let drive = 0;
  for (let e = last; e >= first; e--) {
    if (times[e] > MEMORY) continue;
    const after = e < last ? e + 1 : first;
    level = (level + drive * gaps[after]) * fades[after] + weights[e];
    drive = drive * fades[after] + weights[e];
  }
  [level, drive] = everyPeriod(level, drive, period);
  for (let e = last; e >= first; e--) {
    const after = e < last ? e + 1 : first;
    const now = (level + drive * gaps[after]) * fades[after];
    found[e] += now;
    level = now + weights[e];
    drive = drive * fades[after] + weights[e];
  }
}

/** Arrivals source after source: those of source s are [starts[s], starts[s + 1]), in order of time. */
export interface BySource extends Pick<Arrivals, 'times' | 'synapses' | 'period'> {
  readonly starts: ArrayLike<number>;
}

/**
 * All arrivals, put in order source by source: within one into as many bins as it has arrivals, then by insertion. As in `arrivalsOf` an arrival is
 * the rounded sum of spike and delay modulo the period.
 */
export function arrivalsBySource(score: Score, { sources, delays }: Inputs, buffers: Buffers): BySource {
  const { period, starts: spikes } = score;
  const starts = buffers.u32('starts', spikes.length).fill(0);
  for (const source of sources) starts[source + 1] += spikes[source + 1] - spikes[source];
  for (let s = 1; s < starts.length; s++) starts[s] += starts[s - 1];
  const n = starts[starts.length - 1];
  const raw = buffers.f64('raw', n);
  const bins = buffers.u32('bins', n);
  const begins = buffers.u32('begins', n + 1).fill(0);
  for (let k = 0, at = 0; k < sources.length; k++) {
    const delay = delays[k] % period;
    const first = starts[sources[k]];
    const last = starts[sources[k] + 1] - 1;
    const scale = (last + 1 - first) / period;
    const end = spikes[sources[k] + 1];
    for (let j = spikes[sources[k]]; j < end; j++, at++) {
      const sum = score.times[j] + delay;
      const time = sum < period ? sum : sum - period;
      const bin = first + ((time * scale) | 0);
      raw[at] = time;
      bins[at] = bin < last ? bin : last;
      begins[bins[at] + 1]++;
    }
  }
  for (let bin = 1; bin <= n; bin++) begins[bin] += begins[bin - 1];
  const ends = buffers.u32('ends', n + 1);
  ends.set(begins);
  const times = buffers.f64('sorted', n);
  const synapses = buffers.u32('synapses', n);
  for (let k = 0, at = 0; k < sources.length; k++) {
    const count = spikes[sources[k] + 1] - spikes[sources[k]];
    for (let j = 0; j < count; j++, at++) {
      const time = raw[at];
      const first = begins[bins[at]];
      let slot = ends[bins[at]]++;
      for (; slot > first && times[slot - 1] > time; slot--) {
        times[slot] = times[slot - 1];
        synapses[slot] = synapses[slot - 1];
      }
      times[slot] = time;
      synapses[slot] = k;
    }
  }
  return { times, synapses, period, starts };
}

/** Adds H w of the synapses, source by source, to `gradient`. `beta` is the time constant of the kernel. */
export function addCorrelated(
  { times, synapses, period, starts }: BySource,
  beta: number,
  weightOf: Float64Array,
  gradient: Float64Array,
  buffers = freshBuffers,
): void {
  const count = times.length;
  const around = period / beta;
  const scaled = beta === 1 ? times : times.map((time) => time / beta);
  const weights = buffers.f64('weights', count);
  const gaps = buffers.f64('gaps', count);
  const fades = buffers.f64('fades', count);
  const found = buffers.f64('found', count);
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE * beta) / (4 * period);
  for (let s = 0; s + 1 < starts.length; s++) {
    const [first, last] = [starts[s], starts[s + 1] - 1];
    if (last < first) continue;
    let before = scaled[last] - around;
    for (let e = first; e <= last; e++) {
      const time = scaled[e];
      const weight = weightOf[synapses[e]];
      const gap = time - before;
      gaps[e] = gap;
      fades[e] = fadeOf(gap);
      weights[e] = weight;
      before = time;
    }
    const circle = { first, last, period: around, times: scaled, weights, gaps, fades, found };
    findEarlier(circle);
    addLater(circle);
    for (let e = first; e <= last; e++) gradient[synapses[e]] += unit * found[e];
  }
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
    const starts = [0, times.length];
    addCorrelated({ times, synapses: new Uint32Array(times.length), period: score.period, starts }, beta, unit, energy);
    energies.set(source, energy[0]);
    return energy[0];
  };
}
