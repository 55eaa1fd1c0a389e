/** The spectrum of jitter maps that are written down, against that of their matrices. */
import { EigenvalueDecomposition, inverse, Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { stabilityOf } from '../src/memory/measure/index.js';
import { lcg } from './helpers.js';
import { centring, closeTo, column, dense, mapOf, rowsOf } from './jitter.js';

const random = lcg(3);

describe('stability', () => {
  it('has the eigenvalues of the map but for the common shift, gain, drift and the least slope', () => {
    for (const map of [mapOf(rowsOf(6, () => 0.2 + random())), mapOf(rowsOf(9, () => random() - 0.1))]) {
      const { size } = map;
      const matrix = dense(map);
      const found = stabilityOf(map);
      const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(matrix);
      const moduli = re.map((x, i) => Math.hypot(x, im[i])).sort((a, b) => b - a);
      // The common shift has the eigenvalue 1; what is left of it in the deflated map is 0.
      const others = [...moduli];
      others.splice(
        others.findIndex((modulus) => Math.abs(modulus - 1) < 1e-9),
        1,
      );
      expect(found.radius).toBeCloseTo(others[0], 8);
      expect(found.exponent).toBeCloseTo(Math.log(others[0]), 7);
      closeTo(
        found.spectrum.slice(0, 3).map(({ modulus }) => modulus),
        others.slice(0, 3),
        7,
      );
      const P = centring(size);
      expect(found.gain).toBeCloseTo(new SingularValueDecomposition(P.mmul(matrix).mmul(P)).norm2, 6);
      // pi^T (Phi - 1) = 0, pi^T 1 = 1.
      const conditions = Matrix.sub(matrix, Matrix.eye(size)).transpose();
      conditions.setRow(size - 1, new Array(size).fill(1));
      const pi = inverse(conditions).mmul(column([...new Array(size - 1).fill(0), 1]));
      expect(found.driftGain).toBeCloseTo(pi.norm('frobenius'), 8);
      expect(found).toMatchObject({ status: 'converged', spikes: size, steps: size, leastSlope: 1, beyond: 0.25 });
    }
  });

  it('takes twice and four times as many steps where the first do not settle it, and says where none do', () => {
    // Of many eigenvalues of about the same modulus, few steps tell little: every spike is caused by the one 25 before it.
    const size = 30;
    const rows = Array.from({ length: size }, (_, m) => {
      const row = new Array<number>(2 * size).fill(0);
      row[m + size - 25] += 0.9;
      row[m + size - 24] += 0.1;
      return row;
    });
    const map = mapOf(rows);
    expect(stabilityOf(map, 2)).toMatchObject({ status: 'limit', steps: 8 });
    expect(stabilityOf(map, 10)).toMatchObject({ status: 'converged', steps: 30 });
    expect(stabilityOf(map, 30)).toMatchObject({ status: 'converged', steps: 30 });
    // Beside a common cause that makes a thousandth of it, what is known of it is measured against what it is.
    const weak = rows.map((row) => row.map((value, n) => 0.001 * value + (n < size ? 0.999 / size : 0)));
    const little = stabilityOf(mapOf(weak), 2);
    expect(little.radius).toBeLessThan(1e-3);
    expect(little).toMatchObject({ status: 'limit', steps: 8 });
    const few = stabilityOf(map, 2).spectrum;
    expect(few.every(({ residual, modulus }) => residual <= 1e-3 * modulus)).toBe(true);
    expect(little.spectrum.every(({ residual, modulus }) => residual <= 1e-3 * modulus)).toBe(true);
    expect(() => stabilityOf(map, 0)).toThrow(/Arnoldi steps/);
    expect(() => stabilityOf(map, 10001)).toThrow(/Arnoldi steps/);
  });

  it('of a map that leaves little has the radius, however small, where rounding does not reach', () => {
    // Causes of the period before alone: what is added to a common cause are its eigenvalues.
    const size = 8;
    const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => random() - 0.4));
    const plain = rows.map((row) => [
      ...row.map((a) => a / row.reduce((x, y) => x + y, 0)),
      ...new Array(size).fill(0),
    ]);
    const { radius } = stabilityOf(mapOf(plain));
    for (const share of [1e-3, 1e-9]) {
      const weak = plain.map((row) => row.map((a, n) => share * a + (n < size ? (1 - share) / size : 0)));
      const found = stabilityOf(mapOf(weak));
      expect(found.status).toBe('converged');
      expect(Math.abs(found.radius / (share * radius) - 1)).toBeLessThan(1e-4);
    }
    // Spikes that cause two others, and are caused by both: shares of a shift go to and fro for ever, and are given up.
    const swinging = mapOf([
      [0, 0.5, 0.5, 0, 0, 0],
      [1, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0],
    ]);
    expect(stabilityOf(swinging).driftGain).toBeLessThanOrEqual(1);
    // Nothing reaches into the next period: then no radius is known.
    const none = { ...mapOf(plain), state: 0 };
    expect(stabilityOf(none)).toMatchObject({ status: 'rounding', radius: 0, spectrum: [], steps: 0 });
  });

  it('of no spikes and of one says that nothing can be shifted apart; of causes that are all the same, only that little is left', () => {
    const none = stabilityOf(mapOf([]));
    expect(none).toMatchObject({ status: 'converged', radius: 0, exponent: Number.NEGATIVE_INFINITY, steps: 0 });
    expect(none).toMatchObject({ gain: 0, driftGain: 0, spectrum: [], leastSlope: Number.POSITIVE_INFINITY });
    const one = stabilityOf(mapOf([[1, 0]]));
    expect(one).toMatchObject({ status: 'converged', radius: 0, driftGain: 1, steps: 1 });
    // Both follow the first of the period before: a shift apart is gone at once, and rounding alone would be seen.
    const gone = stabilityOf(
      mapOf([
        [1, 0, 0, 0],
        [1, 0, 0, 0],
      ]),
    );
    expect(gone).toMatchObject({ status: 'rounding', spectrum: [], driftGain: 1 });
    expect(gone.gain).toBeCloseTo(0, 7);
  });
});
