/**
 * What a spike is caused by: for each arrival that counts at a prescribed spike m of neuron l, how its shift moves the
 * potential there, z'(s_m) dx_m = sum of influence dx_n.
 *
 * With a kernel, an arrival of age u = s_m - t counts with w h'(u / beta) / beta; in the reset model only arrivals since
 * the neuron's own last spike do, and that spike counts with -R e^{-(s_m - s_prev) / beta} / beta.
 *
 * In a leaky integrate-and-fire neuron the membrane starts at V_r when it is released at r, a time T = s_m - r before
 * the spike. With p the response of height 1 to the current I of a weight of 1 (see src/memory/network/neuron.ts),
 *
 *   u <= T (since the release)    w p'(u)
 *   u > T, g = u - T              -w dz/dt of what is left of its current at r: d/dg of
 *                                   exp     e^{-g / tau_s} p(T)
 *                                   alpha   e^{-g / tau_s} (p(T) + (g / tau_s) e E(T) / height)
 *                                 E the response to e^{-t / tau_s}: kept currents, an erased membrane
 *   the own last spike            e^{-T / tau_m} z'(r+),   z'(r+) = -V_r / tau_m + I(r)
 *
 * In each model the influences sum to z'(s_m), because a common shift of everything changes nothing.
 */
import { countUntil, exp } from '../../core/index.js';
import {
  currentResponse,
  type LifModel,
  type Network,
  type NeuronModel,
  ofNeuron,
  responsePeak,
} from '../network/index.js';
import { type Score, spikesOf } from '../score/index.js';
import { horizonFor } from '../template/index.js';

export interface Causes {
  /**
   * Spike n of the score, sent `turns` periods before this one; `curvature` is w h''(u) (0 for membranes); by which synapse, none for
   * the own last spike.
   */
  add(n: number, turns: number, influence: number, curvature: number, synapse?: number): void;
  /** An arrival within `KINK_REACH` of the spike, before (age > 0) or after it: where a kernel begins it has a kink. */
  near(n: number, age: number, weight: number): void;
}

/** Visits all causes of spike `place` of neuron l. */
export type VisitCauses = (l: number, place: number, causes: Causes) => void;

/** Arrivals older than this, in time constants, shift nothing that a number can hold. */
export const OLDEST = horizonFor(1e-16);

/** How far from a spike arrivals are kept for their kinks. */
const KINK_REACH = 0.25;

export const causesOf = (score: Score, network: Network, model: NeuronModel): VisitCauses =>
  model.model === 'lif' ? membraneCauses(score, network, model) : kernelCauses(score, network, model);

function kernelCauses(score: Score, network: Network, model: Exclude<NeuronModel, LifModel>): VisitCauses {
  const { period } = score;
  const reset = model.model === 'reset' ? model.reset : undefined;
  // e^{-gap} between each spike of a channel and the one before it, around the circle; of the last time constant used.
  const gapDecay = new Float64Array(score.times.length);
  let decaysOf = 0;
  const decaysFor = (beta: number) => {
    if (beta === decaysOf) return;
    decaysOf = beta;
    for (let l = 0; l + 1 < score.starts.length; l++) {
      const own = spikesOf(score, l);
      own.forEach((time, i) => {
        const gap = i > 0 ? time - own[i - 1] : time + period - own[own.length - 1];
        gapDecay[score.starts[l] + i] = exp(-gap / beta);
      });
    }
  };
  return (l, place, { add, near }) => {
    const beta = ofNeuron(model.beta ?? 1, l);
    decaysFor(beta);
    const own = spikesOf(score, l);
    const time = own[place];
    // Age of the own last spike: in the reset model nothing older counts.
    const previous = previousOf(own, place, period);
    const oldest = reset === undefined ? Math.min(OLDEST * beta, period) : time - previous;
    for (let k = network.starts[l]; k < network.starts[l + 1]; k++) {
      const [first, last] = [score.starts[network.sources[k]], score.starts[network.sources[k] + 1]];
      if (first === last) continue;
      const weight = network.weights[k];
      // From the youngest arrival back to the oldest that counts; e^{1 - age} falls by the gaps between spikes.
      const sent = time - network.delays[k];
      const back = -Math.floor(sent / period);
      const at = sent + back * period;
      let turns = back;
      let n = first + countUntil(score.times, at, 'right', first, last);
      if (reset === undefined) {
        const late = n < last ? score.times[n] - at : score.times[first] + period - at;
        if (late < KINK_REACH && late < network.delays[k]) near(n < last ? n : first, -late, weight);
      }
      let scale = 0;
      for (let i = first; i < last; i++) {
        n--;
        if (n < first) {
          n = last - 1;
          turns++;
        }
        const age = at - score.times[n] + (turns - back) * period;
        scale = i === first ? weight * exp(1 - age / beta) : scale * gapDecay[n + 1 < last ? n + 1 : first];
        if (age > oldest) break;
        if (age === 0) {
          // An arrival at the spike has no effect yet; that of a period ago, at the own last spike, outlived the reset.
          const old = scale * exp(-period / beta);
          if (reset !== undefined && period <= oldest) {
            add(n, turns + 1, (old * (1 - period / beta)) / beta, (old * (period / beta - 2)) / (beta * beta), k);
          }
          continue;
        }
        const y = age / beta;
        add(n, turns, (scale * (1 - y)) / beta, (scale * (y - 2)) / (beta * beta), k);
        if (age < KINK_REACH && reset === undefined) near(n, age, weight);
      }
    }
    if (reset !== undefined && reset !== 0) {
      const fall = reset * exp((previous - time) / beta);
      add(lastSpike(score, l, place), place > 0 ? 0 : 1, -fall / beta, fall / (beta * beta));
    }
  };
}

function membraneCauses(score: Score, network: Network, model: LifModel): VisitCauses {
  const { period } = score;
  const { current, reset, refractory } = model;
  return (l, place, { add }) => {
    const [membrane, synapse] = [ofNeuron(model.membrane, l), ofNeuron(model.synapse, l)];
    const { height } = responsePeak(current, membrane, synapse);
    const respond = (kind: 'exp' | 'alpha', t: number) => currentResponse(kind, membrane, synapse, t) / height;
    /** The current of a weight of 1, and the slope of the response to it at rest. */
    const currentAt = (u: number) => {
      const y = u / synapse;
      return (current === 'exp' ? exp(-y) : y * exp(1 - y)) / height;
    };
    const slopeAt = (u: number) => currentAt(u) - respond(current, u) / membrane;
    const own = spikesOf(score, l);
    const time = own[place];
    const free = time - previousOf(own, place, period) - refractory;
    const held = { whole: respond(current, free), exp: current === 'alpha' ? Math.E * respond('exp', free) : 0 };
    let released = -reset / membrane;
    // Before the release only currents are remembered, after it the potential too.
    const oldest = Math.min(free + OLDEST * synapse, OLDEST * (membrane + synapse));
    for (let k = network.starts[l]; k < network.starts[l + 1]; k++) {
      const [first, last] = [score.starts[network.sources[k]], score.starts[network.sources[k] + 1]];
      if (first === last) continue;
      const weight = network.weights[k];
      const sent = time - network.delays[k];
      let turns = -Math.floor(sent / period);
      const at = sent + turns * period;
      const back = turns;
      for (let n = first + countUntil(score.times, at, 'right', first, last) - 1; ; n--) {
        if (n < first) {
          n = last - 1;
          turns++;
        }
        const age = at - score.times[n] + (turns - back) * period;
        if (age > oldest) break;
        if (age <= free) {
          add(n, turns, weight * slopeAt(age), 0, k);
          continue;
        }
        const y = (age - free) / synapse;
        released += weight * currentAt(age - free);
        add(n, turns, (-weight * exp(-y) * (held.whole - (1 - y) * held.exp)) / synapse, 0, k);
      }
    }
    add(lastSpike(score, l, place), place > 0 ? 0 : 1, released * exp(-free / membrane), 0);
  };
}

const previousOf = (own: Float64Array, place: number, period: number): number =>
  place > 0 ? own[place - 1] : own[own.length - 1] - period;

/** The neuron's spike before spike `place`, around the circle. */
const lastSpike = ({ starts }: Score, l: number, place: number): number =>
  place > 0 ? starts[l] + place - 1 : starts[l + 1] - 1;
