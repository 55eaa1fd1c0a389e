/** Models that are updated and solved again and again: the steps from optimum to optimum, and the law of what is held. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBoth, addDot, addScaled } from '../solvers/doubled.js';
import { createModel, type QpModel, type QpProblem, type Solution, solveQp, verify } from '../solvers/index.js';
import { isSharp, sizesOf } from '../solvers/judge.js';
import { checkProblem } from '../solvers/problem.js';
import { roomOf } from '../solvers/products.js';
import { granted } from '../solvers/verify.js';
import { lcg } from './helpers.js';
import { holds } from './solvers-check.js';
import { families, knownProblem } from './solvers-problems.js';

const f = (...values: number[]) => Float64Array.from(values);
const seeds = fc.integer({ min: 1, max: 1e6 });
const distance = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k])), 0);

/** A feasible problem of n variables with rows on both sides, equalities, bounds, and a P of the kind: each has an optimum. */
function anyProblem(random: () => number, n: number, kind: 'identity' | 'diagonal' | 'whole'): Required<QpProblem> {
  const m = Math.floor(random() * n);
  const draw = (count: number, part = 1) =>
    Float64Array.from({ length: count }, () => (random() < part ? random() - 0.5 : 0));
  const [A, x] = [draw(m * n, 0.4), draw(n)];
  const B = draw(n * n);
  const whole = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = i === j ? 0.1 : 0;
    for (let k = 0; k < n; k++) sum += B[n * Math.max(i, j) + k] * B[n * Math.min(i, j) + k];
    return sum;
  });
  const P = kind === 'identity' ? 'identity' : kind === 'whole' ? whole : draw(n).map((value) => 0.1 + value * value);
  const rows = Float64Array.from({ length: m }, (_, i) => x.reduce((sum, value, k) => sum + A[n * i + k] * value, 0));
  const l = rows.map((value, i) => (i % 3 === 0 ? value : value - 0.2 * random()));
  const u = rows.map((value, i) => (i % 3 === 0 ? value : value + 0.2 * random()));
  const [lb, ub] = [x.map((value) => value - 0.5 * random()), x.map((value) => value + 0.5 * random())];
  return { P, q: draw(n), A, l, u, lb, ub, constant: 1 };
}

/** Whether the answer of a model is one: judged on the data, checked without the judge, with the objective of a fresh solve. */
function demandAnswer(problem: Required<QpProblem>, answer: Solution): void {
  expect(answer.status).toBe('solved');
  const { solved, residuals } = verify(problem, answer);
  expect(solved).toBe(true);
  expect(residuals).toEqual(answer.residuals);
  expect(holds(problem, answer)).toBe(true);
  const cold = solveQp(problem);
  expect(Math.abs(answer.objective - cold.objective)).toBeLessThan(1e-8 * (1 + Math.abs(cold.objective)));
  expect(distance(answer.x, cold.x)).toBeLessThan(1e-6);
}

const kinds = fc.constantFrom('identity' as const, 'diagonal' as const, 'whole' as const);

describe('a model', () => {
  it('answers as a fresh solve does, wherever its data go and however long they stay', () => {
    fc.assert(
      fc.property(seeds, kinds, (seed, kind) => {
        const random = lcg(seed);
        const n = 2 + Math.floor(random() * 7);
        let problem = anyProblem(random, n, kind);
        const model = createModel(problem);
        model.solve();
        for (let step = 0; step < 4 * n; step++) {
          // Mostly small steps of the costs, so that laws are learnt and left; now and then a long one, or limits that move.
          const by = step % 7 === 6 ? 2 : 0.05;
          const what = random();
          const moved = (values: Float64Array) => values.map((value) => value + by * (random() - 0.5));
          if (what < 0.8) problem = { ...problem, q: moved(problem.q) };
          else if (what < 0.9) problem = { ...problem, ub: problem.ub.map((value) => value + 0.01 * random()) };
          else
            problem = { ...problem, l: problem.l.map((value, i) => (i % 3 === 0 ? value : value - 0.01 * random())) };
          model.update({ q: problem.q, ...(what < 0.8 ? {} : { l: problem.l, ub: problem.ub }) });
          demandAnswer(problem, model.solve());
        }
      }),
      { numRuns: 12 },
    );
  });

  it('whose costs alone move by little follows its law to the digits of a fresh solve, and leaves it where it ends', () => {
    fc.assert(
      fc.property(seeds, kinds, (seed, kind) => {
        const random = lcg(seed);
        const problem = anyProblem(random, 6, kind);
        const model = createModel(problem);
        const at = (size: number) => ({ ...problem, q: problem.q.map((cost) => cost + size * (random() - 0.5)) });
        const answerTo = (now: Required<QpProblem>) => {
          model.update({ q: now.q });
          return model.solve();
        };
        model.solve();
        for (let step = 0; step < 20; step++) answerTo(at(1e-6));
        for (const size of [1e-6, 1e-3, 1e-1, 10, 1e-6]) {
          const now = at(size);
          const answer = answerTo(now);
          demandAnswer(now, answer);
          expect(Math.max(answer.residuals.primal, answer.residuals.dual)).toBeLessThan(1e-11);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('takes the same steps each time, and hands over arrays of its own', () => {
    const answers = (model: QpModel, problem: Required<QpProblem>) =>
      Array.from({ length: 30 }, (_, step) => {
        model.update({ q: problem.q.map((cost, k) => cost + 0.1 * (((step * (k + 3)) % 11) - 5)) });
        return model.solve();
      });
    for (const kind of ['identity', 'diagonal', 'whole'] as const) {
      const problem = anyProblem(lcg(5), 7, kind);
      const [first, second] = [createModel(problem), createModel(problem)].map((model) => answers(model, problem));
      const kept = structuredClone(first);
      expect(second).toEqual(kept);
      for (const { x, y, z } of first)
        for (const part of [x, y, z]) expect(part.buffer.byteLength).toBe(part.byteLength);
      // What was handed over before does not move.
      expect(first).toEqual(kept);
    }
  });

  it('whose data move by little needs one step, also where rows and variables have other units', () => {
    for (const kind of ['identity', 'diagonal', 'whole'] as const) {
      const drawn = anyProblem(lcg(11), 6, kind);
      expect(drawn.l.length).toBeGreaterThan(1);
      // What is held is given by the data alone where there is nothing else: equalities that no scaling leaves as they are.
      const A = drawn.A.map((value, at) => value * [1, 1e3, 1e-2][Math.floor(at / 6) % 3]);
      const rows = (x: Float64Array) =>
        Float64Array.from({ length: A.length / 6 }, (_, i) =>
          x.reduce((sum, value, k) => sum + A[6 * i + k] * value, 0),
        );
      const [low, high] = [drawn.lb, drawn.ub].map((bounds, side) => bounds.map((b) => b + (side ? 1 : -1)));
      const middle = rows(low.map((value, k) => (value + high[k]) / 2));
      const problem = { ...drawn, A, lb: low, ub: high, l: middle, u: middle };
      const model = createModel(problem);
      model.solve();
      model.solve();
      for (let step = 0; step < 24; step++) {
        const q = problem.q.map((cost, k) => cost + 1e-4 * (((step * (k + 3)) % 11) - 5));
        const l = middle.map((value) => value * (1 + (step % 12 === 11 ? 1e-6 : 0)));
        model.update(step % 12 === 11 ? { q, l, u: l } : { q });
        const { work, why, status } = model.solve();
        expect([status, why, work]).toEqual([
          'solved',
          'a step from the last optimum',
          { rounds: 0, centres: 1, additions: 0, removals: 0 },
        ]);
      }
    }
  });

  it('whose curvature is nearly flat takes a second step wherever the first one has lost digits', () => {
    const n = 7;
    const P = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return 1 / (i + j + 1) + (i === j ? 1e-5 : 0);
    });
    const q = Float64Array.from({ length: n }, (_, k) => Math.sin(k + 1));
    const model = createModel({ P, q, lb: q.map(() => -1e6), ub: q.map(() => 1e6) });
    model.solve();
    model.solve();
    const steps = Array.from({ length: 40 }, (_, step) => {
      model.update({ q: q.map((cost, k) => cost + 0.3 * Math.sin(step * (k + 2))) });
      const { residuals, work } = model.solve();
      if (work.centres === 1) expect(isSharp(residuals)).toBe(true);
      return work.centres;
    });
    expect(steps.filter((count) => count === 2).length).toBeGreaterThan(5);
  });

  it('counts the constraints that its steps take up and let go', () => {
    const model = createModel({ P: 'identity', q: f(0, 0), lb: f(-1, -1), ub: f(1, 1) });
    model.solve();
    model.solve();
    const worked = (...q: number[]) => {
      model.update({ q: f(...q) });
      const { x, work, why } = model.solve();
      expect(why).toBe('a step from the last optimum');
      return [...x, work.rounds, work.additions, work.removals];
    };
    expect(worked(-0.5, 0.5)).toEqual([0.5, -0.5, 0, 0, 0]);
    expect(worked(-3, 0.5)).toEqual([1, -0.5, 1, 1, 0]);
    expect(worked(-3, 4)).toEqual([1, -1, 1, 1, 0]);
    expect(worked(-0.5, 4)).toEqual([0.5, -1, 0, 0, 1]);
    expect(worked(0, 0)).toEqual([0, 0, 0, 0, 1]);
  });

  it('whose data contradict each other says so, and goes on when they no longer do', () => {
    const rows = { A: f(1, 1), l: f(0), u: f(1) };
    const model = createModel({ P: 'identity', q: f(-1, -1), ...rows, lb: f(0, 0), ub: f(5, 5) });
    model.solve();
    model.solve();
    model.update({ l: f(11), u: f(12) });
    expect(model.solve().status).toBe('infeasible');
    model.update({ l: f(0), u: f(1) });
    expect(Array.from(model.solve().x)).toEqual([0.5, 0.5]);
    model.update({ q: f(-1, -2) });
    expect(distance(model.solve().x, f(0, 1))).toBeLessThan(1e-12);
  });

  it('is as right on every family of problems with an optimum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (index) => {
        const { problem, status } = knownProblem(index, 10);
        fc.pre(status === 'solved');
        const model = createModel(problem);
        for (let step = 0; step < 5; step++) {
          const q = problem.q.map((cost, k) => cost * (1 + 1e-3 * ((step * (k + 1)) % 3)));
          model.update({ q });
          const answer = model.solve();
          if (answer.status === 'solved') expect(holds({ ...problem, q }, answer)).toBe(true);
        }
      }),
      { numRuns: 3 * families.length },
    );
  });
});

describe('the word on a step', () => {
  const problem = { P: 'identity' as const, q: f(-3, 1), A: f(1, 1), l: f(0), u: f(1), lb: f(0, 0), ub: f(9, 9) };
  const program = checkProblem(problem);
  const { x, y, z } = solveQp(problem);
  const word = (point: { x?: Float64Array; y?: Float64Array }) => {
    const work = { rounds: 0, centres: 1, additions: 0, removals: 0 };
    const all = { x: x.slice(), y: y.slice(), z: z.slice(), work, ...point };
    return granted(program, all, sizesOf(program), roomOf(program), 'proved');
  };

  it('is given to the optimum alone: a point, or a multiplier, that is off by 1e-6 is none', () => {
    expect(word({})).toMatchObject({ status: 'solved', tried: ['activeSet'], x, y });
    expect(word({ x: x.map((value) => value + 1e-6) })).toBeUndefined();
    expect(word({ x: f(x[0] - 1e-6, x[1]) })).toBeUndefined();
    expect(word({ y: y.map((value) => value + 1e-6) })).toBeUndefined();
    expect(word({ x: f(Number.NaN, 0) })).toBeUndefined();
  });

  it('that a point is sharp is said of residuals of 1e-12 at most, the gap beside the objective', () => {
    const sharp = { primal: 1e-12, dual: 1e-12, gap: 1e-12, objective: 0 };
    expect(isSharp(sharp)).toBe(true);
    for (const key of ['primal', 'dual', 'gap'] as const) expect(isSharp({ ...sharp, [key]: 1.1e-12 })).toBe(false);
    for (const objective of [-9, 9]) {
      expect(isSharp({ ...sharp, gap: 1e-11, objective })).toBe(true);
      expect(isSharp({ ...sharp, gap: 1.1e-11, objective })).toBe(false);
    }
  });
});

describe('one walk over a matrix for both of its products', () => {
  it('has the bits of two', () => {
    const entry = fc.oneof(
      fc.constantFrom(0, -0, 1, -1, 1e-300, 1e140),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    );
    const shape = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(shape, shape, fc.infiniteStream(entry), fc.boolean(), (n, m, entries, sparse) => {
        const draw = (count: number) => Float64Array.from({ length: count }, () => entries.next().value as number);
        const [A, x, y, highs] = [draw(m * n), draw(n), draw(m), draw(n)];
        const [dots, sums] = [
          { highs: draw(m), lows: draw(m) },
          { highs: highs.slice(), lows: new Float64Array(n) },
        ];
        const columns = Int32Array.from({ length: sparse ? m * n : n }, (_, p) => p % n);
        const starts = Int32Array.from({ length: m + 1 }, (_, i) => n * i);
        addBoth(A, x, y, dots, sums, new Float64Array(n), columns, sparse ? starts : undefined);
        const lows = new Float64Array(n);
        for (let i = 0; i < m; i++) {
          const sum = { high: 0, low: 0 };
          addDot(sum, A, n * i, n * i + n, x);
          expect([dots.highs[i], dots.lows[i]]).toEqual([sum.high, sum.low]);
          if (y[i] !== 0) addScaled(highs, lows, -y[i], A, n * i, n * i + n);
        }
        expect(sums).toEqual({ highs, lows });
      }),
      { numRuns: 200 },
    );
  });
});

it('where optima are far from each other a sparse model takes the way from nothing, and near ones the way of steps again', () => {
  const random = lcg(7);
  const n = 300;
  const places = Array.from({ length: n }, (_, k) => [k >> 1, Math.min((k >> 1) + 1, n / 2 - 1)]);
  const pairs = places.map(([i, j]) => (i === j ? [i] : [i, j]));
  const A = {
    starts: Int32Array.from([0, ...pairs.map((_, k) => pairs.slice(0, k + 1).flat().length)]),
    rows: Int32Array.from(pairs.flat()),
    values: Float64Array.from(pairs.flat(), () => random() - 0.5),
  };
  const side = (value: number) => new Float64Array(n / 2).fill(value);
  const box = (value: number) => new Float64Array(n).fill(value);
  const problem = { P: box(1), q: box(0), A, l: side(-0.2), u: side(0.2), lb: box(-1), ub: box(1) };
  const model = createModel(problem);
  const costs = (size: number) => Float64Array.from({ length: n }, () => size * (random() - 0.5));
  const solve = (q: Float64Array) => {
    model.update({ q });
    const answer = model.solve();
    const fresh = solveQp({ ...problem, q });
    expect([answer.status, fresh.status]).toEqual(['solved', 'solved']);
    expect(answer.objective).toBeCloseTo(fresh.objective, 8);
    return answer.method;
  };
  const far = Array.from({ length: 3 }, () => solve(costs(8)));
  expect(far).toEqual(['interiorPoint', 'interiorPoint', 'interiorPoint']);
  const near = costs(8);
  const close = Array.from({ length: 6 }, () => solve(near.map((cost) => cost * (1 + 1e-6 * random()))));
  expect(close.slice(-2)).toEqual(['activeSet', 'activeSet']);
});
