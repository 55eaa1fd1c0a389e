import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeSet, type MinNormProblem, solveMinNorm } from '../solvers/index.js';
import { createArena } from '../src/core/index.js';
import { lcg } from './helpers.js';

/**
 * A problem whose optimum is known because it was built from its optimality conditions: a point w, active and
 * inactive rows, multipliers, and rows shifted so that everything fits.
 */
function built(seed: number, n: number, activeRows: number, idleRows: number, equalities: number) {
  const random = lcg(seed);
  const m = activeRows + idleRows;
  const rows = Float64Array.from({ length: m * n }, () => 2 * random() - 1);
  const multipliers = Float64Array.from({ length: m }, (_, i) =>
    i < activeRows ? (i < equalities ? 2 * random() - 1 : random()) : 0,
  );
  const combination = new Float64Array(n);
  for (let i = 0; i < m; i++) for (let k = 0; k < n; k++) combination[k] += multipliers[i] * rows[n * i + k];
  // w = clip(v): a box that cuts some variables off.
  const bound = 0.6 * combination.reduce((most, v) => Math.max(most, Math.abs(v)), 0.1);
  const weights = combination.map((v) => Math.min(bound, Math.max(-bound, v)));
  const limits = Float64Array.from({ length: m }, (_, i) => {
    let product = 0;
    for (let k = 0; k < n; k++) product += rows[n * i + k] * weights[k];
    return i < activeRows ? product : product - 0.01 - random();
  });
  const equality = Array.from({ length: m }, (_, i) => i < equalities);
  const problem: MinNormProblem = { variables: n, rows, limits, equality, lower: -bound, upper: bound };
  return { problem, weights };
}

const shapes = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  n: fc.integer({ min: 2, max: 40 }),
  active: fc.integer({ min: 0, max: 12 }),
  idle: fc.integer({ min: 0, max: 60 }),
});
const instance = ({ seed, n, active, idle }: { seed: number; n: number; active: number; idle: number }) => {
  const rows = Math.min(active, n - 1);
  return built(seed, n, rows, idle, Math.floor(rows / 3));
};
const distance = (a: Float64Array, b: Float64Array) =>
  a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i])), 0);

describe('least-norm problems', () => {
  it('built from known optimality conditions are solved', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem, weights } = instance(shape);
        const solution = solveMinNorm(problem);
        expect(solution.status).toBe('solved');
        expect(distance(solution.weights, weights)).toBeLessThan(1e-8);
        expect(solution.kkt).toBeLessThan(1e-8);
      }),
      { numRuns: 400 },
    );
  });

  it('scaled by powers of two have the same solution to the bit', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(-20, -3, 5, 20), (shape, power) => {
        const { problem } = instance(shape);
        const scale = 2 ** power;
        const scaled = {
          ...problem,
          rows: problem.rows.map((x) => x * scale),
          limits: problem.limits.map((x) => x * scale),
        };
        expect(Array.from(solveMinNorm(scaled).weights)).toEqual(Array.from(solveMinNorm(problem).weights));
      }),
      { numRuns: 60 },
    );
  });

  it('keep their solution when rows are permuted, repeated, or implied', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem, weights } = instance(shape);
        const { variables: n, rows, limits } = problem;
        const equality = problem.equality as boolean[];
        const order = [...limits.keys()].reverse();
        const doubled = [...order, ...order.filter((i) => !equality[i])];
        const pick = (i: number) => Array.from(rows.subarray(n * i, n * i + n));
        const bigger: MinNormProblem = {
          ...problem,
          rows: Float64Array.from([...doubled.flatMap(pick), ...new Array(n).fill(0)]),
          // The repetitions ask for less, the zero row for nothing.
          limits: Float64Array.from([...doubled.map((i, at) => limits[i] - (at < order.length ? 0 : 0.5)), -1]),
          equality: [...doubled.map((i) => equality[i]), false],
        };
        const solution = solveMinNorm(bigger);
        expect(solution.status).toBe('solved');
        expect(distance(solution.weights, weights)).toBeLessThan(1e-8);
      }),
      { numRuns: 120 },
    );
  });

  it('have the same solution warm as cold: rows in many rounds or in one', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem } = instance(shape);
        const { variables: n, rows, limits, lower, upper } = problem;
        const equality = problem.equality as boolean[];
        const solve = (batch: number) => {
          const arena = createArena();
          const solver = activeSet(arena, new Float64Array(n).fill(lower), new Float64Array(n).fill(upper));
          const feed = (indices: number[], kind: 'equalities' | 'inequalities') => {
            const slots = solver.open(indices.length);
            indices.forEach((row, i) =>
              arena.f64(solver.rowPointer(slots[i]), n).set(rows.subarray(n * row, n * row + n)),
            );
            const bounds = indices.map((i) => limits[i]);
            expect(solver.round(slots, bounds, kind)).toBe('solved');
          };
          const all = Array.from(limits.keys());
          feed(
            all.filter((i) => equality[i]),
            'equalities',
          );
          // Rows that a round has let go of come back in the next sweep, until nothing moves.
          const rest = all.filter((i) => !equality[i]);
          for (let sweep = 0; sweep < 30; sweep++) {
            for (let i = 0; i < rest.length; i += batch) feed(rest.slice(i, i + batch), 'inequalities');
            feed([], 'inequalities');
          }
          return arena.f64(solver.weights, n).slice();
        };
        expect(distance(solve(3), solve(1000))).toBeLessThan(1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it('with exact duplicates of active rows do not cycle', () => {
    const { problem, weights } = built(5, 12, 6, 10, 0);
    const twice: MinNormProblem = {
      ...problem,
      rows: Float64Array.from([...problem.rows, ...problem.rows]),
      limits: Float64Array.from([...problem.limits, ...problem.limits]),
      equality: undefined,
    };
    const solution = solveMinNorm(twice);
    expect(solution.status).toBe('solved');
    expect(distance(solution.weights, weights)).toBeLessThan(1e-8);
  });

  it('in a box of any size are solved', () => {
    for (const bound of [1, 1e3, 1e6, 1e9]) {
      const problem = {
        variables: 2,
        rows: Float64Array.of(1, 0.5),
        limits: Float64Array.of(1.2 * bound),
        lower: -bound,
        upper: bound,
      };
      const { status, weights } = solveMinNorm(problem);
      expect(status).toBe('solved');
      expect(weights[0] / bound).toBeCloseTo(0.96, 9);
    }
  });

  it('that rounding leaves undecided keep their last point', () => {
    const problem: MinNormProblem = {
      variables: 2,
      rows: Float64Array.of(1, 0, 1, 1e-7),
      limits: Float64Array.of(0.1, 0.1 + 1e-8),
      equality: [true, true],
      lower: -1,
      upper: 1,
    };
    const { status, weights } = solveMinNorm(problem);
    expect(status).toBe('stalled');
    expect(weights[0]).toBeCloseTo(0.1, 6);
  });

  it('without rows have the solution zero', () => {
    const solution = solveMinNorm({
      variables: 3,
      rows: new Float64Array(),
      limits: new Float64Array(),
      lower: -1,
      upper: 1,
    });
    expect(solution.status).toBe('solved');
    expect(Array.from(solution.weights)).toEqual([0, 0, 0]);
  });
});

describe('infeasible problems', () => {
  /** The certificate, checked here from scratch: y >= 0 and sum y b > max over the box of (sum y n) . w. */
  function proves(problem: MinNormProblem, y: Float64Array): boolean {
    const { variables: n, rows, limits, lower, upper } = problem;
    if (y.some((value, i) => value < 0 && !problem.equality?.[i])) return false;
    let gap = 0;
    for (let i = 0; i < limits.length; i++) gap += y[i] * limits[i];
    for (let k = 0; k < n; k++) {
      let v = 0;
      for (let i = 0; i < limits.length; i++) v += y[i] * rows[n * i + k];
      gap -= Math.max(v * lower, v * upper);
    }
    return gap > 0;
  }

  it('come with multipliers that prove it', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem } = instance({ ...shape, idle: Math.max(shape.idle, 4) });
        const { variables: n, rows } = problem;
        // One more row than its opposite allows.
        const opposite = Array.from(rows.subarray(0, n), (x) => -x);
        const clash: MinNormProblem = {
          ...problem,
          rows: Float64Array.from([...rows, ...opposite]),
          limits: Float64Array.from([...problem.limits, 0.05 - problem.limits[0]]),
          equality: [...(problem.equality as boolean[]), false],
        };
        const solution = solveMinNorm(clash);
        expect(solution.status).toBe('infeasible');
        expect(proves(clash, solution.multipliers)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('because of the box alone are proved too', () => {
    const problem: MinNormProblem = {
      variables: 4,
      rows: Float64Array.of(1, 1, 1, 1),
      limits: Float64Array.of(4.001),
      lower: -1,
      upper: 1,
    };
    const solution = solveMinNorm(problem);
    expect(solution.status).toBe('infeasible');
    expect(proves(problem, solution.multipliers)).toBe(true);
    expect(solveMinNorm({ ...problem, limits: Float64Array.of(4) }).status).toBe('solved');
  });

  it('include a zero row that asks for something', () => {
    const problem = { variables: 2, rows: Float64Array.of(0, 0), limits: Float64Array.of(1), lower: -1, upper: 1 };
    expect(solveMinNorm(problem).status).toBe('infeasible');
  });
});

describe('misuse', () => {
  const good: MinNormProblem = {
    variables: 2,
    rows: Float64Array.of(1, 0),
    limits: Float64Array.of(1),
    lower: -2,
    upper: 2,
  };
  it.each([
    ['rows of another length', { rows: Float64Array.of(1) }, /rows must hold 1 x 2 numbers; got 1/],
    ['NaN', { rows: Float64Array.of(1, Number.NaN) }, /finite numbers/],
    ['an infinite box', { upper: Number.POSITIVE_INFINITY }, /lower and upper must be finite/],
    ['a box without zero', { lower: 1 }, /lower <= 0 <= upper/],
    ['too few flags', { equality: [] }, /equality must hold 1 flags; got 0/],
    ['no variables', { variables: 0 }, /variables must be a positive integer/],
  ])('%s throws', (_, change, message) => {
    expect(() => solveMinNorm({ ...good, ...change })).toThrow(message);
  });
});
