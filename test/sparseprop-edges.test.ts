/** Networks at the edges of what there is: weights of zero, targets that are hit twice, files with fewer neurons than are asked for. */
import { describe, expect, it } from 'vitest';
import { npzBytes } from '../src/files/index.js';
import {
  backward,
  type Circuit,
  createEngine,
  csr,
  disturb,
  drawnStart,
  eif,
  engineStart,
  fromPhases,
  fromVoltages,
  generated,
  inMemory,
  lif,
  type Neuron,
  periodOf,
  qif,
  readConnectivity,
  readState,
  readTargets,
  runTrial,
  startSession,
  stateArrays,
  trackingTask,
  trainTracking,
  trialExponent,
} from '../src/sparseprop/index.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('gradients', () => {
  /** Two neurons, the first weight w. */
  const pair = (w: number): Circuit => ({
    neuron: lif,
    drives: Float64Array.of(0.1, 0.13),
    connectivity: csr({
      starts: Uint32Array.of(0, 1, 2),
      targets: Uint32Array.of(1, 0),
      weights: Float64Array.of(w, -0.1),
    }),
  });

  it('a synapse of weight zero has the gradient that differences show, of spike times and of the exponent', () => {
    const trialOf = (w: number) => runTrial(pair(w), fromVoltages(pair(w), [-0.3, -0.6]), { spikes: 6 });
    const missesOf = (w: number) => trialOf(w).spikes.times.map((t, s) => t - 0.9 * (s + 1));
    const lossOf = (w: number) => missesOf(w).reduce((sum, miss) => sum + (miss * miss) / 2, 0);
    const exponentOf = (w: number) => trialExponent(pair(w), fromVoltages(pair(w), [-0.3, -0.6]), 8, { seed: 1 });
    const h = 1e-6;
    const { weights } = backward(trialOf(0), missesOf(0));
    expect(weights[0]).toBeCloseTo((lossOf(h) - lossOf(-h)) / (2 * h), 5);
    expect(exponentOf(0).gradients().weights[0]).toBeCloseTo(
      (exponentOf(h).exponent - exponentOf(-h).exponent) / (2 * h),
      5,
    );
  });

  it.each<[string, Neuron]>([
    ['LIF', lif],
    ['QIF', qif],
  ])('of the drives of %s networks that follow a signal are its differences', (_, neuron) => {
    const n = 6;
    const connectivity = inMemory(generated({ neurons: n, degree: 3, weight: -0.2, seed: 3 }), true);
    const circuit: Circuit = {
      neuron,
      drives: Float64Array.from({ length: n }, (_, i) => 0.5 + 0.05 * i),
      connectivity,
    };
    const task = { ...trackingTask, duration: 8, settle: 1 };
    const settings = { epochs: 1, rate: 1e-3, parameters: ['drives'] as const };
    const { plan, parameters } = trainTracking(circuit, drawnStart(circuit, 5), task, 7, settings);
    for (let i = 0; i < n; i++) parameters.readout[i] = 0.3 + 0.1 * i;
    const found = new Float64Array(n);
    plan.evaluate(0, [found]);
    const lossAt = (i: number, h: number) => {
      parameters.drives[i] += h;
      const { loss } = plan.evaluate(0, [new Float64Array(n)]);
      parameters.drives[i] -= h;
      return loss;
    };
    for (let i = 0; i < n; i++) expect(found[i]).toBeCloseTo((lossAt(i, 1e-6) - lossAt(i, -1e-6)) / 2e-6, 5);
  });
});

describe('synapses', () => {
  it.each([-0.3, 0.3])('a QIF calendar kicks a target as often as it is listed, by %d', (weights) => {
    const connectivity = csr({
      starts: Uint32Array.of(0, 4, 5, 5, 6),
      targets: Uint32Array.of(1, 1, 2, 2, 2, 0),
      weights,
    });
    const circuit: Circuit = { neuron: qif, drives: 0.2, connectivity };
    const start = fromVoltages(circuit, [0, -0.4, 0.1, -1]);
    const [calendar, naive] = (['calendar', 'naive'] as const).map((queue) =>
      startSession(circuit, start, { queue }).record({ spikes: 12 }),
    );
    expect(calendar.neurons).toEqual(naive.neurons);
    calendar.times.forEach((t, s) => expect(t).toBeCloseTo(naive.times[s], 9));
  });

  it.each([
    [[0, 1, 2, 3], [1, 0, 2], [-85.77, 18.34, -3.409], 0.17, [0.99, 0.83, 0]],
    [[0, 0, 1, 2], [0, 1], [246, -30.59], 0.0102, [0.277, 0, 0]],
    [[0, 1, 1], [1], [1.075], 0.00275, [0, 0.545]],
    [[0, 1, 1], [1], [-0.1777], 2.29, [0.993, 0]],
  ])('a QIF calendar starts neurons that have just been reset, %#', (starts, targets, weights, drives, phases) => {
    const connectivity = csr({
      starts: Uint32Array.from(starts),
      targets: Uint32Array.from(targets),
      weights: Float64Array.from(weights),
    });
    const circuit: Circuit = { neuron: qif, drives, connectivity };
    const start = fromPhases(circuit, phases);
    const [calendar, naive] = (['calendar', 'naive'] as const).map((queue) =>
      startSession(circuit, start, { queue }).record({ spikes: 8 }),
    );
    calendar.times.forEach((t, s) => expect(t).toBeCloseTo(naive.times[s], 8));
  });

  it('synapses in memory that share a weight get one each', () => {
    const one = csr({ starts: Uint32Array.of(0, 1, 2), targets: Uint32Array.of(1, 0), weights: -0.2 });
    expect(inMemory(one, true).weights).toEqual(Float64Array.of(-0.2, -0.2));
    expect(inMemory(one)).toBe(one);
  });

  it('a table has as many neurons as are asked for, an npz file those that it has', () => {
    const table = bytesOf('source,target,weight\n0,1,-0.2\n1,2,-0.1\n');
    expect(readConnectivity(table, 'net.csv').neurons).toBe(3);
    expect(readConnectivity(table, 'net.csv', 5).neurons).toBe(5);
    expect(() => readConnectivity(table, 'net.csv', 2)).toThrow(/targets are 0 to 1/);
    const npz = npzBytes({
      starts: Uint32Array.of(0, 1, 1),
      targets: Uint32Array.of(1),
      weights: Float64Array.of(-0.1),
    });
    expect(readConnectivity(npz, 'net.npz', 2).neurons).toBe(2);
    expect(() => readConnectivity(npz, 'net.npz', 3)).toThrow('net.npz has 2 neurons; asked for are 3');
  });
});

it.each([0.3, 0.5, 1])('EIF neurons with a spike of width %d keep their flow far below the reset', (width) => {
  const neuron = eif(width);
  // dr/dV = -1 / F, by central differences, on both sides of where the published table ends.
  for (const v of [-9, -10, -10.5, -12, -19, -21, -45]) {
    const slope = (neuron.timeToSpike(v + 1e-3, 0.5) - neuron.timeToSpike(v - 1e-3, 0.5)) / 2e-3;
    expect(slope * neuron.flow(v, 0.5)).toBeCloseTo(-1, 7);
    expect(neuron.voltage(neuron.timeToSpike(v, 0.5), 0.5)).toBeCloseTo(v, 9);
  }
});

it('two runs that differ by half a turn of all neurons, and little more, lie close together', () => {
  const connectivity = generated({ neurons: 2, degree: 0, weight: 0, seed: 1 });
  const circuit: Circuit = { neuron: lif, drives: 0.3, connectivity };
  const from = createEngine(circuit, engineStart(circuit, fromPhases(circuit, [-1, -1.1]))).state();
  const ofTwo = (size: number, index: number) =>
    disturb(circuit, from, 'kick', { time: 1e-6, points: 1, seed: 1, size, index }).distances[0];
  for (let index = 0; index < 40; index++) {
    // Uncoupled neurons differ by the size times what their draws differ by, without whole turns.
    const difference = 0.4 * (2 * ofTwo(1e-3, index)) * 1e3;
    expect(ofTwo(0.4, index)).toBeCloseTo(Math.abs(difference - Math.round(difference)) / 2, 9);
  }
});

it.each(['calendar', 'phase-heap', 'time-heap', 'naive'] as const)(
  'periods of several epochs stay what they are in a run of the queue %s',
  (queue) => {
    for (const [neuron, drive] of [
      [qif, 1e-4],
      [lif, 1e-12],
      [lif, 1e-90],
    ] as const) {
      const connectivity = generated({ neurons: 1, degree: 0, weight: 0, seed: 1 });
      const period = periodOf(neuron, drive);
      const session = startSession({ neuron, drives: drive, connectivity }, Float64Array.of(period), { queue });
      const { times } = session.record({ spikes: 10000 });
      expect(times).toHaveLength(10000);
      expect(Math.abs(times[9999] / (10000 * period) - 1)).toBeLessThan(1e-12);
    }
  },
);

it('drives and weights with which nothing can be computed are refused', () => {
  const one = (drives: number, weight: number): Circuit => ({
    neuron: qif,
    drives,
    connectivity: generated({ neurons: 3, degree: 1, weight, seed: 1 }),
  });
  expect(() => one(1, -1e150)).toThrow(/from -1e100 to 1e100/);
  expect(() => csr({ starts: Uint32Array.of(0, 0), targets: new Uint32Array(0), weights: 1e150 })).toThrow(/1e100/);
  expect(() => startSession(one(1e-200, -1), new Float64Array(3))).toThrow(/take drives from 1e-100 to 1e\+100/);
  expect(() => startSession({ ...one(1e15, -1), neuron: lif }, new Float64Array(3))).toThrow(/LIF neurons take drives/);
  const spread = { ...one(1, -1), drives: Float64Array.of(1, 2, 3) };
  expect(() => startSession(spread, new Float64Array(3), { queue: 'calendar' })).toThrow(/one drive for all neurons/);
});

describe('files', () => {
  it('wanted spikes are read by the names of their columns', () => {
    const { neurons, orders, times } = readTargets(bytesOf('spike,time_s,neuron\n0,0.01,1\n3,0.02,0\n'), 'a.csv', 0.01);
    expect([neurons, orders, times]).toEqual([Uint32Array.of(1, 0), Uint32Array.of(0, 3), Float64Array.of(1, 2)]);
    expect(() => readTargets(bytesOf('neuron,spike\n1,0\n'), 'a.csv', 0.01)).toThrow(/neuron, spike, time_s/);
  });

  it.each(['calendar', 'time-heap', 'phase-heap', 'naive'] as const)(
    'a state of the queue %s knows the time of its last spike',
    (queue) => {
      const connectivity = generated({ neurons: 20, degree: 4, weight: -0.2, seed: 1 });
      const circuit: Circuit = { neuron: lif, drives: 0.3, connectivity };
      const session = startSession(circuit, drawnStart(circuit, 1), { queue });
      const { times } = session.record({ spikes: 60 });
      const file = npzBytes(stateArrays(session.state(), 'this'));
      const again = startSession(circuit, readState(file, 'state.npz', 'this'));
      expect(again.time()).toBe(times[59]);
      again.skip({ spikes: 7 });
      expect(again.time()).toBe(session.record({ spikes: 7 }).times[6]);
      expect(again.state()).toEqual(session.state());
    },
  );
});
