import type { Attempt, Court } from '../attempt.js';
import type { Program } from '../problem.js';
export function solveByInteriorPoint(program: Program, _court: Court, _steps: number): Attempt {
  const { n, m } = program;
  return { status: 'stalled', x: new Float64Array(n), y: new Float64Array(m), z: new Float64Array(n), work: { rounds: 0, centres: 0, additions: 0, removals: 0 } };
}
