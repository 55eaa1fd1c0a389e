import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurePeriod, periodWindow, similarity, similarityAt, timingErrors } from '../src/memory/measure/index.js';
import { type Score, sampleScore, scoreOf, spikesOf } from '../src/memory/score/index.js';
import { lcg } from './helpers.js';

const trainsOf = (score: Score) => Array.from({ length: score.starts.length - 1 }, (_, c) => spikesOf(score, c));

/** The definition, lag by lag over every meeting of a pair. */
function bruteForce(score: Score, trains: readonly Float64Array[]) {
  const at = (lag: number) => similarityAt(score, trains, lag);
  let best = at(0);
  trains.forEach((train, c) => {
    for (const time of train) {
      for (const target of spikesOf(score, c)) {
        const value = at(time - target);
        best = { precision: Math.max(best.precision, value.precision), recall: Math.max(best.recall, value.recall) };
      }
    }
  });
  return { ...best, at };
}

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  channels: fc.integer({ min: 1, max: 5 }),
  period: fc.constantFrom(1.5, 3, 10, 25),
  noise: fc.constantFrom(0, 0.05, 0.4, 5),
});

describe('precision and recall', () => {
  it('are the maxima of their definition over all lags', () => {
    fc.assert(
      fc.property(cases, ({ seed, channels, period, noise }) => {
        const score = sampleScore(channels, period, 0.5, seed);
        const random = lcg(seed);
        const shift = random() * period;
        const trains = trainsOf(score).map((train) =>
          train
            .filter(() => random() > 0.15)
            .map((time) => (time + shift + noise * (random() - 0.5) + period) % period)
            .sort(),
        );
        const expected = bruteForce(score, trains);
        const found = similarity(score, trains);
        expect(found.precision).toBeCloseTo(expected.precision, 10);
        expect(found.recall).toBeCloseTo(expected.recall, 10);
        expect(expected.at(found.lag).precision).toBeCloseTo(found.precision, 9);
        expect(expected.at(found.recallLag).recall).toBeCloseTo(found.recall, 9);
      }),
      { numRuns: 300 },
    );
  });

  it('are 1 for the score itself and for the score shifted as a whole', () => {
    const score = sampleScore(20, 40, 0.2, 3);
    expect(similarity(score, trainsOf(score)).precision).toBeCloseTo(1, 12);
    const shifted = trainsOf(score).map((train) => train.map((time) => (time + 7.25) % 40).sort());
    const { precision, recall, lag } = similarity(score, shifted);
    expect([precision, recall]).toEqual([expect.closeTo(1, 10), expect.closeTo(1, 10)]);
    expect(lag).toBeCloseTo(7.25, 10);
  });

  it('fall to 3/4 when spikes are jittered uniformly by up to a quarter', () => {
    const random = lcg(9);
    const score = scoreOf(
      Array.from({ length: 4000 }, (_, c) => [2 + (c % 7)]),
      20,
    );
    const moved = trainsOf(score).map((train) => train.map((time) => time + (random() - 0.5) / 2));
    // Each spike scores 1 - 2|x|, of mean 3/4 and standard deviation 0.144; the best lag adds a little.
    expect(Math.abs(similarity(score, moved).precision - 0.75)).toBeLessThan(0.012);
  });

  it('of unrelated trains are at chance', () => {
    const score = sampleScore(100, 50, 0.2, 1);
    const other = sampleScore(100, 50, 0.2, 2);
    expect(similarity(score, trainsOf(other)).precision).toBeLessThan(0.25);
  });

  it('count a channel that is empty on both sides as right, on one side as wrong (convention A)', () => {
    const score = scoreOf([[], [1], []], 5);
    const { precision, recall } = similarity(score, [new Float64Array(), new Float64Array(), Float64Array.of(2)]);
    expect([precision, recall]).toEqual([1 / 3, 1 / 3]);
    expect(similarity(scoreOf([[]], 5), [new Float64Array()])).toMatchObject({ precision: 1, recall: 1 });
  });
});

describe('the window of a period', () => {
  it('reaches one refractory period back', () => {
    const train = Float64Array.of(-1.2, -0.5, 3, 8.2, 11);
    expect(Array.from(periodWindow(train, 0, 10))).toEqual([-0.5, 3, 8.2]);
  });
  it('drops the first spike when it is the last one come around', () => {
    expect(Array.from(periodWindow(Float64Array.of(-0.5, 3, 9.8), 0, 10))).toEqual([3, 9.8]);
  });
  it('may be empty', () => {
    expect(periodWindow(Float64Array.of(20), 0, 10).length).toBe(0);
    expect(periodWindow(new Float64Array(), 0, 10).length).toBe(0);
  });
});

describe('timing errors', () => {
  it('are the distances to the nearest prescribed spikes after the lag', () => {
    const score = scoreOf([[1, 4], [9.9]], 10);
    const errors = timingErrors(score, [Float64Array.of(1.6, 4.4), Float64Array.of(0.4)], 0.5);
    expect(Array.from(errors, (x) => Number(x.toFixed(9)))).toEqual([0.1, -0.1, 0]);
  });
  it('are the least of the distances from all prescribed spikes of the channel, whatever the period and the lag', () => {
    fc.assert(
      fc.property(cases, fc.double({ min: -30, max: 30, noNaN: true }), ({ seed }, lag) => {
        const random = lcg(seed);
        const period = 1 + 8 * random();
        const spikes = (n: number) => Array.from({ length: n }, () => random() * period).sort((a, b) => a - b);
        const score = scoreOf([spikes(Math.floor(5 * random())), [0, period / 2]], period);
        const trains = [0, 1].map(() => Float64Array.from({ length: 12 }, () => 40 * (random() - 0.5)).sort());
        const least = trains.flatMap((train, c) =>
          [...train].flatMap((time) => {
            const distances = [...spikesOf(score, c)].map((target) => {
              const x = (((time - lag - target) % period) + period) % period;
              return x > period / 2 ? x - period : x;
            });
            const nearest = Math.min(...distances.map(Math.abs));
            return nearest < 0.5 ? distances.find((x) => Math.abs(x) === nearest) : [];
          }),
        );
        const found = timingErrors(score, trains, lag);
        expect(found.length).toBe(least.length);
        least.forEach((x, i) => {
          expect(found[i]).toBeCloseTo(x as number, 9);
        });
      }),
      { numRuns: 100, seed: 5 },
    );
  });
  it('come as their root mean square', () => {
    const score = scoreOf([[1, 4, 7]], 10);
    const { timingError } = measurePeriod(score, [Float64Array.of(21.1, 23.9, 27)], 20);
    expect(timingError).toBeCloseTo(Math.sqrt(0.02 / 3), 6);
  });
});
