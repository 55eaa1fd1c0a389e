import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serialMap, streamKey } from '../src/core/index.js';
import { fastSigmoid } from '../src/learning/index.js';
import {
  createVanRossum,
  fire,
  forcedSpikes,
  gridOf,
  hingeLoss,
  type NeuronSettings,
  reproductionOf,
  responseOf,
  sampledCuts,
  superSpikeLoss,
  trainJob,
} from '../src/memory/gradient/index.js';
import { memorize } from '../src/memory/memorize/index.js';
import { spikesOf } from '../src/memory/score/index.js';
import {
  arrivalsOf,
  boxViolation,
  defaultTemplate,
  potentialFrom,
  slopeAt,
  valueAt,
} from '../src/memory/template/index.js';
import { inputsOf, kernel, lcg, smallProblem } from './helpers.js';

const drawn = (size: number, seed: number, scale = 1) => {
  const random = lcg(seed);
  return Float64Array.from({ length: size }, () => scale * (2 * random() - 1));
};

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** The largest difference from central differences, relative to the largest entry. */
function gradientError(f: (w: Float64Array) => number, weights: Float64Array, gradient: Float64Array, step: number) {
  let [worst, size] = [0, 0];
  for (let k = 0; k < weights.length; k++) {
    const at = (change: number) => f(weights.map((w, i) => (i === k ? w + change : w)));
    const difference = (at(step) - at(-step)) / (2 * step);
    worst = Math.max(worst, Math.abs(difference - gradient[k]));
    size = Math.max(size, Math.abs(difference));
  }
  return worst / size;
}

describe('the response of a neuron', () => {
  it('is the sum of the kernel over all spikes of all periods, and its slope', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(2.5, 12, 130), (seed, period) => {
        const problem = smallProblem(5, period, 30, seed);
        const inputs = inputsOf(problem);
        const weights = drawn(30, seed);
        const moments = Float64Array.from(drawn(20, seed + 1), (x) => ((x + 1) / 2) * period).sort();
        const response = responseOf(arrivalsOf(problem.score, inputs), moments);
        response.forward(weights);
        moments.forEach((t, m) => {
          let z = 0;
          for (let k = 0; k < 30; k++) {
            for (const s of spikesOf(problem.score, inputs.sources[k])) {
              const age = (((t - s - inputs.delays[k]) % period) + period) % period;
              for (let turn = 0; age + turn * period < 60; turn++) z += weights[k] * kernel(age + turn * period);
            }
          }
          expect(response.level[m]).toBeCloseTo(z, 9);
        });
        const exact = potentialFrom(arrivalsOf(problem.score, inputs), weights);
        moments.forEach((t, m) => {
          expect(response.drive[m] - response.level[m]).toBeCloseTo(slopeAt(exact, t, 'right'), 9);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('goes backwards as the transpose of what it does forwards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(2.5, 12, 130), (seed, period) => {
        const problem = smallProblem(5, period, 30, seed);
        const response = responseOf(arrivalsOf(problem.score, inputsOf(problem)), gridOf(period, 0.3));
        const weights = drawn(30, seed);
        const [ofLevel, ofDrive] = [1, 2].map((i) => drawn(response.moments.length, seed + i));
        const gradient = new Float64Array(30);
        response.forward(weights);
        response.backward(ofLevel, ofDrive, gradient);
        const through = dot(ofLevel, response.level) + dot(ofDrive, response.drive);
        expect(dot(gradient, weights)).toBeCloseTo(through, 8);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the van Rossum loss', () => {
  const lossBetween = (period: number, one: readonly number[], other: readonly number[]) => {
    const filter = createVanRossum(period, Math.ceil(period / 0.05));
    const kicks = filter.kicks();
    for (const time of one) filter.add(kicks, time, 1);
    for (const time of other) filter.add(kicks, time, -1);
    const error = new Float64Array(Math.ceil(period / 0.05));
    filter.convolve(kicks, error);
    return filter.loss(error);
  };

  it('is zero for equal trains and for no others', () => {
    const train = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 6 });
    fc.assert(
      fc.property(train, train, (one, other) => {
        const [first, second] = [one, other].map((list) => list.sort((a, b) => a - b).map((time) => time / 10));
        const loss = lossBetween(10, first, second);
        if (first.join() === second.join()) expect(loss).toBeLessThan(1e-25);
        else expect(loss).toBeGreaterThan(1e-4);
      }),
    );
  });

  it('is the integral of the squared filtered difference, around the circle', () => {
    // Of two spikes s apart, int (alpha - alpha_s)^2 / 2 = R(0) - R(s), R the autocorrelation of the double exponential.
    const [p, r, period] = [1, 0.5, 40];
    const overlap = (s: number) =>
      (p * Math.exp(-s / p)) / 2 / (p - r) ** 2 +
      (r * Math.exp(-s / r)) / 2 / (p - r) ** 2 -
      ((p * r) / (p + r) / (p - r) ** 2) * (Math.exp(-s / p) + Math.exp(-s / r));
    for (const [one, other] of [
      [3.21, 3.95],
      [39.8, 0.3],
    ]) {
      const apart = (((other - one) % period) + period) % period;
      const exact = overlap(0) - overlap(apart);
      expect(Math.abs(lossBetween(period, [one], [other]) / exact - 1)).toBeLessThan(0.005);
    }
  });
});

describe('what a neuron fires on the prescribed input', () => {
  it('is where its potential, sampled finely, passes the threshold outside refractoriness', () => {
    let compared = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const problem = smallProblem(10, 12, 60, seed);
      const potential = potentialFrom(arrivalsOf(problem.score, inputsOf(problem)), drawn(60, seed, 0.5));
      const sampled: number[] = [];
      let free = 0;
      for (let i = 0; i < 240000; i++) {
        const time = i * 1e-4;
        if (time < free || valueAt(potential, time) < 1) continue;
        if (time >= 12) sampled.push(time - 12);
        free = time + 1;
      }
      const fired = forcedSpikes(potential);
      expect(fired.length).toBe(sampled.length);
      fired.forEach((time, i) => expect(Math.abs(time - sampled[i])).toBeLessThan(0.002));
      compared += fired.length;
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('is scored as learned only if every prescribed spike is there, and no other', () => {
    const prescribed = Float64Array.of(0.1, 5);
    const cases: [number[], boolean][] = [
      [[0.2, 5.1], true],
      [[5.1, 9.95], true],
      [[5.1], false],
      [[0.1, 2.5, 5], false],
      [[0.1, 5.3], false],
    ];
    for (const [fired, learned] of cases) {
      expect(reproductionOf(Float64Array.from(fired), prescribed, 10).learned).toBe(learned);
    }
    expect(reproductionOf(Float64Array.of(0.2, 5), prescribed, 10).precision).toBeCloseTo(0.9, 12);
  });
});

describe('firing on a grid', () => {
  it('comes close to the exact spikes, at least a refractory period apart', () => {
    let compared = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const problem = smallProblem(20, 20, 100, seed);
      const weights = drawn(100, seed, 0.2);
      const arrivals = arrivalsOf(problem.score, inputsOf(problem));
      const response = responseOf(arrivals, gridOf(20, 0.005));
      response.forward(weights);
      const found = fire(response.level, 0.005, () => 1, new Float64Array(response.moments.length));
      const exact = forcedSpikes(potentialFrom(arrivals, weights));
      for (let i = 1; i < found.length; i++) expect(found[i] - found[i - 1]).toBeGreaterThanOrEqual(1 - 1e-9);
      if (found.length !== exact.length) continue;
      compared += exact.length;
      exact.forEach((time, i) => {
        const apart = Math.abs(time - (((found[i] % 20) + 20) % 20));
        expect(Math.min(apart, 20 - apart)).toBeLessThan(0.02);
      });
    }
    expect(compared).toBeGreaterThan(30);
  });
});

describe('gradients agree with central differences', () => {
  it('of SuperSpike, in the cell whose spikes are smooth', () => {
    for (const seed of [1, 2, 3]) {
      const problem = smallProblem(20, 15, 40, seed);
      const response = responseOf(arrivalsOf(problem.score, inputsOf(problem)), gridOf(15, 0.05));
      const part = { spikes: spikesOf(problem.score, 0), neuron: 0 };
      const how = { noise: 0, draws: 1, key: streamKey(1, 'test'), smooth: true };
      const { evaluate } = superSpikeLoss(part, 15, response, fastSigmoid(10), how);
      const weights = drawn(40, seed, 0.2);
      const [gradient, unused] = [new Float64Array(40), new Float64Array(40)];
      evaluate(weights, gradient, 0);
      expect(gradientError((w) => evaluate(w, unused, 0), weights, gradient, 1e-5)).toBeLessThan(1e-5);
    }
  });

  it.each([{}, { grid: 0.05 }])('of the hinge regression, with the template %o', (change) => {
    const problem = smallProblem(20, 15, 40, 1);
    const cuts = sampledCuts(spikesOf(problem.score, 0), 15, { ...defaultTemplate, ...change });
    const moments = Float64Array.from(cuts, ({ time }) => time);
    const response = responseOf(arrivalsOf(problem.score, inputsOf(problem)), moments);
    const { evaluate } = hingeLoss(cuts, response, () => 30);
    const weights = drawn(40, 1, 0.2);
    const [gradient, unused] = [new Float64Array(40), new Float64Array(40)];
    evaluate(weights, gradient, 0);
    expect(gradientError((w) => evaluate(w, unused, 0), weights, gradient, 1e-6)).toBeLessThan(1e-6);
  });
});

describe('the hinge regression', () => {
  it('comes to the optimum of the quadratic program on the same points', async () => {
    const { score, wiring } = smallProblem(30, 10, 100, 4);
    const template = { ...defaultTemplate, bound: 1, grid: 0.05 };
    const settings: NeuronSettings = {
      method: 'hinge',
      epochs: 20000,
      optimizer: 'adam',
      rate: 0.002,
      finalRate: 1e-5,
      penalty: 0.1,
      finalPenalty: 5e3,
    };
    const memory = await memorize({ score, wiring, template, objective: 'l2' }, serialMap);
    const train = trainJob.prepare({ target: { score, wiring, template }, settings, seed: 1 });
    let compared = 0;
    memory.neurons.slice(0, 5).forEach(({ status, weights }, neuron) => {
      if (status !== 'solved' || spikesOf(score, neuron).length === 0) return;
      compared++;
      const trained = train(neuron).weights;
      const [optimum, found] = [weights, trained].map((w) => dot(w, w) / 2);
      expect(Math.abs(found - optimum) / optimum).toBeLessThan(1e-3);
    });
    expect(compared).toBe(4);
  });
});

const methods: Record<string, NeuronSettings> = {
  superspike: {
    method: 'superspike',
    epochs: 30,
    optimizer: 'adam',
    rate: 0.03,
    finalRate: 1e-3,
    steepness: 10,
    noise: 0.15,
    draws: 2,
  },
  hinge: {
    method: 'hinge',
    epochs: 30,
    optimizer: 'rmaxprop',
    rate: 0.03,
    finalRate: 1e-3,
    penalty: 1,
    finalPenalty: 100,
  },
  fp: { method: 'fp', epochs: 30, rate: 0.5, tolerance: 0.1 },
};

describe('every teacher-forced method', () => {
  it.each(Object.entries(methods))('%s keeps to the bounds, also where each synapse has its own', (_, settings) => {
    const { score, wiring } = smallProblem(10, 10, 60, 1);
    const lower = wiring.sources.map((source) => (source % 2 ? -0.1 : 0));
    const bounds = {
      lower: Float64Array.from(lower),
      upper: Float64Array.from(wiring.sources, (source) => (source % 2 ? 0 : 0.3)),
    };
    const train = trainJob.prepare({ target: { score, wiring, template: defaultTemplate, bounds }, settings, seed: 3 });
    for (const neuron of [0, 1, 2, 3, 4].filter((l) => spikesOf(score, l).length > 0)) {
      const [from, to] = [wiring.starts[neuron], wiring.starts[neuron + 1]];
      const box = { lower: bounds.lower.subarray(from, to), upper: bounds.upper.subarray(from, to) };
      const { weights } = train(neuron);
      expect(boxViolation(weights, box)).toBe(0);
      expect(weights.some((w) => w !== 0)).toBe(true);
    }
  });

  it.each(Object.entries(methods))('%s gives a neuron the same weights whatever was trained before', (_, settings) => {
    const { score, wiring } = smallProblem(10, 10, 60, 1);
    const task = { target: { score, wiring, template: defaultTemplate }, settings, seed: 3 };
    const forwards = trainJob.prepare(task);
    const [zero, one] = [forwards(0), forwards(1)];
    const backwards = trainJob.prepare(task);
    expect([backwards(1), backwards(0)]).toEqual([one, zero]);
  });

  it.each(Object.entries(methods))('%s takes silent channels and neurons without synapses', (_, settings) => {
    const { score } = smallProblem(3, 10, 5, 1);
    const wiring = {
      starts: Uint32Array.of(0, 0, 2, 2),
      sources: Uint32Array.of(1, 2),
      delays: Float64Array.of(0.5, 3),
    };
    const silent = { ...score, times: new Float64Array(), starts: new Uint32Array(4) };
    for (const given of [score, silent]) {
      const train = trainJob.prepare({
        target: { score: given, wiring, template: defaultTemplate },
        settings,
        seed: 3,
      });
      for (let neuron = 0; neuron < 3; neuron++) {
        const trained = train(neuron);
        expect(trained.weights.every(Number.isFinite)).toBe(true);
        expect(trained.status).not.toBe('diverged');
      }
    }
  });
});

describe('FP learning', () => {
  it('ends with weights that fire once within the tolerance of every prescribed spike and nowhere else', () => {
    const settings: NeuronSettings = { method: 'fp', epochs: 20000, rate: 0.02, tolerance: 0.1 };
    let spikes = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const problem = smallProblem(30, 20, 100, seed);
      const template = { ...defaultTemplate, bound: 1 };
      const train = trainJob.prepare({ target: { ...problem, template }, settings, seed });
      for (let neuron = 0; neuron < 3; neuron++) {
        const { status, weights, loss } = train(neuron);
        expect([status, loss]).toEqual(['converged', 0]);
        const prescribed = spikesOf(problem.score, neuron);
        const potential = potentialFrom(arrivalsOf(problem.score, inputsOf(problem, neuron)), weights);
        const fired = forcedSpikes(potential);
        expect(fired.length).toBe(prescribed.length);
        for (const target of prescribed) {
          const nearest = Math.min(
            ...fired.map((time) => Math.min(Math.abs(time - target), 20 - Math.abs(time - target))),
          );
          expect(nearest).toBeLessThanOrEqual(0.1 + 1e-9);
        }
        spikes += prescribed.length;
      }
    }
    expect(spikes).toBeGreaterThan(30);
  });
});

describe('threshold noise during training', () => {
  it('leaves a potential that crosses its threshold more steeply', () => {
    const steepest = (noise: number) => {
      let sum = 0;
      const settings: NeuronSettings = {
        method: 'superspike',
        epochs: 600,
        optimizer: 'adam',
        rate: 0.01,
        finalRate: 1e-4,
        steepness: 10,
        noise,
        draws: 4,
      };
      for (let seed = 1; seed <= 5; seed++) {
        const problem = smallProblem(40, 20, 100, seed);
        const template = { ...defaultTemplate, bound: 1 };
        const { weights } = trainJob.prepare({ target: { ...problem, template }, settings, seed })(0);
        const potential = potentialFrom(arrivalsOf(problem.score, inputsOf(problem)), weights);
        for (const time of spikesOf(problem.score, 0)) sum += Math.max(0, slopeAt(potential, time, 'left'));
        expect(valueAt(potential, 0)).not.toBeNaN();
      }
      return sum;
    };
    expect(steepest(0.15)).toBeGreaterThan(1.3 * steepest(0));
  });
});
