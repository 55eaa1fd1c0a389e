// The cutting-plane loop around a code that only solves a given set of rows: solve, scan the potential exactly, add a
// row for every violated run, solve again. It begins with the rows that ours begins with.
import { timed } from './measure.mjs';

/** Violation at which the peers' loops may stop; ours goes on to 1e-9. */
export const LOOP_TOLERANCE = 1e-6;
const ROUNDS = 60;
/** A loop that has taken this long is given up. */
const PATIENCE = 30000;

/**
 * Runs `solve` (bench/peers) on the rows of a neuron's feed (bench/neuron.mjs) until none is violated.
 * Resolves to { milliseconds, x, y, problem, rounds }, the time of solves, scans and new rows, or { failure }.
 */
export async function cuttingPlanes(solve, feed) {
  let problem = feed.first;
  let milliseconds = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const answer = await solve(problem, PATIENCE);
    if (answer.milliseconds === undefined || answer.failure) return { failure: answer.failure };
    const scan = timed(() => {
      const cuts = feed.violated(answer.x, LOOP_TOLERANCE);
      return cuts.length > 0 ? feed.more(cuts) : undefined;
    });
    milliseconds += answer.milliseconds + scan.milliseconds;
    if (!scan.result) return { ...answer, milliseconds, problem, rounds: round };
    if (milliseconds > PATIENCE)
      return { failure: `${round} rounds in ${(milliseconds / 1000).toFixed(0)} s, not done` };
    problem = joined(problem, scan.result);
  }
  return { failure: `not done in ${ROUNDS} rounds` };
}

/** The rows of both; the second has no equalities. */
function joined(problem, more) {
  const join = (a, b) => {
    const both = new Float64Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  return {
    ...problem,
    m: problem.m + more.m,
    rows: join(problem.rows, more.rows),
    limits: join(problem.limits, more.limits),
  };
}
