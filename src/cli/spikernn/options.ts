/** The options of the original, as data, with those of our own, and the settings that they make. */
import {
  integer,
  number,
  type OptionSpec,
  option,
  type Parser,
  path,
  pngOption,
  type RunOptions,
  refuse,
  runOptions,
} from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { readBytes } from '../../files/node.js';
import {
  type ActivationName,
  activations,
  type LossName,
  leastOf,
  lifModel,
  qifModel,
  readOwnTask,
  type SpikingModel,
  spikernnDefaults,
  type TaskChoice,
  type TaskTimes,
  type TrainingSettings,
  taskNames,
} from '../../spikernn/index.js';

/** The times of a trial, in steps of 5 ms. */
export interface TimesOptions {
  /** A name, or the file of a task. */
  task: string;
  steps?: number;
  stimOn?: number;
  stimDur?: number;
  delay?: number;
  offset?: number;
}

export interface TrainOptions extends RunOptions, TimesOptions {
  n_trials: number;
  mode: 'train' | 'eval';
  output_dir: string;
  N: number;
  gain: number;
  P_inh: number;
  P_rec: number;
  som_N: number;
  act: ActivationName;
  loss_fn: LossName;
  apply_dale: boolean;
  decay_taus: string[];
  lr: number;
  balanced?: boolean;
  batch: number;
  squared?: boolean;
  responseWeight: number;
  clip?: number;
  curriculum: number;
  readout: 'small' | 'root';
  restartOnPlateau: number;
  least?: number;
  stopLoss: number;
  stopRight: number;
}

/** One of some words in any case. */
const word =
  <Word extends string>(...words: readonly Word[]): Parser<Word> =>
  (text, flag) =>
    words.find((one) => one === text.toLowerCase()) ?? refuse(flag, words.join(' or '), text);

const share: Parser<number> = (text, flag) => {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  return value <= 1 ? value : refuse(flag, 'a share from 0 to 1', text);
};

const TRUE = ['yes', 'true', 't', 'y', '1'];
const FALSE = ['no', 'false', 'f', 'n', '0'];
const truth: Parser<boolean> = (text, flag) => {
  const said = text.toLowerCase();
  if (TRUE.includes(said)) return true;
  return FALSE.includes(said) ? false : (refuse(flag, `${TRUE.join(', ')} or ${FALSE.join(', ')}`, text) as never);
};

const signed: Parser<number> = (text, flag) =>
  text.startsWith('-') ? -number('not negative')(text.slice(1), flag) : number('not negative')(text, flag);

/** A task of the paper in any case, or a file. */
const taskWord: Parser<string> = (text, flag) => {
  if (text.endsWith('.json')) return text;
  const name = taskNames.find((one) => one === text.toLowerCase());
  return name ?? refuse(flag, `${taskNames.join(', ')} or a file .json`, text);
};

/** The task of an option: its name, or what its file says. Throws `input` for a file that is none. */
export function taskOf(given: string): TaskChoice {
  if (!given.endsWith('.json')) return given as TaskChoice;
  return readOwnTask(new TextDecoder().decode(readBytes(given)), given);
}

const { gain, inhibitoryShare, connectedShare, rate, enough } = spikernnDefaults;

/** How long the parts of a trial are, where not as published. */
export const timesOptions = (byDefault?: string): readonly OptionSpec[] => [
  option(
    '--task <name>',
    `${taskNames.join(', ')}, in any case, or a file .json${byDefault ? '' : ' (default: by the path)'}`,
    taskWord,
    byDefault,
  ),
  option('--steps <T>', 'length of a trial, in steps of 5 ms', integer(10, 1e5)),
  option('--stim-on <step>', 'when the stimulus comes', integer(0, 1e5)),
  option('--stim-dur <steps>', 'how long it lasts', integer(1, 1e5)),
  option('--delay <steps>', 'xor: from one stimulus to the other', integer(0, 1e5)),
  option('--offset <size>', 'mante: mean of a stream', signed),
];

export const trainOptions: readonly OptionSpec[] = runOptions(
  'models/<task>/P_rec_.../Task_... in --output_dir',
  [
    option('--n_trials <n>', 'trials at most', integer(1, 1e7), 5000),
    option('--mode <mode>', 'train, or eval: the newest model of --output_dir', word('train', 'eval'), 'train'),
    option('--output_dir <dir>', 'where the folder models/ is', path, '.'),
    option('--N <units>', 'units of the network', integer(2, 1 << 14), 200),
    option('--gain <g>', 'gain of the recurrent weights', number('not negative'), gain),
    option('--P_inh <share>', 'probability that a unit inhibits', share, inhibitoryShare),
    option('--P_rec <share>', 'probability of a connection', share, connectedShare),
    option('--som_N <n>', 'inhibitory units that no inhibitory unit reaches', integer(0, 1 << 14), 0),
    ...timesOptions('go-nogo').map((spec) => (spec.flags.startsWith('--task') ? { ...spec, reads: /\.json$/ } : spec)),
    { ...option('--act <name>', 'what a unit sends', undefined, 'sigmoid'), choices: activations },
    option('--loss_fn <name>', 'l1 or l2, in any case', word('l1', 'l2'), 'l2'),
    option('--apply_dale <yes>', 'every unit only excites or only inhibits', truth, true),
    option('--decay_taus <steps...>', 'range of time constants, or one for all, in steps of 5 ms', undefined, [
      '4',
      '20',
    ]),
    option('--gpu <name>', 'of the original; does nothing here', undefined, '0'),
    option('--gpu_frac <share>', 'of the original; does nothing here', share, 0.4),
    option('--lr <rate>', 'learning rate', number('positive'), rate),
    option('--least <updates>', 'updates before it may stop (default: 1501 for go-nogo, else 0)', integer(0, 1e7)),
    option('--stop-loss <l>', 'it has learned where the mean loss is below this', number('positive'), enough.loss),
    option('--stop-right <share>', 'and the share of right trials above this', share, enough.performance),
    option('--balanced', 'draw inhibition as strong as excitation'),
    option('--batch <trials>', 'trials of an update', integer(1, 4096), 1),
    option('--squared', 'sum of squares as the loss, not its root'),
    option('--response-weight <x>', 'weight of the steps where the target is not 0', number('positive'), 1),
    option('--clip <norm>', 'largest norm of a gradient (default: any)', number('positive')),
    option('--curriculum <updates>', 'so long the delay (xor) grows, the offset (mante) shrinks', integer(0, 1e7), 0),
    {
      ...option('--readout <start>', 'w_out of size 1/100, or 1/sqrt(N)', undefined, 'small'),
      choices: ['small', 'root'],
    },
    option(
      '--restart-on-plateau <trials>',
      'take the next seed where after so many the loss is within 20 % of that of a silent output; 0: never',
      integer(0, 1e7),
      0,
    ),
    pngOption,
  ],
  { resume: true },
);

/** Python's way to print a float. */
export const pythonFloat = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

export const timesOf = ({ steps, stimOn, stimDur, delay, offset }: Partial<TimesOptions>): TaskTimes => ({
  steps,
  stimOn,
  stimDur,
  delay,
  offset,
});

/** `4 20`, or `7`. */
export function tausOf(texts: readonly string[]): number[] {
  if (texts.length > 2) refuse('--decay_taus', 'one number of steps, or two', texts.join(' '));
  const taus = texts.map((text) => number('positive')(text, '--decay_taus'));
  for (const tau of taus) {
    if (tau < 1) refuse('--decay_taus', 'at least one step of 5 ms', String(tau));
  }
  if (taus.length === 2 && taus[0] > taus[1]) refuse('--decay_taus', 'a range that does not fall', texts.join(' '));
  return taus;
}

export const settingsOf = (options: TrainOptions, seed: number): TrainingSettings => ({
  ...spikernnDefaults,
  task: taskOf(options.task),
  times: timesOf(options),
  units: options.N,
  trials: options.n_trials,
  seed,
  least: options.least ?? leastOf(taskOf(options.task)),
  enough: { loss: options.stopLoss, performance: options.stopRight },
  gain: options.gain,
  inhibitoryShare: options.P_inh,
  connectedShare: options.P_rec,
  som: options.som_N,
  activation: options.act,
  loss: options.loss_fn,
  dale: options.apply_dale,
  taus: tausOf(options.decay_taus),
  rate: options.lr,
  balanced: options.balanced ?? false,
  batch: options.batch,
  squared: options.squared ?? false,
  responseWeight: options.responseWeight,
  clip: options.clip,
  curriculum: options.curriculum,
  readout: options.readout,
  restart: options.restartOnPlateau,
});

/** What units and synapses of a mapped network are. */
export interface ModelOptions {
  neuron: 'lif' | 'qif';
  filter: 'double' | 'single';
  refractory: number;
  noise: number;
  bias?: number;
  downsample: number;
  initial?: boolean;
  withOffset?: boolean;
}

export const modelOptions: readonly OptionSpec[] = [
  { ...option('--neuron <name>', 'leaky or quadratic integrate-and-fire', undefined, 'lif'), choices: ['lif', 'qif'] },
  {
    ...option('--filter <name>', 'synapses: double or single exponential', undefined, 'double'),
    choices: ['double', 'single'],
  },
  option('--refractory <ms>', 'silence after a spike', number('not negative'), lifModel.refractory),
  option(
    '--noise <mV>',
    'standard deviation of what a step adds to the potential',
    number('not negative'),
    lifModel.noise,
  ),
  option('--bias <mV>', 'constant input (default: -40 for lif, 0 for qif)', signed),
  option('--downsample <d>', 'every d-th column of the input, steps of 0.05 ms d', integer(1, 100), 1),
  option('--initial', 'the network before its training'),
  option('--with-offset', 'add b_out to the output, which the original leaves out'),
];

export function modelOf(options: ModelOptions): SpikingModel {
  const base = options.neuron === 'qif' ? qifModel : lifModel;
  return {
    ...base,
    filter: options.filter,
    refractory: options.refractory,
    noise: options.noise,
    bias: options.bias ?? base.bias,
    downsample: options.downsample,
  };
}

/** Throws `usage` without a file. */
export function demandFile(file: string | undefined): string {
  if (!file) throw new EngramError('usage', 'give the .mat of a model, or a folder of them');
  return file;
}
