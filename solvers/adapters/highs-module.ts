/**
 * The package `highs`, and how it is asked. The build packs it with its WASM into this one module (vendor.mjs), so that it loads anywhere,
 * and only when it is asked.
 */
import create from 'highs';
import type { refuse } from '../../src/core/index.js';
import type { Candidate } from '../candidate.js';
import type { curvatureOf } from '../convexity.js';
import type { violation } from '../judge.js';
import type { checkProblem, Program, QpProblem } from '../problem.js';
import type { Solution } from '../solution.js';
import type { SparseMatrix } from '../sparse/csc.js';
import type { Compressed, compressed, Matrix } from '../sparse/matrix.js';
import { HIGHS_FEASIBILITY, MIP_FEASIBILITY } from '../tolerances.js';
import type { judged } from '../verify.js';

/**
 * What is made of the word of HiGHS on a mixed-integer program. `claimed`: HiGHS says that x is an optimum, and x is feasible and integral. Nobody
 * has checked that there is no better one: no multipliers prove that. Otherwise what HiGHS says, unchecked.
 */
export type MipStatus = 'claimed' | 'claimedInfeasible' | 'claimedUnbounded' | 'failed';

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
  /** Linear programs some of whose variables must be integers. Throws `usage` where there is a P, or no word on each variable. */
  solveMip(problem: QpProblem<Float64Array | SparseMatrix>, integer: readonly boolean[]): MipSolution;
}

/** Why integers and a P do not go together. */
const MIXED_QUADRATIC =
  'integer variables and a quadratic objective are taken by no solver here; leave out one of the two';

type Instance = Awaited<ReturnType<typeof create.default>>;

/** What HiGHS is asked. */
interface Question {
  program: Program<Matrix>;
  /** Its rows. */
  A: Compressed;
  /** P likewise, if it is more than a diagonal. */
  whole: Compressed | undefined;
  /** By how much limits and reduced costs may be violated. */
  feasibility: number;
  /** Which variables must be integers. */
  integer?: readonly boolean[];
}

/** The same as HiGHS takes it. */
function dataOf({ program, A, whole: hessian, integer }: Question) {
  const { n, m, q, l, u, lb, ub, constant } = program;
  // The presolve of HiGHS goes wrong where an integer has bounds between integers.
  const whole = (bounds: Float64Array, round: (bound: number) => number) =>
    integer ? bounds.map((bound, k) => (integer[k] ? round(bound) : bound)) : bounds;
  return {
    numCols: n,
    numRows: m,
    offset: constant,
    colCost: q,
    colLower: whole(lb, (bound) => Math.ceil(bound - MIP_FEASIBILITY)),
    colUpper: whole(ub, (bound) => Math.floor(bound + MIP_FEASIBILITY)),
    rowLower: l,
    rowUpper: u,
    matrix: {
      format: 'csr' as const,
      numRows: m,
      numCols: n,
      starts: A.starts,
      indices: A.columns,
      values: A.values,
    },
    hessian:
      program.P === 'zero' ? undefined : { format: 'triangular' as const, dimension: n, ...triangle(program, hessian) },
    integrality: integer && Int32Array.from(integer, (is) => (is ? 1 : 0)),
  };
}

function run(highs: Instance, question: Question) {
  const { program, feasibility, integer } = question;
  const { n, m } = program;
  const data = dataOf(question);
  const { modelStatus } = highs.constants;
  return highs.withModel((model) => {
    for (const name of ['primal_feasibility_tolerance', 'dual_feasibility_tolerance'])
      model.options.set(name, feasibility);
    // Caps, because it has been seen to go on for ever; a clock would make answers differ from run to run.
    for (const name of ['simplex', 'qp', 'ipm']) model.options.set(`${name}_iteration_limit`, 1000 + 50 * (n + m));
    model.options.set('qp_regularization_value', 0);
    if (integer) model.options.set('mip_rel_gap', 0);
    try {
      model.passModel(data);
      model.run();
    } catch {
      return { status: modelStatus.solveError };
    }
    const status = model.getModelStatus();
    const lost = status === modelStatus.infeasible || status === modelStatus.unboundedOrInfeasible;
    const ray = (read: () => { values: Float64Array } | undefined) => {
      try {
        return integer ? undefined : read()?.values;
      } catch {
        return undefined;
      }
    };
    return {
      status,
      solution: model.getSolution(),
      dualRay: lost ? ray(() => model.getDualRay()) : undefined,
      primalRay: status === modelStatus.unbounded ? ray(() => model.getPrimalRay()) : undefined,
    };
  });
}

/** What is ours in it: the module shares no code with what has loaded it. */
interface Ours {
  checkProblem: typeof checkProblem;
  compressed: typeof compressed;
  curvatureOf: typeof curvatureOf;
  judged: typeof judged;
  refuse: typeof refuse;
  violation: typeof violation;
}

/** A fresh instance of HiGHS behind our face. One function, longer than most: how it is asked, and what is made of its word. */
export async function openHighs({
  checkProblem,
  compressed,
  curvatureOf,
  judged,
  refuse,
  violation,
}: Ours): Promise<Highs> {
  // The package's types speak of CommonJS, its module does not.
  const highs = await (create as unknown as typeof create.default)();
  const { modelStatus } = highs.constants;

  /** The point that HiGHS gives, zeros where it gives none, what it is said to be, and the status in its own numbers. */
  function askHighs(question: Question): Candidate & { said: number } {
    const { status, solution, dualRay, primalRay } = run(highs, question);
    const { n, m } = question.program;
    const given = (values: Float64Array | undefined, length: number) =>
      values?.length === length ? values : new Float64Array(length);
    const candidate: Candidate = {
      status: 'stalled',
      x: given(solution?.colValue, n),
      y: given(solution?.rowDual, m),
      z: given(solution?.colDual, n),
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
    return { ...candidate, said: status };
  }

  /** What is made of its status for a mixed-integer program. */
  function wordOf(said: number, holds: boolean): MipStatus {
    if (said === modelStatus.optimal && holds) return 'claimed';
    if (said === modelStatus.infeasible) return 'claimedInfeasible';
    return said === modelStatus.unbounded ? 'claimedUnbounded' : 'failed';
  }

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
      if (!Array.isArray(integer) || integer.length !== program.n) {
        refuse(`the list of integer variables must hold ${program.n} entries, true or false`);
      }
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

/** The lower triangle of P by columns: the upper half by rows. */
function triangle({ n, P, hessian }: Program<Matrix>, whole?: Compressed) {
  const starts = new Int32Array(n + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let j = 0; j < n; j++) {
    const own = whole ? 0 : P === 'identity' ? 1 : (hessian as Float64Array)[j];
    if (own !== 0) {
      indices.push(j);
      values.push(own);
    }
    for (let p = whole?.starts[j] ?? 0; whole && p < whole.starts[j + 1]; p++) {
      if (whole.columns[p] < j) continue;
      indices.push(whole.columns[p]);
      values.push(whole.values[p]);
    }
    starts[j + 1] = indices.length;
  }
  return { starts, indices: Int32Array.from(indices), values: Float64Array.from(values) };
}
