// Contenders of `compare`: ours from its four starting points, and a peer from three.
import { solveMinNorm } from '../dist/solvers/index.js';
import { residualOf } from './judge.mjs';
import { cuttingPlanes } from './loop.mjs';
import { thrice } from './measure.mjs';

const SETS = { active: 'the active rows', all: 'all rows of our run' };

const workOf = ({ rounds, rows, active, additions, removals }) => ({ rounds, rows, active, additions, removals });

/** Ours on neurons { neuron, active, all, cuts } of an opened instance. */
export function ourContenders(open) {
  const run = (name, start, solve, residual) => ({
    name,
    start,
    async run(each) {
      const { milliseconds, result } = thrice(() => solve(each));
      if (result.status !== 'solved') return { failure: result.status };
      return { milliseconds, residual: residual(each, result), work: workOf(result.counters) };
    },
  });
  const judged = ({ neuron }, result) => open.residual(neuron, result);
  return [
    run('ours', 'nothing', ({ neuron }) => open.cold(neuron), judged),
    run('ours, verified', 'nothing', ({ neuron }) => open.verified(neuron), judged),
    run('ours, warm', 'the active cuts', ({ neuron, cuts }) => open.warm(neuron, cuts), judged),
    ...Object.entries(SETS).map(([key, start]) =>
      run(
        'ours, rows only',
        start,
        (each) => open.given(each[key]),
        (each, result) => residualOf(each[key], result),
      ),
    ),
  ];
}

/** A peer on the same neurons: under rows handed over at once, and in a cutting-plane loop. */
export function peerContenders({ name, solve }, open, patience) {
  return [
    ...Object.entries(SETS).map(([key, start]) => ({
      name,
      start,
      run: async (each) => judgedAnswer(each[key], await solve(each[key], patience), each),
    })),
    {
      name,
      start: 'its own rounds',
      async run(each) {
        const answer = await cuttingPlanes(solve, open.feed(each.neuron));
        if (answer.failure) return answer;
        const judged = judgedAnswer(answer.problem, answer, each);
        return { ...judged, work: { solves: answer.rounds, rows: answer.problem.m } };
      },
    },
  ];
}

/** Everyone on problems that are rows from the start. */
export const rowContenders = ({ name, solve }, patience) => ({
  name,
  start: 'the rows',
  run: async ({ problem, signs }) => judgedAnswer(problem, await solve(problem, patience), { signs }),
});

/** `engram/solvers` as a user calls it: copies, a fresh arena and its judge included. */
export const ourSolver = {
  name: 'ours, solveMinNorm',
  async solve({ n, m, rows, limits, equalities, bound }) {
    const equality = Array.from({ length: m }, (_, i) => i < equalities);
    const { milliseconds, result } = thrice(() =>
      solveMinNorm({ variables: n, rows, limits, equality, lower: -bound, upper: bound }),
    );
    if (result.status !== 'solved') return { failure: result.status };
    return { milliseconds, x: result.weights, y: result.multipliers, work: workOf(result.counters) };
  },
};

/** `signs`: multipliers of ours for the equalities, of which some codes do not tell the sign. */
function judgedAnswer(problem, answer, { signs }) {
  const { milliseconds, failure, iterations, unsigned } = answer;
  if (failure) return { milliseconds, failure };
  const work = answer.work ?? (iterations === undefined ? {} : { iterations });
  const y = unsigned ? answer.y.map((value, i) => (i < signs.length ? value * Math.sign(signs[i]) : value)) : answer.y;
  return { milliseconds, residual: residualOf(problem, { x: answer.x, y }), work };
}
