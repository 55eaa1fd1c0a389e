import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMat } from '../src/files/index.js';
import { absoluteLoss, euclideanLoss } from '../src/learning/index.js';
import {
  advanceRate,
  aliveShare,
  createRatePass,
  drawNetwork,
  type Gradients,
  isRight,
  lifModel,
  mapNetwork,
  qifModel,
  type RateNetwork,
  rateModelBytes,
  rateTask,
  readRateModel,
  spikernnDefaults,
  spikingRight,
  startRate,
  type TrainingSettings,
  tausOf,
  withScale,
} from '../src/spikernn/index.js';
import { allowedOf } from '../src/spikernn/network.js';
import { fillNormals } from '../src/spikernn/noise.js';
import { plateauOf } from '../src/spikernn/tasks.js';
import { plainTrial } from './spikernn-plain.js';

const f64 = (...values: number[]) => Float64Array.of(...values);

/** The worked example of the definition. */
const example: RateNetwork = {
  units: 2,
  inputs: 1,
  activation: 'sigmoid',
  dale: true,
  taus: [4, 20],
  inhibitory: Uint8Array.of(0, 1),
  allowed: Uint8Array.of(1, 1, 1, 1),
  w: f64(0.3, 0.4, 0.2, -0.1),
  wIn: f64(1, -1),
  wOut: f64(0.5, -0.2),
  bOut: f64(0.1),
  gates: f64(0, 1),
};
const shown = { input: f64(1, 0, 0, 0), start: f64(0.1, -0.2), noise: new Float64Array(6) };
const wanted = f64(0, 0, 1);

const gradientsOf = (n: number): Gradients => ({
  w: new Float64Array(n * n),
  wOut: new Float64Array(n),
  bOut: new Float64Array(1),
  gates: new Float64Array(n),
});
const near = (got: ArrayLike<number>, expected: number[], digits = 9) =>
  expected.forEach((value, i) => expect(got[i]).toBeCloseTo(value, digits));

const small = { ...spikernnDefaults, units: 10, inputs: 1, trials: 20, seed: 1, least: 0 };
const smallDraw = { ...small, gain: 1.5, connectedShare: 0.6, inhibitoryShare: 0.4 };

describe('a rate network', () => {
  it('comes to the numbers of the worked example: states, outputs, losses, gradients', () => {
    expect([...tausOf(example)][1]).toBeCloseTo(15.6969, 4);
    expect(tausOf(example)[0]).toBeCloseTo(12, 12);
    const gradients = gradientsOf(2);
    const run = createRatePass(example).learn(shown, (o) => euclideanLoss(o, wanted).gradient, gradients);
    near(run.states.subarray(2), [0.1731189463, -0.2442764185]);
    near(run.states.subarray(6), [0.1431519234, -0.2007921586]);
    near(run.outputs, [0.2837394308, 0.2807075675, 0.2778695076]);
    expect(euclideanLoss(run.outputs, wanted).value).toBeCloseTo(0.8250922682, 9);
    expect(absoluteLoss(run.outputs, wanted).value).toBeCloseTo(1.2865774908, 9);
    near(gradients.w, [-0.0079929951, 0.0065651276, 0.0025630966, 0]);
    expect(gradients.w[3]).toBe(0);
    near(gradients.gates, [-0.0005610969, -0.0002346802]);
    near(gradients.bOut, [-0.1911101341]);
  });

  it.each(['sigmoid', 'softplus', 'clipped_relu'] as const)(
    'has the gradient of central differences, and exactly none where no connection is (%s)',
    (activation) => {
      for (const dale of [true, false]) {
        const network = drawNetwork({ ...smallDraw, activation, dale, som: dale ? 1 : 0 }, 3);
        const input = Float64Array.from({ length: 20 }, (_, t) => Number(t > 5 && t < 12));
        const noise = new Float64Array(190);
        fillNormals(noise, [1, 2], 3);
        const trial = {
          input,
          start: Float64Array.from({ length: 10 }, (_, i) => 0.1 * (i - 4)),
          noise: noise.map((x) => x / 10),
        };
        const target = Float64Array.from({ length: 19 }, (_, t) => Number(t > 9));
        const lossAt = (of: RateNetwork) => euclideanLoss(createRatePass(of).run(trial).outputs, target).value;
        const gradients = gradientsOf(10);
        createRatePass(network).learn(trial, (o) => euclideanLoss(o, target).gradient, gradients);
        for (const name of ['w', 'wOut', 'bOut', 'gates'] as const) {
          network[name].forEach((value, e) => {
            const dead = name === 'w' && (!network.allowed[e] || (dale && value <= 0));
            if (dead) return expect(gradients.w[e]).toBe(0);
            const h = 1e-5;
            const moved = [h, -h].map((step) => {
              const values = network[name].slice();
              values[e] += step;
              return lossAt({ ...network, [name]: values });
            });
            // A connection may not be moved across zero.
            if (name === 'w' && dale && value < h) return;
            expect(gradients[name][e]).toBeCloseTo((moved[0] - moved[1]) / (2 * h), 6);
          });
        }
      }
    },
  );

  it('without connections, input and noise decays as (1 - 1/tau)^t', () => {
    const silent = { ...example, w: new Float64Array(4) };
    const run = createRatePass(silent).run({
      input: new Float64Array(50),
      start: f64(1, -2),
      noise: new Float64Array(98),
    });
    const tau = tausOf(silent);
    for (const t of [1, 10, 49]) {
      expect(run.states[2 * t]).toBeCloseTo((1 - 1 / tau[0]) ** t, 12);
      expect(run.states[2 * t + 1]).toBeCloseTo(-2 * (1 - 1 / tau[1]) ** t, 12);
    }
  });

  it('is drawn with the shares and kinds that were asked for, and balanced where that is asked', () => {
    const network = drawNetwork({ ...small, units: 200, som: 5 }, 1);
    const inhibitory = network.inhibitory.reduce((sum, one) => sum + one, 0);
    expect(inhibitory).toBeGreaterThan(20);
    expect(inhibitory).toBeLessThan(60);
    const present = network.w.filter((w) => w > 0).length / network.w.length;
    expect(Math.abs(present - 0.2)).toBeLessThan(0.01);
    expect(Math.min(...network.w)).toBe(0);
    const sum = (of: RateNetwork) =>
      of.w.reduce((s, w, e) => s + (of.inhibitory[e % 200] ? -w : w), 0) / of.w.reduce((s, w) => s + w, 0);
    expect(sum(network)).toBeGreaterThan(0.4);
    expect(Math.abs(sum(drawNetwork({ ...small, units: 200, balanced: true }, 1)))).toBeLessThan(0.06);
  });

  it('lets nothing inhibitory reach its SOM units', () => {
    expect([...allowedOf(Uint8Array.of(0, 1, 1), 1)]).toEqual([1, 1, 1, 1, 0, 0, 1, 1, 1]);
  });
});

describe('a training', () => {
  const settings: TrainingSettings = { ...small, units: 30, trials: 130, taus: [4, 20], som: 1 };
  const trained = startRate(settings);
  advanceRate(trained, settings);

  it('keeps to the law: no inhibitory unit excites, dead weights stay dead, the input stays, tau is in its range', () => {
    const { network, initial } = trained;
    expect(network.wIn).toEqual(initial.wIn);
    network.w.forEach((w, e) => {
      if (initial.w[e] === 0 || !network.allowed[e]) expect(w, `w[${e}]`).toBe(initial.w[e]);
    });
    expect(aliveShare(network)).toBeLessThan(aliveShare(initial));
    for (const tau of tausOf(network)) expect(tau > 4 && tau < 20).toBe(true);
    expect(network.gates).not.toEqual(initial.gates);
    expect(trained.checks.filter((_, i) => i % 3 === 0)).toEqual([1, 101, 129]);
  });

  it('does not train a fixed time constant', () => {
    const fixed = { ...settings, taus: [7], trials: 3 };
    const one = startRate(fixed);
    advanceRate(one, fixed);
    expect(one.network.gates).toEqual(one.initial.gates);
    expect([...tausOf(one.network)]).toEqual(Array(30).fill(7));
  });

  it('stops anywhere and goes on to the same bytes', () => {
    const other = startRate(settings);
    for (const until of [1, 57, 130]) advanceRate(structuredClone(other) && other, settings, until);
    expect(other).toEqual(trained);
    const kept = startRate(settings);
    advanceRate(kept, settings, 60);
    const again = structuredClone(kept);
    advanceRate(again, settings);
    expect(again).toEqual(trained);
  });

  it('with one trial is evaluated all the same', () => {
    const one = { ...settings, trials: 1 };
    const run = startRate(one);
    advanceRate(run, one);
    expect(run.checks).toHaveLength(3);
    expect(run.ended).toBe('trials');
  });

  it('takes the next seed where it sits on the plateau, and says so', () => {
    const stuck = { ...settings, rate: 1e-9, restart: 5, trials: 8 };
    const run = startRate(stuck);
    advanceRate(run, stuck);
    expect(run.abandoned).toEqual([1]);
    expect(run.seed).toBe(2);
  });

  it('has options that change what is learned, and evaluations on the task as it is', () => {
    const losses = (options: Partial<TrainingSettings>) => {
      const own = { ...settings, trials: 3, ...options };
      const run = startRate(own);
      advanceRate(run, own);
      return run.network.wOut.join();
    };
    const plain = losses({});
    for (const option of [{ batch: 2 }, { squared: true }, { responseWeight: 3 }, { readout: 'root' as const }]) {
      expect(losses(option)).not.toBe(plain);
    }
    expect(losses({ clip: 1e9 })).toBe(plain);
  });
});

describe('tasks', () => {
  it('have the losses of a silent output that the definition gives', () => {
    const of = (name: 'go-nogo' | 'xor' | 'mante') => {
      const { task } = rateTask(name);
      return [...new Set(Array.from({ length: 20 }, (_, i) => plateauOf(task.trial(1, i).target, 'l2')))].sort();
    };
    expect(of('go-nogo')).toEqual([0, Math.sqrt(124)]);
    expect(of('xor')).toEqual([10]);
    expect(of('mante')).toEqual([Math.sqrt(249)]);
  });

  it('are judged by their own thresholds in spiking networks', () => {
    expect(isRight(0, f64(9, -5, 0.2), 1)).toBe(true);
    expect(isRight(0, f64(0, 0.31), 0)).toBe(false);
    expect(isRight(1, f64(0, 0.71), 0)).toBe(true);
    expect(isRight(-1, f64(0.9, -0.69), 0)).toBe(false);
    const answered = (name: 'go-nogo' | 'xor' | 'mante', label: string | number) => rateTask(name).answers(label);
    expect(answered('go-nogo', 0)).toEqual([{ from: 100, to: 200, wanted: 0 }]);
    expect(answered('xor', 'diff')).toEqual([{ from: 200, to: 300, wanted: -1 }]);
    expect(answered('mante', 1)).toEqual([{ from: 260, to: 500, wanted: 1 }]);
    // 1-based, in the original: out from step 20000 on.
    const output = new Float64Array(30000);
    output[19998] = 1;
    expect(spikingRight(rateTask('xor'), 'same', output)).toBe(false);
    output[19999] = 1;
    expect(spikingRight(rateTask('xor'), 'same', output)).toBe(true);
  });
});

/** One unit, unconnected, under a constant input. */
const lonely = (drive: number, tau = 10): RateNetwork => ({
  ...example,
  units: 1,
  inhibitory: Uint8Array.of(0),
  allowed: Uint8Array.of(1),
  w: f64(0),
  wIn: f64(drive),
  wOut: f64(1),
  gates: f64(0),
  taus: [tau],
});

describe('a spiking network', () => {
  it('fires alone at the interval of the formula: 2 ms and 10 ms ln((E + 25) / E)', () => {
    for (const drive of [5, 20]) {
      const quiet = { ...lifModel, noise: 0 };
      const { spikeSteps } = mapNetwork(lonely(drive), { scale: 1 }, quiet).run(
        new Float64Array(201).fill(1),
        [1, 2],
        0,
      );
      const intervals = [...spikeSteps.subarray(3)].map((step, k) => step - spikeSteps[k + 2]);
      const expected = 2 + 10 * Math.log((drive + 25) / drive);
      expect(intervals.length).toBeGreaterThan(40);
      for (const interval of intervals) expect(Math.abs(0.05 * interval - expected)).toBeLessThanOrEqual(0.0501);
      // From -65 mV at step 0 on, where nothing integrates before step 41: what follows a spike is the same.
      if (drive === 5) expect(new Set(intervals)).toEqual(new Set([398]));
    }
  });

  it('filters its spikes as the definition does, with an integral of 1', () => {
    // A unit with tau_d 50 ms: r after a spike, in steps.
    const model = { ...lifModel, noise: 0, threshold: 40 };
    const states: number[] = [];
    const silent = mapNetwork(lonely(0, 10), { scale: 1 }, model).states(new Float64Array(11), [1, 2], 0, { every: 1 });
    for (const { rate } of silent) states.push(rate[0]);
    expect(new Set(states)).toEqual(new Set([0]));
    const one = { ...lifModel, noise: 0, bias: -65 };
    const from = (steps: number) => {
      const seen: number[] = [];
      const net = mapNetwork(lonely(0, 10), { scale: 1 }, one);
      for (const { rate } of net.states(new Float64Array(steps), [1, 2], firstThatFires, { every: 1 }))
        seen.push(rate[0]);
      const fired = net.run(new Float64Array(steps), [1, 2], firstThatFires);
      return { seen, first: fired.spikeSteps[0], spikes: fired.spikeSteps.length };
    };
    const { seen, first, spikes } = from(201);
    expect(spikes).toBe(1);
    const after = (step: number) => seen[first - 1 + step];
    near([0, 1, 2, 40, 390].map(after), [0, 0.5, 0.9871552, 12.5136194, 14.2883449], 6);
    const integral = seen.reduce((sum, r) => sum + 0.05e-3 * r, 0);
    // So much is left after a second.
    expect(integral).toBeCloseTo(1.013, 3);
  });

  it('gives the same as a plain program, double and single, LIF and QIF, downsampled and stimulated', () => {
    const network = drawNetwork({ ...smallDraw, units: 23, inputs: 2, taus: [4, 20] }, 4);
    const u = Float64Array.from({ length: 2 * 21 }, (_, i) => 2 + ((i * 7) % 5));
    const models = [
      lifModel,
      { ...lifModel, filter: 'single' as const, refractory: 0 },
      { ...qifModel, noise: 0.3 },
      { ...lifModel, downsample: 3, refractory: 1 },
    ];
    for (const model of models) {
      const stimulation = { mode: 'exc' as const, units: [0, 3, 22], on: 100, off: 300 };
      const run = mapNetwork(network, { scale: 10 }, model).run(u, [3, 4], 5, { stimulation });
      const plain = plainTrial(network, u, 10, model, [3, 4], 5, stimulation);
      expect([...run.spikeUnits]).toEqual(plain.units);
      expect([...run.spikeSteps]).toEqual(plain.steps);
      expect(run.spikeUnits.length).toBeGreaterThan(20);
      run.outputs.forEach((o, i) => expect(o).toBeCloseTo(plain.outputs[i], 9));
    }
  });

  it('takes a factor for each unit that sends, and b_out where asked', () => {
    const network = drawNetwork({ ...smallDraw, units: 20 }, 4);
    const u = new Float64Array(21).fill(3);
    const outputs = (scale: number | Float64Array, offset = false) =>
      mapNetwork({ ...network, bOut: f64(0.25) }, { scale, offset }).run(u, [1, 2], 0).outputs;
    expect(outputs(new Float64Array(20).fill(25))).toEqual(outputs(25));
    expect(outputs(25, true)).toEqual(outputs(25).map((o) => o + 0.25));
  });
});

/** The index of a stream in which a lone unit begins above the threshold. */
const firstThatFires = (() => {
  for (let index = 0; ; index++) {
    const run = mapNetwork(lonely(0), { scale: 1 }, { ...lifModel, noise: 0, bias: -65 }).run(
      new Float64Array(2),
      [1, 2],
      index,
    );
    if (run.spikeSteps.length > 0) return index;
  }
})();

describe('noise', () => {
  it('is standard normal: moments, tails, and no dependence between neighbours', () => {
    const n = 1 << 20;
    const values = new Float64Array(n);
    fillNormals(values, [1, 2], 3);
    const moment = (p: number) => values.reduce((sum, x) => sum + x ** p, 0) / n;
    // Six standard errors each.
    const error = 6 / Math.sqrt(n);
    expect(Math.abs(moment(1))).toBeLessThan(error);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(error * Math.sqrt(2));
    expect(Math.abs(moment(3))).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(error * Math.sqrt(96));
    const share = (from: number) => values.filter((x) => x > from).length / n;
    for (const [from, expected] of [
      [1, 0.158655],
      [2, 0.0227501],
      [3, 0.0013499],
      [3.7, 0.0001078],
    ]) {
      expect(Math.abs(share(from) - expected), `above ${from}`).toBeLessThan(error * Math.sqrt(expected));
    }
    const lag = (k: number) => values.reduce((sum, x, i) => sum + (i >= k ? x * values[i - k] : 0), 0) / n;
    for (const k of [1, 4, 16]) expect(Math.abs(lag(k))).toBeLessThan(error);
  });

  it('is the same however much of it is asked for', () => {
    const [few, many] = [new Float64Array(33), new Float64Array(40000)];
    fillNormals(few, [5, 6], 7);
    fillNormals(many, [5, 6], 7);
    expect(many.slice(0, 33)).toEqual(few);
    fillNormals(few, [5, 6], 8);
    expect(many.slice(0, 33)).not.toEqual(few);
  });
});

describe('model files', () => {
  const settings: TrainingSettings = { ...small, units: 12, trials: 3, task: 'xor', som: 1, inhibitoryShare: 0.4 };
  const trained = startRate(settings);
  advanceRate(trained, settings);
  const bytes = rateModelBytes(trained, settings);

  it('hold the variables of the original, with its classes and dimensions', () => {
    const found = Object.fromEntries(
      [...readMat(bytes, 'a')].map(([name, value]) => [
        name,
        value.kind === 'numeric'
          ? [value.dtype, ...value.dims]
          : value.kind === 'char'
            ? ['char', ...value.dims]
            : value.kind,
      ]),
    );
    expect(found).toEqual({
      x0: ['f4', 300, 12, 1],
      r0: ['f4', 300, 12, 1],
      x: ['f4', 300, 12, 1],
      r: ['f4', 300, 12, 1],
      o: ['f4', 299, 1, 1],
      ...Object.fromEntries(['w0', 'w', 'm', 'som_m'].map((name) => [name, ['f4', 12, 12]])),
      ...Object.fromEntries(['taus_gaus0', 'taus_gaus'].map((name) => [name, ['f4', 12, 1]])),
      w_in0: ['f4', 12, 2],
      w_in: ['f4', 12, 2],
      w_out: ['f4', 1, 12],
      b_out: ['f4', 1, 1],
      u: ['f8', 2, 300],
      target: ['f8', 1, 300],
      losses: ['f8', 1, 3],
      taus: ['f8', 1, 2],
      eval_perf_mean: ['f8', 1, 1],
      eval_loss_mean: ['f8', 1, 1],
      eval_os: ['f8', 100, 299],
      eval_labels: ['char', 100, 4],
      N: ['i8', 1, 1],
      som_N: ['i8', 1, 1],
      tr: ['i8', 1, 1],
      exc: ['b1', 12, 1],
      inh: ['b1', 12, 1],
      activation: ['char', 1, 7],
    });
  });

  it('come back as the network in float32, with what a search adds', () => {
    const f32 = (values: Float64Array) => Float64Array.from(Float32Array.from(values));
    const { network, initial, scale } = readRateModel(bytes, 'a');
    expect(scale).toBeUndefined();
    const rectified = (w: Float64Array) => f32(w).map((value) => Math.max(0, value));
    expect(network.w).toEqual(rectified(trained.network.w));
    expect(initial?.w).toEqual(rectified(trained.initial.w));
    expect(network.gates).toEqual(f32(trained.network.gates));
    expect(network.wIn).toEqual(f32(trained.network.wIn));
    expect(network.allowed).toEqual(trained.network.allowed);
    expect(network.inhibitory).toEqual(trained.network.inhibitory);
    const more = withScale(bytes, 'a', { scales: [20, 25], performances: [0.5, 1], best: 25 });
    expect(readRateModel(more, 'a').scale).toBe(25);
    expect(more.subarray(0, bytes.length)).toEqual(bytes);
  });

  const scipy = ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import scipy.io']).status === 0,
  );

  it.skipIf(!scipy)('are read by scipy', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'engram-spikernn-')), 'model.mat');
    writeFileSync(file, bytes);
    const script = `
import scipy.io as s, numpy as np, sys
d = s.loadmat(sys.argv[1])
assert d['activation'][0] == 'sigmoid' and d['x'].shape == (300, 12, 1) and d['x'].dtype == np.float32
assert d['N'][0, 0] == 12 and d['N'].dtype == np.int64 and set(d['eval_labels']) <= {'same', 'diff'}
W = d['w'] @ d['m'] * d['som_m']
inh = d['inh'][:, 0] == 1
assert (W[:, inh] <= 0).all() and (W[:, ~inh] >= 0).all()
tau = 1 / (1 + np.exp(-d['taus_gaus'].astype(float))) * 16 + 4
x, r = d['x'][:, :, 0].astype(float), d['r'][:, :, 0].astype(float)
assert np.allclose(d['o'][:, 0, 0], r[1:] @ d['w_out'][0] + d['b_out'][0, 0], atol=1e-5)
drift = (1 - 1 / tau[:, 0]) * x[:-1] + (r[:-1] @ W.T + d['u'].T[:-1] @ d['w_in'].T) / tau[:, 0]
noise = x[1:] - drift
assert 0.09 < noise.std() < 0.11, noise.std()
`;
    expect(spawnSync(scipy as string, ['-c', script, file], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});
