/** The jitter map of every neuron model: its influences against differences of potentials written down from scratch. */
import { describe, expect, it } from 'vitest';
import { jitterMap } from '../src/memory/measure/index.js';
import type { LifModel, Network, NeuronModel } from '../src/memory/network/index.js';
import { sampleScore } from '../src/memory/score/index.js';
import { kernel, randomNetwork } from './helpers.js';

/** Response of height 1, from the two exponentials of the textbook, its height found by trying moments. */
function response({ current, membrane, synapse }: LifModel): (t: number) => number {
  const [m, s] = [Number(membrane), Number(synapse)];
  const raw = (t: number) => {
    if (t <= 0) return 0;
    const d = 1 / s - 1 / m;
    const [em, es] = [Math.exp(-t / m), Math.exp(-t / s)];
    return current === 'exp' ? (em - es) / d : ((em - es) / d - t * es) / d;
  };
  let top = 0;
  for (let t = 0; t < 10 * (m + s); t += 1e-4) if (raw(t) > raw(top)) top = t;
  return (t) => raw(t) / raw(top);
}

/** z of neuron l at `time`, with spike n of the score and all its periodic images shifted by shifts[n]. */
function potential(
  score: { period: number; times: Float64Array; starts: Uint32Array },
  network: Network,
  model: NeuronModel,
  p: (t: number) => number,
) {
  return (m: number, time: number, shifts: Float64Array): number => {
    const { period, times, starts } = score;
    const l = starts.findIndex((start, i) => start <= m && m < starts[i + 1]);
    const own = Array.from({ length: starts[l + 1] - starts[l] }, (_, i) => starts[l] + i);
    const before = own.flatMap((n) => (n < m ? [times[n] + shifts[n]] : [times[n] + shifts[n] - period]));
    const previous = Math.max(...before);
    const start = model.model === 'lif' ? previous + model.refractory : previous;
    let [z, kept] = [0, 0];
    for (let k = network.starts[l]; k < network.starts[l + 1]; k++) {
      for (let n = starts[network.sources[k]]; n < starts[network.sources[k] + 1]; n++) {
        for (let turn = 0; turn < 12; turn++) {
          const arrival = times[n] + shifts[n] + network.delays[k] - turn * period;
          if (model.model === 'reset' && arrival < start) continue;
          z += network.weights[k] * p(time - arrival);
          kept += network.weights[k] * p(start - arrival);
        }
      }
    }
    // Superposition: the membrane goes on from R as if what it had had been taken away.
    if (model.model === 'lif') z += (model.reset - kept) * Math.exp(-(time - start) / Number(model.membrane));
    if (model.model === 'reset') z += model.reset * Math.exp(-(time - start) / Number(model.beta));
    return z;
  };
}

const lif = (current: 'exp' | 'alpha', membrane: number, synapse: number, reset: number): LifModel => ({
  model: 'lif',
  current,
  membrane,
  synapse,
  reset,
  refractory: 0.4,
});

describe('the jitter map', () => {
  it.each<NeuronModel>([
    lif('exp', 2, 0.4, 0),
    lif('alpha', 2, 0.4, -0.5),
    lif('exp', 0.5, 1.5, 0.3),
    lif('alpha', 0.5, 1.5, 0),
    { model: 'reset', reset: -0.7, beta: 1.4 },
    { model: 'continuation', beta: 0.6 },
  ])('has the influences that differences of potentials show, and rows that sum to 1: %o', (model) => {
    const score = sampleScore(6, 30, 0.2, 3);
    const network = randomNetwork(6, 15, 4, 0.8);
    const beta = model.model === 'lif' ? 1 : Number(model.beta);
    const z = potential(score, network, model, model.model === 'lif' ? response(model) : (t) => kernel(t / beta));
    const map = jitterMap(score, network, model);
    const order = Uint32Array.from(score.times.keys()).sort((i, j) => score.times[i] - score.times[j]);
    const none = new Float64Array(map.size);
    const h = 1e-5;
    expect(map.size).toBeGreaterThan(20);
    for (let m = 0; m < map.size; m++) {
      const time = score.times[order[m]];
      const slope = (z(order[m], time + h, none) - z(order[m], time - h, none)) / (2 * h);
      expect(Math.abs(map.slopes[m] - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
      const row = new Float64Array(map.size);
      let sum = 0;
      for (let i = map.starts[m]; i < map.starts[m + 1]; i++) {
        row[order[map.columns[i] % map.size]] += map.values[i] * map.slopes[m];
        sum += map.values[i];
      }
      expect(sum).toBeCloseTo(1, 9);
      row.forEach((influence, n) => {
        const shifts = (by: number) => none.map((_, i) => (i === n ? by : 0));
        const change = (z(order[m], time, shifts(h)) - z(order[m], time, shifts(-h))) / (2 * h);
        expect(Math.abs(influence + change), `spike ${n} on spike ${m}`).toBeLessThan(1e-6 * (1 + Math.abs(influence)));
      });
    }
  });

  it('has the same influences where both time constants are equal as where they nearly are', () => {
    const score = sampleScore(6, 30, 0.2, 3);
    const network = randomNetwork(6, 15, 4, 0.8);
    for (const current of ['exp', 'alpha'] as const) {
      const equal = jitterMap(score, network, lif(current, 1, 1, 0));
      const near = jitterMap(score, network, lif(current, 1, 1 + 1e-9, 0));
      equal.slopes.forEach((slope, m) => expect(near.slopes[m]).toBeCloseTo(slope, 6));
    }
  });
});
