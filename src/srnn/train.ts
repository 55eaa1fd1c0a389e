/**
 * Training: batch after batch of fresh trials,
 *
 *   g <- gradient of the loss;  g <- clip(g);  weights <- Adam(g, rate of the batch);  |W| <= bound,
 *
 * and after each epoch ten batches of tests. What a training has come to is plain data: it may stop after any batch and go on with the same bytes.
 * A batch whose gradient is not finite is skipped and counted.
 */
import {
  demandInteger,
  demandList,
  demandObject,
  demandOneOf,
  demandText,
  streamKey,
  uniformStream,
} from '../core/index.js';
import {
  clipNorm,
  createOptimizer,
  gradientNorm,
  type OptimizerState,
  scheduled,
  takeStep,
} from '../learning/index.js';
import type { RuleTask } from '../tasks/index.js';
import { accuracyOf, shareOf } from './accuracy.js';
import { type Asking, type Outcome, runBatch, runTrials, type TrialPlan } from './batch.js';
import {
  blankGradients,
  demandWeights,
  drawWeights,
  type Gradients,
  lengthsOf,
  TRAINED,
  type Weights,
} from './network.js';
import { prepared, type SrnnSettings } from './settings.js';

/** What is noted of every batch, before its update: rates in Hz, accuracies as shares. */
export const BATCH_COLUMNS = ['batch', 'loss', 'accuracy', 'congruent', 'incongruent', 'rate', 'gradient'] as const;
/** What is noted of the tests after every epoch; the loss without penalties. */
export const TEST_COLUMNS = ['epoch', 'loss', 'accuracy', 'congruent', 'incongruent', 'rate_e', 'rate_i'] as const;

/** What a training has come to. */
export interface Trained {
  /** Of the network, as they are now. */
  readonly weights: Weights;
  /** Moments of the optimizer. */
  readonly optimizer: OptimizerState;
  /** BATCH_COLUMNS, row after row. */
  readonly log: number[];
  /** TEST_COLUMNS, row after row. */
  readonly tests: number[];
  /** Batches done. */
  batch: number;
  /** Batches whose update was not taken. */
  skipped: number;
  /** Gradients of the last batch. */
  gradients: Gradients;
}

/** Throws `usage` on what is no training. */
export function demandTraining(trained: Trained): void {
  demandObject('the training', trained);
  for (const name of ['weights', 'optimizer', 'gradients'] as const)
    demandObject(`the ${name} of a training`, trained[name]);
  for (const name of ['log', 'tests'] as const) demandList(`the ${name} of a training`, trained[name]);
  demandInteger('the batches of a training', trained.batch);
}

const TEST_BATCHES = 10;
const PATIENCE = 10;
const LARGEST = 1e30;
const TINY = 1e-8;

/** A training before its first batch; from drawn weights unless some are given. */
export function startTraining(settings: SrnnSettings, weights?: Weights): Trained {
  prepared(settings);
  const { neurons, optimizer, seed } = settings;
  if (weights) demandWeights(weights, neurons);
  const lengths = lengthsOf(neurons);
  return {
    weights: weights ?? drawWeights(settings, seed),
    optimizer: createOptimizer(
      optimizer,
      TRAINED.reduce((sum, name) => sum + lengths[name], 0),
    ),
    log: [],
    tests: [],
    batch: 0,
    skipped: 0,
    gradients: blankGradients(neurons),
  };
}

/** The trials of a batch. */
export function batchPlan(settings: SrnnSettings, { conditions }: RuleTask, batch: number): TrialPlan {
  const { seed, draw } = settings;
  const uniform = uniformStream(streamKey(seed, 'srnn conditions'), batch);
  return {
    purpose: 'srnn training',
    first: batch * settings.batch,
    conditions: Array.from({ length: settings.batch }, (_, k) =>
      draw === 'balanced' ? k % conditions.length : Math.floor(uniform() * conditions.length),
    ),
  };
}

/** Trials that go through the conditions in turn, as tests and recordings do. */
export function cyclePlan(task: RuleTask, purpose: string, first: number, count: number): TrialPlan {
  demandObject('the task', task);
  demandList('the conditions of the task', task.conditions);
  demandText('the purpose of the trials', purpose);
  demandInteger('the number of the first trial', first);
  demandInteger('the number of trials', count, 1);
  return { purpose, first, conditions: Array.from({ length: count }, (_, k) => k % task.conditions.length) };
}

const last = (rows: readonly number[], columns: readonly string[], name: string): number =>
  rows[rows.length - columns.length + columns.indexOf(name)];

/** A column of the log of batches, or of tests. */
export function columnOf(rows: readonly number[], columns: readonly string[], name: string): Float64Array {
  demandList('the rows', rows);
  demandList('the columns', columns);
  demandOneOf('the column', name, columns);
  const [width, at] = [columns.length, columns.indexOf(name)];
  return Float64Array.from({ length: rows.length / width }, (_, r) => rows[r * width + at]);
}

/** Whether the training is at its end, by its plan or because the tests have not become better. */
export function isDone(trained: Trained, settings: SrnnSettings): boolean {
  demandTraining(trained);
  demandObject('the settings', settings);
  if (trained.batch >= settings.epochs * settings.batches) return true;
  if (!settings.early || trained.batch % settings.batches !== 0 || trained.tests.length === 0) return false;
  const losses = columnOf(trained.tests, TEST_COLUMNS, 'loss');
  if (Number.isNaN(losses[losses.length - 1])) return true;
  const best = losses.indexOf(Math.min(...losses));
  return losses.length - 1 - best >= PATIENCE;
}

/** Goes on until it is done, or until so many batches; the tests after an epoch belong to its last batch. */
export function* advanceTraining(
  trained: Trained,
  settings: SrnnSettings,
  until = Number.MAX_SAFE_INTEGER,
): Asking<void> {
  demandTraining(trained);
  demandInteger('the batch to go to', until);
  const task = prepared(settings);
  while (trained.batch < until && !isDone(trained, settings)) {
    const gradients = blankGradients(settings.neurons);
    const outcome = yield* runBatch(settings, trained.weights, batchPlan(settings, task, trained.batch), gradients);
    note(trained, settings, task, outcome, gradients);
    update(trained, settings, gradients);
    trained.gradients = gradients;
    trained.batch++;
    if (trained.batch % settings.batches === 0) yield* test(trained, settings, task);
  }
}

function note(trained: Trained, settings: SrnnSettings, task: RuleTask, outcome: Outcome, gradients: Gradients): void {
  const { all, congruent, incongruent } = accuracyOf(task.conditions, outcome);
  const rate = outcome.rates.reduce((sum, value) => sum + value, 0) / outcome.rates.length;
  if (settings.frozen) gradients.recurrent.fill(0);
  const norm = gradientNorm(Object.values(gradients));
  trained.log.push(trained.batch, outcome.loss, ...[all, congruent, incongruent].map(shareOf), rate, norm);
}

function update(trained: Trained, settings: SrnnSettings, gradients: Gradients): void {
  const { rate, schedule, epochs, batches, clipGradient, clipWeights, epsilon, frozen } = settings;
  const arrays = TRAINED.map((name) => gradients[name]);
  if (!(last(trained.log, BATCH_COLUMNS, 'gradient') <= LARGEST)) {
    trained.skipped++;
    return;
  }
  if (clipGradient < Number.POSITIVE_INFINITY) clipNorm(arrays, clipGradient);
  // m / (sqrt(v) + e) of a gradient is m / (sqrt(v) + 1e-8) of 1e-8 / e times it.
  const factor = settings.optimizer === 'adam' ? TINY / epsilon : 1;
  const pulls = factor === 1 ? arrays : arrays.map((array) => array.map((g) => factor * g));
  const curve =
    schedule === 'cosine' ? { shape: schedule, from: rate, to: 0 } : ({ shape: 'constant', from: rate } as const);
  const groups = TRAINED.map((name) => ({
    name,
    values: trained.weights[name],
    ...(name === 'recurrent' && !frozen && clipWeights < Number.POSITIVE_INFINITY
      ? { box: { lower: -clipWeights, upper: clipWeights } }
      : {}),
  }));
  takeStep(trained.optimizer, groups, pulls, scheduled(curve, trained.batch, epochs * batches));
}

function* test(trained: Trained, settings: SrnnSettings, task: RuleTask): Asking<void> {
  const epoch = trained.batch / settings.batches;
  const count = TEST_BATCHES * settings.batch;
  const outcome = yield* runTrials(settings, trained.weights, cyclePlan(task, 'srnn test', (epoch - 1) * count, count));
  const { all, congruent, incongruent } = accuracyOf(task.conditions, outcome);
  const { error, read, unread } = outcome;
  trained.tests.push(epoch, error, ...[all, congruent, incongruent].map(shareOf), read, unread);
}

/** The mean accuracy in incongruent trials over the last epoch of training: half, where the rule is ignored. */
export function ruleSoFar(trained: Trained, settings: SrnnSettings): number {
  demandTraining(trained);
  demandObject('the settings', settings);
  demandInteger('batches of an epoch (--batch_num)', settings.batches, 1);
  const column = columnOf(trained.log, BATCH_COLUMNS, 'incongruent');
  const recent = [...column.slice(-settings.batches)].filter((value) => !Number.isNaN(value));
  return recent.reduce((sum, value) => sum + value, 0) / recent.length;
}
