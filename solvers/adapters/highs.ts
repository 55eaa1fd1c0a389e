/**
 * HiGHS (in WASM, package `highs`) behind the face of our own solvers: its answers go before the same judge. Loaded
 * when first asked for.
 */
import { refuse } from '../../src/core/index.js';
import { curvatureOf } from '../convexity.js';
import { violation } from '../judge.js';
import { checkProblem, type Program, type QpProblem } from '../problem.js';
import type { Solution } from '../solution.js';
import type { SparseMatrix } from '../sparse/csc.js';
import { compressed, type Matrix } from '../sparse/matrix.js';
import { HIGHS_FEASIBILITY, MIP_FEASIBILITY } from '../tolerances.js';
import { judged } from '../verify.js';
import type { MipStatus } from './highs-module.js';

/** What HiGHS says of a mixed-integer program, with the point measured by us. */
export interface MipSolution {
  /** What is made of the word of HiGHS. */
  status: MipStatus;
  /** The n variables. */
  x: Float64Array;
  /** q'x + constant, at x. */
  objective: number;
  /** Largest violation of a limit. */
  violation: number;
  /** Largest distance of an integer variable from an integer. */
  integrality: number;
}

/** HiGHS (Huangfu and Hall 2018), compiled to WebAssembly: an optional, independent solver. */
export interface Highs {
  /** LPs and convex QPs of any size that fits in memory; judged like our own answers. Throws `usage` like `solveQp`. */
  solve(problem: QpProblem<Float64Array | SparseMatrix>): Solution;
  /** Linear programs some of whose variables must be integers. Throws `usage` where there is a P. */
  solveMip(problem: QpProblem<Float64Array | SparseMatrix>, integer: readonly boolean[]): MipSolution;
}

/** Why integers and a P do not go together. */
const MIXED_QUADRATIC =
  'integer variables and a quadratic objective are taken by no solver here; leave out one of the two';

/** Loads HiGHS and compiles it: about 0.1 s the first time. */
export async function loadHighs(): Promise<Highs> {
  const { askHighs, wordOf } = await (await import('./highs-module.js')).openHighs();
  // Without the zeros of A; of P what is more than a diagonal.
  const ask = (program: Program<Matrix>, integer?: readonly boolean[]) => {
    const { n, A, P, hessian } = program;
    const whole = P === 'whole' ? compressed(hessian, n) : undefined;
    return askHighs({ program, A: compressed(A, n), whole, feasibility: HIGHS_FEASIBILITY, integer });
  };

  return {
    solve(problem) {
      const program = checkProblem(problem, 'any size');
      const { convexity } = curvatureOf(program);
      return judged(program, ask(program), 'highs', ['highs'], convexity);
    },

    solveMip(problem, integer) {
      const program = checkProblem(problem, 'any size');
      if (program.P !== 'zero') refuse(MIXED_QUADRATIC);
      const { x, said } = ask(program, integer);
      const off = violation(program, x);
      const integrality = x.reduce((most, value, k) => {
        return integer[k] ? Math.max(most, Math.abs(value - Math.round(value))) : most;
      }, 0);
      const status = wordOf(said, off <= MIP_FEASIBILITY && integrality <= MIP_FEASIBILITY);
      const objective = x.reduce((sum, value, k) => sum + program.q[k] * value, program.constant);
      return { status, x, objective, violation: off, integrality };
    },
  };
}
