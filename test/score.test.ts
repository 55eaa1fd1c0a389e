import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamKey, uniformStream } from '../src/core/index.js';
import {
  activityOfHazard,
  activityOfRate,
  checkScore,
  expectedSpikes,
  jitterTrain,
  sampleScore,
  scoreOf,
  spikeCountPmf,
  spikesOf,
  truncatedNormal,
} from '../src/memory/score/index.js';

const cyclicGaps = (spikes: Float64Array, period: number) =>
  Array.from(spikes, (time, i) => (i + 1 < spikes.length ? spikes[i + 1] : spikes[0] + period) - time);

describe('the sampler', () => {
  it('draws spike counts from the law of the hard-core process (chi-square)', () => {
    const [channels, period, activity] = [20000, 20, 0.3];
    const pmf = spikeCountPmf(period, activity);
    const score = sampleScore(channels, period, activity, 5);
    const counts = new Float64Array(pmf.length);
    for (let c = 0; c < channels; c++) counts[score.starts[c + 1] - score.starts[c]]++;
    let chi = 0;
    let cells = -1;
    pmf.forEach((p, n) => {
      if (p * channels < 10) return;
      chi += (counts[n] - p * channels) ** 2 / (p * channels);
      cells++;
    });
    // Mean `cells`, variance 2 cells.
    expect(chi).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
  });

  it('keeps every gap of 10^5 channels at a refractory period or more, around the circle too', () => {
    const score = sampleScore(100000, 10, 0.5, 3);
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < 100000; c++) {
      for (const gap of cyclicGaps(spikesOf(score, c), 10)) least = Math.min(least, gap);
    }
    expect(least).toBeGreaterThan(1 - 1e-12);
    checkScore(score);
  });

  it('meets the expected number of spikes within three standard errors', () => {
    const score = sampleScore(4000, 50, 0.2, 9);
    expect(Math.abs(score.times.length / 4000 - expectedSpikes(50, 0.2))).toBeLessThan((3 * 2.3) / Math.sqrt(4000));
  });

  it('spreads spikes evenly over the circle', () => {
    const score = sampleScore(20000, 8, 0.4, 2);
    const bins = new Float64Array(16);
    for (const time of score.times) bins[Math.floor(time * 2)]++;
    const mean = score.times.length / 16;
    const chi = bins.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
    expect(chi).toBeLessThan(15 + 4 * Math.sqrt(30));
  });

  it('finds the activity of a rate', () => {
    for (const rate of [0.02, 0.1445, 0.5]) {
      expect(expectedSpikes(100, activityOfRate(100, rate)) / 100).toBeCloseTo(rate, 10);
    }
    expect(() => activityOfRate(100, 1.2)).toThrow(/no activity gives/);
  });

  it('draws the renewal process of hazard 0.2 at its own activity: 8.33 spikes in 50', () => {
    expect(expectedSpikes(50, activityOfHazard(0.2))).toBeCloseTo(50 / 6, 1);
  });
});

describe('scores', () => {
  it('that break refractoriness are refused with channel, times and a remedy', () => {
    expect(() => checkScore(scoreOf([[], [1, 1.4]], 10))).toThrow(/channel 1: .*apart, less than the refractory/);
    expect(() => checkScore(scoreOf([[0.2, 9.5]], 10))).toThrow(/channel 0/);
    expect(() => checkScore(scoreOf([[12]], 10))).toThrow(/outside/);
    expect(() => checkScore(scoreOf([[5, 3]], 10))).toThrow(/not in order/);
    expect(() => checkScore(scoreOf([[Number.NaN]], 10))).toThrow(/finite/);
  });
});

describe('jitter', () => {
  it('keeps gaps and range for any deviation', () => {
    const arbitrary = fc.record({ seed: fc.nat(1000), deviation: fc.constantFrom(0.01, 0.1, 1, 30) });
    fc.assert(
      fc.property(arbitrary, ({ seed, deviation }) => {
        const nominal = spikesOf(sampleScore(1, 100, 1, seed), 0);
        const jittered = jitterTrain(nominal, deviation, uniformStream(streamKey(seed, 'j')), 0, 100);
        expect(jittered.length).toBe(nominal.length);
        jittered.forEach((time, i) => {
          expect(time).toBeGreaterThanOrEqual(0);
          expect(time).toBeLessThanOrEqual(100);
          if (i > 0) expect(time - jittered[i - 1]).toBeGreaterThan(1 - 1e-12);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is Gaussian where spikes are far apart', () => {
    const nominal = Float64Array.from({ length: 5000 }, (_, i) => 10 * i);
    const jittered = jitterTrain(nominal, 0.1, uniformStream(streamKey(1, 'j')));
    const square = jittered.reduce((sum, time, i) => sum + (time - nominal[i]) ** 2, 0) / 5000;
    expect(Math.abs(square / 0.01 - 1)).toBeLessThan(4 * Math.sqrt(2 / 5000));
  });

  it('by rejection and by Gibbs sampling have the same law: two spikes a refractory period apart', () => {
    // Given a gap of at least 1 at nominal gap 1, the gap exceeds 1 by |N(0, 2 sigma^2)|: mean 2 sigma / sqrt(pi).
    const uniform = uniformStream(streamKey(4, 'j'));
    const n = 4000;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const [a, b] = jitterTrain(Float64Array.of(0, 1), 0.2, uniform);
      sum += b - a - 1;
    }
    expect(Math.abs(sum / n - 0.4 / Math.sqrt(Math.PI))).toBeLessThan((4 * 0.17) / Math.sqrt(n));
  });
});

describe('truncated normal numbers', () => {
  it.each([
    [-1, 1, 0],
    [0.5, 0.6, 0.54975],
    [10, 11, 10.0981],
    [30, Number.POSITIVE_INFINITY, 30.0333],
    [-41, -40, -40.02497],
  ])('within [%f, %f] have mean %f', (low, high, mean) => {
    const uniform = uniformStream(streamKey(2, 'truncated'));
    const n = 3000;
    const draws = Array.from({ length: n }, () => truncatedNormal(low, high, uniform));
    expect(draws.every((z) => z >= low && z <= high)).toBe(true);
    const average = draws.reduce((a, b) => a + b) / n;
    const deviation = Math.sqrt(draws.reduce((sum, z) => sum + (z - average) ** 2, 0) / n);
    expect(Math.abs(average - mean)).toBeLessThan((4.5 * deviation) / Math.sqrt(n) + 1e-4);
  });
});
