/** The published model of spikeRNN, where it is at hand, and the curve from which its scale is foretold. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import {
  aliveShare,
  bestOf,
  evaluateRate,
  firingAt,
  firingCurve,
  predictScale,
  rateTask,
  readRateModel,
  searchScale,
} from '../src/spikernn/index.js';

const PUBLISHED = new URL('../../shared/data/spikernn-go-nogo.mat', import.meta.url);
if (!existsSync(PUBLISHED)) console.log('skipped: the published model is not at hand');

describe.skipIf(!existsSync(PUBLISHED))('the published model', () => {
  const published = () => readRateModel(readFileSync(PUBLISHED), 'published');
  const task = rateTask('go-nogo');

  it('is what the facts say, and does its task', () => {
    const { network, scale } = published();
    expect(scale).toBe(30);
    expect(network.taus).toEqual([4, 20]);
    expect(Math.abs(aliveShare(network) - 0.072)).toBeLessThan(0.0005);
    const found = evaluateRate(network, task, { kind: 'l2', count: 100, seed: 1, round: 0 });
    expect(found.performance).toBeGreaterThanOrEqual(0.95);
  });

  it('works as a spiking network, at its own scale and at the one that is foretold', async () => {
    const { network } = published();
    const predicted = predictScale(network, task, { seed: 1 }).scale;
    const scales = [1, 30, predicted, 100];
    const scores = await searchScale({ network, task: 'go-nogo', scales, trials: 20, seed: 1 }, serialMap);
    expect(scores.map(({ right }) => right >= 18)).toEqual([false, true, true, false]);
    // O8: the best lies within.
    expect([1, 2]).toContain(bestOf(scores));
    expect(scores[1].rate).toBeGreaterThan(3);
    expect(scores[1].rate).toBeLessThan(25);
  });
});

describe('the curve of firing rates', () => {
  it('is that of the formula where the noise does not matter', () => {
    const curve = firingCurve();
    for (const drive of [5, 10, 20, 35]) {
      const expected = 1e3 / (2 + 10 * Math.log((drive + 25) / drive));
      expect(Math.abs(firingAt(curve, drive) / expected - 1)).toBeLessThan(0.03);
    }
    expect(firingAt(curve, -6)).toBeLessThan(2);
  });
});
