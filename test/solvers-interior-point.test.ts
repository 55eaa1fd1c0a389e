/** What files of the world do to the interior point: limits with rounding in them, and systems that hardly have a solution. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArena, type QpProblem, solveQp } from '../solvers/index.js';
import { condensedSystem } from '../solvers/interior-point/system.js';
import { checkProblem, type Program } from '../solvers/problem.js';
import { lcg } from './helpers.js';
import { holds } from './solvers-check.js';

/** A program with equalities, most of whose right-hand sides are zero, and its point. */
function balanced(seed: number, kind: 'linear' | 'quadratic', n = 24, m = 12): QpProblem {
  const random = lcg(seed);
  const A = Float64Array.from({ length: m * n }, () => (random() < 0.3 ? Math.round(8 * random() - 4) : 0));
  // What the last variable brings in balances every row at x = 1.
  for (let i = 0; i < m; i++)
    A[n * i + n - 1] = -A.subarray(n * i, n * i + n - 1).reduce((sum, value) => sum + value, 0);
  const b = Float64Array.from({ length: m }, (_, i) => (i === 0 ? 1 : 0));
  A[n - 1] += 1;
  return {
    ...(kind === 'quadratic' && { P: Float64Array.from({ length: n }, (_, k) => k % 2) }),
    ...{ q: Float64Array.from({ length: n }, () => 0.1 + random()), A, l: b, u: b.slice() },
    lb: new Float64Array(n),
  };
}

const seeds = fc.integer({ min: 1, max: 1e6 });
const kinds = fc.constantFrom('linear' as const, 'quadratic' as const);

describe('zeros of files that are rounding', () => {
  it('change neither the answer nor the number of steps by much', () => {
    fc.assert(
      fc.property(seeds, kinds, (seed, kind) => {
        const clean = balanced(seed, kind);
        const random = lcg(seed + 1);
        const b = (clean.l as Float64Array).map((value) => value + (1 + Math.floor(8 * random())) * 2 ** -53);
        const [exact, noisy] = [clean, { ...clean, l: b, u: b.slice() }].map((problem) =>
          solveQp(problem, { method: 'interiorPoint' }),
        );
        expect(noisy.status).toBe('solved');
        expect(Math.abs(noisy.objective - exact.objective)).toBeLessThan(1e-8 * (1 + Math.abs(exact.objective)));
        expect(noisy.work.rounds).toBeLessThan(exact.work.rounds + 10);
        expect(noisy.work.additions).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('may part or cross the two limits of an equality', () => {
    fc.assert(
      fc.property(seeds, kinds, (seed, kind) => {
        const problem = balanced(seed, kind);
        const random = lcg(seed + 2);
        const near = (values: Float64Array) => values.map((value) => value + (random() - 0.5) * 1e-15);
        const noisy = { ...problem, l: near(problem.l as Float64Array), u: near(problem.u as Float64Array) };
        for (const method of ['interiorPoint', 'auto'] as const) {
          const solution = solveQp(noisy, { method });
          expect(solution.status, method).toBe('solved');
          expect(holds(noisy, solution), method).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('meet half-way where the two limits cross by less than what is promised', () => {
    const problem = balanced(5, 'quadratic');
    const by = 5e-10;
    const crossed = {
      ...problem,
      l: (problem.l as Float64Array).map((value) => value + by),
      u: (problem.u as Float64Array).map((value) => value - by),
    };
    for (const method of ['interiorPoint', 'activeSet', 'auto'] as const) {
      const solution = solveQp(crossed, { method });
      expect(solution.status, method).toBe('solved');
      // The middle is violated by half of what they cross by, an end by all of it.
      expect(solution.residuals.primal, method).toBeLessThan(1.1 * by);
      expect(holds(crossed, solution), method).toBe(true);
    }
  });

  it('leave a limit of 1e20 none', () => {
    const problem = balanced(3, 'quadratic');
    const none = solveQp(problem);
    const nearly = solveQp({ ...problem, ub: new Float64Array(24).fill(1e20 * (1 - 2 ** -50)) });
    expect(nearly.x).toEqual(none.x);
    expect(nearly.z).toEqual(none.z);
  });
});

describe('a step whose matrix is nearly singular', () => {
  it('says what it leaves of its equations, and no refinement has made that more', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 14 }), (seed, digits) => {
        const [n, m] = [10, 6];
        const random = lcg(seed);
        const numbers = (length: number) => Float64Array.from({ length }, () => 2 * random() - 1);
        const program = checkProblem({ q: numbers(n), A: numbers(n * m), l: new Float64Array(m) }) as Program;
        const weight = Float64Array.from({ length: m + n }, () => 10 ** (digits * random()));
        const [right, target] = [numbers(n), numbers(m + n)];
        const rho = 1e-9;
        const system = condensedSystem(createArena(), program);
        if (!system.factor(weight, rho)) return;
        const { dx, dy, left } = system.solve(right, target, weight, rho, 0);
        const row = (i: number) =>
          i < m ? program.A.subarray(n * i, n * i + n).reduce((sum, value, k) => sum + value * dx[k], 0) : dx[i - m];
        let most = 0;
        for (let k = 0; k < n; k++) {
          let rest = right[k] - rho * dx[k] + dy[m + k];
          for (let i = 0; i < m; i++) rest += program.A[n * i + k] * dy[i];
          most = Math.max(most, Math.abs(rest));
        }
        for (let i = 0; i < m + n; i++) most = Math.max(most, Math.abs(target[i] - row(i) - dy[i] / weight[i]));
        const size =
          dx.reduce((sum, value) => sum + Math.abs(value), 0) + dy.reduce((sum, value) => sum + Math.abs(value), 0);
        expect(Math.abs(most - left)).toBeLessThanOrEqual(1e-14 * (1 + size));
        // Where a refinement is taken back, what it is taken back to is what the one before has left.
        const once = system.solve(right, target, weight, rho, Number.MAX_VALUE).left;
        expect(left).toBeLessThanOrEqual(once);
      }),
      { numRuns: 200 },
    );
  });
});

it('full matrices that are given by columns are taken as dense ones', () => {
  const [n, m] = [50, 40];
  const random = lcg(7);
  const numbers = (length: number) => Float64Array.from({ length }, () => 2 * random() - 1);
  const [B, A, q] = [numbers(n * n), numbers(m * n), numbers(n)];
  const P = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) P[n * i + j] += B[n * k + i] * B[n * k + j];
  const columns = (M: Float64Array, rows: number) => ({
    starts: Int32Array.from({ length: n + 1 }, (_, k) => rows * k),
    rows: Int32Array.from({ length: rows * n }, (_, p) => p % rows),
    values: Float64Array.from({ length: rows * n }, (_, p) => M[n * (p % rows) + Math.floor(p / rows)]),
  });
  const limits = { q, l: new Float64Array(m).fill(-1), u: new Float64Array(m).fill(1) };
  const [dense, sparse] = [solveQp({ P, A, ...limits }), solveQp({ P: columns(P, n), A: columns(A, m), ...limits })];
  expect(dense.status).toBe('solved');
  expect(sparse.why).toBe(dense.why);
  expect(sparse.x).toEqual(dense.x);
});
