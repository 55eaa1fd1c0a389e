/** Memorizing with neurons that have dynamics of their own: reset at a spike, leaky integrate-and-fire, other time constants. */
import { describe, expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import { recallJob } from '../src/memory/measure/index.js';
import { memorize, type Problem } from '../src/memory/memorize/index.js';
import { type NeuronModel, wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore, scoreOf, spikesOf } from '../src/memory/score/index.js';
import { type Dynamics, defaultTemplate, dynamicsOf, limitsHold } from '../src/memory/template/index.js';
import { MODELS, TEMPLATES } from './neurons.js';

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
          expect(Math.abs(lag ?? Number.NaN)).toBeLessThan(1e-7);
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
    const paying = soft.neurons.filter(({ shortfalls }) => shortfalls);
    expect(paying.length).toBeGreaterThan(0);
    for (const { kkt, shortfalls } of paying) {
      expect(kkt).toBeLessThan(1e-8);
      expect(shortfalls?.length).toBeGreaterThan(0);
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
      const own = { neuron, dynamics: dynamicsOf(model, neuron) as Dynamics };
      expect(limitsHold(spikesOf(score, own.neuron), score.period, own.dynamics, template, cuts)).toBe(true);
      const more = cuts.map((cut) => ({ ...cut, limit: cut.limit + 1e-6 }));
      more.forEach((cut) => {
        expect(limitsHold(spikesOf(score, own.neuron), score.period, own.dynamics, template, [cut]), cut.kind).toBe(
          false,
        );
      });
      const [spike] = cuts.filter(({ kind }) => kind === 'spike');
      expect(
        limitsHold(spikesOf(score, own.neuron), score.period, own.dynamics, template, [
          { ...spike, time: spike.time + 0.01 },
        ]),
      ).toBe(false);
    });
  });
});
