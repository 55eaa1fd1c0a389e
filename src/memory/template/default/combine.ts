/**
 * Combinations of the rows of a default neuron, for the verifier: sum_i y_i n_i over cuts i with multipliers y_i, one
 * entry per synapse. A cut at t contributes (c0 + c1 x) e^{-x} to an arrival x earlier: the mirrored kernel.
 */
import { decay, exp } from '../../../core/index.js';
import type { Arrivals } from '../arrivals.js';
import type { Moment } from '../cut.js';
import { everyPeriod, horizonFor, KERNEL_DRIVE } from '../kernel.js';

/**
 * sum_i y_i n_i over the cuts, per synapse, in time linear in the arrivals: every entry is a sum over the
 * synapse's arrivals of one function of time, the multipliers seen through the mirrored kernel, which a single
 * sweep backwards around the circle evaluates.
 */
export function combine(
  arrivals: Arrivals,
  synapseCount: number,
  cuts: readonly Moment[],
  multipliers: Float64Array,
): Float64Array {
  const { times, synapses, period } = arrivals;
  // A cut at t contributes (c0 + c1 x) e^{-x} to an arrival x earlier.
  // Latest first; of simultaneous ones those that an arrival at the same moment comes before go last.
  const late = (i: number) => (cuts[i].kind === 'slope-' ? 1 : 0);
  const order = cuts.map((_, i) => i).sort((i, j) => cuts[j].time - cuts[i].time || late(i) - late(j));
  const sum = new Float64Array(synapseCount);
  let now = period;
  let c0 = 0;
  let c1 = 0;
  // Two rounds: what one period of cuts leaves behind at its begin closes the circle for the second.
  for (const round of [0, 1]) {
    let next = 0;
    for (let e = round === 0 ? -1 : times.length - 1; ; e--) {
      const time = e >= 0 ? times[e] : 0;
      while (next < order.length) {
        const { time: moment, kind } = cuts[order[next]];
        // An arrival at the moment of a cut counts, except for the slope just before it.
        if (!(moment > time || (moment === time && kind !== 'slope-') || e < 0)) break;
        const gap = now - moment;
        const fade = decay(gap);
        c0 = (c0 + c1 * gap) * fade;
        c1 *= fade;
        now = moment;
        const y = KERNEL_DRIVE * multipliers[order[next++]];
        if (kind === 'spike' || kind === 'above') c1 += y;
        else if (kind === 'level') c1 -= y;
        else {
          c0 += y;
          c1 -= y;
        }
      }
      const gap = now - time;
      const fade = decay(gap);
      c0 = (c0 + c1 * gap) * fade;
      c1 *= fade;
      now = time;
      if (e < 0) break;
      sum[synapses[e]] += c0;
    }
    [c0, c1] = everyPeriod(c0, c1, period);
    now = period;
  }
  return sum;
}

/** What is left out has a bound of its own in the error, which must vanish beside the rounding of the rest. */
const HORIZON = horizonFor(2e-24);
/** Exponentials within a block share an anchor, so that one per arrival and one per cut do. */
const BLOCK = 32;

/**
 * The same combination from the definition of the kernel, term by term, with a bound on the error of every entry:
 * plain, for proofs. The exponential of a term is a product of three,
 *
 *   e^{-(t - s)} = e^{-(t - p)} e^{-(p - q)} e^{s - q},    p, q the begins of the blocks of the cut t and the arrival s.
 */
export function combineBounded(
  arrivals: Arrivals,
  synapseCount: number,
  cuts: readonly Moment[],
  multipliers: Float64Array,
): { combination: Float64Array; errors: Float64Array } {
  const { times, synapses, period } = arrivals;
  const { moments, level, drive, size, early } = imagesOf(cuts, multipliers, period);
  const between = Float64Array.from({ length: Math.ceil(HORIZON / BLOCK) + 1 }, (_, i) => exp(-BLOCK * i));
  const combination = new Float64Array(synapseCount);
  const sizes = new Float64Array(synapseCount);
  const terms = new Uint32Array(synapseCount);
  let first = 0;
  for (let i = 0; i < times.length; i++) {
    const time = times[i];
    // An arrival at the moment of a cut counts, except for the slope just before it.
    while (first < moments.length && (moments[first] < time || (moments[first] === time && early[first] === 1)))
      first++;
    const block = Math.floor(time / BLOCK);
    const rise = exp(time - block * BLOCK);
    let value = 0;
    let most = 0;
    let j = first;
    for (; j < moments.length; j++) {
      const age = moments[j] - time;
      if (age >= HORIZON) break;
      const fade = between[Math.floor(moments[j] / BLOCK) - block];
      value += (level[j] + drive[j] * age) * fade;
      most += size[j] * (1 + age) * fade;
    }
    const synapse = synapses[i];
    combination[synapse] += value * rise;
    sizes[synapse] += most * rise;
    terms[synapse] += j - first;
  }
  // What is left out is older than the horizon, 60: at most one spike per unit of time, e t e^{-t} summed from there on.
  const tail = multipliers.reduce((sum, y) => sum + Math.abs(y), 0) * 1e-22;
  // A few roundings of every factor; those of the times, a few ulp of the period, act through the kernel's derivative.
  const errors = sizes.map((all, k) => 2 ** -53 * all * (24 + 8 * period + terms[k]) + tail);
  return { combination, errors };
}

/**
 * The cuts that carry something and their repetitions, as far as the arrivals of one period can tell, sorted by time, the
 * slope just before a moment first: an arrival x earlier gets (level + drive x) e^{-x}, here with e^{-(t - p)} in both.
 */
function imagesOf(cuts: readonly Moment[], multipliers: Float64Array, period: number) {
  const rank = (kind: Moment['kind']) => (kind === 'slope-' ? 0 : 1);
  const images = cuts
    .flatMap(({ time, kind }, i) => {
      const count = multipliers[i] === 0 ? 0 : Math.ceil((period + HORIZON - time) / period);
      return Array.from({ length: count }, (_, turn) => ({ time: time + turn * period, kind, y: multipliers[i] }));
    })
    .sort((p, q) => p.time - q.time || rank(p.kind) - rank(q.kind));
  const size = Float64Array.from(images, ({ time, y }) => {
    return Math.abs(y) * KERNEL_DRIVE * exp(Math.floor(time / BLOCK) * BLOCK - time);
  });
  const signed = size.map((amount, j) => (images[j].kind === 'level' ? -1 : 1) * Math.sign(images[j].y) * amount);
  const isSlope = images.map(({ kind }) => kind === 'slope+' || kind === 'slope-');
  return {
    moments: Float64Array.from(images, ({ time }) => time),
    early: Uint8Array.from(images, ({ kind }) => 1 - rank(kind)),
    size,
    level: signed.map((amount, j) => (isSlope[j] ? amount : 0)),
    drive: signed.map((amount, j) => (isSlope[j] ? -amount : amount)),
  };
}
