/**
 * Memorizing a score: one convex program per neuron, each solved on its own, checked by code that the solver
 * does not share, and only then called solved or infeasible.
 */
import { createArena, EngramError, type Job, type ParallelMap, reusedBuffers } from '../../core/index.js';
import {
  checkNeurons,
  checkWiring,
  delayRange,
  type Network,
  type NeuronModel,
  neuronCount,
  type Wiring,
} from '../network/index.js';
import { channelCount, checkScore, type Score, spikesOf } from '../score/index.js';
import { type Box, checkTemplate, inputsOf, loadScore, stackPrograms, type Template } from '../template/index.js';
import { judgeProof, judgeSolution, type NeuronReport, type Part } from './judge.js';
import { unmasked } from './mask.js';
import { quieten } from './noise.js';
import { solveObjective } from './norms.js';
import { checkObjective, isLeastNorm, type Objective } from './objective.js';
import { solveQuantised } from './quantise.js';
import { findFactor, type Robust, robustTemplate } from './robust.js';
import { soften } from './soft.js';

export interface Problem {
  /** One channel per neuron. */
  score: Score;
  /** Further scores that the same weights have to store, each with its own period (several memories). */
  others?: readonly Score[] | undefined;
  wiring: Wiring;
  /** What the neurons are; kernel continuation with a time constant of one refractory period unless given. */
  model?: NeuronModel | undefined;
  template: Template;
  objective: Objective;
  /** What each synapse costs the objective (see objective.ts), positive, in the order of the wiring; 1 if not given. */
  costs?: Float64Array | undefined;
  /** A lower and an upper bound of each synapse's weight, in the order of the wiring, instead of the template's one. */
  bounds?: Box | undefined;
  /** If given, each neuron keeps as large a multiple of the template as its inputs allow, or a share of it (see robust.ts). */
  robust?: Robust | undefined;
  /** Whether an impossible neuron gets the best weights there are, every demand at a price (see soft.ts). */
  soft?: boolean | undefined;
  /** If given, an odd number of equidistant values that a weight may have (see quantise.ts). */
  levels?: number | undefined;
}

export interface Memory {
  network: Network;
  neurons: NeuronReport[];
}

/** Levels beyond this number are as good as none. */
const MOST_LEVELS = 65535;

/** The program of every neuron, solved and verified. */
export const memorizeJob: Job<Problem, NeuronReport> = {
  name: 'memorize',
  prepare(problem) {
    const { wiring, template, objective, robust, soft, levels } = problem;
    const arena = createArena();
    const buffers = reusedBuffers();
    const longest = delayRange(wiring)[1];
    const loaders = scoresOf(problem).map((score) => loadScore(arena, score, longest));
    const mark = arena.mark();
    return (neuron) => {
      const { part, place } = unmasked(partOf(problem, neuron));
      const { sources, delays, own } = part.inputs;
      const programOf = (asked: Template) => {
        arena.release(mark);
        return stackPrograms(
          part.memories.map(({ spikes }, memory) => loaders[memory](spikes, sources, delays, asked, own?.dynamics)),
        );
      };
      let found: ReturnType<typeof findFactor> | undefined;
      if (robust && robust.what !== 'noise') {
        const { what, share } = robust;
        found = findFactor(arena, programOf, part, template, what, share);
      }
      const asked = robust && found ? robustTemplate(template, robust, found.factor) : template;
      const finished = (report: NeuronReport): NeuronReport => {
        const placed = { ...report, weights: place(report.weights) };
        return found ? { ...placed, robust: found } : placed;
      };
      if (levels !== undefined) {
        const report = solveQuantised(arena, programOf, part, asked, objective === 'none' ? 'none' : 'l2', levels);
        return finished(report);
      }
      const solution = solveObjective(arena, programOf(asked), part, objective, template.bound);
      let report =
        solution.status === 'infeasible'
          ? judgeProof(part, asked, solution)
          : judgeSolution(part, asked, objective, solution, buffers);
      if (robust?.what === 'noise' && report.status === 'solved') {
        report = quieten(arena, () => programOf(template), part, template, robust.share, report);
      }
      if (soft && report.status === 'infeasible') {
        report = soften(arena, programOf({ ...asked, leeway: 0 }), part, asked, report);
      }
      return finished(report);
    };
  },
};

/** All scores of a problem; cuts name them by their place. */
export const scoresOf = ({ score, others = [] }: Pick<Problem, 'score' | 'others'>): Score[] => [score, ...others];

/** The bounds of one neuron's weights: its synapses' own, or the template's. */
export function boundsOf(
  { wiring, template, bounds }: Pick<Problem, 'wiring' | 'template' | 'bounds'>,
  neuron: number,
): Box {
  const [first, last] = [wiring.starts[neuron], wiring.starts[neuron + 1]];
  if (bounds) return { lower: bounds.lower.subarray(first, last), upper: bounds.upper.subarray(first, last) };
  const even = (bound: number) => new Float64Array(last - first).fill(bound);
  return { lower: even(-template.bound), upper: even(template.bound) };
}

/** What concerns one neuron of a problem. */
export function partOf(problem: Problem, neuron: number): Part {
  const { wiring, costs, model } = problem;
  const memories = scoresOf(problem).map((score) => ({ score, spikes: spikesOf(score, neuron) }));
  const inputs = inputsOf(wiring, model, neuron);
  const part = { memories, inputs, box: boundsOf(problem, neuron) };
  return costs ? { ...part, costs: costs.subarray(wiring.starts[neuron], wiring.starts[neuron + 1]) } : part;
}

/** Throws `usage` where a model and what is asked of it contradict each other. */
export function checkModel({
  model,
  template: { margin, shape, grid },
  objective,
  robust,
  levels,
}: Pick<Problem, 'model' | 'template' | 'objective' | 'robust' | 'levels'>): void {
  const refuse = (text: string) => {
    throw new EngramError('usage', text);
  };
  const dynamic = model !== undefined && (model.model !== 'continuation' || model.beta !== undefined);
  if (dynamic && grid !== undefined) refuse('the sampled template is of the default neuron only; leave out the grid');
  if (dynamic && robust?.what === 'noise')
    refuse('the noise gain is known of the default neuron only; leave out noise');
  if (dynamic && objective.startsWith('energy')) {
    refuse('the energy is known of the default neuron only; choose another objective');
  }
  if (!dynamic || model.model === 'continuation') {
    if (shape === 'ramp')
      refuse('a ramp is for neurons that reset at a spike; leave out the shape, or choose such a neuron');
    return;
  }
  if (margin > 1 - model.reset) {
    refuse(
      `the silent level, 1 - margin = ${1 - margin}, must not be below the potential after a spike, ${model.reset}; a margin up to ${1 - model.reset} is possible`,
    );
  }
  if (robust && robust.what !== 'slope') {
    refuse(
      'a neuron that resets cannot be silent below the potential after a spike: of robust only the slope is possible',
    );
  }
  if (shape === 'ramp' && (robust || levels !== undefined)) {
    refuse('a ramp has no robust and no quantised form; choose the window');
  }
}

/** Throws `input` or `usage` on a problem that is not one. */
export function checkProblem(problem: Problem): void {
  const { wiring, template, bounds } = problem;
  checkTemplate(template);
  checkWiring(wiring);
  if (problem.model) checkNeurons(problem.model, neuronCount(wiring));
  checkModel(problem);
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
  checkObjective(problem.objective, problem.costs, wiring.sources.length);
  if (!isLeastNorm(problem.objective, problem.costs) && (problem.soft || problem.levels !== undefined)) {
    throw new EngramError(
      'usage',
      problem.costs
        ? 'soft and quantised weights know no costs of synapses; leave them (the column cost of the wiring) out'
        : `soft and quantised weights know no objective but l2 and none; got ${problem.objective}`,
    );
  }
  if (template.grid !== undefined && (problem.robust || problem.soft || problem.levels !== undefined)) {
    throw new EngramError('usage', 'a sampled template has no robust, soft or quantised form; leave out the grid');
  }
  checkLevels(problem);
  if (problem.robust) {
    const { what, share } = problem.robust;
    if (what === 'noise' && problem.levels !== undefined) {
      throw new EngramError('usage', 'weights of least noise gain are not on levels: leave one of the two out');
    }
    if (what === 'noise' && problem.objective !== 'l2') {
      throw new EngramError(
        'usage',
        `least noise gain starts from weights of least norm; the objective is ${problem.objective}`,
      );
    }
    if (!(share > 0 && share < 1)) {
      throw new EngramError('usage', `the share of the way to the most must be above 0 and below 1; got ${share}`);
    }
  }
}

function checkLevels({ levels, soft }: Problem): void {
  if (levels === undefined) return;
  if (!(Number.isInteger(levels) && levels >= 3 && levels % 2 === 1 && levels <= MOST_LEVELS)) {
    throw new EngramError('usage', `levels must be an odd number from 3 to ${MOST_LEVELS}; got ${levels}`);
  }
  if (soft) throw new EngramError('usage', 'soft weights are not on levels: leave one of the two out');
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
