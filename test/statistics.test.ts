import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countUntil, mean, median, quantile, spread, variance } from '../src/core/index.js';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const values = fc.array(value, { minLength: 1, maxLength: 40 });

describe('countUntil', () => {
  const few = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }).map((all) => all.sort((a, b) => a - b));
  it('counts what a plain filter counts, in arrays of any kind and in any part of them', () => {
    fc.assert(
      fc.property(
        few,
        fc.double({ min: -1, max: 10, noNaN: true }),
        fc.nat(9),
        fc.nat(30),
        fc.nat(30),
        (all, real, whole, p, q) => {
          const begin = Math.min(p, q, all.length);
          const end = Math.min(Math.max(p, q), all.length);
          for (const array of [all, Float64Array.from(all), Uint32Array.from(all)]) {
            for (const x of [real, whole]) {
              expect(countUntil(array, x, 'left')).toBe(all.filter((y) => y < x).length);
              expect(countUntil(array, x, 'right')).toBe(all.filter((y) => y <= x).length);
              const part = all.slice(begin, end);
              expect(countUntil(array, x, 'left', begin, end)).toBe(part.filter((y) => y < x).length);
              expect(countUntil(array, x, 'right', begin, end)).toBe(part.filter((y) => y <= x).length);
            }
          }
        },
      ),
    );
  });
});

describe('statistics', () => {
  it('of nothing are undefined', () => {
    expect([mean([]), variance([]), median([]), quantile([], 0.5), spread([])]).toEqual(Array(5).fill(undefined));
  });

  it('of one value are that value, which varies by nothing', () => {
    expect([mean([3]), variance([3]), median([3]), quantile([3], 0.9)]).toEqual([3, 0, 3, 3]);
    expect(spread([3])).toEqual({ least: 3, median: 3, most: 3 });
  });

  it('of values moved and stretched move and stretch', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -100, max: 100 }), (all, shift) => {
        const moved = all.map((x) => 2 * x + shift);
        const scale = 1e-12 * (1 + Math.max(...all.map(Math.abs)) + Math.abs(shift));
        expect(Math.abs((mean(moved) ?? NaN) - 2 * (mean(all) ?? NaN) - shift)).toBeLessThan(scale);
        expect(median(moved)).toBeCloseTo(2 * (median(all) ?? NaN) + shift, 6);
        expect(Math.abs((variance(moved) ?? NaN) - 4 * (variance(all) ?? NaN))).toBeLessThan(scale * 1e7);
      }),
    );
  });

  it('do not depend on the order of the values, which stay where they are', () => {
    fc.assert(
      fc.property(values, (all) => {
        const turned = all.toReversed();
        const copy = [...all];
        expect(median(turned)).toBe(median(all));
        expect(spread(turned)).toEqual(spread(all));
        expect(quantile(turned, 0.3)).toBe(quantile(all, 0.3));
        expect(all).toEqual(copy);
      }),
    );
  });

  it('a quantile is one of the values, with as many below as it says', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, q) => {
        const found = quantile(all, q) as number;
        const place = Math.floor(q * (all.length - 1));
        expect(all.filter((x) => x < found).length).toBeLessThanOrEqual(place);
        expect(all.filter((x) => x <= found).length).toBeGreaterThan(place);
      }),
    );
  });

  it('the median has as many values above as below; spread names the upper of the two in the middle', () => {
    expect([median([4, 1, 3]), median([4, 1, 3, 2])]).toEqual([3, 2.5]);
    expect(spread([4, 1, 3, 2])).toEqual({ least: 1, median: 3, most: 4 });
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
  });

  it('the variance is the mean square minus the square of the mean', () => {
    expect(variance([1, 2, 3, 4])).toBe(1.25);
  });

  it('NaN shows: in the mean, in the variance, and as the most', () => {
    expect([mean([1, NaN]), variance([1, NaN])]).toEqual([NaN, NaN]);
    expect(spread([NaN, 1, 2])).toEqual({ least: 1, median: 2, most: NaN });
  });
});
