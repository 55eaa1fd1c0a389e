/**
 * Training on a task with flossing in between (Engelken 2023; Engelken and Abbott 2024):
 *
 *   each epoch   fresh trials; log;  g <- clip(gradient of the task);  all parameters <- Adam(g)
 *   flossing     W_s, J, b <- Adam of its own (gradient of mean (lambda_i - wanted)^2), no clip, a fresh stream of bits an update
 *
 * An update whose gradient is not finite or longer than 1e30 is skipped and counted: with an exponent a little above zero
 * and a long trial that is normal. What a training has come to is plain data, so that it may stop after any epoch and go
 * on with the same bytes.
 */
import { createArena, demandInteger, demandObject, streamKey, uniformStream } from '../core/index.js';
import { clipNorm, createOptimizer, gradientNorm, type OptimizerState, takeStep } from '../learning/index.js';
import { startRows } from '../lyapunov/index.js';
import { statesPerUnit } from './activation.js';
import type { Flossed } from './course.js';
import { startLeaks } from './decays.js';
import { type Flossing, flossingLoss } from './floss.js';
import { checkParameters, drawParameters, type Parameters } from './network.js';
import { type FlossingSettings, prepared } from './settings.js';
import { singularValues } from './singular-values.js';
import { spectrumOf } from './spectrum.js';
import { courseOf } from './surrogate-course.js';
import { createTaskPass } from './task-pass.js';

/** What is logged of each epoch, before its update. */
export const COLUMNS = [
  'epoch',
  'loss',
  'accuracy',
  'gradient_start',
  'gradient_recurrent',
  'activity',
  'flossing_updates',
  'skipped',
  'lambda_1',
] as const;

/**
 * What is looked at now and then, at some forty epochs of a training: the first and the k-th exponent of the flossing course; the decades between
 * the longest and the shortest of k directions that a product of its Jacobians has stretched (lambda_1 - lambda_k, times the steps); and the
 * five largest singular values of the gradient to J.
 */
export const INSPECTED = [
  'epoch',
  'lambda_1',
  'lambda_k',
  'log10_condition',
  'sigma_1',
  'sigma_2',
  'sigma_3',
  'sigma_4',
  'sigma_5',
] as const;
const INSPECTIONS = 40;

/** What a training has come to. */
export interface Trained {
  /** The network as it stands after `epoch` epochs, moved in place. */
  readonly parameters: Parameters;
  /** Adam's moments, kept apart for the two kinds of updates. */
  readonly optimizers: {
    /** Of all parameters, down the loss of the task. */
    readonly task: OptimizerState;
    /** Of W_s, J and b, down the loss of flossing. */
    readonly flossing: OptimizerState;
  };
  /** COLUMNS, row after row; lambda_1 is NaN where it was not measured. */
  readonly log: number[];
  /** When flossing was called for: epoch, updates, mean lambda^2 before and after; row after row. */
  readonly triggers: number[];
  /** INSPECTED, row after row. */
  readonly inspections: number[];
  /** The parameters that answered best, and when. */
  best: {
    /** A copy, from before the update of its epoch. */
    parameters: Parameters;
    /** Share of right answers on the trials of that epoch, 0 to 1. */
    accuracy: number;
    /** Number of that epoch, from 0 on. */
    epoch: number;
  };
  /** Epochs done, which is the number of the next one. */
  epoch: number;
  /** Flossing updates so far. */
  updates: number;
  /** Updates of either kind that were not taken. */
  skipped: number;
  /** lambda_1 as last measured. */
  exponent: number;
}

const LARGEST = 1e30;
/** Of the adaptive mode: first updates, epochs between measurements, what calls for flossing, what ends it, and most updates. */
const ADAPTIVE = { first: 200, every: 10, above: 4e-3, below: 1e-3, most: 20 };

const arraysOf = (parameters: object): Float64Array[] => Object.values(parameters);
const copyOf = (parameters: Parameters): Parameters =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, values.slice()]),
  ) as unknown as Parameters;
const sizeOf = (parameters: object) => arraysOf(parameters).reduce((sum, { length }) => sum + length, 0);
const groupsOf = (parameters: object) =>
  Object.entries(parameters).map(([name, values]: [string, Float64Array]) => ({ name, values }));
const flossedOf = ({ input, recurrent, bias, leaks }: Parameters): Flossed =>
  leaks ? { input, recurrent, bias, leaks } : { input, recurrent, bias };
const blank = <Kind extends object>(like: Kind): Kind =>
  Object.fromEntries(Object.entries(like).map(([name, values]) => [name, new Float64Array(values.length)])) as Kind;

/** A training before its first epoch. Throws `usage` for settings that make no sense. */
export function startFlossing(settings: FlossingSettings): Trained {
  const { activation } = prepared(settings);
  const drawn = drawParameters(settings, settings, activation, settings.seed);
  const { leak } = activation;
  const parameters = settings.leaksTrained && leak ? { ...drawn, leaks: startLeaks(leak, settings.units) } : drawn;
  return {
    parameters,
    optimizers: {
      task: createOptimizer('adam', sizeOf(parameters)),
      flossing: createOptimizer('adam', sizeOf(flossedOf(parameters))),
    },
    log: [],
    triggers: [],
    inspections: [],
    best: { parameters: copyOf(parameters), accuracy: 0, epoch: 0 },
    epoch: 0,
    updates: 0,
    skipped: 0,
    exponent: Number.NaN,
  };
}

/** Throws `usage` on what is no training. */
function checkTrained(trained: Trained): void {
  demandObject('the training', trained);
  demandObject('the optimizers', trained.optimizers);
  checkParameters(trained.parameters);
}

/** A flossing course on fresh bits, keyed by epoch and update. */
export function createFlosser(settings: FlossingSettings) {
  const { activation, plan } = prepared(settings);
  const { units, inputs, seed } = settings;
  const arena = createArena();
  const start = startRows(statesPerUnit(activation) * units, plan.exponents, seed);
  /** The loss, and its gradient added. */
  return (parameters: Parameters, epoch: number, update: number, gradients: Flossed): Flossing => {
    const mark = arena.mark();
    const uniform = uniformStream(streamKey(seed, `flossing bits ${epoch}`), update);
    const shown = Float64Array.from({ length: plan.steps * inputs }, () => (uniform() < 0.5 ? 0 : 1));
    const course = courseOf(arena, parameters, activation, shown, plan.exponents);
    const found = flossingLoss(arena, course, start, plan);
    course.gather(gradients);
    arena.release(mark);
    return found;
  };
}

const meanSquare = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0) / values.length;

/** Goes on until the end, or until epoch `until`; what flossing comes before an epoch belongs to it. */
export function advanceFlossing(trained: Trained, settings: FlossingSettings, until?: number): void {
  const { task, activation } = prepared(settings);
  const end = Math.min(until ?? settings.epochs, settings.epochs);
  checkTrained(trained);
  demandInteger('the epoch to go to', end);
  const { parameters, optimizers } = trained;
  const { mode, rate, batch, seed, every, times } = settings;
  const pass = createTaskPass(settings, settings.steps, activation);
  const floss = mode === 'none' ? undefined : createFlosser(settings);
  const gradients = blank(parameters);
  const ofFlossing = blank(flossedOf(parameters));

  const step = (optimizer: OptimizerState, moved: object, gradient: object) =>
    stepWithin(trained, optimizer, moved, gradient, rate);
  const flossOnce = (update: number): number => {
    for (const array of arraysOf(ofFlossing)) array.fill(0);
    const { exponents } = (floss as NonNullable<typeof floss>)(parameters, trained.epoch, update, ofFlossing);
    trained.exponent = exponents[0];
    step(optimizers.flossing, flossedOf(parameters), ofFlossing);
    trained.updates++;
    return meanSquare(exponents.map((exponent) => exponent - settings.wanted));
  };
  /** Updates until the exponents are near enough, or so many. */
  const flossFor = (most: number, below = -1) => {
    let [before, after, count] = [Number.NaN, Number.NaN, 0];
    for (; count < most && !(after < below); count++) {
      after = flossOnce(count);
      if (count === 0) before = after;
    }
    if (count > 0) trained.triggers.push(trained.epoch, count, before, after);
  };
  const measured = () => {
    const { exponents } = (floss as NonNullable<typeof floss>)(
      parameters,
      trained.epoch,
      ADAPTIVE.most,
      blank(ofFlossing),
    );
    trained.exponent = exponents[0];
    return meanSquare(exponents.map((exponent) => exponent - settings.wanted));
  };
  const flossBefore = (epoch: number) => {
    if (epoch === 0) {
      if (mode === 'pre' || mode === 'inter') flossFor(settings.first);
      if (mode === 'adaptive') flossFor(ADAPTIVE.first);
    } else if (mode === 'inter') {
      if (epoch % every === 0 && epoch / every <= times) flossFor(settings.later);
    } else if (mode === 'adaptive' && epoch % ADAPTIVE.every === 0) {
      if (measured() > ADAPTIVE.above) flossFor(ADAPTIVE.most, ADAPTIVE.below);
    }
  };
  for (; trained.epoch < end; trained.epoch++) {
    const { epoch, best } = trained;
    trained.exponent = Number.NaN;
    flossBefore(epoch);
    const trials = Array.from({ length: batch }, (_, i) => task.trial(seed, epoch * batch + i));
    const { loss, accuracy, activity } = pass(parameters, trials, gradients);
    const norms = [gradients.start, gradients.recurrent].map((array) => gradientNorm([array]));
    if (accuracy > best.accuracy) trained.best = { parameters: copyOf(parameters), accuracy, epoch };
    if (mode === 'joint') addFlossing(trained, settings, floss as NonNullable<typeof floss>, gradients);
    trained.log.push(epoch, loss, accuracy, ...norms, activity, trained.updates, trained.skipped, trained.exponent);
    if (epoch % Math.ceil(settings.epochs / INSPECTIONS) === 0) inspect(trained, settings, gradients);
    clip(settings, gradients);
    step(optimizers.task, parameters, gradients);
  }
}

/** Flossing alone, so many updates: lambda_1 before each of them. */
export function flossOnly(trained: Trained, settings: FlossingSettings, updates: number): Float64Array {
  checkTrained(trained);
  demandInteger('updates', updates);
  const floss = createFlosser(settings);
  const flossed = flossedOf(trained.parameters);
  return Float64Array.from({ length: updates }, (_, update) => {
    const gradients = blank(flossed);
    const { exponents } = floss(trained.parameters, trained.epoch, update, gradients);
    stepWithin(trained, trained.optimizers.flossing, flossed, gradients, settings.rate);
    trained.updates++;
    return exponents[0];
  });
}

/** Adds a row of INSPECTED. */
function inspect(trained: Trained, settings: FlossingSettings, { recurrent }: Parameters): void {
  const { units, flossSteps, skip, seed } = settings;
  const { activation } = prepared(settings);
  const exponents = Math.min(settings.exponents, statesPerUnit(activation) * units);
  const plan = { exponents, steps: Math.max(1, flossSteps - skip), skip, seed: seed + trained.epoch };
  const spectrum = spectrumOf(trained.parameters, activation, plan);
  const [first, last] = [spectrum[0], spectrum[exponents - 1]];
  const sigma = singularValues(recurrent, units);
  const shown = Array.from({ length: 5 }, (_, i) => sigma[i] ?? Number.NaN);
  trained.inspections.push(trained.epoch, first, last, ((first - last) * plan.steps) / Math.LN10, ...shown);
}

/** One step, unless the gradient is beyond all bounds. */
function stepWithin(trained: Trained, optimizer: OptimizerState, moved: object, gradient: object, rate: number): void {
  if (gradientNorm(arraysOf(gradient)) <= LARGEST) takeStep(optimizer, groupsOf(moved), arraysOf(gradient), rate);
  else trained.skipped++;
}

/** The gradient of the task plus `strength` times that of flossing. */
function addFlossing(
  trained: Trained,
  { strength }: FlossingSettings,
  floss: ReturnType<typeof createFlosser>,
  gradients: Parameters,
): void {
  const added = blank(flossedOf(trained.parameters));
  trained.exponent = floss(trained.parameters, trained.epoch, 0, added).exponents[0];
  for (const [name, values] of Object.entries(added) as [keyof Flossed, Float64Array][]) {
    const sum = gradients[name] as Float64Array;
    for (let e = 0; e < values.length; e++) sum[e] += strength * values[e];
  }
  trained.updates++;
}

function clip({ clipping, clip: most }: FlossingSettings, gradients: Parameters): void {
  const arrays = arraysOf(gradients);
  if (clipping === 'global') clipNorm(arrays, most);
  else if (clipping === 'per-array') for (const array of arrays) clipNorm([array], most);
}

/** The log by column. */
export function logOf(trained: Trained): Record<(typeof COLUMNS)[number], Float64Array> {
  demandObject('the training', trained);
  const { log } = trained;
  const rows = log.length / COLUMNS.length;
  const column = (c: number) => Float64Array.from({ length: rows }, (_, e) => log[e * COLUMNS.length + c]);
  return Object.fromEntries(COLUMNS.map((name, c) => [name, column(c)])) as Record<
    (typeof COLUMNS)[number],
    Float64Array
  >;
}
