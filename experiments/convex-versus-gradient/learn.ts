/**
 * One method on one score and wiring: weights of the learners, and what they cost. A budget is a multiple of what the
 * convex solver itself has needed for that neuron, in multiply-adds; the epochs that fit into it, up to the method's cap,
 * are found first, so that rates and penalties run their whole course within them.
 */
import { type NeuronSettings, trainJob } from '../../src/gradient/index.js';
import { memorizeJob, type NeuronReport } from '../../src/memorize/index.js';
import type { Network, Wiring } from '../../src/network/index.js';
import { type Score, spikesOf } from '../../src/score/index.js';
import type { Template } from '../../src/template/index.js';
import type { Method } from './config.js';
import { descentBytes, solverBytes, solverMacs } from './cost.js';

/** What every method is given. */
export interface Lesson {
  score: Score;
  wiring: Wiring;
  /** Neurons 0 to learners - 1 learn. */
  learners: number;
  template: Template;
  /** Of all that is drawn in learning. */
  seed: number;
}

export interface Learned {
  /** In the order of the wiring; zero for those that do not learn. */
  network: Network;
  neurons: {
    status: string;
    macs: number;
    /** What the convex solver has needed. */
    solver: number;
    bytes: number;
    epochs: number;
  }[];
}

/** Neuron by neuron. */
type Teacher = (neuron: number) => {
  weights: Float64Array;
  status: string;
  macs: number;
  bytes: number;
  epochs: number;
};

const arrivalsAt = ({ score, wiring }: Lesson, neuron: number) => {
  let sum = 0;
  for (let k = wiring.starts[neuron]; k < wiring.starts[neuron + 1]; k++)
    sum += spikesOf(score, wiring.sources[k]).length;
  return sum;
};
const inputsOf = ({ wiring: { starts } }: Lesson, neuron: number) => starts[neuron + 1] - starts[neuron];

type Convex = Extract<Method, { method: 'convex' }>;
type Descending = Exclude<Method, Convex>;

/** Verdicts of the convex solver, each made once. */
function solver(lesson: Lesson, { template, soft }: Pick<Convex, 'template' | 'soft'>) {
  const { score, wiring } = lesson;
  const task = memorizeJob.prepare({
    score,
    wiring,
    template: { ...lesson.template, ...template },
    objective: 'l2',
    soft,
  });
  const reports: NeuronReport[] = [];
  const report = (neuron: number) => {
    reports[neuron] ??= task(neuron);
    return reports[neuron];
  };
  const macs = (neuron: number) =>
    solverMacs(report(neuron).counters, inputsOf(lesson, neuron), arrivalsAt(lesson, neuron));
  return { report, macs };
}

const convex = (lesson: Lesson, method: Convex): Teacher => {
  const { report, macs } = solver(lesson, method);
  return (neuron) => {
    const { weights, status, counters, pays } = report(neuron);
    return {
      weights,
      status: pays ? 'soft' : status,
      macs: macs(neuron),
      bytes: solverBytes(counters, inputsOf(lesson, neuron), arrivalsAt(lesson, neuron)),
      epochs: counters.rounds,
    };
  };
};

/** Grid points per refractory period. */
const GRID = 20;

function descending(lesson: Lesson, method: Descending, budgetOf: (neuron: number) => number): Teacher {
  const { score, wiring, template, seed } = lesson;
  const own = method.method === 'hinge' ? { ...template, ...method.template } : template;
  const target = { score, wiring, template: own };
  const settingsOf = (epochs: number): NeuronSettings => {
    const { name: _, ...settings } = method;
    return { ...settings, epochs };
  };
  const train = (epochs: number, neuron: number) =>
    trainJob.prepare({ target, settings: settingsOf(epochs), seed })(neuron);
  return (neuron) => {
    const budget = budgetOf(neuron);
    const fit = budget < Number.POSITIVE_INFINITY ? Math.floor(budget / train(1, neuron).macs) : method.epochs;
    const { weights, status, macs, epochs } = train(Math.max(1, Math.min(method.epochs, fit)), neuron);
    const arrivals = arrivalsAt(lesson, neuron);
    const moments = method.method === 'fp' ? arrivals : GRID * score.period;
    return { weights, status, macs, epochs, bytes: descentBytes(inputsOf(lesson, neuron), arrivals, moments) };
  };
}

/** The budgets in turn, null for none; the convex method has no use for one and learns once. */
export function learn(
  lesson: Lesson,
  method: Method,
  budgets: readonly (number | null)[],
  each: (learned: Learned, budget: number | null) => void,
): void {
  const { wiring, learners } = lesson;
  const { macs: solverCount } = solver(lesson, { soft: false });
  const run = (teach: Teacher): Learned => {
    const weights = new Float64Array(wiring.sources.length);
    const neurons = Array.from({ length: learners }, (_, neuron) => {
      const { weights: own, ...rest } = teach(neuron);
      weights.set(own, wiring.starts[neuron]);
      return { ...rest, solver: solverCount(neuron) };
    });
    return { network: { ...wiring, weights }, neurons };
  };
  if (method.method === 'convex') {
    each(run(convex(lesson, method)), null);
    return;
  }
  for (const budget of budgets) {
    const budgetOf = (neuron: number) => (budget === null ? Number.POSITIVE_INFINITY : budget * solverCount(neuron));
    each(run(descending(lesson, method, budgetOf)), budget);
  }
}
