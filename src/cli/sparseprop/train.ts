/** `engram sparseprop train`: a spiking network learns by the exact gradient of its spike times. */
import {
  defineCommand,
  goOn,
  type Invocation,
  integer,
  number,
  option,
  path,
  type RunOptions,
  refuse,
  time,
  withRun,
} from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { writeNpz } from '../../files/index.js';
import { readBytes } from '../../files/node.js';
import { logCsv, logged, train } from '../../learning/index.js';
import { curvesSpec, renderSvg } from '../../plot/index.js';
import {
  type Circuit,
  drawnStart,
  inMemory,
  type NetworkTraining,
  readTargets,
  type TrackingTraining,
  type TrainSettings,
  trackingTask,
  trainSpikeTimes,
  trainTracking,
} from '../../sparseprop/index.js';
import { askedNetwork, type NetworkOptions, networkOptions, real } from './network-options.js';
import { placeOptions } from './run.js';

const NAMES = ['log.csv', 'network.npz', 'loss.svg', 'tracking.svg'] as const;
/** Unless a number is asked for. */
const NEURONS = 1000;
const PARAMETERS = ['weights', 'drives', 'readout'] as const;

interface Options extends NetworkOptions, Pick<RunOptions, 'out' | 'force' | 'png' | 'json' | 'quiet'> {
  task: 'tracking' | 'spikes';
  targets?: string;
  epochs: number;
  learningRate: number;
  duration?: number;
  signalTime: number;
  parameters?: string;
  pseudo?: boolean;
  exponent?: number;
  exponentStrength: number;
  memory: number;
}

export const trainCommand = defineCommand<Options>({
  name: 'train',
  about: 'trains weights, drives and readout of a spiking network by exact gradients',
  options: [
    ...networkOptions(NEURONS).filter(({ flags }) => !/--(delay|input|drive-steps)/.test(flags)),
    {
      ...option('--task <name>', 'follow a random signal, or spike at given times', undefined, 'tracking'),
      choices: ['tracking', 'spikes'],
    },
    {
      ...option('--targets <file>', 'wanted spikes: CSV neuron,spike,time_s, spikes of a neuron counted from 0', path),
      reads: true,
    },
    option('--epochs <n>', 'updates', integer(1), 300),
    option('--learning-rate <x>', 'of Adam; the readout learns ten times as fast', number('positive'), 1e-3),
    option('--duration <time>', 'of a trial (default: 20 tau, or 1.2 times the last wanted spike)', time),
    option('--signal-time <time>', 'time constant of the signal', time, 0.05, '50ms'),
    option('--parameters <list>', 'what is trained: weights, drives, readout (default: all that there are)'),
    option('--pseudo', 'spikes that are missing stand in from after the trial, without input'),
    option('--exponent <x>', 'draw the leading Lyapunov exponent to so much per second', real),
    option('--exponent-strength <x>', 'of that beside the task: times the squared miss per tau', number('positive'), 1),
    option('--memory <MB>', 'memory for checkpoints in time', number('positive'), 200),
    ...placeOptions('train'),
  ],
  work: work,
});

async function work(options: Options, invocation: Invocation): Promise<number> {
  const asked = await askedNetwork(options, NEURONS);
  const circuit = { ...asked.circuit, connectivity: inMemory(asked.circuit.connectivity, true) };
  const n = circuit.connectivity.neurons;
  const { tau, epochs, learningRate: rate, task } = options;
  const parameters = parametersOf(options);
  // A checkpoint is four numbers per neuron; at most so many are kept for a million spikes.
  const spacing = Math.max(1000, Math.ceil((1e6 * 32 * n) / (options.memory * 1e6)));
  const exponent =
    options.exponent === undefined
      ? undefined
      : { wanted: options.exponent * tau, strength: options.exponentStrength, seed: options.seedIc };
  const settings = { epochs, rate, parameters, spacing, exponent };
  const network = networkTraining(options, circuit, settings);
  const directory = options.out ?? 'sparseprop-train';
  return withRun({ options, directory, names: NAMES, workers: 1, invocation }, async ({ screen, results, finish }) => {
    screen.line('network', asked.words);
    const { training, plan } = network;
    const before = testLoss(network);
    const advance = screen.progress('train', epochs);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      train(training, plan, epoch);
      advance(`loss ${logged(training, 'loss')[epoch - 1].toPrecision(3)}`);
    }
    const after = testLoss(network);
    const loss = logged(training, 'loss');
    screen.line('loss', `${loss[0].toPrecision(4)} at first, ${loss[epochs - 1].toPrecision(4)} in the end`);
    if (after !== undefined)
      screen.line(
        'test',
        `mean squared error on 8 other signals: ${before?.toPrecision(4)} before, ${after.toPrecision(4)} after`,
      );
    const largest = logged(training, 'largest_adjoint').reduce((a, b) => Math.max(a, b), 0);
    screen.line('adjoint', `at most ${largest.toPrecision(3)}; ${training.skipped} updates skipped`);
    const exponents = exponent ? logged(training, 'exponent').map((x) => x / tau) : undefined;
    if (exponents)
      screen.line(
        'exponent',
        `${exponents[0].toFixed(2)} per s at first, ${exponents[epochs - 1].toFixed(2)} in the end; ${options.exponent} was wanted`,
      );
    results.write('log.csv', logCsv(training));
    const { starts, targets } = network.circuit().connectivity;
    const { weights, drives: trained, readout } = network.parameters;
    results.write('network.npz', (sink) =>
      writeNpz(
        { starts: starts as Uint32Array, targets: targets as Uint32Array, weights, drives: trained, readout },
        sink,
      ),
    );
    results.write('loss.svg', await renderSvg(lossSpec(loss)));
    const figures = ['loss.svg'];
    if ('test' in network) {
      results.write('tracking.svg', await renderSvg(trackingSpec(network, tau)));
      figures.push('tracking.svg');
    }
    finish(
      {
        task,
        neurons: n,
        epochs,
        parameters,
        loss_first: loss[0],
        loss_last: loss[epochs - 1],
        test_before: before ?? null,
        test_after: after ?? null,
        ...(exponents ? { exponent_first_per_s: exponents[0], exponent_last_per_s: exponents[epochs - 1] } : {}),
        largest_adjoint: largest,
        skipped: training.skipped,
      },
      {
        figures,
        results: `${directory}/  (network.npz, log.csv, summary.json)`,
        next: `run the weights that have been learned: ${goOn('sparseprop run', invocation.args, networkOptions(n), { '--n': n, '--connectivity': `${directory}/network.npz`, '--out': `${directory}-run` })}`,
      },
    );
    return 0;
  });
}

/** The training that is asked for. */
function networkTraining(
  options: Options,
  circuit: Circuit,
  settings: TrainSettings,
): NetworkTraining | TrackingTraining {
  const { tau, task, targets, pseudo, seedIc } = options;
  const start = drawnStart(circuit, seedIc);
  const { drives } = circuit;
  const voltages = start.map((r, i) => circuit.neuron.voltage(r, typeof drives === 'number' ? drives : drives[i]));
  if (task === 'spikes') {
    if (!targets) throw new EngramError('usage', '--task spikes needs --targets, a CSV file neuron,spike,time_s');
    const wanted = readTargets(readBytes(targets), targets, tau);
    const duration = (options.duration ?? 0) / tau || 1.2 * wanted.times.reduce((most, t) => Math.max(most, t), 0);
    return trainSpikeTimes(circuit, voltages, wanted, duration, settings, { pseudo: pseudo ?? false });
  }
  for (const [flag, value] of Object.entries({ '--targets': targets, '--pseudo': pseudo }))
    if (value !== undefined) throw new EngramError('usage', `${flag} is for --task spikes; add that, or leave it out`);
  const duration = options.duration === undefined ? trackingTask.duration : options.duration / tau;
  const { settle } = trackingTask;
  if (duration <= settle)
    refuse('--duration', `more than ${1e3 * settle * tau}ms, of which nothing counts`, `${1e3 * duration * tau}ms`);
  return trainTracking(
    circuit,
    start,
    { ...trackingTask, duration, memory: options.signalTime / tau },
    seedIc,
    settings,
  );
}

function parametersOf({ parameters, task }: Options): (typeof PARAMETERS)[number][] {
  const all = PARAMETERS.filter((name) => task === 'tracking' || name !== 'readout');
  if (!parameters) return all;
  return parameters.split(',').map((word) => {
    const name = all.find((known) => known === word.trim());
    if (!name) throw new EngramError('usage', `--parameters must be of ${all.join(', ')}; got "${word.trim()}"`);
    return name;
  });
}

const TESTS = 8;
function testLoss(network: NetworkTraining | TrackingTraining): number | undefined {
  if (!('test' in network)) return undefined;
  return network.test(TESTS).reduce((sum, { loss }) => sum + loss / TESTS, 0);
}

const lossSpec = (loss: Float64Array) =>
  curvesSpec(
    'Training',
    [],
    [
      {
        x: { title: 'epoch' },
        y: { title: 'loss', log: true },
        curves: [{ name: 'loss', points: [], line: Array.from(loss, (y, x) => ({ x, y: Math.max(y, 1e-300) })) }],
      },
    ],
  );

function trackingSpec(network: TrackingTraining, tau: number) {
  const [{ times, output, target }] = network.test(1);
  const line = (values: Float64Array) => Array.from(values, (y, g) => ({ x: times[g] * tau * 1e3, y }));
  return curvesSpec(
    'A signal that training has not seen',
    [],
    [
      {
        x: { title: 'time (ms)' },
        y: { title: 'signal' },
        curves: [
          { name: 'signal', points: [], line: line(target) },
          { name: 'output', points: [], line: line(output) },
        ],
      },
    ],
    { width: 700 },
  );
}
