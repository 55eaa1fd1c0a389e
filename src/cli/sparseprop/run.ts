/** `engram sparseprop run`: a network is run, and what it does is measured, drawn and written. */
import {
  checksum,
  defineCommand,
  goOn,
  grouped,
  type Invocation,
  number,
  option,
  path,
  pngOption,
  quietOption,
  type Run,
  type RunOptions,
  withRun,
} from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { writeNpz } from '../../files/index.js';
import { readBytes } from '../../files/node.js';
import { renderSvg } from '../../plot/index.js';
import {
  drawnStart,
  driveForRate,
  LEAST_INTERVALS,
  networkOf,
  neuronHistogramsSpec,
  phaseSpec,
  type QueueName,
  queueNames,
  rasterSpec,
  readState,
  type SeriesNeuron,
  type Session,
  type Spikes,
  spikesCsv,
  startSession,
  stateArrays,
  type TrainStatistics,
  trainStatistics,
} from '../../sparseprop/index.js';
import {
  type AskedNetwork,
  askedNetwork,
  count,
  DRAWN,
  type NetworkOptions,
  networkOptions,
  outside,
  real,
} from './network-options.js';

const NAMES = [
  'spikes.csv',
  'spikes.npz',
  'state.npz',
  'neurons.csv',
  'raster.svg',
  'phase.svg',
  'histograms.svg',
] as const;
type Name = (typeof NAMES)[number];

interface Options extends NetworkOptions, Pick<RunOptions, 'out' | 'force' | 'png' | 'json' | 'quiet'> {
  targetRate?: number;
  steps?: number;
  spikesPerNeuron: number;
  burnIn: number;
  queue?: QueueName;
  spikes: 'npz' | 'csv' | 'none';
  memory: number;
  from?: string;
  figures: boolean;
}

/** Unless a number is asked for. */
const NEURONS = 100000;

/** Options of the place of results, without a seed: a network has two of its own. */
export const placeOptions = (kind: string) => [
  option('--out <dir>', `directory of the results (default: sparseprop-${kind})`, path),
  option('--force', 'replace files in an existing directory'),
  pngOption,
  option('--json', 'print summary.json on stdout and nothing else'),
  quietOption,
];

export const runCommand = defineCommand<Options>({
  name: 'run',
  about: 'runs a network exactly, event by event, and measures it',
  options: [
    ...networkOptions(NEURONS),
    option('--target-rate <hz>', 'find the drive at which the network fires so often', real),
    option('--steps <n>', 'spikes to record, of all neurons together (default: by --spikes-per-neuron)', count(1)),
    option('--spikes-per-neuron <n>', 'spikes to record, per neuron', number('positive'), 20),
    option('--burn-in <n>', 'spikes per neuron before the recording', number('not negative'), 10),
    { ...option('--queue <name>', 'how the next spike is found (default: the fastest that can)'), choices: queueNames },
    { ...option('--spikes <format>', 'file of the spikes', undefined, 'npz'), choices: ['npz', 'csv', 'none'] },
    option('--memory <MB>', 'memory that a recording may take', number('positive'), 2000),
    {
      ...option('--from <file>', 'go on from the state.npz of an earlier run of this network, without a burn-in', path),
      reads: true,
    },
    option('--no-figures', 'draw nothing'),
    ...placeOptions('run'),
  ],
  work: work,
});

async function work(options: Options, invocation: Invocation): Promise<number> {
  const asked = await withTarget(options);
  const { circuit } = asked;
  const n = circuit.connectivity.neurons;
  const spikes = options.steps ?? Math.max(1, Math.round(options.spikesPerNeuron * n));
  const about = aboutOf(options, n, asked.drive);
  const start = options.from
    ? readState(readBytes(options.from), options.from, about)
    : drawnStart(circuit, options.seedIc);
  const session = startSession(circuit, start, { queue: options.queue, memory: options.memory * 1e6 });
  if (12 * spikes > options.memory * 1e6) {
    throw new EngramError(
      'usage',
      `${spikes} recorded spikes take ${(12 * spikes) / 1e6} MB, more than the ${options.memory} MB of --memory`,
    );
  }
  const directory = options.out ?? 'sparseprop-run';
  return withRun<Name>({ options, directory, names: NAMES, workers: 1, invocation }, async (run) => {
    const { screen } = run;
    screen.line('network', asked.words);
    if (asked.found) screen.line('drive', asked.found);
    const warm = options.from ? 0 : Math.round(options.burnIn * n);
    session.skip({ spikes: warm });
    // With a burn-in the recording begins at its last spike.
    const from = session.time();
    const refreshes = session.refreshes();
    const clock = process.cpuUsage();
    const recorded = session.record({ spikes });
    const microseconds = process.cpuUsage(clock).user / spikes;
    const measured = trainStatistics(recorded, n, from, session.time());
    const extra = seriesError(asked);
    report(run, options, session, measured, {
      microseconds,
      from,
      warm,
      refreshes: session.refreshes() - refreshes,
      spikes,
      extra,
    });
    const figures = write(run, options, asked, recorded, measured);
    run.results.write('state.npz', (sink) => writeNpz(stateArrays(session.state(), about), sink));
    for (const [name, spec] of options.figures ? figures : []) run.results.write(name, await renderSvg(spec));
    run.finish(summaryOf(options, asked, session, measured, { from, warm, spikes, extra }), {
      figures: options.figures ? figures.map(([name]) => name) : [],
      results: `${directory}/  (${options.spikes === 'none' ? '' : `spikes.${options.spikes}, `}state.npz, neurons.csv, summary.json)`,
      next: `how does it answer to disturbances? ${exponents(options, asked, invocation.args, directory)}`,
    });
    return 0;
  });
}

/** The exponents of this network, or of one like it that takes less long. */
function exponents(options: Options, { drive, circuit }: AskedNetwork, args: readonly string[], directory: string) {
  const n = circuit.connectivity.neurons;
  // Input names neurons, and a file has those that it has.
  const whole = options.input !== undefined || !DRAWN.some((kind) => kind === options.connectivity);
  const size = whole ? n : Math.min(n, Math.max(1000, 2 * options.k));
  return goOn('sparseprop lyapunov', args, networkOptions(n), {
    '--n': size,
    ...(options.targetRate === undefined ? {} : { '--rate': null, '--drive': drive }),
    '--out': `${directory}-lyapunov`,
  });
}

/** The network, with the drive that gives a rate where one is aimed at. */
async function withTarget(options: Options): Promise<AskedNetwork & { found?: string }> {
  const asked = await askedNetwork(options, NEURONS);
  if (options.targetRate === undefined) return asked;
  const { spec, drive, circuit } = asked;
  const { tau } = options;
  const circuitOf = (value: number) => {
    const network = networkOf({ ...spec, drive: value, connectivity: circuit.connectivity });
    // Steps multiply the drive that is tried.
    return { ...circuit, ...network, ...outside(options, network) };
  };
  const found = driveForRate(circuitOf, drive, options.targetRate * tau, options.seedIc);
  const words = `${Number(found.drive.toPrecision(6))} gives ${(found.rate / tau).toFixed(3)} Hz, ${(found.drive / drive).toFixed(4)} of the balance drive, in ${found.runs} runs`;
  return {
    ...asked,
    circuit: circuitOf(found.drive),
    drive: found.drive,
    words: asked.words.replace(/drive .*$/, `drive ${Number(found.drive.toPrecision(6))}`),
    found: words,
  };
}

/** The options by which a network is another. */
const OF_A_STATE = [
  ...['model', 'neuronFile', 'n', 'k', 'j0', 'seedNet', 'eta', 'deltaV', 'nodes', 'series'],
  ...['connectivity', 'tau', 'delay', 'input', 'driveSteps'],
] as readonly (keyof Options)[];

/** Those that name files. */
const FILES: readonly (keyof Options)[] = ['neuronFile', 'connectivity', 'input', 'driveSteps'];

/** What a state belongs to; of files it is their content that counts, wherever they lie. */
function aboutOf(options: Options, n: number, drive: number): string {
  const of = (name: keyof Options) => {
    const value = options[name] as string | undefined;
    return value !== undefined && FILES.includes(name) && !DRAWN.some((kind) => kind === value)
      ? checksum(value)
      : value;
  };
  return JSON.stringify({ ...Object.fromEntries(OF_A_STATE.map((name) => [name, of(name)])), n, drive });
}

/** The largest error of the series, of one weight. */
function seriesError({ circuit: { neuron, connectivity, drives } }: AskedNetwork): number | undefined {
  if (!('largestError' in neuron) || Number.isNaN(connectivity.weight)) return undefined;
  return (neuron as SeriesNeuron).largestError(connectivity.weight, drives as number);
}

interface Measured {
  from: number;
  warm: number;
  spikes: number;
  extra: number | undefined;
}

function report(
  { screen }: Run<Name>,
  { tau, seedIc, seedNet }: Options,
  session: Session,
  { rate, cv, counted }: TrainStatistics,
  { microseconds, from, warm, refreshes, spikes, extra }: Measured & { microseconds: number; refreshes: number },
): void {
  const seconds = (session.time() - from) * tau;
  screen.line(
    'recorded',
    `${grouped(spikes)} spikes in ${seconds.toPrecision(4)} s, after ${grouped(warm)} that are not`,
  );
  screen.line('rate', `${(rate / tau).toFixed(4)} Hz per neuron`);
  screen.line(
    'CV',
    cv === undefined
      ? `no neuron has ${LEAST_INTERVALS} intervals`
      : `${cv.toFixed(3)}, mean over ${grouped(counted)} neurons with at least ${LEAST_INTERVALS} intervals`,
  );
  if (extra !== undefined)
    screen.line('series', `errs by at most ${extra.toExponential(1)} of a period on 10 000 points`);
  const looked = session.queue === 'calendar' ? ` · ${(refreshes / spikes).toFixed(1)} refreshes per spike` : '';
  screen.line('work', `${microseconds.toFixed(3)} us of processor time per spike, ${session.queue}${looked}`);
  screen.line('seeds', `start ${seedIc}, network ${seedNet}`);
}

/** Writes spikes and statistics, and says which figures there are to draw. */
function write(
  { results }: Run<Name>,
  options: Options,
  asked: AskedNetwork,
  recorded: Spikes,
  measured: TrainStatistics,
): [Name, object][] {
  const { tau } = options;
  const { circuit } = asked;
  const n = circuit.connectivity.neurons;
  if (options.spikes === 'csv') results.write('spikes.csv', (sink) => spikesCsv(recorded, tau, sink));
  if (options.spikes === 'npz') {
    const times = recorded.times.map((time) => time * tau);
    results.write('spikes.npz', (sink) => writeNpz({ times, neurons: Int32Array.from(recorded.neurons) }, sink));
  }
  const { rates, cvs, skewness, kurtosis } = measured;
  const cell = (value: number) => (Number.isNaN(value) ? '' : String(value));
  results.write('neurons.csv', (sink) => {
    const encoder = new TextEncoder();
    const LINES = 20000;
    for (let begin = 0; begin < n; begin += LINES) {
      const lines = begin === 0 ? ['neuron,rate_hz,cv,skewness,kurtosis\n'] : [];
      for (let i = begin; i < Math.min(n, begin + LINES); i++) {
        lines.push(`${i},${rates[i] / tau},${cell(cvs[i])},${cell(skewness[i])},${cell(kurtosis[i])}\n`);
      }
      sink(encoder.encode(lines.join('')));
    }
  });
  const weight = Number.isNaN(circuit.connectivity.weight)
    ? -options.j0 / Math.sqrt(options.k)
    : circuit.connectivity.weight;
  return [
    ['raster.svg', rasterSpec(recorded, n, tau, asked.words)],
    ['phase.svg', phaseSpec(circuit.neuron, asked.drive, [weight, weight / 2, -weight / 2], tau)],
    [
      'histograms.svg',
      neuronHistogramsSpec('Neurons', [
        { title: 'rate (Hz)', values: rates.map((rate) => rate / tau) },
        { title: 'CV', values: cvs },
        { title: 'skewness', values: skewness },
        { title: 'kurtosis', values: kurtosis },
      ]),
    ],
  ];
}

function summaryOf(
  options: Options,
  { drive, circuit }: AskedNetwork,
  session: Session,
  measured: TrainStatistics,
  { from, warm, spikes, extra }: Measured,
): object {
  const { model, k, j0, tau, seedIc, seedNet, connectivity } = options;
  return {
    model: circuit.neuron.name === 'qif' ? model : circuit.neuron.name,
    neurons: circuit.connectivity.neurons,
    k,
    j0,
    tau_s: tau,
    drive,
    connectivity,
    queue: session.queue,
    seed_ic: seedIc,
    seed_net: seedNet,
    burn_in_spikes: warm,
    spikes,
    from_s: from * tau,
    to_s: session.time() * tau,
    rate_hz: measured.rate / tau,
    cv: measured.cv ?? null,
    cv_neurons: measured.counted,
    ...(extra === undefined ? {} : { series_error: extra }),
  };
}
