/** The options of `memorize train`, and the settings of a method that they make. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  choice,
  flagOf,
  integer,
  launcherOptions,
  number,
  type OptionSpec,
  option,
  type Parser,
  path,
  pngOption,
  runOptions,
  shardOption,
} from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import type { OptimizerName } from '../../learning/index.js';
import { loadNetworkFile } from '../../memory/files/node.js';
import {
  type NetworkMethod,
  type NetworkSettings,
  type NeuronMethod,
  type NeuronSettings,
  networkDefaults,
  neuronDefaults,
} from '../../memory/gradient/index.js';
import type { MemorizeOptions } from './memorize-options.js';
import { fileOptions, targetOptions, testOptions } from './memorize-options.js';

export type Method = NeuronMethod | NetworkMethod;

export interface TrainOptions extends MemorizeOptions {
  method: Method;
  epochs?: number;
  learningRate?: number;
  optimizer?: OptimizerName;
  trainingNoise?: number;
  tolerance?: number;
  freeRunning?: boolean;
  exponent?: number;
  exponents?: number;
  budget?: number;
  from?: string;
  seeds?: number;
}

/** Any number. */
const signed: Parser<number> = (text, flag) =>
  text.startsWith('-') ? -number('not negative')(text.slice(1), flag) : number('not negative')(text, flag);

const defaults = { ...neuronDefaults, ...networkDefaults };
const METHODS = Object.keys(defaults) as Method[];

const methodOptions: readonly OptionSpec[] = [
  option(`--method <${METHODS.join('|')}>`, 'how the weights are learned', choice(...METHODS), 'superspike'),
  option('--epochs <n>', 'periods of training at most (default: by method)', integer(1, 1e7)),
  option(
    '--learning-rate <r>',
    'first learning rate, a share of the weight bound (default: by method)',
    number('positive'),
  ),
  option('--optimizer <adam|rmaxprop>', 'how a gradient becomes a step (default: adam)', choice('adam', 'rmaxprop')),
  option(
    '--training-noise <sd>',
    'superspike, bptt: threshold noise during training (default: 0.15, 0.1)',
    number('not negative'),
  ),
  option(
    '--tolerance <t>',
    'fp: how far a spike may be from its time, in refractory periods (default: 0.1)',
    number('positive'),
  ),
  option('--free-running', 'eventprop: neurons hear each other, instead of the prescribed trains'),
  option(
    '--exponent <x>',
    'floss: what exponents of the jitter map are trained towards, per period (default: 0)',
    signed,
  ),
  option('--exponents <k>', 'floss: how many of them, from the largest on (default: 1)', integer(1, 1000)),
  option('--budget <n>', 'multiply-adds at most, per neuron or of the network by method', number('positive')),
  {
    ...option('--from <network>', 'begin with the weights of this network, on its score, wiring and template', path),
    reads: true,
  },
];

const seedsOption = option(
  '--seeds <n>',
  'train so many networks, of this seed and those that follow, and compare them',
  integer(1, 100000),
);

export const trainOptions: readonly OptionSpec[] = [
  ...methodOptions,
  ...targetOptions,
  ...fileOptions,
  ...runOptions('trained', [seedsOption, ...testOptions, pngOption, shardOption, ...launcherOptions], { resume: true }),
];

/** Whether many networks are trained, now or by the campaign that is gone on with. */
export const isOfSeeds = ({ seeds, shard, launcher, resume }: TrainOptions): boolean =>
  [seeds, shard, launcher].some((asked) => asked !== undefined) ||
  (resume !== undefined && existsSync(join(resume, 'plan.json')));

/** What each method takes beside epochs, learning rate and budget. */
const TAKES: Record<Method, readonly (keyof TrainOptions)[]> = {
  superspike: ['learningRate', 'optimizer', 'trainingNoise'],
  hinge: ['learningRate', 'optimizer'],
  fp: ['learningRate', 'tolerance'],
  bptt: ['learningRate', 'trainingNoise'],
  eventprop: ['freeRunning'],
  floss: ['exponent', 'exponents'],
};
const FLAGS = {
  learningRate: '--learning-rate',
  optimizer: '--optimizer',
  trainingNoise: '--training-noise',
  tolerance: '--tolerance',
  freeRunning: '--free-running',
  exponent: '--exponent',
  exponents: '--exponents',
} as const;

/** What a longer training has to be told again. */
export const METHOD_FLAGS: readonly string[] = ['--budget', ...Object.values(FLAGS)];

/** Of the recall test that follows. */
export const TEST_FLAGS: readonly string[] = testOptions.map(flagOf);

/** The settings that the options make. Throws `usage` where an option is none of the method's. */
export function settingsOf(options: TrainOptions): NeuronSettings | NetworkSettings {
  const { method, epochs, learningRate, optimizer, trainingNoise, tolerance, freeRunning, budget } = options;
  const { exponent, exponents } = options;
  for (const [name, flag] of Object.entries(FLAGS) as [keyof typeof FLAGS, string][]) {
    if (options[name] !== undefined && !TAKES[method].includes(name)) {
      throw new EngramError('usage', `${flag} is no setting of --method ${method}; leave it out`);
    }
  }
  if (tolerance !== undefined && tolerance >= 0.5) {
    throw new EngramError('usage', `--tolerance must be below 0.5 refractory periods; got ${tolerance}`);
  }
  const given = Object.entries({
    epochs,
    rate: learningRate,
    optimizer,
    noise: trainingNoise,
    tolerance,
    forced: freeRunning === undefined ? undefined : false,
    exponent,
    exponents,
    budget,
  }).filter(([, value]) => value !== undefined);
  const settings = { ...defaults[method], ...Object.fromEntries(given) } as NeuronSettings | NetworkSettings;
  // A first rate below the last one stays as it is.
  return 'finalRate' in settings ? { ...settings, finalRate: Math.min(settings.finalRate, settings.rate) } : settings;
}

/** What a network to begin with says already. */
const SAID =
  '--channels --duration --rate --activity --inputs --delays --refractory --bound --excitatory --margin --slope --firing-zone --score --wiring --window --select --columns --time-unit --hidden'.split(
    ' ',
  );

/** Options with the score, the wiring and the template of `--from`, and its weights. */
export function beginning(
  options: TrainOptions,
  args: readonly string[],
): { options: TrainOptions; initial: Float64Array | undefined; hidden: number } {
  const { from } = options;
  if (from === undefined) return { options, initial: undefined, hidden: 0 };
  const twice = args.map((arg) => arg.split('=')[0]).find((arg) => SAID.includes(arg));
  if (twice)
    throw new EngramError(
      'usage',
      `${twice} and --from contradict each other: the network says it already; leave one of them out`,
    );
  const { network, template, tau0, memory, model } = loadNetworkFile(from);
  if (model) throw new EngramError('usage', `${from} has neurons of another model; training knows the default one`);
  if (memory && memory.others.length > 0) {
    throw new EngramError('usage', `${from} holds several memories; training takes one`);
  }
  const file = existsSync(from) && statSync(from).isDirectory() ? join(from, 'network.npz') : from;
  const { margin, slope, zone, bound } = template;
  const asked = { margin, slope, firingZone: zone * tau0, bound, refractory: tau0, score: file, wiring: file };
  return { options: { ...options, ...asked }, initial: network.weights, hidden: memory?.header.hidden ?? 0 };
}
