/**
 * Neurons with dynamics of their own: reset at a spike, leaky integrate-and-fire, continuation with another time constant.
 * Oracle: their differential equations, integrated step by step.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArena, serialMap } from '../src/core/index.js';
import { memorize, type Problem } from '../src/memorize/index.js';
import { type NeuronModel, wireFixedIn } from '../src/network/index.js';
import { type Score, sampleScore, spikesOf } from '../src/score/index.js';
import {
  arrivalsOf,
  type Cut,
  combineCuts,
  combineCutsBounded,
  cutSlacks,
  type Dynamics,
  defaultTemplate,
  dynamicsOf,
  freePart,
  type Inputs,
  membraneProgram,
  potentialFrom,
  resets,
  slopeAt,
  type Template,
  templateViolation,
  valueAt,
} from '../src/template/index.js';

const MODELS: Record<string, NeuronModel> = {
  'reset -1': { model: 'reset', reset: -1 },
  'reset 0': { model: 'reset', reset: 0 },
  'reset -0.5, slower': { model: 'reset', reset: -0.5, beta: 1.7 },
  'lif exp': { model: 'lif', current: 'exp', membrane: 2, synapse: 0.4, reset: 0, refractory: 0.4 },
  'lif alpha': { model: 'lif', current: 'alpha', membrane: 2, synapse: 0.4, reset: -0.3, refractory: 0.4 },
  'lif exp, equal': { model: 'lif', current: 'exp', membrane: 1.2, synapse: 1.2, reset: -0.5, refractory: 0 },
  'lif alpha, equal': { model: 'lif', current: 'alpha', membrane: 0.8, synapse: 0.8, reset: 0, refractory: 1 },
  'lif alpha, slow synapse': { model: 'lif', current: 'alpha', membrane: 0.7, synapse: 3, reset: 0, refractory: 0.2 },
  'continuation, slower': { model: 'continuation', beta: 1.6 },
};

interface Neuron {
  score: Score;
  inputs: Inputs;
  spikes: Float64Array;
  dynamics: Dynamics;
  weights: Float64Array;
}

function neuronOf(model: NeuronModel, seed: number, { inputs = 60, period = 17 } = {}): Neuron {
  const score = sampleScore(12, period, 0.4, seed);
  const wiring = wireFixedIn({ neurons: 12, inputs, delays: [0.1, 6], seed });
  const dynamics = dynamicsOf(model, 0) as Dynamics;
  const [first, last] = [wiring.starts[0], wiring.starts[1]];
  return {
    score,
    spikes: spikesOf(score, 0),
    inputs: {
      sources: wiring.sources.subarray(first, last),
      delays: wiring.delays.subarray(first, last),
      own: { neuron: 0, dynamics },
    },
    dynamics,
    weights: Float64Array.from({ length: inputs }, (_, k) => 0.3 * Math.sin(37 * k + seed)),
  };
}

/** (V, I, D) at some times (just before them), by Runge and Kutta's steps through three periods from nothing. */
function integrate({ score, inputs, spikes, dynamics, weights }: Neuron, at: number[], turns = 3): number[][] {
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

const TEMPLATES: Record<string, Template> = {
  window: { ...defaultTemplate, bound: 1 },
  ramp: { ...defaultTemplate, bound: 1, shape: 'ramp' },
};

describe('the potential of a neuron with dynamics of its own', () => {
  for (const [name, model] of Object.entries(MODELS)) {
    it(`is that of its differential equation: ${name}`, () => {
      const neuron = neuronOf(model, 3);
      const { score, inputs, weights, spikes, dynamics } = neuron;
      const potential = potentialFrom(arrivalsOf(score, inputs), weights);
      const at = [...Array.from({ length: 60 }, (_, n) => (n * score.period) / 60.3), ...spikes];
      const turns = dynamics.synapse > 2 ? 6 : 3;
      integrate(neuron, at, turns).forEach(([v, i, , held], n) => {
        expect(valueAt(potential, at[n]), `at ${at[n]}`).toBeCloseTo(v, 6);
        expect(slopeAt(potential, at[n], 'left')).toBeCloseTo(held ? 0 : i - v / dynamics.membrane, 6);
      });
    });

    it(`is affine in the weights, with the rows of its program: ${name}`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (seed, share) => {
          const { score, inputs, weights, spikes, dynamics } = neuronOf(model, seed);
          const arrivals = arrivalsOf(score, inputs);
          const potential = potentialFrom(arrivals, weights);
          const arena = createArena();
          const program = membraneProgram(
            arena,
            score,
            spikes,
            inputs.sources,
            inputs.delays,
            TEMPLATES.window,
            dynamics,
          );
          const row = arena.alloc(8 * weights.length);
          const times = [share * score.period, arrivals.times[Math.floor(share * arrivals.times.length)], ...spikes];
          const cuts = times.flatMap((time) =>
            (['spike', 'level', 'slope+', 'slope-'] as const).map((kind): Cut => ({ time, kind, limit: 0 })),
          );
          const slacks = cutSlacks(potential, cuts);
          const y = Float64Array.from(cuts, (_, n) => Math.sin(n + 1));
          const sum = new Float64Array(weights.length);
          cuts.forEach((cut, n) => {
            program.writeRow(cut, row);
            const entries = arena.f64(row, weights.length);
            const product = entries.reduce((total, entry, k) => total + entry * weights[k], 0);
            expect(product, `${cut.kind} at ${cut.time}`).toBeCloseTo(slacks[n], 9);
            entries.forEach((entry, k) => {
              sum[k] += y[n] * entry;
            });
          });
          const { combination, errors } = combineCutsBounded(score, inputs, cuts, y);
          combineCuts(arrivals, weights.length, cuts, y).forEach((value, k) => {
            expect(value).toBeCloseTo(sum[k], 9);
            expect(Math.abs(combination[k] - sum[k])).toBeLessThanOrEqual(errors[k] + 1e-12);
          });
        }),
        { numRuns: 10 },
      );
    });

    for (const [shape, template] of Object.entries(TEMPLATES)) {
      if (shape === 'ramp' && model.model === 'continuation') continue;
      it(`leaves its template by what the scan says: ${name}, ${shape}`, () => {
        fc.assert(
          fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
            const { score, inputs, weights, spikes, dynamics } = neuronOf(model, seed);
            const arena = createArena();
            const { sources, delays } = inputs;
            const program = membraneProgram(arena, score, spikes, sources, delays, template, dynamics);
            const pointer = arena.alloc(8 * weights.length);
            arena.f64(pointer, weights.length).set(weights);
            const violations = program.scan(pointer, 1e-9);
            const potential = potentialFrom(arrivalsOf(score, inputs), weights);
            const atSpikes = [...spikes].map((time) => Math.abs(valueAt(potential, time) - 1));
            const worst = violations.reduce((most, { amount }) => Math.max(most, amount), Math.max(0, ...atSpikes));
            expect(worst).toBeCloseTo(templateViolation(potential, spikes, template), 8);
            // Every cut is violated by what it says.
            const slacks = cutSlacks(potential, violations);
            violations.forEach(({ amount, kind, time }, n) => {
              expect(-slacks[n], `${kind} at ${time}`).toBeCloseTo(amount, 8);
            });
          }),
          { numRuns: 20 },
        );
      });
    }
  }
});
