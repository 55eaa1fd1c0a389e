/**
 * Many trials, in groups that do not depend on the number of threads: their readouts, spikes and, if asked for, the gradient
 *
 *   L = mean over trials, last readouts and sides of (o - y)^2 + k sum over bins of rate^2,
 *   dL/do = 2 (o - y) / n,    dL/dz' = 2 k rate / (N bin trials)   at every spike of the bin,
 *
 * rate the mean over the trials in Hz over all neurons. The rate of a bin belongs to the whole batch: trials run forwards first, and backwards when it is
 * known. A thread keeps the tapes of its groups in between; one that has another group's runs forwards again, to the same bytes.
 */
import {
  demandArray,
  demandFinite,
  demandFunction,
  demandInteger,
  demandList,
  demandObject,
  demandText,
  type Job,
  type Key,
  type ParallelMap,
  refuse,
  streamKey,
} from '../core/index.js';
import { rule2afc } from '../tasks/index.js';
import { readersOf } from './cell.js';
import { createGroup, type Group } from './group.js';
import { blankGradients, demandWeights, type Gradients, lengthsOf, TRAINED, type Weights } from './network.js';
import { binOf, prepared, type SrnnSettings } from './settings.js';

/** Trials of a purpose, numbered from `first` on. */
export interface TrialPlan {
  /** What they are drawn for: trials of different purposes share no random number. */
  readonly purpose: string;
  /** Number of the first one. */
  readonly first: number;
  /** The condition of each, as its number in the task. */
  readonly conditions: readonly number[];
}

/** Weights between populations scaled in steps `from` to `until` - 1. */
export interface Perturbation {
  /** N x N, by presynaptic rows. */
  readonly factors: Float64Array;
  /** The first step. */
  readonly from: number;
  /** The step behind the last. */
  readonly until: number;
}

interface Shared {
  readonly settings: SrnnSettings;
  readonly weights: Weights;
  readonly plan: TrialPlan;
  /** Derivative of the loss by a spike of each step: then gradients are wanted. */
  readonly rates: Float64Array | undefined;
  /** Whether the way back is kept. */
  readonly tape: boolean;
  readonly spikes: boolean;
  readonly perturbation: Perturbation | undefined;
}

/** What a group of trials did. */
export interface Played {
  /** The last readouts, trial after trial, lossSteps x 2 each. */
  readonly outputs: Float64Array;
  /** Spikes of all neurons and trials by bin; those that are read out, and the others. */
  readonly counts: Float64Array;
  readonly read: number;
  readonly unread: number;
  /** Spikes by trial, if asked for: neuron and step, in order of time. */
  readonly trains: readonly Trains[];
  readonly gradients?: Gradients;
}

/** The spikes of a trial in order of time. */
export interface Trains {
  /** Who sent each. */
  readonly neurons: Uint32Array;
  /** In which step. */
  readonly steps: Uint32Array;
}

/** Trials side by side in a group. */
export const WIDTH = 8;

interface Kept {
  group: Group;
  /** What the tape was made of. */
  weights?: Weights;
  plan?: string;
}
/** Groups of this thread, by what they are made for; the latest use only. */
const kept: { made: string; groups: Map<number, Kept> } = { made: '', groups: new Map() };

function groupOf(settings: SrnnSettings, steps: number, tape: boolean, index: number): Kept {
  const made = JSON.stringify([settings, tape]);
  if (kept.made !== made) {
    kept.made = made;
    kept.groups.clear();
  }
  const place = tape ? index : 0;
  let found = kept.groups.get(place);
  if (!found) {
    found = { group: createGroup(settings, steps, 'f32', tape) };
    kept.groups.set(place, found);
  }
  return found;
}

const sameArray = (a: Float64Array, b: Float64Array) => a.length === b.length && a.every((value, k) => value === b[k]);
const sameWeights = (a: Weights | undefined, b: Weights) =>
  a !== undefined && Object.entries(a).every(([name, values]) => sameArray(values, b[name as keyof Weights]));
const copied = (weights: Weights): Weights =>
  Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, values.slice()])) as unknown as Weights;

export const groupJob: Job<Shared, Played> = {
  name: 'groupJob',
  module: import.meta.url,
  prepare(shared) {
    const { settings, weights, plan } = shared;
    const task = rule2afc(settings.task);
    const key = streamKey(settings.seed, plan.purpose);
    return (index) => {
      const own = groupOf(settings, task.steps, shared.tape, index);
      const conditions = plan.conditions.slice(index * WIDTH, (index + 1) * WIDTH);
      const first = plan.first + index * WIDTH;
      const what = JSON.stringify([plan.purpose, first, conditions, settings.seed]);
      const same = sameWeights(own.weights, weights);
      if (!same) {
        own.weights = copied(weights);
        own.group.load(own.weights);
      }
      if (!(shared.tape && same && own.plan === what)) {
        own.plan = what;
        run(own.group, shared, task.steps, trialsOf(settings, key, first, conditions));
      }
      return playedOf(own.group, shared, conditions);
    };
  },
};

function trialsOf(settings: SrnnSettings, key: Key, first: number, conditions: readonly number[]) {
  const task = rule2afc(settings.task);
  return conditions.map((condition, k) => {
    const { input } = task.trialOf(task.conditions[condition]);
    return { input: settings.baseline ? new Float64Array(input.length) : input, key, index: first + k };
  });
}

function run(group: Group, { perturbation }: Shared, steps: number, trials: Parameters<Group['start']>[0]): void {
  group.start(trials);
  if (!perturbation) {
    group.forward(0, steps);
    return;
  }
  const { factors, from, until } = perturbation;
  const before = group.matrix().slice();
  group.forward(0, from);
  const matrix = group.matrix();
  for (let e = 0; e < matrix.length; e++) matrix[e] *= factors[e];
  group.forward(from, until);
  group.matrix().set(before);
  group.forward(until, steps);
}

function playedOf(group: Group, shared: Shared, conditions: readonly number[]): Played {
  const { settings, rates } = shared;
  const task = rule2afc(settings.task);
  const { lossSteps } = settings;
  const from = task.steps - lossSteps;
  const all = group.outputs();
  const outputs = new Float64Array(conditions.length * lossSteps * 2);
  const derivative = new Float64Array(all.length);
  const share = 2 / (shared.plan.conditions.length * lossSteps * 2);
  conditions.forEach((condition, lane) => {
    for (let k = 0; k < 2 * lossSteps; k++) {
      const at = (2 * from + k) * group.width + lane;
      outputs[lane * 2 * lossSteps + k] = all[at];
      derivative[at] = share * (all[at] - targetOf(task.conditions[condition].truth, k & 1));
    }
  });
  const { spikes, starts } = group.spikes(task.steps);
  const bin = binOf(settings);
  const counts = new Float64Array(task.steps / bin);
  const trains = conditions.map(() => ({ neurons: [] as number[], steps: [] as number[] }));
  const readers = readersOf(settings);
  let [read, unread] = [0, 0];
  for (let t = 0; t < task.steps; t++) {
    for (let k = starts[t]; k < starts[t + 1]; k++) {
      const lane = spikes[k] % group.width;
      if (lane >= conditions.length) continue;
      const neuron = (spikes[k] - lane) / group.width;
      counts[Math.floor(t / bin)]++;
      if (neuron < readers) read++;
      else unread++;
      if (!shared.spikes) continue;
      trains[lane].neurons.push(neuron);
      trains[lane].steps.push(t);
    }
  }
  const played = {
    outputs,
    counts,
    read,
    unread,
    trains: shared.spikes
      ? trains.map(({ neurons, steps }) => ({ neurons: Uint32Array.from(neurons), steps: Uint32Array.from(steps) }))
      : [],
  };
  if (!rates) return played;
  const gradients = blankGradients(settings.neurons);
  group.backward(derivative, rates, gradients);
  return { ...played, gradients };
}

/** The mean of (o - y)^2 over the last readouts of a trial, steps x 2. */
export function squaredError(outputs: Float64Array, truth: number): number {
  let sum = 0;
  outputs.forEach((value, k) => {
    const difference = value - targetOf(truth, k & 1);
    sum += difference * difference;
  });
  return sum / outputs.length;
}

/** What a side's readout is to be: 1 on the side of the truth. */
const targetOf = (truth: number, side: number) => (truth === side ? 1 : 0);

/** What a batch came to. */
export interface Outcome {
  /** The trials. */
  readonly plan: TrialPlan;
  /** The mean squared error. */
  readonly error: number;
  /** The same with the penalties. */
  readonly loss: number;
  /** 1 where the choice was right, by trial. */
  readonly right: Uint8Array;
  /** The last readout of both sides, by trial. */
  readonly last: Float64Array;
  /** Mean rate of all neurons by bin, in Hz. */
  readonly rates: Float64Array;
  /** Mean rate over the trial of the neurons that are read out, in Hz. */
  readonly read: number;
  /** The same of the others; NaN if there are none. */
  readonly unread: number;
  /** Spikes by trial, if they were asked for. */
  readonly trains: readonly Trains[];
}

/** What is asked of trials. */
export interface BatchAsk {
  /** Whether spikes of single neurons are wanted. */
  readonly spikes?: boolean;
  /** What is done to the weights meanwhile. */
  readonly perturbation?: Perturbation;
}

/**
 * Work that asks for groups of trials and goes on with what they did, wherever they run: `over` threads, or `here`.
 */
export type Asking<Result> = Generator<Shared, Result, readonly Played[]>;

/** Does the work with the groups of each question spread over a map. */
export async function over<Result>(map: ParallelMap, asking: Asking<Result>): Promise<Result> {
  demandFunction('the map', map);
  demandFunction('the `next` of the work', asking?.next);
  let next = asking.next();
  while (!next.done) {
    const parts: Played[] = [];
    await map(groupJob, next.value, groupsOf(next.value.plan), (part) => parts.push(part));
    next = asking.next(parts);
  }
  return next.value;
}

/** Does the work on this thread, and at once. */
export function here<Result>(asking: Asking<Result>): Result {
  demandFunction('the `next` of the work', asking?.next);
  let next = asking.next();
  while (!next.done) {
    const group = groupJob.prepare(next.value);
    next = asking.next(Array.from({ length: groupsOf(next.value.plan) }, (_, index) => group(index)));
  }
  return next.value;
}

/** Runs trials. Throws `usage` for what is no plan, or a perturbation that leaves the trial. */
export function* runTrials(
  settings: SrnnSettings,
  weights: Weights,
  plan: TrialPlan,
  { spikes = false, perturbation }: BatchAsk = {},
): Asking<Outcome> {
  demandTrials(settings, weights, plan);
  if (perturbation !== undefined) demandPerturbation(settings, perturbation);
  const parts = yield { settings, weights, plan, rates: undefined, tape: false, spikes, perturbation };
  return outcomeOf(settings, plan, parts);
}

/** Runs trials and adds the gradient of their loss. */
export function* runBatch(
  settings: SrnnSettings,
  weights: Weights,
  plan: TrialPlan,
  gradients: Gradients,
): Asking<Outcome> {
  demandTrials(settings, weights, plan);
  demandObject('the gradients', gradients);
  const lengths = lengthsOf(settings.neurons);
  for (const name of TRAINED) demandArray(`the gradient \`${name}\``, gradients[name], Float64Array, lengths[name]);
  const { steps } = rule2afc(settings.task);
  const bin = binOf(settings);
  const derivatives = new Float64Array(steps);
  const shared = { settings, weights, plan, tape: true, spikes: false, perturbation: undefined };
  if (settings.rates > 0) {
    const { rates } = outcomeOf(settings, plan, yield { ...shared, rates: undefined });
    const each = (2 * settings.rates) / (settings.neurons * bin * settings.task.dt * plan.conditions.length);
    for (let t = 0; t < steps; t++) derivatives[t] = each * rates[Math.floor(t / bin)];
  }
  const parts = yield { ...shared, rates: derivatives };
  for (const { gradients: part } of parts) {
    for (const name of TRAINED) {
      const [from, to] = [(part as Gradients)[name], gradients[name]];
      for (let k = 0; k < to.length; k++) to[k] += from[k];
    }
  }
  const outcome = outcomeOf(settings, plan, parts);
  const { recurrent } = weights;
  // l2 / N^2 sum W^2.
  const pull = settings.l2 / (settings.neurons * settings.neurons);
  let penalty = 0;
  if (pull > 0) {
    for (let k = 0; k < recurrent.length; k++) {
      penalty += pull * recurrent[k] * recurrent[k];
      gradients.recurrent[k] += 2 * pull * recurrent[k];
    }
  }
  return { ...outcome, loss: outcome.loss + penalty };
}

/** Throws `usage` for trials that cannot be run. */
export function demandTrials(settings: SrnnSettings, weights: Weights, plan: TrialPlan): void {
  demandObject('the settings', settings);
  const { conditions } = prepared({ ...settings, draw: 'uniform' });
  demandWeights(weights, settings.neurons);
  demandObject('the plan of the trials', plan);
  demandText('the purpose of the trials', plan.purpose);
  demandInteger('the number of the first trial', plan.first, 0, 2 ** 32);
  demandList('the conditions of the trials', plan.conditions);
  if (plan.conditions.length === 0) refuse('there must be at least one trial');
  const wrong = plan.conditions.find((condition) => conditions[condition] === undefined);
  if (wrong !== undefined) refuse(`conditions are numbered from 0 to ${conditions.length - 1}; got ${wrong}`);
}

/** Throws `usage` for a perturbation that does not fit the network or leaves the trial. */
function demandPerturbation({ neurons, task }: SrnnSettings, perturbation: Perturbation): void {
  demandObject('the perturbation', perturbation);
  const { factors, from, until } = perturbation;
  demandFinite('the factors of a perturbation', factors, neurons * neurons);
  demandInteger('the end of a perturbation', until, 0, rule2afc(task).steps);
  demandInteger('the first step of a perturbation', from, 0, until);
}

const groupsOf = ({ conditions }: TrialPlan): number => Math.ceil(conditions.length / WIDTH);

function outcomeOf(settings: SrnnSettings, plan: TrialPlan, parts: readonly Played[]): Outcome {
  const task = rule2afc(settings.task);
  const { neurons, lossSteps } = settings;
  const trials = plan.conditions.length;
  const right = new Uint8Array(trials);
  const last = new Float64Array(2 * trials);
  const width = 2 * lossSteps;
  let error = 0;
  plan.conditions.forEach((condition, trial) => {
    const { outputs } = parts[Math.floor(trial / WIDTH)];
    const own = outputs.subarray((trial % WIDTH) * width, ((trial % WIDTH) + 1) * width);
    const { truth } = task.conditions[condition];
    error += squaredError(own, truth);
    last.set(own.subarray(width - 2), 2 * trial);
    right[trial] = Number(own[width - 1] > own[width - 2] === (truth === 1));
  });
  const rates = new Float64Array(parts[0].counts.length);
  const seconds = binOf(settings) * settings.task.dt;
  for (const { counts } of parts) for (let b = 0; b < rates.length; b++) rates[b] += counts[b];
  for (let b = 0; b < rates.length; b++) rates[b] /= neurons * seconds * trials;
  const readers = readersOf(settings);
  const rateOf = (name: 'read' | 'unread', count: number) =>
    count === 0
      ? Number.NaN
      : parts.reduce((sum, part) => sum + part[name], 0) / (count * trials * task.steps * settings.task.dt);
  return {
    plan,
    error: error / trials,
    loss: error / trials + rateLoss(settings.rates, rates),
    right,
    last,
    rates,
    read: rateOf('read', readers),
    unread: rateOf('unread', neurons - readers),
    trains: parts.flatMap(({ trains }) => trains),
  };
}

/** k sum over bins of rate^2. */
export const rateLoss = (strength: number, rates: Float64Array): number =>
  strength * rates.reduce((sum, rate) => sum + rate * rate, 0);
