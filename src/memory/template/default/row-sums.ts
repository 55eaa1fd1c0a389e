/**
 * Sums over the rows of a default neuron, sum_i y_i n_i per synapse, from arrivals in any order. A cut at t contributes
 * (c0 + c1 x) e^{-x} to an arrival x earlier: the mirrored kernel. What all cuts from the end of a block on contribute is
 * known there, and fades backwards through the block; the cuts within, which are few, are added one by one.
 */
import { decay } from '../../../core/index.js';
import type { Moment } from '../cut.js';
import { everyPeriod, KERNEL_DRIVE } from '../kernel.js';
import { type Blocks, blockOf } from './blocks.js';

export function sumRows(blocks: Blocks, cuts: readonly Moment[], multipliers: Float64Array): Float64Array {
  const { period, count, length, rate, times, synapse, head, next, starts } = blocks;
  const order = cuts.map((_, i) => i).sort((i, j) => cuts[i].time - cuts[j].time);
  const moments = Float64Array.from(order, (i) => cuts[i].time);
  // An arrival at the moment of a cut counts, except for the slope just before it.
  const before = Uint8Array.from(order, (i) => (cuts[i].kind === 'slope-' ? 1 : 0));
  const c0 = Float64Array.from(order, (i) => (isSlope(cuts[i]) ? KERNEL_DRIVE * multipliers[i] : 0));
  const c1 = Float64Array.from(order, (i) => (falls(cuts[i]) ? -1 : 1) * KERNEL_DRIVE * multipliers[i]);
  /** The cuts of block q are [first[q], first[q + 1]). */
  const first = new Uint32Array(count + 1);
  for (const time of moments) first[blockOf(time, rate, count) + 1]++;
  for (let q = 0; q < count; q++) first[q + 1] += first[q];
  const later = new Float64Array(2 * count);
  const shrink = decay(length);
  /** Once around the circle, backwards, from what the cuts after its end contribute there; returns what all do at its begin. */
  const turn = (d0: number, d1: number): [number, number] => {
    for (let q = count - 1; q >= 0; q--) {
      later[2 * q] = d0;
      later[2 * q + 1] = d1;
      d0 = (d0 + d1 * length) * shrink;
      d1 *= shrink;
      for (let i = first[q]; i < first[q + 1]; i++) {
        const gap = moments[i] - q * length;
        const own = decay(gap);
        d0 += (c0[i] + c1[i] * gap) * own;
        d1 += c1[i] * own;
      }
    }
    return [d0, d1];
  };
  const [d0, d1] = turn(0, 0);
  turn(...everyPeriod(d0, d1, period));
  const sums = new Float64Array(starts.length - 1);
  // All cuts from the end of a block on, then the few within.
  for (let k = 0; k < sums.length; k++) sums[k] = sumOfLater(blocks, later, starts[k], starts[k + 1]);
  for (let q = 0; q < count; q++) {
    if (first[q] === first[q + 1]) continue;
    for (let j = head[q]; j > 0; j = next[j - 1]) {
      const time = times[j - 1];
      let sum = 0;
      for (let i = first[q]; i < first[q + 1]; i++) {
        const age = moments[i] - time;
        if (age > 0 || (age === 0 && before[i] === 0)) sum += (c0[i] + c1[i] * age) * decay(age);
      }
      sums[synapse[j - 1]] += sum;
    }
  }
  return sums;
}

/** What all cuts from the end of its block on contribute to every arrival from `begin` to `end`. */
function sumOfLater(blocks: Blocks, later: Float64Array, begin: number, end: number): number {
  const { length, rate, count, times, fade } = blocks;
  let sum = 0;
  for (let j = begin; j < end; j++) {
    const time = times[j];
    const q = blockOf(time, rate, count);
    sum += (later[2 * q] + later[2 * q + 1] * ((q + 1) * length - time)) * fade[j];
  }
  return sum;
}

const isSlope = ({ kind }: Moment) => kind === 'slope+' || kind === 'slope-';
/** Whether more of an arrival's age lowers the row: silence, whose row is minus the potential, and slopes. */
const falls = (cut: Moment) => cut.kind === 'level' || isSlope(cut);
