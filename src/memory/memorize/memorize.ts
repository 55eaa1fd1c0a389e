/**
 * Memorizing a score: one convex program per neuron, each solved on its own, checked by a judge that does not see the solver,
 * and only then called solved or infeasible.
 */
import {
  createArena,
  demandFunction,
  demandInteger,
  type Job,
  type ParallelMap,
  reusedBuffers,
} from '../../core/index.js';
import { delayRange, type Network, neuronCount } from '../network/index.js';
import { loadScore, type Program, stackPrograms, type Template } from '../template/index.js';
import type { AnyAim, Task } from './aims/aim.js';
import { type NeuronReport, ruleOf } from './aims/index.js';
import { aimOf } from './aims/spelling.js';
import { unmasked } from './mask.js';
import { checkParts } from './parts.js';
import { checkProblem, type Problem } from './problem.js';
import { type NeuronProblem, neuronProblem, type Setting, scoresOf } from './setting.js';

/** What memorizing gives, stored or not. */
export interface Memory {
  /** The wiring with the weights found, in thresholds; 0 for neurons without. */
  network: Network;
  /** One report per neuron, in order. */
  neurons: NeuronReport[];
}

/** Bytes for the rows of most neurons. */
const ROOM = 2 ** 25;

/** An arena, and in it the programs of neurons, one at a time. */
function workshop(setting: Setting) {
  const arena = createArena(ROOM);
  const longest = delayRange(setting.wiring)[1];
  const loaders = scoresOf(setting).map((score) => loadScore(arena, score, longest));
  const mark = arena.mark();
  const programOf = ({ memories, inputs: { sources, delays, own } }: NeuronProblem, template: Template): Program => {
    arena.release(mark);
    return stackPrograms(
      memories.map(({ spikes }, memory) => loaders[memory](spikes, sources, delays, template, own?.dynamics)),
    );
  };
  return { arena, programOf };
}

/** What the aims are asked of one neuron after the other, masked synapses left out. */
export function tasksOf(
  setting: Setting,
): (neuron: number) => { task: Task; place(weights: Float64Array): Float64Array } {
  const { arena, programOf } = workshop(setting);
  const buffers = reusedBuffers();
  return (number) => {
    const { neuron, place } = unmasked(neuronProblem(setting, number));
    const task: Task = {
      arena,
      neuron,
      buffers,
      programOf: (template) => programOf(neuron, template),
      solve: (aim: AnyAim, template) => ruleOf(aim).solve(aim, task, template),
    };
    return { task, place };
  };
}

/** The program of every neuron, solved and verified. */
export const memorizeJob: Job<Problem, NeuronReport> = {
  name: 'memorize',
  module: import.meta.url,
  prepare(problem) {
    const aim = aimOf(problem);
    const taskOf = tasksOf(problem);
    return (neuron) => {
      const { task, place } = taskOf(neuron);
      const report = task.solve(aim, problem.template);
      return { ...report, weights: place(report.weights) };
    };
  },
};

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
  checkParts(problem);
  checkProblem(problem);
  demandFunction('the parallel map', map);
  demandFunction('what takes the reports', each);
  demandInteger('the first neuron', first);
  return map(memorizeJob, problem, neuronCount(problem.wiring), each, first);
}

/** Memorizes a score and keeps everything. Throws `input` or `usage` on a problem that is not one. */
export async function memorize(problem: Problem, map: ParallelMap): Promise<Memory> {
  checkParts(problem);
  checkProblem(problem);
  const { wiring } = problem;
  const weights = new Float64Array(wiring.sources.length);
  const reports: NeuronReport[] = [];
  await memorizeEach(problem, map, (report, neuron) => {
    weights.set(report.weights, wiring.starts[neuron]);
    reports.push({ ...report, weights: weights.subarray(wiring.starts[neuron], wiring.starts[neuron + 1]) });
  });
  return { network: { ...wiring, weights }, neurons: reports };
}
