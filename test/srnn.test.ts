import { describe, expect, it } from 'vitest';
import { streamKey } from '../src/core/index.js';
import { CHANNELS } from '../src/srnn/cell.js';
import { createGroup, type GroupTrial } from '../src/srnn/group.js';
import { blankGradients, drawWeights, lengthsOf, TRAINED, type Weights } from '../src/srnn/network.js';
import { DEFAULTS, type SrnnSettings } from '../src/srnn/settings.js';
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
    const small: SrnnSettings = { ...settings, neurons: 8 };
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
