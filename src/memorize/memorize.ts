/**
 * Memorizing a score: one convex program per neuron, each solved on its own, checked by code that the solver
 * does not share, and only then called solved or infeasible.
 */
import { type Counters, farkasBound, kktResidual, type Status } from '../../solvers/index.js';
import { type Buffers, createArena, EngramError, type Job, type ParallelMap, reusedBuffers } from '../core/index.js';
import { checkWiring, delayRange, type Network, neuronCount, type Wiring } from '../network/index.js';
import { channelCount, checkScore, type Score, spikesOf } from '../score/index.js';
import {
  arrivalsOf,
  type Cut,
  checkTemplate,
  combineCuts,
  combineCutsBounded,
  cutLimit,
  cutSlacks,
  type Inputs,
  loadScore,
  potentialFrom,
  reach,
  type Template,
  templateViolation,
} from '../template/index.js';
import { type NeuronSolution, type Objective, solveNeuron } from './neuron.js';

export interface Problem {
  /** One channel per neuron. */
  score: Score;
  wiring: Wiring;
  template: Template;
  objective: Objective;
}

export interface NeuronReport {
  /** As granted by the verifier; `roundLimit` and `stalled` leave the neuron undecided. */
  status: Status;
  /** Zero where the program is infeasible. */
  weights: Float64Array;
  /** The active moments and their multipliers: of the optimum, or of the proof of infeasibility. */
  cuts: Cut[];
  multipliers: Float64Array;
  /** Worst violation of the template in continuous time, by the weights above. */
  violation: number;
  /** Largest residual of the optimality conditions; 0 without an objective or without a solution. */
  kkt: number;
  /** If infeasible: a bound on the weights below which no solution exists. */
  boundNeeded: number;
  /** If infeasible: the spike that is hardest to reach, and the largest potential that the inputs can give there. */
  hardest?: { time: number; reach: number };
  counters: Counters;
}

export interface Memory {
  network: Network;
  neurons: NeuronReport[];
}

/** What "solved" promises: of the template in continuous time, and of the optimality conditions. */
const PROMISE = 1e-8;

/** The program of every neuron, solved and verified. */
export const memorizeJob: Job<Problem, NeuronReport> = {
  name: 'memorize',
  prepare({ score, wiring, template, objective }) {
    const arena = createArena();
    const buffers = reusedBuffers();
    const load = loadScore(arena, score, delayRange(wiring)[1]);
    const mark = arena.mark();
    return (neuron) => {
      const [first, last] = [wiring.starts[neuron], wiring.starts[neuron + 1]];
      const inputs = { sources: wiring.sources.subarray(first, last), delays: wiring.delays.subarray(first, last) };
      const spikes = spikesOf(score, neuron);
      arena.release(mark);
      const program = load(spikes, inputs.sources, inputs.delays, template);
      const solution = solveNeuron(arena, program, last - first, spikes, template, objective);
      return solution.status === 'infeasible'
        ? judgeProof(score, inputs, spikes, template, solution)
        : judgeSolution(score, inputs, spikes, template, objective, solution, buffers);
    };
  },
};

/**
 * Memorizes a score: `map` runs the neurons, in any order and number of threads; `each` sees every report, in
 * the order of the neurons. Throws `input` or `usage` on a problem that is not one.
 */
export async function memorize(
  problem: Problem,
  map: ParallelMap,
  each: (report: NeuronReport, neuron: number) => void = () => {},
): Promise<Memory> {
  const { score, wiring, template } = problem;
  checkTemplate(template);
  checkScore(score);
  checkWiring(wiring);
  const neurons = neuronCount(wiring);
  if (neurons !== channelCount(score)) {
    throw new EngramError(
      'input',
      `the wiring has ${neurons} neurons, the score ${channelCount(score)} channels; they must be as many`,
    );
  }
  const weights = new Float64Array(wiring.sources.length);
  const reports: NeuronReport[] = [];
  await map(memorizeJob, problem, neurons, (report, neuron) => {
    weights.set(report.weights, wiring.starts[neuron]);
    reports.push({ ...report, weights: weights.subarray(wiring.starts[neuron], wiring.starts[neuron + 1]) });
    each(report, neuron);
  });
  return { network: { ...wiring, weights }, neurons: reports };
}

/** Grants or withholds "solved". */
function judgeSolution(
  score: Score,
  inputs: Inputs,
  spikes: Float64Array,
  template: Template,
  objective: Objective,
  solution: NeuronSolution,
  buffers: Buffers,
): NeuronReport {
  const { weights, cuts, multipliers } = solution;
  const arrivals = arrivalsOf(score, inputs, buffers);
  const potential = potentialFrom(arrivals, weights, buffers);
  const violation = templateViolation(potential, spikes, weights, template);
  const kkt =
    objective === 'none'
      ? 0
      : kktResidual({
          weights,
          lower: -template.bound,
          upper: template.bound,
          multipliers,
          slacks: cutSlacks(potential, cuts, template),
          equality: cuts.map(({ kind }) => kind === 'spike'),
          combination: combineCuts(arrivals, weights.length, cuts, multipliers),
        });
  const good = violation <= PROMISE && kkt <= PROMISE;
  const status = solution.status === 'solved' && !good ? 'stalled' : solution.status;
  return { ...solution, status, violation, kkt, boundNeeded: 0 };
}

/** Grants or withholds "infeasible". */
function judgeProof(
  score: Score,
  inputs: Inputs,
  spikes: Float64Array,
  template: Template,
  solution: NeuronSolution,
): NeuronReport {
  const { cuts } = solution;
  // Rounding may leave the multiplier of an inequality a hair below zero; without it the proof is as good.
  const multipliers = solution.multipliers.map((y, i) => (cuts[i].kind === 'spike' ? y : Math.max(y, 0)));
  const factor = farkasBound({
    multipliers,
    limits: Float64Array.from(cuts, (cut) => cutLimit(cut, template)),
    equality: cuts.map(({ kind }) => kind === 'spike'),
    lower: -template.bound,
    upper: template.bound,
    ...combineCutsBounded(score, inputs, cuts, multipliers),
  });
  const weights = solution.weights.fill(0);
  const violation = templateViolation(potentialFrom(arrivalsOf(score, inputs), weights), spikes, weights, template);
  const reaches = Array.from(spikes, (time) => ({ time, reach: reach(score, inputs, time, template.bound) }));
  const hardest = reaches.length > 0 ? reaches.reduce((a, b) => (b.reach < a.reach ? b : a)) : undefined;
  // Two lower bounds: by the proof, and by the spike that is hardest to reach. Beyond 1e12 all is rounding.
  const needed = Math.max(factor, hardest ? 1 / hardest.reach : 0);
  return {
    ...solution,
    status: factor > 1 ? 'infeasible' : 'stalled',
    weights,
    multipliers,
    violation,
    kkt: 0,
    boundNeeded: factor > 1 ? (needed > 1e12 ? Number.POSITIVE_INFINITY : needed * template.bound) : 0,
    hardest,
  };
}
