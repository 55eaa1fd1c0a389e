/** The package javascript-lp-solver, and how it is asked; loaded only then. */
import solver, { type SolverAPI } from 'javascript-lp-solver';
import type { refuse } from '../../src/core/index.js';
import type { Candidate } from '../candidate.js';
import type { checkProblem, LpProblem, Program } from '../problem.js';
import type { Solution } from '../solution.js';
import type { solveProgram } from '../solve.js';
import type { SparseMatrix } from '../sparse/csc.js';
import type { Compressed, compressed, Matrix } from '../sparse/matrix.js';
import type { Status } from '../status.js';
import type { judged } from '../verify.js';

/** To which the package rounds its numbers. */
const PRECISION = 1e-12;

interface Answer {
  feasible: boolean;
  bounded?: boolean;
  [name: string]: number | boolean | undefined;
}

/** Entries of A up to which the package is asked: its tableau is slow beyond. */
const MOST_ENTRIES = 40000;

/** The package javascript-lp-solver, a simplex method in JavaScript: an optional, independent solver. */
export interface JavascriptLpSolver {
  /** Solves a small linear program; judged like our own answers. Throws `usage` like `solveLp`. */
  solve(problem: LpProblem<Float64Array | SparseMatrix>): Solution;
}

/** What is ours in it: the module shares no code with what has loaded it. */
interface Ours {
  checkProblem: typeof checkProblem;
  compressed: typeof compressed;
  judged: typeof judged;
  refuse: typeof refuse;
  solveProgram: typeof solveProgram;
}

/** The package behind our face. */
export function openJavascriptLpSolver({
  checkProblem,
  compressed,
  judged,
  refuse,
  solveProgram,
}: Ours): JavascriptLpSolver {
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
        work: { rounds: 0, centres: 0, additions: 0, removals: 0 },
      };
      return judged(program, candidate, 'javascriptLpSolver', ['javascriptLpSolver'], 'proved');
    },
  };
}

/** The point that it finds for a linear program whose rows are A, and what it says of it. */
function ask({ n, m, q, l, u, lb, ub }: Program<Matrix>, A: Compressed) {
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
    for (let p = A.starts[i]; p < A.starts[i + 1]; p++) {
      if (A.values[p] !== 0) variables[`x${A.columns[p]}`][`r${i}`] = A.values[p];
    }
  }
  for (const [name, sides] of Object.entries(constraints))
    if (Object.keys(sides).length === 0) delete constraints[name];
  const model = { optimize: 'cost', opType: 'min' as const, constraints, variables, unrestricted };
  // The package's types speak of CommonJS, its module does not.
  const answer = (solver as unknown as SolverAPI).Solve(model, PRECISION) as unknown as Answer;
  const x = Float64Array.from({ length: n }, (_, k) => Number(answer[`x${k}`] ?? 0));
  const word: Status = !answer.feasible ? 'infeasible' : answer.bounded === false ? 'unbounded' : 'solved';
  return { x, word };
}

function limit(low: number, high: number): { min?: number; max?: number; equal?: number } {
  if (low === high) return { equal: low };
  return { ...(Number.isFinite(low) && { min: low }), ...(Number.isFinite(high) && { max: high }) };
}
