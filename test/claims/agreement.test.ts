/** Agreement with a score, windows and timing, by hand. */
import { describe, expect, it } from 'vitest';
import {
  channelSimilarity,
  jitterStatistics,
  lagTrack,
  lastOffset,
  measurePeriod,
  periodWindow,
  similarity,
  similarityAt,
  similarityBounds,
  timingErrors,
  trend,
  wrapped,
} from '../../src/memory/measure/index.js';
import { scoreOf } from '../../src/memory/score/index.js';

const f = (...values: number[]) => Float64Array.from(values);
const close = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 9) => {
  expect(found.length).toBe(expected.length);
  Array.from(expected, (value, i) => expect(found[i]).toBeCloseTo(value, digits));
};

describe('agreement with a score', () => {
  it('is that of the best lag, between minus and plus half a period', () => {
    const one = scoreOf([[1]], 10);
    for (const [time, lag] of [
      [8, -3],
      [6, -5],
      [5.75, 4.75],
      [0.5, -0.5],
      [-0.5, -1.5],
      [1, 0],
    ]) {
      expect(similarity(one, [f(time)])).toEqual({ precision: 1, recall: 1, lag, recallLag: lag });
    }
    // Precision is best where the one spike of channel 0 agrees, recall where the one reference of channel 1 does.
    const two = scoreOf([[1, 3, 5, 7], [2]], 10);
    const played = [f(1.125), f(4, 6, 8, 9.5)];
    const found = similarity(two, played);
    expect([found.precision, found.recall]).toEqual([0.59375, 0.59375]);
    expect(similarityAt(two, played, found.lag).precision).toBe(0.59375);
    expect(similarityAt(two, played, found.recallLag).recall).toBe(0.59375);
  });

  it('counts empty channels by convention', () => {
    const score = scoreOf([[], [1], [], [2]], 6);
    const trains = [f(), f(), f(3), f(2)];
    expect(similarity(score, trains)).toMatchObject({ precision: 0.5, recall: 0.5 });
    expect(similarity(score, trains, 'B')).toMatchObject({ precision: 0.75, recall: 0.75 });
    expect(similarityAt(score, trains, 0)).toEqual({ precision: 0.5, recall: 0.5 });
    expect(similarityAt(score, trains, 0, 'B')).toEqual({ precision: 0.75, recall: 0.75 });
    const nothing = { precision: 1, recall: 1, lag: 0, recallLag: 0 };
    expect(similarity(scoreOf([[], []], 6), [f(), f()])).toEqual(nothing);
    expect(similarity(score, [f(), f(), f(), f()])).toMatchObject({ precision: 0.5, recall: 0.5 });
    expect(similarity(scoreOf([[], []], 6), [f(1), f()])).toMatchObject({ precision: 0.5, recall: 0.5 });
  });

  it('of each channel and of all spikes pooled is the sum of the triangle around the circle', () => {
    const score = scoreOf([[0.125, 4], [2], [], [1]], 8);
    const found = channelSimilarity(score, [f(4.25, 6.5, 7.75), f(2.25, 5), f(), f()], 0.125);
    // At lag 1/8: 4.125 from 4, and 7.625 from 8.125, which is just too far; 2.125 from 2.
    close(found.precision, [0.75 / 3, 0.75 / 2, 1, 0]);
    close(found.recall, [0.75 / 2, 0.75, 1, 0]);
    expect(found.pooled.precision).toBeCloseTo(1.5 / 5, 12);
    expect(found.pooled.recall).toBeCloseTo(1.5 / 4, 12);
    const around = channelSimilarity(score, [f(7.875), f(), f(), f()], 0);
    close(around.precision, [0.5, 0, 1, 0]);
    const silent = [f(), f(), f(), f()];
    expect(channelSimilarity(score, silent, 0).pooled).toEqual({ precision: 0, recall: 0 });
    expect(channelSimilarity(scoreOf([[], []], 8), [f(), f()], 0).pooled).toEqual({ precision: 1, recall: 1 });
    expect(channelSimilarity(scoreOf([[], []], 8), [f(1), f()], 0).pooled).toEqual({ precision: 0, recall: 0 });
  });

  it('is bounded by the numbers of spikes', () => {
    const score = scoreOf([[1, 3, 5, 7], [2], [], [], [4], []], 9);
    const bounds = similarityBounds(score, [f(1), f(2, 4), f(), f(3), f(), f()]);
    expect(bounds.precision).toBeCloseTo((1 + 0.5 + 1 + 0 + 0 + 1) / 6, 12);
    expect(bounds.recall).toBeCloseTo((0.25 + 1 + 1 + 0 + 0 + 1) / 6, 12);
  });

  it('is not told of what is no train, lag or convention', () => {
    const score = scoreOf([[1], [2]], 6);
    const bad = [[f(1)], [f(2, 1), f()], [f(Number.NaN), f()]];
    for (const trains of bad) {
      expect(() => similarity(score, trains)).toThrow(/train/);
      expect(() => channelSimilarity(score, trains, 0)).toThrow(/train/);
      expect(() => similarityBounds(score, trains)).toThrow(/train/);
      expect(() => timingErrors(score, trains, 0)).toThrow(/train/);
      expect(() => measurePeriod(score, trains, 0)).toThrow(/train/);
      expect(() => lagTrack(score, trains, 0, 0)).toThrow(/train/);
    }
    const good = [f(1), f(2)];
    expect(() => similarity(score, good, 'C' as 'A')).toThrow(/convention/);
    expect(() => similarity({ ...score, period: -1 }, good)).toThrow();
    expect(() => channelSimilarity(score, good, Number.NaN)).toThrow(/the lag/);
    expect(() => timingErrors(score, good, Number.NaN)).toThrow(/the lag/);
    expect(() => measurePeriod(score, good, Number.NaN)).toThrow(/the begin/);
    expect(() => lagTrack(score, good, Number.NaN, 0)).toThrow(/the begin/);
    expect(() => lagTrack(score, good, 0, 0.5)).toThrow(/periods/);
    expect(() => lagTrack(score, good, 0, -1)).toThrow(/periods/);
  });
});

describe('the window of a period', () => {
  it('has borders that count at its begin and not at its end', () => {
    close(periodWindow(f(-1.5, -1, 8.75, 9, 10), 0, 9), [8.75]);
    close(periodWindow(f(-1, 3, 7), 0, 9), [-1, 3, 7]);
    close(periodWindow(f(-1, 3, 7.25), 0, 9), [3, 7.25]);
    close(periodWindow(f(1, 2, 12), 12.5, 9), [12]);
    close(periodWindow(f(-0.25), 0, 0.5), [-0.25]);
    close(periodWindow(f(1, 2), 4, 9), []);
    expect(() => periodWindow(f(2, 1), 0, 9)).toThrow(/the train/);
    expect(() => periodWindow(f(1), Number.NaN, 9)).toThrow(/the begin/);
    expect(() => periodWindow(f(1), 0, 0)).toThrow(/the period/);
  });
});

describe('timing', () => {
  const score = scoreOf([[1, 4], [7.75], []], 8);

  it('errors are the signed distances around the circle from the nearest reference, below a half', () => {
    close(timingErrors(score, [f(1.5, 4.75, 12.25), f(0.25, 8.375), f(3)], 0.25), [0.25, 0, 0.25, 0.375]);
    close(timingErrors(score, [f(1.5, 3.5), f(8.25), f()], 0), []);
    close(timingErrors(score, [f(1.375, 3.625), f(), f()], 0), [0.375, -0.375]);
    close(timingErrors(scoreOf([[1, 1.75]], 4), [f(1.25, 1.5)], 0), [0.25, -0.25]);
  });

  it('has its law: who is matched, mean, deviation, and sizes', () => {
    const played = [f(1.25, 4), f(2, 8.125), f(3)];
    const law = jitterStatistics(score, played, 0);
    // Errors: 1/4, 0, 3/8.
    expect(law).toMatchObject({ matched: 3, extra: 2, missed: 0, median: 0.25 });
    expect(law.mean).toBeCloseTo(0.625 / 3, 12);
    const m = 0.625 / 3;
    const squares = (0.25 - m) ** 2 + m ** 2 + (0.375 - m) ** 2;
    expect([squares / 3, squares / 2].map((x) => Math.abs(Math.sqrt(x) - law.deviation) < 1e-12)).toContain(true);
    const many = scoreOf(
      Array.from({ length: 41 }, () => [2]),
      8,
    );
    const spread = Array.from({ length: 41 }, (_, i) => f(2 - i / 128));
    expect(jitterStatistics(many, spread, 0)).toMatchObject({ mean: -20 / 128, median: 20 / 128, most: 38 / 128 });
    expect(jitterStatistics(score, [f(0.75), f(), f()], 0)).toMatchObject({
      matched: 1,
      extra: 0,
      missed: 2,
      mean: -0.25,
      median: 0.25,
      most: 0.25,
    });
    const double = jitterStatistics(score, [f(0.75, 1.25, 3.75, 4.25), f(), f()], 0);
    expect(double).toMatchObject({ matched: 4, extra: 0, missed: 0 });
    const none = jitterStatistics(score, [f(), f(), f()], 0);
    expect(none).toEqual({
      matched: 0,
      extra: 0,
      missed: 3,
      mean: Number.NaN,
      deviation: Number.NaN,
      median: Number.NaN,
      most: Number.NaN,
    });
  });

  it('of lags is followed around the circle', () => {
    expect([wrapped(6, 10), wrapped(-6, 10), wrapped(4, 10), wrapped(23, 10)]).toEqual([-4, 4, 4, 3]);
    const one = scoreOf([[1]], 8);
    // The third of these lags is found as 5 - 8.
    const train = [f(3, 12.5, 22, 31.5)];
    close(lagTrack(one, train, 0, 4), [2, 3.5, 5, 6.5]);
    close(lagTrack(one, train, 8, 2), [3.5, 5]);
    close(lagTrack(one, train, 0, 0), []);
    close(lagTrack(one, [f(1, 8, 16)], 0, 2), [0, -1]);
  });

  it('has a trend: the line of least squares', () => {
    expect(trend([])).toEqual({ slope: 0, deviation: 0 });
    expect(trend([5])).toEqual({ slope: 0, deviation: 0 });
    expect(trend([1, 3])).toEqual({ slope: 2, deviation: 0 });
    expect(trend(f(7, 5, 3, 1))).toEqual({ slope: -2, deviation: 0 });
    expect(trend(Float32Array.of(1, 3))).toEqual({ slope: 2, deviation: 0 });
    const { slope, deviation } = trend([0, 3, 0, 3]);
    // Moments -1.5 0 - 0.5 3 + 0.5 0 + 1.5 3 = 3 over 5; residuals -0.6, 1.8, -1.8, 0.6.
    expect(slope).toBeCloseTo(0.6, 12);
    expect(deviation).toBeCloseTo(Math.sqrt(1.8), 12);
    expect(() => trend([1, Number.NaN])).toThrow(/value 1/);
    expect(() => trend([Number.NaN, 1])).toThrow(/value 0/);
    expect(() => trend(new Set([1, 2]) as unknown as number[])).toThrow(/values of a trend/);
    expect(() => trend(undefined as unknown as number[])).toThrow(/values of a trend/);
  });

  it('has at its end the mean offset of the last turn', () => {
    expect(lastOffset(f(), f(1), 8)).toBeNull();
    expect(lastOffset(f(1, 4), f(1), 8)).toBeNull();
    expect(lastOffset(f(1, 4), f(1.25, 4.5), 8)).toBeCloseTo(0.375, 12);
    // The last two of three are the second reference and the first of the next turn.
    expect(lastOffset(f(1, 4), f(1, 4.5, 9.25), 8)).toBeCloseTo(0.375, 12);
    expect(lastOffset(f(1, 4), f(1, 4, 9.25, 11.25), 8)).toBeCloseTo(-0.25, 12);
    expect(lastOffset(f(0.25), f(7.75), 8)).toBeCloseTo(-0.5, 12);
  });
});
