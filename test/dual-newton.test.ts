/** Newton's method on the dual, on linear programs with boxes: against HiGHS, and by its own multipliers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadHighs, refineSeparable } from '../solvers/index.js';
import { createArena } from '../src/core/index.js';
import { lcg } from './helpers.js';

interface Row {
  entries: Float64Array;
  limit: number;
}

/** A random program; its rows hold at a point in the box, or, with `clash`, two of them contradict each other. */
function randomProgram(seed: number, n: number, equalities: number, inequalities: number, clash: boolean) {
  const random = lcg(seed);
  const around = () => 2 * random() - 1;
  const vector = () => Float64Array.from({ length: n }, () => (random() < 0.3 ? 0 : around()));
  const point = Float64Array.from({ length: n }, () => 0.8 * around());
  const at = (entries: Float64Array) => entries.reduce((sum, entry, k) => sum + entry * point[k], 0);
  const rows = Array.from({ length: equalities + inequalities }, (_, i): Row => {
    const entries = vector();
    return { entries, limit: at(entries) - (i < equalities ? 0 : 0.1 * random()) };
  });
  if (clash) rows.push({ entries: rows[equalities].entries.map((entry) => -entry), limit: 1 - rows[equalities].limit });
  // Some variables may not move.
  const lower = point.map((value) => (random() < 0.1 ? value : -1));
  const upper = lower.map((value, k) => (value === point[k] ? value : 1));
  return { cost: Float64Array.from({ length: n }, around), rows, lower, upper };
}

function solve({ cost, rows, lower, upper }: ReturnType<typeof randomProgram>, equalities: number) {
  const arena = createArena();
  const n = cost.length;
  const solution = refineSeparable<Row>(
    arena,
    { price: cost.map(() => 0), gain: cost.map((value) => -value), metric: cost.map(() => 1), lower, upper },
    {
      centre: new Float64Array(n),
      equalities: rows.slice(0, equalities),
      likely: rows.slice(equalities, equalities + 2),
      violated(pointer) {
        const x = arena.f64(pointer, n);
        const short = ({ entries, limit }: Row) => limit - entries.reduce((sum, entry, k) => sum + entry * x[k], 0);
        return rows.slice(equalities).filter((row) => short(row) > 1e-8);
      },
      write: ({ entries }, pointer) => arena.f64(pointer, n).set(entries),
      limit: ({ limit }) => limit,
    },
    1000,
  );
  return { ...solution, x: arena.f64(solution.weights, n).slice() };
}

const programs = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  n: fc.integer({ min: 3, max: 40 }),
  equalities: fc.integer({ min: 0, max: 2 }),
  inequalities: fc.integer({ min: 1, max: 30 }),
  clash: fc.boolean(),
});

describe("Newton's method on the dual of a linear program", () => {
  it('finds what HiGHS finds, and the multipliers say that nothing is better', { timeout: 60000 }, async () => {
    const highs = await loadHighs();
    fc.assert(
      fc.property(programs, ({ seed, n, equalities, inequalities, clash }) => {
        const program = randomProgram(seed, n, equalities, inequalities, clash);
        const { cost, rows, lower, upper } = program;
        const { status, x, cuts, multipliers } = solve(program, equalities);
        const theirs = highs.solve({
          q: cost,
          A: Float64Array.from(rows.flatMap(({ entries }) => Array.from(entries))),
          l: Float64Array.from(rows, ({ limit }) => limit),
          u: Float64Array.from(rows, ({ limit }, i) => (i < equalities ? limit : Number.POSITIVE_INFINITY)),
          lb: lower,
          ub: upper,
        });
        // It proves nothing about programs that contradict themselves, and must not call them solved.
        if (theirs.status !== 'solved') {
          expect([clash, status]).not.toContain('solved');
          return;
        }
        expect(status).toBe('solved');
        const objective = cost.reduce((sum, value, k) => sum + value * x[k], 0);
        expect(Math.abs(objective - theirs.objective)).toBeLessThan(1e-6);
        let dual = 0;
        const reduced = cost.slice();
        cuts.forEach(({ entries, limit }, i) => {
          if (rows.findIndex((row) => row.entries === entries) >= equalities) {
            expect(multipliers[i]).toBeGreaterThanOrEqual(0);
          }
          dual += multipliers[i] * limit;
          entries.forEach((entry, k) => {
            reduced[k] -= multipliers[i] * entry;
          });
        });
        reduced.forEach((value, k) => {
          dual += Math.min(value * lower[k], value * upper[k]);
        });
        expect(objective - dual).toBeLessThan(1e-6);
        expect(objective - dual).toBeGreaterThan(-1e-6);
      }),
      { numRuns: 200 },
    );
  });
});
