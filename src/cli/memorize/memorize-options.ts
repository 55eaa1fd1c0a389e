/** The options of `memorize` itself, the command without a name, in groups that other commands share. */
import {
  choice,
  integer,
  type LauncherOptions,
  launcherOptions,
  number,
  type OptionSpec,
  option,
  type Part,
  pngOption,
  type RunOptions,
  refuse,
  runOptions,
  shardOption,
  share,
  time,
  timeList,
  timeOrRange,
  timeRange,
} from '../../app/index.js';
import { parseTimeStep, type TimeStep } from '../../core/index.js';
import { aimOptions, type Objective, parseObjective, type Spelling } from '../../memory/memorize/index.js';
import { defaultTemplate } from '../../memory/template/index.js';
import type { NeuronOptions } from './neuron-options.js';
import { columns, inputs, neuron, noiseLevels, type OverdriveOption, overdrive, selection, window } from './parsers.js';
import { type PromptOptions, promptOptions } from './prompt.js';

/** The options of `memorize`, parsed; times in seconds. */
export interface MemorizeOptions extends NeuronOptions, PromptOptions, RunOptions, LauncherOptions {
  shard?: Part;
  workers?: number | undefined;
  channels?: number;
  duration?: number;
  rate?: number;
  activity?: number;
  inputs?: number | 'auto';
  delays?: [number, number];
  refractory: number;
  bound: number;
  excitatory?: number;
  margin: number;
  slope: number;
  firingZone?: number;
  objective: Objective;
  aim?: Objective;
  design?: 'recall';
  overdrive?: OverdriveOption;
  robust?: Spelling['robust'];
  shape?: 'window' | 'ramp';
  soft?: boolean;
  levels?: number;
  score?: string;
  columns?: string[];
  timeUnit?: TimeStep;
  window?: [number, number] | string;
  select?: string;
  hidden: number;
  also?: number[];
  wiring?: string;
  grid?: number;
  noise: number[];
  periods: number;
  trials: number;
  recall: boolean;
}

const { bound, margin, slope } = defaultTemplate;

/** The score where none is given, the network, and the template. */
export const targetOptions: readonly OptionSpec[] = [
  option('--channels <n>', 'number of channels, one neuron each', integer(1)),
  option('--duration <time>', 'period of the score, such as 1s or 250ms', time),
  option('--rate <hz>', 'expected firing rate of a channel', number('positive')),
  option('--activity <a>', 'activity per refractory period (default 0.2: 28.9 Hz)', number('not negative')),
  option(
    '--inputs <n|auto>',
    'synapses per neuron (default auto: 10 per refractory period of the score, 500 at least)',
    inputs,
  ),
  option('--delays <from..to>', 'range of the delays (default 0.1 to 10 refractory periods)', timeRange),
  option('--refractory <time>', 'refractory period', time, 0.005, '5ms'),
  option('--bound <w>', 'largest absolute weight, in thresholds', number('positive'), bound),
  option(
    '--excitatory <share>',
    "Dale's law: so many of the neurons, drawn, only excite, the others only inhibit",
    share(),
  ),
  option('--margin <m>', 'distance from the threshold in silence, in thresholds', number('positive'), margin),
  option('--slope <s>', 'least slope around spikes, thresholds per refractory period', number('not negative'), slope),
  option('--firing-zone <time>', 'half-width of the firing zone (default 0.2 refractory periods)', time),
];

/** What asks for an aim; flags without a value come last. */
const aimSpecs = aimOptions.map(({ flags, about, parse, allowed = '', byDefault }) =>
  option(flags, about, parse && ((text, flag) => parse(text) ?? refuse(flag, allowed, text)), byDefault),
);

const [objectiveSpec] = aimOptions;

const solverOptions: readonly OptionSpec[] = [
  option(
    '--design <recall>',
    'chooses aim, overdrive, margin and bound together: weights made for recall, soft where impossible',
    choice('recall'),
  ),
  option(
    '--aim <name>',
    'the same as --objective, such as recall',
    (text, flag) => parseObjective(text) ?? refuse(flag, objectiveSpec.allowed ?? '', text),
  ),
  option(
    '--overdrive <P[@time]>',
    'least potential after each spike, in thresholds, and how long after it (default: half a refractory period)',
    overdrive,
  ),
  ...aimSpecs.filter(({ parse }) => parse),
  option(
    '--neuron <model[:R]>',
    'continuation, reset, lif-exp or lif-alpha; R thresholds above rest after a spike',
    neuron,
    { kind: 'continuation', reset: 0 },
    'continuation',
  ),
  option(
    '--kernel-tau <time|from..to>',
    'time constant of the kernel of continuation and reset, or a range to draw from (default: the refractory period)',
    timeOrRange,
  ),
  option(
    '--membrane-tau <time|from..to>',
    'membrane time constant of lif neurons, or a range to draw from (default: 10ms)',
    timeOrRange,
  ),
  option(
    '--synapse-tau <time|from..to>',
    'time constant of the synaptic current of lif neurons, or a range to draw from (default: 2ms)',
    timeOrRange,
  ),
  option('--dead-time <time>', 'from a spike of a lif neuron to the release of its potential (default: 2ms)', time),
  option(
    '--shape <window|ramp>',
    'before a spike of a neuron that resets: a window of least slope, or a ramp (default: window)',
    choice('window', 'ramp'),
  ),
  ...aimSpecs.filter(({ parse }) => !parse),
];

/** Scores and wirings from files. */
export const fileOptions: readonly OptionSpec[] = [
  {
    ...option(
      '--score <file>',
      'spikes to store: a recording (NWB, NIX, SONATA, MAT, text, ..., several with commas between), network.npz, score.csv',
    ),
    reads: true,
  },
  option('--columns <names>', 'columns of a recording in order, such as time,channel (default: recognised)', columns),
  option(
    '--time-unit <s|ms|us|step>',
    'unit of times in a recording, and of delays in a wiring; 0.1ms if they count steps of that (default: recognised)',
    parseTimeStep,
  ),
  option(
    '--window <from..to|name>',
    'stretch of the recording that becomes the period, or an interval of an NWB or NIX file, such as trials:3 or epochs:rest',
    window,
  ),
  option('--select <conditions>', 'which units of a recording, such as "quality=good and snr>3" or id=1,5', selection),
  option('--hidden <n>', 'neurons added with sampled scores of their own', integer(1), 0),
  {
    ...option('--wiring <file>', 'wiring to use: a table, network.npz, SONATA, NIR, MAT, JSON of a network'),
    reads: true,
  },
];

const variantOptions: readonly OptionSpec[] = [
  option('--also <times>', 'further memories in the same weights, sampled, with these periods', timeList),
  option('--grid <time>', 'sampled template, as published networks have it: demands at multiples of this', time),
];

/** The recall test that follows. */
export const testOptions: readonly OptionSpec[] = [
  option('--noise <list>', 'noise levels of the recall test', noiseLevels, [0, 0.05, 0.1], '0,0.05,0.1'),
  ...promptOptions({ share: 0.5 }),
  option('--periods <n>', 'free periods after the prompt', integer(1, 100000), 2),
  option('--trials <n>', 'trials per noise level', integer(1, 100000), 3),
  option('--no-recall', 'store and verify only'),
];

export const memorizeOptions: readonly OptionSpec[] = [
  ...targetOptions,
  ...solverOptions,
  ...fileOptions,
  ...variantOptions,
  ...runOptions('memory', [...testOptions, pngOption, shardOption, ...launcherOptions], { resume: true }),
];
