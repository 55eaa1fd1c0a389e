/**
 * javascript-lp-solver (a tableau simplex in plain JavaScript) behind the face of our own solvers, for small linear
 * programs and as a second opinion. It gives a point and no multipliers: these are found here, from the limits that the
 * point touches, by our own solver warm-started there. Loaded when first asked for.
 */
import { refuse } from '../../src/core/index.js';
import { type Candidate, noWork } from '../candidate.js';
import { checkProblem, type LpProblem } from '../problem.js';
import type { Solution } from '../solution.js';
import { solveProgram } from '../solve.js';
import type { SparseMatrix } from '../sparse/csc.js';
import { compressed } from '../sparse/matrix.js';
import { judged } from '../verify.js';

/** Entries of A up to which the package is asked: its tableau is slow beyond. */
const MOST_ENTRIES = 40000;

/** The package javascript-lp-solver, a simplex method in JavaScript: an optional, independent solver. */
export interface JavascriptLpSolver {
  /** Solves a small linear program; judged like our own answers. Throws `usage` like `solveLp`. */
  solve(problem: LpProblem<Float64Array | SparseMatrix>): Solution;
}

/** Loads the package. Fails as any import does where it is not installed. */
export async function loadJavascriptLpSolver(): Promise<JavascriptLpSolver> {
  const { ask } = await import('./javascript-lp-solver-module.js');
  return {
    solve(problem) {
      const program = checkProblem(problem);
      if (program.P !== 'zero') refuse('javascript-lp-solver takes linear programs only');
      if (program.n * program.m > MOST_ENTRIES) {
        refuse(
          `javascript-lp-solver is asked for at most ${MOST_ENTRIES} entries of A; got ${program.m} x ${program.n}`,
        );
      }
      const { x, word } = ask(program, compressed(program.A, program.n));
      // It proves nothing: its word is checked by a solve that starts from its point.
      const checked = solveProgram(program, {
        start: { x, y: new Float64Array(program.m), z: new Float64Array(program.n) },
      });
      const agrees = checked.status === word;
      if (agrees && word !== 'solved')
        return { ...checked, method: 'javascriptLpSolver', tried: ['javascriptLpSolver'] };
      const candidate: Candidate = {
        status: agrees ? 'solved' : 'stalled',
        x,
        y: checked.y,
        z: checked.z,
        work: noWork(),
      };
      return judged(program, candidate, 'javascriptLpSolver', ['javascriptLpSolver'], 'proved');
    },
  };
}
