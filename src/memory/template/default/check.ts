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
    course: courseOf(openable(blocks, statesOf(blocks), weights, buffers)),
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
function at({ blocks, open, first, end, times, a, b }: Pieces, t: number, side: Side, f: typeof levelOf): number {
  const time = t - Math.floor(t / blocks.period) * blocks.period;
  const q = blockOf(blocks, time);
  open(q);
  let p = first[q];
  while (p + 1 < end[q] && (times[p + 1] < time || (side === 'right' && times[p + 1] === time))) p++;
  return f(a[p], b[p], time - times[p]);
}

/** Visits the blocks of a window: which, and by how much later than on the circle. */
function eachBlock(blocks: Blocks, begin: number, end: number, visit: (q: number, shift: number) => void): void {
  const { period, count } = blocks;
  const [from, to] = [begin, end].map((t) => Math.floor(t / period));
  const last = blockOf(blocks, end - to * period);
  for (let turn = from, q = blockOf(blocks, begin - from * period); turn < to || (turn === to && q <= last); ) {
    visit(q, turn * period);
    if (++q === count) {
      q = 0;
      turn++;
    }
  }
}

/** Visits the pieces of a block within a window: which, and from when to when, after its begin. */
function eachPiece(
  { blocks, open, first, end, times }: Pieces,
  q: number,
  from: number,
  to: number,
  visit: (p: number, low: number, high: number) => void,
): void {
  open(q);
  const stop = end[q];
  for (let p = first[q]; p < stop; p++) {
    const next = p + 1 < stop ? times[p + 1] : (q + 1) * blocks.length;
    const low = from > times[p] ? from - times[p] : 0;
    const high = (to < next ? to : next) - times[p];
    if (high > low) visit(p, low, high);
  }
}

/** The highest potential in a closed window: at an end, at an arrival, or where a piece has its maximum, x = 1 - a/b. */
function highest(pieces: Pieces, begin: number, end: number): Extremum {
  const { blocks, states, times, a, b } = pieces;
  let [time, value] = [end, at(pieces, end, 'left', levelOf)];
  const note = (moment: number, found: number) => {
    if (found > value) [time, value] = [moment, found];
  };
  // What is known at the begin of every block saves many from being opened.
  eachBlock(blocks, begin, end, (q, shift) => {
    const start = q * blocks.length + shift;
    if (start >= begin && start <= end) note(start, states.a[q]);
  });
  eachBlock(blocks, begin, end, (q, shift) => {
    const ends = [states.a[q], states.a[q + 1 < blocks.count ? q + 1 : 0]];
    const reach = Math.max(...ends) + states.bulge[q] + ROOM * (1 + Math.abs(ends[0]) + Math.abs(ends[1]));
    if (reach <= value) return;
    eachPiece(pieces, q, begin - shift, end - shift, (p, low, high) => {
      const origin = times[p] + shift;
      note(origin + low, levelOf(a[p], b[p], low));
      if (b[p] * (1 - low) > a[p] && b[p] * (1 - high) < a[p]) {
        const x = 1 - a[p] / b[p];
        note(origin + x, b[p] * decay(x));
      }
    });
  });
  return { time, value };
}

/** The least slope in a closed window, at an end of a piece, from within, or at x = 2 - a/b. */
function flattest(pieces: Pieces, begin: number, end: number): Extremum & { side: Side } {
  const { blocks, times, a, b } = pieces;
  let [time, value, side]: [number, number, Side] = [begin, Number.POSITIVE_INFINITY, 'right'];
  eachBlock(blocks, begin, end, (q, shift) => {
    eachPiece(pieces, q, begin - shift, end - shift, (p, low, high) => {
      const consider = (x: number, from: Side) => {
        const slope = slopeOf(a[p], b[p], x);
        // What is no number stays: it may not pass for steep.
        if (slope < value || Number.isNaN(slope)) [time, value, side] = [times[p] + shift + x, slope, from];
      };
      consider(low, 'right');
      consider(high, 'left');
      const bend = 2 - a[p] / b[p];
      if (b[p] > 0 && bend > low && bend < high) consider(bend, 'left');
    });
  });
  return { time, value, side };
}

/** Pieces z = (a + b x) e^{-x} since `times`, those of an opened block q from first[q] to end[q], of which the first begins with it. */
interface Pieces {
  readonly blocks: Blocks;
  readonly states: States;
  open(q: number): void;
  readonly first: Uint32Array;
  readonly end: Uint32Array;
  readonly times: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

function openable(blocks: Blocks, states: States, weights: Float64Array, buffers: Buffers): Pieces {
  const { count, length, times: arrivals, synapse, head, next } = blocks;
  const size = arrivals.length + count;
  const [times, a, b] = [buffers.f64('since', size), buffers.f64('a', size), buffers.f64('b', size)];
  const [first, end] = [new Uint32Array(count), new Uint32Array(count)];
  let free = 0;
  const open = (q: number) => {
    if (end[q] > 0) return;
    const begin = free++;
    times[begin] = q * length;
    a[begin] = states.a[q];
    b[begin] = states.b[q];
    // Sorted by insertion, the weight where b will be.
    for (let j = head[q]; j > 0; j = next[j - 1]) {
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
    first[q] = begin;
    end[q] = free;
  };
  return { blocks, states, open, first, end, times, a, b };
}
