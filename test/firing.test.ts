/** How trains fire: rate, intervals, their variation, and correlation of counts, against hand-made trains and plain sums. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firingTable } from '../src/cli/memorize/firing-table.js';
import { firingOf, firingOfScore } from '../src/memory/measure/index.js';
import { scoreOf } from '../src/memory/score/index.js';
import { summarizeFiring } from '../src/memory/summary/index.js';

const train = (...times: number[]) => Float64Array.from(times);

/** Pearson's r of two lists, as the textbook has it; undefined of a constant one. */
function pearson(a: readonly number[], b: readonly number[]): number | undefined {
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, one, i) => sum + (one - mean(x)) * (y[i] - mean(y)), 0);
  const [square, other] = [product(a, a), product(b, b)];
  return square > 0 && other > 0 ? product(a, b) / Math.sqrt(square * other) : undefined;
}

describe('firing', () => {
  it('counts spikes, intervals and their variation by hand', () => {
    // Intervals 2 and 4: mean 3, standard deviation 1. The second train has a rate only.
    const found = firingOf([train(1, 3, 7), train(2)], 0, 10);
    expect(found.rate).toBeCloseTo(4 / 20, 12);
    expect(found.interval).toBeCloseTo(3, 12);
    expect(found.cv).toBeCloseTo(1 / 3, 12);
    // Two intervals of 1 and one of 5: the mean is taken over trains, not over intervals.
    expect(firingOf([train(0, 1, 2), train(0, 5)], 0, 10).interval).toBeCloseTo(3, 12);
    expect(firingOf([train(0, 2, 4, 6)], 0, 10).cv).toBe(0);
  });

  it('correlates counts: 1 of equal trains, -1 of those that take turns, no value where nothing varies', () => {
    const [even, odd] = [train(0.5, 2.5), train(1.5, 3.5)];
    expect(firingOf([even, even], 0, 4).correlation).toBeCloseTo(1, 12);
    expect(firingOf([even, odd], 0, 4).correlation).toBeCloseTo(-1, 12);
    expect(firingOf([even, odd, even], 0, 4).correlation).toBeCloseTo(-1 / 3, 12);
    expect(firingOf([even, train()], 0, 4).correlation).toBeNull();
  });

  it('has the mean of Pearson over all pairs of trains that vary', () => {
    const counts = fc.array(fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(counts, (rows) => {
        const trains = rows.map((row) => train(...row.flatMap((fires, bin) => (fires ? [bin + 0.5] : []))));
        const pairs = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => pearson(a.map(Number), b.map(Number))));
        const known = pairs.filter((r) => r !== undefined);
        const { correlation } = firingOf(trains, 0, 12);
        if (known.length === 0) expect(correlation).toBeNull();
        else expect(correlation).toBeCloseTo(known.reduce((sum, r) => sum + r, 0) / known.length, 10);
      }),
    );
  });

  it('does not depend on when the window begins, and sees nothing outside it', () => {
    const trains = [train(1, 3, 7), train(2, 4, 9)];
    const later = trains.map((one) => train(50, ...one.map((time) => time + 100), 110));
    expect(firingOf(later, 100, 110)).toEqual(firingOf(trains, 0, 10));
    expect(() => firingOf(trains, 5, 5)).toThrow(/window must end after it begins/);
  });

  it('of a score goes on from one period to the next', () => {
    const score = scoreOf([train(1, 4)], 8);
    // 1 4 9 12: intervals 3, 5, 3.
    expect(firingOfScore(score, 2).interval).toBeCloseTo(11 / 3, 12);
    expect(firingOfScore(score, 2).rate).toBeCloseTo(0.25, 12);
  });
});

describe('a summary of firing', () => {
  it('is in hertz and milliseconds, and leaves out what a trial does not have', () => {
    const silent = { rate: 0, interval: null, cv: null, correlation: null };
    const found = summarizeFiring([{ rate: 0.1, interval: 8, cv: 0.5, correlation: 0.02 }, silent], 0.005);
    expect(found).toEqual({ rate_hz: 10, mean_isi_ms: 40, cv_isi: 0.5, correlation: 0.02 });
    expect(firingTable({ score: found, recalled: [{ noise: 0.1, ...summarizeFiring([silent], 0.005) }] })).toEqual([
      ['trains', 'rate', 'mean ISI', 'CV of ISI', 'correlation'],
      ['score', '10.0 Hz', '40.0 ms', '0.50', '0.020'],
      ['noise 0.1', '0.00 Hz', '-', '-', '-'],
    ]);
  });
});
