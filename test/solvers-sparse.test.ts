import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createArena,
  createModel,
  type QpProblem,
  type SparseMatrix,
  solveQp,
  solveQpLater,
  solveWithCuts,
  solveWithCutsLater,
  verify,
} from '../solvers/index.js';
import { analyse } from '../solvers/sparse/analysis.js';
import { sparseFactor } from '../solvers/sparse/factor.js';
import { compressed, expanded, transposed } from '../solvers/sparse/matrix.js';
import { minimumDegree } from '../solvers/sparse/ordering.js';
import { lcg } from './helpers.js';
import { holds } from './solvers-check.js';

const f = (...values: number[]) => Float64Array.from(values);
const g = (...values: number[]) => Int32Array.from(values);

const largestDifference = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k])), 0);

/** A dense row-major matrix of n columns as compressed columns. */
function csc(M: Float64Array, n: number): SparseMatrix {
  const { starts, columns, values } = transposed(compressed(M, n), n);
  return { starts, rows: columns, values };
}

/** A sparse problem that has a feasible point; a third of its rows are equalities. */
function sparseProblem(seed: number, n: number, m: number, kind: 'linear' | 'banded' | 'diagonal') {
  const random = lcg(seed);
  const A = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let t = 0; t < 3; t++) A[n * i + Math.floor(random() * n)] = Math.round(8 * random() - 4);
  const x = Float64Array.from({ length: n }, () => random());
  const value = Float64Array.from({ length: m }, (_, i) => x.reduce((sum, v, k) => sum + A[n * i + k] * v, 0));
  const P = new Float64Array(n * n);
  for (let k = 0; k < n && kind !== 'linear'; k++) {
    P[n * k + k] = kind === 'banded' ? 2 : k % 2;
    if (kind === 'banded' && k > 0) P[n * k + k - 1] = P[n * k - n + k] = -1;
  }
  const limits = {
    q: Float64Array.from({ length: n }, () => 2 * random() - 1),
    l: value.map((v, i) => (i % 3 === 0 ? v : v - random())),
    u: value.map((v, i) => (i % 3 === 0 ? v : v + random())),
    lb: new Float64Array(n),
    ub: new Float64Array(n).fill(2),
  };
  const dense: QpProblem = { ...limits, A, P: kind === 'linear' ? undefined : P };
  const sparse: QpProblem<SparseMatrix> = { ...limits, A: csc(A, n), P: kind === 'linear' ? undefined : csc(P, n) };
  return { dense, sparse };
}

/** A symmetric pattern: which pairs are neighbours. */
const pattern = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 120 }))
  .map(([n, pairs]) => {
    const M = new Float64Array(n * n);
    for (const [a, b] of pairs) {
      const [i, j] = [a % n, b % n];
      if (i !== j) M[n * i + j] = M[n * j + i] = 1 + ((a + b) % 5) / 7;
    }
    return { n, M };
  });

describe('a sparse factor', () => {
  it('has an order that names every variable once', () => {
    fc.assert(
      fc.property(pattern, ({ n, M }) => {
        const { starts, columns } = compressed(M, n);
        expect(Array.from(minimumDegree(n, starts, columns)).sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
      }),
    );
  });

  it('stays as sparse as a tree, an arrow and a band allow', () => {
    const fillOf = (n: number, pairs: [number, number][]) => {
      const M = new Float64Array(n * n);
      for (const [i, j] of pairs) M[n * i + j] = M[n * j + i] = 1;
      return analyse(compressed(M, n)).entries - pairs.length;
    };
    const all = Array.from({ length: 60 }, (_, k) => k);
    expect(
      fillOf(
        60,
        all.slice(1).map((k) => [k, k >> 1]),
      ),
    ).toBe(0);
    expect(
      fillOf(
        60,
        all.slice(1).map((k) => [0, k]),
      ),
    ).toBe(0);
    expect(
      fillOf(
        60,
        all.slice(1).map((k) => [k - 1, k]),
      ),
    ).toBe(0);
    // A grid of 12 x 12 in the natural order has 12 entries a column.
    const grid: [number, number][] = [];
    for (let i = 0; i < 144; i++) {
      if (i % 12 > 0) grid.push([i - 1, i]);
      if (i >= 12) grid.push([i - 12, i]);
    }
    expect(fillOf(144, grid) + grid.length).toBeLessThan(1000);
  });

  it('solves quasi-definite systems, as multiplying by the matrix shows', () => {
    fc.assert(
      fc.property(pattern, fc.integer({ min: 1, max: 1e6 }), ({ n, M }, seed) => {
        const random = lcg(seed);
        const signs = Float64Array.from({ length: n }, () => (random() < 0.5 ? -1 : 1));
        // Off-diagonal entries between unlike signs may be anything; the others are outweighed by the diagonal.
        const diagonal = signs.map((sign) => sign * (100 + random()));
        const arena = createArena();
        const factor = sparseFactor(arena, analyse(compressed(M, n)), signs);
        for (let again = 0; again < 2; again++) {
          expect(factor.factor(diagonal)).toBe(true);
          const b = Float64Array.from({ length: n }, () => random() - 0.5);
          const x = b.slice();
          factor.solve(x);
          for (let i = 0; i < n; i++) {
            let sum = diagonal[i] * x[i] - b[i];
            for (let j = 0; j < n; j++) sum += M[n * i + j] * x[j];
            expect(Math.abs(sum)).toBeLessThan(1e-13);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('takes rows where fill has come together as a dense matrix, however many these are', () => {
    for (let rows = 14; rows <= 41; rows++) {
      // A chain, all of which the rows behind it know.
      const [chain, random] = [30, lcg(rows)];
      const n = chain + rows;
      const M = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) {
          if (i < chain ? j === i - 1 : j >= chain || random() < 0.1) M[n * i + j] = M[n * j + i] = random() - 0.5;
        }
      }
      const signs = Float64Array.from({ length: n }, () => (random() < 0.5 ? -1 : 1));
      const diagonal = signs.map((sign) => sign * (100 + random()));
      const analysis = analyse(compressed(M, n));
      expect(n - analysis.tail).toBeGreaterThanOrEqual(rows >= 16 ? rows : 0);
      const factor = sparseFactor(createArena(), analysis, signs);
      const b = Float64Array.from({ length: n }, () => random() - 0.5);
      const x = b.slice();
      expect(factor.factor(diagonal)).toBe(true);
      factor.solve(x);
      for (let i = 0; i < n; i++) {
        let sum = diagonal[i] * x[i] - b[i];
        for (let j = 0; j < n; j++) sum += M[n * i + j] * x[j];
        expect(Math.abs(sum)).toBeLessThan(1e-13);
      }
    }
  });
});

describe('sparse problems', () => {
  it('have the optimum of their dense form, and every claim holds', () => {
    for (const kind of ['linear', 'banded', 'diagonal'] as const) {
      for (let seed = 1; seed <= 4; seed++) {
        const { dense, sparse } = sparseProblem(seed, 140, 60, kind);
        const answer = solveQp(sparse);
        const other = solveQp(dense, { method: 'activeSet' });
        expect(answer.status, `${kind} ${seed}`).toBe('solved');
        expect(answer.method).toBe('interiorPoint');
        expect(answer.why).toMatch(/a sparse step takes/);
        expect(holds(dense, answer)).toBe(true);
        expect(Math.abs(answer.objective - other.objective)).toBeLessThan(1e-8);
        // The judge measures the same digits in either form.
        expect(verify(sparse, answer)).toEqual(verify(dense, answer));
      }
    }
  });

  it('with a dominant diagonal are proved convex, and not where that is a hair short of it and of convexity', () => {
    // 2 + d, -1, -1 around a ring: convex for d >= 0.
    const ring = (d: number) => {
      const n = 100;
      const P = new Float64Array(n * n);
      for (let k = 0; k < n; k++) {
        P[n * k + k] = 2 + d;
        for (const j of [(k + 1) % n, (k + n - 1) % n]) P[n * k + j] = -1;
      }
      return { P, q: new Float64Array(n).fill(1), A: new Float64Array(n).fill(1), l: Float64Array.of(1) };
    };
    expect(solveQp(ring(1e-3)).convexity).toBe('proved');
    expect(solveQp(ring(1e-9)).convexity).toBe('proved');
    expect(() => solveQp(ring(-1e-9))).toThrow(/semidefinite/);
  });

  it('that contradict themselves or fall for ever are proved to', () => {
    const { dense, sparse } = sparseProblem(3, 90, 45, 'linear');
    const row = new Float64Array(90).fill(1);
    const A = Float64Array.from([...(dense.A as Float64Array), ...row]);
    const never = { ...dense, l: f(...(dense.l as Float64Array), 1000), u: f(...(dense.u as Float64Array), 2000) };
    const answer = solveQp({ ...never, A: csc(A, 90) });
    expect(answer.status).toBe('infeasible');
    expect(holds({ ...never, A }, answer)).toBe(true);
    const free = { q: sparse.q.map(() => -1), A: csc(new Float64Array(45 * 90).fill(0), 90), l: new Float64Array(45) };
    expect(solveQp({ ...free, lb: new Float64Array(90) }).status).toBe('unbounded');
  });

  it('of 3000 variables are solved, and a Hessian that is not convex is refused', () => {
    const n = 3000;
    const starts = Int32Array.from({ length: n + 1 }, (_, k) => (k === 0 ? 0 : Math.min(3 * k - 1, 3 * n - 2)));
    const rows: number[] = [];
    const values: number[] = [];
    for (let k = 0; k < n; k++) {
      for (const i of [k - 1, k, k + 1]) {
        if (i < 0 || i >= n) continue;
        rows.push(i);
        values.push(i === k ? 2 : -1);
      }
    }
    const P = { starts, rows: Int32Array.from(rows), values: Float64Array.from(values) };
    const q = Float64Array.from({ length: n }, (_, k) => ((k * 7919) % 13) / 13 - 0.5);
    const answer = solveQp({ P, q, lb: new Float64Array(n).fill(-1), ub: new Float64Array(n).fill(1) });
    expect(answer.status).toBe('solved');
    expect(answer.convexity).toBe('proved');
    const bent = { ...P, values: P.values.map((value) => (value === 2 ? 1.9 : value)) };
    expect(() => solveQp({ P: bent, q })).toThrow(/positive semidefinite/);
  });

  it('are models, too', () => {
    const { dense, sparse } = sparseProblem(5, 90, 45, 'banded');
    const model = createModel(sparse);
    expect(model.solve().status).toBe('solved');
    const q = dense.q.map((cost) => -cost);
    model.update({ q });
    model.addRows({ A: csc(new Float64Array(90).fill(1), 90), u: f(20) });
    const answer = model.solve();
    const all = { ...dense, q, A: f(...(dense.A as Float64Array), ...new Float64Array(90).fill(1)) };
    const whole = { ...all, l: f(...(dense.l as Float64Array), -1e20), u: f(...(dense.u as Float64Array), 20) };
    expect(answer.status).toBe('solved');
    expect(Math.abs(answer.objective - solveQp(whole, { method: 'activeSet' }).objective)).toBeLessThan(1e-8);
  });
});

describe('a solve', () => {
  const { dense, sparse } = sparseProblem(2, 90, 45, 'banded');

  it('ends when its work is used up, with the last point and its residuals', () => {
    for (const method of ['activeSet', 'interiorPoint'] as const) {
      const answer = solveQp(sparse, { method, workLimit: 1 });
      expect(answer.status).toBe('roundLimit');
      expect(answer.residuals).toEqual(verify(dense, answer).residuals);
      expect(solveQp(sparse, { method, workLimit: 1e9 }).status).toBe('solved');
    }
    expect(() => solveQp(sparse, { workLimit: 0 })).toThrow(/workLimit must be/);
  });

  it('beside other work has the same bits, and stops when it is told to', async () => {
    const { why, ...whole } = solveQp(dense);
    expect(await solveQpLater(dense)).toEqual({ why, ...whole });
    await expect(solveQpLater(dense, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
    const random = lcg(4);
    const numbers = (length: number) => Float64Array.from({ length }, () => random() - 0.5);
    const large = {
      q: numbers(200),
      A: numbers(200 * 400),
      u: numbers(400).map((v) => v + 1),
      lb: new Float64Array(200).fill(-1),
    };
    const control = new AbortController();
    setTimeout(() => control.abort(new Error('enough')));
    // Steps of 9e6 multiplications each: there is a breath long before the end.
    await expect(solveQpLater(large, { method: 'interiorPoint', signal: control.signal })).rejects.toThrow('enough');
  });

  it('stops at its signal in every form of a solve, and a model goes on afterwards', async () => {
    const gone = { signal: AbortSignal.abort(new Error('enough')) };
    expect(() => solveQp(dense, gone)).toThrow('enough');
    const model = createModel(dense);
    const x = model.solve().x;
    expect(() => model.solve(gone)).toThrow('enough');
    await expect(model.solveLater(gone)).rejects.toThrow('enough');
    model.update({ q: dense.q.map((cost) => cost / 2) });
    model.solve({ workLimit: 1e12 });
    model.update({ q: dense.q });
    const again = await model.solveLater();
    expect(largestDifference(again.x, x)).toBeLessThan(1e-8);
    // The rows of an oracle, which itself may end it.
    const control = new AbortController();
    let asked = 0;
    const oracle = ([u, v]: Float64Array) => {
      if (++asked === 4) control.abort(new Error('by the oracle'));
      const inside = u * u + 4 * v * v - 1;
      return inside > 1e-10 ? { A: f(2 * u, 8 * v), u: f(2 + inside) } : undefined;
    };
    const disc: QpProblem = { P: 'identity', q: f(-3, -1) };
    expect(() => solveWithCuts(disc, oracle, { signal: control.signal })).toThrow('by the oracle');
    expect(asked).toBe(4);
    const later = await solveWithCutsLater(disc, oracle);
    const { why: _, ...same } = solveWithCuts(disc, oracle);
    expect(later).toMatchObject(same);
    expect(later.status).toBe('solved');
  });

  it('takes a relative tolerance where units are large, and says no more than it keeps', () => {
    // Rows of 1e9: no double x meets them to 1e-9.
    const huge: QpProblem = {
      P: 'identity',
      q: f(1, 1),
      A: f(1e9, 3e8, 2e8, 1e9),
      l: f(1.1e9 / 3, 7e8),
      u: f(1.1e9 / 3, 7e8),
    };
    expect(solveQp(huge).status).not.toBe('solved');
    const answer = solveQp(huge, { relative: 1e-14 });
    expect(answer.status).toBe('solved');
    expect(answer.residuals.primal).toBeGreaterThan(1e-9);
    expect(answer.residuals.primal).toBeLessThan(1e-14 * 1e10 + 1e-9);
    expect(verify(huge, answer).solved).toBe(false);
    expect(verify(huge, answer, 1e-14).solved).toBe(true);
    expect(() => solveQp(huge, { relative: 1 })).toThrow(/relative/);
  });
});

describe('a sparse matrix that is none', () => {
  const good: SparseMatrix = { starts: g(0, 1, 3), rows: g(0, 0, 1), values: f(1, 2, 3) };
  const solve = (A: SparseMatrix, P?: SparseMatrix) => () => solveQp({ q: f(1, 1), A, P, u: f(1, 1), lb: f(0, 0) });

  it('is refused in one clear sentence', () => {
    expect(solve(good)().status).toBe('solved');
    expect(solve({ ...good, rows: g(0, 1, 0) })).toThrow(/ascend within a column; in column 1 row 0 follows 1/);
    expect(solve({ ...good, rows: g(0, 1, 1) })).toThrow(/entry \(1, 1\) twice/);
    expect(solve({ ...good, rows: g(0, 0, 2) })).toThrow(/from 0 to 1; got 2/);
    expect(solve({ ...good, rows: g(0, 0) })).toThrow(/a row for each of 3 values; got 2/);
    expect(solve({ ...good, starts: g(0, 3) })).toThrow(/must hold 3 numbers/);
    expect(solve({ ...good, starts: g(0, 1, 2) })).toThrow(/from 0 to 3; got 0 to 2/);
    expect(solve({ ...good, starts: g(0, 4, 3) })).toThrow(/must not fall/);
    expect(solve({ ...good, values: f(1, Number.NaN, 3) })).toThrow(/must be a finite number; got NaN/);
    expect(solve({ ...good, values: [1, 2, 3] as unknown as Float64Array })).toThrow(/must be a Float64Array/);
    expect(solve({ ...good, rows: f(0, 0, 1) as unknown as Int32Array })).toThrow(/Int32Array or a Uint32Array/);
    expect(() => solveQp({ q: f(1, 1), A: good })).toThrow(/needs l or u/);
    expect(solve(good, good)).toThrow(/symmetric, with both halves/);
    expect(expanded(compressed(f(0, 1, 2, 0), 2), 2)).toEqual(f(0, 1, 2, 0));
  });
});
