import { describe, expect, it } from 'vitest';
import { serialMap, streamKey } from '../src/core/index.js';
import { fastSigmoid } from '../src/learning/index.js';
import { rateLoss, squaredError } from '../src/srnn/batch.js';
import { CHANNELS, readersOf, recurrentOf } from '../src/srnn/cell.js';
import { createGroup, type GroupTrial } from '../src/srnn/group.js';
import { accuracyOf, cyclePlan, here, over, runTrials } from '../src/srnn/index.js';
import { blankGradients, drawWeights, lengthsOf, spectralRadius, TRAINED, type Weights } from '../src/srnn/network.js';
import { DEFAULTS, excitatoryOf, prepared, type SrnnSettings } from '../src/srnn/settings.js';
import { lcg } from './helpers.js';
import { hard, plainBackward, plainForward, type Step, smooth } from './srnn-plain.js';

const quiet = { walkNoise: 0, voltageNoise: 0 };
const key = streamKey(1, 'test');
const blankInput = (steps: number) => new Float64Array(steps * CHANNELS);
const trialOf = (input: Float64Array, voltages?: Float64Array): GroupTrial => ({
  input,
  key,
  index: 0,
  ...(voltages ? { voltages } : {}),
});

/** Random input spikes. */
function noisyInput(steps: number, seed: number, share = 0.2): Float64Array {
  const random = lcg(seed);
  return blankInput(steps).map(() => (random() < share ? 1 : 0));
}
const startOf = (n: number, seed: number) => {
  const random = lcg(seed);
  return Float64Array.from({ length: n }, () => -0.065 + 0.015 * random());
};

/** The example of three neurons. */
const three: SrnnSettings = { ...DEFAULTS, ...quiet, neurons: 3 };

describe('the worked example', () => {
  const weights: Weights = {
    recurrent: Float64Array.of(0.5, -0.4, 0.3, 0.2, 0.1, -0.6, -0.7, 0.8, 0.9),
    stimulus: Float64Array.of(1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    cue: Float64Array.of(0.1, 0.2, 0.3),
    readout: Float64Array.of(0.5, -0.5, 1, 0.1, 0.2, 0.3),
    base: Float64Array.of(20, 30, 40),
    adapting: Float64Array.of(1, 0, 0),
  };
  const input = blankInput(10);
  input[0] = 1;
  input[3 * CHANNELS + 4] = 1;
  const group = createGroup(three, 10, 'f64', false);
  group.load(weights);
  group.start([trialOf(input, Float64Array.of(-0.0501, -0.06, -0.052))]);
  const course = Array.from({ length: 10 }, (_, t) => {
    group.forward(t, t + 1);
    const lane = (name: 'v' | 'i') => [0, 1, 2].map((n) => group.state(name)[group.width * n]);
    return { v: lane('v'), i: lane('i') };
  });
  const close = (got: readonly number[], wanted: readonly number[], digits = 10) =>
    wanted.forEach((value, k) => expect(got[k]).toBeCloseTo(value, digits));

  it('has the published currents, voltages, spikes and readouts', () => {
    close(course[0].i, [1.82, 3.23, 4.64]);
    close(course[2].i, [2.9282430018, 4.6954329424, 7.3856]);
    const volts = [-60.0403180753, -55.0400147388, -50.3166571071, -45.5724555906];
    close(
      course.slice(6).map(({ v }) => 1e3 * v[0]),
      volts,
      9,
    );
    const { spikes, starts } = group.spikes(10);
    const sent = Array.from({ length: 10 }, (_, t) =>
      [...spikes.subarray(starts[t], starts[t + 1])].flatMap((spike) =>
        spike % group.width === 0 ? [spike / group.width] : [],
      ),
    );
    expect(sent).toEqual([[], [2], [0], [], [1], [], [2], [], [], [1]]);
    const outputs = group.outputs();
    const at = (t: number) => [0, 1].map((c) => outputs[(2 * t + c) * group.width]);
    close(at(4), [0.14, 0.028]);
    close(at(9), [-0.0340992, 0.06815616]);
  });
});

/** Both kinds of network, driven so that they fire. */
const cases: readonly [string, Partial<SrnnSettings>][] = [
  ["with Dale's law", {}],
  ["without Dale's law", { dale: false, synapseI: DEFAULTS.synapseE }],
  ['that detaches its counters', { counter: 'detached' }],
];

describe.each(cases)('a network %s', (_, own) => {
  const settings: SrnnSettings = { ...DEFAULTS, ...quiet, ...own, neurons: 12, radius: 40, baseScale: 0.05 };
  const drawn = drawWeights(settings, 3);
  const weights = { ...drawn, stimulus: drawn.stimulus.map((w) => 3 * w) };
  const steps = 60;

  it('runs and is differentiated in the kernel as in plain loops', () => {
    const inputs = [1, 2, 3].map((seed) => noisyInput(steps, seed));
    const starts = [4, 5, 6].map((seed) => startOf(12, seed));
    const group = createGroup(settings, steps, 'f64', true);
    group.load(weights);
    group.start(inputs.map((input, k) => trialOf(input, starts[k])));
    group.forward(0, steps);
    const random = lcg(9);
    const ofOutputs = Float64Array.from({ length: 2 * steps * group.width }, () => random() - 0.5);
    const ofSpikes = Float64Array.from({ length: steps }, () => random() - 0.5);
    // The lane that holds no trial says nothing.
    for (let k = 0; k < 2 * steps; k++) ofOutputs[k * group.width + 3] = 0;
    const gradients = blankGradients(12);
    group.backward(ofOutputs, ofSpikes, gradients);
    const plain = blankGradients(12);
    let spikes = 0;
    inputs.forEach((input, lane) => {
      const run = plainForward(settings, weights, hard(1000), input, [...starts[lane]], steps);
      spikes += run.z.flat().reduce((a, b) => a + b);
      const outputs = group.outputs();
      run.outputs.forEach((pair, t) =>
        pair.forEach((value, c) => expect(outputs[(2 * t + c) * group.width + lane]).toBeCloseTo(value, 11)),
      );
      const own = Float64Array.from({ length: 2 * steps }, (_, k) => ofOutputs[k * group.width + lane]);
      const one = plainBackward(settings, weights, hard(1000), input, run, own, ofSpikes);
      for (const name of TRAINED) one[name].forEach((value, k) => (plain[name][k] += value));
    });
    expect(spikes).toBeGreaterThan(60);
    for (const name of TRAINED) {
      const size = Math.max(...plain[name].map(Math.abs));
      expect(size, name).toBeGreaterThan(0);
      plain[name].forEach((value, k) => expect(Math.abs(gradients[name][k] - value)).toBeLessThan(1e-9 * size));
    }
  });

  it('has, made smooth, the gradient that differences show', () => {
    const small: SrnnSettings = { ...settings, neurons: 8, counter: 'attached' };
    const few = 20;
    const input = noisyInput(few, 7, 0.4);
    const start = [...startOf(8, 8)];
    const initial = { ...drawWeights(small, 5) };
    const random = lcg(11);
    const ofOutputs = Float64Array.from({ length: 2 * few }, () => random() - 0.5);
    const ofSpikes = Float64Array.from({ length: few }, () => 0.1 * (random() - 0.5));
    const step: Step = smooth(1000);
    const loss = (of: Weights) => {
      const run = plainForward(small, of, step, input, start, few);
      let sum = 0;
      run.outputs.forEach((pair, t) => pair.forEach((value, c) => (sum += value * ofOutputs[2 * t + c])));
      run.z.forEach((z, t) => z.forEach((value) => (sum += value * ofSpikes[t])));
      return sum;
    };
    const run = plainForward(small, initial, step, input, start, few);
    const gradients = plainBackward(small, initial, step, input, run, ofOutputs, ofSpikes);
    for (const name of TRAINED) {
      const size = Math.max(...gradients[name].map(Math.abs));
      for (let k = 0; k < lengthsOf(8)[name]; k += 3) {
        const moved = (by: number) => ({ ...initial, [name]: initial[name].with(k, initial[name][k] + by) });
        const h = 1e-5;
        const difference = (loss(moved(h)) - loss(moved(-h))) / (2 * h);
        expect(Math.abs(difference - gradients[name][k]), `${name} ${k}`).toBeLessThan(1e-5 * size);
      }
    }
  });
});

/** A network without connections, of which nothing is random. */
function alone(own: Partial<SrnnSettings>, base: number, adapting = 0): { settings: SrnnSettings; weights: Weights } {
  const settings: SrnnSettings = { ...DEFAULTS, ...quiet, neurons: 10, ...own };
  const n = settings.neurons;
  const weights: Weights = {
    recurrent: new Float64Array(n * n),
    stimulus: new Float64Array(4 * n),
    cue: new Float64Array(n),
    readout: new Float64Array(2 * n),
    base: new Float64Array(n).fill(base),
    adapting: new Float64Array(n).fill(adapting),
  };
  return { settings, weights };
}

function runAlone(settings: SrnnSettings, weights: Weights, steps: number, input = blankInput(steps)) {
  const group = createGroup(settings, steps, 'f64', false);
  group.load(weights);
  group.start([trialOf(input, new Float64Array(settings.neurons).fill(-0.06))]);
  group.forward(0, steps);
  const { spikes, starts } = group.spikes(steps);
  const trains = Array.from({ length: settings.neurons }, () => [] as number[]);
  for (let t = 0; t < steps; t++) {
    for (let k = starts[t]; k < starts[t + 1]; k++) {
      if (spikes[k] % group.width === 0) trains[spikes[k] / group.width].push(t);
    }
  }
  const at = (name: 'v' | 'i' | 's', n: number) => group.state(name)[n * group.width];
  return { group, trains, at };
}

describe('a neuron', () => {
  it('rests just below the threshold if it excites, and fires if it inhibits', () => {
    const { settings, weights } = alone({}, 2);
    const { trains, at } = runAlone(settings, weights, 2000);
    expect(at('i', 0)).toBeCloseTo(0.041 * 2 * (0.035 / 0.002), 9);
    expect(at('i', 9)).toBeCloseTo(0.041 * 2 * (0.04 / 0.002), 9);
    expect(1e3 * at('v', 0)).toBeCloseTo(-50.65, 9);
    expect(trains[0]).toEqual([]);
    // Of a current whose rest would be at -48.6 mV.
    expect(trains[9].length).toBeGreaterThan(10);
  });

  it('is silent for three steps after a spike, however hard it is driven', () => {
    const { settings, weights } = alone({}, 1e4);
    const { trains } = runAlone(settings, weights, 200);
    const intervals = trains[0].slice(1).map((t, k) => t - trains[0][k]);
    expect(Math.min(...intervals)).toBe(4);
    expect(new Set(intervals.slice(5))).toEqual(new Set([4]));
  });

  it('raises its threshold by beta f dt at a constant rate f, and by 7.98 mV with one spike', () => {
    const { settings, weights } = alone({}, 1e4, 1);
    const { trains, at } = runAlone(settings, weights, 4000);
    const last = trains[0].slice(-50);
    const rate = (last.length - 1) / (0.002 * (last[last.length - 1] - last[0]));
    expect(1.6 * at('s', 0)).toBeGreaterThan(0.98 * 1.6 * rate * 0.002);
    expect(1.6 * at('s', 0)).toBeLessThan(1.02 * 1.6 * rate * 0.002);
    expect(1.6 * (1 - Math.exp(-0.002 / 0.4))).toBeCloseTo(7.98e-3, 5);
  });

  it('answers an input one step later in current and two in voltage; the readout a spike one step later, most after three', () => {
    const { settings, weights } = alone({ neurons: 5 }, 0);
    weights.stimulus.fill(1e4, 0, 1);
    weights.readout[0] = 1;
    const input = blankInput(20);
    input[CHANNELS * 2] = 1;
    const { group, trains } = runAlone({ ...settings, refractory: 30 }, weights, 20, input);
    expect(trains[0]).toEqual([3]);
    const v = Array.from({ length: 20 }, (_, t) => group.outputs()[2 * t * group.width]);
    expect(v.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(v[4]).toBeCloseTo(0.2, 12);
    expect(v.indexOf(Math.max(...v))).toBe(3 + 3);
    // The newer order sees the spike at once.
    const early = runAlone({ ...settings, refractory: 30, readout: 'early' }, weights, 20, input).group.outputs();
    expect(early[2 * 3 * group.width]).toBeCloseTo(0.2, 12);
    expect(early[2 * 4 * group.width]).toBeCloseTo(0.2 * 0.8 + 0.2 * 0.6, 12);
  });
});

describe('a drawn network', () => {
  const settings: SrnnSettings = { ...DEFAULTS, neurons: 60 };
  const weights = drawWeights(settings, 1);
  const n = settings.neurons;

  it('excites and inhibits in balance, and never itself', () => {
    const m = new Float64Array(n * n);
    recurrentOf(settings, { ...weights, recurrent: weights.recurrent.map(Math.sign) }, m);
    const e = excitatoryOf(settings);
    expect(e).toBe(48);
    for (let post = 0; post < n; post++) {
      const of = (from: number, until: number) =>
        Array.from({ length: until - from }, (_, k) => m[(from + k) * n + post]).filter((_, k) => from + k !== post);
      expect(Math.min(...of(0, e))).toBeGreaterThan(0);
      expect(Math.max(...of(e, n))).toBeLessThan(0);
      expect(m[post * n + post]).toBe(0);
    }
    const sum = (from: number, until: number) => Math.abs(m[from * n + n - 1] * (until - from));
    expect(sum(0, e)).toBeCloseTo(sum(e, n - 1) * (12 / 11), 10);
    expect(readersOf(settings)).toBe(48);
  });

  it('has the spectral radius, shares and bounds that are asked for', () => {
    expect(spectralRadius(weights.recurrent, n)).toBeCloseTo(1.5, 8);
    expect(spectralRadius(Float64Array.of(0, 2, -2, 0), 2)).toBeCloseTo(2, 10);
    expect(weights.adapting.reduce((a, b) => a + b)).toBe(15);
    expect(weights.base.every((x) => x >= 1.8 && x <= 2.4)).toBe(true);
    expect(Math.max(...weights.readout.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(n));
  });

  it('chooses at chance before it is trained', async () => {
    const task = prepared(settings);
    const outcome = await over(serialMap, runTrials(settings, weights, cyclePlan(task, 'test', 0, 640)));
    const { all, congruent, incongruent } = accuracyOf(task.conditions, outcome);
    expect(Math.abs(all.right / all.of - 0.5)).toBeLessThanOrEqual(0.04);
    expect([congruent.of, incongruent.of]).toEqual([320, 320]);
    expect(outcome.rates.length).toBe(80);
  });
});

describe('loss and surrogate', () => {
  it('have the values of the definition', () => {
    const { slope } = fastSigmoid(1000);
    expect([0, 1e-3, 1e-2].map(slope).map((x) => 1 / x)).toEqual([1, 4, 121].map((x) => expect.closeTo(x, 10)));
    expect(rateLoss(1e-9, new Float64Array(80).fill(5))).toBeCloseTo(2e-6, 12);
  });

  it('are 0.5 for a readout that stays at zero and 0.25 for one half on both sides', () => {
    const { settings, weights } = alone({ rates: 0 }, 0);
    const task = prepared(settings);
    const silent = here(runTrials(settings, weights, cyclePlan(task, 'test', 0, 8)));
    expect(silent.error).toBe(0.5);
    expect(squaredError(new Float64Array(10).fill(0.5), 1)).toBe(0.25);
    expect(squaredError(Float64Array.of(0, 1, 0, 1), 1)).toBe(0);
    expect(squaredError(Float64Array.of(1, 0), 1)).toBe(1);
  });
});

describe('noise', () => {
  it('is standard normal, apart for voltage and current, and the same in any place of a group', () => {
    const { settings, weights } = alone({ neurons: 200, voltageNoise: 0.004, walkNoise: 0.002, membrane: 1e-9 }, 2);
    const steps = 50;
    const group = createGroup(settings, steps, 'f32', true);
    group.load(weights);
    const trial = (index: number): GroupTrial => ({
      input: blankInput(steps),
      key,
      index,
      voltages: new Float64Array(200).fill(-1),
    });
    group.start([0, 1, 2, 3, 4, 5, 6, 7].map(trial));
    group.forward(0, steps);
    const [v, base] = [group.state('v'), group.state('base')];
    const check = (values: readonly number[], deviation: number) => {
      const mean = values.reduce((a, b) => a + b) / values.length;
      const square = values.reduce((a, b) => a + (b - mean) * (b - mean), 0) / values.length;
      const fourth = values.reduce((a, b) => a + (b - mean) * (b - mean) * (b - mean) * (b - mean), 0) / values.length;
      // 1600 values: four standard errors.
      expect(Math.abs(mean)).toBeLessThan((4 * deviation) / 40);
      expect(Math.abs(Math.sqrt(square) / deviation - 1)).toBeLessThan(4 / Math.sqrt(3200));
      expect(Math.abs(fourth / (square * square) - 3)).toBeLessThan(4 * Math.sqrt(24 / 1600));
    };
    const walks = [...v].map((x) => x + 1);
    const currents = [...base].map((x) => x - 2);
    check(walks, 0.004 * Math.sqrt(0.002 * steps));
    check(currents, 0.002 * Math.sqrt(steps));
    const both = walks.reduce((sum, x, k) => sum + x * currents[k], 0) / walks.length;
    expect(Math.abs(both)).toBeLessThan((4 / 40) * 0.004 * Math.sqrt(0.1) * 0.002 * Math.sqrt(steps));
    group.start([5, 3].map(trial));
    group.forward(0, steps);
    const again = group.state('v');
    for (let n = 0; n < 200; n++) expect([again[8 * n], again[8 * n + 1]]).toEqual([v[8 * n + 5], v[8 * n + 3]]);
  });
});
