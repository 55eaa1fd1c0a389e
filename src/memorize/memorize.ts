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
  type Box,
  boxViolation,
  type Cut,
  checkTemplate,
  combineCuts,
  combineCutsBounded,
  cutSlacks,
  type Inputs,
  loadScore,
  potentialFrom,
  reach,
  stackPrograms,
  type Template,
  templateViolation,
} from '../template/index.js';
import { type NeuronSolution, type Objective, solveNeuron } from './neuron.js';

export interface Problem {
  /** One channel per neuron. */
  score: Score;
  /** Further scores that the same weights have to store, each with its own period (several memories). */
  others?: readonly Score[] | undefined;
  wiring: Wiring;
  template: Template;
  objective: Objective;
  /** A lower and an upper bound of each synapse's weight, in the order of the wiring, instead of the template's one. */
  bounds?: Box | undefined;
}

export interface NeuronReport {
  /** As granted by the verifier; `roundLimit` and `stalled` leave the neuron undecided. */
  status: Status;
  /** Zero where the program is infeasible. */
  weights: Float64Array;
  /** The active moments and their multipliers: of the optimum, or of the proof of infeasibility. */
  cuts: Cut[];
  multipliers: Float64Array;
  /** Worst violation of the template, by the weights above: in continuous time, or on its grid. */
  violation: number;
  /** With a grid: the worst violation of the same template in continuous time. */
  betweenPoints?: number;
  /** Largest residual of the optimality conditions; 0 without an objective or without a solution. */
  kkt: number;
  /** If infeasible: a bound on the weights below which no solution exists; with bounds of their own, were all scaled alike. */
  boundNeeded: number;
  /** If infeasible: the spikes that the inputs cannot lift to the threshold, hardest first, and how far they can. */
  unreached: { time: number; reach: number }[];
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
  prepare(problem) {
    const { wiring, template, objective } = problem;
    const arena = createArena();
    const buffers = reusedBuffers();
    const longest = delayRange(wiring)[1];
    const loaders = scoresOf(problem).map((score) => loadScore(arena, score, longest));
    const mark = arena.mark();
    return (neuron) => {
      const part = partOf(problem, neuron);
      const { sources, delays } = part.inputs;
      arena.release(mark);
      const program = stackPrograms(
        part.memories.map(({ spikes }, memory) => loaders[memory](spikes, sources, delays, template)),
      );
      const solution = solveNeuron(arena, program, part.box, objective);
      return solution.status === 'infeasible'
        ? judgeProof(part, template, solution)
        : judgeSolution(part, template, objective, solution, buffers);
    };
  },
};

/** All scores of a problem; cuts name them by their place. */
export const scoresOf = ({ score, others = [] }: Pick<Problem, 'score' | 'others'>): Score[] => [score, ...others];

/** What concerns one neuron. */
interface Part {
  /** Its part of each score. */
  memories: { score: Score; spikes: Float64Array }[];
  inputs: Inputs;
  box: Box;
}

function partOf(problem: Problem, neuron: number): Part {
  const { wiring, template, bounds } = problem;
  const own = <Values extends Float64Array | Uint32Array>(values: Values) =>
    values.subarray(wiring.starts[neuron], wiring.starts[neuron + 1]) as Values;
  const delays = own(wiring.delays);
  const box = bounds
    ? { lower: own(bounds.lower), upper: own(bounds.upper) }
    : {
        lower: new Float64Array(delays.length).fill(-template.bound),
        upper: new Float64Array(delays.length).fill(template.bound),
      };
  const memories = scoresOf(problem).map((score) => ({ score, spikes: spikesOf(score, neuron) }));
  return { memories, inputs: { sources: own(wiring.sources), delays }, box };
}

/** Throws `input` or `usage` on a problem that is not one. */
export function checkProblem(problem: Problem): void {
  const { wiring, template, bounds } = problem;
  checkTemplate(template);
  checkWiring(wiring);
  const neurons = neuronCount(wiring);
  for (const score of scoresOf(problem)) {
    checkScore(score);
    if (neurons !== channelCount(score)) {
      throw new EngramError(
        'input',
        `the wiring has ${neurons} neurons, the score ${channelCount(score)} channels; they must be as many`,
      );
    }
  }
  if (bounds) checkBounds(bounds, wiring.sources.length);
}

function checkBounds({ lower, upper }: Box, synapses: number): void {
  if (lower.length !== synapses || upper.length !== synapses) {
    throw new EngramError(
      'input',
      `there are ${lower.length} lower and ${upper.length} upper bounds for ${synapses} synapses`,
    );
  }
  for (let k = 0; k < synapses; k++) {
    if (!(Number.isFinite(lower[k]) && Number.isFinite(upper[k]) && lower[k] <= upper[k])) {
      throw new EngramError(
        'input',
        `synapse ${k}: its bounds must be finite, the lower one not above the upper; got ${lower[k]} and ${upper[k]}`,
      );
    }
  }
}

/**
 * Solves the program of every neuron from `first` on: `map` runs them, in any order and number of threads;
 * `each` sees every report, in the order of the neurons, and nothing is kept.
 */
export function memorizeEach(
  problem: Problem,
  map: ParallelMap,
  each: (report: NeuronReport, neuron: number) => void,
  first = 0,
): Promise<void> {
  checkProblem(problem);
  return map(memorizeJob, problem, neuronCount(problem.wiring), each, first);
}

/** Memorizes a score and keeps everything. Throws `input` or `usage` on a problem that is not one. */
export async function memorize(problem: Problem, map: ParallelMap): Promise<Memory> {
  const { wiring } = problem;
  const weights = new Float64Array(wiring.sources.length);
  const reports: NeuronReport[] = [];
  await memorizeEach(problem, map, (report, neuron) => {
    weights.set(report.weights, wiring.starts[neuron]);
    reports.push({ ...report, weights: weights.subarray(wiring.starts[neuron], wiring.starts[neuron + 1]) });
  });
  return { network: { ...wiring, weights }, neurons: reports };
}

/** Grants or withholds "solved". */
function judgeSolution(
  { memories, inputs, box }: Part,
  template: Template,
  objective: Objective,
  solution: NeuronSolution,
  buffers: Buffers,
): NeuronReport {
  const { weights, cuts, multipliers } = solution;
  const { grid, ...everywhere } = template;
  const combination = new Float64Array(weights.length);
  const slacks = new Float64Array(cuts.length);
  let [violation, betweenPoints] = [boxViolation(weights, box), 0];
  memories.forEach(({ score, spikes }, memory) => {
    const arrivals = arrivalsOf(score, inputs, buffers);
    const potential = potentialFrom(arrivals, weights, buffers);
    violation = Math.max(violation, templateViolation(potential, spikes, template));
    if (grid !== undefined) betweenPoints = Math.max(betweenPoints, templateViolation(potential, spikes, everywhere));
    if (objective === 'none') return;
    const own = cutsOf(memory, cuts, multipliers);
    cutSlacks(potential, own.cuts).forEach((slack, i) => {
      slacks[own.places[i]] = slack;
    });
    combineCuts(arrivals, weights.length, own.cuts, own.multipliers).forEach((value, k) => {
      combination[k] += value;
    });
  });
  const equality = cuts.map(({ kind }) => kind === 'spike');
  const kkt = objective === 'none' ? 0 : kktResidual({ weights, ...box, multipliers, slacks, equality, combination });
  const good = violation <= PROMISE && kkt <= PROMISE;
  const status = solution.status === 'solved' && !good ? 'stalled' : solution.status;
  const sampled = grid === undefined ? {} : { betweenPoints };
  return { ...solution, status, violation, ...sampled, kkt, boundNeeded: 0, unreached: [] };
}

/** The cuts of one score, where they stand among all, and their multipliers. */
function cutsOf(memory: number, cuts: readonly Cut[], multipliers: Float64Array) {
  const places = cuts.flatMap((cut, i) => ((cut.memory ?? 0) === memory ? i : []));
  return { places, cuts: places.map((i) => cuts[i]), multipliers: Float64Array.from(places, (i) => multipliers[i]) };
}

/** Grants or withholds "infeasible". */
function judgeProof({ memories, inputs, box }: Part, template: Template, solution: NeuronSolution): NeuronReport {
  const { cuts } = solution;
  // Rounding may leave the multiplier of an inequality a hair below zero; without it the proof is as good.
  const multipliers = solution.multipliers.map((y, i) => (cuts[i].kind === 'spike' ? y : Math.max(y, 0)));
  const weights = solution.weights.fill(0);
  const [combination, errors] = [new Float64Array(weights.length), new Float64Array(weights.length)];
  let violation = 0;
  memories.forEach(({ score, spikes }, memory) => {
    const own = cutsOf(memory, cuts, multipliers);
    const part = combineCutsBounded(score, inputs, own.cuts, own.multipliers);
    for (let k = 0; k < weights.length; k++) {
      combination[k] += part.combination[k];
      errors[k] += part.errors[k] + (memory > 0 ? 2 ** -52 * Math.abs(combination[k]) : 0);
    }
    const potential = potentialFrom(arrivalsOf(score, inputs), weights);
    violation = Math.max(violation, templateViolation(potential, spikes, template));
  });
  const factor = farkasBound({
    multipliers,
    limits: Float64Array.from(cuts, ({ limit }) => limit),
    equality: cuts.map(({ kind }) => kind === 'spike'),
    ...box,
    combination,
    errors,
  });
  const unreached = memories
    .flatMap(({ score, spikes }) => Array.from(spikes, (time) => ({ time, reach: reach(score, inputs, time, box) })))
    .filter((spike) => spike.reach < 1 - (template.leeway ?? 0))
    .sort((p, q) => p.reach - q.reach);
  // Two lower bounds: by the proof, and by the spike that is hardest to reach. Beyond 1e12 all is rounding.
  const hardest = unreached.length > 0 ? 1 / Math.max(unreached[0].reach, 0) : 0;
  const needed = Math.max(factor, hardest);
  return {
    ...solution,
    status: factor > 1 ? 'infeasible' : 'stalled',
    weights,
    multipliers,
    violation,
    kkt: 0,
    boundNeeded: factor > 1 ? (needed > 1e12 ? Number.POSITIVE_INFINITY : needed * template.bound) : 0,
    unreached,
  };
}
