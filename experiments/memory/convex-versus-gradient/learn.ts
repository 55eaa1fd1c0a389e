/**
 * One method on one score and wiring: weights of the learners, and what they cost. A budget is a multiple of what the
 * convex solver itself has needed for that neuron, in multiply-adds; the epochs that fit into it, up to the method's cap,
 * are found first, so that rates and penalties run their whole course within them.
 */
import {
  type NetworkSettings,
  type NeuronSettings,
  outcomeOf,
  startDescent,
  trainJob,
  trainNetwork,
} from '../../../src/memory/gradient/index.js';
import { memorizeJob, type NeuronReport } from '../../../src/memory/memorize/index.js';
import type { Network, Wiring } from '../../../src/memory/network/index.js';
import { type Score, spikesOf } from '../../../src/memory/score/index.js';
import type { Template } from '../../../src/memory/template/index.js';
import type { Method } from './config.js';
import { descentBytes, solverBytes, solverMacs, spikeBytes, throughTimeBytes } from './cost.js';

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
type Whole = Extract<Method, { method: 'eventprop' | 'bptt' }>;
type Descending = Exclude<Method, Convex | Whole>;

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
    const { weights, status, counters, shortfalls } = report(neuron);
    return {
      weights,
      status: shortfalls ? 'soft' : status,
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

/** Those that learn a whole network at once, from where another method has left off if they are told to. */
function wholly(lesson: Lesson, method: Whole, budget: number, origin: Learned | undefined): Learned {
  const { score, wiring, template, seed, learners } = lesson;
  const { name: _, from: __, ...settings } = method;
  const target = { score, wiring, template };
  const spent = origin ? origin.neurons.reduce((sum, { macs }) => sum + macs, 0) : 0;
  const left = budget - spent;
  const synapses = wiring.sources.length;
  const train = (own: NetworkSettings) =>
    outcomeOf(
      trainNetwork(
        { target, settings: own, seed },
        origin ? { from: startDescent(origin.network.weights, 'adam') } : {},
      ),
    );
  const run = () => {
    if (settings.method === 'eventprop') return train({ ...settings, budget: left });
    const fit =
      left < Number.POSITIVE_INFINITY ? Math.floor(left / train({ ...settings, epochs: 1 }).macs) : settings.epochs;
    return train({ ...settings, epochs: Math.max(1, Math.min(settings.epochs, fit)) });
  };
  const { weights, status, macs, epochs } = run();
  const bytes =
    settings.method === 'bptt'
      ? throughTimeBytes(learners, (settings.periods * score.period) / settings.dt, synapses)
      : spikeBytes(settings.periods * score.times.length, synapses / learners, synapses);
  return {
    network: { ...wiring, weights },
    neurons: Array.from({ length: learners }, (_neuron, neuron) => ({
      status,
      macs: macs / learners + (origin?.neurons[neuron].macs ?? 0),
      solver: 0,
      bytes: Math.max(bytes / learners, origin?.neurons[neuron].bytes ?? 0),
      epochs: epochs + (origin?.neurons[neuron].epochs ?? 0),
    })),
  };
}

/**
 * The budgets in turn, null for none; the convex method has no use for one and learns once.
 * @param named finds the method that another one begins with
 */
export function learn(
  lesson: Lesson,
  method: Method,
  budgets: readonly (number | null)[],
  named: (name: string) => Method,
  each: (learned: Learned, budget: number | null) => void,
): void {
  const { wiring, learners } = lesson;
  const { macs: solverCount } = solver(lesson, { soft: false });
  const alone = (teach: Teacher): Learned => {
    const weights = new Float64Array(wiring.sources.length);
    const neurons = Array.from({ length: learners }, (_, neuron) => {
      const { weights: own, ...rest } = teach(neuron);
      weights.set(own, wiring.starts[neuron]);
      return { ...rest, solver: 0 };
    });
    return { network: { ...wiring, weights }, neurons };
  };
  const within = (one: Method, budget: number | null): Learned => {
    if (one.method === 'convex') return alone(convex(lesson, one));
    const allowed = (neuron: number) => (budget === null ? Number.POSITIVE_INFINITY : budget * solverCount(neuron));
    if (one.method !== 'eventprop' && one.method !== 'bptt') return alone(descending(lesson, one, allowed));
    const all = Array.from({ length: learners }, (_, neuron) => allowed(neuron)).reduce((sum, count) => sum + count, 0);
    return wholly(lesson, one, all, one.from === undefined ? undefined : within(named(one.from), budget));
  };
  for (const budget of method.method === 'convex' ? [null] : budgets) {
    const { network, neurons } = within(method, budget);
    each({ network, neurons: neurons.map((one, neuron) => ({ ...one, solver: solverCount(neuron) })) }, budget);
  }
}
