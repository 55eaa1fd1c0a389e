/** Runs in parts, checkpoints, recorded potentials, clamps, and the pitfalls of long runs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { npzBytes, readNpz } from '../src/files/index.js';
import type { Network } from '../src/memory/network/index.js';
import {
  type Checkpoint,
  createSimulator,
  type Model,
  mergeTrains,
  type Run,
  type Spikes,
  splitTrains,
} from '../src/memory/simulate/index.js';
import { courseOf, highestPotential, potentialOf, valueAt } from '../src/memory/template/index.js';
import { lcg, randomNetwork, silentRun } from './helpers.js';

const NEURONS = 8;
const join = (parts: Spikes[]) => ({
  times: Float64Array.from(parts.flatMap(({ times }) => [...times])),
  neurons: Uint32Array.from(parts.flatMap(({ neurons }) => [...neurons])),
});
const noise = { walk: true, failure: 0.1, jitter: 0.1, background: [{ rate: 1, weight: 0.2 }] };

/** A run that goes on by itself after a push. */
function busy(seed: number, noisy: boolean): { network: Network; run: Run } {
  const random = lcg(seed);
  const network = randomNetwork(NEURONS, 14, seed, 0.8);
  const trains = Array.from({ length: NEURONS }, (_, l) =>
    l < 4 ? Float64Array.of(random(), 1.5, 3) : new Float64Array(),
  );
  const run = {
    ...silentRun(NEURONS, 20),
    imposed: mergeTrains(trains),
    releases: new Float64Array(NEURONS).fill(3, 0, 4),
    sigma: noisy ? 0.1 : 0,
    noise: noisy ? noise : undefined,
    clamps: { neurons: Uint32Array.of(5), from: Float64Array.of(7.03), to: Float64Array.of(9) },
    key: [seed, 3] as const,
  };
  return { network, run };
}

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1e5 }),
  noisy: fc.boolean(),
  model: fc.constantFrom<Model>(
    {},
    { reset: -1 },
    { beta: 1.3 },
    { model: 'lif', current: 'exp', membrane: 2, synapse: 0.4, reset: 0, refractory: 0.4 },
    {
      model: 'lif',
      current: 'alpha',
      membrane: Float64Array.of(1, 2, 3, 4, 1, 2, 3, 4),
      synapse: 0.4,
      reset: 0,
      refractory: 1,
    },
  ),
  cuts: fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { maxLength: 4 }),
});

describe('a run in parts', () => {
  it('gives the spikes of the whole run, bit for bit', () => {
    fc.assert(
      fc.property(cases, ({ seed, noisy, model, cuts }) => {
        const { network, run } = busy(seed, noisy);
        const simulator = createSimulator(network, { model });
        const whole = simulator.run(run);
        const session = simulator.start(run);
        const parts = [...cuts.sort((p, q) => p - q), 20].map((until) => session.run(until));
        expect(join(parts)).toEqual(whole);
        cuts.forEach((until, i) => expect(parts[i].times.every((time) => time < until)).toBe(true));
      }),
      { numRuns: 100 },
    );
  });

  it('goes on from a stored checkpoint, in another simulator, to the same bytes', () => {
    fc.assert(
      fc.property(cases, ({ seed, noisy, model, cuts }) => {
        const { network, run } = busy(seed, noisy);
        const whole = createSimulator(network, { model }).run(run);
        const first = createSimulator(network, { model }).start(run);
        const begin = first.run(cuts[0] ?? 5);
        const stored = readNpz(npzBytes(first.checkpoint()), 'checkpoint');
        const second = createSimulator(network, { model }).resume(run, stored);
        expect(second.now()).toBe(cuts[0] ?? 5);
        expect(join([begin, second.run(20)])).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses to run backwards, to go on after another one, and a checkpoint of another network', () => {
    const { network, run } = busy(1, true);
    const simulator = createSimulator(network);
    const session = simulator.start(run);
    session.run(5);
    expect(() => session.run(4)).toThrow(/stands at 5; it cannot run to 4/);
    const checkpoint = session.checkpoint();
    simulator.start(run);
    expect(() => session.run(6)).toThrow(/another one was started/);
    const other = createSimulator(randomNetwork(NEURONS, 13, 1, 0.8));
    expect(() => other.resume(run, checkpoint)).toThrow(/another run: synapses 112 there, 104 here/);
  });

  it('does not depend on how late it is: a state moved on by 1e9 windows evolves to the same bits', () => {
    const { network, run } = busy(5, false);
    const simulator = createSimulator(network);
    const session = simulator.start(run);
    session.run(10);
    const early = session.checkpoint();
    const late = Object.fromEntries(Object.entries(early).map(([name, array]) => [name, array.slice()])) as Checkpoint;
    const FAR = 1e9;
    late.head[8] += FAR;
    for (let l = 0; l < NEURONS; l++) late.neurons[8 * l + 6] += FAR;
    const windows = new Float64Array(late.cursors.buffer);
    for (let i = 0; i < windows.length; i += 5) windows[i + 2] += FAR;
    const shift = FAR * early.head[3];
    const state = (checkpoint: Checkpoint, until: number) => {
      const resumed = simulator.resume(run, checkpoint);
      const { times } = resumed.run(until);
      return { times, after: resumed.checkpoint() };
    };
    const here = state(early, 60);
    const there = state(late, 60 + shift);
    expect(here.times.length).toBeGreaterThan(50);
    expect(there.times.length).toBe(here.times.length);
    for (let l = 0; l < NEURONS; l++) {
      expect(there.after.neurons.subarray(8 * l, 8 * l + 6)).toEqual(here.after.neurons.subarray(8 * l, 8 * l + 6));
      expect(there.after.neurons[8 * l + 7]).toBe(here.after.neurons[8 * l + 7]);
    }
  });

  it('leaves no denormal numbers behind in silence', () => {
    const network = randomNetwork(NEURONS, 14, 5, 0.01);
    const kick = { times: Float64Array.of(0), neurons: Uint32Array.of(0) };
    const session = createSimulator(network).start({ ...silentRun(NEURONS, 1), imposed: kick });
    session.run(800);
    for (const x of session.checkpoint().neurons) expect(x === 0 || Math.abs(x) > 1e-300).toBe(true);
  });
});

describe('a recorded potential', () => {
  /** From all spikes of the network, by the definition. */
  const fromSpikes = (network: Network, spikes: Spikes, l: number) => {
    const arrivals: [number, number][] = [];
    const trains = splitTrains(spikes, NEURONS);
    for (let k = network.starts[l]; k < network.starts[l + 1]; k++) {
      for (const time of trains[network.sources[k]]) arrivals.push([time + network.delays[k], network.weights[k]]);
    }
    arrivals.sort(([p], [q]) => p - q);
    return potentialOf(
      Float64Array.from(arrivals, ([time]) => time),
      arrivals.map(([, weight]) => weight),
    );
  };

  it('is the one that the spikes of the network make, and recording changes no spike', () => {
    const { network, run } = busy(9, false);
    const simulator = createSimulator(network);
    const spikes = simulator.run(run);
    const session = simulator.start({ ...run, record: Uint32Array.of(6, 2) });
    const parts = [4, 11, 20].map((until) => ({ spikes: session.run(until), traces: session.traces() }));
    expect(join(parts.map((part) => part.spikes))).toEqual(spikes);
    for (const [i, neuron] of [6, 2].entries()) {
      const expected = fromSpikes(network, spikes, neuron);
      const pieces = parts.map(({ traces }) => traces[i]);
      const column = (name: 'times' | 'a' | 'b') => Float64Array.from(pieces.flatMap((piece) => [...piece[name]]));
      const joined = { ...pieces[0], times: column('times'), a: column('a'), b: column('b') };
      const found = courseOf(joined);
      expect(joined.neuron).toBe(neuron);
      expect(joined.times.length).toBeGreaterThan(100);
      for (let t = 0; t < 20; t += 0.037) expect(valueAt(found, t)).toBeCloseTo(valueAt(expected, t), 10);
    }
  });

  it('falls to the reset value at each spike of the reset model', () => {
    const { network, run } = busy(9, false);
    const session = createSimulator(network, { model: { reset: -1 } }).start({ ...run, record: Uint32Array.of(6) });
    const own = splitTrains(session.run(20), NEURONS)[6];
    const [trace] = session.traces();
    expect(own.length).toBeGreaterThan(3);
    for (const time of own) {
      const at = trace.times.findIndex((origin, i) => Math.abs(origin - time) + Math.abs(trace.a[i] + 1) < 1e-12);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(valueAt(courseOf(trace), time - 1e-9)).toBeCloseTo(1, 6);
    }
    expect(highestPotential(courseOf(trace), 0, 20).value).toBeLessThan(1 + 1e-9);
  });
});

describe('a clamp', () => {
  const drive: Network = {
    starts: Uint32Array.of(0, 0, 1),
    sources: Uint32Array.of(0),
    delays: Float64Array.of(0.5),
    weights: Float64Array.of(60),
  };
  const run: Run = {
    ...silentRun(2, 9),
    imposed: { times: Float64Array.of(0, 3.25), neurons: Uint32Array.of(0, 1) },
    clamps: { neurons: Uint32Array.of(1), from: Float64Array.of(2.3), to: Float64Array.of(3.5) },
  };

  it('silences a neuron but for what is imposed, and lets it go on from its true state', () => {
    const own = splitTrains(createSimulator(drive).run(run), 2)[1];
    const free = splitTrains(
      createSimulator(drive).run({
        ...run,
        imposed: { times: Float64Array.of(0), neurons: Uint32Array.of(0) },
        clamps: undefined,
      }),
      2,
    )[1];
    // Driven hard, it fires once per refractory period: 0.5.., 1.5.., then the imposed spike, and on from there.
    expect(Array.from(own.subarray(0, 2))).toEqual(Array.from(free.subarray(0, 2)));
    expect(own[2]).toBe(3.25);
    expect(own[3]).toBeCloseTo(4.25, 12);
  });

  it('that ends before a neuron is ready leaves it refractory', () => {
    // Fired at 0.5.., clamped from 0.7 to 0.9 while it is driven hard: it goes on as if nothing had been.
    const clamps = { neurons: Uint32Array.of(1), from: Float64Array.of(0.7), to: Float64Array.of(0.9) };
    const imposed = { times: Float64Array.of(0), neurons: Uint32Array.of(0) };
    const [held, free] = [clamps, undefined].map(
      (given) => splitTrains(createSimulator(drive).run({ ...run, imposed, clamps: given }), 2)[1],
    );
    expect(free.length).toBeGreaterThan(3);
    expect(free[1] - free[0]).toBeCloseTo(1, 12);
    expect([...held]).toEqual([...free]);
  });

  it('must fall where spikes are imposed and leave time between it and the next', () => {
    const simulator = createSimulator(drive);
    const wrong = (change: Partial<Run>) => () => simulator.run({ ...run, ...change });
    expect(wrong({ clamps: undefined })).toThrow(/at 3.25 comes after the release of neuron 1/);
    const twice = { neurons: Uint32Array.of(1, 1), from: Float64Array.of(2.3, 3.55), to: Float64Array.of(3.5, 4) };
    expect(wrong({ clamps: twice })).toThrow(/clamped again at 3.55; between clamps it must be free for 0.1/);
    const backwards = { neurons: Uint32Array.of(1), from: Float64Array.of(4), to: Float64Array.of(3) };
    expect(wrong({ clamps: backwards })).toThrow(/must end after it begins/);
    expect(wrong({ noise: { failure: 2 } })).toThrow(/failure must be from 0 to 1; got 2/);
    expect(wrong({ record: Uint32Array.of(2) })).toThrow(/not among the 2 neurons/);
  });
});

it('models that no neuron can have are refused', () => {
  const network = randomNetwork(2, 3, 1, 1);
  const refuse = (model: Model) => () => createSimulator(network, { model });
  expect(refuse({ reset: 1 })).toThrow(/reset value must be below every threshold/);
  expect(refuse({ refractory: 0 })).toThrow(/refractory period of neuron 0 must be from 0.001/);
  expect(refuse({ threshold: Float64Array.of(1) })).toThrow(/one value for each of 2 neurons; got 1/);
  expect(refuse({ beta: 0.001 })).toThrow(/a delay lasts up to 600 time constants/);
});
