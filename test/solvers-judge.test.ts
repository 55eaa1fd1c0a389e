/** The words of the judge of the solvers, on truths and on lies. */
import { describe, expect, it } from 'vitest';
import { type QpProblem, verify } from '../solvers/index.js';
import { proveInfeasible, provesUnbounded } from '../solvers/judge.js';
import { checkProblem } from '../solvers/problem.js';
import { judged } from '../solvers/verify.js';

const f = (...values: number[]) => Float64Array.from(values);
const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;

describe('a proof of infeasibility', () => {
  const prove = (problem: QpProblem, ...y: number[]) => proveInfeasible(checkProblem(problem), Float64Array.from(y));

  it('needs no multipliers where limits cross, and every point misses one of the two by half of what they cross', () => {
    const rows: QpProblem = { q: f(0), A: f(1, 1), l: f(-1, 3), u: f(1, 2) };
    expect(prove(rows, 0, 0)).toEqual({ y: f(0, 1), z: f(0), violation: 0.5, radius: INF });
    const bounds: QpProblem = { q: f(0, 0), A: f(1, 1), l: f(0), lb: f(0, 4), ub: f(1, 1) };
    expect(prove(bounds, 0)).toEqual({ y: f(0), z: f(0, 1), violation: 1.5, radius: INF });
    expect(prove({ ...rows, l: f(-1, 2) }, 0, 0), 'limits that touch').toBeUndefined();
    expect(prove({ ...rows, l: f(-1, 2 + 1e-9) }, 0, 0), 'less than the promise').toBeUndefined();
    expect(prove({ ...bounds, lb: f(0, 1 + 1e-9) }, 0), 'less than the promise').toBeUndefined();
  });

  it('is a row that the box cannot reach, from below or from above', () => {
    const box = { q: f(0, 0), lb: f(0, 0), ub: f(1, 1) };
    const above = prove({ ...box, A: f(1, 2), l: f(5) }, 2);
    expect(above).toMatchObject({ y: f(1), z: f(-1, -2), radius: INF });
    expect(above?.violation).toBeCloseTo((10 - 6) / 8, 12);
    expect(prove({ ...box, A: f(1, 2, 1, 1), l: f(5, -9) }, 1, 0), 'a row that does not count').toBeDefined();
    const below = prove({ ...box, A: f(1, -2), u: f(-3) }, -1);
    expect(below).toMatchObject({ y: f(-1), z: f(1, -2), radius: INF });
    expect(below?.violation).toBeCloseTo(1 / 4, 12);
    expect(prove({ ...box, A: f(1, 2), l: f(3) }, 1), 'a row that is just met').toBeUndefined();
    expect(prove({ ...box, A: f(1, 2), l: f(5) }, -1), 'a multiplier of a limit that is none').toBeUndefined();
    expect(prove({ ...box, A: f(1, 2), l: f(5) }, 0), 'no multipliers').toBeUndefined();
    expect(prove({ ...box, A: f(1, 2), l: f(5) }, NAN), 'no numbers').toBeUndefined();
    expect(
      prove({ ...box, A: f(1, 2, 1, 2), l: f(5, 5), u: f(9, 9) }, 1, NAN),
      'one of them no number',
    ).toBeUndefined();
    expect(prove({ ...box, A: f(1, 2), l: f(3 + 1e-9) }, 1), 'missed by less than the promise').toBeUndefined();
    expect(prove({ ...box, A: f(1, 2), l: f(3 + 1e-7) }, 1), 'missed by more').toBeDefined();
    expect(prove({ ...box, ub: f(1, INF), A: f(1, 2), l: f(5) }, 1), 'a variable that is not bounded').toBeUndefined();
    expect(prove({ ...box, lb: f(-INF, 0), A: f(1, 2), l: f(5) }, 1), 'the bound that does not count').toBeDefined();
  });

  it('is as good for multipliers of any size, which it brings to about 1', () => {
    const problem: QpProblem = { q: f(0, 0), A: f(1, 2), l: f(5), lb: f(0, 0), ub: f(1, 1) };
    for (const scale of [2 ** -900, 2 ** -3, 0.75, 1, 3, 2 ** 900]) {
      const found = prove(problem, scale);
      const unit = scale === 0.75 || scale === 3 ? 1.5 : 1;
      expect([...(found?.y ?? []), ...(found?.z ?? [])], String(scale)).toEqual([unit, -unit, -2 * unit]);
      expect(found?.violation).toBeCloseTo(1 / 2, 12);
    }
  });

  it('takes the bound on the side where the rows are highest, on either side of zero', () => {
    const problem: QpProblem = { q: f(0, 0), A: f(1, -1), l: f(10), lb: f(-3, -2), ub: f(4, 7) };
    expect(prove(problem, 1)?.violation).toBeCloseTo((10 - 6) / 3, 12);
    expect(prove({ ...problem, lb: f(-INF, -2), ub: f(4, INF) }, 1), 'one bound each is enough').toBeDefined();
    expect(prove({ ...problem, lb: f(-3, -INF) }, 1)).toBeUndefined();
    expect(prove({ ...problem, ub: f(INF, 7) }, 1)).toBeUndefined();
  });

  it('leans on a bound only where the sign of what leans on it is certain', () => {
    // (1 + e)(1 - e) - 1 = -e^2, of terms of 1: below what their sums may lose, so that either bound may count.
    const e = 2 ** -52;
    const rows: QpProblem = { q: f(0), A: f(1 - e, -1), l: f(1, 1) };
    const turned: QpProblem = { ...rows, A: f(e - 1, 1) };
    for (const one of [rows, turned].flatMap((either) => [
      { ...either, ub: f(9) },
      { ...either, lb: f(-9) },
    ])) {
      const found = prove(one, 1 + e, 1);
      expect(found?.radius).toBeGreaterThan(2 ** 99);
      expect(found?.radius).toBeLessThan(2 ** 103);
      expect(found?.z).toEqual(f(0));
    }
    expect(prove({ ...rows, lb: f(-9), ub: f(9) }, 1 + e, 1)).toMatchObject({ radius: INF, z: f(e * e) });
  });

  it('leaves out multipliers of limits that are none', () => {
    const found = prove({ q: f(0), A: f(1, 1), l: f(5, -INF), u: f(INF, 1), ub: f(1) }, 1, 3);
    expect(found).toMatchObject({ y: f(1, 0), z: f(-1) });
    expect(found?.violation).toBeCloseTo(2, 12);
  });

  it('leans on unbounded variables only as far as rounding goes, and says up to where it holds', () => {
    const rows = (lower: number, entry: number): QpProblem => ({
      q: f(0),
      A: f(1, entry),
      l: f(lower, -INF),
      u: f(INF, 0),
    });
    const exact = prove(rows(1, 1), 1, -1);
    expect(exact).toMatchObject({ radius: INF, z: f(0) });
    expect(exact?.violation).toBeCloseTo(1 / 2, 12);
    const off = 2 ** -43;
    const nearly = prove(rows(1, 1 + off), 1, -1);
    expect((nearly?.radius as number) * off).toBeCloseTo(1, 2);
    expect(prove(rows(1, 1 + 2 ** -38), 1, -1), 'more than rounding').toBeUndefined();
    expect(prove(rows(1e-5, 1 + off), 1, -1), 'for small variables only').toBeUndefined();
    expect(prove(rows(1e-5, 1), 1, -1), 'for all variables').toBeDefined();
  });

  it('finds the first row crossed, and rounding in rows of any size', () => {
    expect(prove({ q: f(0), A: f(1), l: f(3), u: f(2) }, 0)).toMatchObject({ y: f(1), violation: 0.5 });
    const entries = f(1000, 1000 * (1 + 2 ** -42));
    expect(prove({ q: f(0), A: entries, l: f(1, -INF), u: f(INF, 0) }, 1, -1)).toBeDefined();
  });

  it('counts rounding against itself, by the size of the bounds', () => {
    expect(prove({ q: f(0), A: f(1), l: f(1e9 + 1e-4), ub: f(1e9) }, 1)).toBeUndefined();
    // The entry may be off by half a unit of its last place, which a wide box makes 2e-4, on whichever side.
    const wide: QpProblem = { q: f(0), A: f(1), lb: f(-1e12), ub: f(1) };
    expect(prove({ ...wide, l: f(1 + 1e-4) }, 1)).toBeUndefined();
    expect(prove({ ...wide, l: f(2) }, 1)).toBeDefined();
    const narrow: QpProblem = { q: f(0), A: f(1), lb: f(-1e12), ub: f(0) };
    expect(prove({ ...narrow, l: f(1e-4) }, 1)).toBeUndefined();
    expect(prove({ ...narrow, l: f(1e-3) }, 1)).toBeDefined();
    // The row is missed by 1e-7 of terms of 1e9: the sums of doubles do not tell that.
    expect(prove({ q: f(0), A: f(1), l: f(1e9 + 1e-6), ub: f(1e9) }, 1)).toBeUndefined();
    expect(prove({ q: f(0), A: f(1), l: f(1e9 + 1), ub: f(1e9) }, 1)).toBeDefined();
  });
});

describe('a ray', () => {
  const falls = (problem: QpProblem, x: Float64Array, d: Float64Array) =>
    provesUnbounded(checkProblem(problem), x, d) !== undefined;

  it('proves that the objective falls for ever only if nothing stops it', () => {
    const plane: QpProblem = { q: f(-1, 0), lb: f(0, 0) };
    const [origin, right] = [f(0, 0), f(1, 0)];
    expect(falls(plane, origin, right)).toBe(true);
    expect(falls({ ...plane, lb: f(0, -INF) }, origin, f(1, -1)), 'no bound on that side').toBe(true);
    expect(falls({ ...plane, ub: f(INF, 3) }, origin, right), 'a bound along the ray').toBe(true);
    expect(falls(plane, origin, f(1, -1)), 'out of a lower bound').toBe(false);
    expect(falls({ ...plane, ub: f(9, INF) }, origin, right), 'out of an upper bound').toBe(false);
    expect(falls(plane, f(-1e-8, 0), right), 'from a point that is not feasible').toBe(false);
    expect(falls(plane, f(NAN, 0), right), 'from nowhere').toBe(false);
    expect(falls(plane, origin, f(INF, 0)), 'no direction').toBe(false);
    expect(falls(plane, origin, f(1, NAN)), 'no direction').toBe(false);
    expect(falls(plane, origin, f(0, 1)), 'a flat one').toBe(false);
    expect(falls({ ...plane, q: f(1, 0) }, origin, right), 'a rise').toBe(false);
    expect(falls({ ...plane, P: f(1, 0) }, origin, right), 'curvature').toBe(false);
    expect(falls({ ...plane, P: f(0, 1) }, origin, right), 'curvature elsewhere').toBe(true);
    expect(falls({ ...plane, q: f(-1, 1), lb: f(-INF, -INF) }, origin, f(1, 1)), 'a sum that vanishes').toBe(false);
  });

  it('is not stopped by what is rounding of large terms, nor made by it', () => {
    const none = { q: f(-1, 0) };
    const off = 1e6 * (0.1 + 0.2) - 1e6 * 0.3;
    expect(off).toBeGreaterThan(0);
    const [up, down] = [f(1e6 * (0.1 + 0.2), -1e6 * 0.3), f(-1e6 * (0.1 + 0.2), 1e6 * 0.3)];
    const third = (row: Float64Array) => {
      const A = Float64Array.of(0, 0, 0, 0, ...row);
      return falls({ ...none, A, l: f(-1, -1, -1), u: f(1, 1, 1) }, f(0, 0), f(1, 1));
    };
    expect([third(up), third(down)]).toEqual([true, true]);
    expect(falls({ q: down }, f(0, 0), f(1, 1)), 'a fall').toBe(false);
    const P = f(0.3 * 0.3, 0.3 * 0.1, 0.3 * 0.1, 0.1 * 0.1).map((entry) => 1e6 * entry);
    // In whole numbers this P bends along every direction, if by ever so little.
    expect(falls({ q: f(-1, 0), P }, f(0, 0), f(0.1, -0.3)), 'curvature').toBe(false);
  });

  it('is not granted where the exact one beside it leaves a bound or a row that it keeps itself', () => {
    // The equality is off by what passes for rounding; made exact it turns the sign of the middle entry, which has the largest factor.
    const d = f(1, 1.2 * 2 ** -30, 1 - 2 ** -31);
    const equality = [1, 1 + 2 ** -20, -1];
    const q = f(-1, 0, 0);
    const free: QpProblem = { q, A: f(...equality), l: f(0), u: f(0) };
    const origin = f(0, 0, 0);
    expect(falls(free, origin, d), 'nothing to leave').toBe(true);
    expect(falls({ ...free, lb: f(-INF, 0, -INF) }, origin, d), 'a bound').toBe(false);
    const row: QpProblem = { q, A: f(...equality, 0, 1, 0), l: f(0, 0), u: f(0, INF) };
    expect(falls(row, origin, d), 'a row').toBe(false);
  });

  it('is stopped by rows, each on its own side', () => {
    const row = (A: Float64Array, l: number, u: number) =>
      falls({ q: f(-1, 0), A: Float64Array.of(0, 0, ...A), l: f(-INF, l), u: f(INF, u) }, f(0, 0), f(1, 1));
    expect(row(f(1, 1), -1, INF), 'away from a lower limit').toBe(true);
    expect(row(f(-1, -1), -1, INF), 'into a lower limit').toBe(false);
    expect(row(f(-1, -1), -INF, 1), 'away from an upper limit').toBe(true);
    expect(row(f(1, 1), -INF, 1), 'into an upper limit').toBe(false);
    expect(row(f(1, -1), -1, 1), 'along both').toBe(true);
    expect(row(f(0.3 - 0.1, -0.2), -1, 1), 'along both, but for rounding').toBe(true);
  });
});

describe('the word of an answer', () => {
  const work = { rounds: 1, centres: 0, additions: 0, removals: 0 };
  const give = (problem: QpProblem, candidate: object) =>
    judged(checkProblem(problem), { work, ...candidate } as never, 'activeSet', ['activeSet'], 'proved');
  const square: QpProblem = { P: 'identity', q: f(-1) };

  it("is the judge's, whatever the method says", () => {
    const [x, y, z] = [f(1), f(), f(0)];
    for (const status of ['solved', 'stalled', 'infeasible', 'unbounded']) {
      const answer = give(square, { status, x, y, z });
      expect(answer).toMatchObject({ status: 'solved', x, y, z, objective: -0.5, work, tried: ['activeSet'] });
      expect(answer.ray).toBeUndefined();
      const lie = give(square, { status, x: f(1.001), y, z, ray: f(1) });
      expect(lie.status, status).toBe('stalled');
      expect(lie.ray).toBeUndefined();
      expect(lie.certificate).toBeUndefined();
    }
  });

  it('is infeasible with a certificate, whose multipliers it tells, and stalled without one', () => {
    const problem: QpProblem = { q: f(0), A: f(1), l: f(3), lb: f(0), ub: f(1) };
    const answer = give(problem, { status: 'infeasible', x: f(1), y: f(1), z: f(0) });
    expect(answer).toMatchObject({ status: 'infeasible', y: f(1), z: f(-1) });
    expect(answer.certificate?.violation).toBeCloseTo(1, 12);
    expect(give(problem, { status: 'infeasible', x: f(1), y: f(-1), z: f(0) })).toMatchObject({
      status: 'stalled',
      y: f(-1),
      z: f(0),
      certificate: undefined,
    });
    const unsaid = give(problem, { status: 'stalled', x: f(1), y: f(1), z: f(0) });
    expect(unsaid).toMatchObject({ status: 'stalled', certificate: undefined });
  });

  it('is infeasible where the limits cross by more than the promise, though half of it would pass', () => {
    const crossed: QpProblem = { q: f(0), lb: f(1 + 4e-9), ub: f(1) };
    const answer = give(crossed, { status: 'infeasible', x: f(1), y: f(), z: f(0) });
    expect(answer.status).toBe('infeasible');
  });

  it('is unbounded with a ray, and stalled without one', () => {
    const problem: QpProblem = { q: f(-1), lb: f(0) };
    const point = { status: 'unbounded', x: f(0), y: f(), z: f(0) };
    expect(give(problem, { ...point, ray: f(1) })).toMatchObject({ status: 'unbounded', ray: f(1) });
    expect(give(problem, { ...point, ray: f(-1) })).toMatchObject({ status: 'stalled', ray: undefined });
    expect(give(problem, point)).toMatchObject({ status: 'stalled', ray: undefined });
    expect(give(problem, { ...point, status: 'stalled', ray: f(1) })).toMatchObject({
      status: 'stalled',
      ray: undefined,
    });
  });

  it('is of a point of the box where rounding has eaten the one that was found, and hands over numbers', () => {
    const problem: QpProblem = {
      P: 'identity',
      q: f(1, 1, 1),
      A: f(1, 1, 1),
      l: f(-9),
      lb: f(-2, 3, -5),
      ub: f(8, 9, -4),
    };
    for (const point of [
      { x: f(NAN, 0, 0), y: f(0), z: f(0, 0, 0) },
      { x: f(0, 3, -4), y: f(NAN), z: f(0, 0, 0) },
      { x: f(INF, 3, -4), y: f(0), z: f(0, 0, 0) },
    ]) {
      const answer = give(problem, { status: 'solved', ...point });
      expect(answer).toMatchObject({ status: 'stalled', x: f(0, 3, -4), y: f(0), z: f(0, 0, 0), objective: 11.5 });
      expect(Object.values(answer.residuals).every(Number.isFinite)).toBe(true);
    }
  });

  it('comes in arrays of its own', () => {
    const candidate = { status: 'solved', x: f(1), y: f(), z: f(0) };
    const answer = give(square, candidate);
    expect(answer.x).not.toBe(candidate.x);
    expect(answer.y).not.toBe(candidate.y);
    expect(answer.z).not.toBe(candidate.z);
  });

  it('is no ray where none was claimed, or where the point is an optimum all the same', () => {
    const flat: QpProblem = { q: f(-1), lb: f(0) };
    expect(give(flat, { status: 'roundLimit', x: f(0), y: f(), z: f(0), ray: f(1) })).toMatchObject({
      status: 'roundLimit',
      ray: undefined,
    });
  });

  it('is not given where a small multiplier of a limit that is none stands beside a large x', () => {
    // The objective at x is 5e-6, that of the dual 0.
    const { solved, residuals } = verify({ q: f(5e-10) }, { x: f(1e4), y: f(), z: f(5e-10) });
    expect(residuals.dual).toBe(5e-10);
    expect(residuals.gap).toBeCloseTo(5e-6, 12);
    expect(solved).toBe(false);
  });

  it("of anyone's answer is given on the problem itself, which must be convex", () => {
    const [y, z] = [f(), f(0)];
    expect(verify(square, { x: f(1), y, z })).toEqual({
      solved: true,
      convexity: 'proved',
      residuals: { primal: 0, dual: 0, gap: 0, objective: -0.5 },
    });
    expect(verify(square, { x: f(1 + 1e-8), y, z }).solved).toBe(false);
    const saddle: QpProblem = { P: f(1, 2, 2, 1), q: f(0, 0) };
    expect(() => verify(saddle, { x: f(0, 0), y, z: f(0, 0) })).toThrow();
    // Larger than what a solve takes.
    const many = new Float64Array(20000);
    expect(verify({ q: many }, { x: many, y, z: many }).solved).toBe(true);
  });
});
