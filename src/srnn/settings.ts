/**
 * What the network, its task and its training are asked; times in seconds, voltages in volts. The values are those of the source,
 * X. Xue, R. D. Wimmer, M. M. Halassa, Z. S. Chen (Cognitive Computation 2022).
 */
import {
  demandInteger,
  demandNumber,
  demandObject,
  demandOneOf,
  demandPositive,
  EngramError,
  refuse,
} from '../core/index.js';
import { type RuleOptions, type RuleTask, rule2afc, ruleDefaults } from '../tasks/index.js';

/** The cell and how its network is made. */
export interface CellSettings {
  /** N; the first floor(excitatory N) are excitatory. */
  readonly neurons: number;
  /** Whether a neuron excites or inhibits all others alike. */
  readonly dale: boolean;
  /** Share of excitatory neurons. */
  readonly excitatory: number;
  /** Spike-frequency adaptation: rise of the threshold. */
  readonly beta: number;
  /** Share of neurons that have it. */
  readonly adapting: number;
  /** Spectral radius of the signed weights at the start. */
  readonly radius: number;
  /** Base currents: normal, cut to an interval, times this scale. */
  readonly baseScale: number;
  /** Least base current. */
  readonly baseLower: number;
  /** Largest base current. */
  readonly baseUpper: number;
  /** Mean of the base currents before they are cut. */
  readonly baseMean: number;
  /** Deviation of the base currents before they are cut. */
  readonly baseDeviation: number;
  /** Deviation of a step of their walk within a trial, B' = alpha B + noise. */
  readonly walkNoise: number;
  /** What the walk keeps, alpha. */
  readonly walk: number;
  /** Deviation of the voltage, times the root of the step. */
  readonly voltageNoise: number;
  /** What the refractory counter is set to by a spike. */
  readonly refractory: number;
  /** 1 / tau of synapses on excitatory neurons, per second. */
  readonly synapseE: number;
  /** The same of those on inhibitory neurons. */
  readonly synapseI: number;
  /** 1 / tau of the membrane, per second. */
  readonly membrane: number;
  /** 1 / tau of the adaptation, per second. */
  readonly adaptation: number;
  /** What a unit of current adds to the voltage at rest, R. */
  readonly resistance: number;
  /** Voltage at rest without current. */
  readonly leak: number;
  /** Threshold without adaptation. */
  readonly threshold: number;
  /** Voltage after a spike. */
  readonly reset: number;
  /** Sharpness of the surrogate 1 / (1 + alpha |x|)^2, per volt. */
  readonly sharpness: number;
  /** Whether gradients pass through the refractory counter, as in the source, or not. */
  readonly counter: 'attached' | 'detached';
  /** Whether the readout's voltage sees the spikes of its own step (norse after 0.0.3) or those before it. */
  readonly readout: 'late' | 'early';
}

/** How it is trained. */
export interface LearningSettings {
  /** Epochs; tests follow each. */
  readonly epochs: number;
  /** Batches of an epoch. */
  readonly batches: number;
  /** Trials of a batch. */
  readonly batch: number;
  /** First-order method. */
  readonly optimizer: 'adam' | 'sgd';
  /** Its learning rate, at the start. */
  readonly rate: number;
  /** Whether the rate stays or falls as half a cosine to 0 over all batches. */
  readonly schedule: 'constant' | 'cosine';
  /** What Adam adds to the root of the mean square. */
  readonly epsilon: number;
  /** Conditions with replacement, or each equally often in a batch. */
  readonly draw: 'uniform' | 'balanced';
  /** Readouts at the end that the loss takes. */
  readonly lossSteps: number;
  /** Strength of the penalty on recurrent weights; 0 for none. */
  readonly l2: number;
  /** Strength of the penalty on rates; 0 for none. */
  readonly rates: number;
  /** Largest norm of all gradients together; infinite for none. */
  readonly clipGradient: number;
  /** Largest size of a recurrent weight; infinite for none. */
  readonly clipWeights: number;
  /** Whether the training ends when the loss of the tests has not improved for ten epochs. */
  readonly early: boolean;
  /** Whether recurrent weights stay as they were drawn. */
  readonly frozen: boolean;
}

/** All of it. */
export interface SrnnSettings extends CellSettings, LearningSettings {
  /** What is to be learned. */
  readonly task: RuleOptions;
  /** Whether nothing is shown at all. */
  readonly baseline: boolean;
  /** Of all random numbers. */
  readonly seed: number;
}

/** The values of the source. */
export const DEFAULTS: SrnnSettings = {
  neurons: 500,
  dale: true,
  excitatory: 0.8,
  beta: 1.6,
  adapting: 0.25,
  radius: 1.5,
  baseScale: 0.041,
  baseLower: 1.8,
  baseUpper: 2.4,
  baseMean: 2,
  baseDeviation: 0.1,
  walkNoise: 0.002,
  walk: 1,
  voltageNoise: 0.004,
  refractory: 3,
  synapseE: 1 / 0.035,
  synapseI: 1 / 0.04,
  membrane: 1 / 0.02,
  adaptation: 1 / 0.4,
  resistance: 0.01,
  leak: -0.065,
  threshold: -0.05,
  reset: -0.065,
  sharpness: 1000,
  counter: 'attached',
  readout: 'late',
  epochs: 100,
  batches: 200,
  batch: 64,
  optimizer: 'adam',
  rate: 3e-4,
  schedule: 'constant',
  epsilon: 1e-8,
  draw: 'uniform',
  lossSteps: 5,
  l2: 0,
  rates: 1e-9,
  clipGradient: Number.POSITIVE_INFINITY,
  clipWeights: Number.POSITIVE_INFINITY,
  early: false,
  frozen: false,
  task: ruleDefaults,
  baseline: false,
  seed: 0,
};

/** Named sets of values. `balanced` leaves the plateau on which a network ignores the rule: 4000 batches of 32 trials, N = 200. */
export const recipes = {
  /** Each batch holds every condition equally often, the rate falls, and gradients leave out the refractory counters. */
  balanced: {
    /** N. */
    neurons: 200,
    /** Trials of a batch. */
    batch: 32,
    /** Epochs. */
    epochs: 20,
    /** Batches of an epoch. */
    batches: 200,
    /** Every condition equally often. */
    draw: 'balanced',
    /** Half a cosine to 0. */
    schedule: 'cosine',
    /** At the start. */
    rate: 2e-3,
    /** No gradient passes through them. */
    counter: 'detached',
  },
} as const satisfies Record<string, Partial<SrnnSettings>>;

/** Seconds of a bin in which the rate of the population is penalized. */
export const RATE_BIN = 0.01;

const POSITIVE = ['synapseE', 'synapseI', 'membrane', 'adaptation', 'sharpness', 'rate', 'epsilon'] as const;
const NUMBERS = ['beta', 'radius', 'baseScale', 'baseMean', 'baseLower', 'baseUpper', 'walk', 'resistance'] as const;
const SIZES = ['baseDeviation', 'walkNoise', 'voltageNoise', 'l2', 'rates', 'refractory'] as const;

/** The number of excitatory neurons; the others come behind them. */
export function excitatoryOf(settings: CellSettings): number {
  demandObject('the settings', settings);
  demandInteger('neurons (--hidden_size)', settings.neurons, 2, 8192);
  demandNumber('the share of excitatory neurons (--ei_ratio)', settings.excitatory, 0, 1);
  return Math.floor(settings.excitatory * settings.neurons);
}

/** Steps of a bin of the rate. */
export const binOf = ({ task }: SrnnSettings): number => Math.max(1, Math.round(RATE_BIN / task.dt));

/** The task of the settings. Throws `usage` for settings that make no network or no training. */
export function prepared(settings: SrnnSettings): RuleTask {
  demandCell(settings);
  demandLearning(settings);
  demandInteger('the seed', settings.seed);
  const task = rule2afc(settings.task);
  const bin = binOf(settings);
  if (task.steps % bin !== 0) {
    throw new EngramError(
      'usage',
      `the phases of a trial must add up to a multiple of ${1e3 * RATE_BIN} ms (${bin} steps of --dt ${settings.task.dt}); got ${task.steps} steps`,
    );
  }
  if (settings.lossSteps > task.steps) {
    refuse(`the loss must take at most the ${task.steps} steps of a trial (--loss_step); got ${settings.lossSteps}`);
  }
  const { draw, batch } = settings;
  if (draw === 'balanced' && batch % task.conditions.length !== 0) {
    refuse(
      `a balanced batch holds the ${task.conditions.length} conditions equally often: --batch_size must be a multiple of ${task.conditions.length}; got ${batch}`,
    );
  }
  return task;
}

/** Throws `usage` for settings that make no network. */
export function demandCell(settings: SrnnSettings): void {
  demandObject('the settings', settings);
  demandInteger('neurons (--hidden_size)', settings.neurons, 2, 8192);
  for (const name of POSITIVE) demandPositive(name, settings[name]);
  for (const name of NUMBERS) demandNumber(name, settings[name]);
  for (const name of SIZES) demandNumber(name, settings[name], 0);
  for (const name of ['leak', 'threshold', 'reset'] as const) demandNumber(name, settings[name]);
  demandNumber('the share of excitatory neurons (--ei_ratio)', settings.excitatory, 0, 1);
  demandNumber('the share of adapting neurons (--sfa_ratio)', settings.adapting, 0, 1);
  demandOneOf('the readout', settings.readout, ['late', 'early']);
  demandOneOf('the counter', settings.counter, ['attached', 'detached']);
  const { neurons, dale, excitatory, synapseE, synapseI, threshold, reset, baseLower, baseUpper } = settings;
  const e = excitatoryOf(settings);
  if (dale && (e < 1 || e >= neurons || excitatory >= 1)) {
    refuse(`with Dale's law there must be neurons of both kinds; got ${e} excitatory of ${neurons} (--ei_ratio)`);
  }
  if (!dale && synapseE !== synapseI) {
    refuse(
      `without Dale's law both synaptic time constants must be equal; got --tau_ex_syn_inv ${synapseE} and --tau_ih_syn_inv ${synapseI}`,
    );
  }
  if (!(reset < threshold)) refuse(`v_reset must be below v_th; got ${reset} and ${threshold}`);
  if (!(baseLower < baseUpper)) {
    refuse(`current_base_lower must be below current_base_upper; got ${baseLower} and ${baseUpper}`);
  }
  const shortest = 1 / Math.max(synapseE, synapseI, settings.membrane);
  if (!(settings.task?.dt <= shortest)) {
    refuse(`a step must not be longer than a time constant (${shortest} s); got --dt ${settings.task?.dt}`);
  }
}

function demandLearning(settings: SrnnSettings): void {
  demandInteger('epochs', settings.epochs, 0, 1e7);
  demandInteger('batches of an epoch (--batch_num)', settings.batches, 1, 1e7);
  demandInteger('trials of a batch (--batch_size)', settings.batch, 1, 65536);
  demandInteger('steps of the loss (--loss_step)', settings.lossSteps, 1);
  demandOneOf('the optimizer', settings.optimizer, ['adam', 'sgd']);
  demandOneOf('the schedule', settings.schedule, ['constant', 'cosine']);
  demandOneOf('the draw', settings.draw, ['uniform', 'balanced']);
  for (const name of ['clipGradient', 'clipWeights'] as const) {
    if (!(settings[name] > 0)) refuse(`${name} must be above 0; got ${settings[name]}`);
  }
}
