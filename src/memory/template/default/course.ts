/**
 * The potential of a default neuron in closed form, in plain TypeScript: what the verifier, the figures and the
 * reference simulator stand on. It shares no code with the kernels.
 *
 * After arrival i and before the next, z(t) = (a_i + b_i x) e^{-x} with x = t - t_i. An arrival of weight w
 * adds e w to b; between arrivals (a, b) <- ((a + b x) e^{-x}, b e^{-x}).
 */
import { countUntil, decay, freshBuffers } from '../../../core/index.js';
import type { Course, Potential } from '../course.js';
import type { Extremum, Side } from '../cut.js';
import { everyPeriod, horizonFor, KERNEL_DRIVE } from '../kernel.js';

/** A course with its pieces. */
export interface PotentialCourse extends Course {
  readonly pieces: Potential;
}

/** The potential that pieces make up. */
export const courseOf = (pieces: Potential): PotentialCourse => ({
  period: pieces.period,
  pieces,
  value: (t) => pieceAt(pieces, t, 'left', levelOf),
  slope: (t, side) => pieceAt(pieces, t, side, slopeOf),
  highest: (begin, end) => highest(pieces, begin, end),
  flattest: (begin, end) => flattest(pieces, begin, end),
  free: () => 0,
});

/** z and z' of a piece, x after it begins. */
export const levelOf = (a: number, b: number, x: number): number => (a + b * x) * decay(x);
export const slopeOf = (a: number, b: number, x: number): number => (b - a - b * x) * decay(x);

/** What is older is no part of how the circle closes: far below the last bit of anything that is not zero itself. */
const HORIZON = horizonFor(2e-24);

/** The potential that sorted arrivals with their weights produce; every earlier period included. */
export function potentialOf(
  times: Float64Array,
  weights: ArrayLike<number>,
  period = Number.POSITIVE_INFINITY,
  buffers = freshBuffers,
): PotentialCourse {
  const n = times.length;
  const a = buffers.f64('a', n);
  const b = buffers.f64('b', n);
  let state: readonly [number, number] = [0, 0];
  if (period < Number.POSITIVE_INFINITY && n > 0) {
    // What one period adds at its end, of which arrivals older than the kernel are no part, and the
    // geometric sum over all earlier periods close the circle.
    const first = countUntil(times, period - HORIZON, 'left');
    const [level, drive] = accumulate(times, weights, period, first, state, a, b);
    state = everyPeriod(level, drive, period);
  }
  accumulate(times, weights, period, 0, state, a, b);
  return courseOf({ times, a, b, period });
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
    drive = drive * shrink + KERNEL_DRIVE * weights[i];
    a[i] = level;
    b[i] = drive;
  }
  return [level, drive];
}

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

function pieceAt(potential: Potential, t: number, side: Side, f: (a: number, b: number, x: number) => number): number {
  const { times, a, b, period } = potential;
  const n = times.length;
  if (n === 0) return 0;
  const time = period < Number.POSITIVE_INFINITY ? t - Math.floor(t / period) * period : t;
  const i = countUntil(times, time, side) - 1;
  if (i >= 0) return f(a[i], b[i], time - times[i]);
  return period < Number.POSITIVE_INFINITY ? f(a[n - 1], b[n - 1], time + period - times[n - 1]) : 0;
}

/** The highest potential in a closed window: at an end, at an arrival, or where a piece has its maximum, x = 1 - a/b. */
function highest(potential: Potential, begin: number, end: number): Extremum {
  let time = end;
  let value = pieceAt(potential, end, 'left', levelOf);
  eachPiece(potential, begin, end, (origin, a, b, from, to) => {
    // The end of a piece is the begin of the next.
    const start = from === 0 ? a : levelOf(a, b, from);
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
function flattest(potential: Potential, begin: number, end: number): Extremum & { side: Side } {
  let [time, value, side]: [number, number, Side] = [begin, Number.POSITIVE_INFINITY, 'right'];
  eachPiece(potential, begin, end, (origin, a, b, from, to) => {
    if (from === to) return;
    const consider = (x: number, from: Side) => {
      const slope = slopeOf(a, b, x);
      if (slope < value) [time, value, side] = [origin + x, slope, from];
    };
    consider(from, 'right');
    consider(to, 'left');
    const bend = 2 - a / b;
    if (b > 0 && bend > from && bend < to) consider(bend, 'left');
  });
  return { time, value, side };
}
