import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QpProblem, type Solution, type SparseMatrix, solveQp, verify } from '../solvers/index.js';
import { proveInfeasible } from '../solvers/judge.js';
import { presolve } from '../solvers/presolve/presolve.js';
import { checkProblem, type Program } from '../solvers/problem.js';
import { solveProgram } from '../solvers/solve.js';
import { type Compressed, compressed, transposed } from '../solvers/sparse/matrix.js';
import { refuted } from './exact-claims.js';
import { lcg } from './helpers.js';
import { holds } from './solvers-check.js';
import { knownProblem } from './solvers-problems.js';

const INF = Number.POSITIVE_INFINITY;
const f = (...values: number[]) => Float64Array.from(values);

function csc(M: Float64Array, n: number): SparseMatrix {
  const { starts, columns, values } = transposed(compressed(M, n), n);
  return { starts, rows: columns, values };
}

/** A problem with matrices by columns, whatever its size. */
function sparse(problem: QpProblem): QpProblem<SparseMatrix> {
  const { P, A, q } = problem;
  const n = q.length;
  const whole = P instanceof Float64Array && P.length === n * n && n > 1;
  const m = problem.l?.length ?? problem.u?.length ?? 0;
  return {
    ...problem,
    P: whole ? csc(P, n) : (P as 'identity'),
    A: csc(A ?? new Float64Array(), n),
    l: problem.l ?? f(...Array(m).fill(-INF)),
  };
}

const programOf = (problem: QpProblem): Program<Compressed> => {
  const program = checkProblem(sparse(problem));
  return { ...program, A: compressed(program.A, program.n) } as Program<Compressed>;
};

type Answer = Pick<Solution, 'status' | 'x' | 'y' | 'z'> & { left?: { n: number; m: number } };

/** What presolve and a solve of what it leaves come to, taken back to the whole problem; nothing of it has been judged there. */
function throughPresolve(problem: QpProblem): Answer {
  const program = programOf(problem);
  const { n, m } = program;
  const none = { x: new Float64Array(n), y: new Float64Array(m), z: new Float64Array(n) };
  const smaller = presolve(program);
  if (smaller === undefined) return { ...solveProgram(program), left: program };
  if ('proof' in smaller) return { ...none, y: smaller.proof, status: 'infeasible' };
  const left = smaller.program;
  const empty = { x: f(), y: f(), z: f(), status: 'solved' as const };
  const solution = left.n > 0 ? solveProgram(left) : empty;
  const y = ('certificate' in solution && solution.certificate?.y) || solution.y;
  const work = { rounds: 0, centres: 0, additions: 0, removals: 0 };
  return { ...smaller.whole({ ...solution, y, work }), left };
}

/** A problem with rows and variables beside its own that say nothing new; its optimum stays. */
function withWeeds(problem: QpProblem, seed: number): QpProblem {
  const random = lcg(seed);
  const n = problem.q.length;
  const program = checkProblem(problem) as Program;
  const rows: { a: number[]; l: number; u: number }[] = Array.from({ length: program.m }, (_, i) => ({
    a: Array.from(program.A.subarray(n * i, n * i + n)),
    l: program.l[i],
    u: program.u[i],
  }));
  const pick = (count: number) => Math.floor(random() * count);
  const weeds = [
    () => rows.push({ a: Array(n).fill(0), l: -1, u: random() < 0.5 ? 0 : INF }),
    () => {
      // A bound becomes a row, in units of its own.
      const k = pick(n);
      const scale = [1, -2, 4, -0.5][pick(4)];
      const ends = [program.lb[k] * scale, program.ub[k] * scale].sort((a, b) => a - b);
      rows.push({ a: Array.from({ length: n }, (_, j) => (j === k ? scale : 0)), l: ends[0], u: ends[1] });
      if (program.lb[k] < program.ub[k]) [program.lb[k], program.ub[k]] = [-INF, INF];
    },
    () => {
      // A row again, times something, and its limits shared out.
      const one = rows[pick(rows.length)];
      const scale = [1, -2, 0.25][pick(3)];
      const ends = [one.l * scale, one.u * scale].sort((a, b) => a - b);
      rows.push({ a: one.a.map((value) => value * scale), l: ends[0], u: ends[1] });
      if (one.l < one.u) one.u = INF;
    },
    () => rows.push({ a: Array.from({ length: n }, () => pick(3) - 1), l: -INF, u: INF }),
  ];
  for (let w = 0; w < 4; w++) if (rows.length > 0) weeds[pick(weeds.length)]();
  // A variable of its own, in a forcing row with two more, and one that nothing holds back.
  const grown = rows.map(({ a, ...limits }) => ({ a: [...a, 0, 0, 0], ...limits }));
  grown.push({ a: [...Array(n).fill(0), 1, 2, 0], l: -INF, u: 0 });
  const [P, whole] = [problem.P, n + 3];
  let hessian: QpProblem['P'];
  if (P === 'identity' || (P instanceof Float64Array && P.length === n && n !== 1))
    hessian = f(...(P === 'identity' ? Array(n).fill(1) : P), 1, 0, 0);
  else {
    hessian = new Float64Array(whole * whole);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) hessian[whole * i + j] = P ? P[n * i + j] : 0;
  }
  return {
    P: hessian,
    q: f(...program.q, random() - 0.5, random() - 0.5, 1),
    A: f(...grown.flatMap(({ a }) => a)),
    l: f(...grown.map((row) => row.l)),
    u: f(...grown.map((row) => row.u)),
    lb: f(...program.lb, 0, 0, 0),
    ub: f(...program.ub, 3, INF, INF),
    constant: program.constant,
  };
}

/** A sparse problem with an optimum that is known, of a size that goes through presolve. */
function largeProblem(seed: number, kind: 'linear' | 'quadratic'): QpProblem {
  const random = lcg(seed);
  const [n, m] = [80, 60];
  const A = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let t = 0; t < 1 + (i % 4); t++) A[n * i + Math.floor(random() * n)] = Math.round(8 * random() - 4);
  const x = Float64Array.from({ length: n }, () => Math.round(4 * random()) / 2);
  const value = Float64Array.from({ length: m }, (_, i) => x.reduce((sum, v, k) => sum + A[n * i + k] * v, 0));
  return {
    P: kind === 'linear' ? undefined : Float64Array.from({ length: n }, (_, k) => k % 3),
    q: Float64Array.from({ length: n }, () => Math.round(8 * random() - 4)),
    A,
    l: value.map((v, i) => (i % 3 === 0 ? v : v - Math.round(2 * random()))),
    u: value.map((v, i) => (i % 3 === 0 ? v : v + Math.round(2 * random()))),
    lb: x.map((v, k) => (k % 9 === 0 ? v : 0)),
    ub: x.map((v, k) => (k % 9 === 0 ? v : 2)),
  };
}

const left = (problem: QpProblem) => {
  const { left } = throughPresolve(problem);
  return left && [left.n, left.m];
};

describe('presolve', () => {
  it('leaves the optimum as it is, with multipliers of the whole problem that are right to 1e-9', () => {
    const seen = { smaller: 0, nothing: 0, proofs: 0, undecided: 0 };
    const check = (index: number, seed: number) => {
      const known = knownProblem(index, 10);
      if (known.family === 'scaled') return;
      const problem = withWeeds(known.problem, seed);
      const answer = throughPresolve(problem);
      if (answer.left === undefined) seen.proofs++;
      else if (answer.left.n === 0) seen.nothing++;
      else if (answer.left.n < problem.q.length) seen.smaller++;
      const proof = answer.status === 'infeasible' && proveInfeasible(checkProblem(problem), answer.y);
      // A proof that the judge refuses sends the problem to the methods as it is.
      if (answer.status === 'stalled' || answer.status === 'roundLimit' || proof === undefined) {
        seen.undecided++;
        return;
      }
      expect(answer.status, known.family).toBe(known.status);
      if (answer.status !== 'solved') return;
      const { solved, residuals } = verify(problem, answer);
      expect(solved, JSON.stringify(residuals)).toBe(true);
      const { objective = residuals.objective } = known;
      expect(Math.abs(residuals.objective - objective)).toBeLessThan(1e-8 * (1 + Math.abs(objective)));
    };
    fc.assert(fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 1e6 }), check), { numRuns: 400, seed: 5 });
    expect(seen.undecided).toBeLessThan(9);
    for (const kind of ['smaller', 'nothing', 'proofs'] as const) expect(seen[kind], kind).toBeGreaterThan(15);
  });

  it('stands behind answers to sparse problems, none of which whole numbers refute', () => {
    for (const kind of ['linear', 'quadratic'] as const) {
      for (let seed = 1; seed <= 5; seed++) {
        const problem = largeProblem(seed, kind);
        const answer = solveQp(sparse(problem));
        const other = solveQp(problem, {
          method: 'activeSet',
          start: { x: f(...Array(80).fill(0)), y: f(), z: f(...Array(80).fill(0)) },
        });
        expect(answer.why).toMatch(/^presolve leaves \d+ of 80 variables and \d+ of 60 rows/);
        expect(other.why).not.toMatch(/presolve/);
        expect([answer.status, other.status]).toEqual(['solved', 'solved']);
        expect(refuted(problem, { ...answer, convexity: 'undecided' }), `${kind} ${seed}`).toBeUndefined();
        expect(Math.abs(answer.objective - other.objective)).toBeLessThan(1e-8);
        const never = { ...problem, l: (problem.l as Float64Array).slice(), u: (problem.u as Float64Array).slice() };
        never.l[seed] = never.u[seed] = 100;
        const proof = solveQp(sparse(never));
        expect(proof.status).toBe('infeasible');
        expect(refuted(never, { ...proof, convexity: 'undecided' }), `${kind} ${seed}`).toBeUndefined();
      }
    }
  });

  it('finds that a large problem falls for ever, with a ray of the whole problem', () => {
    const problem = largeProblem(3, 'linear');
    const n = 81;
    const grown = (values: QpProblem['q'] | undefined, value: number) => f(...(values as Float64Array), value);
    const A = f(
      ...Array.from({ length: 60 }, (_, i) => [
        ...(problem.A as Float64Array).subarray(80 * i, 80 * i + 80),
        i === 7 ? 1 : 0,
      ]).flat(),
    );
    const open: QpProblem = {
      ...problem,
      A,
      q: grown(problem.q, -1),
      lb: grown(problem.lb, 0),
      ub: grown(problem.ub, INF),
    };
    (open.u as Float64Array)[7] = INF;
    const answer = solveQp(sparse(open));
    expect(answer.why).toMatch(/^presolve leaves/);
    expect(answer.status).toBe('unbounded');
    expect(answer.ray?.length).toBe(n);
    expect(holds(open, answer)).toBe(true);
  });

  it('takes away rows that say nothing, rows of one variable, parallel ones, forcing ones and variables whose value is told', () => {
    const base = { P: f(2, 1, 1, 2), q: f(-1, -1), lb: f(0, 0), ub: f(9, 9) };
    const square = { ...base, A: f(1, 1), l: f(1), u: f(1.5) };
    expect(left(square)).toEqual([2, 1]);
    expect(left({ ...square, A: f(1, 1, 0, 0), l: f(1, -1), u: f(1.5, 0) })).toEqual([2, 1]);
    expect(left({ ...square, A: f(1, 1, 2, 0), l: f(1, -INF), u: f(1.5, 1) })).toEqual([2, 1]);
    expect(left({ ...square, A: f(1, 1, 1, -1), l: f(1, -9), u: f(1.5, 9) })).toEqual([2, 1]);
    expect(left({ ...square, A: f(1, 1, -2, -2), l: f(1, -3), u: f(INF, INF) })).toEqual([2, 1]);
    expect(left({ ...square, l: f(18), u: f(20) })).toEqual([0, 0]);
    expect(left({ ...square, lb: f(3, 0), ub: f(3, 9), u: f(8) })).toEqual([1, 0]);
    // Bounds that follow from the first row make the second one redundant.
    const chain = { ...base, P: f(2, 1, 0, 1, 2, 0, 0, 0, 2), q: f(-1, -1, 1), lb: f(0, 0, -4), ub: f(INF, INF, 4) };
    expect(left({ ...chain, A: f(1, 1, 0, 1, 0, 1), l: f(-INF, -9), u: f(3, 9) })).toEqual([2, 1]);
    // Nothing holds the third variable back, and without it the row says nothing.
    expect(
      left({ ...base, P: undefined, q: f(1, 1, 2), lb: f(0, 0, -3), ub: f(1, 1, 5), A: f(-1, -1, 1), u: f(-1) }),
    ).toEqual([0, 0]);
  });

  it('names the multipliers that the row of a bound has, and the rows of a contradiction', () => {
    // minimize x^2 - 8x + y^2 with 2x <= 4: the multiplier is that of the row.
    const bound = throughPresolve({ P: f(2, 2), q: f(-8, 0), A: f(2, 0), u: f(4) });
    expect(bound).toMatchObject({ x: f(2, -0), y: f(-2), z: f(0, 0) });
    // The tighter of two parallel rows, though it is the one that goes.
    const twice = throughPresolve({ P: f(2, 1, 1, 2), q: f(-8, -8), A: f(1, 1, 2, 2), u: f(4, 2) });
    expect(twice.y[0]).toBe(0);
    expect(twice.y[1]).toBeCloseTo(-3.25, 12);
    const rows = {
      q: f(0, 0, 0),
      A: f(1, 1, 0, 0, 1, 1, 2, 2, 0),
      l: f(1, 0, -INF),
      u: f(INF, 5, 1),
      lb: f(-9, -9, -9),
      ub: f(9, 9, 9),
    };
    const never = throughPresolve(rows);
    expect(never).toMatchObject({ status: 'infeasible', y: f(1, 0, -0.5) });
  });
});
