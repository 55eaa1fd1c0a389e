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
 * For the kernel h(t) = t e^{1-t} it is the sum of e^2/4 (1 + |u|) e^{-|u|} over all pairs of arrivals, u apart.
 */
import { countUntil } from '../../core/index.js';
import type { Score } from '../score/index.js';
import { type Arrivals, arrivalsOf, type Inputs } from './arrivals.js';
import { resets } from './dynamics.js';
import { familyOf } from './family.js';
import type { MembraneDynamics } from './membrane/dynamics.js';
import { respond } from './membrane/piece.js';

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
  const blocks = blocksOf(inputs.sources);
  const spreads = blocks.map((variables) => ({ variables, P: new Float64Array(variables.length ** 2) }));
  for (const { score } of memories) addHalves(spreads, arrivalsOf(score, inputs));
  for (const { variables, P } of spreads) addTransposed(P, variables.length);
  return spreads;
}

function addTransposed(P: Float64Array, m: number): void {
  for (let i = 0; i < m; i++) {
    P[(m + 1) * i] *= 2;
    for (let l = 0; l < i; l++) P[m * i + l] = P[m * l + i] = P[m * i + l] + P[m * l + i];
  }
}

/** The synapses of each source, in order. */
function blocksOf(sources: Uint32Array): Uint32Array[] {
  const found = new Map<number, number[]>();
  sources.forEach((source, k) => {
    const own = found.get(source);
    if (own) own.push(k);
    else found.set(source, [k]);
  });
  return [...found.values()].map((own) => Uint32Array.from(own));
}

/** Adds what one memory makes: a matrix which with its mirror image is H. */
function addHalves(spreads: readonly SourceSpread[], { times, synapses, period, own }: Arrivals): void {
  const dynamics = familyOf(own?.dynamics).constantsOf(own?.dynamics);
  const { after, dead, gain, order, membrane, synapse } = dynamics;
  const constants = { membrane, synapse, order: 2 } as const;
  const P = lyapunov(dynamics);
  const moving = resets(dynamics) && own !== undefined && own.spikes.length > 0;
  const events = moving ? ownEvents(own.spikes, dead, period) : [];
  // Of every synapse its block and its place there; of every block its states, three numbers a synapse, and their moment.
  const total = spreads.reduce((sum, { variables }) => sum + variables.length, 0);
  const [block, place] = [new Uint32Array(total), new Uint32Array(total)];
  spreads.forEach(({ variables }, b) => {
    variables.forEach((k, i) => {
      [block[k], place[k]] = [b, i];
    });
  });
  const states = spreads.map(({ variables }) => new Float64Array(3 * variables.length));
  const last = new Float64Array(spreads.length);
  const out = new Float64Array(4);
  let held = false;

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
      if (!held) x[i] = x[i] * e + x[i + 1] * p + x[i + 2] * q;
      x[i + 1] = (x[i + 1] + x[i + 2] * step) * f;
      x[i + 2] *= f;
    }
  }

  function addArrival(k: number): void {
    const b = block[k];
    const [x, H, m, i] = [states[b], spreads[b].P, spreads[b].variables.length, place[k]];
    if (!held) {
      const unit = gain / period;
      const v = unit * P[3 * order];
      const c = unit * P[3 * order + 1];
      const d = unit * P[3 * order + 2];
      for (let l = 0, at = m * i; l < m; l++, at++) H[at] += v * x[3 * l] + c * x[3 * l + 1] + d * x[3 * l + 2];
      H[m * i + i] += 0.5 * gain * unit * P[4 * order];
    }
    x[3 * i + order] += gain;
  }

  /** Half of sign x_k'P x_l / T, over all pairs of every source. */
  function addJump(sign: number): void {
    spreads.forEach(({ variables: { length: m }, P: H }, b) => {
      const x = states[b];
      for (let i = 0; i < m; i++) {
        const v = x[3 * i];
        const c = x[3 * i + 1];
        const d = x[3 * i + 2];
        for (let l = 0; l <= i; l++) {
          let value = 0;
          for (let j = 0; j < 3; j++) value += x[3 * l + j] * (P[j] * v + P[3 + j] * c + P[6 + j] * d);
          H[m * i + l] += ((l < i ? sign : sign / 2) * value) / period;
        }
      }
    });
  }

  function happen(kind: number, counts: boolean, time: number): void {
    for (let b = 0; b < states.length; b++) advance(b, time);
    if (kind === SPIKE && counts) addJump(-1);
    for (const x of states) for (let i = 0; i < x.length; i += 3) x[i] = 0;
    if (kind === SPIKE && after === 'all') for (const x of states) x.fill(0);
    held = kind === SPIKE && dead > 0;
    if (kind === RELEASE && counts) addJump(1);
  }

  /** Once around the circle. */
  function pass(counts: boolean): void {
    last.fill(0);
    let next = 0;
    // Of what is only there to close the circle the older part leaves nothing.
    const first = counts || moving ? 0 : countUntil(times, period - MEMORY * Math.max(membrane, synapse), 'left');
    for (let e = first; e <= times.length; e++) {
      const until = e < times.length ? times[e] : period;
      // At one moment the own events come first.
      for (; next < events.length && events[next].time <= until; next++) {
        happen(events[next].kind, counts, events[next].time);
      }
      if (e === times.length) break;
      const k = synapses[e];
      advance(block[k], times[e]);
      if (counts) addArrival(k);
      else states[block[k]][3 * place[k] + order] += gain;
    }
    for (let b = 0; b < states.length; b++) advance(b, period);
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
        if (!moving) x[i] = (x[i] + x[i + 1] * p + x[i + 2] * q) / (1 - e);
      }
    }
  }

  pass(false);
  close();
  if (after === 'membrane' && moving) {
    // The currents are those of all periods; the potential since the last spike follows from them.
    for (const x of states) for (let i = 0; i < x.length; i += 3) x[i] = 0;
    pass(false);
  }
  pass(true);
}
