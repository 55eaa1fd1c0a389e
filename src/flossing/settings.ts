/** What a flossed training is asked, and whether that makes sense. */
import { demandInteger, demandNumber, demandObject, demandOneOf, demandPositive, refuse } from '../core/index.js';
import { delayedParity, type Task } from '../tasks/index.js';
import {
  type Activation,
  activationOf,
  type CellName,
  isCompact,
  type SurrogateName,
  statesPerUnit,
} from './activation.js';
import type { FlossPlan } from './floss.js';
import type { Draw, Sizes } from './network.js';

/**
 * When exponents are flossed:
 *
 *   none       never
 *   pre        `first` updates before the first epoch
 *   inter      the same, and `later` updates at every `every`-th epoch, `times` times
 *   adaptive   200 updates before the first epoch, and every 10 epochs, where mean lambda^2 > 4e-3, up to 20 updates until it is below 1e-3
 *   joint      each epoch goes down the loss of the task plus `strength` times that of flossing
 */
export const modes = ['none', 'pre', 'inter', 'adaptive', 'joint'] as const;
/** When exponents are flossed; a member of `modes`. */
export type Mode = (typeof modes)[number];

/** All that a training with flossing is asked; `DEFAULTS` has the published numbers. */
export interface FlossingSettings extends Sizes, Draw, FlossPlanOptions {
  /** Whether units send the step of their input or its tanh, or are leaky and send spikes. */
  readonly cell: CellName;
  /** What stands for the derivative of binary units and of spikes; tanh units need none. */
  readonly surrogate: SurrogateName;
  /** b of the surrogate, above 0; its bump is about 1 / b wide. */
  readonly sharpness: number;
  /** Whether the time constants of LIF units are trained along, each unit's own. */
  readonly leaksTrained?: boolean;
  /** 0 copies, 1 is the delayed XOR, h the parity of 2^h bits. */
  readonly level: number;
  /** d, steps between the bits that an answer depends on, at least 1. */
  readonly delay: number;
  /** Steps of a trial. */
  readonly steps: number;
  /** Updates on the task in the whole training. */
  readonly epochs: number;
  /** Learning rate of both optimizers. */
  readonly rate: number;
  /** Largest Euclidean norm of a gradient of the task; a longer one is shortened to it. */
  readonly clip: number;
  /** Whether `clip` holds for each parameter array by itself, for all together, or not at all. */
  readonly clipping: 'per-array' | 'global' | 'none';
  /** When exponents are flossed. */
  readonly mode: Mode;
  /** Flossing updates before the first epoch (modes pre and inter). */
  readonly first: number;
  /** Flossing updates at each later time (mode inter). */
  readonly later: number;
  /** Epochs from one of these times to the next (mode inter). */
  readonly every: number;
  /** How many of these times there are (mode inter). */
  readonly times: number;
  /** Weight of the flossing loss beside that of the task (mode joint). */
  readonly strength: number;
  /** Of all draws: parameters, trials, bits and first vectors of the flossed courses. */
  readonly seed: number;
}

interface FlossPlanOptions {
  /** k, how many exponents are flossed, from the largest on; 1 to N, or 2 N where units leak. */
  readonly exponents: number;
  /** Steps of a course that is flossed, the skipped ones included. */
  readonly flossSteps: number;
  /** First steps of such a course, which only turn the tangent vectors; fewer than `flossSteps`. */
  readonly skip: number;
  /** What exponents are pushed to, per step. */
  readonly wanted: number;
}

/** The published numbers. */
export const DEFAULTS: FlossingSettings = {
  cell: 'binary',
  surrogate: 'atan',
  sharpness: 1,
  level: 1,
  delay: 10,
  units: 80,
  inputs: 1,
  outputs: 1,
  batch: 16,
  steps: 300,
  epochs: 3001,
  rate: 1e-3,
  gain: 1,
  mean: 0,
  shape: 'gauss',
  clip: 0.03,
  clipping: 'per-array',
  mode: 'none',
  exponents: 75,
  first: 500,
  later: 500,
  every: 100,
  times: 2,
  flossSteps: 55,
  skip: 16,
  wanted: 0,
  strength: 1,
  seed: 0,
};

/** What of the settings is used all the time. */
export interface Prepared {
  readonly task: Task;
  readonly activation: Activation;
  readonly plan: FlossPlan;
}

/** Throws `usage` for what cannot be trained. */
export function prepared(settings: FlossingSettings): Prepared {
  demandObject('the settings', settings);
  for (const name of ['epochs', 'first', 'later', 'every', 'times'] as const) demandInteger(name, settings[name]);
  demandPositive('the learning rate', settings.rate);
  demandPositive('the norm of a clipped gradient', settings.clip);
  for (const name of ['strength', 'wanted'] as const) demandNumber(name, settings[name]);
  demandOneOf('the mode', settings.mode, modes);
  demandOneOf('the clipping', settings.clipping, ['per-array', 'global', 'none']);
  const { cell, surrogate, sharpness, level, delay, steps, inputs, outputs, units, exponents, mode } = settings;
  const { flossSteps, skip, wanted } = settings;
  if (inputs !== outputs)
    refuse(`the task answers each input by an output; got ${inputs} inputs and ${outputs} outputs`);
  const activation = activationOf(cell, surrogate, sharpness);
  if (settings.leaksTrained && !activation.leak) {
    refuse(`${cell} units have no time constants to train (--train-leaks); take --cell lif`);
  }
  if (mode !== 'none') {
    const most = statesPerUnit(activation) * units;
    if (!(Number.isInteger(exponents) && exponents >= 1 && exponents <= most)) {
      refuse(`a ${cell} network of ${units} units has exponents 1 to ${most}; got ${exponents} to floss (--exponents)`);
    }
    if (!(Number.isInteger(skip) && skip >= 0 && skip < flossSteps)) {
      refuse(`steps to skip must be fewer than the ${flossSteps} of a course (--floss-steps); got ${skip} (--skip)`);
    }
    if (cell === 'binary' && isCompact(surrogate) && exponents > units / 2) {
      refuse(
        `surrogate ${surrogate} is zero beyond 1/sharpness, so that low exponents are minus infinity; take atan or fast, or at most ${Math.floor(units / 2)} exponents; got ${exponents}`,
      );
    }
  }
  return {
    task: delayedParity({ level, delay, steps, channels: inputs }),
    activation,
    plan: { exponents, wanted, steps: flossSteps, skip },
  };
}
