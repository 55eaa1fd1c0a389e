/** Options of the flossing commands, as data, and the settings that they make. */
import {
  integer,
  number,
  type OptionSpec,
  option,
  type Parser,
  pngOption,
  type RunOptions,
  runOptions,
} from '../../app/index.js';
import { DEFAULTS, type FlossingSettings, modes, type SurrogateName, surrogates } from '../../flossing/index.js';

export interface FlossingOptions extends RunOptions {
  cell: FlossingSettings['cell'];
  surrogate: SurrogateName;
  sharpness: number;
  task: 'copy' | 'xor';
  level?: number;
  delay: number;
  n: number;
  channels: number;
  epochs: number;
  batch: number;
  steps: number;
  lr: number;
  gain: number;
  gbar: number;
  ic: FlossingSettings['shape'];
  mode: FlossingSettings['mode'];
  exponents: number;
  target: number;
  pre: number;
  inter: number;
  every: number;
  times: number;
  flossSteps: number;
  skip: number;
  strength: number;
  clip: FlossingSettings['clipping'];
  clipNorm: number;
  trainLeaks?: boolean;
}

/** Any number. */
const signed: Parser<number> = (text, flag) =>
  text.startsWith('-') ? -number('not negative')(text.slice(1), flag) : number('not negative')(text, flag);
const among = (flags: string, about: string, choices: readonly string[], byDefault: string): OptionSpec => ({
  ...option(flags, about, undefined, byDefault),
  choices,
});
const { units, batch, steps, epochs, rate, delay, exponents, first, later, every, times } = DEFAULTS;

/** The network and how it is drawn. */
export const cellOptions: readonly OptionSpec[] = [
  among('--cell <name>', 'what units are', ['binary', 'tanh', 'lif'], DEFAULTS.cell),
  among(
    '--surrogate <name>',
    'what stands for the derivative of binary units and of spikes',
    Object.keys(surrogates),
    DEFAULTS.surrogate,
  ),
  option('--sharpness <g>', 'sharpness of the surrogate', number('positive'), DEFAULTS.sharpness),
  option('--n <units>', 'units of the network', integer(1, 4096), units),
  option('--gain <g>', 'gain of the recurrent weights', number('not negative'), DEFAULTS.gain),
  option('--gbar <m>', 'mean of the recurrent weights, times n', signed, DEFAULTS.mean),
  among('--ic <draw>', 'how recurrent weights are drawn', ['gauss', 'orthogonal'], DEFAULTS.shape),
];

export const trainOptions: readonly OptionSpec[] = runOptions(
  'flossing',
  [
    ...cellOptions,
    among('--task <name>', 'copy a bit, or the XOR of two, after a delay', ['copy', 'xor'], 'xor'),
    option('--level <h>', 'parity of 2^h bits instead (0 copy, 1 xor)', integer(0, 6)),
    option('--delay <steps>', 'steps between the bits', integer(1, 1e4), delay),
    option('--channels <n>', 'independent bits side by side', integer(1, 256), DEFAULTS.inputs),
    option('--epochs <n>', 'updates on the task', integer(1, 1e7), epochs),
    option('--batch <n>', 'trials of an update', integer(1, 4096), batch),
    option('--steps <n>', 'steps of a trial', integer(2, 1e5), steps),
    option('--lr <rate>', 'learning rate of both optimizers', number('positive'), rate),
    among('--mode <name>', 'when exponents are flossed', modes, DEFAULTS.mode),
    option('--exponents <k>', 'how many exponents are flossed', integer(1, 4096), exponents),
    option('--target <lambda>', 'what exponents are pushed to, per step', signed, DEFAULTS.wanted),
    option('--pre <n>', 'flossing updates before the first epoch (modes pre and inter)', integer(1, 1e6), first),
    option('--inter <n>', 'flossing updates each time later (mode inter)', integer(1, 1e6), later),
    option('--every <epochs>', 'epochs between those times', integer(1, 1e6), every),
    option('--times <n>', 'how many times', integer(0, 1e4), times),
    option('--floss-steps <n>', 'steps of a course that is flossed', integer(1, 1e5), DEFAULTS.flossSteps),
    option('--skip <n>', 'of these, steps that only turn the tangent vectors', integer(0, 1e5), DEFAULTS.skip),
    option('--strength <rho>', 'weight of the flossing loss (mode joint)', number('not negative'), DEFAULTS.strength),
    among('--clip <how>', 'how gradients of the task are clipped', ['per-array', 'global', 'none'], DEFAULTS.clipping),
    option('--train-leaks', 'lif: every unit learns its time constants, too'),
    option('--clip-norm <c>', 'the largest norm that is left', number('positive'), DEFAULTS.clip),
    pngOption,
  ],
  { resume: true },
);

/** From options to settings, of a seed. */
export const settingsOf = (options: FlossingOptions, seed: number): FlossingSettings => ({
  ...networkOf(options),
  seed,
  level: options.level ?? (options.task === 'copy' ? 0 : 1),
  delay: options.delay,
  inputs: options.channels,
  outputs: options.channels,
  batch: options.batch,
  steps: options.steps,
  epochs: options.epochs,
  rate: options.lr,
  clip: options.clipNorm,
  clipping: options.clip,
  mode: options.mode,
  exponents: options.exponents,
  first: options.pre,
  later: options.inter,
  every: options.every,
  times: options.times,
  flossSteps: options.flossSteps,
  skip: options.skip,
  wanted: options.target,
  strength: options.strength,
  ...(options.trainLeaks ? { leaksTrained: true } : {}),
});

/** What concerns the network alone; the rest is as published. */
export const networkOf = (
  options: Pick<FlossingOptions, 'cell' | 'surrogate' | 'sharpness' | 'n' | 'gain' | 'gbar' | 'ic'>,
): FlossingSettings => ({
  ...DEFAULTS,
  cell: options.cell,
  surrogate: options.surrogate,
  sharpness: options.sharpness,
  units: options.n,
  gain: options.gain,
  mean: options.gbar,
  shape: options.ic,
});
