/** Every model and every noise, alone and together: the windowed simulator against the queue, spike for spike. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LifModel, Network } from '../src/memory/network/index.js';
import {
  createSimulator,
  type Model,
  mergeTrains,
  type Run,
  type Spikes,
  simulateByQueue,
  splitTrains,
} from '../src/memory/simulate/index.js';
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
const lif = (current: 'exp' | 'alpha', constants: Partial<LifModel>): LifModel => ({
  model: 'lif',
  current,
  membrane: 2,
  synapse: 0.4,
  reset: 0,
  refractory: 0.4,
  ...constants,
});
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
  'leaky integrate-and-fire, exponential currents': () => lif('exp', { membrane: 2, synapse: 0.4 }),
  'leaky integrate-and-fire, alpha currents': () => lif('alpha', { membrane: 2, synapse: 0.4, reset: -0.5 }),
  'exponential currents slower than the membrane': () => lif('exp', { membrane: 0.4, synapse: 2, reset: 0.5 }),
  'alpha currents nearly as fast as the membrane': () => lif('alpha', { membrane: 1, synapse: 1 + 1e-9 }),
  'exponential currents as fast as the membrane': () => lif('exp', { membrane: 1, synapse: 1 }),
  'exponential currents with constants per neuron': (seed) =>
    lif('exp', { membrane: perNeuron(seed, 0.3, 4), synapse: perNeuron(seed + 1, 0.2, 2), refractory: 0.05 }),
  'alpha currents with constants per neuron': (seed) =>
    lif('alpha', { membrane: perNeuron(seed, 0.3, 4), synapse: perNeuron(seed + 1, 0.2, 2), refractory: 1 }),
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
          // The queue bisects the potentials of membranes, which takes its time.
          { numRuns: 'current' in modelOf(1) ? 8 : 25 },
        );
        expect(total).toBeGreaterThan(100);
      });
    }
  }
});

describe('the neuron', () => {
  const both = (network: Network, run: Run, model: Model = {}) => [
    createSimulator(network, { model }).run(run),
    simulateByQueue(network, run, model),
  ];
  const single = (delay: number, weight: number): Network => ({
    starts: Uint32Array.of(0, 0, 1),
    sources: Uint32Array.of(0),
    delays: Float64Array.of(delay),
    weights: Float64Array.of(weight),
  });

  it('without input stays silent under any noise: thresholds are drawn at least a little above zero', () => {
    const network = single(0.5, 1);
    for (const { times } of both(network, { ...silentRun(2, 200), sigma: 5 })) expect(times.length).toBe(0);
  });

  it('keeps an arrival at the very time of its spike through the reset, and loses one just before', () => {
    // Neuron 1 is made to fire at 1; the input arrives at 1 or a little earlier.
    for (const [sent, fires] of [
      [0.5, true],
      [0.4375, false],
    ] as const) {
      const imposed = { times: Float64Array.of(sent, 1), neurons: Uint32Array.of(0, 1) };
      const run = { ...silentRun(2, 4), imposed, releases: Float64Array.of(1, 1) };
      for (const { times } of both(single(0.5, 3), run, { reset: 0 })) {
        expect(times.length > 2).toBe(fires);
        // z = 3 x e^{1 - x} reaches 1 at 0.13956...
        if (fires) expect(3 * (times[2] - 1) * Math.exp(2 - times[2])).toBeCloseTo(1, 12);
      }
    }
  });

  it('fires as often as its inputs allow when it has no refractory period', () => {
    // Two strong arrivals within one window make two spikes in it.
    const network: Network = {
      starts: Uint32Array.of(0, 0, 2),
      sources: Uint32Array.of(0, 0),
      delays: Float64Array.of(0.5, 0.52),
      weights: Float64Array.of(400, 400),
    };
    const run = { ...silentRun(2, 0.6), imposed: { times: Float64Array.of(0), neurons: Uint32Array.of(0) } };
    for (const spikes of both(network, run, { reset: 0 })) expect(splitTrains(spikes, 2)[1].length).toBe(2);
  });

  it('whose threshold walks strays ever further, one whose threshold is drawn anew does not', () => {
    // A constant drive by a clamped source once per unit of time; the spread of thresholds shows in the spike times.
    const neurons = 200;
    const network: Network = {
      starts: Uint32Array.from({ length: neurons + 1 }, (_, l) => Math.max(0, l - 1)),
      sources: new Uint32Array(neurons - 1),
      delays: new Float64Array(neurons - 1).fill(0.5),
      weights: new Float64Array(neurons - 1).fill(2),
    };
    const beats = Float64Array.from({ length: 40 }, (_, i) => 5 * i);
    const run = { ...silentRun(neurons, 200), releases: new Float64Array(neurons).fill(200, 0, 1), sigma: 0.03 };
    const spread = (walk: boolean, beat: number) => {
      const imposed = { times: beats, neurons: new Uint32Array(40) };
      const spikes = createSimulator(network).run({ ...run, imposed, noise: { walk } });
      // The first spike of each neuron after a beat.
      const trains = splitTrains(spikes, neurons).slice(1);
      const own = trains.flatMap((train) => [
        ...train.filter((t) => t >= beats[beat] && t < beats[beat] + 5).slice(0, 1),
      ]);
      const mean = own.reduce((a, b) => a + b, 0) / own.length;
      return Math.sqrt(own.reduce((sum, t) => sum + (t - mean) ** 2, 0) / own.length);
    };
    expect(spread(true, 10) / spread(true, 1)).toBeGreaterThan(1.8);
    expect(spread(false, 10) / spread(false, 1)).toBeLessThan(1.5);
  });
});
