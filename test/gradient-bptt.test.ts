/** SuperSpike through time: its gradient on the smooth rule, its forward pass against the exact simulator, and learning. */
import { expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import { fastSigmoid } from '../src/learning/index.js';
import { pass, timelineOf } from '../src/memory/gradient/bptt-pass.js';
import {
  networkDefaults,
  networkJob,
  outcomeOf,
  type TrainingTask,
  trainNetwork,
} from '../src/memory/gradient/index.js';
import type { NetworkSettings } from '../src/memory/gradient/network.js';
import { runTrial, trialOf } from '../src/memory/gradient/trial.js';
import { repeatTrain } from '../src/memory/measure/index.js';
import { memorize } from '../src/memory/memorize/index.js';
import { type Score, spikesOf } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { lcg, smallProblem } from './helpers.js';

/** One period after its exact history, the first channels clamped. */
function lessonOf(score: Score, clamps: number) {
  const trains = Array.from({ length: score.starts.length - 1 }, (_, l) => spikesOf(score, l));
  return {
    history: trains.map((train) => repeatTrain(train, score.period, -30, 0)),
    prescribed: trains,
    clamped: Uint8Array.from(trains, (_, l) => Number(l < clamps)),
    threshold: () => 1,
  };
}

it.each([0, 1, 3])(
  'the gradient is that of central differences on the smooth rule, %i of 3 neurons clamped',
  (clamps) => {
    const { score, wiring } = smallProblem(3, 6, 12, 4);
    const random = lcg(7);
    const weights = wiring.delays.map(() => 0.8 * (random() - 0.3));
    const net = timelineOf(wiring, score.period, 0.05);
    const lesson = lessonOf(score, clamps);
    const rule = { surrogate: fastSigmoid(10), gain: 1, cut: Number.POSITIVE_INFINITY, smooth: true };
    const gradient = new Float64Array(weights.length);
    pass(net, lesson, rule, weights, gradient);
    const exact = gradient.slice();
    const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(1e-3);
    for (let k = 0; k < weights.length; k++) {
      const at = (change: number) => {
        const moved = weights.slice();
        moved[k] += change;
        return pass(net, lesson, rule, moved, gradient).loss;
      };
      const difference = (at(1e-5) - at(-1e-5)) / 2e-5;
      expect(Math.abs(difference - exact[k])).toBeLessThan(1e-6 * largest);
    }
  },
);

const problem = {
  ...smallProblem(12, 20, 200, 1),
  template: { ...defaultTemplate, bound: 0.5 },
  objective: 'l2' as const,
};
const { network, neurons } = await memorize(problem, serialMap);

it('what is played on the grid is what the exact simulator plays, the closer the finer the grid', () => {
  expect(neurons.every(({ status }) => status === 'solved')).toBe(true);
  const { score, wiring } = problem;
  const weights = network.weights.map((w) => 1.03 * w);
  const exact = runTrial(trialOf(score, wiring, { periods: 1, forced: true }), weights);
  const errors = [0.05, 0.025].map((dt) => {
    const net = timelineOf(wiring, score.period, dt);
    const rule = { surrogate: fastSigmoid(10), gain: 1, cut: 0.5 };
    const { played } = pass(net, lessonOf(score, 12), rule, weights, new Float64Array(weights.length));
    const all: number[] = [];
    for (let l = 0; l < 12; l++) {
      const reference = exact.times.subarray(exact.starts[l], exact.starts[l + 1]).filter((t) => t > 0 && t < 19.9);
      const grid = played[l].filter((t) => t < 19.9);
      expect(grid.length).toBe(reference.length);
      grid.forEach((time, i) => {
        all.push(Math.abs(time - reference[i]));
      });
    }
    return all;
  });
  const mean = errors.map((all) => all.reduce((sum, error) => sum + error, 0) / all.length);
  expect(Math.max(...errors[0])).toBeLessThan(0.005);
  expect(mean[1]).toBeLessThan(0.5 * mean[0]);
});

it('a network that plays right has nearly no loss, clamped and free', () => {
  const { score, wiring } = problem;
  const net = timelineOf(wiring, score.period, 0.05);
  const rule = { surrogate: fastSigmoid(10), gain: 1, cut: 0.5 };
  const at = (weights: Float64Array, clamps: number) =>
    pass(net, lessonOf(score, clamps), rule, weights, new Float64Array(weights.length)).loss;
  const silent = at(new Float64Array(network.weights.length), 12);
  for (const clamps of [0, 6, 12]) expect(at(network.weights, clamps)).toBeLessThan(1e-3 * silent);
});

const task = (change: object): TrainingTask<NetworkSettings> => ({
  target: problem,
  settings: { ...networkDefaults.bptt, epochs: 300, ...change },
  seed: 2,
});

it('learns while the clamps are released, and keeps weights of the free network within their bounds', () => {
  const trained = outcomeOf(trainNetwork(task({})));
  expect(trained.status).toBe('epochLimit');
  expect(trained.best).toBeGreaterThanOrEqual(240);
  expect(trained.loss).toBeLessThan(0.6 * trained.history[0]);
  expect(trained.weights.every((w) => Math.abs(w) <= 0.5)).toBe(true);
  expect(trained.macs).toBeGreaterThan(1e6);
});

it('goes on from any epoch with the same bytes, in another thread too', async () => {
  const short = task({ epochs: 12, hold: 0.2, release: 0.6 });
  const whole = trainNetwork(short);
  const half = trainNetwork(short, { until: 5 });
  expect(half.status).toBe('running');
  await serialMap(networkJob, { task: short, from: half, until: half.epoch + 12 }, 1, (descent) => {
    expect(descent).toEqual(whole);
  });
});

it('stops with the last good weights and a reason where the loss is no number', () => {
  const broken = task({ epochs: 10 });
  const descent = trainNetwork(broken, { until: 9 });
  const { best } = structuredClone(descent);
  descent.weights[3] = Number.NaN;
  const trained = outcomeOf(trainNetwork(broken, { from: descent }));
  expect(trained.status).toBe('diverged');
  expect(trained.reason).toMatch(/NaN in epoch 9/);
  expect(trained.weights).toEqual(best.weights);
});

it('refuses a grid that is too coarse for the delays', () => {
  expect(() => trainNetwork(task({ dt: 0.2 }))).toThrow(/at most half the shortest delay/);
});
