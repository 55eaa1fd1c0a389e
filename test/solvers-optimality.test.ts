/** Conditions of optimality, gaps and proofs of minimum-norm problems: built to hold, then off by a known amount; and by brute force. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Claim, farkasBound, kktResidual, optimalityGap } from '../solvers/optimality.js';

const f = (...values: number[]) => Float64Array.from(values);
const NAN = Number.NaN;
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((total, x, k) => total + x * b[k], 0);
const put = (values: Float64Array, k: number, value: number) => values.map((old, i) => (i === k ? value : old));

/**
 * An optimum of f(w) + sum a |w|: at 0.5 and -0.5 within the box, 0 held by the price, and at the upper and the lower bound with
 * a multiplier. Curvatures are powers of two, so that nothing rounds.
 */
function optimum(): Claim & { gradient: Float64Array; price: Float64Array; metric: Float64Array } {
  const weights = f(0.5, -0.5, 0, 1, -1);
  const gradient = f(0.25, 0.5, -0.25, -0.5, 0.125);
  const price = f(0.25, 0.25, 0.5, 0.25, 0.25);
  const push = f(0.25, -0.25, 0.5, 0.25 + 2, -0.25 - 2);
  return {
    weights,
    lower: f(-1, -1, -1, -1, -1),
    upper: f(1, 1, 1, 1, 1),
    multipliers: f(-2, 3, 0),
    slacks: f(0, 0, 4),
    equality: [true, false, false],
    combination: gradient.map((g, k) => g + push[k]),
    gradient,
    price,
    metric: f(2, 4, 0.5, 1, 2),
  };
}

describe('the residual of the optimality conditions', () => {
  it('is nothing at an optimum, and what stationarity lacks divided by the curvature', () => {
    const claim = optimum();
    expect(kktResidual(claim)).toBe(0);
    const e = 2 ** -10;
    for (const [k, by] of [
      [0, e],
      [0, -e],
      [1, e],
      [1, -e],
      [2, e],
    ]) {
      const combination = put(claim.combination, k, claim.combination[k] + by);
      expect(kktResidual({ ...claim, combination }), `${k} by ${by}`).toBe(e / claim.metric[k]);
      const gradient = put(claim.gradient, k, claim.gradient[k] - by);
      expect(kktResidual({ ...claim, gradient }), `gradient ${k} by ${by}`).toBe(e / claim.metric[k]);
    }
    // A zero is held from both sides, a bound from one.
    const within = put(claim.combination, 2, claim.gradient[2] + 0.25);
    expect(kktResidual({ ...claim, combination: within })).toBe(0);
    const opposite = put(claim.combination, 2, claim.gradient[2] - 0.5);
    expect(kktResidual({ ...claim, combination: opposite })).toBe(0);
    expect(kktResidual({ ...claim, combination: put(opposite, 2, opposite[2] - e) })).toBe(2 * e);
    for (const [k, by] of [
      [3, 2],
      [4, -2],
    ]) {
      const bare = claim.combination[k] - by;
      expect(kktResidual({ ...claim, combination: put(claim.combination, k, bare) }), 'no multiplier').toBe(0);
      const off = put(claim.combination, k, bare - Math.sign(by) * e);
      expect(kktResidual({ ...claim, combination: off }), 'one of the wrong sign').toBe(e / claim.metric[k]);
    }
  });

  it('of the plain norm is the distance of the weights from the combination, clipped', () => {
    const plain = { multipliers: f(), slacks: f(), equality: [] };
    const at = (w: number, v: number) =>
      kktResidual({ ...plain, weights: f(w), lower: -1, upper: 2, combination: f(v) });
    expect([at(0.5, 0.5), at(2, 7), at(-1, -7), at(2, 2), at(0, 0)]).toEqual([0, 0, 0, 0, 0]);
    expect([at(0.5, 0.75), at(0.5, 0.25), at(2.5, 2.5), at(-1.5, -1.5)]).toEqual([0.25, 0.25, 0.5, 0.5]);
  });

  it('is what a row lacks: an equality both ways, an inequality below, in its sign and in its product', () => {
    const rows = { weights: f(), lower: 0, upper: 0, combination: f() };
    const of = (y: number, slack: number, equal: boolean) =>
      kktResidual({ ...rows, multipliers: f(y), slacks: f(slack), equality: [equal] });
    expect([of(0, 0.5, true), of(0, -0.5, true), of(0, -0.5, false), of(0, 0.5, false)]).toEqual([0.5, 0.5, 0.5, 0]);
    expect([of(-3, 0, true), of(-3, 0, false), of(3, 0, false), of(3, 0.5, false), of(-3, 0.5, true)]).toEqual([
      0, 3, 0, 1.5, 1.5,
    ]);
    expect(kktResidual({ ...rows, multipliers: f(0, 0), slacks: f(-2, -1), equality: [false, false] })).toBe(2);
  });

  it('of what is no number passes for nothing', () => {
    const claim = optimum();
    for (const name of ['weights', 'multipliers', 'slacks', 'combination', 'gradient'] as const) {
      const lie = { ...claim, [name]: put(claim[name], 1, NAN) };
      expect(kktResidual(lie), name).not.toBeLessThanOrEqual(1e9);
    }
  });
});

const entry = fc.integer({ min: -8, max: 8 }).map((x) => x / 4);
const entries = (n: number) => fc.array(entry, { minLength: n, maxLength: n }).map((of) => Float64Array.from(of));
const boxes = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc.record({
    weights: entries(n),
    combination: entries(n),
    gradient: entries(n),
    price: entries(n).map((a) => a.map(Math.abs)),
    lower: entries(n),
    width: entries(n).map((a) => a.map(Math.abs)),
    multipliers: entries(2),
    limits: entries(2),
  }),
);

describe('the duality gap', () => {
  it('is that of the best point of the box, by brute force', () => {
    fc.assert(
      fc.property(boxes, ({ width, ...claim }) => {
        const { weights: w, combination: v, gradient: g, price: a, lower } = claim;
        const upper = lower.map((low, k) => low + width[k]);
        // All of a grid on which the corners of the function lie.
        const best = w.reduce((total, _, k) => {
          let most = Number.NEGATIVE_INFINITY;
          for (let x = lower[k]; x <= upper[k]; x += 0.25)
            most = Math.max(most, (v[k] - g[k]) * x - a[k] * Math.abs(x));
          return total + most;
        }, 0);
        const expected = dot(g, w) + dot(a, w.map(Math.abs)) + best - dot(claim.multipliers, claim.limits);
        expect(optimalityGap({ ...claim, upper })).toBeCloseTo(expected, 12);
        const { gradient: _, price: __, ...bare } = claim;
        const linear = w.reduce((total, _, k) => total + Math.max(v[k] * lower[k], v[k] * upper[k]), 0);
        expect(optimalityGap({ ...bare, upper })).toBeCloseTo(linear - dot(claim.multipliers, claim.limits), 12);
      }),
      { numRuns: 300 },
    );
  });

  it('of the largest weight is that of the best peak, by brute force', () => {
    fc.assert(
      fc.property(boxes, ({ width, weights, combination: v, lower, multipliers, limits }) => {
        const upper = lower.map((low, k) => low + width[k]);
        let best = Number.NEGATIVE_INFINITY;
        for (let s = 0; s <= 4; s += 0.25) {
          let value = -s;
          for (let k = 0; k < v.length; k++) {
            const [low, high] = [Math.max(lower[k], -s), Math.min(upper[k], s)];
            value += low > high ? Number.NEGATIVE_INFINITY : Math.max(v[k] * low, v[k] * high);
          }
          best = Math.max(best, value);
        }
        const expected = Math.max(...weights.map(Math.abs)) + best - dot(multipliers, limits);
        const found = optimalityGap({ weights, combination: v, lower, upper, multipliers, limits, peak: true });
        expect(found).toBeCloseTo(expected, 12);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a proof by multipliers', () => {
  const proof = {
    multipliers: f(2, -1),
    limits: f(3, -4),
    equality: [false, true],
    lower: f(-1, -2),
    upper: f(2, 1),
    combination: f(1, -1),
    errors: f(0, 0),
  };

  it('has the factor by which the box would have to grow', () => {
    // The rows demand 2 * 3 + 4 = 10, the box supplies 2 + 2.
    expect(farkasBound(proof)).toBeCloseTo(10 / 4, 12);
    expect(farkasBound(proof)).toBeLessThan(10 / 4);
    expect(farkasBound({ ...proof, lower: -1, upper: 1 })).toBeCloseTo(10 / 2, 12);
    const away = { ...proof, lower: f(-2, 1), upper: f(-1, 2) };
    expect(farkasBound(away), 'no box would do').toBe(Number.POSITIVE_INFINITY);
    expect(farkasBound({ ...away, lower: f(-6, 1), upper: f(-5, 2), limits: f(-1, 0) }), 'below nothing').toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('is none with a wrong sign, without a difference, or with one that errors could make', () => {
    expect(farkasBound({ ...proof, multipliers: f(-2, -1) })).toBe(0);
    expect(farkasBound({ ...proof, multipliers: f(NAN, -1) })).toBe(0);
    expect(farkasBound({ ...proof, equality: [false, false] })).toBe(0);
    expect(farkasBound({ ...proof, equality: [true, false], multipliers: f(2, 0) })).toBeGreaterThan(1);
    expect(farkasBound({ ...proof, limits: f(0, -4) }), 'a demand that is met').toBe(0);
    expect(farkasBound({ ...proof, limits: f(NAN, -4) })).toBe(0);
    expect(farkasBound({ ...proof, combination: f(NAN, -1) })).toBe(0);
    // The first entry may be off by 3 at most: the box reaches to 2 there, and 6 are to spare. Of the second likewise.
    expect(farkasBound({ ...proof, errors: f(2.9, 0) })).toBeCloseTo(10 / 9.8, 12);
    expect(farkasBound({ ...proof, errors: f(3.1, 0) })).toBe(0);
    expect(farkasBound({ ...proof, errors: f(0, 2.9) })).toBeCloseTo(10 / 9.8, 12);
    expect(farkasBound({ ...proof, errors: f(0, 3.1) })).toBe(0);
  });

  it('counts the rounding of its own sums: of the demand, of the entries and of the supply', () => {
    const unit = 2 ** -50;
    const one = { ...proof, lower: f(0), upper: f(1), errors: f(0) };
    const thin = (over: number) =>
      farkasBound({ ...one, multipliers: f(1), limits: f(1 + over * unit), equality: [false], combination: f(1) });
    // One unit each.
    expect([thin(2), thin(4)].map((bound) => bound > 0)).toEqual([false, true]);
    // Large terms that cancel: of the demand ...
    const cancelled = (over: number) =>
      farkasBound({
        ...one,
        multipliers: f(2 ** 40, 1, -(2 ** 40)),
        limits: f(1, over, 1),
        equality: [true, true, true],
        combination: f(0),
      });
    expect([cancelled(2 ** -8), cancelled(2 ** -6)].map((bound) => bound > 0)).toEqual([false, true]);
    // ... and of the supply: the box is a point whose two parts cancel.
    const supplied = (over: number) =>
      farkasBound({
        ...one,
        lower: f(2 ** 40, -(2 ** 40)),
        upper: f(2 ** 40, -(2 ** 40)),
        errors: f(0, 0),
        multipliers: f(1),
        limits: f(over),
        equality: [false],
        combination: f(1, 1),
      });
    expect([supplied(2 ** -10), supplied(2 ** -8)].map((bound) => bound > 0)).toEqual([false, true]);
  });
});
