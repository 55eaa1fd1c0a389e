/** The options by which a network is described, the same in every command, and the network that they make. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { integer, number, type OptionSpec, option, type Parser, path, refuse, time } from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { readBytes } from '../../files/node.js';
import {
  balanceDrive,
  type Circuit,
  type ModelName,
  modelNames,
  type NetworkSpec,
  type NeuronSpec,
  networkDefaults,
  networkOf,
  readConnectivity,
  readInput,
  readSteps,
  type SeriesForm,
} from '../../sparseprop/index.js';

/** As parsed. */
export interface NetworkOptions {
  model: ModelName;
  neuronFile?: string;
  n?: number;
  k: number;
  j0: number;
  rate: number;
  drive?: number;
  tau: number;
  seedIc: number;
  seedNet: number;
  eta: number;
  deltaV: number;
  nodes: number;
  series: SeriesForm;
  connectivity: string;
  delay?: number;
  input?: string;
  driveSteps?: string;
}

/** A whole number of at least `least`, also typed as 1e5. */
export const count =
  (least: number): Parser<number> =>
  (text, flag) => {
    const value = /^\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value) && value >= least
      ? value
      : refuse(flag, `a whole number of at least ${least}`, text);
  };

/** A number of any sign. */
export const real: Parser<number> = (text, flag) => {
  const value = /^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : refuse(flag, 'a number', text);
};

const d = networkDefaults;

/** @param n neurons by default, which `askedNetwork` is to be told as well */
export const networkOptions = (n: number): OptionSpec[] => [
  { ...option('--model <name>', 'the neurons', undefined, d.model), choices: modelNames },
  {
    ...option(
      '--neuron-file <file>',
      'neurons of your own: a module whose default export has f(v), reset, threshold',
      path,
    ),
    reads: true,
  },
  option('--n <n>', `neurons (default: ${n}, or as many as the file of --connectivity has)`, count(1)),
  option('--k <n>', 'synapses that each neuron sends', count(0), d.k),
  option('--j0 <x>', 'coupling; weights are -J0 / sqrt(K)', real, d.j0),
  option('--rate <hz>', 'rate of the balance equation, which gives the drive tau sqrt(K) J0 rate', real, d.rate),
  option('--drive <x>', 'the drive itself, in place of --rate', real),
  option('--tau <time>', 'membrane time constant', time, d.tau, '10ms'),
  option('--seed-ic <n>', 'seed of the phases at the start', integer(0), 1),
  option('--seed-net <n>', 'seed of the synapses', integer(0), d.seedNet),
  option('--eta <x>', 'qif-heterogeneous: spread of the drives', number('not negative'), d.eta),
  option('--delta-v <x>', 'eif: width of the spike', number('positive'), d.deltaV),
  option('--nodes <n>', 'eif-chebyshev: nodes of the series', integer(2, 1000), d.nodes),
  {
    ...option(
      '--series <form>',
      'eif-chebyshev: the variable of the series, as published or its root',
      undefined,
      d.series,
    ),
    choices: ['phase', 'root'],
  },
  option(
    '--connectivity <kind>',
    'generated, csr, erdos-renyi, or a file: npz with starts, targets, weights, or CSV source,target,weight',
    path,
    'generated',
  ),
  option('--delay <time>', 'from a spike to its arrival (default: none)', time),
  { ...option('--input <file>', 'spikes from outside: CSV time_s,neuron,weight', path), reads: true },
  { ...option('--drive-steps <file>', 'a drive that changes: CSV time_s,factor', path), reads: true },
];

/** Connectivities that are no files. */
export const DRAWN = ['generated', 'csr', 'erdos-renyi'] as const;

/** A network that is asked for. */
export interface AskedNetwork {
  readonly circuit: Circuit;
  readonly spec: NetworkSpec;
  readonly drive: number;
  /** In words, on one line. */
  readonly words: string;
}

/**
 * The network of the options. Throws what is wrong with them, before anything is written.
 * @param byDefault neurons where neither an option nor a file says how many
 */
export async function askedNetwork(options: NetworkOptions, byDefault: number): Promise<AskedNetwork> {
  const { connectivity: kind, neuronFile, n = byDefault, delay, tau } = options;
  const neuron = neuronFile ? await ownNeuron(neuronFile) : undefined;
  const named = DRAWN.find((name) => name === kind);
  const connectivity = named ?? readConnectivity(readBytes(kind), kind, options.n);
  const { model, k, j0, rate, seedNet, eta, deltaV, nodes, series } = options;
  const asked = { model, k, j0, rate, tau, drive: options.drive, seedNet, eta, deltaV, nodes, series };
  const spec: NetworkSpec = { ...asked, neuron, n, connectivity };
  const drive = balanceDrive(spec);
  const network = networkOf(spec);
  // What is wrong with the drive is said here.
  const drives = network.drives;
  for (const each of typeof drives === 'number' ? [drives] : new Set(drives)) network.neuron.check(each);
  const circuit: Circuit = { ...network, ...(delay ? { delay: delay / tau } : {}), ...outside(options, network) };
  const size = circuit.connectivity.neurons;
  const synapses = named ? `K = ${k}, ${named}` : `${circuit.connectivity.synapses} synapses of ${kind}`;
  const words = `${size} neurons ${network.neuron.name}, ${synapses}, drive ${Number(drive.toPrecision(6))}`;
  return { circuit, spec, drive, words };
}

/** What comes from outside, for a network with these drives. */
export function outside({ input, driveSteps, tau }: NetworkOptions, { drives }: Circuit): Partial<Circuit> {
  const made: { input?: Circuit['input']; steps?: Circuit['steps'] } = {};
  if (input) made.input = readInput(readBytes(input), input, tau);
  if (driveSteps) {
    const { times, factors } = readSteps(readBytes(driveSteps), driveSteps, tau);
    made.steps = { times, driveOf: (step, i) => factors[step] * (typeof drives === 'number' ? drives : drives[i]) };
  }
  return made as Partial<Circuit>;
}

async function ownNeuron(file: string): Promise<NeuronSpec> {
  let module: { default?: NeuronSpec };
  try {
    module = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    throw new EngramError('input', `cannot load the neuron of ${file}: ${(error as Error).message}`);
  }
  if (typeof module.default?.f !== 'function') {
    throw new EngramError('input', `${file} must export default { f: (v) => ..., reset: ..., threshold: ... }`);
  }
  return module.default;
}
