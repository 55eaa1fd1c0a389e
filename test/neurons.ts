/** Neurons of all families, with their differential equations as an oracle: what the tests of the families share. */
import { type NeuronModel, wireFixedIn } from '../src/memory/network/index.js';
import { type Score, sampleScore, spikesOf } from '../src/memory/score/index.js';
import { arrivalsOf, defaultTemplate, type Inputs, resets, type Template } from '../src/memory/template/index.js';
import { dynamicsOf, type MembraneDynamics } from '../src/memory/template/membrane/dynamics.js';

/** Models with dynamics of their own. */
export const MODELS: Record<string, NeuronModel> = {
  'reset -1': { model: 'reset', reset: -1 },
  'reset 0': { model: 'reset', reset: 0 },
  'reset -0.5, slower': { model: 'reset', reset: -0.5, beta: 1.7 },
  'lif exp': { model: 'lif', current: 'exp', membrane: 2, synapse: 0.4, reset: 0, refractory: 0.4 },
  'lif alpha': { model: 'lif', current: 'alpha', membrane: 2, synapse: 0.4, reset: -0.3, refractory: 0.4 },
  'lif exp, equal': { model: 'lif', current: 'exp', membrane: 1.2, synapse: 1.2, reset: -0.5, refractory: 0.01 },
  'lif alpha, equal': { model: 'lif', current: 'alpha', membrane: 0.8, synapse: 0.8, reset: 0, refractory: 1 },
  'lif alpha, slow synapse': { model: 'lif', current: 'alpha', membrane: 0.7, synapse: 3, reset: 0, refractory: 0.2 },
  'continuation, slower': { model: 'continuation', beta: 1.6 },
};

/** The default neuron's differential equation is that of a membrane with these constants. */
const DEFAULT: MembraneDynamics = {
  family: 'default',
  membrane: 1,
  synapse: 1,
  order: 1,
  gain: Math.E,
  after: 'nothing',
  reset: 0,
  dead: 1,
};

export interface Neuron {
  score: Score;
  inputs: Inputs;
  spikes: Float64Array;
  /** Of its differential equation. */
  dynamics: MembraneDynamics;
  weights: Float64Array;
}

/** Neuron 0 of a random score and wiring; the default one without a model. */
export function neuronOf(model: NeuronModel | undefined, seed: number, { inputs = 60, period = 17 } = {}): Neuron {
  const score = sampleScore(12, period, 0.4, seed);
  const wiring = wireFixedIn({ neurons: 12, inputs, delays: [0.1, 6], seed });
  const dynamics = dynamicsOf(model, 0);
  const [first, last] = [wiring.starts[0], wiring.starts[1]];
  return {
    score,
    spikes: spikesOf(score, 0),
    inputs: {
      sources: wiring.sources.subarray(first, last),
      delays: wiring.delays.subarray(first, last),
      own: dynamics && { neuron: 0, dynamics },
    },
    dynamics: dynamics ?? DEFAULT,
    weights: Float64Array.from({ length: inputs }, (_, k) => 0.3 * Math.sin(37 * k + seed)),
  };
}

/** (V, I, D) at some times (just before them), by Runge and Kutta's steps through three periods from nothing. */
export function integrate({ score, inputs, spikes, dynamics, weights }: Neuron, at: number[], turns = 3): number[][] {
  const { membrane, synapse, gain, order, after, dead, reset } = dynamics;
  const { period } = score;
  const { times, synapses } = arrivalsOf(score, inputs);
  type Happening = { time: number; rank: number; act: (y: number[]) => void };
  const happenings: Happening[] = [];
  let held = false;
  const found: number[][] = [];
  for (let turn = 0; turn < turns; turn++) {
    const shift = turn * period;
    times.forEach((time, e) => {
      happenings.push({
        time: time + shift,
        rank: 2,
        act: (y) => {
          y[order] += gain * weights[synapses[e]];
        },
      });
    });
    if (!resets(dynamics)) continue;
    for (const spike of spikes) {
      happenings.push({
        time: spike + shift,
        rank: 1,
        act: (y) => {
          y[0] = reset;
          if (after === 'all') y.fill(0, 1);
          held = dead > 0;
        },
      });
      happenings.push({
        time: spike + dead + shift,
        rank: 1.5,
        act: () => {
          held = false;
        },
      });
    }
  }
  at.forEach((time, n) => {
    happenings.push({
      time: time + (turns - 1) * period,
      rank: 0,
      act: (y) => {
        found[n] = [...y, held ? 1 : 0];
      },
    });
  });
  happenings.sort((a, b) => a.time - b.time || a.rank - b.rank);
  const f = ([v, i, d]: number[]) => [held ? 0 : i - v / membrane, d - i / synapse, -d / synapse];
  const y = [0, 0, 0];
  let now = 0;
  for (const { time, act } of happenings) {
    const steps = Math.ceil((time - now) / 0.01);
    const h = (time - now) / steps;
    for (let s = 0; s < steps; s++) {
      const add = (k: number[], c: number) => y.map((value, j) => value + c * k[j]);
      const k1 = f(y);
      const k2 = f(add(k1, h / 2));
      const k3 = f(add(k2, h / 2));
      const k4 = f(add(k3, h));
      for (let j = 0; j < 3; j++) y[j] += (h / 6) * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]);
    }
    now = time;
    act(y);
  }
  return found;
}

export const TEMPLATES: Record<string, Template> = {
  window: { ...defaultTemplate, bound: 1 },
  ramp: { ...defaultTemplate, bound: 1, shape: 'ramp' },
};
