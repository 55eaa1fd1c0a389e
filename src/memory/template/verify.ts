/**
 * The independent check of one neuron: exact extrema of its potential in every zone, and what the judge of
 * the solvers needs to know about the rows. Plain TypeScript, no code in common with the kernels.
 */
import { decay, exp, freshBuffers, sortSpread } from '../../core/index.js';
import type { NeuronModel, Wiring } from '../network/index.js';
import { type Score, spikesOf } from '../score/index.js';
import { demandsOf, shortfalls } from './demands.js';
import { type Dynamics, dynamicsOf } from './dynamics.js';
import { gridCuts, slackOf } from './grid.js';
import { membraneOf } from './membrane.js';
import { combineMembraneCuts, relativeError } from './membrane-rows.js';
import { type Course, flattestSlope, highestPotential, potentialOf, valueAt } from './potential.js';
import type { Cut, Moment } from './program.js';
import { type Template, zonesOf } from './template.js';

/** The inputs of one neuron. */
export interface Inputs {
  sources: Uint32Array;
  delays: Float64Array;
  /** Which neuron it is, if its dynamics are not the default ones: its own spikes may then reset it. */
  own?: { neuron: number; dynamics: Dynamics } | undefined;
}

/** The inputs of a neuron of a network. */
export function inputsOf({ starts, sources, delays }: Wiring, model: NeuronModel | undefined, neuron: number): Inputs {
  const [first, last] = [starts[neuron], starts[neuron + 1]];
  const dynamics = dynamicsOf(model, neuron);
  return {
    sources: sources.subarray(first, last),
    delays: delays.subarray(first, last),
    own: dynamics && { neuron, dynamics },
  };
}

/** All arrivals of a period at one neuron, sorted by time; an arrival is the rounded sum of spike and delay modulo the period. */
export interface Arrivals {
  times: Float64Array;
  synapses: Uint32Array;
  period: number;
  /** Spikes and dynamics of the neuron, if they matter. */
  own?: { spikes: Float64Array; dynamics: Dynamics } | undefined;
}

export function arrivalsOf(score: Score, { sources, delays, own }: Inputs, buffers = freshBuffers): Arrivals {
  const { period } = score;
  let n = 0;
  for (const source of sources) n += score.starts[source + 1] - score.starts[source];
  const raw = buffers.f64('raw', n);
  const synapse = buffers.u32('synapse', n);
  for (let k = 0, at = 0; k < sources.length; k++) {
    const delay = delays[k] % period;
    for (let i = score.starts[sources[k]]; i < score.starts[sources[k] + 1]; i++, at++) {
      const time = score.times[i] + delay;
      raw[at] = time < period ? time : time - period;
      synapse[at] = k;
    }
  }
  const { sorted, order } = sortSpread(raw, 0, period, buffers);
  const synapses = buffers.u32('synapses', n);
  for (let i = 0; i < n; i++) synapses[i] = synapse[order[i]];
  const moved = own && { spikes: spikesOf(score, own.neuron), dynamics: own.dynamics };
  return { times: sorted, synapses, period, own: moved };
}

/** The potential that the weights of a neuron produce from its arrivals. */
export function potentialFrom(
  { times, synapses, period, own }: Arrivals,
  weights: Float64Array,
  buffers = freshBuffers,
): Course {
  const perArrival = buffers.f64('weights', times.length);
  for (let i = 0; i < times.length; i++) perArrival[i] = weights[synapses[i]];
  if (own) return membraneOf(own.dynamics, own.spikes, period, times, perArrival, buffers);
  return potentialOf(times, perArrival, period, buffers);
}

/** What a neuron's weights may be: one bound for all, or a lower and an upper one for each. */
export interface Box {
  lower: Float64Array;
  upper: Float64Array;
}

/** The worst violation of the box. */
export function boxViolation(weights: Float64Array, { lower, upper }: Box): number {
  let worst = 0;
  for (let k = 0; k < weights.length; k++) {
    const amount = Math.max(weights[k] - upper[k], lower[k] - weights[k]);
    if (!(amount <= worst)) worst = amount;
  }
  return worst;
}

/** The worst violation of the template, each demand in its own unit: in continuous time, or on its grid. */
export function templateViolation(potential: Course, spikes: Float64Array, template: Template): number {
  const { margin, slope, zone, grid, leeway = 0 } = template;
  let worst = 0;
  const note = (amount: number) => {
    // The negation lets NaN through, so that it cannot pass for zero.
    if (!(amount <= worst)) worst = amount;
  };
  if ('dynamics' in potential) {
    const { demands } = demandsOf(spikes, potential.period, template, potential.dynamics);
    shortfalls(potential, demands, template).forEach(({ amount }, d) => {
      note(demands[d].kind === 'spike' ? amount - leeway : amount);
    });
    return worst;
  }
  if (grid !== undefined) {
    for (const spike of spikes) note(1 - leeway - valueAt(potential, spike));
    for (const cut of gridCuts(spikes, potential.period, template, grid)) note(-slackOf(potential, cut));
    return worst;
  }
  for (const spike of spikes) note(Math.abs(valueAt(potential, spike) - 1) - leeway);
  for (const { kind, begin, end } of zonesOf(spikes, potential.period, zone)) {
    if (kind === 'silent') note(highestPotential(potential, begin, end).value - (1 - margin));
    if (kind === 'firing') note(slope - flattestSlope(potential, begin, end).value);
  }
  return worst;
}

/** n_i . w - b_i of every cut. */
export const cutSlacks = (potential: Course, cuts: readonly Cut[]): Float64Array =>
  Float64Array.from(cuts, (cut) => slackOf(potential, cut));

/**
 * sum_i y_i n_i over the cuts, per synapse, in time linear in the arrivals: every entry is a sum over the
 * synapse's arrivals of one function of time, the multipliers seen through the mirrored kernel, which a single
 * sweep backwards around the circle evaluates.
 */
export function combineCuts(
  arrivals: Arrivals,
  synapseCount: number,
  cuts: readonly Moment[],
  multipliers: Float64Array,
): Float64Array {
  const { times, synapses, period, own } = arrivals;
  if (own) return combineMembraneCuts(arrivals, own.dynamics, own.spikes, synapseCount, cuts, multipliers);
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
        const y = Math.E * multipliers[order[next++]];
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
    const q = exp(-period);
    c1 /= 1 - q;
    c0 = (c0 + c1 * period * q) / (1 - q);
    now = period;
  }
  return sum;
}

/** Kernel values beyond this age are below the rounding of those that matter. */
const OLDEST = 60;
/** Exponentials within a block share an anchor, so that one per arrival and one per cut do. */
const BLOCK = 32;

/**
 * The same combination from the definition of the kernel, term by term, with a bound on the error of every entry:
 * plain, for proofs. The exponential of a term is a product of three,
 *
 *   e^{-(t - s)} = e^{-(t - p)} e^{-(p - q)} e^{s - q},    p, q the begins of the blocks of the cut t and the arrival s.
 */
export function combineCutsBounded(
  arrivals: Arrivals,
  synapseCount: number,
  cuts: readonly Moment[],
  multipliers: Float64Array,
): { combination: Float64Array; errors: Float64Array } {
  const { times, synapses, period, own } = arrivals;
  if (own) {
    const combine = (absolute: boolean) =>
      combineMembraneCuts(arrivals, own.dynamics, own.spikes, synapseCount, cuts, multipliers, absolute);
    const share = relativeError(arrivals, own.dynamics, cuts.length);
    return { combination: combine(false), errors: combine(true).map((size) => share * size) };
  }
  const { moments, level, drive, size, early } = imagesOf(cuts, multipliers, period);
  const between = Float64Array.from({ length: Math.ceil(OLDEST / BLOCK) + 1 }, (_, i) => exp(-BLOCK * i));
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
      if (age >= OLDEST) break;
      const fade = between[Math.floor(moments[j] / BLOCK) - block];
      value += (level[j] + drive[j] * age) * fade;
      most += size[j] * (1 + age) * fade;
    }
    const synapse = synapses[i];
    combination[synapse] += value * rise;
    sizes[synapse] += most * rise;
    terms[synapse] += j - first;
  }
  // What is left out is older than 60: at most one spike per unit of time, e t e^{-t} summed from there on.
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
      const count = multipliers[i] === 0 ? 0 : Math.ceil((period + OLDEST - time) / period);
      return Array.from({ length: count }, (_, turn) => ({ time: time + turn * period, kind, y: multipliers[i] }));
    })
    .sort((p, q) => p.time - q.time || rank(p.kind) - rank(q.kind));
  const size = Float64Array.from(images, ({ time, y }) => {
    return Math.abs(y) * Math.E * exp(Math.floor(time / BLOCK) * BLOCK - time);
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

/** The largest potential that weights within the box can produce at each of the times: the kernel is nowhere negative. */
export function reachOf(arrivals: Arrivals, times: Float64Array, { upper }: Box): Float64Array {
  const most = potentialFrom(arrivals, upper);
  return times.map((time) => valueAt(most, time));
}
