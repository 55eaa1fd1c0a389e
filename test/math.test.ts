import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atan, cos, exp, expm1, ln, log1p, sigmoid, softplus, tan, tanh } from '../src/core/index.js';
import { exactly, ulps } from './exact.js';

/** Each function, the bound of its error in ulp, where it is finite, and the borders between its branches. */
const functions: Record<
  string,
  { f: (x: number) => number; bound: number; low: number; high: number; borders: number[] }
> = {
  exp: {
    f: exp,
    bound: 1,
    low: -745.1,
    high: 709.78,
    borders: [2 ** -28, Math.LN2 / 2, 1.5 * Math.LN2, 708.39, 709.4, 744.44],
  },
  expm1: {
    f: expm1,
    bound: 1,
    low: -1e300,
    high: 709.78,
    borders: [2 ** -54, Math.LN2 / 2, 1.5 * Math.LN2, 13.5, 14.2, 39.2, 40, 709.4],
  },
  ln: {
    f: ln,
    bound: 1,
    low: 5e-324,
    high: Number.MAX_VALUE,
    borders: [2 ** -1022, 1, Math.SQRT1_2, Math.SQRT2, 1 + 2 ** -20, 1.38, 2],
  },
  log1p: {
    f: log1p,
    bound: 1.5,
    low: -1 + 2 ** -53,
    high: Number.MAX_VALUE,
    borders: [2 ** -54, 2 ** -29, 0.2929, 0.4142, 1, 2 ** 53],
  },
  cos: { f: cos, bound: 1, low: -Number.MAX_VALUE, high: Number.MAX_VALUE, borders: angles() },
  tan: { f: tan, bound: 1, low: -Number.MAX_VALUE, high: Number.MAX_VALUE, borders: [...angles(), 0.67434, 2 ** -28] },
  atan: {
    f: atan,
    bound: 1,
    low: -Number.MAX_VALUE,
    high: Number.MAX_VALUE,
    borders: [2 ** -27, 0.4375, 0.6875, 1.1875, 2.4375, 2 ** 66],
  },
  tanh: {
    f: tanh,
    bound: 1.5,
    low: -Number.MAX_VALUE,
    high: Number.MAX_VALUE,
    borders: [2 ** -28, 0.625, Math.LN2 / 4, 22],
  },
  sigmoid: { f: sigmoid, bound: 2, low: -744.4, high: 745, borders: [2 ** -28, 0.5, 36.7, 708.39, 744.4] },
  softplus: {
    f: softplus,
    bound: 2,
    low: -744.4,
    high: Number.MAX_VALUE,
    borders: [2 ** -28, 0.5, 36.7, 708.39, 744.4],
  },
};

/** Angles near which the reduction changes its way, and the double that comes closest to a multiple of pi / 2. */
function angles(): number[] {
  const quarters = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 2 ** 21].map((n) => (n * Math.PI) / 4);
  return [...quarters, 2 ** -27, 1647099, 1e9, 6381956970095103 * 2 ** 797, 2 ** 1000];
}

const bits = new DataView(new ArrayBuffer(8));
/** The n-th double after x, upwards in size. */
function after(x: number, n: number): number {
  bits.setFloat64(0, x);
  bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(n));
  return bits.getFloat64(0);
}

describe.each(Object.entries(functions))('%s', (name, { f, bound, low, high, borders }) => {
  const inside = (x: number) => x >= low && x <= high;
  const near = borders
    .flatMap((x) => [-3, -2, -1, 0, 1, 2, 3].flatMap((n) => [after(x, n), -after(x, n)]))
    .filter(inside);
  const arbitrary = fc.oneof(
    fc.double({ min: low, max: high, noNaN: true }),
    fc.double({ min: Math.max(low, -50), max: 50, noNaN: true }),
    fc.double({ min: Math.max(low, -1), max: 1, noNaN: true }),
    fc.double({ min: Math.max(low, -1e-307), max: 1e-307, noNaN: true }),
    fc.integer({ min: 1, max: 2 ** 30 }).map((n) => Math.min(high, Math.max(low, n / 2 ** 26))),
  );
  const error = (x: number) => ulps(f(x), exactly[name](x));

  it(`errs by less than ${bound} ulp`, () => {
    fc.assert(
      fc.property(arbitrary, (x) => {
        expect(error(x)).toBeLessThan(bound);
      }),
      { numRuns: 1500 },
    );
  }, 60_000);

  it('errs no more at the borders of its branches', () => {
    for (const x of near) expect(error(x), `at ${x}`).toBeLessThan(bound);
  }, 60_000);

  it('gives NaN for NaN', () => {
    expect(f(Number.NaN)).toBeNaN();
  });
});

describe('rising functions rise', () => {
  it.each(['exp', 'expm1', 'ln', 'log1p', 'atan', 'tanh', 'sigmoid', 'softplus'])('%s', (name) => {
    const { f, low, high, borders } = functions[name];
    const within = fc.double({ min: Math.max(low, -60), max: Math.min(high, 60), noNaN: true });
    fc.assert(
      fc.property(within, within, (a, b) => {
        expect(f(Math.min(a, b))).toBeLessThanOrEqual(f(Math.max(a, b)));
      }),
      { numRuns: 5000 },
    );
    // Across the borders, in steps that are larger than what the bound lets the two branches differ.
    for (const border of borders.flatMap((x) => [x, -x]).filter((x) => x > low && x < high)) {
      expect(f(border * (1 - 1e-15 * Math.sign(border)))).toBeLessThanOrEqual(
        f(border * (1 + 1e-15 * Math.sign(border))),
      );
    }
  });
});

describe('symmetries hold bit by bit:', () => {
  const any = fc.oneof(fc.double({ noNaN: true }), fc.double({ min: -30, max: 30, noNaN: true }));
  it.each([
    ['tan', tan],
    ['atan', atan],
    ['tanh', tanh],
  ])('%s is odd', (_, f) => {
    fc.assert(
      fc.property(any, (x) => {
        expect(f(-x)).toBe(-f(x));
      }),
      { numRuns: 2000 },
    );
  });

  it('cos(-x) = cos(x)', () => {
    fc.assert(
      fc.property(any, (x) => {
        expect(cos(-x)).toBe(cos(x));
      }),
      { numRuns: 2000 },
    );
  });

  it('sigmoid(x) + sigmoid(-x) = 1 but for the rounding', () => {
    fc.assert(
      fc.property(any, (x) => {
        expect(Math.abs(sigmoid(x) + sigmoid(-x) - 1)).toBeLessThanOrEqual(2 ** -52);
      }),
    );
  });
});

it('values at zeros, infinities and where functions are not defined', () => {
  const infinity = Number.POSITIVE_INFINITY;
  for (const odd of [expm1, log1p, tan, atan, tanh]) {
    expect(odd(0)).toBe(0);
    expect(odd(-0)).toBe(-0);
    expect(odd(5e-324)).toBe(5e-324);
    expect(odd(-5e-324)).toBe(-5e-324);
  }
  for (const one of [exp, cos]) for (const x of [0, -0, 5e-324, -5e-324]) expect(one(x)).toBe(1);
  expect([exp(infinity), exp(-infinity), exp(709.79), exp(-746)]).toEqual([infinity, 0, infinity, 0]);
  expect([expm1(infinity), expm1(-infinity), expm1(709.79), expm1(-746)]).toEqual([infinity, -1, infinity, -1]);
  expect([ln(infinity), ln(0), ln(-0), ln(1), ln(-1), ln(-infinity)]).toEqual([
    infinity,
    -infinity,
    -infinity,
    0,
    NaN,
    NaN,
  ]);
  expect([log1p(infinity), log1p(-1), log1p(-1.5), log1p(-infinity)]).toEqual([infinity, -infinity, NaN, NaN]);
  for (const f of [cos, tan]) expect([f(infinity), f(-infinity)]).toEqual([NaN, NaN]);
  expect([atan(infinity), atan(-infinity)]).toEqual([Math.PI / 2, -Math.PI / 2]);
  expect([tanh(infinity), tanh(-infinity)]).toEqual([1, -1]);
  expect([sigmoid(infinity), sigmoid(-infinity), sigmoid(0)]).toEqual([1, 0, 0.5]);
  expect([softplus(infinity), softplus(-infinity), softplus(1000)]).toEqual([infinity, 0, 1000]);
});
