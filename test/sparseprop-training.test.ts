/** Gradients of spike times against exact values and differences; exponents; training. */
import { describe, expect, it } from 'vitest';
import { logged, train } from '../src/learning/index.js';
import {
  backward,
  type Circuit,
  covariantVectors,
  createRateNetwork,
  createTangent,
  csr,
  disturb,
  drawGains,
  drawnStart,
  drawSignal,
  engineStart,
  fromVoltages,
  generated,
  inMemory,
  kaplanYorke,
  lif,
  type Neuron,
  ofStart,
  qif,
  rateParameters,
  runTrial,
  spectrumOf,
  spikeTimeLoss,
  trackingLoss,
  trackingTask,
  trainSpikeTimes,
  trainTracker,
  trainTracking,
  trialExponent,
  withSignal,
} from '../src/sparseprop/index.js';

const pair = (neuron: Neuron, drives: number[], weights: number[]): Circuit => ({
  neuron,
  drives: Float64Array.from(drives),
  connectivity: csr({
    starts: Uint32Array.of(0, 1, 2),
    targets: Uint32Array.of(1, 0),
    weights: Float64Array.from(weights),
  }),
});

describe('gradients', () => {
  it.each([
    [
      'LIF',
      lif,
      [0.1, 0.1],
      [-0.2, -0.1],
      [-0.3, -0.6],
      11.1468973953196,
      [-30.6688012062388, -25.7006984795109],
      [-146.28305598, -127.28384743],
      [-19.4121375325197, -3.57484183472476],
    ],
    [
      'QIF',
      qif,
      [0.1, 0.2],
      [-0.3, -0.2],
      [0, -0.4],
      519.929654895131,
      [-176.23089260182, -114.625934021637],
      [-1507.02554614, -2863.63496731],
      [-171.655390568158, -141.703011976639],
    ],
  ] as const)(
    'of two %s neurons are the exact ones',
    (_, neuron, drives, weights, voltages, loss, ofWeights, ofDrives, ofVoltages) => {
      const circuit = pair(neuron, [...drives], [...weights]);
      const start = fromVoltages(circuit, voltages);
      const trial = runTrial(circuit, start, { spikes: 6 }, 4);
      const miss = trial.spikes.times.map((t, s) => t - 0.9 * (s + 1));
      expect(miss.reduce((sum, x) => sum + (x * x) / 2, 0)).toBeCloseTo(loss, 9);
      const found = backward(trial, miss);
      const voltage = ofStart(circuit, start, found);
      for (const i of [0, 1]) {
        expect(found.weights[i] / ofWeights[i]).toBeCloseTo(1, 11);
        expect(found.drives[i] / ofDrives[i]).toBeCloseTo(1, 9);
        expect(voltage[i] / ofVoltages[i]).toBeCloseTo(1, 11);
      }
    },
  );

  const network = (neuron: Neuron, n = 30): Circuit => ({
    neuron,
    drives: 0.3,
    connectivity: inMemory(generated({ neurons: n, degree: 5, weight: -0.2, seed: 2 }), true),
  });

  it('of a network that follows a signal are its differences, whatever the checkpoints', () => {
    const circuit = network(lif);
    const n = 30;
    const u = drawSignal(trackingTask, 1, 0);
    const gains = drawGains(n, 1);
    const readout = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
    const start = drawnStart(circuit, 1);
    const weights = circuit.connectivity.weights as Float64Array;
    const drives = new Float64Array(n).fill(0.3);
    const lossOf = (spacing = 1000) => {
      const trial = runTrial(
        withSignal({ ...circuit, drives }, u, gains),
        start,
        { until: trackingTask.duration },
        spacing,
      );
      return { trial, tracked: trackingLoss(trial.spikes, u, readout, trackingTask) };
    };
    const { trial, tracked } = lossOf();
    const found = backward(trial, tracked.ofTimes);
    const again = lossOf(17);
    expect(backward(again.trial, again.tracked.ofTimes)).toEqual(found);
    const h = 1e-6;
    const difference = (values: Float64Array, k: number) => {
      const before = values[k];
      values[k] = before + h;
      const up = lossOf().tracked.loss;
      values[k] = before - h;
      const down = lossOf().tracked.loss;
      values[k] = before;
      return (up - down) / (2 * h);
    };
    for (const k of [0, 7, 77, 149]) expect(Math.abs(difference(weights, k) - found.weights[k])).toBeLessThan(1e-6);
    for (const k of [0, 11, 29]) {
      expect(Math.abs(difference(readout, k) - tracked.ofReadout[k])).toBeLessThan(1e-7);
      // With the next spikes at the start held.
      expect(Math.abs(difference(drives, k) - found.drives[k])).toBeLessThan(1e-5);
      expect(Math.abs(difference(start, k) - found.next[k])).toBeLessThan(1e-6);
    }
  });

  it('the adjoint keeps its sum where no loss acts', () => {
    for (const neuron of [lif, qif]) {
      const circuit = network(neuron);
      const trial = runTrial(circuit, drawnStart(circuit, 1), { spikes: 200 }, 30);
      const ofTimes = new Float64Array(200);
      ofTimes[199] = 1;
      expect(backward(trial, ofTimes).next.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    }
  });

  it('pseudo-spikes stand in for spikes behind the end, with their slopes', () => {
    const circuit = pair(qif, [0.2, 0.3], [-0.2, -0.1]);
    const start = fromVoltages(circuit, [0, -0.5]);
    const targets = { neurons: Uint32Array.of(0), orders: Uint32Array.of(2), times: Float64Array.of(9) };
    const trial = runTrial(circuit, start, { until: 8 });
    expect(() => spikeTimeLoss(trial, targets)).toThrow(/its spike 2 \(counted from 0\) is wanted/);
    const lossAt = (drive: number) => {
      const one = { ...circuit, drives: Float64Array.of(drive, 0.3) };
      const run = runTrial(one, start, { until: 8 });
      const loss = spikeTimeLoss(run, targets, { pseudo: true });
      const found = backward(run, loss.ofTimes, loss.ofNext);
      loss.addTo(found);
      return { value: loss.value, slope: found.drives[0] };
    };
    const h = 1e-6;
    expect((lossAt(0.2 + h).value - lossAt(0.2 - h).value) / (2 * h) / lossAt(0.2).slope).toBeCloseTo(1, 6);
  });

  it.each([
    ['LIF', lif],
    ['QIF', qif],
  ] as const)('of the exponent of a %s trial are its differences, whatever the stretches', (_, neuron) => {
    const n = 20;
    const made = inMemory(generated({ neurons: n, degree: 5, weight: -0.2, seed: 2 }), true);
    const weights = made.weights as Float64Array;
    const drives = new Float64Array(n).fill(0.3);
    const circuit: Circuit = { neuron, drives, connectivity: made };
    const start = drawnStart(circuit, 1);
    const exponentAt = (spacing?: number) =>
      trialExponent(circuit, start, 12, { seed: 1, ...(spacing ? { spacing } : {}) });
    const { exponent, gradients } = exponentAt();
    const found = gradients();
    const other = exponentAt(7);
    expect(other.exponent).toBeCloseTo(exponent, 12);
    for (const name of ['weights', 'drives', 'next'] as const)
      other.gradients()[name].forEach((g, i) => expect(Math.abs(g - found[name][i])).toBeLessThan(1e-9));
    const h = 1e-6;
    for (const [values, of] of [
      [weights, found.weights],
      [drives, found.drives],
      [start, found.next],
    ]) {
      for (let k = 0; k < values.length; k += 7) {
        const before = values[k];
        values[k] = before + h;
        const up = exponentAt().exponent;
        values[k] = before - h;
        const down = exponentAt().exponent;
        values[k] = before;
        expect(Math.abs((up - down) / (2 * h) - of[k])).toBeLessThan(1e-5 * Math.max(1, Math.abs(of[k])));
      }
    }
  });

  it('the exponent of a long trial is the leading one of the network', () => {
    const circuit: Circuit = {
      neuron: qif,
      drives: 0.1,
      connectivity: generated({ neurons: 60, degree: 20, weight: -0.2, seed: 1 }),
    };
    const start = drawnStart(circuit, 1);
    const plan = { exponents: 2, burnIn: 0, warmUp: 300, spikes: 3000, seed: 1 };
    const { leading } = spectrumOf(circuit, start, plan);
    expect(Math.abs(trialExponent(circuit, start, 900, { seed: 1 }).exponent - leading)).toBeLessThan(0.02);
  });

  it('training draws the exponent of a network to where it is wanted', () => {
    const circuit: Circuit = {
      neuron: lif,
      drives: 0.5,
      connectivity: inMemory(generated({ neurons: 30, degree: 10, weight: -0.1, seed: 1 }), true),
    };
    const start = drawnStart(circuit, 1);
    const settings = { epochs: 60, rate: 5e-3, parameters: ['weights'] as const };
    const task = { ...trackingTask, duration: 12 };
    const goal = { wanted: -0.1, strength: 100, seed: 1 };
    const { training, plan } = trainTracking(circuit, start, task, 1, { ...settings, exponent: goal });
    train(training, plan);
    const exponents = logged(training, 'exponent');
    expect(Math.abs(exponents[59] + 0.1)).toBeLessThan(0.3 * Math.abs(exponents[0] + 0.1));
  });

  it('training moves two spikes to where they are wanted', () => {
    const circuit = pair(lif, [0.3, 0.3], [-0.2, -0.1]);
    const targets = { neurons: Uint32Array.of(0, 1), orders: Uint32Array.of(1, 1), times: Float64Array.of(2.4, 3.2) };
    const settings = { epochs: 200, rate: 0.01, parameters: ['weights', 'drives'] as const };
    const { training, plan } = trainSpikeTimes(circuit, Float64Array.of(-0.3, -0.6), targets, 6, settings);
    train(training, plan);
    expect(training.log[0]).toBeGreaterThan(4e-3);
    expect(training.log[training.log.length - 3]).toBeLessThan(1e-4 * training.log[0] + 1e-5);
  });

  it('a network learns to follow signals that it has not seen', () => {
    const circuit: Circuit = {
      neuron: lif,
      drives: 0.6,
      connectivity: inMemory(generated({ neurons: 50, degree: 10, weight: -0.05, seed: 1 }), true),
    };
    const settings = { epochs: 60, rate: 1e-2, parameters: ['weights', 'drives', 'readout'] as const };
    const task = { ...trackingTask, duration: 12 };
    const training = trainTracking(circuit, drawnStart(circuit, 1), task, 1, settings);
    const error = () => training.test(4).reduce((sum, { loss }) => sum + loss / 4, 0);
    const before = error();
    train(training.training, training.plan);
    expect(error()).toBeLessThan(0.8 * before);
  });
});

describe('exponents', () => {
  const network = (neuron: Neuron, n: number, k: number): Circuit => ({
    neuron,
    drives: 0.01 * Math.sqrt(k),
    connectivity: generated({ neurons: n, degree: k, weight: -1 / Math.sqrt(k), seed: 1 }),
  });

  it('the map of disturbances is the difference of two runs', () => {
    const circuit = network(qif, 40, 10);
    const start = drawnStart(circuit, 1);
    const vector = start.map((_, i) => Math.cos(3 * i));
    const h = 1e-7;
    const after = (sign: number) => {
      const { engine } = createTangent(
        circuit,
        start.map((n, i) => n + sign * h * vector[i]),
        1,
      );
      engine.run({ spikes: 20 });
      return engine.next();
    };
    const [up, down] = [after(1), after(-1)];
    const image = vector.slice();
    const { step } = createTangent(circuit, start, 1);
    for (let s = 0; s < 20; s++) step(image);
    image.forEach((x, i) => expect(Math.abs((up[i] - down[i]) / (2 * h) - x)).toBeLessThan(1e-6));
  });

  it.each([
    ['LIF', lif, -49, -45],
    ['QIF', qif, 20, 25],
  ] as const)(
    '%s: the leading one is the known one, and the ones are carried to themselves',
    (_, neuron, low, high) => {
      const circuit = network(neuron, 500, 100);
      const { leading, neutral } = spectrumOf(circuit, drawnStart(circuit, 1), {
        exponents: 2,
        burnIn: 2500,
        warmUp: 2500,
        spikes: 5000,
        seed: 1,
      });
      expect(100 * leading).toBeGreaterThan(low - 1);
      expect(100 * leading).toBeLessThan(high);
      expect(neutral).toBeLessThan(1e-12);
    },
  );

  it('covariant vectors grow backward as the spectrum does forward', () => {
    const circuit = network(qif, 30, 10);
    const plan = { exponents: 30, burnIn: 300, warmUp: 600, spikes: 1200, seed: 1 };
    const { forward, backward: back } = covariantVectors(circuit, drawnStart(circuit, 1), plan, 2);
    const [a, b] = [forward, back].map((x) => x.slice().sort());
    for (let i = 0; i < 30; i++) expect(Math.abs(a[i] - b[i])).toBeLessThan(0.15);
  });

  it('the dimension of Kaplan and Yorke', () => {
    expect(kaplanYorke([1, 0, -0.5, -2], true)).toBeCloseTo(3.25, 12);
    expect(kaplanYorke([0, -1], true)).toBe(1);
    expect(kaplanYorke([1, 0.5], false)).toBeUndefined();
  });

  it('small disturbances of inhibitory LIF networks die', () => {
    const circuit = network(lif, 100, 20);
    const state = engineStart(circuit, drawnStart(circuit, 1));
    const { distances } = disturb(circuit, state, 'kick', { size: 1e-9, time: 60, points: 10, seed: 1 });
    expect(distances[9]).toBeLessThan(0.1 * distances[0]);
    const spread = disturb(
      network(qif, 100, 20),
      engineStart(network(qif, 100, 20), drawnStart(circuit, 1)),
      'spike-removed',
      { time: 60, points: 3, seed: 1 },
    );
    expect(spread.distances[2]).toBeGreaterThan(1e-3);
  });
});

describe('the rate network', () => {
  it.each([
    [1, 1],
    [2, 2],
  ] as const)('gradients are differences, %i signals, %i populations', (signals, populations) => {
    const spec = { n: 8, signals, batch: 3, populations, seed: 1 };
    const network = createRateNetwork(spec);
    const parameters = rateParameters(spec);
    const start = network.relaxed(parameters);
    const arrays = [parameters.J, parameters.ws, parameters.wr];
    const gradients = arrays.map((values) => new Float64Array(values.length));
    network.pass(parameters, start, 1, 1, gradients);
    const h = 1e-5;
    arrays.forEach((values, a) => {
      for (let k = 1; k < values.length; k += 5) {
        const before = values[k];
        const lossAt = (x: number) => {
          values[k] = x;
          return network.pass(parameters, start, 1, 1).loss;
        };
        const slope = (lossAt(before + h) - lossAt(before - h)) / (2 * h);
        values[k] = before;
        expect(Math.abs(slope - gradients[a][k])).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
      }
    });
  });

  it('learns to follow a signal', () => {
    const { tests } = trainTracker({ n: 20, signals: 1, batch: 10, populations: 1, seed: 1 }, 150, () => {}, 150);
    expect(tests[tests.length - 1].error).toBeLessThan(0.9 * tests[0].error);
  });
});
