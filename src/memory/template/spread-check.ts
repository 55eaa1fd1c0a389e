/**
 * The quadratic form of spread.ts for the verifier, by other means: with z_s the potential that source s makes over all its
 * synapses,
 *
 *   (H_s w_s)_k = (1/T) int y_k z_s dt = (gain / T) sum of lambda_j over the arrivals of synapse k,
 *   lambda(t) = int of e^{A'(u - t)} e_V z_s(u) du from t until a spike ends V,
 *
 * j the component that an arrival raises. One sweep forwards finds z_s, one backwards lambda, summed by Gauss-Legendre quadrature on
 * stretches of at most half a time constant: 5 nodes are exact to 1e-13 there, since the integrand is a polynomial times an exponential.
 * What is left at the end of a period goes round the circle until nothing is.
 */
import { reusedBuffers } from '../../core/index.js';
import type { Score } from '../score/index.js';
import { type Arrivals, arrivalsOf, type Inputs } from './arrivals.js';
import { resets } from './dynamics.js';
import { familyOf } from './family.js';
import { ownEvents, responses, SPIKE } from './membrane/course.js';
import type { MembraneDynamics } from './membrane/dynamics.js';
import { addCorrelated, arrivalsBySource, energiesOf } from './spread-correlation.js';

/** Nodes on [0, 1] and their weights. */
const NODES = [0.04691007703066802, 0.23076534494715845, 0.5, 0.7692346550528415, 0.953089922969332];
const WEIGHTS = [
  0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324, 0.11846344252809454,
];
/** Longest stretch of the quadrature, in the least time constant. */
const STRETCH = 0.5;
/** Time constants after which nothing is left that a double could show. */
const MEMORY = 45;
/** What happens at an event beside own spikes and releases: an arrival, or nothing at all. */
const ARRIVAL = 2;
const NOTHING = 3;

/** E, F, p, q of a step, and its length. */
type Step = readonly [e: number, f: number, p: number, q: number, x: number];

const stepOf = (dynamics: MembraneDynamics, x: number): Step => {
  const out = new Float64Array(4);
  responses(dynamics, x, out);
  return [out[0], out[1], out[2], out[3], x];
};

/** What happens at one source, in order of time, from 0 on; of an arrival with its synapse. */
class Events {
  readonly times: number[] = [0];
  readonly kinds: number[] = [NOTHING];
  readonly items: number[] = [0];
  constructor(
    private readonly stretch: number,
    private readonly longest: number,
  ) {}
  /** Adds an event, and cuts what lies before it into stretches. */
  add(time: number, kind: number, item: number): void {
    const before = this.times[this.times.length - 1];
    const end = Math.min(time, before + this.longest);
    for (let n = 1, at = before + this.stretch; at < end; at = before + ++n * this.stretch) this.push(at, NOTHING, 0);
    this.push(time, kind, item);
  }
  private push(time: number, kind: number, item: number): void {
    this.times.push(time);
    this.kinds.push(kind);
    this.items.push(item);
  }
}

/**
 * (1/T) int y_k z dt of every synapse k of `events`, z the potential of all of them under the weights; added to `sum`. One
 * function, longer than most: one walk over the events, a few lines for each kind.
 */
function addGradient(
  { times, kinds, items }: Events,
  weights: Float64Array,
  dynamics: MembraneDynamics,
  period: number,
  sum: (k: number, value: number) => void,
): void {
  const { gain, order, after, dead, membrane, synapse } = dynamics;
  const n = times.length - 1;
  const rounds = 1 + Math.ceil((MEMORY * Math.max(membrane, synapse)) / period);
  const full = STRETCH * Math.min(membrane, synapse);
  const fullStep = stepOf(dynamics, full);
  const fullNodes = NODES.map((node) => stepOf(dynamics, node * full));
  const lengths = Float64Array.from({ length: n }, (_, e) => times[e + 1] - times[e]);
  const isFull = (e: number) => Math.abs(lengths[e] - full) < 1e-9 * full;
  const steps = Array.from({ length: n }, (_, e) => (isFull(e) ? fullStep : stepOf(dynamics, lengths[e])));
  // Forwards: the state just after every event, and whether V is held from there on.
  const states = new Float64Array(3 * n);
  const held = new Uint8Array(n);
  let [v, i, d, holding] = [0, 0, 0, false];
  for (let round = 0; round < rounds; round++) {
    for (let e = 0; e < n; e++) {
      const kind = kinds[e];
      if (kind === ARRIVAL) {
        if (order === 1) i += gain * weights[items[e]];
        else d += gain * weights[items[e]];
      } else if (kind !== NOTHING) {
        v = 0;
        if (kind === SPIKE && after === 'all') i = d = 0;
        holding = kind === SPIKE && dead > 0;
      }
      states[3 * e] = v;
      states[3 * e + 1] = i;
      states[3 * e + 2] = d;
      held[e] = holding ? 1 : 0;
      const [ee, f, p, q, x] = steps[e];
      if (!holding) v = v * ee + i * p + d * q;
      i = (i + d * x) * f;
      d *= f;
    }
  }
  // What every stretch adds to lambda at its begin.
  const gained = new Float64Array(3 * n);
  for (let e = 0; e < n; e++) {
    if (held[e] || lengths[e] > 1.5 * full) continue;
    const nodes = isFull(e) ? fullNodes : undefined;
    for (let g = 0; g < NODES.length; g++) {
      const [ee, , p, q] = nodes ? nodes[g] : stepOf(dynamics, NODES[g] * lengths[e]);
      const z = states[3 * e] * ee + states[3 * e + 1] * p + states[3 * e + 2] * q;
      const weighted = WEIGHTS[g] * lengths[e] * z;
      gained[3 * e] += weighted * ee;
      gained[3 * e + 1] += weighted * p;
      gained[3 * e + 2] += weighted * q;
    }
  }
  // Backwards.
  let [lv, li, ld] = [0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    for (let e = n - 1; e >= 0; e--) {
      const [ee, f, p, q, x] = steps[e];
      if (held[e]) lv = 0;
      ld = ld * f + li * x * f + lv * q + gained[3 * e + 2];
      li = li * f + lv * p + gained[3 * e + 1];
      lv = lv * ee + gained[3 * e];
      const kind = kinds[e];
      if (kind === ARRIVAL) {
        if (round === rounds - 1) sum(items[e], (gain / period) * (order === 1 ? li : ld));
      } else if (kind !== NOTHING) {
        lv = 0;
        if (kind === SPIKE && after === 'all') li = ld = 0;
      }
    }
  }
}

/** The events of every group of synapses; `groups[k]` is that of synapse k. */
function eventsOf({ times, synapses, period, own }: Arrivals, groups: Int32Array, count: number): Events[] {
  const dynamics = familyOf(own?.dynamics).constantsOf(own?.dynamics);
  const { membrane, synapse } = dynamics;
  const [stretch, longest] = [STRETCH * Math.min(membrane, synapse), MEMORY * Math.max(membrane, synapse)];
  const events = Array.from({ length: count }, () => new Events(stretch, longest));
  const moving = resets(dynamics) && own !== undefined && own.spikes.length > 0;
  const happenings = moving ? ownEvents(dynamics, own.spikes, period) : [];
  let next = 0;
  for (let e = 0; e <= times.length; e++) {
    const until = e < times.length ? times[e] : period;
    for (; next < happenings.length && happenings[next].time <= until; next++) {
      for (const group of events) group.add(happenings[next].time, happenings[next].kind, 0);
    }
    if (e < times.length) events[groups[synapses[e]]].add(times[e], ARRIVAL, synapses[e]);
  }
  for (const group of events) group.add(period, NOTHING, 0);
  return events;
}

/** The group of every synapse, 0, 1, ..., of those that share a key, and how many there are. */
function grouped(keys: ArrayLike<number>): { groups: Int32Array; count: number } {
  const known = new Map<number, number>();
  const groups = new Int32Array(keys.length);
  for (let k = 0; k < keys.length; k++) {
    const group = known.get(keys[k]) ?? known.size;
    known.set(keys[k], group);
    groups[k] = group;
  }
  return { groups, count: known.size };
}

/** (1/T) int y_k z dt of every synapse k, z the potential of its group. */
export function gradientByQuadrature(
  arrivals: Arrivals,
  groups: Int32Array,
  count: number,
  weights: Float64Array,
): Float64Array {
  const gradient = new Float64Array(groups.length);
  const dynamics = familyOf(arrivals.own?.dynamics).constantsOf(arrivals.own?.dynamics);
  for (const events of eventsOf(arrivals, groups, count)) {
    addGradient(events, weights, dynamics, arrivals.period, (k, value) => {
      gradient[k] += value;
    });
  }
  return gradient;
}

/** H w of one memory, source by source: one entry per synapse. Neurons that no spike changes have one time constant, and a shorter way. */
export function spreadOf(score: Score, inputs: Inputs, weights: Float64Array, buffers = reusedBuffers()): Float64Array {
  const { after, membrane } = familyOf(inputs.own?.dynamics).constantsOf(inputs.own?.dynamics);
  if (after !== 'nothing') {
    const { groups, count } = grouped(inputs.sources);
    return gradientByQuadrature(arrivalsOf(score, inputs), groups, count, weights);
  }
  const gradient = new Float64Array(weights.length);
  addCorrelated(arrivalsBySource(score, inputs, buffers), membrane, weights, gradient, buffers);
  return gradient;
}

/** The same, summed over the memories. */
export function spreadGradient(
  memories: readonly { readonly score: Score }[],
  inputs: Inputs,
  weights: Float64Array,
): Float64Array {
  const total = new Float64Array(weights.length);
  for (const { score } of memories) {
    spreadOf(score, inputs, weights).forEach((value, k) => {
      total[k] += value;
    });
  }
  return total;
}

/** The mean of the diagonal entries of all H_s. */
export function meanSpread(memories: readonly { readonly score: Score }[], inputs: Inputs): number {
  const { sources, own } = inputs;
  const { after, membrane } = familyOf(own?.dynamics).constantsOf(own?.dynamics);
  // Without resets a delay only shifts the potential: one synapse stands for all of its source.
  const alone = Int32Array.from(sources.keys());
  const unit = new Float64Array(sources.length).fill(1);
  let total = 0;
  for (const { score } of memories) {
    let sum = 0;
    if (after === 'nothing') {
      const energy = energiesOf(score, membrane);
      for (let k = 0; k < sources.length; k++) sum += energy(sources[k]);
    } else {
      for (const value of gradientByQuadrature(arrivalsOf(score, inputs), alone, alone.length, unit)) sum += value;
    }
    total += sum;
  }
  return sources.length > 0 ? total / sources.length : 0;
}
