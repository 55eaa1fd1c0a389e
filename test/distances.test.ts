/** Distances, timing, bounds, chance and intervals: against their definitions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chanceLevel,
  channelSimilarity,
  jitterStatistics,
  lagTrack,
  lastOffset,
  similarity,
  similarityAt,
  similarityBounds,
  trend,
  unrelatedTrains,
  vanRossum,
  victorPurpura,
  wilson,
} from '../src/memory/measure/index.js';
import { sampleScore, scoreOf, spikesOf } from '../src/memory/score/index.js';
import { lcg } from './helpers.js';

const train = fc
  .array(fc.double({ min: 0, max: 20, noNaN: true }), { maxLength: 8 })
  .map((times) => Float64Array.from(times).sort());

describe('the distance of van Rossum', () => {
  it('is the double sum of its definition', () => {
    const kernelSum = (p: Float64Array, q: Float64Array, tau: number) =>
      [...p].reduce((sum, s) => sum + [...q].reduce((inner, t) => inner + Math.exp(-Math.abs(s - t) / tau), 0), 0);
    fc.assert(
      fc.property(train, train, fc.constantFrom(0.1, 1, 30), (a, b, tau) => {
        const expected = (kernelSum(a, a, tau) + kernelSum(b, b, tau)) / 2 - kernelSum(a, b, tau);
        expect(vanRossum(a, b, tau)).toBeCloseTo(expected, 9);
      }),
    );
  });
  it('counts spikes at short time constants and their difference in number at long ones', () => {
    const [a, b] = [Float64Array.of(1, 5, 9), Float64Array.of(2)];
    expect(vanRossum(a, b, 1e-3)).toBeCloseTo(2, 9);
    expect(vanRossum(a, b, 1e7)).toBeCloseTo(2, 5);
    expect(vanRossum(new Float64Array(), new Float64Array(), 1)).toBe(0);
  });
});

describe('the distance of Victor and Purpura', () => {
  /** The cheapest way by trying every one. */
  const byTrying = (a: readonly number[], b: readonly number[], q: number): number => {
    if (a.length === 0 || b.length === 0) return a.length + b.length;
    const [s, ...restA] = a;
    const [t, ...restB] = b;
    return Math.min(
      1 + byTrying(restA, b, q),
      1 + byTrying(a, restB, q),
      q * Math.abs(s - t) + byTrying(restA, restB, q),
    );
  };
  it('is the cost of the cheapest edit', () => {
    const short = train.map((times) => times.subarray(0, 5));
    fc.assert(
      fc.property(short, short, fc.constantFrom(0, 0.3, 2), (a, b, q) => {
        expect(victorPurpura(a, b, q)).toBeCloseTo(byTrying([...a], [...b], q), 10);
      }),
      { numRuns: 60 },
    );
  });
  it('is a metric', () => {
    fc.assert(
      fc.property(train, train, train, (a, b, c) => {
        expect(victorPurpura(a, b, 1)).toBeCloseTo(victorPurpura(b, a, 1), 10);
        expect(victorPurpura(a, c, 1)).toBeLessThanOrEqual(victorPurpura(a, b, 1) + victorPurpura(b, c, 1) + 1e-9);
      }),
    );
  });
});

describe('precision and recall by channel', () => {
  const score = sampleScore(12, 30, 0.2, 4);
  const random = lcg(3);
  const trains = Array.from({ length: 12 }, (_, c) =>
    spikesOf(score, c)
      .filter(() => random() > 0.2)
      .map((time) => time + 0.3 * random()),
  );
  it('have the precision and recall of the whole as their means', () => {
    for (const convention of ['A', 'B'] as const) {
      const { precision, recall } = channelSimilarity(score, trains, 0.1, convention);
      const whole = similarityAt(score, trains, 0.1, convention);
      expect(precision.reduce((a, b) => a + b, 0) / 12).toBeCloseTo(whole.precision, 12);
      expect(recall.reduce((a, b) => a + b, 0) / 12).toBeCloseTo(whole.recall, 12);
    }
  });
  it('pooled, weigh spikes instead of channels', () => {
    const { pooled } = channelSimilarity(scoreOf([[1], [2, 5]], 10), [Float64Array.of(1, 4), Float64Array.of(2)], 0);
    expect(pooled.precision).toBeCloseTo(2 / 3, 12);
    expect(pooled.recall).toBeCloseTo(2 / 3, 12);
  });
  it('never exceed their bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e5 }), (seed) => {
        const draw = lcg(seed);
        const own = sampleScore(6, 20, 0.3, seed);
        const played = Array.from({ length: 6 }, (_, c) =>
          [spikesOf(own, c), Float64Array.of(3, 7), new Float64Array()][Math.floor(3 * draw())].slice(),
        );
        const bounds = similarityBounds(own, played);
        const found = similarity(own, played);
        expect(found.precision).toBeLessThanOrEqual(bounds.precision + 1e-12);
        expect(found.recall).toBeLessThanOrEqual(bounds.recall + 1e-12);
      }),
      { numRuns: 100 },
    );
  });
  it('differ between the conventions where a channel is silent on one side', () => {
    const one = scoreOf([[1], [2], []], 6);
    const played = [Float64Array.of(1), new Float64Array(), Float64Array.of(4)];
    expect(similarity(one, played, 'A').precision).toBeCloseTo(1 / 3, 12);
    expect(similarity(one, played, 'B').precision).toBeCloseTo(2 / 3, 12);
    expect(similarity(one, played, 'B').recall).toBeCloseTo(2 / 3, 12);
  });
});

describe('timing', () => {
  it('has the law of the errors that were put in', () => {
    const score = scoreOf(
      Array.from({ length: 4000 }, () => [2, 10]),
      20,
    );
    const random = lcg(5);
    const trains = Array.from({ length: 4000 }, (_, c) =>
      c < 100 ? Float64Array.of(2, 6) : Float64Array.of(2 + 0.2 * (random() - 0.5), 10),
    );
    const { matched, extra, missed, deviation, median, most } = jitterStatistics(score, trains, 0);
    expect([matched, extra, missed]).toEqual([7900, 100, 100]);
    // Half of the spikes are exact, the others uniform within 0.1: variance 0.2^2/12 of 3900 of 7900.
    expect(deviation).toBeCloseTo(Math.sqrt((0.04 / 12) * (3900 / 7900)), 2);
    expect(median).toBe(0);
    expect(most).toBeCloseTo(0.09, 2);
  });
  it('follows a lag over more than a period, and its trend', () => {
    const score = sampleScore(10, 8, 0.2, 2);
    const drift = 0.7;
    const trains = Array.from({ length: 10 }, (_, c) =>
      Float64Array.from(
        Array.from({ length: 20 }, (_, turn) => [...spikesOf(score, c)].map((t) => t + turn * (8 + drift))).flat(),
      ),
    );
    // Within a window of one period nearly all spikes belong to one turn, whose lag is turn * drift.
    const lags = lagTrack(score, trains, 0, 6);
    expect(trend(lags).slope).toBeGreaterThan(0.6);
    expect(trend([1, 3, 5, 7])).toEqual({ slope: 2, deviation: 0 });
    expect(lastOffset(Float64Array.of(1, 4), Float64Array.of(1.25), 8)).toBeNull();
  });
});

describe('chance', () => {
  it('is what unrelated trains with the same numbers of spikes score', () => {
    const score = sampleScore(200, 50, 0.2, 1);
    const trains = unrelatedTrains(score, 9);
    trains.forEach((times, c) => {
      expect(times.length).toBe(spikesOf(score, c).length);
      times.forEach((time, i) => {
        const next = i + 1 < times.length ? times[i + 1] : times[0] + 50;
        expect(next - time).toBeGreaterThan(1 - 1e-9);
      });
    });
    const { precision, highest } = chanceLevel(score, 1, 5);
    expect(precision).toBeGreaterThan(0.07);
    expect(precision).toBeLessThan(0.12);
    expect(highest).toBeGreaterThanOrEqual(precision);
  });
});

describe('the interval of Wilson', () => {
  it('contains the probability for which the observed share is 1.96 deviations away', () => {
    for (const [k, n] of [
      [17, 20],
      [3, 10],
      [50, 100],
    ]) {
      for (const p of wilson(k, n)) {
        expect(Math.abs(k / n - p) / Math.sqrt((p * (1 - p)) / n)).toBeCloseTo(1.96, 4);
      }
    }
  });
  it('says something about all and about none', () => {
    expect(wilson(20, 20)[0]).toBeCloseTo(0.839, 3);
    expect(wilson(20, 20)[1]).toBe(1);
    expect(wilson(0, 6)[0]).toBeCloseTo(0, 12);
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});
