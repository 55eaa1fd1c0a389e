/** The numbers of the judge of the solvers: against their definitions on integers, where no sum rounds, and in whole numbers where terms cancel. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QpProblem, verify } from '../solvers/index.js';
import { allowanceOf, boundMultipliers, keepsPromise, residuals, violation } from '../solvers/judge.js';
import { checkProblem } from '../solvers/problem.js';
import { exact } from './exact.js';
import { lcg } from './helpers.js';

const f = (...values: number[]) => Float64Array.from(values);
const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;
const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

/** Integers all through: n variables, m rows, some limits missing. */
const programs = fc
  .record({ n: fc.integer({ min: 1, max: 4 }), m: fc.integer({ min: 0, max: 4 }) })
  .chain(({ n, m }) => {
    const numbers = (count: number) =>
      fc
        .array(fc.integer({ min: -9, max: 9 }), { minLength: count, maxLength: count })
        .map((of) => Float64Array.from(of));
    const lower = (count: number) => fc.array(fc.constantFrom(-INF, -3, -1, 0), { minLength: count, maxLength: count });
    const upper = (count: number) => fc.array(fc.constantFrom(0, 2, 5, INF), { minLength: count, maxLength: count });
    return fc.record({
      problem: fc.record({
        P: numbers(n).map((d) => d.map(Math.abs)),
        q: numbers(n),
        A: numbers(n * m),
        l: lower(m).map((of) => Float64Array.from(of)),
        u: upper(m).map((of) => Float64Array.from(of)),
        lb: lower(n).map((of) => Float64Array.from(of)),
        ub: upper(n).map((of) => Float64Array.from(of)),
        constant: fc.integer({ min: -9, max: 9 }),
      }),
      x: numbers(n),
      y: numbers(m),
      z: numbers(n),
    });
  });

/** The definitions at the head of judge.ts, term by term. */
function defined(
  { P, q, A, l, u, lb, ub, constant }: Required<QpProblem>,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
) {
  const curvature = P as Float64Array;
  const column = (k: number) => sum(y.map((value, i) => value * A[i * x.length + k]));
  const rows = l.map((_, i) => sum(x.map((value, k) => value * A[i * x.length + k])));
  const primal = Math.max(
    0,
    ...rows.map((row, i) => Math.max(l[i] - row, row - u[i])),
    ...x.map((value, k) => Math.max(lb[k] - value, value - ub[k])),
  );
  const priced = [
    ...[...y].map((value, i) => ({ value, limit: value > 0 ? l[i] : u[i] })),
    ...[...z].map((value, k) => ({ value, limit: value > 0 ? lb[k] : ub[k] })),
  ];
  const open = priced.filter(({ limit }) => !Number.isFinite(limit));
  const slope = x.map((value, k) => curvature[k] * value + q[k] - column(k) - z[k]);
  const dual = Math.max(0, ...slope.map(Math.abs), ...open.map(({ value }) => Math.abs(value)));
  const bending = sum(x.map((value, k) => curvature[k] * value * value));
  const cost = sum(x.map((value, k) => q[k] * value));
  // A multiplier of a limit that is none earns nothing.
  const paid = sum(priced.map(({ value, limit }) => (Number.isFinite(limit) ? value * limit : 0)));
  return { primal, dual, gap: Math.abs(bending + cost - paid), objective: bending / 2 + cost + constant };
}

/** Whole numbers v 2^1200 as doubles are exact; a product of two is v 2^2400. */
const UNIT = 1n << 1200n;
const abs = (a: bigint) => (a < 0n ? -a : a);
/** The nearest double of v 2^(1200 times): its first 64 bits. */
const toDouble = (v: bigint, times: number) => {
  const bits = BigInt(Math.max(0, abs(v).toString(2).length - 64));
  return Number(v >> bits) * 2 ** Number(bits - 1200n * BigInt(times));
};

/** A problem, dense, and a point with multipliers that nearly meet the conditions: what is left is the last place of large terms. */
function nearOptimum(seed: number, size: number) {
  const random = lcg(seed);
  const [n, m] = [1 + Math.floor(3 * random()), Math.floor(4 * random())];
  const draw = () => (random() - 0.5) * size * 2 ** Math.floor(20 * random());
  const numbers = (count: number) => Float64Array.from({ length: count }, draw);
  const [P, A, x, y] = [numbers(n * n), numbers(m * n), numbers(n), numbers(m).map((v) => (random() < 0.3 ? 0 : v))];
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) P[n * i + j] = P[n * j + i];
  for (let i = 0; i < n; i++) P[(n + 1) * i] = Math.abs(P[(n + 1) * i]);
  const [X, Y] = [[...x].map(exact), [...y].map(exact)];
  const row = (i: number) => X.reduce((all, v, k) => all + v * exact(A[n * i + k]), 0n);
  const slope = (k: number) =>
    X.reduce((all, v, j) => all + v * exact(P[n * k + j]), 0n) -
    Y.reduce((all, v, i) => all + v * exact(A[n * i + k]), 0n);
  const none = (sign: number) => sign * INF;
  const rows = Float64Array.from({ length: m }, (_, i) => toDouble(row(i), 2));
  // Limits from 1e20 on would be none.
  const fits = (value: number, share: number) => random() < share && Math.abs(value) < 1e19;
  const l = rows.map((value) => (fits(value, 0.7) ? value : none(-1)));
  const u = rows.map((value, i) => (fits(value, 0.5) ? Math.max(value, l[i]) : none(1)));
  const lb = x.map((value) => (random() < 0.7 ? value - (random() < 0.5 ? 0 : size) : none(-1)));
  const ub = x.map((value) => (random() < 0.5 ? value + (random() < 0.5 ? 0 : size) : none(1)));
  const z = x.map(() => (random() < 0.4 ? 0 : draw()));
  // The cost that nearly balances the rest, or a multiplier that does.
  const q = x.map((_, k) => -toDouble(slope(k) - exact(z[k]) * UNIT, 2));
  z.forEach((value, k) => {
    if (value !== 0 && random() < 0.5) z[k] = toDouble(slope(k) + exact(q[k]) * UNIT, 2);
  });
  return { problem: { P, q, A, l, u, lb, ub, constant: draw() }, x, y, z };
}

describe('residuals', () => {
  it.each([2 ** -12, 1, 2 ** 12, 2 ** 30])(
    'are right to the last place where terms cancel, and count what they cannot know: of size %d',
    (size) => {
      for (let seed = 1; seed <= 150; seed++) {
        const { problem, x, y, z } = nearOptimum(seed, size);
        const { P, q, A, l, u, lb, ub, constant } = problem;
        const [n, m] = [x.length, y.length];
        const [X, Y, Z] = [x, y, z].map((of) => [...of].map(exact));
        const found = residuals(checkProblem(problem), x, y, z);
        const total = (values: bigint[]) => values.reduce((a, b) => a + b, 0n);
        const curved = X.map((_, k) => total(X.map((v, j) => v * exact(P[n * k + j]))));
        const rows = Y.map((_, i) => total(X.map((v, k) => v * exact(A[n * i + k]))));
        const slopes = X.map(
          (_, k) => curved[k] + (exact(q[k]) - Z[k]) * UNIT - total(Y.map((v, i) => v * exact(A[n * i + k]))),
        );
        /** What sums may have lost of terms of this size. */
        const lost = (terms: number) => (n + m + 3) ** 2 * 2 ** -104 * terms;
        const below = (value: number, limit: number, slack: number) =>
          expect(value, `seed ${seed}`).toBeLessThanOrEqual(limit * (1 + 2 ** -50) + slack);
        const rowTerms = Math.max(0, ...Y.map((_, i) => sum(x.map((v, k) => Math.abs(v * A[n * i + k])))));
        const slopeTerms = Math.max(
          ...x.map(
            (_, k) =>
              Math.abs(q[k]) +
              Math.abs(z[k]) +
              sum(x.map((v, j) => Math.abs(v * P[n * k + j]))) +
              sum(y.map((v, i) => Math.abs(v * A[n * i + k]))),
          ),
        );
        const over = (value: bigint, low: number, high: number) => {
          const sides = [low === -INF ? 0n : exact(low) * UNIT - value, high === INF ? 0n : value - exact(high) * UNIT];
          return sides.reduce((a, b) => (a > b ? a : b), 0n);
        };
        const primal = [...rows.map((v, i) => over(v, l[i], u[i])), ...X.map((v, k) => over(v * UNIT, lb[k], ub[k]))]
          .map((v) => toDouble(v, 2))
          .reduce((a, b) => Math.max(a, b), 0);
        below(primal, found.primal, 1e-13);
        below(found.primal, primal, lost(rowTerms));
        // A multiplier that is the nearest double of the exact one stands for it, where there is a limit.
        const limit = (k: number) => (z[k] > 0 ? lb[k] : ub[k]);
        const held = slopes.map(
          (v, k) => Number.isFinite(limit(k)) && abs(v) << 53n <= abs(Z[k]) * UNIT && Z[k] !== 0n,
        );
        const priced = [
          ...Y.map((v, i) => ({ v, limit: y[i] > 0 ? l[i] : u[i], at: rows[i] })),
          ...Z.map((v, k) => ({ v, limit: limit(k), at: X[k] * UNIT })),
        ];
        const dual = [
          ...slopes.map((v, k) => (held[k] ? 0n : abs(v))),
          ...priced.map(({ v, limit }) => (Number.isFinite(limit) ? 0n : abs(v) * UNIT)),
        ]
          .map((v) => toDouble(v, 2))
          .reduce((a, b) => Math.max(a, b), 0);
        below(dual, found.dual, 1e-13);
        below(found.dual, dual, lost(slopeTerms));
        const from = X.map((v, k) => (held[k] ? v - exact(limit(k)) : v));
        const paid = priced.map(({ v, limit, at }) => v * (at - (Number.isFinite(limit) ? exact(limit) * UNIT : 0n)));
        const gap = toDouble(abs(total(slopes.map((v, k) => from[k] * v)) + total(paid)), 3);
        const parts = sum([...slopes.map((v, k) => from[k] * v), ...paid].map((v) => Math.abs(toDouble(v, 3))));
        below(gap, found.gap, 1e-13 * sum(x.map(Math.abs)));
        below(found.gap, gap, 2 ** -49 * parts + lost(slopeTerms) * sum(x.map(Math.abs)));
        const objective =
          total(X.map((v, k) => v * curved[k])) / 2n +
          total(X.map((v, k) => v * exact(q[k]))) * UNIT +
          exact(constant) * UNIT * UNIT;
        const off = Math.abs(toDouble(exact(found.objective) * UNIT * UNIT - objective, 3));
        const gradientTerms = sum(x.map((v) => Math.abs(v) * slopeTerms));
        expect(off, `seed ${seed}`).toBeLessThanOrEqual(
          2 ** -52 * Math.abs(found.objective) + 2 ** -51 * gradientTerms,
        );
      }
    },
  );

  it('are those of their definition', () => {
    fc.assert(
      fc.property(programs, ({ problem, x, y, z }) => {
        const program = checkProblem(problem);
        const expected = defined(problem, x, y, z);
        const found = residuals(program, x, y, z);
        // A residual counts its own rounding: it is never less than the definition, and no more than that much above.
        for (const name of ['primal', 'dual', 'gap'] as const) {
          expect(found[name]).toBeGreaterThanOrEqual(expected[name]);
          expect(found[name]).toBeLessThanOrEqual(expected[name] + 1e-12);
        }
        expect(found.objective + 0).toBe(expected.objective + 0);
        expect(violation(program, x)).toBe(found.primal);
      }),
      { numRuns: 500 },
    );
  });

  it('count what sums of large terms may have lost, (terms + 2)^2 2^-105 of their magnitudes, where that is above 1e-13', () => {
    const part = (terms: number) => (terms + 2) ** 2 * 2 ** -105;
    const close = (found: number, expected: number) => expect(found / expected).toBeCloseTo(1, 10);
    const row = (entry: number, x: number) =>
      residuals(checkProblem({ q: f(0, 0), A: f(entry, -entry), l: f(0), u: f(0) }), f(x, x), f(0), f(0, 0)).primal;
    close(row(1e30, 1e15), part(2) * 2e45);
    close(row(1e9, 1e9), part(2) * 2e18);
    expect(row(1e8, 1e9)).toBe(0);
    const slope = (problem: QpProblem, x: Float64Array, y: Float64Array, z: Float64Array) =>
      residuals(checkProblem(problem), x, y, z).dual;
    const rows: QpProblem = { q: f(0), A: f(1e9, -1e9), l: f(0, 0) };
    close(slope(rows, f(0), f(1e9, 1e9), f(0)), part(3) * 2e18);
    expect(slope({ ...rows, A: f(1e8, -1e8) }, f(0), f(1e8, 1e8), f(0))).toBe(0);
    close(slope({ P: f(1e9), q: f(-1e18) }, f(1e9), f(), f(0)), part(1) * 2e18);
    close(slope({ P: 'identity', q: f(-1e18) }, f(1e18), f(), f(0)), part(1) * 2e18);
    close(slope({ P: f(1, 0, 0, 1e9), q: f(0, -1e18) }, f(0, 1e9), f(), f(0, 0)), part(2) * 2e18);
    expect(slope({ P: 'identity', q: f(-1e16) }, f(1e16), f(), f(0))).toBe(0);
    // Of each entry its own terms.
    const two = residuals(checkProblem({ P: f(1, 0, 0, 1e9), q: f(-1, -1e18) }), f(1 + 2e-13, 1e9), f(), f(0, 0));
    close(two.dual, part(2) * 2e18);
  });

  it('lose nothing of a hundred small terms beside a large one', () => {
    const many = 100;
    const [large, small] = [2 ** 53, 0.375];
    const fill = (first: number, rest: number) =>
      Float64Array.from({ length: many + 1 }, (_, i) => (i === 0 ? first : rest));
    const gap = large + many * small;
    /** Half a unit of the last place of the large term, and what its own rounding counts. */
    const near = (found: number) => expect(Math.abs(found - gap)).toBeLessThanOrEqual(4);
    // Rows: x = 0, y_i times -l_i.
    const rows = checkProblem({ q: f(0), A: new Float64Array(many + 1), l: fill(-large, -small) });
    near(residuals(rows, f(0), fill(1, 1), f(0)).gap);
    // Bounds: x_k - lb_k = 1 of z_k, of slope 0.
    const [zero, one] = [fill(0, 0), fill(1, 1)];
    const costs = fill(large, small);
    near(residuals(checkProblem({ q: costs, lb: fill(-1, -1) }), zero, f(), costs).gap);
    // Slopes: x_k q_k with nothing against them, which is the objective, too.
    const bare = residuals(checkProblem({ q: costs }), one, f(), zero);
    near(bare.gap);
    near(bare.objective);
    const curved = residuals(checkProblem({ P: fill(2 * large, 2 * small), q: zero }), one, f(), zero);
    near(curved.objective);
  });

  it('are seen below the last place of what they are the difference of', () => {
    const program = checkProblem({ q: f(0, 0), A: f(1, 1), l: f(1e9), u: f(1e9) });
    expect(violation(program, f(1e9, 1e-10))).toBeCloseTo(1e-10, 20);
    expect(violation(program, f(1e9, -1e-10))).toBeCloseTo(1e-10, 20);
  });

  it('of what is no number pass for nothing', () => {
    const program = checkProblem({ P: f(1, 1), q: f(0, 0), A: f(1, 1), l: f(-1), lb: f(-1, -1) });
    const none = f(0, 0);
    for (const lie of [
      residuals(program, f(NAN, 0), f(0), none),
      residuals(program, f(0, INF), f(0), none),
      residuals(program, none, f(NAN), none),
      residuals(program, none, f(0), f(0, NAN)),
    ]) {
      expect(keepsPromise(lie)).toBe(false);
    }
    expect(residuals(program, f(0, INF), f(0), none).primal).toBeNaN();
    expect(residuals(checkProblem({ q: none }), f(INF, 0), f(), none).primal).toBeNaN();
    expect(violation(program, f(0, NAN))).toBeNaN();
  });

  it('keep the promise up to 1e-9 each, the gap up to 1e-9 (1 + |objective|)', () => {
    const exact = { primal: 1e-9, dual: 1e-9, gap: 1e-9, objective: 0 };
    expect(keepsPromise(exact)).toBe(true);
    for (const name of ['primal', 'dual', 'gap'] as const) {
      expect(keepsPromise({ ...exact, [name]: 1.01e-9 }), name).toBe(false);
    }
    expect(keepsPromise({ ...exact, gap: 10.9e-9, objective: -10 })).toBe(true);
    expect(keepsPromise({ ...exact, gap: 11.1e-9, objective: 10 })).toBe(false);
    expect(keepsPromise({ ...exact, primal: 2e-9, dual: 2e-9, objective: 10 })).toBe(false);
  });
});

describe('multipliers of bounds', () => {
  const program = checkProblem({
    P: 'identity',
    q: f(-1, 2, 3),
    A: f(1, 1, 0),
    l: f(0),
    lb: f(0, -INF, 0),
    ub: f(9, 5, 9),
  });
  // P x + q - A'y = (-1 + 3 - 2, 2 + 1 - 2, 3 + 4).
  const [x, y] = [f(3, 1, 4), f(2)];
  it('are the slope itself where a method has one and a limit stands on that side, else what they were', () => {
    expect([...boundMultipliers(program, x, y, f(1e-3, 1e-3, 6.5))]).toEqual([0, 1e-3, 7]);
    expect([...boundMultipliers(program, x, y, f(0, -1, 0))]).toEqual([0, -1, 0]);
    expect([...boundMultipliers(program, x, f(5), f(-1, -1, -1))], 'slopes below zero').toEqual([-3, -2, 7]);
    const none = f(0, 0, 0);
    expect(boundMultipliers(program, x, y, none)).toBe(none);
    const given = f(1, 1, 1);
    boundMultipliers(program, x, y, given);
    expect([...given], 'of their own').toEqual([1, 1, 1]);
  });

  it('are the nearest doubles of it', () => {
    const fine = checkProblem({ P: f(3), q: f(1e17), A: f(1), l: f(0), lb: f(0) });
    expect([...boundMultipliers(fine, f(1), f(1e17), f(1))]).toEqual([3]);
  });
});

describe('what is allowed beside the promise', () => {
  it('is a part of the largest sums of magnitudes', () => {
    const program = checkProblem({ P: f(2, 1, 1, 3), q: f(-5, 1), A: f(1, -2, 3, 4), l: f(0, 0) });
    const allowed = allowanceOf(program, f(-2, 3), f(1, -7), f(0.5, -0.25), 1e-3);
    // Rows 2 + 6 and 6 + 12; slopes 5 + 4 + 3 + 1 + 21 + 0.5 and 1 + 2 + 9 + 2 + 28 + 0.25; costs 10 + 3.
    expect(allowed?.primal).toBeCloseTo(0.018, 12);
    expect(allowed?.dual).toBeCloseTo(0.04225, 12);
    expect(allowed?.gap).toBeCloseTo(0.013, 12);
    expect(allowanceOf(program, f(-2, 3), f(1, -7), f(0, 0), 0)).toBeUndefined();
  });

  it('comes on top of the promise, for each of the three', () => {
    const lost = { primal: 3e-9, dual: 4e-9, gap: 5e-9, objective: 0 };
    const allowed = { primal: 2.1e-9, dual: 3.1e-9, gap: 4.1e-9 };
    expect(keepsPromise(lost, allowed)).toBe(true);
    for (const name of ['primal', 'dual', 'gap'] as const) {
      expect(keepsPromise(lost, { ...allowed, [name]: allowed[name] - 2e-10 }), name).toBe(false);
    }
  });

  it('makes a point solved that is not otherwise, as it was asked', () => {
    const problem: QpProblem = { P: 'identity', q: f(-1e6), lb: f(0) };
    const point = { x: f(1e6 + 1e-6), y: f(), z: f(0) };
    expect([verify(problem, point).solved, verify(problem, point, 1e-9).solved]).toEqual([false, true]);
    expect(() => verify(problem, point, -1)).toThrow(/relative/);
    expect(() => verify(problem, point, 0.1)).toThrow(/relative/);
  });
});
