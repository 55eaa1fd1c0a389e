/** The package javascript-lp-solver, and how it is asked; loaded only then. */
import solver, { type SolverAPI } from 'javascript-lp-solver';
import type { Program } from '../problem.js';
import type { Compressed, Matrix } from '../sparse/matrix.js';
import type { Status } from '../status.js';

/** To which the package rounds its numbers. */
const PRECISION = 1e-12;

interface Answer {
  feasible: boolean;
  bounded?: boolean;
  [name: string]: number | boolean | undefined;
}

/** The point that it finds for a linear program whose rows are A, and what it says of it. */
export function ask({ n, m, q, l, u, lb, ub }: Program<Matrix>, A: Compressed) {
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
