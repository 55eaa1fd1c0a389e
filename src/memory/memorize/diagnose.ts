/**
 * What an impossible neuron would need. Two questions are answered by solving changed programs:
 *
 *   how far is it from its template?   the least share t by which all demands must be lowered (see `relaxed`):
 *                                      at t = 1 the weights zero do, below the least one there is a proof
 *   how many inputs would do?          the same program with more synapses of the same kind
 */
import { streamKey, uniformStream } from '../../core/index.js';
import { delayRange, neuronCount } from '../network/index.js';
import { relaxed } from '../template/index.js';
import type { NeuronReport } from './aims/index.js';
import { spellingOf } from './aims/spelling.js';
import { memorizeJob } from './memorize.js';
import type { Problem } from './problem.js';
import { unsigned } from './report.js';

export interface LeastRelaxation {
  /** Up to this share there is a proof that no weights do; 0 if there is none. */
  proved: number;
  /** With this share the weights of the report do. */
  reached: number;
  report: NeuronReport;
}

/** Width at which the search for the least share ends. */
const RESOLUTION = 0.01;

/** The problem without what is done beyond, or in place of, keeping the template. */
const plain = (problem: Problem): Problem => ({
  ...problem,
  aim: { kind: spellingOf(problem).objective === 'none' ? 'none' : 'l2' },
  costs: undefined,
});

/** Finds, by bisection, by how much the demands on a neuron must be lowered. */
export function findLeastRelaxation(problem: Problem, neuron: number): LeastRelaxation {
  const solve = (share: number) =>
    memorizeJob.prepare({ ...plain(problem), template: relaxed(problem.template, share) })(neuron);
  let [proved, reached, tried] = [0, 1, 0];
  let report = solve(1);
  while (reached - Math.max(proved, tried) > RESOLUTION) {
    const share = (reached + Math.max(proved, tried)) / 2;
    const found = solve(share);
    if (found.status === 'solved') [reached, report] = [share, found];
    else if (found.status === 'infeasible') proved = share;
    else tried = share;
  }
  return { proved, reached, report };
}

/** What becomes of the neuron once every synapse may have either sign; undefined if it may have it already. */
export function withEitherSign(problem: Problem, neuron: number): NeuronReport | undefined {
  const { wiring, bounds } = problem;
  const free = bounds && unsigned(bounds);
  if (!free) return undefined;
  const [first, last] = [wiring.starts[neuron], wiring.starts[neuron + 1]];
  const own = unsigned({ lower: bounds.lower.subarray(first, last), upper: bounds.upper.subarray(first, last) });
  return own && memorizeJob.prepare({ ...plain(problem), bounds: free })(neuron);
}

/** More inputs than these are not tried. */
const MOST_INPUTS = 32000;

/**
 * Adds synapses with random sources and delays in the range of the wiring until the neuron's program has a
 * solution: with `tooFew` inputs there was none, with `enough` there is (undefined if none was found).
 */
export function findInputs(problem: Problem, neuron: number, seed: number): { tooFew: number; enough?: number } {
  const { wiring, template, bounds } = problem;
  const [first, last] = [wiring.starts[neuron], wiring.starts[neuron + 1]];
  const neurons = neuronCount(wiring);
  const [shortest, longest] = delayRange(wiring);
  const own = last - first;
  // The same random synapses are added first, so that more inputs are never fewer possibilities.
  const solvable = (inputs: number) => {
    const uniform = uniformStream(streamKey(seed, 'more inputs'), neuron);
    const sources = new Uint32Array(inputs);
    const delays = new Float64Array(inputs);
    sources.set(wiring.sources.subarray(first, last));
    delays.set(wiring.delays.subarray(first, last));
    for (let k = own; k < inputs; k++) {
      sources[k] = Math.floor(uniform() * neurons);
      delays[k] = shortest + uniform() * (longest - shortest);
    }
    const starts = Uint32Array.from({ length: neurons + 1 }, (_, l) => (l > neuron ? inputs : 0));
    // Synapses of the same kind have the same bounds, and signs, in the same shares.
    const extended = (values: Float64Array, rest: number) =>
      Float64Array.from({ length: inputs }, (_, k) => (own > 0 ? values[first + (k % own)] : rest));
    const box = bounds && {
      lower: extended(bounds.lower, -template.bound),
      upper: extended(bounds.upper, template.bound),
    };
    const wider = { ...plain(problem), wiring: { starts, sources, delays }, bounds: box };
    return memorizeJob.prepare(wider)(neuron).status === 'solved';
  };
  let tooFew = own;
  let enough = Math.max(2 * own, 100);
  for (; enough <= MOST_INPUTS && !solvable(enough); enough *= 2) tooFew = enough;
  if (enough > MOST_INPUTS) return { tooFew };
  for (let step = 0; step < 3; step++) {
    const middle = Math.round((tooFew + enough) / 2);
    if (solvable(middle)) enough = middle;
    else tooFew = middle;
  }
  return { tooFew, enough };
}
