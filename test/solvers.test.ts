import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createModel, memoryNeed, type QpProblem, solveLp, solveQp, solveWithCuts, verify } from '../solvers/index.js';
import { lcg } from './helpers.js';
import { holds } from './solvers-check.js';
import { families, knownProblem } from './solvers-problems.js';

const f = (...values: number[]) => Float64Array.from(values);
const INF = Number.POSITIVE_INFINITY;
const indices = fc.integer({ min: 0, max: 1e6 });
const distance = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k])), 0);

/** Problems of textbooks, with optima from there. */
const catalogue: [string, QpProblem, number][] = [
  ['HS21', { P: f(0.02, 2), q: f(0, 0), A: f(10, -1), l: f(10), lb: f(2, -50), ub: f(50, 50), constant: -100 }, -99.96],
  [
    'HS35',
    { P: f(4, 2, 2, 2, 4, 0, 2, 0, 2), q: f(-8, -6, -4), A: f(-1, -1, -2), l: f(-3), lb: f(0, 0, 0), constant: 9 },
    1 / 9,
  ],
  [
    'HS76',
    {
      P: f(2, 0, -1, 0, 0, 1, 0, 0, -1, 0, 2, 1, 0, 0, 1, 1),
      q: f(-1, -3, 1, -1),
      A: f(-1, -2, -1, -1, -3, -1, -2, 1, 0, 1, 4, 0),
      l: f(-5, -4, 1.5),
      lb: f(0, 0, 0, 0),
    },
    -4.681818181818182,
  ],
  ['a triangle', { q: f(-1, -1), A: f(1, 2, 3, 1), u: f(4, 6), lb: f(0, 0) }, -2.8],
  ['a fixed variable', { P: 'identity', q: f(-2, -2), lb: f(0.5, -INF), ub: f(0.5, INF) }, -2.875],
  ['a flat direction', { P: f(1, 1, 1, 1), q: f(-1, -1), lb: f(0, 0), ub: f(1, 1) }, -0.5],
  ['no constraints', { P: f(2, 4), q: f(-2, -4) }, -3],
  ['no variables', { q: f(), A: f(), l: f(-1), u: f(1), constant: 4 }, 4],
  ['a zero row', { P: 'identity', q: f(1, 1), A: f(0, 0), l: f(-1), u: f(0) }, -1],
];

describe('problems of textbooks', () => {
  it.each(catalogue)('%s has the published optimum by every method', (_, problem, optimum) => {
    for (const method of ['auto', 'activeSet', 'interiorPoint'] as const) {
      const solution = solveQp(problem, { method });
      expect(solution.status).toBe('solved');
      expect(Math.abs(solution.objective - optimum)).toBeLessThan(1e-9);
      expect(holds(problem, solution)).toBe(true);
      expect(verify(problem, solution).solved).toBe(true);
    }
  });

  it('a discretised semi-infinite program of 1001 rows is solved', () => {
    // Knowles' problem, known as KSIP: fit the sine on [0, 1] from above by a polynomial.
    const n = 20;
    const m = 1001;
    const problem: QpProblem = {
      P: Float64Array.from({ length: n }, (_, k) => 1 / (k + 1)),
      q: Float64Array.from({ length: n }, (_, k) => 1 / (k + 1)),
      A: Float64Array.from({ length: m * n }, (_, at) => (Math.floor(at / n) / (m - 1)) ** (at % n)),
      l: Float64Array.from({ length: m }, (_, i) => Math.sin(i / (m - 1))),
    };
    const solution = solveQp(problem);
    expect(solution.status).toBe('solved');
    expect(solution.objective).toBeCloseTo(0.57579794, 7);
    // The same with cuts: the oracle sees far fewer rows.
    const { P, q, A, l } = problem as Required<QpProblem>;
    const cut = solveWithCuts({ P, q }, (x) => {
      const slack = l.map((limit, i) => A.subarray(n * i, n * i + n).reduce((sum, a, k) => sum + a * x[k], -limit));
      const worst = slack.reduce((least, value, i) => (value < slack[least] ? i : least), 0);
      if (slack[worst] >= -1e-9) return undefined;
      return { A: A.slice(n * worst, n * worst + n), l: l.slice(worst, worst + 1) };
    });
    expect(cut.status).toBe('solved');
    expect(Math.abs(cut.objective - solution.objective)).toBeLessThan(1e-8);
    expect(cut.rows).toBeLessThan(60);
    expect(cut.rounds).toBe(cut.rows + 1);
  });
});

describe('answers', () => {
  it('do not change by a bit when a problem is solved again', () => {
    fc.assert(
      fc.property(indices, (index) => {
        const { problem } = knownProblem(index, 12);
        expect(solveQp(problem)).toEqual(solveQp(problem));
      }),
      { numRuns: 60 },
    );
  });

  it('do not depend on the order of rows, on repeated rows, or on the method', () => {
    fc.assert(
      fc.property(indices, (index) => {
        const { problem } = knownProblem(index - (index % families.length), 12);
        const { q, A, l, u } = problem as Required<QpProblem>;
        const n = q.length;
        const order = [...l.keys()].reverse();
        const twice = [...order, ...order.slice(0, 3)];
        const shuffled = {
          ...problem,
          A: Float64Array.from(twice.flatMap((i) => Array.from(A.subarray(n * i, n * i + n)))),
          l: Float64Array.from(twice, (i) => l[i]),
          u: Float64Array.from(twice, (i) => u[i]),
        };
        const solution = solveQp(problem);
        const others = [solveQp(shuffled), solveQp(problem, { method: 'interiorPoint' })];
        for (const { status, x } of others) {
          expect(status).toBe('solved');
          expect(distance(x, solution.x)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leave the problem as it was', () => {
    const { problem } = knownProblem(12, 12);
    const copy = structuredClone(problem);
    solveQp(problem);
    expect(problem).toEqual(copy);
  });

  it('lie in memory of their own, which nothing else writes and which keeps nothing else alive', () => {
    const box = { P: f(2, 0, 0, 2), q: f(-1, -1), A: f(1, 1), l: f(0), u: f(0.5), lb: f(0, 0), ub: f(1, 1) };
    const model = createModel(box);
    const answers = [
      solveQp(box),
      solveQp({ ...box, l: f(3), u: f(4) }),
      solveQp({ q: f(-1, 0), A: f(0, 1), l: f(0), u: f(1) }),
      model.solve(),
      model.solve(),
    ];
    expect(answers.map(({ status }) => status)).toEqual(['solved', 'infeasible', 'unbounded', 'solved', 'solved']);
    for (const { x, y, z, ray, certificate } of answers) {
      for (const values of [x, y, z, ray, certificate?.y, certificate?.z]) {
        if (values) expect(values.buffer.byteLength).toBe(values.byteLength);
      }
    }
  });

  it('say what they are when 1e-9 is out of reach', () => {
    // No double x has 1e9 x within 1e-9 of 1/3 of 1e9.
    const solution = solveQp({ P: 'identity', q: f(0), A: f(3e9), l: f(1e9), u: f(1e9) });
    expect(solution.status).toBe('stalled');
    expect(solution.residuals.primal).toBeGreaterThan(1e-9);
    expect(solution.x[0]).toBeCloseTo(1 / 3, 14);
  });

  it('stop at the cap on rounds with the last point', () => {
    const { problem } = knownProblem(12 * 40, 40);
    const solution = solveQp(problem, { method: 'activeSet', roundLimit: 1 });
    expect(solution.status).toBe('roundLimit');
    expect(solution.x.length).toBe(problem.q.length);
    expect(solution.residuals.primal).toBeGreaterThan(1e-9);
  });

  it('name the methods that were tried', () => {
    expect(solveQp({ P: 'identity', q: f(1) }).tried).toEqual(['activeSet']);
    expect(solveLp({ q: f(1), lb: f(0) })).toMatchObject({ method: 'activeSet', tried: ['activeSet'] });
  });
});

describe('proofs', () => {
  it('of infeasibility come from rows, from bounds, from crossed limits, and without variables', () => {
    const problems: QpProblem[] = [
      { q: f(0, 0), A: f(1, 1, 1, 1), l: f(2, -INF), u: f(INF, 1) },
      { P: 'identity', q: f(0, 0), A: f(1, 1), l: f(3), lb: f(0, 0), ub: f(1, 1) },
      { q: f(0), A: f(1), l: f(2), u: f(1) },
      { q: f(0), lb: f(2), ub: f(1) },
      { q: f(), A: f(), l: f(1), u: f(2) },
      { q: f(0), A: f(0), l: f(1) },
    ];
    for (const problem of problems) {
      const solution = solveQp(problem);
      expect(solution.status).toBe('infeasible');
      expect(solution.certificate?.violation).toBeGreaterThan(1e-9);
    }
    expect(holds(problems[1], solveQp(problems[1]))).toBe(true);
  });

  it('of infeasibility are not given for limits that cross by less than the tolerance', () => {
    expect(solveQp({ P: 'identity', q: f(1), A: f(1), l: f(1 + 1e-12), u: f(1) }).status).toBe('solved');
  });

  it('of unboundedness are rays from a feasible point', () => {
    const problem = { q: f(-1, 0), A: f(1, -1), u: f(1), lb: f(0, 0) };
    const solution = solveLp(problem);
    expect(solution.status).toBe('unbounded');
    expect(holds(problem, solution)).toBe(true);
    // Infeasible and with a falling direction: there is nothing to fall from.
    expect(solveLp({ q: f(-1, 0), A: f(0, 1, 0, 1), l: f(1, -INF), u: f(INF, 0) }).status).toBe('infeasible');
  });
});

describe('models', () => {
  it('solved step by step have the optimum of the whole', () => {
    fc.assert(
      fc.property(indices, (index) => {
        const { problem } = knownProblem(index - (index % families.length), 16);
        const { A, l, u, q } = problem as Required<QpProblem>;
        const n = q.length;
        const half = l.length >> 1;
        const model = createModel({ ...problem, A: A.slice(0, n * half), l: l.slice(0, half), u: u.slice(0, half) });
        model.solve();
        model.addRows({ A: A.slice(n * half), l: l.slice(half), u: u.slice(half) });
        const solution = model.solve();
        expect(solution.status).toBe('solved');
        expect(distance(solution.x, solveQp(problem).x)).toBeLessThan(1e-7);
        // There is nothing left to do from an optimum.
        expect(model.solve().work.additions).toBe(0);
        model.update({ q: q.map((cost) => cost + 0.1) });
        const moved = solveQp({ ...problem, q: q.map((cost) => cost + 0.1) });
        expect(distance(model.solve().x, moved.x)).toBeLessThan(1e-7);
      }),
      { numRuns: 80 },
    );
  });

  it('follow costs, limits and bounds wherever they go: limits that come and leave, equalities, contradictions', () => {
    fc.assert(
      fc.property(indices, fc.integer({ min: 1, max: 1e6 }), (index, seed) => {
        const random = lcg(seed);
        const { problem } = knownProblem(index, 14);
        const n = problem.q.length;
        const m = problem.A ? problem.A.length / n : 0;
        const filled = (values: Float64Array | undefined, count: number, none: number) =>
          values?.slice() ?? new Float64Array(count).fill(none);
        let now = {
          ...problem,
          l: filled(problem.l, m, -INF),
          u: filled(problem.u, m, INF),
          lb: filled(problem.lb, n, -INF),
          ub: filled(problem.ub, n, INF),
        };
        const model = createModel(problem);
        model.solve();
        for (let step = 0; step < 6; step++) {
          const moved = (values: Float64Array, by: number) => values.map((value) => value + by * (random() - 0.5));
          const [l, u, lb, ub] = [moved(now.l, 0.1), moved(now.u, 0.1), moved(now.lb, 0.1), moved(now.ub, 0.1)];
          const [row, variable] = [Math.floor(random() * m), Math.floor(random() * n)];
          const kind = Math.floor(random() * 5);
          if (kind === 0 && m > 0) u[row] = INF;
          if (kind === 1 && m > 0 && Number.isFinite(l[row])) u[row] = l[row];
          if (kind === 2) [lb[variable], ub[variable]] = [-1, 1];
          if (kind === 3) ub[variable] = INF;
          for (let i = 0; i < m; i++) if (kind < 4 && l[i] > u[i]) u[i] = l[i];
          now = { ...now, q: moved(now.q, 0.5), l, u, lb, ub };
          model.update({ q: now.q, l, u, lb, ub });
          const [warm, cold] = [model.solve(), solveQp(now)];
          const decided = (status: string) => status !== 'stalled' && status !== 'roundLimit';
          if (!decided(warm.status) || !decided(cold.status)) continue;
          expect(warm.status).toBe(cold.status);
          if (warm.status === 'solved') {
            expect(Math.abs(warm.objective - cold.objective)).toBeLessThan(1e-7 * (1 + Math.abs(cold.objective)));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('refuse work once disposed of, and may be disposed of twice', () => {
    const model = createModel({ P: 'identity', q: f(1) });
    model.dispose();
    model.dispose();
    expect(() => model.solve()).toThrow(/disposed of/);
    expect(() => model.addRows({ A: f(1), l: f(0) })).toThrow(/disposed of/);
  });

  it('own their data', () => {
    const q = f(1, 2);
    const model = createModel({ P: 'identity', q });
    q.fill(9);
    expect(Array.from(model.solve().x)).toEqual([-1, -2]);
  });

  it('with cuts stop at the cap on rounds', () => {
    let rounds = 0;
    // An ellipse is never finished by tangents.
    const solution = solveWithCuts(
      { P: 'identity', q: f(-3, -1) },
      ([x, y]) => {
        rounds++;
        const inside = x * x + 4 * y * y - 1;
        return inside > 0 ? { A: f(2 * x, 8 * y), u: f(2 + inside) } : undefined;
      },
      { rounds: 5 },
    );
    expect(solution.status).toBe('roundLimit');
    expect(rounds).toBe(5);
    expect(solution.rows).toBe(4);
  });
});

describe('misuse', () => {
  const good: QpProblem = { P: f(1, 0, 0, 1), q: f(0, 0), A: f(1, 0), l: f(1), u: f(2), lb: f(0, 0), ub: f(3, 3) };
  it.each<[string, object, RegExp]>([
    ['q that is a plain array', { q: [0, 0] }, /q must be a Float64Array; got Array/],
    ['single precision', { A: Float32Array.of(1, 0) }, /A must be a Float64Array; got Float32Array/],
    ['a row too short', { A: f(1) }, /A must hold 1 x 2 numbers \(rows x variables\); got 1/],
    ['limits of another length', { u: f(1, 2) }, /u must hold 1 numbers; got 2/],
    ['bounds of another length', { lb: f(1) }, /lb must hold 2 numbers; got 1/],
    ['NaN in the costs', { q: f(0, Number.NaN) }, /q\[1\] must be a finite number; got NaN/],
    ['NaN in the limits', { l: f(Number.NaN) }, /l\[0\] must be a number; got NaN/],
    ['an infinite entry', { A: f(1, INF) }, /A\[1\] must be a finite number; got Infinity/],
    ['a lower limit of plus infinity', { l: f(INF) }, /l\[0\] must be below 1e20 on that side/],
    ['P of another size', { P: f(1, 2, 3) }, /P must hold 2 \(its diagonal\) or 2 x 2 numbers; got 3/],
    ['P that is not symmetric', { P: f(1, 2, 3, 4) }, /P must be symmetric; entries \(1, 0\) and \(0, 1\) are 3 and 2/],
    [
      'an indefinite P',
      { P: f(1, 2, 2, 1) },
      /P must be positive semidefinite; it is not, at the latest with variable 1/,
    ],
    ['a negative diagonal', { P: f(1, -1) }, /P must be positive semidefinite; P\[1\] is -1/],
    ['a constant that is none', { constant: Number.NaN }, /constant must be a finite number; got NaN/],
  ])('%s throws', (_, change, message) => {
    expect(() => solveQp({ ...good, ...change } as QpProblem)).toThrow(message);
  });

  it('is a linear program with a Hessian, and a start of another size', () => {
    expect(() => solveLp(good)).toThrow(/a linear program has no P; use solveQp/);
    expect(() => solveQp(good, { method: 'magic' as 'auto' })).toThrow(/method must be one of auto, activeSet,/);
    expect(() => solveQp(good, { roundLimit: 0 })).toThrow(/roundLimit must be a positive integer; got 0/);
    const start = { x: f(1), y: f(), z: f(1) };
    expect(() => solveQp(good, { start })).toThrow(/start must have 2 numbers in x and z/);
  });

  it('is a problem that is too large: it is refused with its need before anything is allocated', () => {
    const n = 3000;
    const refused = () =>
      solveQp({ P: 'identity', q: new Float64Array(n), A: new Float64Array(6000 * n), l: new Float64Array(6000) });
    expect(refused).toThrow(/3000 variables and 6000 rows need \d+ MB as dense matrices; at most \d+ MB/);
    expect(memoryNeed(1000, 5000)).toBeLessThan(4e8);
  });

  it('of any kind throws and never returns an answer', () => {
    const nonsense = fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.array(fc.double()), fc.object());
    fc.assert(
      fc.property(fc.constantFrom('q', 'A', 'l', 'u', 'lb', 'ub'), nonsense, (key, value) => {
        expect(() => solveQp({ ...good, [key]: value } as QpProblem)).toThrow(/must/);
      }),
    );
  });
});

it('ten thousand identical rows, tiny curvature and huge numbers are survived', () => {
  const rows = { A: new Float64Array(20000).fill(1), l: new Float64Array(10000).fill(1) };
  const same = solveQp({ P: 'identity', q: f(0, 0), ...rows });
  expect(same.status).toBe('solved');
  expect(Array.from(same.x)).toEqual([0.5, 0.5]);
  for (const size of [1e-300, 1e-30, 1e30, 1e100]) {
    const solution = solveQp({ P: f(size, size), q: f(-size, size), lb: f(0, 0) });
    expect(solution.residuals.primal).toBeLessThanOrEqual(1e-9);
    if (solution.status === 'solved') expect(solution.x.every(Number.isFinite)).toBe(true);
  }
});

it('a dense problem of 400 variables and 2000 rows is solved', () => {
  const random = lcg(3);
  const [n, m] = [400, 2000];
  const A = Float64Array.from({ length: m * n }, () => random() - 0.5);
  const l = Float64Array.from({ length: m }, () => -random());
  const problem = { P: 'identity' as const, q: Float64Array.from({ length: n }, () => random() - 0.5), A, l };
  const solution = solveQp(problem);
  expect(solution.status).toBe('solved');
  expect(holds(problem, solution)).toBe(true);
});
