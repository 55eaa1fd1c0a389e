/**
 * The potential of a neuron in closed form, in plain TypeScript: what the verifier, the figures and the
 * reference simulator stand on. It shares no code with the kernels.
 *
 * After arrival i and before the next, z(t) = (a_i + b_i x) e^{-x} with x = t - t_i. An arrival of weight w
 * adds e w to b; between arrivals (a, b) <- ((a + b x) e^{-x}, b e^{-x}).
 */
import { countUntil, decay, exp, freshBuffers, ln } from '../../core/index.js';
import { type Membrane, membraneFlattest, membraneHighest, membraneSlope, membraneValue } from './membrane.js';

export interface Potential {
  /** Arrival times, sorted; in [0, period) if there is a period. */
  readonly times: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Infinity if the arrivals do not repeat: then the potential is zero before the first. */
  readonly period: number;
}

/** The potential that sorted arrivals with their weights produce; every earlier period included. */
export function potentialOf(
  times: Float64Array,
  weights: ArrayLike<number>,
  period = Number.POSITIVE_INFINITY,
  buffers = freshBuffers,
): Potential {
  const n = times.length;
  const a = buffers.f64('a', n);
  const b = buffers.f64('b', n);
  let state: readonly [number, number] = [0, 0];
  if (period < Number.POSITIVE_INFINITY && n > 0) {
    // What one period adds at its end, of which arrivals older than the kernel are no part, and the
    // geometric sum over all earlier periods close the circle.
    const [level, drive] = accumulate(times, weights, period, countUntil(times, period - OLDEST, 'left'), state, a, b);
    const q = exp(-period);
    state = [(level + (drive / (1 - q)) * period * q) / (1 - q), drive / (1 - q)];
  }
  accumulate(times, weights, period, 0, state, a, b);
  return { times, a, b, period };
}

/** Runs the recursion from arrival `first` on, given the state after the one before; returns the last state. */
function accumulate(
  times: Float64Array,
  weights: ArrayLike<number>,
  period: number,
  first: number,
  [level, drive]: readonly [number, number],
  a: Float64Array,
  b: Float64Array,
): [number, number] {
  const n = times.length;
  for (let i = first; i < n; i++) {
    const gap = i > 0 ? times[i] - times[i - 1] : times[0] + period - times[n - 1];
    const shrink = decay(gap);
    // Without a period nothing comes before the first arrival.
    level = shrink === 0 ? 0 : (level + drive * gap) * shrink;
    drive = drive * shrink + Math.E * weights[i];
    a[i] = level;
    b[i] = drive;
  }
  return [level, drive];
}

/** Beyond this age the kernel is below 1e-24 of its peak. */
const OLDEST = 60;

/** The slope jumps at an arrival: its limit from the left leaves the arrival out. */
export type Side = 'left' | 'right';

/** Takes a stretch without arrivals: z = (a + b x) e^{-x}, from <= x <= to, where x is the time since `origin`. */
type VisitPiece = (origin: number, a: number, b: number, from: number, to: number) => void;

/** Visits the pieces of [begin, end] in order; with a period the window may lie anywhere and be of any length. */
function eachPiece(potential: Potential, begin: number, end: number, visit: VisitPiece): void {
  const { times, a, b, period } = potential;
  if (times.length === 0) {
    visit(begin, 0, 0, 0, end - begin);
    return;
  }
  const periodic = period < Number.POSITIVE_INFINITY;
  let turns = periodic ? Math.floor(begin / period) * period : 0;
  let i = countUntil(times, begin - turns, 'left') - 1;
  if (i < 0 && periodic) {
    turns -= period;
    i = times.length - 1;
  }
  for (let t = begin; ; ) {
    const origin = i < 0 ? t : times[i] + turns;
    const wraps = i + 1 === times.length;
    const next = wraps ? (periodic ? times[0] + turns + period : Number.POSITIVE_INFINITY) : times[i + 1] + turns;
    const stop = Math.min(next, end);
    visit(origin, i < 0 ? 0 : a[i], i < 0 ? 0 : b[i], t - origin, stop - origin);
    if (next > end || (wraps && !periodic)) return;
    if (wraps) turns += period;
    i = wraps ? 0 : i + 1;
    t = next;
  }
}

/** The potential of any neuron: of the default model, or of one with dynamics of its own. */
export type Course = Potential | Membrane;

/** z(t); at a spike that resets it, just before. */
export const valueAt = (course: Course, t: number): number =>
  'dynamics' in course ? membraneValue(course, t) : pieceAt(course, t, 'left', (a, b, x) => (a + b * x) * decay(x));

/** z'(t), from the given side. */
export const slopeAt = (course: Course, t: number, side: Side): number =>
  'dynamics' in course
    ? membraneSlope(course, t, side)
    : pieceAt(course, t, side, (a, b, x) => (b - a - b * x) * decay(x));

function pieceAt(potential: Potential, t: number, side: Side, f: (a: number, b: number, x: number) => number): number {
  const { times, a, b, period } = potential;
  const n = times.length;
  if (n === 0) return 0;
  const time = period < Number.POSITIVE_INFINITY ? t - Math.floor(t / period) * period : t;
  const i = countUntil(times, time, side) - 1;
  if (i >= 0) return f(a[i], b[i], time - times[i]);
  return period < Number.POSITIVE_INFINITY ? f(a[n - 1], b[n - 1], time + period - times[n - 1]) : 0;
}

export interface Extremum {
  time: number;
  value: number;
}

/** The highest potential in a closed window: at an end, at an arrival, or where a piece has its maximum, x = 1 - a/b. */
export function highestPotential(potential: Course, begin: number, end: number): Extremum {
  if ('dynamics' in potential) return membraneHighest(potential, begin, end);
  let time = end;
  let value = valueAt(potential, end);
  eachPiece(potential, begin, end, (origin, a, b, from, to) => {
    // The end of a piece is the begin of the next.
    const start = from === 0 ? a : (a + b * from) * decay(from);
    if (start > value) [time, value] = [origin + from, start];
    if (b * (1 - from) > a && b * (1 - to) < a) {
      const x = 1 - a / b;
      const peak = b * decay(x);
      if (peak > value) [time, value] = [origin + x, peak];
    }
  });
  return { time, value };
}

/**
 * The least slope in a closed window. Both limits at an arrival inside count; at an end of the window only
 * the limit from within. A piece has its least slope at an end or at x = 2 - a/b.
 */
export function flattestSlope(potential: Course, begin: number, end: number): Extremum & { side: Side } {
  if ('dynamics' in potential) return membraneFlattest(potential, begin, end);
  let [time, value, side]: [number, number, Side] = [begin, Number.POSITIVE_INFINITY, 'right'];
  eachPiece(potential, begin, end, (origin, a, b, from, to) => {
    if (from === to) return;
    const consider = (x: number, from: Side) => {
      const slope = (b - a - b * x) * decay(x);
      if (slope < value) [time, value, side] = [origin + x, slope, from];
    };
    consider(from, 'right');
    consider(to, 'left');
    const bend = 2 - a / b;
    if (b > 0 && bend > from && bend < to) consider(bend, 'left');
  });
  return { time, value, side };
}

/**
 * The first x in [from, to] with (a + b x) e^{-x} >= threshold, or NaN. A peak that falls short of the
 * threshold by no more than rounding touches it.
 */
export function firstCrossing(a: number, b: number, from: number, to: number, threshold: number): number {
  // f(x) = a + b x - threshold e^x has the sign of z - threshold, and is concave for threshold >= 0.
  const f = (x: number) => a + b * x - threshold * exp(x);
  if (f(from) >= 0) return from;
  const peak = threshold > 0 ? (b > threshold * exp(from) ? ln(b / threshold) : from) : to;
  const top = Math.min(Math.max(peak, from), to);
  const height = f(top);
  if (!(height >= -TOUCH * threshold * exp(top))) return Number.NaN;
  if (height <= 0) return top;
  // Newton from the left of a concave function's first root never passes it.
  let x = from;
  for (let i = 0; i < 100; i++) {
    const next = x - f(x) / (b - threshold * exp(x));
    if (!(next > x)) break;
    x = Math.min(next, top);
  }
  return x;
}

/** How far below the threshold, relative to it, a peak still counts as touching. */
const TOUCH = 2e-13;
