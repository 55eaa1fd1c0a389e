/**
 * A training: one update of the parameters after the other,
 *
 *   loss, g <- evaluate(epoch);   g <- clip(g);   parameters <- step(g, rate of the epoch)
 *
 * that may stop after any epoch and go on with the same bytes: what it has come to is plain arrays. An update whose
 * loss or gradient is not finite, or whose gradient is beyond 1e30, is skipped and counted. What is logged is the loss and the
 * measures of each epoch, before its update.
 */
import {
  demandFunction,
  demandInteger,
  demandObject,
  demandOneOf,
  demandPositive,
  demandText,
  EngramError,
  refuse,
} from '../core/index.js';
import { clipNorm, gradientNorm } from './clip.js';
import {
  createOptimizer,
  demandNumbers,
  type Numbers,
  type OptimizerName,
  type OptimizerState,
  type ParameterGroup,
  takeStep,
} from './optimizer.js';
import { type Schedule, scheduled } from './schedule.js';

/** What is minimized, and how: the same plan whenever a training goes on. */
export interface TrainingPlan {
  /** Updates of the whole training. */
  readonly epochs: number;
  /** Learning rate of each epoch. */
  readonly schedule: Schedule;
  /** How gradients are clipped (default: not at all). */
  readonly clip?: {
    /** Largest Euclidean norm; a longer gradient is shortened to it. */
    readonly norm: number;
    /** Whether each group is measured by itself, or all together. */
    readonly of: 'each' | 'all';
  };
  /**
   * Adds the gradient at the parameters as they stand to zeros, one array per group. Depends on the parameters and on the
   * epoch only. Returns the loss and the measures, in the order of their names.
   */
  evaluate(
    epoch: number,
    gradients: readonly Float64Array[],
  ): {
    /** Value of what is minimized. */
    loss: number;
    /** What is logged beside it. */
    measures: readonly number[];
  };
  /** Whether that was enough, by the log so far; asked after each epoch. */
  enough?(training: Training): boolean;
}

/** What a training has come to. */
export interface Training {
  /** Parameters, as they stand. */
  readonly groups: readonly ParameterGroup[];
  /** Moments of the optimizer. */
  readonly optimizer: OptimizerState;
  /** Names of what is logged beside the loss. */
  readonly measures: readonly string[];
  /** Row after row, the loss and the measures of each epoch so far. */
  readonly log: number[];
  /** Epochs done. */
  epoch: number;
  /** Epochs whose update was skipped because it was not finite. */
  skipped: number;
}

const LARGEST = 1e30;

/**
 * A training before its first epoch.
 * @param groups parameters, which are moved in place
 * @param measures names of what is logged beside the loss
 */
export function startTraining(
  groups: readonly ParameterGroup[],
  optimizer: OptimizerName,
  measures: readonly string[],
): Training {
  if (!Array.isArray(groups) || !Array.isArray(measures)) refuse('groups and the names of measures must be lists');
  const names = new Set<string>();
  for (const group of groups as readonly ParameterGroup[]) {
    demandObject('a group of parameters', group, ['name', 'values', 'rate', 'decay', 'mask', 'box']);
    const { name, values } = group;
    demandText('the name of a group', name);
    demandNumbers(`the values of ${name}`, values);
    if (names.has(name)) refuse(`two groups of parameters are called "${name}"`);
    names.add(name);
  }
  const size = groups.reduce((sum, { values }) => sum + values.length, 0);
  return { groups, optimizer: createOptimizer(optimizer, size), measures, log: [], epoch: 0, skipped: 0 };
}

/** Throws `usage` on what `startTraining` has not made. */
function demandTraining(training: Training): void {
  demandObject('a training', training);
  const { groups, optimizer, log, measures } = training;
  if (![groups, log, measures].every(Array.isArray)) refuse('a training is what startTraining makes');
  demandObject('the optimizer of a training', optimizer);
}

/**
 * Goes on until the end of the plan, until enough is enough, or until epoch `until`.
 * @returns whether there is more to do
 */
export function train(training: Training, plan: TrainingPlan, until = plan?.epochs): boolean {
  demandTraining(training);
  demandPlan(plan);
  demandInteger('the epoch to stop at', until);
  const { groups, optimizer, log } = training;
  const { epochs, schedule, clip, evaluate, enough = () => false } = plan;
  const gradients = groups.map(({ values }) => new Float64Array(values.length));
  while (training.epoch < epochs && !(training.epoch > 0 && enough(training))) {
    if (training.epoch >= until) return true;
    for (const gradient of gradients) gradient.fill(0);
    const { loss, measures } = evaluate(training.epoch, gradients);
    log.push(loss, ...measures);
    if (Number.isFinite(loss) && gradientNorm(gradients) <= LARGEST) {
      if (clip)
        for (const together of clip.of === 'all' ? [gradients] : gradients.map((one) => [one]))
          clipNorm(together, clip.norm);
      takeStep(optimizer, groups, gradients, scheduled(schedule, training.epoch, epochs));
    } else training.skipped++;
    training.epoch++;
  }
  return false;
}

function demandPlan(plan: TrainingPlan): void {
  demandObject('the plan of a training', plan, ['epochs', 'schedule', 'clip', 'evaluate', 'enough']);
  const { epochs, schedule, clip, evaluate } = plan;
  demandInteger('epochs', epochs);
  demandFunction('the `evaluate` of a plan', evaluate);
  if (epochs > 0) scheduled(schedule, 0, epochs);
  if (!clip) return;
  demandPositive('the largest norm of a gradient', clip.norm);
  demandOneOf('what is clipped', clip.of, ['each', 'all']);
}

/** All that a training has come to, under names that a file can have. */
export function stateOf(training: Training): Record<string, Numbers> {
  demandTraining(training);
  const { groups, optimizer, log, epoch, skipped } = training;
  const { mean, square, steps, powers } = optimizer;
  return {
    ...Object.fromEntries(groups.map(({ name, values }) => [`parameters.${name}`, values.slice()])),
    'optimizer.mean': mean.slice(),
    'optimizer.square': square.slice(),
    'optimizer.steps': Float64Array.of(steps, ...powers),
    'training.counts': Float64Array.of(epoch, skipped),
    'training.log': Float64Array.from(log),
  };
}

/**
 * Puts a state into a training that was started alike; what follows is the same as if it had not been interrupted.
 * @throws EngramError `input` if an array is missing or has another length
 */
export function restore(training: Training, state: Readonly<Record<string, Numbers>>): void {
  demandTraining(training);
  demandObject('the state of a training', state);
  const { groups, optimizer, log } = training;
  const read = (name: string, length?: number): Numbers => {
    const array = state[name];
    if (!array || (length !== undefined && array.length !== length)) {
      const got = array ? `${array.length}` : 'none';
      throw new EngramError(
        'input',
        `the state of a training must have ${length ?? 'some'} numbers in ${name}; got ${got}`,
      );
    }
    return array;
  };
  for (const { name, values } of groups) values.set(read(`parameters.${name}`, values.length));
  for (const moment of ['mean', 'square'] as const) {
    optimizer[moment].set(read(`optimizer.${moment}`, optimizer[moment].length));
  }
  const [steps, first, second] = read('optimizer.steps', 3);
  Object.assign(optimizer, { steps, powers: [first, second] });
  const [epoch, skipped] = read('training.counts', 2);
  Object.assign(training, { epoch, skipped });
  const rows = read('training.log', epoch * (1 + training.measures.length));
  log.length = 0;
  for (const value of rows) log.push(value);
}

/** A column of the log: the loss, or a measure by its name. */
export function logged(training: Training, name: string): Float64Array {
  demandTraining(training);
  const { log, measures } = training;
  const names = ['loss', ...measures];
  const column = names.indexOf(name);
  if (column < 0) throw new EngramError('usage', `a training logs ${names.join(', ')}; got "${name}"`);
  return Float64Array.from({ length: log.length / names.length }, (_, epoch) => log[epoch * names.length + column]);
}

/** The log as a table: epoch, loss, measures; one line per epoch, numbers to the last bit. */
export function logCsv(training: Training): string {
  demandTraining(training);
  const { log, measures, epoch } = training;
  const width = 1 + measures.length;
  const lines = Array.from({ length: epoch }, (_, e) => [e, ...log.slice(e * width, (e + 1) * width)].join(','));
  return `${[['epoch', 'loss', ...measures].join(','), ...lines].join('\n')}\n`;
}
