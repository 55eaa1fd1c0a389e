/**
 * Public problem sets, where ENGRAM_QPSET points at a folder of .qps, .mps and .json files. Optima are read from its
 * optima.csv: lines `file,optimum` with a number, `infeasible` or `unbounded`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  denseProblem,
  type QpProblem,
  readJsonProblem,
  readMps,
  type SparseMatrix,
  type SparseProblem,
  solveQp,
  sparseProblem,
  verify,
} from '../solvers/index.js';
import { holds } from './solvers-check.js';

const folder = process.env.ENGRAM_QPSET;
if (!folder) console.log('skipped: ENGRAM_QPSET names no folder of problem files');

/** Whether a dense form has room, for the plain check. */
const hasRoom = (n: number, m: number) => n * (n + m) < 2e7;

const denseForm = (model: SparseProblem) =>
  hasRoom(model.columns.length, model.rows.length) ? denseProblem(model) : undefined;

/** The same of a problem by columns. */
function denseOf(problem: QpProblem<Float64Array | SparseMatrix>): QpProblem | undefined {
  const n = problem.q.length;
  const m = (problem.l ?? problem.u)?.length ?? 0;
  if (!hasRoom(n, m)) return undefined;
  const rowsOf = (M: Float64Array | SparseMatrix, count: number) => {
    if (M instanceof Float64Array) return M;
    const out = new Float64Array(n * count);
    for (let k = 0; k < n; k++)
      for (let p = M.starts[k]; p < M.starts[k + 1]; p++) out[n * M.rows[p] + k] = M.values[p];
    return out;
  };
  const { A, P, ...rest } = problem;
  return { ...rest, A: A && rowsOf(A, m), P: typeof P === 'object' ? rowsOf(P, n) : P };
}

function readProblem(path: string, file: string) {
  const text = readFileSync(path, 'utf8');
  if (file.endsWith('.json')) {
    const problem = readJsonProblem(text, file);
    return { problem, dense: denseOf(problem), sign: 1 };
  }
  const model = readMps(text, file);
  return { problem: sparseProblem(model), dense: denseForm(model), sign: model.maximize ? -1 : 1 };
}

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
  for (const file of readdirSync(at).filter((name) => /\.(qps|mps|json)$/i.test(name))) {
    const expected = optima.get(file);
    let outcome: string;
    try {
      const { problem, dense, sign } = readProblem(join(at, file), file);
      const solution = solveQp(problem);
      outcome = solution.status;
      const claimed = outcome === 'solved' || outcome === 'infeasible' || outcome === 'unbounded';
      if (claimed && dense) expect(holds(dense, solution), `the claim ${outcome} of ${file}`).toBe(true);
      else if (outcome === 'solved') expect(verify(problem, solution).solved, file).toBe(true);
      if (claimed && expected !== undefined) {
        const optimum = Number(expected);
        expect(outcome, file).toBe(Number.isNaN(optimum) ? expected : 'solved');
        // Published optima have six to eight digits.
        const own = sign * solution.objective;
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
