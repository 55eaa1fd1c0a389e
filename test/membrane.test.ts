/**
 * Neurons with dynamics of their own: reset at a spike, leaky integrate-and-fire, continuation with another time constant.
 * Oracle: their differential equations, integrated step by step.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArena, serialMap } from '../src/core/index.js';
import { recallJob } from '../src/memory/measure/index.js';
import { memorize, type Problem } from '../src/memory/memorize/index.js';
import { type NeuronModel, wireFixedIn } from '../src/memory/network/index.js';
import { type Score, sampleScore, scoreOf, spikesOf } from '../src/memory/score/index.js';
import {
  arrivalsOf,
  type Cut,
  combineCuts,
  combineCutsBounded,
  cutSlacks,
  defaultTemplate,
  type Inputs,
  limitsHold,
  potentialFrom,
  resets,
  slopeAt,
  type Template,
  templateViolation,
  valueAt,
} from '../src/memory/template/index.js';
import { dynamicsOf, type MembraneDynamics } from '../src/memory/template/membrane/dynamics.js';
import { membraneProgram } from '../src/memory/template/membrane/program.js';

const MODELS: Record<string, NeuronModel> = {
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

interface Neuron {
  score: Score;
  inputs: Inputs;
  spikes: Float64Array;
  dynamics: MembraneDynamics;
  weights: Float64Array;
}

function neuronOf(model: NeuronModel, seed: number, { inputs = 60, period = 17 } = {}): Neuron {
  const score = sampleScore(12, period, 0.4, seed);
  const wiring = wireFixedIn({ neurons: 12, inputs, delays: [0.1, 6], seed });
  const dynamics = dynamicsOf(model, 0) as MembraneDynamics;
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
        fc.property(
          fc.integer({ min: 1, max: 1000 }),
          fc.double({ min: 0, max: 0.999, noNaN: true }),
          (seed, share) => {
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
            const { combination, errors } = combineCutsBounded(arrivals, weights.length, cuts, y);
            combineCuts(arrivals, weights.length, cuts, y).forEach((value, k) => {
              expect(value).toBeCloseTo(sum[k], 9);
              expect(Math.abs(combination[k] - sum[k])).toBeLessThanOrEqual(errors[k] + 1e-12);
            });
          },
        ),
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

const problemOf = (
  model: NeuronModel,
  seed: number,
  template = defaultTemplate,
  channels = 8,
  inputs = 300,
): Problem => ({
  score: sampleScore(channels, 20, 0.2, seed),
  wiring: wireFixedIn({ neurons: channels, inputs, delays: [0.1, 10], seed }),
  model,
  template,
  objective: 'l2',
});

describe('memorizing with neurons that reset', () => {
  for (const [name, model] of Object.entries(MODELS)) {
    for (const [shape, template] of Object.entries(TEMPLATES)) {
      // A slow synapse cannot be as steep as the template asks: see below.
      if ((shape === 'ramp' && model.model === 'continuation') || name.includes('slow synapse')) continue;
      it(`stores a score that the simulator replays without error and without drift: ${name}, ${shape}`, async () => {
        const problem = problemOf(model, 5, { ...template, bound: 0.5 });
        const { network, neurons } = await memorize(problem, serialMap);
        expect(neurons.map(({ status }) => status)).toEqual(neurons.map(() => 'solved'));
        const test = {
          score: problem.score,
          network,
          model,
          seed: 1,
          promptTime: 0,
          periods: 4,
          trials: [{ prompt: 0, noise: 0 }],
        };
        const { periods } = recallJob.prepare(test)(0);
        for (const { precision, lag } of periods) {
          expect(precision).toBeCloseTo(1, 8);
          expect(Math.abs(lag)).toBeLessThan(1e-7);
        }
      });
    }
  }

  it('proves what it calls impossible: a slow synapse is not as steep as the template asks', async () => {
    const problem = problemOf(MODELS['lif alpha, slow synapse'], 5, { ...defaultTemplate, bound: 0.5 });
    const { neurons } = await memorize(problem, serialMap);
    for (const { status, boundNeeded, cuts, multipliers } of neurons) {
      expect(status).toBe('infeasible');
      expect(boundNeeded).toBeGreaterThan(0.5);
      expect(cuts.length).toBe(multipliers.length);
    }
  });

  it('needs a reset below zero where a firing zone begins before the first arrival', async () => {
    // One synapse, whose arrival comes 0.15 before the spike, within the firing zone of 0.2.
    const score = scoreOf([Float64Array.of(0.1), Float64Array.of(4)], 10);
    const template = { margin: 0.1, slope: 1e-5, zone: 0.2, bound: 10 };
    const solve = async (reset: number, delay: number) => {
      const wiring = {
        starts: Uint32Array.of(0, 0, 1),
        sources: Uint32Array.of(0),
        delays: Float64Array.of(delay),
      };
      const model = { model: 'reset' as const, reset };
      return (await memorize({ score, wiring, model, template, objective: 'l2' }, serialMap)).neurons[1];
    };
    expect((await solve(0, 3.75)).status).toBe('infeasible');
    const after = await solve(-1, 3.75);
    expect(after.status).toBe('solved');
    // z(4) = w h(0.15) - e^{-10} = 1
    expect(after.weights[0]).toBeCloseTo((1 + Math.exp(-10)) / (0.15 * Math.exp(0.85)), 10);
    expect((await solve(0, 3.5)).weights[0]).toBeCloseTo(1 / (0.4 * Math.exp(0.6)), 10);
  });

  it('loses no digits where time constants are nearly equal, and takes the limit where they are equal', async () => {
    for (const current of ['exp', 'alpha'] as const) {
      const solve = async (synapse: number) => {
        const model: NeuronModel = { model: 'lif', current, membrane: 1, synapse, reset: -0.2, refractory: 0.3 };
        const { network, neurons } = await memorize(
          problemOf(model, 8, { ...defaultTemplate, bound: 1 }, 3, 500),
          serialMap,
        );
        expect(neurons.map(({ status }) => status)).toEqual(['solved', 'solved', 'solved']);
        return network.weights;
      };
      const limit = await solve(1);
      for (const change of [1e-12, 1e-9, 1e-6]) {
        const nearly = await solve(1 + change);
        const furthest = limit.reduce((most, weight, k) => Math.max(most, Math.abs(weight - nearly[k])), 0);
        expect(furthest).toBeLessThan(10 * change + 1e-7);
      }
    }
  });

  it('gives each neuron its own time constants', async () => {
    const own = (from: number) => Float64Array.from({ length: 8 }, (_, l) => from * (1 + l / 16));
    for (const model of [
      { model: 'continuation', beta: own(0.8) },
      { model: 'lif', current: 'exp', membrane: own(1.6), synapse: own(0.3), reset: 0, refractory: 0.4 },
    ] satisfies NeuronModel[]) {
      const problem = problemOf(model, 2, { ...defaultTemplate, bound: 0.5 });
      const { network, neurons } = await memorize(problem, serialMap);
      expect(neurons.every(({ status }) => status === 'solved')).toBe(true);
      const { score } = problem;
      const trials = [{ prompt: 0, noise: 0 }];
      const { periods } = recallJob.prepare({ score, network, model, seed: 1, promptTime: 0, periods: 3, trials })(0);
      for (const { precision } of periods) expect(precision).toBeCloseTo(1, 8);
    }
  });

  it('composes with several memories, prices, levels and steeper slopes', async () => {
    const plain = problemOf(MODELS['lif exp'], 4, { ...defaultTemplate, bound: 0.5 });
    const others = [sampleScore(8, 12, 0.2, 99)];
    const both = await memorize({ ...plain, others }, serialMap);
    expect(both.neurons.every(({ status }) => status === 'solved')).toBe(true);
    const steeper = await memorize({ ...plain, robust: { what: 'slope', share: 0.5 } }, serialMap);
    for (const { status, robust } of steeper.neurons) {
      expect(status).toBe('solved');
      expect(robust?.factor).toBeGreaterThan(1);
      // Halfway to ten, the largest factor that is tried, nothing is impossible.
      if (robust?.factor !== 5.5) expect(robust?.impossible).toBeLessThan(1.3 * 2 * (robust?.factor ?? 0));
    }
    const rounded = await memorize({ ...plain, levels: 31 }, serialMap);
    expect(rounded.neurons.every(({ share = 1 }) => share < 0.05)).toBe(true);
    const scarce = problemOf(MODELS['reset -1'], 4, TEMPLATES.ramp, 8, 40);
    const soft = await memorize({ ...scarce, soft: true }, serialMap);
    const paying = soft.neurons.filter(({ pays }) => pays);
    expect(paying.length).toBeGreaterThan(0);
    for (const { kkt, pays } of paying) {
      expect(kkt).toBeLessThan(1e-8);
      expect(pays?.length).toBeGreaterThan(0);
    }
  });

  it('refuses what contradicts itself', async () => {
    const refused = async (change: Partial<Problem>, text: RegExp) => {
      const problem = { ...problemOf(MODELS['reset 0'], 1), ...change };
      await expect(memorize(problem, serialMap)).rejects.toThrow(text);
    };
    const { template } = problemOf(MODELS['reset 0'], 1);
    await refused({ template: { ...template, margin: 1.5 } }, /below the potential after a spike/);
    await refused({ template: { ...template, grid: 0.05 } }, /default neuron/);
    await refused({ model: { model: 'reset', reset: 1.5 } }, /below the threshold/);
    await refused({ model: { ...MODELS['lif exp'], refractory: 2 } as NeuronModel }, /release/);
    await refused({ model: { model: 'continuation', beta: Float64Array.of(1) } }, /one for each/);
    await refused({ model: { model: 'continuation' }, template: { ...template, shape: 'ramp' } }, /ramp/);
    await refused({ robust: { what: 'both', share: 0.5 } }, /only the slope/);
    await refused({ robust: { what: 'noise', share: 0.5 } }, /noise gain/);
    await refused({ model: { model: 'continuation', beta: 0.8 }, robust: { what: 'noise', share: 0.5 } }, /noise gain/);
    await refused({ objective: 'energy:0.001' }, /energy/);
    await refused({ levels: 5, template: { ...template, shape: 'ramp' } }, /ramp/);
  });

  it('lets no proof claim more than the template asks', async () => {
    const problem = problemOf(MODELS['lif alpha, slow synapse'], 5, { ...defaultTemplate, bound: 0.5 });
    const { neurons } = await memorize(problem, serialMap);
    neurons.forEach(({ cuts }, neuron) => {
      const { score, template, model } = problem;
      const own = { neuron, dynamics: dynamicsOf(model, neuron) as MembraneDynamics };
      expect(limitsHold(score, own, template, cuts)).toBe(true);
      const more = cuts.map((cut) => ({ ...cut, limit: cut.limit + 1e-6 }));
      more.forEach((cut) => {
        expect(limitsHold(score, own, template, [cut]), cut.kind).toBe(false);
      });
      const [spike] = cuts.filter(({ kind }) => kind === 'spike');
      expect(limitsHold(score, own, template, [{ ...spike, time: spike.time + 0.01 }])).toBe(false);
    });
  });
});
