/** Exact spike-time gradients against central differences of the exact simulator, their invariances, and fine-tuning. */
import { expect, it } from 'vitest';
import { serialMap, streamKey, uniformStream } from '../src/core/index.js';
import { networkDefaults, networkJob, outcomeOf, trainNetwork } from '../src/memory/gradient/index.js';
import { spikeGradient } from '../src/memory/gradient/spike-adjoint.js';
import { spikeLoss } from '../src/memory/gradient/spike-loss.js';
import { RELEASED, runTrial, type Trial, trialOf } from '../src/memory/gradient/trial.js';
import { memorize } from '../src/memory/memorize/index.js';
import { scoreOf, spikesOf } from '../src/memory/score/index.js';
import { simulateByQueue } from '../src/memory/simulate/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { kernel, lcg, reference, smallProblem } from './helpers.js';

const problem = {
  ...smallProblem(12, 20, 200, 1),
  template: { ...defaultTemplate, bound: 0.5 },
  objective: 'l2' as const,
};
const { network, neurons } = await memorize(problem, serialMap);

/** The stored weights, scaled and perturbed. */
function perturbed(scale: number, deviation: number, weights = network.weights, bound = Number.POSITIVE_INFINITY) {
  const uniform = uniformStream(streamKey(3, 'perturbation'));
  // The sum of three uniforms, twice: variance 1.
  return weights.map((w) => {
    const moved = scale * w + deviation * 2 * (uniform() + uniform() + uniform() - 1.5);
    return Math.max(-bound, Math.min(bound, moved));
  });
}

const lossOf = (trial: Trial, weights: Float64Array) =>
  spikeLoss(trial, weights, runTrial(trial, weights)).losses.reduce((sum, value) => sum + value, 0);

function judged(trial: Trial, weights: Float64Array) {
  const played = runTrial(trial, weights);
  const loss = spikeLoss(trial, weights, played);
  return { played, loss, gradient: spikeGradient(trial, weights, played, loss) };
}

const cases = [
  // Spikes only shifted; then some missing, extra, released by the end of refractoriness, whose peaks lie at arrivals.
  { forced: true, periods: 1, scale: 0.9, deviation: 0.01, all: true },
  { forced: false, periods: 2, scale: 0.9, deviation: 0.01, all: true },
  { forced: true, periods: 1, scale: 0.7, deviation: 0.1, all: false },
  { forced: true, periods: 1, scale: 1.6, deviation: 0.1, all: false },
  { forced: false, periods: 1, scale: 1, deviation: 0.1, all: false },
];
it.each(cases)(
  'gradients of weights and delays are central differences of the exact simulator, to 1e-6: %o',
  (setting) => {
    const { forced, periods, scale, deviation, all } = setting;
    const trial = trialOf(problem.score, problem.wiring, { periods, forced });
    const weights = perturbed(scale, deviation);
    const { gradient, loss, played } = judged(trial, weights);
    if (all) expect([loss.matched, loss.missing, loss.extra]).toEqual([periods * problem.score.times.length, 0, 0]);
    else {
      expect(loss.extra).toBeGreaterThan(0);
      expect(loss.shortfalls.some(({ synapse }) => synapse >= 0)).toBe(true);
      expect(played.kinds.includes(RELEASED)).toBe(true);
    }
    const random = lcg(9);
    const step = 1e-6;
    const moved = (values: Float64Array, k: number, change: number) => {
      const changed = values.slice();
      changed[k] += change;
      return changed;
    };
    const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let i = 0; i < 40; i++) {
      const k = Math.floor(random() * weights.length);
      const byWeight = [step, -step].map((change) => lossOf(trial, moved(weights, k, change)));
      const { delays } = trial.wiring;
      const byDelay = [step, -step].map((change) => {
        const wiring = { ...trial.wiring, delays: moved(delays, k, change) };
        return lossOf({ ...trial, wiring }, weights);
      });
      const slope = ([more, less]: number[]) => (more - less) / (2 * step);
      expect(Math.abs(slope(byWeight) - gradient.weights[k])).toBeLessThan(1e-6 * largest(gradient.weights));
      expect(Math.abs(slope(byDelay) - gradient.delays[k])).toBeLessThan(1e-6 * largest(gradient.delays));
    }
  },
);

it('a spike time moves with a weight by minus its level over the slope of the potential, both from the definition', () => {
  const trial = trialOf(problem.score, problem.wiring, { periods: 1, forced: true });
  const weights = perturbed(1, 0.005);
  const { played, loss, gradient } = judged(trial, weights);
  const { starts, sources, delays } = trial.wiring;
  const level = (k: number, t: number) => {
    const train = played.times.subarray(played.starts[sources[k]], played.starts[sources[k] + 1]);
    return train.reduce((sum, spike) => sum + kernel(t - delays[k] - spike), 0);
  };
  const potential = (l: number, t: number) => {
    let z = 0;
    for (let k = starts[l]; k < starts[l + 1]; k++) z += weights[k] * level(k, t);
    return z;
  };
  const l = 2;
  for (let k = starts[l]; k < starts[l] + 20; k++) {
    let expected = 0;
    for (let m = played.starts[l]; m < played.starts[l + 1]; m++) {
      const t = played.times[m];
      if (loss.residuals[m] === 0) continue;
      const slope = (potential(l, t + 1e-6) - potential(l, t - 1e-6)) / 2e-6;
      expected -= (loss.residuals[m] * level(k, t)) / slope;
    }
    expect(gradient.weights[k]).toBeCloseTo(expected, 7);
  }
});

it('nothing changes where a neuron is shifted in time and its delays make up for it, and gradients know it', () => {
  const shift = 0.07;
  const who = 4;
  const trial = trialOf(problem.score, problem.wiring, { periods: 1, forced: false });
  const weights = perturbed(1, 0.01);
  const { loss, played, gradient } = judged(trial, weights);
  const { starts, sources } = trial.wiring;
  const delays = trial.wiring.delays.slice();
  let along = 0;
  for (let l = 0; l < 12; l++) {
    for (let k = starts[l]; k < starts[l + 1]; k++) {
      const change = Number(l === who) - Number(sources[k] === who);
      delays[k] += change * shift;
      along += change * gradient.delays[k];
    }
  }
  const own = (times: Float64Array, owners: ArrayLike<number>) =>
    times.map((time, i) => time + (owners[i] === who ? shift : 0));
  // The prescribed spikes are shifted as well, the imposed ones, and the moment from which on the neuron is judged.
  for (let m = played.starts[who]; m < played.starts[who + 1]; m++) {
    along += played.kinds[m] === 0 ? gradient.times[m] : -loss.residuals[m];
  }
  expect(loss.missing + loss.extra).toBe(0);
  expect(Math.abs(along)).toBeLessThan(1e-9);
  const owners = trial.imposed.neurons;
  const times = own(trial.imposed.times, owners);
  const order = Array.from(times.keys()).sort((i, j) => times[i] - times[j] || owners[i] - owners[j]);
  const byOwner = <Values extends Float64Array>(values: Values) => own(values, Array.from(values.keys()));
  const shifted = {
    ...trial,
    wiring: { ...trial.wiring, delays },
    imposed: { times: Float64Array.from(order, (i) => times[i]), neurons: Uint32Array.from(order, (i) => owners[i]) },
    releases: byOwner(trial.releases),
    ends: byOwner(trial.ends),
    targets: trial.targets.map((time, j) =>
      j >= trial.targetStarts[who] && j < trial.targetStarts[who + 1] ? time + shift : time,
    ),
  };
  expect(delays.every((delay) => delay > 0.001)).toBe(true);
  expect(lossOf(shifted, weights)).toBeCloseTo(lossOf(trial, weights), 10);
});

it('a trial is played as the reference simulator plays it', () => {
  const trial = trialOf(problem.score, problem.wiring, { periods: 1, forced: true });
  const weights = perturbed(1, 0.02);
  const played = runTrial(trial, weights);
  const { from, to, imposed, releases, wiring } = trial;
  const spikes = simulateByQueue({ ...wiring, weights }, { from, to, imposed, releases, sigma: 0, key: [0, 0] });
  expect(spikes.times.length).toBe(played.times.length);
  played.order.forEach((m, i) => expect(played.times[m]).toBeCloseTo(spikes.times[i], 9));
});

const settings = networkDefaults.eventprop;
const target = { score: problem.score, wiring: problem.wiring, template: problem.template };

it.each([
  { forced: true, deviation: 0.03 },
  { forced: false, deviation: 0.01 },
])('lowers the spike-time error of a perturbed solution a million times in 50 steps: %o', ({ forced, deviation }) => {
  expect(neurons.every(({ status }) => status === 'solved')).toBe(true);
  const initial = perturbed(1, deviation, network.weights, 0.5);
  const trained = outcomeOf(trainNetwork({ target, settings: { ...settings, forced }, seed: 1, initial }));
  expect(trained.epochs).toBeLessThanOrEqual(50);
  expect(trained.status).toBe('converged');
  // The loss is the square of the error.
  expect(Math.sqrt(trained.history[0] / trained.loss)).toBeGreaterThan(1e6);
  expect(trained.weights.every((w) => Math.abs(w) <= 0.5)).toBe(true);
});

it('Adam on the exact gradient lowers the error too, less', () => {
  const initial = perturbed(1, 0.01, network.weights, 0.5);
  const task = { target, settings: { ...settings, step: 'adam' as const }, seed: 1, initial };
  const trained = outcomeOf(trainNetwork(task));
  expect(Math.sqrt(trained.history[0] / trained.loss)).toBeGreaterThan(5);
});

it('makes most spikes of a network that begins with nothing, because the potential is asked where spikes are missing', () => {
  const initial = new Float64Array(network.weights.length);
  const trained = outcomeOf(trainNetwork({ target, settings, seed: 1, initial }));
  const spikes = problem.score.times.length;
  expect(trained.history[0]).toBeGreaterThan(spikes / 8);
  const { loss } = judged(trialOf(problem.score, problem.wiring, { periods: 1, forced: true }), trained.weights);
  expect(loss.matched).toBeGreaterThan(0.8 * spikes);
  expect(loss.extra).toBeLessThan(0.2 * spikes);
});

it('goes on from any step with the same bytes', async () => {
  const initial = perturbed(1, 0.03, network.weights, 0.5);
  for (const step of ['newton', 'adam'] as const) {
    const task = { target, settings: { ...settings, step, epochs: 6 }, seed: 1, initial };
    const whole = trainNetwork(task);
    const half = trainNetwork(task, { until: 2 });
    await serialMap(networkJob, { task, from: half, until: half.epoch + 4 }, 1, (descent) =>
      expect(descent).toEqual(whole),
    );
  }
});

it('stops with the last good weights and a reason where the loss is no number', () => {
  for (const step of ['newton', 'adam'] as const) {
    const task = { target, settings: { ...settings, step }, seed: 1, initial: perturbed(1, 0.03) };
    const descent = trainNetwork(task, { until: 2 });
    const { best } = structuredClone(descent);
    descent.weights.fill(Number.NaN);
    const trained = outcomeOf(trainNetwork(task, { from: descent }));
    expect(trained.status).toBe('diverged');
    expect(trained.reason).toMatch(/NaN in epoch 2/);
    expect(trained.weights).toEqual(best.weights);
  }
});

it('a silent channel is asked for no spikes, and one that has all its spikes for no others', () => {
  const score = scoreOf([spikesOf(problem.score, 0), [], ...Array.from({ length: 10 }, () => [3])], 20);
  const trial = trialOf(score, problem.wiring, { periods: 1, forced: true });
  const { loss } = judged(trial, new Float64Array(network.weights.length));
  expect([loss.matched, loss.missing, loss.extra]).toEqual([0, score.times.length, 0]);
  expect(loss.losses[1]).toBe(0);
});

it.skipIf(!reference)(
  'makes the published network exact, whose spikes a grid has displaced [skips without data]',
  () => {
    const { score, network: published } = reference as NonNullable<typeof reference>;
    const template = { ...defaultTemplate, bound: 0.2 };
    const task = {
      target: { score, wiring: published, template },
      settings: { ...settings, forced: false },
      seed: 1,
      initial: published.weights,
    };
    const trained = outcomeOf(trainNetwork(task));
    expect(trained.epochs).toBeLessThanOrEqual(10);
    expect(Math.sqrt(trained.history[0] / trained.loss)).toBeGreaterThan(1e6);
  },
);
