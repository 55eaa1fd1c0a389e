/** Objectives that fall for ever: recognised, with a ray, and never said of one that does not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createModel, type QpProblem, type SparseMatrix, solveLp, solveQp } from '../solvers/index.js';
import { solveBeside } from '../solvers/lifting.js';
import { lcg } from './helpers.js';
import { holds } from './solvers-check.js';
import { families, knownProblem } from './solvers-problems.js';

const INF = Number.POSITIVE_INFINITY;
/** Unbounded problem number i, of up to so many variables. */
const falling = (i: number, most: number) =>
  knownProblem(families.indexOf('unbounded') + families.length * i, most).problem as Required<QpProblem>;

describe('equations in whole numbers', () => {
  it('are solved near what nearly solves them, be they few, many, dependent or of many digits', () => {
    const seeds = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      n: fc.integer({ min: 1, max: 9 }),
      long: fc.boolean(),
    });
    fc.assert(
      fc.property(seeds, ({ seed, n, long }) => {
        const random = lcg(seed);
        const whole = (most: number) => BigInt(Math.floor(random() * (2 * most + 1)) - most);
        const x = Array.from({ length: n }, () => whole(9));
        x[0] = 1n;
        // The first entry makes up for the others; the last row follows from the first two.
        const row = () => {
          const rest = x.slice(1).map(() => whole(4) * (long ? 3n ** 70n : 1n) + whole(1));
          return [-rest.reduce((sum, a, k) => sum + a * x[k + 1], 0n), ...rest];
        };
        const rows = Array.from({ length: 1 + Math.floor(random() * (n + 2)) }, row);
        rows.push(rows[0].map((a, k) => 3n * a - 2n * rows[rows.length - 1][k]));
        const equations = rows.map((values) => ({ at: [...values.keys()], near: values.map(Number), whole: values }));
        const wanted = x.map((value) => (value << 40n) + whole(3));
        const found = solveBeside(equations, wanted) as bigint[];
        for (const values of rows) expect(values.reduce((sum, a, k) => sum + a * found[k], 0n)).toBe(0n);
        const scale =
          Number(found.reduce((sum, a, k) => sum + a * x[k], 0n)) / Number(x.reduce((sum, a) => sum + a * a, 0n));
        expect(scale).toBeGreaterThan(0);
        found.forEach((value, k) => {
          expect(Number(value) / scale).toBeCloseTo(Number(x[k]), 6);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('a problem without an optimum', () => {
  it('has a ray, at sizes at which whole numbers have a thousand digits, too', () => {
    for (const i of [3, 8]) {
      const problem = falling(i, 90);
      const solution = solveQp(problem);
      expect([solution.status, holds(problem, solution)], `${i}: ${problem.q.length} variables`).toEqual([
        'unbounded',
        true,
      ]);
    }
  });

  it('is never one that a limit on the cost or a trace of curvature stops', () => {
    for (let i = 0; i < 5; i++) {
      const problem = falling(i, 8);
      const { q, A, l, u, P } = problem;
      const n = q.length;
      const stopped = {
        ...problem,
        A: Float64Array.of(...A, ...q),
        l: Float64Array.of(...l, -1e3),
        u: Float64Array.of(...u, INF),
      };
      expect(solveQp(stopped).status, `${i}, a row`).not.toBe('unbounded');
      const curved = new Float64Array(n * n);
      curved.set((P as Float64Array | undefined) ?? []);
      for (let k = 0; k < n; k++) curved[n * k + k] += 2 ** -40;
      expect(solveQp({ ...problem, P: curved }).status, `${i}, curvature`).not.toBe('unbounded');
      const box = q.map(() => 1e6);
      expect(solveQp({ ...problem, lb: box.map((side) => -side), ub: box }).status, `${i}, a box`).not.toBe(
        'unbounded',
      );
    }
  });

  it('is one in other units, too', () => {
    for (let i = 0; i < 12; i++) {
      const problem = falling(i, 12);
      const { q, A, lb, ub, P } = problem;
      const n = q.length;
      const unit = q.map((_, k) => 2 ** (((7 * k + i) % 15) - 7));
      const other = {
        ...problem,
        ...{ q: q.map((cost, k) => cost * unit[k]), A: A.map((a, p) => a * unit[p % n]) },
        ...{ lb: lb.map((bound, k) => bound / unit[k]), ub: ub.map((bound, k) => bound / unit[k]) },
        P: (P as Float64Array | undefined)?.map((a, p) => a * unit[p % n] * unit[Math.floor(p / n)]),
      };
      expect(solveQp(other).status, `${i}`).toBe('unbounded');
    }
  });

  it('is a network with a ring of free arcs that pays, and is none where all arcs are narrow', () => {
    const [n, nodes] = [300, 180];
    const random = lcg(5);
    const A: SparseMatrix = {
      starts: new Int32Array(n + 1),
      rows: new Int32Array(2 * n),
      values: new Float64Array(2 * n),
    };
    for (let k = 0; k < n; k++) {
      const from = k < nodes ? k : Math.floor(random() * nodes);
      const to = k < nodes ? (k + 1) % nodes : (from + 1 + Math.floor(random() * (nodes - 1))) % nodes;
      A.starts[k + 1] = 2 * k + 2;
      (A.rows as Int32Array).set([Math.min(from, to), Math.max(from, to)], 2 * k);
      A.values.set(from < to ? [-1, 1] : [1, -1], 2 * k);
    }
    const q = Float64Array.from({ length: n }, (_, k) => (k === 0 ? -3 * n : Math.floor(random() * 4)));
    const ub = Float64Array.from({ length: n }, (_, k) => (k >= nodes && k % 3 === 0 ? 4 : INF));
    const none = new Float64Array(nodes);
    const problem = { q, A, l: none, u: none, lb: new Float64Array(n), ub };
    const { status, ray, x } = solveLp(problem);
    expect(status).toBe('unbounded');
    const balance = new Float64Array(nodes);
    (ray as Float64Array).forEach((flow, k) => {
      expect(flow === 0 || (flow > 0 && ub[k] === INF)).toBe(true);
      for (const p of [2 * k, 2 * k + 1]) balance[A.rows[p]] += A.values[p] * flow;
      expect(x[k]).toBeGreaterThanOrEqual(0);
    });
    for (const rest of balance) expect(Math.abs(rest)).toBeLessThan(1e-12);
    expect((ray as Float64Array).reduce((sum, flow, k) => sum + flow * q[k], 0)).toBeLessThan(0);
    expect(solveLp({ ...problem, ub: ub.fill(4) }).status).toBe('solved');
  });

  it('is one where a model has become it', () => {
    const model = createModel({
      q: Float64Array.of(1, 1),
      A: Float64Array.of(1, -1),
      u: Float64Array.of(1),
      lb: new Float64Array(2),
    });
    expect(model.solve().status).toBe('solved');
    expect(model.solve().status).toBe('solved');
    model.update({ q: Float64Array.of(-1, 0) });
    expect(model.solve().status).toBe('unbounded');
    model.dispose();
  });
});
