/**
 * javascript-lp-solver (a tableau simplex in plain JavaScript) behind the face of our own solvers, for small linear
 * programs and as a second opinion. It gives a point and no multipliers: these are found here, from the limits that the
 * point touches, by our own solver warm-started there. Loaded when first asked for.
 */
import type { SolverAPI } from 'javascript-lp-solver';
import { EngramError } from '../../src/core/index.js';
import type { Candidate } from '../candidate.js';
import { checkProblem, type LpProblem, type Program } from '../problem.js';
import type { Solution } from '../solution.js';
import { solveProgram } from '../solve.js';
import type { SparseMatrix } from '../sparse/csc.js';
import { eachEntry, type Matrix } from '../sparse/matrix.js';
import { judged } from '../verify.js';

/** Entries of A up to which the package is asked: its tableau is slow beyond. */
const MOST_ENTRIES = 40000;

/** To which the package rounds its numbers. */
const PRECISION = 1e-12;

interface Answer {
  feasible: boolean;
  bounded?: boolean;
  [name: string]: number | boolean | undefined;
}

/** The package javascript-lp-solver, a simplex method in JavaScript: an optional, independent solver. */
export interface JavascriptLpSolver {
  /** Solves a small linear program; judged like our own answers. Throws `usage` like `solveLp`. */
  solve(problem: LpProblem<Float64Array | SparseMatrix>): Solution;
}

/** Loads the package. Fails as any import does where it is not installed. */
export async function loadJavascriptLpSolver(): Promise<JavascriptLpSolver> {
  // The package's types speak of CommonJS, its module does not.
  const solver = (await import('javascript-lp-solver')).default as unknown as SolverAPI;
  return {
    solve(problem) {
      const program = checkProblem(problem);
      if (program.P !== 'zero') throw new EngramError('usage', 'javascript-lp-solver takes linear programs only');
      if (program.n * program.m > MOST_ENTRIES) {
        throw new EngramError(
          'usage',
          `javascript-lp-solver is asked for at most ${MOST_ENTRIES} entries of A; got ${program.m} x ${program.n}`,
        );
      }
      const { x, feasible, bounded } = ask(program);
      const work = { rounds: 0, centres: 0, additions: 0, removals: 0 };
      const zero = { y: new Float64Array(program.m), z: new Float64Array(program.n) };
      // It proves nothing: its word is checked by a solve that starts from its point.
      const checked = solveProgram(program, { start: { x, ...zero } });
      const agrees = !feasible
        ? checked.status === 'infeasible'
        : !bounded
          ? checked.status === 'unbounded'
          : checked.status === 'solved';
      if (agrees && !(feasible && bounded))
        return { ...checked, method: 'javascriptLpSolver', tried: ['javascriptLpSolver'] };
      const candidate: Candidate = { status: agrees ? 'solved' : 'stalled', x, y: checked.y, z: checked.z, work };
      return judged(program, candidate, 'javascriptLpSolver', ['javascriptLpSolver'], 'proved');
    },
  };

  function ask({ n, m, A, q, l, u, lb, ub }: Program<Matrix>) {
    const constraints: Record<string, { min?: number; max?: number; equal?: number }> = {};
    const variables: Record<string, Record<string, number>> = {};
    const unrestricted: Record<string, 1> = {};
    for (let k = 0; k < n; k++) {
      variables[`x${k}`] = { cost: q[k], [`b${k}`]: 1 };
      constraints[`b${k}`] = limit(lb[k], ub[k]);
      if (lb[k] < 0) unrestricted[`x${k}`] = 1;
    }
    for (let i = 0; i < m; i++) {
      constraints[`r${i}`] = limit(l[i], u[i]);
      eachEntry(A, n, i, (k, value) => {
        if (value !== 0) variables[`x${k}`][`r${i}`] = value;
      });
    }
    for (const [name, sides] of Object.entries(constraints))
      if (Object.keys(sides).length === 0) delete constraints[name];
    const model = { optimize: 'cost', opType: 'min' as const, constraints, variables, unrestricted };
    const answer = solver.Solve(model, PRECISION) as unknown as Answer;
    const x = Float64Array.from({ length: n }, (_, k) => Number(answer[`x${k}`] ?? 0));
    return { x, feasible: answer.feasible, bounded: answer.bounded !== false };
  }
}

function limit(low: number, high: number): { min?: number; max?: number; equal?: number } {
  if (low === high) return { equal: low };
  return { ...(Number.isFinite(low) && { min: low }), ...(Number.isFinite(high) && { max: high }) };
}
