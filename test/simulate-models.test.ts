/** Every model and every noise, alone and together: the windowed simulator against the queue, spike for spike. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Network } from '../src/network/index.js';
import {
  createSimulator,
  type Model,
  mergeTrains,
  type Run,
  type Spikes,
  simulateByQueue,
  splitTrains,
} from '../src/simulate/index.js';
import { lcg, randomNetwork, silentRun } from './helpers.js';

const NEURONS = 8;

/** Spikes on the first half of the neurons while they are clamped, from the begin and again later. */
function stimulated(seed: number, until: number): Pick<Run, 'imposed' | 'releases' | 'clamps'> {
  const random = lcg(seed + 3);
  const clamps = { neurons: [] as number[], from: [] as number[], to: [] as number[] };
  const releases = new Float64Array(NEURONS);
  const trains = Array.from({ length: NEURONS }, (_, l) => {
    const times: number[] = [];
    if (l < 4) releases[l] = 2 + 3 * random();
    for (let t = random() * 2; t < releases[l]; t += 1 + random() * 2) times.push(t);
    if (random() < 0.6) {
      const from = releases[l] + 0.5 + random() * 5;
      const to = from + (random() < 0.3 ? 0.03 : 4 * random());
      clamps.neurons.push(l);
      clamps.from.push(from);
      clamps.to.push(to);
      for (let t = from + random(); t < Math.min(to, until); t += 1 + random()) times.push(t);
    }
    return Float64Array.from(times.filter((time) => time < until));
  });
  const { neurons, from, to } = clamps;
  return {
    imposed: mergeTrains(trains),
    releases,
    clamps: { neurons: Uint32Array.from(neurons), from: Float64Array.from(from), to: Float64Array.from(to) },
  };
}

/** As many spikes of both as agree; the rest may differ only after a spike that one of them just misses. */
function agree(network: Network, run: Run, model: Model, tolerance = 1e-10): Spikes {
  const fast = createSimulator(network, { model }).run(run);
  const slow = simulateByQueue(network, run, model);
  const difference = (i: number) => Math.abs(fast.times[i] - slow.times[i]);
  const wrong = Array.from(slow.times.keys()).find((i) => !(difference(i) < tolerance));
  expect(wrong === undefined ? undefined : `spike ${wrong} of ${slow.times.length}`).toBeUndefined();
  expect(fast.times.length).toBe(slow.times.length);
  expect(splitTrains(fast, NEURONS).map(({ length }) => length)).toEqual(
    splitTrains(slow, NEURONS).map(({ length }) => length),
  );
  return fast;
}

const perNeuron = (seed: number, low: number, high: number) => {
  const random = lcg(seed);
  return Float64Array.from({ length: NEURONS }, () => low + (high - low) * random());
};
const models: Record<string, (seed: number) => Model> = {
  'kernel continuation': () => ({}),
  'reset to -1': () => ({ reset: -1 }),
  'reset to 0': () => ({ reset: 0 }),
  'reset to 0.5 with a refractory period': () => ({ reset: 0.5, refractory: 0.3 }),
  'thresholds, refractory periods and time constants per neuron': (seed) => ({
    threshold: perNeuron(seed, 0.5, 2),
    refractory: perNeuron(seed + 1, 0.05, 2),
    beta: perNeuron(seed + 2, 0.3, 3),
  }),
  'reset with constants per neuron': (seed) => ({
    reset: -0.5,
    threshold: perNeuron(seed, 0.5, 2),
    beta: perNeuron(seed + 2, 0.3, 3),
  }),
};
const noises: Record<string, Pick<Run, 'sigma' | 'noise'>> = {
  'no noise': { sigma: 0 },
  'white thresholds': { sigma: 0.1 },
  'walking thresholds': { sigma: 0.05, noise: { walk: true } },
  'synapses that fail': { sigma: 0, noise: { failure: 0.3 } },
  'jittered delays': { sigma: 0, noise: { jitter: 0.2 } },
  'background input': { sigma: 0, noise: { background: [{ rate: 0.5, weight: 0.4 }] } },
  'everything at once': {
    sigma: 0.1,
    noise: {
      walk: true,
      failure: 0.2,
      jitter: 0.1,
      background: [
        { rate: 0.4, weight: 0.3 },
        { rate: 3, weight: -0.05 },
      ],
    },
  },
};

describe('the windowed simulator and the queue agree', () => {
  for (const [modelName, modelOf] of Object.entries(models)) {
    for (const [noiseName, noise] of Object.entries(noises)) {
      it(`${modelName}, ${noiseName}`, () => {
        let total = 0;
        fc.assert(
          fc.property(fc.integer({ min: 1, max: 1e5 }), fc.constantFrom(0.3, 0.8), (seed, strength) => {
            const network = randomNetwork(NEURONS, 12, seed, strength);
            const run = { ...silentRun(NEURONS, 12), ...stimulated(seed, 12), ...noise, key: [seed, 7] as const };
            total += agree(network, run, modelOf(seed)).times.length;
          }),
          { numRuns: 25 },
        );
        expect(total).toBeGreaterThan(400);
      });
    }
  }
});
