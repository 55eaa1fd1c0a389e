/**
 * javascript-lp-solver (a tableau simplex in plain JavaScript) behind the face of our own solvers, for small linear
 * programs and as a second opinion. It gives a point and no multipliers: these are found from the limits that the
 * point touches, by our own solver warm-started there. Loaded when first asked for.
 */
import { refuse } from '../../src/core/index.js';
import { checkProblem } from '../problem.js';
import { solveProgram } from '../solve.js';
import { compressed } from '../sparse/matrix.js';
import { judged } from '../verify.js';
import type { JavascriptLpSolver } from './javascript-lp-solver-module.js';

export type { JavascriptLpSolver } from './javascript-lp-solver-module.js';

/** Loads the package. Fails as any import does where it is not installed. */
export async function loadJavascriptLpSolver(): Promise<JavascriptLpSolver> {
  const { openJavascriptLpSolver } = await import('./javascript-lp-solver-module.js');
  return openJavascriptLpSolver({ checkProblem, compressed, judged, refuse, solveProgram });
}
