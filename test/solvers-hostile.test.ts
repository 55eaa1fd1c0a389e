/** What callers do that no problem of the other tests does. */
import { describe, expect, it } from 'vitest';
import {
  createModel,
  denseProblem,
  type QpProblem,
  type Rows,
  readMps,
  solveQp,
  solveQpLater,
  solveWithCuts,
  sparseProblem,
  verify,
} from '../solvers/index.js';
import { proveInfeasible } from '../solvers/judge.js';
import { checkProblem } from '../solvers/problem.js';
import { lcg } from './helpers.js';

const f = (...values: number[]) => Float64Array.from(values);
const INF = Number.POSITIVE_INFINITY;

describe('a problem', () => {
  it('is infeasible where limits cross by more than the promise, whatever crosses by less before', () => {
    const rows: QpProblem = { q: f(1, 1), A: f(1, 0, 0, 1), l: f(1e-10, 5), u: f(0, 0) };
    const variables: QpProblem = { q: f(1, 1), lb: f(1e-10, 5), ub: f(0, 0) };
    const both: QpProblem = { q: f(1, 1), A: f(1, 1), l: f(1e-10), u: f(0), lb: f(0, 5), ub: f(1, 0) };
    for (const problem of [rows, variables, both]) {
      const { status, certificate } = solveQp(problem);
      expect(status).toBe('infeasible');
      expect(certificate?.violation).toBe(2.5);
    }
  });

  it('whose proof leans on a free variable by less than sums in twice the precision show has a proof with a radius', () => {
    // Sums y_i a_i come to 0, but are 2^-114: the error 2^-114 of the second product is lost beside 2^-54, that of the first.
    const [near, next] = [1 + 2 ** -27, 2 ** -5 * (1 + 2 ** -52)];
    const a = f(near, next, 1 + 2 ** -26, 2 ** -54, 2 ** -10 * (1 + 2 ** -51));
    const sides = { l: f(1, 0, -INF, -INF, -INF), u: f(INF, INF, 0, 0, 0) };
    const proof = (A: Float64Array, y: Float64Array) => proveInfeasible(checkProblem({ q: f(0), A, ...sides }), y);
    const radius = proof(a, f(near, next, -1, -1, -1))?.radius ?? 0;
    expect(radius).toBeGreaterThan(1e9);
    expect(radius).toBeLessThan(2 ** 114);
    expect(proof(f(1, 2, 1, 1, 1), f(1, 1, -1, -1, -1))?.radius, 'sums that are 0').toBe(INF);
  });

  it('is solved in the units of its other limits where some are so large that they stand for none', () => {
    const random = lcg(5);
    for (const big of [1e13, 1e15, 1e17, 1e19]) {
      for (let run = 0; run < 20; run++) {
        const whole = () => Math.floor(7 * random()) - 3;
        const n = 4;
        const A = Float64Array.from({ length: 3 * n }, whole);
        const none = (value: number) => (random() < 0.4 ? Math.sign(value) * big : value);
        const limits: QpProblem = {
          q: Float64Array.from({ length: n }, whole),
          A,
          l: f(-2, -3, -1).map(none),
          u: f(2, 1, 3).map(none),
          lb: f(-2, -1, -2, -3),
          ub: f(3, 2, 1, 2).map(none),
        };
        // All limits that are none are so, too, and what falls as far as they allow is no test of this.
        const open = (values: Float64Array) => values.map((value) => (Math.abs(value) === big ? value * INF : value));
        const free = {
          ...limits,
          l: open(limits.l as Float64Array),
          u: open(limits.u as Float64Array),
          ub: open(limits.ub as Float64Array),
        };
        for (const P of [undefined, 'identity', f(2, 0, 0, 1)] as const) {
          const expected = solveQp({ ...free, P });
          if (expected.status !== 'solved') continue;
          const { status, objective } = solveQp({ ...limits, P });
          expect(status).toBe('solved');
          expect(objective).toBeCloseTo(expected.objective, 6);
        }
      }
    }
  });

  it('that is solved from nothing is solved from any start, even one that leads nowhere', () => {
    const problem: QpProblem = {
      P: f(0, 0, 0),
      q: f(-0.007665167022496462, 161785.2557450533, 18118.176786229014),
      A: f(
        -9.57286613062024e-6,
        -1.0735275950282811e-5,
        -1748.8611862063408,
        2.7851062919944525,
        6.049214079976082e-7,
        0.0005986731220036745,
      ),
      l: f(-38.960466483648844, -0.1779959643798345),
      u: f(INF, -0.06040458530154175),
      lb: f(-0.06391620234700386, -1.426157702691853, 0.02196476810997026),
    };
    const start = {
      x: f(-0.06391434750424949, -1.426157702691853, 0.02196476810997026),
      y: f(0, 0.0006540225000627541),
      z: f(0, 13.7, 19732.69),
    };
    const cold = solveQp(problem);
    expect(cold.status).toBe('solved');
    expect(solveQp(problem, { start })).toMatchObject({ status: 'solved', objective: cold.objective });
  });

  it('whose P is half flat is solved in a box however wide, with more regularisation where a factor fails without', () => {
    const n = 60;
    for (const seed of [2, 3, 6, 8]) {
      const random = lcg(seed);
      const B = Float64Array.from({ length: (n * n) / 2 }, () => Math.floor(5 * random()) - 2);
      const P = new Float64Array(n * n);
      for (let at = 0; at < P.length; at++) {
        for (let t = 0; t < n / 2; t++) P[at] += B[n * t + Math.floor(at / n)] * B[n * t + (at % n)];
      }
      const A = Float64Array.from({ length: 15 * n }, () => random() - 0.5);
      const q = Float64Array.from({ length: n }, () => 30 * (random() - 0.5));
      const [zero, side] = [new Float64Array(15), new Float64Array(n).fill(1e5)];
      const problem: QpProblem = { P, q, A, l: zero, u: zero, lb: side.map((bound) => -bound), ub: side };
      expect(solveQp(problem, { method: 'interiorPoint' }).status, `${seed}`).toBe('solved');
    }
  });

  it('is refused where its dense A is mostly zeros but for a number that is none, wherever that stands', () => {
    const [n, m] = [37, 31];
    for (const place of [0, 1, 500, n * m - 2, n * m - 1]) {
      for (const value of [Number.NaN, INF, -INF, 1e200]) {
        const A = new Float64Array(m * n);
        for (let i = 0; i < m; i++) A[n * i + i] = 1;
        A[place] = value;
        const wanted = Math.abs(value) < INF ? 'at most 1e+150' : 'a finite number';
        const solve = () => solveQp({ q: new Float64Array(n), A, u: new Float64Array(m) });
        expect(solve).toThrow(`A[${place}] must be ${wanted}`);
      }
    }
  });

  it('names the value of a sparse matrix that is none where the caller has it', () => {
    const { starts, rows } = { starts: Int32Array.of(0, 2, 3), rows: Int32Array.of(0, 1, 0) };
    const A = { starts, rows, values: f(0, 1, Number.NaN) };
    expect(() => solveQp({ q: f(0, 0), A, u: f(1, 1) })).toThrow('A.values[2] must be a finite number; got NaN');
    const P = { starts: Int32Array.of(0, 1, 2), rows: Int32Array.of(0, 1), values: f(0, 1e200) };
    expect(() => solveQp({ q: f(0, 0), P })).toThrow('P.values[1] must be at most 1e+150');
  });
});

describe('a sparse problem', () => {
  it('may have more variables than a function takes arguments', () => {
    const n = 150000;
    const q = new Float64Array(n).fill(1);
    expect(solveQp({ q, P: 'identity' })).toMatchObject({ status: 'solved', objective: -n / 2 });
    expect(solveQp({ q, lb: new Float64Array(n).fill(-1) })).toMatchObject({ status: 'solved', objective: -n });
  });

  it('that is too large for dense matrices is solved by a model as it is from nothing, never by the active set', () => {
    const n = 2000;
    const A = {
      starts: Int32Array.from({ length: n + 1 }, (_, k) => k),
      rows: Int32Array.from({ length: n }, (_, k) => k % 20),
      values: new Float64Array(n).fill(1),
    };
    const problem: QpProblem<Float64Array | typeof A> = {
      P: new Float64Array(n).fill(2),
      q: Float64Array.from({ length: n }, (_, k) => (k % 7) - 3),
      A,
      u: new Float64Array(20).fill(-50),
    };
    const model = createModel(problem);
    model.solve();
    const q = problem.q.map((cost) => -cost);
    model.update({ q });
    const { method, x } = model.solve();
    expect(method).toBe('interiorPoint');
    expect(x).toEqual(solveQp({ ...problem, q }).x);
  });
});

describe('arrays', () => {
  it('of an answer belong to the caller: a model goes on whatever is written into them', () => {
    const model = createModel({ P: f(2, 1, 1, 2), q: f(-1, -1), A: f(1, 1), u: f(0.5), lb: f(0, 0) });
    for (const junk of [Number.NaN, 1e300, -1]) {
      for (const values of [model.solve()].flatMap(({ x, y, z }) => [x, y, z])) values.fill(junk);
      model.addRows({ A: f(1, -1), u: f(3) });
      const { status, x } = model.solve();
      expect(status).toBe('solved');
      for (const value of x) expect(value).toBeCloseTo(0.25, 12);
    }
  });

  it('of a problem may be written to while it is solved beside other work', async () => {
    const random = lcg(3);
    const [n, m] = [150, 300];
    const draw = (length: number) => Float64Array.from({ length }, () => random() - 0.5);
    const problem = {
      P: 'identity' as const,
      q: draw(n).map((cost) => 100 * cost),
      A: draw(m * n),
      u: new Float64Array(m).fill(1),
    };
    const expected = solveQp(problem, { method: 'interiorPoint' });
    const later = solveQpLater(problem, { method: 'interiorPoint' });
    for (const values of [problem.q, problem.A, problem.u]) values.fill(7);
    expect((await later).x).toEqual(expected.x);
  });
});

it('an oracle whose rows are not understood is refused, and never passes for one that found nothing', () => {
  const problem: QpProblem = { q: f(-1, -1), ub: f(1, 1) };
  const answers = (rows: unknown) => () => solveWithCuts(problem, () => rows as Rows);
  expect(answers({ A: f(1, 1), b: f(1) })).toThrow('the rows of the oracle has no "b"; allowed are A, l, u');
  expect(answers({ A: f(1, 1) })).toThrow('the rows of the oracle need l or u');
  expect(answers([f(1, 1)])).toThrow('the rows of the oracle must be an object; got an array');
  expect(answers({ A: f(1), u: f(1) })).toThrow('A must hold 1 x 2 numbers');
  expect(answers({ A: f(), u: f() })().status).toBe('solved');
});

it('a fixed file whose names have blanks may say anywhere in a line that it asks for a maximum', () => {
  for (const line of ['MAX', ' MAX', '  MAXIMIZE', '    MAX', '                 maximise  ']) {
    const text = `NAME\nOBJSENSE\n${line}\nROWS\n N  THE COST\nCOLUMNS\n    X ONE     THE COST           2.0\nRHS\nENDATA\n`;
    expect(readMps(text, 'a file'), line).toMatchObject({ maximize: true, q: f(-2), columns: ['X ONE'] });
  }
});

it('a problem with entries out of place, or twice, is refused in either form', () => {
  const model = { name: '', columns: ['a', 'b'], rows: ['r'], integer: [false, false], maximize: false, constant: 0 };
  const vectors = { q: f(1, 1), l: f(0), u: f(1), lb: f(0, 0), ub: f(1, 1) };
  const refused = (A: [number, number, number][], P: [number, number, number][], text: string) => {
    expect(() => solveQp(denseProblem({ ...model, ...vectors, A, P }))).toThrow(text);
    expect(() => solveQp(sparseProblem({ ...model, ...vectors, A, P }))).toThrow(text);
  };
  // In a dense P of two variables the place of (0, 2) is that of (1, 0).
  refused([], [[0, 2, 1]], 'the column of an entry must be a whole number from 0 to 1; got 2');
  refused([], [[2, 0, 1]], 'the row of an entry must be a whole number from 0 to 1; got 2');
  refused([[1, 0, 1]], [], 'the row of an entry must be a whole number from 0 to 0; got 1');
  refused(
    [
      [0, 0, 1],
      [0, 0, 2],
    ],
    [],
    'A has entry (0, 0) twice; add them up',
  );
});

it('a point is not solved where terms that cancel each other hide its slope', () => {
  // 1e100 y_0 and 1e100 y_1 cancel, and the slope is q = -1, of which sums in twice the precision keep nothing.
  const problem: QpProblem = { P: f(362), q: f(-1), A: f(1e100, 1e100), l: f(0, -INF), u: f(3, 1), ub: f(0) };
  const y = 6.5760237153269655e-12;
  const { solved, residuals } = verify(problem, { x: f(0), y: f(y, -y), z: f(0) });
  expect(residuals.dual).toBeGreaterThan(1);
  expect(solved).toBe(false);
});
