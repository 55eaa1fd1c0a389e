import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recallJob } from '../src/memory/measure/index.js';
import type { Network } from '../src/memory/network/index.js';
import {
  createSimulator,
  mergeTrains,
  type Run,
  type Spikes,
  simulateByQueue,
  splitTrains,
} from '../src/memory/simulate/index.js';
import { lcg, randomNetwork, reference, silentRun } from './helpers.js';

/** Random spikes imposed on the first neurons, gaps of at least 1, times on a grid if asked. */
function imposed(neurons: number, until: number, seed: number, grid = 0): Spikes {
  const random = lcg(seed + 17);
  const trains = Array.from({ length: neurons }, () => {
    const times: number[] = [];
    for (let t = random() * 2; t < until; t += 1 + random() * 3) times.push(grid ? Math.round(t / grid) * grid : t);
    return Float64Array.from(times.filter((time, i) => i === 0 || time - times[i - 1] >= 1));
  });
  return mergeTrains(trains);
}

/** Both answer the same spikes, to rounding; the comparison ends where the first grazing contact may split them. */
function compare(network: Network, run: Run, tolerance: number, longestWindow?: number) {
  const fast = createSimulator(network, { longestWindow }).run(run);
  const slow = simulateByQueue(network, run);
  expect(fast.times.length).toBe(slow.times.length);
  for (let i = 0; i < fast.times.length; i++) expect(Math.abs(fast.times[i] - slow.times[i])).toBeLessThan(tolerance);
  expect(Array.from(fast.neurons)).toEqual(Array.from(slow.neurons));
  return fast;
}

describe('the windowed simulator and the global queue', () => {
  it('agree spike for spike on random networks, with and without noise', () => {
    const shape = fc.record({
      seed: fc.integer({ min: 1, max: 1e5 }),
      strength: fc.constantFrom(0.3, 0.8),
      sigma: fc.constantFrom(0, 0.1),
    });
    let total = 0;
    fc.assert(
      fc.property(shape, ({ seed, strength, sigma }) => {
        const network = randomNetwork(8, 12, seed, strength);
        const releases = Float64Array.from({ length: 8 }, (_, l) => (l < 4 ? 6 : 0));
        const run = { ...silentRun(8, 14), imposed: imposed(4, 6, seed), releases, sigma };
        total += compare(network, run, 1e-11).times.length;
      }),
      { numRuns: 150, seed: 1 },
    );
    expect(total).toBeGreaterThan(5000);
  });

  it('give spikes in order of time that the border of two windows parts by less than a rounding', () => {
    // Neuron 0 makes each of the others but the last fire a little before the moments at which the last one plays.
    const early = Array.from({ length: 60 }, (_, i) => (i - 20) * 3e-15);
    const others = early.length;
    const network: Network = {
      starts: Uint32Array.of(0, 0, ...early.map((_, i) => i + 1), others),
      sources: new Uint32Array(others),
      delays: new Float64Array(others).fill(1),
      weights: Float64Array.from(early, (lead) => 1 / ((0.5 - lead) * Math.exp(0.5 + lead))),
    };
    const moments = [60, 140, 180, 260, 300, 380, 420, 500, 540];
    const played = [moments.map((time) => time - 1.5), ...early.map(() => []), moments];
    const clamped = (neuron: number) => (neuron === 0 || neuron === others + 1 ? 1e3 : 0);
    const { times, neurons } = createSimulator(network).run({
      from: 0,
      to: 600,
      imposed: mergeTrains(played.map((train) => Float64Array.from(train))),
      releases: Float64Array.from(played, (_, neuron) => clamped(neuron)),
    });
    expect(splitTrains({ times, neurons }, others + 2)[others + 1]).toEqual(Float64Array.from(moments));
    expect(times).toEqual(times.slice().sort());
    expect(times.length).toBeGreaterThan(9 * others);
  });

  it('agree when times and delays lie on a grid and arrivals on the borders of windows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e5 }), (seed) => {
        const plain = randomNetwork(6, 10, seed, 0.8);
        const network = { ...plain, delays: plain.delays.map((delay) => Math.max(0.1, Math.round(delay * 10) / 10)) };
        const run = {
          ...silentRun(6, 8),
          imposed: imposed(3, 8, seed, 0.1),
          releases: Float64Array.of(9, 9, 9, 0, 0, 0),
        };
        compare(network, run, 1e-9);
      }),
      { numRuns: 120, seed: 2 },
    );
  });

  it('agree on few strong inputs, where z rises and falls between two events', () => {
    let total = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e5 }), (seed) => {
        const network = randomNetwork(5, 3, seed, 3);
        const run = { ...silentRun(5, 12), imposed: imposed(2, 12, seed), releases: Float64Array.of(20, 20, 0, 0, 0) };
        total += compare(network, run, 1e-9).times.length;
      }),
      { numRuns: 150, seed: 3 },
    );
    expect(total).toBeGreaterThan(1500);
  });

  it('agree on peaks that touch the threshold, miss it by 1e-12, or pass it by 1e-12', () => {
    for (const [weight, fires] of [
      [1, true],
      [1 + 1e-12, true],
      [1 - 1e-12, false],
    ] as const) {
      const network: Network = {
        starts: Uint32Array.of(0, 0, 1),
        sources: Uint32Array.of(0),
        delays: Float64Array.of(0.7),
        weights: Float64Array.of(weight),
      };
      const imposed = { times: Float64Array.of(0.33), neurons: Uint32Array.of(0) };
      const run: Run = { ...silentRun(2, 5), imposed, releases: Float64Array.of(5, 0) };
      for (const spikes of [createSimulator(network).run(run), simulateByQueue(network, run)]) {
        expect(spikes.times.length).toBe(fires ? 2 : 1);
        if (fires) expect(spikes.times[1]).toBeCloseTo(2.03, 5);
      }
    }
  });

  it('do not depend on the width of the window', () => {
    const network = randomNetwork(10, 15, 4, 0.5);
    const run = {
      ...silentRun(10, 30),
      imposed: imposed(4, 20, 4),
      releases: new Float64Array(10).fill(20, 0, 4),
      sigma: 0.1,
    };
    const whole = createSimulator(network).run(run);
    for (const width of [0.05, 0.0125, 0.03]) {
      const other = createSimulator(network, { longestWindow: width }).run(run);
      expect(Array.from(other.neurons)).toEqual(Array.from(whole.neurons));
      other.times.forEach((time, i) => expect(Math.abs(time - whole.times[i])).toBeLessThan(1e-11));
    }
  });
});

describe('the neuron', () => {
  const drive = (weight: number): Network => ({
    starts: Uint32Array.of(0, 0, 1),
    sources: Uint32Array.of(0),
    delays: Float64Array.of(0.5),
    weights: Float64Array.of(weight),
  });
  const kick = { times: Float64Array.of(0), neurons: Uint32Array.of(0) };

  it('fires exactly at the end of refractoriness while its potential is above the threshold', () => {
    const { times, neurons } = createSimulator(drive(20)).run({ ...silentRun(2, 10), imposed: kick });
    const own = Array.from(times.filter((_, i) => neurons[i] === 1));
    expect(own.length).toBeGreaterThan(3);
    own.slice(1).forEach((time, i) => expect(time - own[i]).toBeCloseTo(1, 12));
  });

  it('that is clamped goes on integrating and fires at its release', () => {
    const run = { ...silentRun(2, 4), imposed: kick, releases: Float64Array.of(0, 2.25) };
    for (const { times } of [createSimulator(drive(3)).run(run), simulateByQueue(drive(3), run)]) {
      expect(times[1]).toBeCloseTo(2.25, 12);
    }
  });

  it('respects the refractoriness of an imposed spike after its release', () => {
    const imposed = { times: Float64Array.of(0, 1.95), neurons: Uint32Array.of(0, 1) };
    const run = { ...silentRun(2, 4), imposed, releases: Float64Array.of(0, 2) };
    for (const { times, neurons } of [createSimulator(drive(4)).run(run), simulateByQueue(drive(4), run)]) {
      expect(Array.from(neurons.slice(0, 3))).toEqual([0, 1, 1]);
      expect(times[2]).toBeCloseTo(2.95, 12);
    }
  });

  it('has a threshold of its own: two neurons with equal inputs differ under noise', () => {
    const network: Network = {
      starts: Uint32Array.of(0, 0, 1, 2),
      sources: Uint32Array.of(0, 0),
      delays: Float64Array.of(0.5, 0.5),
      weights: Float64Array.of(2, 2),
    };
    const run = { ...silentRun(3, 3), imposed: kick, sigma: 0.1 };
    const trains = splitTrains(createSimulator(network).run(run), 3);
    expect(trains[1][0]).not.toBe(trains[2][0]);
    const quiet = splitTrains(createSimulator(network).run({ ...run, sigma: 0 }), 3);
    expect(quiet[1][0]).toBe(quiet[2][0]);
  });

  it('survives a burst that overflows every buffer it starts with', () => {
    const neurons = 60;
    const network = randomNetwork(neurons, 800, 3, 2);
    const all = mergeTrains(Array.from({ length: neurons }, () => Float64Array.of(0)));
    const { times } = createSimulator(network).run({ ...silentRun(neurons, 120), imposed: all });
    expect(times.length).toBeGreaterThan(neurons * 60);
  });

  it('gives spikes of one moment in the order of their neurons', () => {
    const imposed = { times: new Float64Array(4).fill(1.05), neurons: Uint32Array.of(3, 1, 4, 2) };
    const run = { ...silentRun(5, 3), releases: new Float64Array(5).fill(9), imposed };
    expect(Array.from(createSimulator(randomNetwork(5, 10, 3, 0.1)).run(run).neurons)).toEqual([1, 2, 3, 4]);
  });

  it('takes any number of spikes imposed at once, and refuses spikes that it cannot place', () => {
    const network = randomNetwork(5, 10, 3, 0.1);
    const many = { times: new Float64Array(200000).fill(1.05), neurons: new Uint32Array(200000).fill(2) };
    const simulator = createSimulator(network);
    const run = { ...silentRun(5, 3), releases: new Float64Array(5).fill(9) };
    expect(simulator.run({ ...run, imposed: many }).times.length).toBe(200000);
    const wrong = { times: Float64Array.of(1), neurons: Uint32Array.of(7) };
    expect(() => simulator.run({ ...run, imposed: wrong })).toThrow(/on neuron 7, but there are 5/);
    const unsorted = { times: Float64Array.of(2, 1), neurons: Uint32Array.of(0, 1) };
    expect(() => simulator.run({ ...run, imposed: unsorted })).toThrow(/in order of time/);
    const late = { times: Float64Array.of(2.5), neurons: Uint32Array.of(0) };
    expect(() => simulator.run({ ...silentRun(5, 3), imposed: late })).toThrow(/comes after the release of neuron 0/);
  });

  it('needs delays that the method can take', () => {
    const network = randomNetwork(2, 2, 1, 1);
    expect(() => createSimulator({ ...network, delays: new Float64Array(4) })).toThrow(/delays of 0.001 to 600/);
  });
});

describe.skipIf(!reference)('the published network (skipped where ../shared is absent)', () => {
  const bands = [
    { noise: 0, low: 0.9928, high: 0.9938 },
    { noise: 0.05, low: 0.973, high: 0.979 },
    { noise: 0.1, low: 0.947, high: 0.96 },
    { noise: 0.15, low: 0.915, high: 0.936 },
  ];
  it.each(bands)('replays under noise $noise with a precision from $low to $high', ({ noise, low, high }) => {
    const data = reference as NonNullable<typeof reference>;
    const test = { ...data, seed: 3, promptTime: 0, periods: 10, trials: [{ prompt: 0, noise }] };
    const trial = recallJob.prepare(test)(0);
    for (const { precision } of trial.periods) {
      expect(precision).toBeGreaterThan(low);
      expect(precision).toBeLessThan(high);
    }
    if (noise === 0) {
      expect(Math.abs(trial.spikes.times.filter((time) => time >= 0).length - 14635)).toBeLessThanOrEqual(3);
      expect(Math.abs((trial.drift ?? Number.NaN) * 50 + 0.0088)).toBeLessThan(0.0005);
    }
  });

  it('recalls after a prompt of 100 channels for two periods', () => {
    const data = reference as NonNullable<typeof reference>;
    const trials = new Array(6).fill({ prompt: 100, noise: 0.1 });
    const task = recallJob.prepare({ ...data, seed: 4, promptTime: 100, periods: 2, trials });
    expect(trials.filter((_, i) => task(i).success).length).toBeGreaterThanOrEqual(5);
  });
});
