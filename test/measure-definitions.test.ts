/** Measures against what defines them, at small sizes: quick enough to be run for every broken line of theirs. */
import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { streamKey, uniformStream } from '../src/core/index.js';
import { bestLags, upperBounds } from '../src/memory/measure/best-lag.js';
import {
  arnoldi,
  chanceLevel,
  circularVanRossum,
  firingOf,
  similarity,
  unrelatedTrains,
} from '../src/memory/measure/index.js';
import { scoreOf } from '../src/memory/score/index.js';
import { lcg } from './helpers.js';

const train = (...times: number[]) => Float64Array.from(times);
const spikes = (most: number, end: number) =>
  fc.array(fc.double({ min: 0, max: end, noNaN: true }), { maxLength: most }).map((times) => train(...times).sort());

describe('the distance of van Rossum on a circle', () => {
  it('is the double sum over all images of the spikes', () => {
    fc.assert(
      fc.property(spikes(4, 6.9), spikes(4, 6.9), fc.constantFrom(0.5, 1, 3), (a, b, tau) => {
        // The circle unrolled: every spike comes again and again.
        const near = (s: number, t: number) =>
          Array.from({ length: 41 }, (_, k) => Math.exp(-Math.abs(s - t + 7 * (k - 20)) / tau)).reduce((x, y) => x + y);
        const sum = (p: Float64Array, q: Float64Array) =>
          [...p].reduce((all, s) => all + [...q].reduce((one, t) => one + near(s, t), 0), 0);
        const expected = (sum(a, a) + sum(b, b)) / 2 - sum(a, b);
        expect(circularVanRossum(a, b, 7, tau)).toBeCloseTo(expected, 8);
      }),
      { numRuns: 30 },
    );
    expect(circularVanRossum(train(1), train(1), 7, 1)).toBe(0);
  });
});

describe('unrelated trains', () => {
  it('lie anywhere on the circle, with gaps of any length from 1 on', () => {
    const score = scoreOf(
      Array.from({ length: 400 }, () => [10, 60]),
      100,
    );
    const trains = unrelatedTrains(score, 3);
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const gaps = trains.map(([first, second]) => second - first);
    for (const gap of gaps) expect(Math.min(gap, 100 - gap)).toBeGreaterThanOrEqual(1 - 1e-9);
    // Uniform from 1 to 99 in the direction of time: the shorter way round is 25.5 in the mean, the earlier spike at about 33.
    expect(Math.abs(mean(gaps.map((gap) => Math.min(gap, 100 - gap))) - 25.5)).toBeLessThan(2.5);
    expect(Math.abs(mean(trains.map(([first]) => first)) - 33)).toBeLessThan(4);
    expect(Math.abs(mean(trains.map(([, second]) => second)) - 67)).toBeLessThan(4);
    // Of many spikes every two that follow each other are that far apart.
    const [crowd] = unrelatedTrains(scoreOf([Array.from({ length: 9 }, (_, i) => 2 * i)], 20), 3);
    crowd.forEach((time, i) => {
      expect((i < 8 ? crowd[i + 1] : crowd[0] + 20) - time).toBeGreaterThanOrEqual(1 - 1e-9);
    });
  });

  it('score as much as chance does: the means and the highest of the trials', () => {
    const score = scoreOf([[1, 5, 8], [2]], 20);
    const trials = Array.from({ length: 6 }, (_, i) => similarity(score, unrelatedTrains(score, 1, i)));
    const found = chanceLevel(score, 1, 6);
    expect(found.precision).toBeCloseTo(trials.reduce((sum, { precision }) => sum + precision, 0) / 6, 12);
    // As many spikes as the score: a pair counts for one as for the other.
    expect(found.recall).toBeCloseTo(found.precision, 12);
    expect(found.highest).toBe(Math.max(...trials.map(({ precision }) => precision)));
    expect(found.highest).toBeGreaterThan(found.precision);
  });
});

describe('firing', () => {
  it('of no trains is no rate, and one interval has no variation', () => {
    expect(firingOf([], 0, 10)).toEqual({ rate: 0, interval: null, cv: null, correlation: null });
    expect(firingOf([train(1, 3, 7), train(2, 5)], 0, 10).cv).toBeCloseTo(1 / 3, 12);
  });
});

describe('the best lag', () => {
  /** v of a lag as it is defined: every pair, around the circle. */
  const valueAt = (score: number[][], trains: Float64Array[], period: number, tau: number, byTrain: boolean) =>
    trains.reduce((sum, own, c) => {
      const weight = 1 / (byTrain ? own.length : score[c].length);
      for (const time of own)
        for (const target of score[c]) {
          const x = time - target - tau;
          sum += weight * Math.max(0, 1 - 2 * Math.abs(x - period * Math.round(x / period)));
        }
      return sum;
    }, 0);
  const made = fc.record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    period: fc.constantFrom(1.2, 2.2, 5, 9),
    blur: fc.constantFrom(0, 0.2, 5),
  });

  /** The best lags, held against every pair's. */
  const holdsFor = (score: number[][], trains: Float64Array[], period: number) => {
    const found = bestLags(scoreOf(score, period), trains);
    const lags = trains.flatMap((own, c) => [...own].flatMap((time) => score[c].map((target) => time - target)));
    for (const [best, byTrain] of [
      [found.precision, true],
      [found.recall, false],
    ] as const) {
      const most = lags.reduce((top, lag) => Math.max(top, valueAt(score, trains, period, lag, byTrain)), 0);
      expect(best.value).toBeCloseTo(most, 10);
      expect(valueAt(score, trains, period, best.lag, byTrain)).toBeCloseTo(best.value, 9);
      expect(best.lag).toBeGreaterThanOrEqual(0);
      expect(best.lag).toBeLessThan(period + 1e-12);
    }
  };

  it('is that of a pair, and no lag of another pair is better', () => {
    fc.assert(
      fc.property(made, ({ seed, period, blur }) => {
        const random = lcg(seed);
        const shift = random() * period;
        const score = Array.from({ length: 1 + Math.floor(3 * random()) }, () =>
          Array.from({ length: Math.floor(4 * random()) }, () => random() * period).sort((a, b) => a - b),
        );
        // Some spikes fail, others come, and times are counted from any period.
        const trains = score.map((own) =>
          train(
            ...[...own.filter(() => random() > 0.2), ...(random() > 0.6 ? [random() * period] : [])].map(
              (time) => time + shift + blur * (random() - 0.5) + period * (Math.floor(5 * random()) - 2),
            ),
          ),
        );
        holdsFor(score, trains, period);
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it('is found where the first channels do not tell, or tell of another lag, in crowded trains, too', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(0, 0.1, 0.8),
        fc.constantFrom(0, 18, 70),
        (seed, blur, strangers) => {
          const random = lcg(seed);
          const period = 12;
          const spikes = (count: number) => Array.from({ length: count }, () => random() * period);
          const score = Array.from({ length: 90 }, () =>
            // Some spikes come three at a time.
            spikes(2)
              .flatMap((time) => (random() < 0.3 ? [time, time + 0.02, time + 0.04] : [time]))
              .filter((time) => time < period)
              .sort((a, b) => a - b),
          );
          // The first channels play at a lag of their own, the rest at another one.
          const trains = score.map((own, c) =>
            train(...own.map((time) => time + (c < strangers ? 3 : 7.5) + blur * (random() - 0.5))),
          );
          holdsFor(score, trains, period);
        },
      ),
      { numRuns: 25, seed: 11 },
    );
  });

  it('is found among many that are nearly as good: where every lag of a beat fits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0.01, 0.05, 0.3), (seed, blur) => {
        const random = lcg(seed);
        const beat = (count: number) =>
          Array.from({ length: count }, (_, i) => ((i + 0.5) * 7) / count + blur * (random() - 0.5));
        const score = [beat(7), beat(14), beat(7)];
        // A channel that misses spikes tells precision and recall apart.
        const trains = [beat(7), beat(14).filter(() => random() < 0.6), beat(7)];
        holdsFor(
          score,
          trains.map((own) => train(...own)),
          7,
        );
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe('the search for the best lag', () => {
  it('bounds it in each bin of lags by the triangle over the bins around, which on a short circle bounds nothing', () => {
    const random = lcg(2);
    for (const [bins, width] of [
      [106, 0.01],
      [105, 0.01],
      [250, 0.01],
      [38, 0.031],
    ]) {
      const sums = Float64Array.from({ length: bins }, () => Math.floor(3 * random()));
      const reach = Math.ceil(0.5 / width) + 1;
      const bounds = upperBounds(sums, width);
      expect(bounds.length).toBe(bins);
      for (let bin = 0; bin < bins; bin++) {
        let triangle = 0;
        for (let i = -reach; i <= reach; i++) triangle += (reach - Math.abs(i)) * sums[(bin + i + bins) % bins];
        expect(bounds[bin]).toBeGreaterThan(2 * width * triangle);
        expect(bounds[bin]).toBeLessThan(2 * width * triangle * (1 + 1e-8) + 1e-8);
      }
    }
    expect(upperBounds(new Float64Array(103), 0.01)).toEqual(new Float64Array(103).fill(Number.POSITIVE_INFINITY));
    expect(upperBounds(new Float64Array(104), 0.01)[0]).toBeLessThan(1);
  });

  it('goes on where a bin promises as much as the best one and holds less, for precision and for recall alone', () => {
    // Two pairs in neighbouring bins, far apart within them at lag 1 and close together at lag 5: the bounds are the same.
    const pairs = [1.0001, 1.0199, 5.0099, 5.0101];
    // A channel that decides the other measure, in its best bin, at lag 3.
    const far = [0, 0.6, 3, 3.05, 7, 7.6, 8.2];
    const back = (lags: readonly number[]) => lags.map((lag) => (9 - lag) % 9).sort((a, b) => a - b);
    const byPrecision = bestLags(scoreOf([back(pairs), [0]], 9), [train(0), train(...far)]);
    expect(byPrecision.precision.lag).toBeCloseTo(5.01, 3);
    expect(byPrecision.precision.value).toBeCloseTo(2 - 2 * 0.0002, 9);
    expect(byPrecision.recall).toEqual({ lag: expect.closeTo(3, 1), value: expect.closeTo(1.9, 9) });
    const byRecall = bestLags(scoreOf([[0], back(far)], 9), [train(...pairs), train(0)]);
    expect(byRecall.recall.lag).toBeCloseTo(5.01, 3);
    expect(byRecall.recall.value).toBeCloseTo(2 - 2 * 0.0002, 9);
    expect(byRecall.precision).toEqual({ lag: expect.closeTo(3, 1), value: expect.closeTo(1.9, 9) });
  });
});

describe('the method of Arnoldi', () => {
  const apply = (a: number[][]) => (x: Float64Array, out: Float64Array) =>
    a.forEach((row, i) => {
      out[i] = row.reduce((sum, value, j) => sum + value * x[j], 0);
    });
  const random = lcg(5);
  const matrix = (n: number) => Array.from({ length: n }, () => Array.from({ length: n }, () => random() - 0.5));

  it('has all eigenvalues after as many steps as there are, in order, pairs together, without a residual', () => {
    // A rotation that shrinks, and two real ones.
    const a = [
      [0.3, -0.4, 0.1, 0.2],
      [0.4, 0.3, 0.5, 0.1],
      [0, 0, -0.8, 0.3],
      [0, 0, 0, 0.2],
    ];
    const found = arnoldi(4, apply(a), 10);
    const expected = [
      [-0.8, 0],
      [0.3, 0.4],
      [0.3, -0.4],
      [0.2, 0],
    ];
    found.forEach(({ re, im, modulus, residual }, i) => {
      expect(re).toBeCloseTo(expected[i][0], 10);
      expect(im).toBeCloseTo(expected[i][1], 10);
      expect(modulus).toBeCloseTo(Math.hypot(...expected[i]), 10);
      expect(residual).toBe(0);
    });
    expect(found.length).toBe(4);
    expect(arnoldi(0, apply([]), 3)).toEqual([]);
  });

  it('gives the Ritz values of its Krylov space, and residuals that are what they say', () => {
    const n = 7;
    for (const steps of [1, 2, 3, 5]) {
      const a = matrix(n);
      // The space spanned from the same start, made orthonormal column by column.
      const uniform = uniformStream(streamKey(0, 'arnoldi'));
      const columns = [Float64Array.from({ length: n }, () => 2 * uniform() - 1)];
      for (let k = 1; k < steps; k++) {
        const next = new Float64Array(n);
        apply(a)(columns[k - 1], next);
        columns.push(next);
      }
      const basis: number[][] = [];
      for (const column of columns) {
        let v = [...column];
        for (let pass = 0; pass < 3; pass++)
          for (const u of basis) {
            const part = u.reduce((sum, x, i) => sum + x * v[i], 0);
            v = v.map((x, i) => x - part * u[i]);
          }
        const size = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
        basis.push(v.map((x) => x / size));
      }
      const [A, V] = [new Matrix(a), new Matrix(basis).transpose()];
      const small = V.transpose().mmul(A).mmul(V);
      const found = arnoldi(n, apply(a), steps);
      expect(found.length).toBe(steps);
      const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(small);
      const wanted = re.map((x, i) => [x, im[i]]).sort((p, q) => Math.hypot(...q) - Math.hypot(...p) || q[1] - p[1]);
      found.forEach((ritz, i) => {
        expect([ritz.re, ritz.im]).toEqual([expect.closeTo(wanted[i][0], 8), expect.closeTo(wanted[i][1], 8)]);
        // || A V y - mu V y || of its own unit vector y = u + iv, which (H - mu) y = 0 gives: real and imaginary part below each other.
        const [real, turned] = [Matrix.sub(small, Matrix.eye(steps).mul(ritz.re)), Matrix.eye(steps).mul(ritz.im)];
        const y = smallestVector(beside(real, turned));
        const x = [y.subMatrix(0, steps - 1, 0, 0), y.subMatrix(steps, 2 * steps - 1, 0, 0)].map((part) =>
          V.mmul(part),
        );
        const rest = [
          A.mmul(x[0]).sub(Matrix.mul(x[0], ritz.re)).add(Matrix.mul(x[1], ritz.im)),
          A.mmul(x[1]).sub(Matrix.mul(x[1], ritz.re)).sub(Matrix.mul(x[0], ritz.im)),
        ];
        expect(ritz.residual).toBeCloseTo(Math.hypot(...rest.map((part) => part.norm('frobenius'))), 6);
      });
    }
  });

  it('stops where the space is closed, and refuses a map without numbers', () => {
    const found = arnoldi(5, (x, out) => out.set(x.map((value) => 0.5 * value)), 4);
    expect(found).toEqual([
      { re: expect.closeTo(0.5, 12), im: 0, modulus: expect.closeTo(0.5, 12), residual: expect.closeTo(0, 12) },
    ]);
    expect(() => arnoldi(3, (_, out) => out.fill(Number.NaN), 2)).toThrow(/not finite/);
    // One entry that is none.
    expect(() => arnoldi(3, (x, out) => out.set([x[1], x[2], 1e200 * x[0] * 1e200]), 3)).toThrow(/not finite/);
  });
});

/** a and b of a + ib as a real matrix: a, b over -b, a with the sign of (a - ib)(u + iv). */
function beside(a: Matrix, b: Matrix): Matrix {
  const n = a.rows;
  const all = Matrix.zeros(2 * n, 2 * n);
  all.setSubMatrix(a, 0, 0).setSubMatrix(b, 0, n).setSubMatrix(Matrix.mul(b, -1), n, 0).setSubMatrix(a, n, n);
  return all;
}

/** The unit vector that a singular matrix takes to nearly nothing: inverse iteration. */
function smallestVector(matrix: Matrix): Matrix {
  const n = matrix.rows;
  const inverse = Matrix.sub(matrix, Matrix.eye(n).mul(1e-11));
  let y = Matrix.ones(n, 1);
  for (let i = 0; i < 4; i++) {
    y = solved(inverse, y);
    y = Matrix.mul(y, 1 / y.norm('frobenius'));
  }
  return y;
}

/** Gaussian elimination with pivots. */
function solved(matrix: Matrix, right: Matrix): Matrix {
  const n = matrix.rows;
  const rows = matrix.to2DArray().map((row, i) => [...row, right.get(i, 0)]);
  for (let k = 0; k < n; k++) {
    const best = rows.reduce((top, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(rows[top][k]) ? i : top), k);
    [rows[k], rows[best]] = [rows[best], rows[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k];
      rows[i] = rows[i].map((value, j) => value - factor * rows[k][j]);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--)
    x[k] =
      (rows[k][n] - rows[k].slice(0, n).reduce((sum, value, j) => sum + (j > k ? value * x[j] : 0), 0)) / rows[k][k];
  return Matrix.columnVector(x);
}
