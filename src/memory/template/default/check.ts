/**
 * The verifier of a default neuron, in plain TypeScript. Only where the template may be missed is a block (blocks.ts) opened,
 * which is to sort its arrivals and to go through its pieces: in the zones around spikes, and in silence where the
 * potential may rise above what has been found. Rows are added up in the same blocks (row-sums.ts).
 */
import { type Buffers, decay, freshBuffers } from '../../../core/index.js';
import type { Score } from '../../score/index.js';
import type { Inputs } from '../arrivals.js';
import type { Checked, Course } from '../course.js';
import type { Extremum, Side } from '../cut.js';
import { KERNEL_DRIVE } from '../kernel.js';
import { type Blocks, blockOf, blocksOf, type States, statesOf } from './blocks.js';
import { levelOf, slopeOf } from './course.js';
import { sumRows } from './row-sums.js';

/** Room for rounding in what a block may reach. */
const ROOM = 1e-12;

/** The potential that weights produce from the arrivals of a score, and the sums over its rows. */
export function check(score: Score, inputs: Inputs, weights: Float64Array, buffers = freshBuffers): Checked {
  const blocks = blocksOf(score, inputs, weights, buffers);
  return {
    course: courseOf(unopened(blocks, statesOf(blocks), weights, buffers)),
    combine: (cuts, multipliers) => sumRows(blocks, cuts, multipliers),
  };
}

function courseOf(pieces: Pieces): Course {
  return {
    period: pieces.blocks.period,
    value: (t) => at(pieces, t, 'left', levelOf),
    slope: (t, side) => at(pieces, t, side, slopeOf),
    highest: (begin, end) => highest(pieces, begin, end),
    flattest: (begin, end) => flattest(pieces, begin, end),
    free: () => 0,
  };
}

/** A function of the state (a, b) at t and of the time since: that of the last piece before t, or at t if seen from the right. */
function at(pieces: Pieces, t: number, side: Side, f: typeof levelOf): number {
  const { blocks, first, end, times, a, b } = pieces;
  const time = t - Math.floor(t / blocks.period) * blocks.period;
  const q = blockOf(time, blocks.rate, blocks.count);
  open(pieces, q);
  let p = first[q];
  while (p + 1 < end[q] && (times[p + 1] < time || (side === 'right' && times[p + 1] === time))) p++;
  return f(a[p], b[p], time - times[p]);
}

/** The blocks of a window: which, and by how much later than on the circle. */
function blocksWithin(blocks: Blocks, begin: number, end: number): { q: number; shift: number }[] {
  const { period, count, rate } = blocks;
  const [from, to] = [begin, end].map((t) => {
    const turn = Math.floor(t / period);
    return turn * count + blockOf(t - turn * period, rate, count);
  });
  const within = [];
  for (let place = from; place <= to; place++) {
    const turn = Math.floor(place / count);
    within.push({ q: place - turn * count, shift: turn * period });
  }
  return within;
}

/** The highest potential in a closed window: at an end, at an arrival, or where a piece has its maximum, x = 1 - a/b. */
function highest(pieces: Pieces, begin: number, end: number): Extremum {
  const { blocks, states } = pieces;
  const top = { time: end, value: at(pieces, end, 'left', levelOf) };
  const within = blocksWithin(blocks, begin, end);
  // What is known at the begin of every block saves many from being opened.
  for (const { q, shift } of within) {
    const start = q * blocks.length + shift;
    if (start >= begin && start <= end) raise(top, start, states.a[q]);
  }
  for (const { q, shift } of within) {
    const here = states.a[q];
    const next = states.a[q + 1 < blocks.count ? q + 1 : 0];
    const reach = Math.max(here, next) + states.bulge[q] + ROOM * (1 + Math.abs(here) + Math.abs(next));
    if (!(reach <= top.value)) raiseWithin(pieces, q, shift, begin, end, top);
  }
  return top;
}

function raise(top: { time: number; value: number }, time: number, value: number): void {
  if (value > top.value) Object.assign(top, { time, value });
}

/** Raises `top` to what is higher in a block, `shift` later than on the circle, within a window. */
function raiseWithin(
  pieces: Pieces,
  q: number,
  shift: number,
  begin: number,
  end: number,
  top: { time: number; value: number },
): void {
  open(pieces, q);
  const { times, a, b } = pieces;
  for (let p = pieces.first[q]; p < pieces.end[q]; p++) {
    const origin = times[p] + shift;
    const low = lowOf(pieces, p, begin - shift);
    const high = highOf(pieces, q, p, end - shift);
    if (!(high > low)) continue;
    raise(top, origin + low, low > 0 ? levelOf(a[p], b[p], low) : a[p]);
    if (b[p] * (1 - low) > a[p] && b[p] * (1 - high) < a[p]) {
      const x = 1 - a[p] / b[p];
      raise(top, origin + x, b[p] * decay(x));
    }
  }
}

/** From when on, after its begin, a piece is within a window that begins at `from`. */
const lowOf = ({ times }: Pieces, p: number, from: number): number => (from > times[p] ? from - times[p] : 0);

/** Until when a piece of block q is within a window that ends at `to`. */
function highOf({ blocks, end, times }: Pieces, q: number, p: number, to: number): number {
  const next = p + 1 < end[q] ? times[p + 1] : (q + 1) * blocks.length;
  return (to < next ? to : next) - times[p];
}

/** The least slope in a closed window, at an end of a piece, from within, or at x = 2 - a/b. */
function flattest(pieces: Pieces, begin: number, end: number): Extremum & { side: Side } {
  const { blocks, times, a, b } = pieces;
  const least: Extremum & { side: Side } = { time: begin, value: Number.POSITIVE_INFINITY, side: 'right' };
  const consider = (p: number, shift: number, x: number, side: Side) => {
    const slope = slopeOf(a[p], b[p], x);
    // What is no number stays: it may not pass for steep.
    if (slope < least.value || Number.isNaN(slope)) {
      Object.assign(least, { time: times[p] + shift + x, value: slope, side });
    }
  };
  for (const { q, shift } of blocksWithin(blocks, begin, end)) {
    open(pieces, q);
    for (let p = pieces.first[q]; p < pieces.end[q]; p++) {
      const low = lowOf(pieces, p, begin - shift);
      const high = highOf(pieces, q, p, end - shift);
      if (!(high > low)) continue;
      consider(p, shift, low, 'right');
      consider(p, shift, high, 'left');
      const bend = 2 - a[p] / b[p];
      if (b[p] > 0 && bend > low && bend < high) consider(p, shift, bend, 'left');
    }
  }
  return least;
}

/** Pieces z = (a + b x) e^{-x} since `times`, those of an opened block q from first[q] to end[q], of which the first begins with it. */
interface Pieces {
  readonly blocks: Blocks;
  readonly states: States;
  readonly weights: Float64Array;
  readonly first: Uint32Array;
  readonly end: Uint32Array;
  readonly times: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** How many pieces there are. */
  used: number;
}

/** The pieces of no block yet. */
function unopened(blocks: Blocks, states: States, weights: Float64Array, buffers: Buffers): Pieces {
  const { count, times } = blocks;
  const size = times.length + count;
  return {
    blocks,
    states,
    weights,
    first: new Uint32Array(count),
    end: new Uint32Array(count),
    times: buffers.f64('since', size),
    a: buffers.f64('a', size),
    b: buffers.f64('b', size),
    used: 0,
  };
}

/** Sorts the arrivals of a block and finds their pieces, unless it is open. */
function open(pieces: Pieces, q: number): void {
  const { blocks, states, weights, times, a, b } = pieces;
  if (pieces.end[q] > 0) return;
  const { times: arrivals, synapse, next } = blocks;
  const begin = pieces.used;
  let free = begin + 1;
  times[begin] = q * blocks.length;
  a[begin] = states.a[q];
  b[begin] = states.b[q];
  // Sorted by insertion, the weight where b will be.
  for (let j = blocks.head[q]; j > 0; j = next[j - 1]) {
    const time = arrivals[j - 1];
    let slot = free++;
    for (; slot > begin + 1 && times[slot - 1] > time; slot--) {
      times[slot] = times[slot - 1];
      b[slot] = b[slot - 1];
    }
    times[slot] = time;
    b[slot] = weights[synapse[j - 1]];
  }
  for (let p = begin + 1; p < free; p++) {
    const gap = times[p] - times[p - 1];
    const shrink = decay(gap);
    a[p] = (a[p - 1] + b[p - 1] * gap) * shrink;
    b[p] = b[p - 1] * shrink + KERNEL_DRIVE * b[p];
  }
  pieces.first[q] = begin;
  pieces.end[q] = free;
  pieces.used = free;
}
