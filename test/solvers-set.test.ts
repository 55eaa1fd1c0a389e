/**
 * Public problem sets, where ENGRAM_QPSET points at a folder of .qps and .mps files. Optima are read from its
 * optima.csv: lines `file,optimum` with a number, `infeasible` or `unbounded`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { denseProblem, readMps, type SparseProblem, solveQp, sparseProblem, verify } from '../solvers/index.js';
import { holds } from './solvers-check.js';

const folder = process.env.ENGRAM_QPSET;
if (!folder) console.log('skipped: ENGRAM_QPSET names no folder of problem files');

/** The dense form, for the plain check, where it has room. */
const denseForm = (model: SparseProblem) =>
  model.columns.length * (model.columns.length + model.rows.length) < 2e7 ? denseProblem(model) : undefined;

it.skipIf(!folder)('on public problem sets every claim is right', { timeout: 4 * 3600000 }, () => {
  const at = folder as string;
  const table = join(at, 'optima.csv');
  const optima = new Map(
    (existsSync(table) ? readFileSync(table, 'utf8') : '')
      .split('\n')
      .filter((line) => line.includes(','))
      .map((line) => line.split(',').map((cell) => cell.trim()) as [string, string]),
  );
  const rates: Record<string, { files: number; claimed: number }> = {};
  for (const file of readdirSync(at).filter((name) => /\.(qps|mps)$/i.test(name))) {
    const expected = optima.get(file);
    let outcome: string;
    try {
      const model = readMps(readFileSync(join(at, file), 'utf8'), file);
      const problem = sparseProblem(model);
      const solution = solveQp(problem);
      outcome = solution.status;
      const claimed = outcome === 'solved' || outcome === 'infeasible' || outcome === 'unbounded';
      const dense = denseForm(model);
      if (claimed && dense) expect(holds(dense, solution), `the claim ${outcome} of ${file}`).toBe(true);
      else if (outcome === 'solved') expect(verify(problem, solution).solved, file).toBe(true);
      if (claimed && expected !== undefined) {
        const optimum = Number(expected);
        expect(outcome, file).toBe(Number.isNaN(optimum) ? expected : 'solved');
        // Published optima have six to eight digits.
        const own = (model.maximize ? -1 : 1) * solution.objective;
        if (outcome === 'solved') expect(Math.abs(own - optimum), file).toBeLessThan(1e-5 * (1 + Math.abs(optimum)));
      }
      const kind = expected === 'infeasible' ? 'infeasible' : problem.P ? 'quadratic' : 'linear';
      rates[kind] ??= { files: 0, claimed: 0 };
      rates[kind].files++;
      if (claimed) rates[kind].claimed++;
      if (!claimed) console.log(file, outcome, solution.residuals);
    } catch (error) {
      // Too large a factor, or indefinite: refused in words. Anything else is a failure.
      if ((error as Error).name !== 'EngramError') throw error;
      expect((error as Error).message, file).toMatch(/MB as dense|GB; at most|positive semidefinite/);
      outcome = 'refused';
    }
    expect(outcome).toBeTruthy();
  }
  console.log(rates);
});
