/** Noise by theory against the recursion, and the potential to second order, that define it. */
import { describe, expect, it } from 'vitest';
import { normal, streamKey } from '../src/core/index.js';
import {
  type JitterMap,
  jitterMap,
  type NoiseOptions,
  predictNoise,
  similarity,
  stabilityJob,
  stabilityOf,
  timingErrors,
  trend,
} from '../src/memory/measure/index.js';
import type { Network } from '../src/memory/network/index.js';
import { scoreOf } from '../src/memory/score/index.js';
import { kernel, lcg } from './helpers.js';
import { mapOf, network, rowOf, rowsOf, score } from './jitter.js';

const random = lcg(3);

describe('a prediction of noise', () => {
  const made = () => jitterMap(score, network());
  const options: NoiseOptions = { sigma: 0.05, seed: 5, periods: 6, order: 1 };

  it('of first order is the recursion: measured as a replay is, from the third period on', () => {
    const { period } = score;
    const map = made();
    const { size } = map;
    const key = streamKey(5, 'linear noise');
    // Positive causes, under which jitter stays as small as the noise makes it.
    const causes = { ...mapOf(rowsOf(size, () => 0.2 + random())), times: map.times, neurons: map.neurons };
    let x = new Array<number>(size).fill(0);
    const [precisions, lags, errors]: number[][] = [[], [], []];
    for (let p = 0; p < 2 + options.periods; p++) {
      const next: number[] = [];
      for (let m = 0; m < size; m++) {
        // In the order of the causes, so that equally good lags are told apart alike.
        const shift = (a: number, n: number) => a * (n < size ? x[n] : (next[n - size] ?? 0));
        const noise = (options.sigma * normal(key, m, p)) / causes.slopes[m];
        next.push(rowOf(causes, causes.values, m).reduce((sum, a, n) => sum + shift(a, n), noise));
      }
      x = next;
      if (p < 2) continue;
      const played = [0, 1, 2, 3].map((c) =>
        Float64Array.from([...map.times].flatMap((t, m) => (map.neurons[m] === c ? [t + x[m]] : []))).sort(),
      );
      const { precision, lag } = similarity(score, played);
      precisions.push(precision);
      const last = lags.at(-1) ?? 0;
      lags.push(lag - period * Math.round((lag - last) / period));
      errors.push(...timingErrors(score, played, lag));
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const steps = lags.slice(1).map((lag, i) => lag - lags[i]);
    const spread = steps.reduce((sum, step) => sum + (step - mean(steps)) ** 2, 0) / (steps.length - 1);
    const found = predictNoise(causes, score, options);
    expect(found.sigma).toBe(options.sigma);
    expect(found.precision).toBeCloseTo(mean(precisions), 9);
    expect(found.precision).toBeLessThan(0.999);
    expect(found.jitter).toBeCloseTo(Math.sqrt(mean(errors.map((error) => error * error))), 9);
    expect(found.drift).toBeCloseTo(trend(lags).slope, 9);
    expect(found.driftError).toBeCloseTo(Math.sqrt(spread / steps.length), 9);
  });

  /** The time by which each period of a neuron that excites itself comes late, to all orders: by bisection. */
  function walk(
    synapses: [delay: number, weight: number][],
    { period, sigma, periods, beta }: { period: number; sigma: number; periods: number; beta: number },
  ): number[] {
    const key = streamKey(7, 'linear noise');
    const age = (delay: number) => (2 * period - delay) % period;
    // The kernel of the arrival, and of the next where that one may come before the spike.
    const z = (e: number) =>
      synapses.reduce(
        (sum, [delay, w]) =>
          sum +
          w *
            (kernel((age(delay) + e) / beta) +
              (age(delay) > period - 0.25 ? kernel((age(delay) - period + e) / beta) : 0)),
        0,
      );
    const level = z(0);
    const steps = Array.from({ length: periods }, (_, p) => {
      let [low, high] = [-0.05, 0.05];
      for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2;
        if (z(middle) < level + sigma * normal(key, 0, p)) low = middle;
        else high = middle;
      }
      return low;
    });
    return steps;
  }

  it.each<[string, [number, number][]]>([
    ['a rising kernel', [[3.6, 1]]],
    [
      'a rise on a fall',
      [
        [3.7, 2],
        [2, -0.5],
      ],
    ],
    // 2 sigma / slope is about 0.004: some periods it comes before the spike, some after it.
    [
      'an arrival just before the spike',
      [
        [3.6, 1],
        [3.999, 0.02],
      ],
    ],
    [
      'an arrival just after the spike',
      [
        [3.6, 1],
        [4.001, 0.02],
      ],
    ],
  ])('of second order follows the potential to that order, with %s', (_name, synapses) => {
    const one = scoreOf([[2]], 4);
    const net: Network = {
      starts: Uint32Array.of(0, synapses.length),
      sources: new Uint32Array(synapses.length),
      delays: Float64Array.from(synapses, ([delay]) => delay),
      weights: Float64Array.from(synapses, ([, weight]) => weight),
    };
    for (const beta of [1, 0.8]) {
      const own = jitterMap(one, net, { model: 'continuation', beta });
      const [sigma, periods] = [0.002, 24];
      const predicted = (order: 1 | 2) => predictNoise(own, one, { sigma, seed: 7, periods, order });
      const lags: number[] = [];
      walk(synapses, { period: 4, sigma, periods: periods + 2, beta }).reduce((lag, step, p) => {
        if (p >= 2) lags.push(lag + step);
        return lag + step;
      }, 0);
      const right = trend(lags).slope;
      const [first, second] = [predicted(1), predicted(2)];
      expect(Math.abs(second.drift - right)).toBeLessThan(1e-8);
      expect(Math.abs(first.drift - right)).toBeGreaterThan(4e-7);
      expect(second.driftError).toBeGreaterThan(0);
      // One spike is in time whatever it does.
      expect(second.precision).toBeCloseTo(1, 12);
      expect(second.jitter).toBeCloseTo(0, 9);
    }
  });

  it('of a jitter that grows beyond all numbers leaves nothing in time', () => {
    // Two spikes part by a factor of 11 per period: after ln(1.8e308 / 0.05) / ln 11, about 297 periods, there is nothing to measure, also
    // of a third that goes its own way.
    const parting = {
      ...mapOf([
        [6, -5, 0, 0, 0, 0],
        [-5, 6, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0],
      ]),
      neurons: Uint32Array.of(0, 0, 1),
    };
    const inTime = (periods: number, sigma = 0.05) =>
      periods * predictNoise(parting, scoreOf([[0, 1], [2]], 9), { ...options, periods, sigma }).precision;
    expect(inTime(310)).toBeGreaterThan(10);
    expect(inTime(400)).toBeCloseTo(inTime(310), 9);
    expect(inTime(20, 0)).toBeCloseTo(20, 9);
  });

  it('of second order is that of first order where nothing bends', () => {
    const straight = { ...mapOf(rowsOf(5, () => 0.2 + random())), neurons: Uint32Array.of(0, 1, 2, 0, 1) };
    const own = scoreOf([[0, 3], [1, 4], [2]], 9);
    const [first, second] = ([1, 2] as const).map((order) => predictNoise(straight, own, { ...options, order }));
    expect(first.precision).toBeLessThan(0.99);
    for (const name of ['precision', 'jitter', 'drift', 'driftError'] as const) {
      expect(second[name]).toBeCloseTo(first[name], 9);
    }
  });

  it('follows a lag over more than a period', () => {
    // One spike that is caused by itself alone: its lag is the sum of the noise, here up to several half periods.
    const [sigma, periods, period] = [0.3, 200, 3];
    const key = streamKey(11, 'linear noise');
    let lag = 0;
    const lags = Array.from({ length: 2 + periods }, (_, p) => {
      lag += sigma * normal(key, 0, p);
      return lag;
    }).slice(2);
    expect(Math.max(...lags) - Math.min(...lags)).toBeGreaterThan(period);
    const one = { ...mapOf([[1, 0]]), slopes: Float64Array.of(1) };
    const found = predictNoise(one, scoreOf([[1]], period), { sigma, seed: 11, periods, order: 1 });
    // The lag of the first period is known up to a period, which no slope sees.
    expect(found.drift).toBeCloseTo(trend(lags).slope, 9);
  });

  it('has the kinks of each spike at that spike alone', () => {
    // Two spikes that are each caused by themselves, an arrival just before the second: one more that weighs nothing changes nothing.
    const two = mapOf([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
    const kinks = (ages: number[], weights: number[]) => ({
      ...two,
      kinkStarts: Float64Array.of(0, 0, ages.length),
      kinkColumns: new Uint32Array(ages.length).fill(1),
      kinkAges: Float64Array.from(ages),
      kinkWeights: Float64Array.from(weights),
    });
    const predicted = (map: JitterMap) =>
      predictNoise(map, scoreOf([[0, 1]], 9), { ...options, order: 2, sigma: 0.02 });
    const plain = predicted(kinks([1e-3], [0.1]));
    expect(predicted(kinks([1e-3, 1e-3], [0, 0.1]))).toEqual(plain);
    expect(predicted(two)).not.toEqual(plain);
  });

  it('refuses what makes none', () => {
    const map = made();
    for (const change of [{ sigma: -1 }, { periods: 0 }, { periods: 1.5 }, { order: 3 }]) {
      expect(() => predictNoise(map, score, { ...options, ...change } as NoiseOptions)).toThrow();
    }
    const fewer = scoreOf([[1], [2], [3], [4]], 14);
    expect(() => predictNoise(map, fewer, options)).toThrow(/they must belong together/);
    const one = { ...map, neurons: map.neurons.map((neuron, m) => (m === 2 ? 4 : neuron)) };
    expect(() => predictNoise(one, score, options)).toThrow(/belong together/);
    expect(() => predictNoise(map, { ...score, period: -1 }, options)).toThrow();
    expect(() => predictNoise(map, score, null as unknown as NoiseOptions)).toThrow(/options/);
  });

  it('is one task of a report for each noise, behind the spectrum', () => {
    const map = made();
    const test = { score, network: network(), seed: 5, steps: 30, noises: [0.1, 0.05], periods: 6 };
    const task = stabilityJob.prepare(test);
    expect(task(0)).toEqual({ stability: stabilityOf(map, 30) });
    expect(task(2)).toEqual({
      noise: 0.05,
      linear: predictNoise(map, score, options),
      curved: predictNoise(map, score, { ...options, order: 2 }),
    });
  });
});
