/** Where activity goes: principal components, regression on what units stand for, eigenvalues, and what is foretold of spiking networks. */
import { describe, expect, it } from 'vitest';
import { normal } from '../src/core/index.js';
import {
  type Activity,
  advanceRate,
  drawNetwork,
  eigenvaluesOf,
  lifModel,
  type OwnTask,
  polished,
  principalComponents,
  rateModelBytes,
  rateTask,
  readRateModel,
  separationOf,
  spectralReach,
  spikernnDefaults,
  startRate,
  targetedAxes,
  withWeights,
} from '../src/spikernn/index.js';

const gaussian = (i: number, key: [number, number] = [5, 6]) => normal(key, 0, i);

describe('principal components', () => {
  it('find the axes and the shares of signals that are made of two', () => {
    const [n, T] = [7, 500];
    const directions = [[1, 1, 1, 1, 0, 0, 0].map((x) => x / 2), [1, -1, 0, 0, 1, 1, 0].map((x) => x / 2)];
    const signals = Float64Array.from({ length: n * T }, (_, e) => {
      const t = Math.floor(e / n);
      return 3 + 4 * gaussian(2 * t) * directions[0][e % n] + 2 * gaussian(2 * t + 1) * directions[1][e % n];
    });
    const { vectors, shares, mean } = principalComponents(signals, n, 2);
    expect(shares[0] + shares[1]).toBeCloseTo(1, 9);
    expect(Math.abs(shares[0] - 0.8)).toBeLessThan(0.05);
    expect(Math.abs(mean[6] - 3)).toBeLessThan(1e-12);
    // Drawn amplitudes are not quite uncorrelated.
    for (const c of [0, 1]) {
      expect(Math.abs(vectors[c].reduce((sum, v, i) => sum + v * directions[c][i], 0))).toBeGreaterThan(0.99);
    }
  });
});

describe('regression on choice, modalities and context', () => {
  it('finds units that stand for one of them each, and paths that go where they should', () => {
    const task = rateTask('mante');
    const [n, T] = [4, 500];
    // Unit 0: the answer from step 250 on; 1 and 2: the streams while they are shown; 3: the context; a little noise.
    const runs = Array.from({ length: 48 }, (_, trial): Activity => {
      const { input, label } = task.task.trial(7, trial);
      const mean = [0, 1].map((k) => {
        let sum = 0;
        for (let t = 50; t < 250; t++) sum += input[4 * t + k] / 200;
        return sum;
      });
      const rates = Float64Array.from({ length: n * T }, (_, e) => {
        const [t, i] = [Math.floor(e / n), e % n];
        const during = t >= 50 && t < 250;
        const signal = [
          t >= 250 ? Number(label) : 0,
          during ? 2 * mean[0] : 0,
          during ? 2 * mean[1] : 0,
          input[2] === 1 ? 1 : -1,
        ];
        return signal[i] + 0.02 * gaussian(e + trial * n * T);
      });
      return { rates, outputs: new Float64Array(T).fill(Number(label)) };
    });
    const { axes, paths } = targetedAxes(task, 7, n, runs);
    axes.forEach((axis, v) => {
      expect(Math.abs(axis[v])).toBeGreaterThan(0.95);
      axes.forEach((other, w) => {
        expect(axis.reduce((sum, a, i) => sum + a * other[i], 0)).toBeCloseTo(v === w ? 1 : 0, 9);
      });
    });
    const apart = separationOf({ axes, paths });
    // Streams are shown alike, attended or not; all come in standard deviations of their units.
    expect(apart.choice).toBeGreaterThan(2);
    expect(apart.attended / apart.unattended).toBeCloseTo(1, 0);
    expect(paths).toHaveLength(8);
    expect(paths.reduce((sum, { trials }) => sum + trials, 0)).toBe(48);
    for (const { context, signs, points } of paths) {
      expect(Math.sign(points[0][400])).toBe(signs[context - 1]);
      for (const k of [0, 1]) expect(Math.sign(points[1 + k][150])).toBe(signs[k]);
      expect(Math.sign(points[3][150])).toBe(context === 1 ? 1 : -1);
    }
  });
});

describe('polishing', () => {
  it('lowers the loss of spiking trials, keeps to the law, and comes back from a file', () => {
    const task: OwnTask = {
      name: 'hold',
      steps: 50,
      stimuli: [{ channel: 0, on: 0, lasts: 10, of: [1] }],
      answers: [{ on: 15, lasts: 35, sign: 0 }],
    };
    const drawn = { units: 20, inhibitoryShare: 0.3, readout: 'root' as const };
    const settings = { ...spikernnDefaults, ...drawn, task, trials: 1, seed: 2, least: 0 };
    const trained = startRate(settings);
    advanceRate(trained, settings);
    const { network } = trained;
    const losses: number[] = [];
    const better = polished(
      network,
      { scale: 30 },
      lifModel,
      rateTask(task),
      { trials: 40, rate: 0.02, seed: 3 },
      (_, loss) => losses.push(loss),
    );
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(losses.slice(-20))).toBeLessThan(0.8 * mean(losses.slice(0, 5)));
    better.w.forEach((w, e) => {
      if (!(network.w[e] > 0)) expect(w).toBe(network.w[e]);
    });
    expect(better.wIn).toEqual(network.wIn);
    expect(better.gates).toEqual(network.gates);
    expect(better.bOut).toEqual(network.bOut);
    const bytes = withWeights(rateModelBytes(trained, settings), 'a.mat', better, 30);
    const read = readRateModel(bytes, 'a.mat');
    expect(read.scale).toBe(30);
    expect(read.network.wOut).toEqual(Float64Array.from(Float32Array.from(better.wOut)));
    expect(read.network.w).not.toEqual(readRateModel(rateModelBytes(trained, settings), 'a.mat').network.w);
    // Of the network before its training the time constants are others, too.
    const gates = better.gates.map((g) => g + 1);
    const other = withWeights(rateModelBytes(trained, settings), 'a.mat', { ...better, gates }, 30);
    expect(readRateModel(other, 'a.mat').network.gates).toEqual(Float64Array.from(Float32Array.from(gates)));
  });
});

describe('eigenvalues', () => {
  it('add up to the trace, and reach as far as the power method says', () => {
    const network = drawNetwork({ ...spikernnDefaults, units: 60, inputs: 1 }, 1);
    const values = eigenvaluesOf(network);
    let trace = 0;
    for (let i = 0; i < 60; i++) trace += network.w[61 * i] * (network.inhibitory[i] ? -1 : 1);
    expect(values.reduce((sum, [real]) => sum + real, 0)).toBeCloseTo(trace, 9);
    expect(values.reduce((sum, [, imaginary]) => sum + imaginary, 0)).toBeCloseTo(0, 9);
    const { outlier } = spectralReach(network);
    expect(Math.max(...values.map(([real, imaginary]) => Math.hypot(real, imaginary)))).toBeCloseTo(outlier, 2);
  });

  it('reach as far where the largest are a complex pair, as in balanced networks and without the law', () => {
    for (const [dale, seed] of [
      [true, 1],
      [true, 2],
      [true, 4],
      [false, 1],
      [false, 3],
    ] as const) {
      const network = drawNetwork({ ...spikernnDefaults, units: 60, inputs: 1, dale, balanced: dale }, seed);
      const largest = Math.max(...eigenvaluesOf(network).map(([real, imaginary]) => Math.hypot(real, imaginary)));
      expect(spectralReach(network).outlier / largest).toBeCloseTo(1, 2);
    }
    // What only feeds forwards has no eigenvalue but 0, and its weights vary all the same.
    const chain = { ...drawNetwork({ ...spikernnDefaults, units: 3, inputs: 1, dale: false }, 1) };
    const reach = spectralReach({ ...chain, w: Float64Array.of(0, 2, 0, 0, 0, 3, 0, 0, 0) });
    expect(reach.outlier).toBe(0);
    expect(reach.radius).toBeCloseTo(Math.sqrt(4 / 3 - 4 / 9 + 9 / 3 - 1), 12);
  });
});
