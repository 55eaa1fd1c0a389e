/**
 * HiGHS (in WASM, package `highs`) behind the face of our own solvers: its answers go before the same judge. Loaded
 * when first asked for.
 */
import { EngramError } from '../../src/core/index.js';
import type { Candidate } from '../candidate.js';
import { curvatureOf } from '../convexity.js';
import { violation } from '../judge.js';
import { checkProblem, type Program, type QpProblem } from '../problem.js';
import type { Solution } from '../solution.js';
import type { SparseMatrix } from '../sparse/csc.js';
import { compressed, type Matrix } from '../sparse/matrix.js';
import { HIGHS_FEASIBILITY, MIP_FEASIBILITY } from '../tolerances.js';
import { judged } from '../verify.js';

/** What HiGHS says of a mixed-integer program, with the point measured by us. */
export interface MipSolution {
  /**
   * `claimed`: HiGHS says that x is an optimum, and x is feasible and integral. Nobody has checked that there is no
   * better one: no multipliers prove that. Otherwise what HiGHS says, unchecked.
   */
  status: 'claimed' | 'claimedInfeasible' | 'claimedUnbounded' | 'failed';
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
  const { runHighs, modelStatus } = await (await import('./highs-module.js')).openHighs();
  // Without the zeros of A; of P what is more than a diagonal.
  const run = (program: Program<Matrix>, integer?: readonly boolean[]) => {
    const { n, A, P, hessian } = program;
    const whole = P === 'whole' ? compressed(hessian, n) : undefined;
    return runHighs(program, compressed(A, n), whole, HIGHS_FEASIBILITY, integer);
  };

  return {
    solve(problem) {
      const program = checkProblem(problem, 'any size');
      const { convexity } = curvatureOf(program);
      const { n, m } = program;
      const { status, solution, dualRay, primalRay } = run(program);
      const none = (length: number) => new Float64Array(length);
      const x = solution?.colValue.length === n ? solution.colValue : none(n);
      const candidate: Candidate = {
        status: 'stalled',
        x,
        y: solution?.rowDual.length === m ? solution.rowDual : none(m),
        z: solution?.colDual.length === n ? solution.colDual : none(n),
        work: { rounds: 0, centres: 0, additions: 0, removals: 0 },
      };
      if (status === modelStatus.optimal || status === modelStatus.empty) candidate.status = 'solved';
      if (status === modelStatus.iterationLimit) candidate.status = 'roundLimit';
      if (dualRay) {
        candidate.status = 'infeasible';
        candidate.y = Float64Array.from(dualRay);
      }
      if (primalRay) {
        candidate.status = 'unbounded';
        candidate.ray = Float64Array.from(primalRay);
      }
      return judged(program, candidate, 'highs', ['highs'], convexity);
    },

    solveMip(problem, integer) {
      const program = checkProblem(problem, 'any size');
      if (program.P !== 'zero') throw new EngramError('usage', MIXED_QUADRATIC);
      const { status, solution } = run(program, integer);
      const x = solution?.colValue ?? new Float64Array(program.n);
      const off = violation(program, x);
      const integrality = x.reduce((most, value, k) => {
        return integer[k] ? Math.max(most, Math.abs(value - Math.round(value))) : most;
      }, 0);
      let word: MipSolution['status'] = 'failed';
      if (status === modelStatus.optimal && off <= MIP_FEASIBILITY && integrality <= MIP_FEASIBILITY) word = 'claimed';
      if (status === modelStatus.infeasible) word = 'claimedInfeasible';
      if (status === modelStatus.unbounded) word = 'claimedUnbounded';
      const objective = x.reduce((sum, value, k) => sum + program.q[k] * value, program.constant);
      return { status: word, x, objective, violation: off, integrality };
    },
  };
}
