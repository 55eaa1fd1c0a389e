/** The jitter map, its spectrum, and what both predict, against matrices, the simulator and the published network. */
import { existsSync, readFileSync } from 'node:fs';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import {
  applyDeflated,
  applyTransposed,
  arnoldi,
  type JitterMap,
  jitterMap,
  predictNoise,
  recallJob,
  repeatTrain,
  stabilityOf,
  sweepPeriod,
} from '../src/memory/measure/index.js';
import { memorize } from '../src/memory/memorize/index.js';
import type { Network } from '../src/memory/network/index.js';
import { type Score, spikesOf } from '../src/memory/score/index.js';
import { createSimulator, mergeTrains, splitTrains } from '../src/memory/simulate/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { kernelSlope, lcg, reference, smallProblem } from './helpers.js';

/** A stored network of our own. */
async function stored(channels: number, period: number, inputs: number, seed: number) {
  const problem = {
    ...smallProblem(channels, period, inputs, seed),
    template: defaultTemplate,
    objective: 'l2' as const,
  };
  const memory = await memorize(problem, serialMap);
  expect(memory.neurons.every(({ status }) => status === 'solved')).toBe(true);
  return { score: problem.score, network: memory.network };
}
const own = await stored(30, 45, 500, 1);

/** Phi as a dense matrix, column after column. */
function dense(map: JitterMap): number[][] {
  const { size } = map;
  const columns = Array.from({ length: size }, (_, n) => {
    const both = new Float64Array(2 * size);
    both[n] = 1;
    sweepPeriod(map, both);
    return both.slice(size);
  });
  return Array.from({ length: size }, (_, m) => columns.map((column) => column[m]));
}

/** The rows by the definition: all connections, all spikes, one image. */
function rowsByDefinition(score: Score, network: Network, map: JitterMap): number[][] {
  const { period } = score;
  return Array.from(map.times, (time, m) => {
    const row = new Array<number>(2 * map.size).fill(0);
    const l = map.neurons[m];
    for (let k = network.starts[l]; k < network.starts[l + 1]; k++) {
      for (let n = 0; n < map.size; n++) {
        if (map.neurons[n] !== network.sources[k]) continue;
        const age = (((time - map.times[n] - network.delays[k]) % period) + period) % period;
        if (age <= 42) row[n + (n < m ? map.size : 0)] += network.weights[k] * kernelSlope(age);
      }
    }
    const slope = row.reduce((a, b) => a + b, 0);
    return row.map((value) => value / slope);
  });
}

describe('the jitter map', () => {
  it('has the entries of its definition', () => {
    const map = jitterMap(own.score, own.network);
    const rows = rowsByDefinition(own.score, own.network, map);
    for (let m = 0; m < map.size; m++) {
      const row = new Array<number>(2 * map.size).fill(0);
      for (let i = map.starts[m]; i < map.starts[m + 1]; i++) row[map.columns[i]] = map.values[i];
      row.forEach((value, n) => expect(Math.abs(value - rows[m][n])).toBeLessThan(1e-11));
    }
  });

  it('keeps a common shift, and its transposed is its transposed', () => {
    const map = jitterMap(own.score, own.network);
    const both = new Float64Array(2 * map.size).fill(1);
    sweepPeriod(map, both);
    for (const value of both.subarray(map.size)) expect(value).toBeCloseTo(1, 12);
    const random = lcg(4);
    const [x, u] = [0, 1].map(() => Float64Array.from({ length: map.size }, () => random() - 0.5));
    both.set(x);
    sweepPeriod(map, both);
    const forward = both.subarray(map.size).reduce((sum, value, m) => sum + value * u[m], 0);
    const back = new Float64Array(map.size);
    applyTransposed(map, u, back, both);
    expect(back.reduce((sum, value, m) => sum + value * x[m], 0)).toBeCloseTo(forward, 12);
  });

  it('has the spectrum that a dense solver finds, but for the common shift', () => {
    const map = jitterMap(own.score, own.network);
    const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(new Matrix(dense(map)));
    const moduli = realEigenvalues.map((re, i) => Math.hypot(re, imaginaryEigenvalues[i])).sort((a, b) => b - a);
    const { spectrum, radius, status } = stabilityOf(map);
    expect(moduli[0]).toBeCloseTo(1, 8);
    expect(status).toBe('converged');
    expect(Math.abs(radius / moduli[1] - 1)).toBeLessThan(1e-6);
    expect(Math.abs(spectrum[2].modulus / moduli[3] - 1)).toBeLessThan(1e-3);
  });

  it('says how a simulated replay answers to a small shift of its past', () => {
    // The spikes of the last period, shifted by 1e-4 at random; the network without noise; all shifts a period later.
    const { score, network } = own;
    const { period } = score;
    const map = jitterMap(score, network);
    const random = lcg(8);
    const shift = Float64Array.from({ length: map.size }, () => 2e-4 * (random() - 0.5));
    const trains = Array.from({ length: 30 }, (_, c) => [...repeatTrain(spikesOf(score, c), period, -60, -period)]);
    map.times.forEach((time, m) => trains[map.neurons[m]].push(time - period + shift[m]));
    const spikes = createSimulator(network).run({
      from: -60,
      to: period,
      imposed: mergeTrains(trains.map((train) => Float64Array.from(train).sort())),
      releases: new Float64Array(30),
      sigma: 0,
      key: [1, 1],
    });
    const played = splitTrains(spikes, 30).map((train) => train.filter((time) => time >= 0));
    const both = new Float64Array(2 * map.size);
    both.set(shift);
    sweepPeriod(map, both);
    const next = new Array(30).fill(0);
    for (let m = 0; m < map.size; m++) {
      const l = map.neurons[m];
      const found = played[l][next[l]++] - map.times[m];
      expect(Math.abs(found - both[map.size + m])).toBeLessThan(2e-7);
    }
  });

  it('refuses a spike at which the potential is flat', () => {
    const flat = { ...own.network, weights: own.network.weights.map(() => 0) };
    expect(() => jitterMap(own.score, flat)).toThrow(/is flat at one of its spikes .*is not stored/);
    // What a reset has left rises: a slope that no weight makes is none.
    const reset = { model: 'reset', reset: -8 } as const;
    expect(() => jitterMap(own.score, flat, reset)).toThrow(/nothing moves .* at one of its spikes .*is not stored/);
  });
});

describe('the method of Arnoldi', () => {
  it('finds all eigenvalues of a small map, complex pairs included, with residuals that hold', () => {
    const random = lcg(12);
    const n = 12;
    const a = Array.from({ length: n }, () => Array.from({ length: n }, () => random() - 0.5));
    const apply = (x: Float64Array, out: Float64Array) => {
      a.forEach((row, i) => {
        out[i] = row.reduce((sum, value, j) => sum + value * x[j], 0);
      });
    };
    const found = arnoldi(n, apply, 40);
    const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(new Matrix(a));
    const expected = realEigenvalues.map((re, i) => Math.hypot(re, imaginaryEigenvalues[i])).sort((p, q) => q - p);
    expect(found.length).toBe(n);
    found.forEach(({ modulus }, i) => expect(modulus).toBeCloseTo(expected[i], 9));
    const partial = arnoldi(n, apply, 6);
    expect(partial.length).toBe(6);
    // A residual bounds nothing but the backward error, yet a tiny one cannot belong to a wrong value.
    expect(partial.every(({ residual }) => residual > 1e-6)).toBe(true);
  });
  it('takes a map that annihilates everything, and none at all', () => {
    expect(arnoldi(5, (_, out) => out.fill(0), 3)[0].modulus).toBe(0);
    expect(arnoldi(0, () => {}, 3)).toEqual([]);
  });
});

it('long periods do not hide the spectrum behind the rounding of the common shift', async () => {
  // A period of 200 is about four times as long as the memory of the network: per unit of time jitter
  // dies away as for short periods, down to where the rounding of shifts of order 1 would hide it.
  const long = await stored(20, 200, 2000, 3);
  const { radius, status, exponent } = stabilityOf(jitterMap(long.score, long.network));
  expect(status).toBe('converged');
  expect(radius).toBeLessThan(1e-9);
  const short = stabilityOf(jitterMap(own.score, own.network));
  expect(exponent / 200 / (short.exponent / 45)).toBeGreaterThan(0.6);
  expect(exponent / 200 / (short.exponent / 45)).toBeLessThan(1.7);
});

describe('noise by theory', () => {
  it('gives the precision and the drift that a simulation has', () => {
    const { score, network } = own;
    const sigma = 0.08;
    const periods = 200;
    const prediction = predictNoise(jitterMap(score, network), score, { sigma, seed: 2, periods, order: 2 });
    const trials = [{ prompt: 0, noise: sigma, jitter: 0 }];
    const trial = recallJob.prepare({ score, network, seed: 3, promptTime: 0, periods, trials })(0);
    const mean = (f: (p: (typeof trial.periods)[number]) => number) =>
      trial.periods.reduce((sum, period) => sum + f(period), 0) / periods;
    expect(Math.abs(mean(({ precision }) => precision) - prediction.precision)).toBeLessThan(0.004);
    expect(mean(({ timingError }) => timingError ?? Number.NaN) / prediction.jitter).toBeGreaterThan(0.9);
    expect(mean(({ timingError }) => timingError ?? Number.NaN) / prediction.jitter).toBeLessThan(1.1);
  });
});

describe('a replay without noise of a network of our own', () => {
  it('has precision 1 and no drift after 10 000 periods', async () => {
    const { score, network } = await stored(20, 10, 300, 2);
    const { period } = score;
    const history = Array.from({ length: 20 }, (_, c) => repeatTrain(spikesOf(score, c), period, -60, 0));
    const session = createSimulator(network).start({
      from: -60,
      to: 0,
      imposed: mergeTrains(history),
      releases: new Float64Array(20),
      sigma: 0,
      key: [1, 1],
    });
    session.run(9999 * period);
    const trains = splitTrains(session.run(10000 * period), 20);
    trains.forEach((train, c) => {
      expect(train.length).toBe(spikesOf(score, c).length);
      train.forEach((time, i) => expect(Math.abs(time - 9999 * period - spikesOf(score, c)[i])).toBeLessThan(1e-9));
    });
  });
});

describe.skipIf(!reference)('the published network (skipped where ../shared is absent)', () => {
  const { score, network } = reference ?? own;
  it('has the published spectrum', () => {
    const { spectrum, radius, spikes } = stabilityOf(jitterMap(score, network));
    expect(spikes).toBe(1463);
    expect(Math.abs(radius / 1.68097e-4 - 1)).toBeLessThan(1e-4);
    expect(spectrum[0].re).toBeCloseTo(1.492e-5, 8);
    const file = new URL('../../shared/data/reference-network-jitter-moduli.json', import.meta.url);
    if (!existsSync(file)) return;
    const moduli = JSON.parse(readFileSync(file, 'utf8')).abs_eigenvalues_desc_top300 as number[];
    const more = stabilityOf(jitterMap(score, network), 80).spectrum;
    for (let i = 0; i < 10; i++) expect(Math.abs(more[i].modulus / moduli[i] - 1)).toBeLessThan(1e-4);
  });

  it('shrinks a jitter at the rate of its radius', () => {
    // Two more periods shrink the deflated state by about the square of the radius.
    const map = jitterMap(score, network);
    const both = new Float64Array(2 * map.size);
    const random = lcg(2);
    let x = Float64Array.from({ length: map.state }, () => random() - 0.5);
    const norms: number[] = [];
    for (let i = 0; i < 12; i++) {
      const out = new Float64Array(map.state);
      applyDeflated(map, x, out, both);
      const norm = Math.sqrt(out.reduce((sum, value) => sum + value * value, 0));
      norms.push(norm);
      x = out.map((value) => value / norm);
    }
    const late = norms.slice(2).reduce((sum, norm) => sum + Math.log(norm), 0) / 10;
    expect(Math.abs(late / Math.log(1.68097e-4) - 1)).toBeLessThan(0.03);
  });

  it('is predicted under noise: 0.9775 and 0.9548 by linear theory', () => {
    const map = jitterMap(score, network);
    for (const [sigma, expected] of [
      [0.05, 0.9775],
      [0.1, 0.9548],
    ]) {
      const { precision, drift, driftError } = predictNoise(map, score, { sigma, seed: 1, periods: 40, order: 1 });
      expect(Math.abs(precision - expected)).toBeLessThan(0.001);
      // Linear theory knows no direction: its lag walks at random.
      expect(Math.abs(drift)).toBeLessThan(4 * driftError);
    }
  });

  it('recalls as often as it was found to: 50 x 2 hardly, 100 x 2 mostly, 150 x 1 always', () => {
    const rate = (prompt: number, cycles: number, count: number) => {
      const trials = new Array(count).fill({ prompt, noise: 0.1 });
      const task = recallJob.prepare({ score, network, seed: 7, promptTime: 50 * cycles, periods: 2, trials });
      return trials.filter((_, i) => task(i).success).length;
    };
    expect(rate(100, 2, 20)).toBeGreaterThanOrEqual(17);
    expect(rate(150, 1, 10)).toBeGreaterThanOrEqual(9);
    expect(rate(50, 2, 6)).toBeLessThanOrEqual(1);
  });

  it('follows the course of the published recall', () => {
    const trials = new Array(8).fill({ prompt: 100, noise: 0.1 });
    const task = recallJob.prepare({ score, network, seed: 4, promptTime: 100, periods: 2, trials, course: true });
    const found = trials.map((_, i) => task(i)).filter(({ success }) => success);
    const mean = (f: (trial: (typeof found)[number]) => number) =>
      found.reduce((sum, trial) => sum + f(trial), 0) / found.length;
    const at = (period: number, group: 'prompted' | 'autonomous', measure: 'precision' | 'recall') =>
      mean(({ course }) => course?.[period][group][measure] ?? Number.NaN);
    // Ranges of twenty runs of independent code.
    expect(at(0, 'prompted', 'precision')).toBeGreaterThan(0.83);
    expect(at(0, 'prompted', 'precision')).toBeLessThan(0.852);
    expect(at(0, 'autonomous', 'precision')).toBeGreaterThan(0.646);
    expect(at(0, 'autonomous', 'precision')).toBeLessThan(0.74);
    expect(at(0, 'autonomous', 'recall')).toBeGreaterThan(0.379);
    expect(at(0, 'autonomous', 'recall')).toBeLessThan(0.47);
    expect(at(3, 'autonomous', 'precision')).toBeGreaterThan(0.947);
    for (const { recalledAt } of found) expect(recalledAt).toBeLessThan(100);
  });
});
