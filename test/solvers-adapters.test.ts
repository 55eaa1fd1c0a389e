import { describe, expect, it } from 'vitest';
import { loadHighs, loadJavascriptLpSolver, type QpProblem, solveLp, solveQp } from '../solvers/index.js';
import { lcg } from './helpers.js';
import { tally } from './solvers-check.js';
import { knownProblem } from './solvers-problems.js';

const highs = await loadHighs();
const simplex = await loadJavascriptLpSolver();
const f = (...values: number[]) => Float64Array.from(values);
const INF = Number.POSITIVE_INFINITY;
const linear: QpProblem = { q: f(-3, -5), A: f(1, 0, 0, 2, 3, 2), u: f(4, 12, 18), lb: f(0, 0) };

const some = (families: string[], from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => knownProblem(from + i, 10)).filter(({ family }) =>
    families.includes(family),
  );

describe('HiGHS behind the judge', () => {
  it('agrees with ours where it keeps the promise', () => {
    const rates = tally(
      some(['definite', 'linear', 'parallel', 'degenerate', 'repeated', 'fixed', 'infeasible'], 0, 480),
      (problem) => highs.solve(problem),
    );
    for (const [family, { problems, right }] of Object.entries(rates))
      expect(right / problems, family).toBeGreaterThan(0.9);
  });

  it('is refused an indefinite Hessian like everybody', () => {
    expect(() => highs.solve({ P: f(1, 2, 2, 1), q: f(0, 0) })).toThrow(/positive semidefinite/);
  });

  it('proves infeasibility and unboundedness to the judge', () => {
    expect(highs.solve({ q: f(0, 0), A: f(1, 1, 1, 1), l: f(2, -INF), u: f(INF, 1) }).status).toBe('infeasible');
    expect(highs.solve({ q: f(-1, 0), A: f(1, -1), u: f(1), lb: f(0, 0) }).status).toBe('unbounded');
  });

  it('claims optima of integer programs, which nobody proves', () => {
    const answer = highs.solveMip({ q: f(-1, -1), A: f(2, 1, 1, 3), u: f(4, 6), lb: f(0, 0) }, [true, true]);
    expect(answer).toMatchObject({ status: 'claimed', objective: -2, violation: 0, integrality: 0 });
    const none = highs.solveMip({ q: f(1), lb: f(0.2), ub: f(0.8) }, [true]);
    expect(none.status).toBe('claimedInfeasible');
  });

  it('finds what counting finds, also where integers have bounds between integers', () => {
    for (let seed = 1; seed <= 120; seed++) {
      const random = lcg(seed);
      const integer = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
      const q = Float64Array.from({ length: 3 }, () => integer(-4, 4));
      const A = Float64Array.from({ length: 6 }, () => integer(-3, 3));
      const u = f(integer(-5, 2), integer(-5, 5));
      const lb = Float64Array.from({ length: 3 }, () => integer(-3, 1) - (random() < 0.5 ? 0.5 : 0));
      const ub = lb.map((low) => low + integer(0, 4));
      let best = INF;
      for (let at = 0; at < 512; at++) {
        const x = [at & 7, (at >> 3) & 7, at >> 6].map((step, k) => Math.ceil(lb[k]) + step);
        const kept = [0, 1].every((i) => A[3 * i] * x[0] + A[3 * i + 1] * x[1] + A[3 * i + 2] * x[2] <= u[i]);
        if (kept && x.every((value, k) => value <= ub[k]))
          best = Math.min(best, q[0] * x[0] + q[1] * x[1] + q[2] * x[2]);
      }
      const { status, objective } = highs.solveMip({ q, A, u, lb, ub }, [true, true, true]);
      expect(status, `${seed}`).toBe(best < INF ? 'claimed' : 'claimedInfeasible');
      if (best < INF) expect(objective, `${seed}`).toBeCloseTo(best, 6);
    }
    for (const integers of [undefined, [true], 'all']) {
      expect(() => highs.solveMip(linear, integers as boolean[])).toThrow(/must hold 2 entries, true or false/);
    }
  });
});

describe('javascript-lp-solver behind the judge', () => {
  it('has the optimum of small programs', () => {
    const solution = simplex.solve(linear);
    expect(solution).toMatchObject({ status: 'solved', method: 'javascriptLpSolver' });
    expect(solution.objective).toBeCloseTo(-36, 9);
    expect(solution.objective).toBeCloseTo(solveLp(linear).objective, 9);
    expect(simplex.solve({ q: f(1), A: f(1, 1), l: f(2, -INF), u: f(INF, 1) }).status).toBe('infeasible');
  });

  it('makes no wrong claim', () => {
    const rates = tally(some(['linear', 'parallel'], 0, 240), (problem) => simplex.solve(problem));
    expect(Object.values(rates).reduce((sum, { right }) => sum + right, 0)).toBeGreaterThan(10);
  });

  it('is asked for small linear programs only', () => {
    expect(() => simplex.solve({ ...linear, P: 'identity' } as QpProblem)).toThrow(/linear programs only/);
    const large = { q: new Float64Array(300), A: new Float64Array(300 * 300), u: new Float64Array(300) };
    expect(() => simplex.solve(large)).toThrow(/at most 40000 entries of A; got 300 x 300/);
  });
});

it('the three give the same optimum', () => {
  const answers = [highs.solve(linear), simplex.solve(linear), solveQp(linear)];
  for (const { objective } of answers) expect(objective).toBeCloseTo(-36, 8);
});
