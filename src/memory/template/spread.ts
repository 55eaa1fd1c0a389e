/**
 * What each source makes of a neuron's potential, as a quadratic form of its weights: with y_k(t) the potential of synapse k at
 * weight 1 (without what a reset leaves), over all synapses k, l of one source s,
 *
 *   (H_s)_kl = sum over the memories of (1/T) int_0^T y_k(t) y_l(t) dt.
 *
 * Between events a synapse's state x = (V, I, D) obeys x' = A x, and V_k V_l has the antiderivative -x_k'P x_l, where
 * A'P + P A = -e_V e_V'. Around the circle all cancels but the jumps, which makes H exact, in one sweep over the events:
 *
 *   an arrival of k, which raises its component j by g     H_kl += g (P x_l)_j,   H_kk += 2 g (P x_k)_j + g^2 P_jj
 *   a spike that ends V                                    H_kl -= x_k'P x_l
 *   a release of V, which is 0 there                       H_kl += x_k'P x_l
 *
 * Where no spike changes the neuron an entry depends on the lag of the two synapses alone (spread-lags.ts).
 */
import { countUntil } from '../../core/index.js';
import type { Score } from '../score/index.js';
import { type Arrivals, arrivalsOf, type Inputs } from './arrivals.js';
import { resets } from './dynamics.js';
import { familyOf } from './family.js';
import type { MembraneDynamics } from './membrane/dynamics.js';
import { respond } from './membrane/piece.js';
import { lagCorrelation } from './spread-lags.js';

/** The synapses of one source, and their H, m x m, row-major, in thresholds squared per weight squared. */
export interface SourceSpread {
  readonly variables: Uint32Array;
  readonly P: Float64Array;
}

/** P of the Lyapunov equation, row-major; with a = 1 / tau_m, b = 1 / tau_s solved entry by entry. */
export function lyapunov({ membrane, synapse }: Pick<MembraneDynamics, 'membrane' | 'synapse'>): Float64Array {
  const [a, b] = [1 / membrane, 1 / synapse];
  const vv = 1 / (2 * a);
  const vi = vv / (a + b);
  const ii = vi / b;
  const vd = vi / (a + b);
  const id = (vd + ii) / (2 * b);
  return Float64Array.of(vv, vi, vd, vi, ii, id, vd, id, id / b);
}

/** Time constants beyond which nothing is left that a double could show. */
const MEMORY = 50;

const SPIKE = 0;
const RELEASE = 1;

/** Own spikes and releases in order of time, a release before a spike at the same moment. */
function ownEvents(spikes: Float64Array, dead: number, period: number) {
  const events = Array.from(spikes, (time) => ({ time, kind: SPIKE }));
  for (const spike of dead > 0 ? spikes : []) {
    const time = spike + dead;
    events.push({ time: time < period ? time : time - period, kind: RELEASE });
  }
  return events.sort((p, q) => p.time - q.time || q.kind - p.kind);
}

/** H of every source that a neuron hears, by all its memories. */
export function sourceSpreads(memories: readonly { readonly score: Score }[], inputs: Inputs): SourceSpread[] {
  const spreads = emptySpreads(inputs.sources);
  const { after, membrane } = familyOf(inputs.own?.dynamics).constantsOf(inputs.own?.dynamics);
  const scores = memories.map(({ score }) => score);
  if (after === 'nothing') {
    for (const period of new Set(scores.map((score) => score.period))) {
      const alike = scores.filter((score) => score.period === period);
      addByLags(spreads, lagCorrelation(alike, membrane), inputs);
    }
  } else for (const score of scores) addHalves(spreads, arrivalsOf(score, inputs));
  for (const { variables, P } of spreads) addTransposed(P, variables.length);
  return spreads;
}

/** Half of what memories make of a neuron that no spike changes. */
function addByLags(
  spreads: readonly SourceSpread[],
  correlation: ReturnType<typeof lagCorrelation>,
  { sources, delays }: Inputs,
): void {
  for (const { variables, P } of spreads) {
    const m = variables.length;
    const source = sources[variables[0]];
    const own = correlation(source, 0);
    for (let i = 0; i < m; i++) {
      for (let l = 0; l < i; l++) P[m * i + l] += correlation(source, delays[variables[i]] - delays[variables[l]]);
      P[(m + 1) * i] += own / 2;
    }
  }
}

function addTransposed(P: Float64Array, m: number): void {
  for (let i = 0; i < m; i++) {
    P[(m + 1) * i] *= 2;
    for (let l = 0; l < i; l++) P[m * i + l] = P[m * l + i] = P[m * i + l] + P[m * l + i];
  }
}

/** The synapses of each source, in order, with zeros as its H; all in two arrays. */
function emptySpreads(sources: Uint32Array): SourceSpread[] {
  const found = new Map<number, number[]>();
  for (let k = 0; k < sources.length; k++) {
    const own = found.get(sources[k]);
    if (own) own.push(k);
    else found.set(sources[k], [k]);
  }
  let size = 0;
  for (const { length } of found.values()) size += length * length;
  const [all, H] = [new Uint32Array(sources.length), new Float64Array(size)];
  let [first, begin] = [0, 0];
  return Array.from(found.values(), (own) => {
    const m = own.length;
    const variables = all.subarray(first, first + m);
    for (let i = 0; i < m; i++) variables[i] = own[i];
    const P = H.subarray(begin, begin + m * m);
    first += m;
    begin += m * m;
    return { variables, P };
  });
}

/** The states of all synapses, three numbers each, block by block, and how they move. */
function movingStates(
  { after, dead, membrane, synapse }: MembraneDynamics,
  spreads: readonly SourceSpread[],
  period: number,
  moving: boolean,
) {
  const constants = { membrane, synapse, order: 2 } as const;
  const states = spreads.map(({ variables }) => new Float64Array(3 * variables.length));
  /** The moment of each block. */
  const last = new Float64Array(spreads.length);
  const out = new Float64Array(4);
  /** Whether V stays where it is. */
  const hold = { now: false };

  function advance(b: number, time: number): void {
    const step = time - last[b];
    last[b] = time;
    if (step === 0) return;
    respond(constants, step, out);
    const e = out[0];
    const f = out[1];
    const p = out[2];
    const q = out[3];
    const x = states[b];
    for (let i = 0; i < x.length; i += 3) {
      if (!hold.now) x[i] = x[i] * e + x[i + 1] * p + x[i + 2] * q;
      x[i + 1] = (x[i + 1] + x[i + 2] * step) * f;
      x[i + 2] *= f;
    }
  }

  /** What a spike, or a release, leaves. */
  function wipe(kind: number): void {
    for (const x of states) {
      if (kind === SPIKE && after === 'all') x.fill(0);
      else for (let i = 0; i < x.length; i += 3) x[i] = 0;
    }
    hold.now = kind === SPIKE && dead > 0;
  }

  /** From what one period leaves to what all leave. */
  function close(): void {
    if (after === 'all' && moving) return;
    respond(constants, period, out);
    const [e, f, p, q] = out;
    for (const x of states) {
      for (let i = 0; i < x.length; i += 3) {
        x[i + 2] /= 1 - f;
        x[i + 1] = (x[i + 1] + x[i + 2] * period * f) / (1 - f);
        x[i] = moving ? 0 : (x[i] + x[i + 1] * p + x[i + 2] * q) / (1 - e);
      }
    }
  }

  const advanceAll = (time: number) => states.forEach((_, b) => advance(b, time));
  return { states, hold, advance, advanceAll, wipe, close, rewind: () => last.fill(0) };
}

/** Half of factor x_k'P x_l, over all pairs of every source. */
function addJump(spreads: readonly SourceSpread[], states: readonly Float64Array[], P: Float64Array, factor: number) {
  spreads.forEach(({ variables: { length: m }, P: H }, b) => {
    const x = states[b];
    for (let i = 0; i < m; i++) {
      const v = x[3 * i];
      const c = x[3 * i + 1];
      const d = x[3 * i + 2];
      for (let l = 0; l <= i; l++) {
        let value = 0;
        for (let j = 0; j < 3; j++) value += x[3 * l + j] * (P[j] * v + P[3 + j] * c + P[6 + j] * d);
        H[m * i + l] += (l < i ? factor : factor / 2) * value;
      }
    }
  });
}

/** Adds what one memory makes: a matrix which with its mirror image is H. */
function addHalves(spreads: readonly SourceSpread[], { times, synapses, period, own }: Arrivals): void {
  const dynamics = familyOf(own?.dynamics).constantsOf(own?.dynamics);
  const { after, dead, gain, order, membrane, synapse } = dynamics;
  const P = lyapunov(dynamics);
  const moving = resets(dynamics) && own !== undefined && own.spikes.length > 0;
  const events = moving ? ownEvents(own.spikes, dead, period) : [];
  const { block, place } = placesOf(spreads);
  const { states, hold, advance, advanceAll, wipe, close, rewind } = movingStates(dynamics, spreads, period, moving);
  const unit = gain / period;
  const [pv, pc, pd] = P.subarray(3 * order, 3 * order + 3).map((value) => unit * value);

  function addArrival(b: number, i: number): void {
    const [x, H, m] = [states[b], spreads[b].P, spreads[b].variables.length];
    for (let l = 0, at = m * i; l < m; l++, at++) H[at] += pv * x[3 * l] + pc * x[3 * l + 1] + pd * x[3 * l + 2];
    H[m * i + i] += 0.5 * gain * unit * P[4 * order];
  }

  /** Once around the circle. */
  function pass(counts: boolean): void {
    rewind();
    let next = 0;
    // Of what is only there to close the circle the older part leaves nothing.
    const first = counts || moving ? 0 : countUntil(times, period - MEMORY * Math.max(membrane, synapse), 'left');
    for (let e = first; e <= times.length; e++) {
      const until = e < times.length ? times[e] : period;
      // At one moment the own events come first.
      for (; next < events.length && events[next].time <= until; next++) {
        const { kind, time } = events[next];
        advanceAll(time);
        if (kind === SPIKE && counts) addJump(spreads, states, P, -1 / period);
        wipe(kind);
        if (kind === RELEASE && counts) addJump(spreads, states, P, 1 / period);
      }
      if (e === times.length) break;
      const [b, i] = [block[synapses[e]], place[synapses[e]]];
      advance(b, times[e]);
      if (counts && !hold.now) addArrival(b, i);
      states[b][3 * i + order] += gain;
    }
    advanceAll(period);
  }

  pass(false);
  close();
  // The currents are those of all periods; the potential since the last spike follows from them.
  if (after === 'membrane' && moving) pass(false);
  pass(true);
}

/** Of every synapse its block, and its place there. */
function placesOf(spreads: readonly SourceSpread[]): { block: Uint32Array; place: Uint32Array } {
  const total = spreads.reduce((sum, { variables }) => sum + variables.length, 0);
  const [block, place] = [new Uint32Array(total), new Uint32Array(total)];
  spreads.forEach(({ variables }, b) => {
    variables.forEach((k, i) => {
      block[k] = b;
      place[k] = i;
    });
  });
  return { block, place };
}
