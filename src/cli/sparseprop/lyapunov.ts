/** `engram sparseprop lyapunov`: exponents, dimension, entropy, covariant vectors, and what becomes of disturbances. */
import {
  defineCommand,
  goOn,
  type Invocation,
  integer,
  number,
  option,
  type Run,
  type RunOptions,
  withRun,
} from '../../app/index.js';
import { curvesSpec, renderSvg } from '../../plot/index.js';
import {
  type Circuit,
  covariantVectors,
  createEngine,
  disturb,
  disturbances,
  drawnStart,
  engineStart,
  intervalOf,
  type Spectrum,
  type SpectrumPlan,
  spectrumOf,
} from '../../sparseprop/index.js';
import { type AskedNetwork, askedNetwork, type NetworkOptions, networkOptions } from './network-options.js';
import { placeOptions } from './run.js';

const NAMES = [
  'exponents.csv',
  'convergence.csv',
  'local.csv',
  'covariant.csv',
  'perturbations.csv',
  'spectrum.svg',
  'perturbations.svg',
] as const;
type Name = (typeof NAMES)[number];

interface Options extends NetworkOptions, Pick<RunOptions, 'out' | 'force' | 'png' | 'json' | 'quiet'> {
  exponents?: number;
  full?: boolean;
  spikesPerNeuron: number;
  burnIn: number;
  warmUp: number;
  covariant?: boolean;
  perturb?: boolean;
  perturbations: number;
  eps: number;
  perturbTime: number;
}

/** Unless a number is asked for. */
const NEURONS = 1000;
const lyapunovOptions = [
  ...networkOptions(NEURONS),
  option('--exponents <n>', 'how many, the neutral one included (default: 2)', integer(1)),
  option('--full', 'all of them'),
  option('--spikes-per-neuron <n>', 'spikes that count', number('positive'), 20),
  option('--burn-in <n>', 'spikes per neuron before all', number('not negative'), 10),
  option('--warm-up <n>', 'spikes per neuron that only turn the vectors', number('not negative'), 10),
  option('--covariant', 'covariant vectors too, and the spectrum that they give backwards'),
  option('--perturb', 'follow disturbances: kicks, a spike removed or added, a synapse failed'),
  option('--perturbations <n>', 'disturbances of each kind', integer(1, 10000), 10),
  option('--eps <x>', 'size of the kicks, in turns', number('positive'), 1e-6),
  option('--perturb-time <n>', 'for how many mean intervals they are followed', number('positive'), 10),
  ...placeOptions('lyapunov'),
];

export const lyapunovCommand = defineCommand<Options>({
  name: 'lyapunov',
  about: 'Lyapunov exponents of a network, its dimension and entropy, and what becomes of disturbances',
  options: lyapunovOptions,
  work: work,
});

async function work(options: Options, invocation: Invocation): Promise<number> {
  const asked = await askedNetwork(options, NEURONS);
  const { circuit } = asked;
  const n = circuit.connectivity.neurons;
  const plan: SpectrumPlan = {
    exponents: options.full ? n : (options.exponents ?? Math.min(2, n)),
    burnIn: Math.round(options.burnIn * n),
    warmUp: Math.round(options.warmUp * n),
    spikes: Math.max(1, Math.round(options.spikesPerNeuron * n)),
    seed: options.seedIc,
  };
  const start = drawnStart(circuit, options.seedIc);
  const directory = options.out ?? 'sparseprop-lyapunov';
  return withRun<Name>({ options, directory, names: NAMES, workers: 1, invocation }, async (run) => {
    const { screen } = run;
    screen.line('network', asked.words);
    const spectrum = spectrumOf(circuit, start, plan);
    report(run, spectrum, options);
    await writeSpectrum(run, spectrum, asked, options);
    const covariant = options.covariant ? writeCovariant(run, circuit, start, plan, options.tau) : undefined;
    const figures = ['spectrum.svg'];
    if (options.perturb) {
      await perturb(run, circuit, start, plan.burnIn, spectrum, options);
      figures.push('perturbations.svg');
    }
    run.finish(
      { ...summaryOf(spectrum, asked, options), ...(covariant ? { covariant } : {}) },
      {
        figures,
        results: `${directory}/  (exponents.csv, convergence.csv, local.csv, summary.json)`,
        next: options.perturb
          ? `its spikes: ${goOn('sparseprop run', invocation.args, networkOptions(n), { '--n': n, '--out': `${directory}-run` })}`
          : `what do larger disturbances do? ${goOn('sparseprop lyapunov', invocation.args, lyapunovOptions, { '--perturb': true, '--out': `${directory}-perturbed` })}`,
      },
    );
    return 0;
  });
}

function report({ screen }: Run<Name>, spectrum: Spectrum, { tau }: Options): void {
  const { leading, neutral, exponents, dimension, entropy, spikes, time, factorizations, worst } = spectrum;
  const n = exponents.length;
  screen.line(
    'leading',
    `${n > 1 ? `${(leading / tau).toFixed(3)} per s, without the neutral one` : 'none: one exponent is the neutral one'}, whose vector changed by ${neutral.toExponential(1)}`,
  );
  if (n > 2)
    screen.line(
      'spectrum',
      `${n} exponents from ${(exponents[0] / tau).toFixed(2)} to ${(exponents[n - 1] / tau).toFixed(2)} per s`,
    );
  if (dimension !== undefined) screen.line('', `Kaplan-Yorke dimension ${dimension.toFixed(2)}`);
  if (n > 2)
    screen.line(
      'entropy',
      `${(entropy / tau).toFixed(2)} per s, ${((entropy * time) / spikes / Math.LN2).toFixed(4)} bits per spike${exponents[n - 1] > 0 ? ', at least: more exponents may be positive' : ''}`,
    );
  screen.line(
    'work',
    `${spikes} spikes, ${factorizations} factorizations, ratio of the entries of R up to ${worst.toFixed(1)}`,
  );
}

async function writeSpectrum(
  { results }: Run<Name>,
  spectrum: Spectrum,
  asked: AskedNetwork,
  { tau }: Options,
): Promise<void> {
  const { exponents, curve, local } = spectrum;
  const k = exponents.length;
  const n = asked.circuit.connectivity.neurons;
  results.write(
    'exponents.csv',
    `index,exponent_per_s\n${Array.from(exponents, (x, i) => `${i + 1},${x / tau}`).join('\n')}\n`,
  );
  const table = (values: readonly number[]) => {
    const head = ['time_s', ...Array.from({ length: k }, (_, i) => `vector_${i + 1}_per_s`)].join(',');
    const rows = curve.times.map((time, row) =>
      [time * tau, ...values.slice(row * k, (row + 1) * k).map((x) => x / tau)].join(','),
    );
    return `${[head, ...rows].join('\n')}\n`;
  };
  results.write('convergence.csv', table(curve.estimates));
  results.write('local.csv', table(local));
  const shown = Math.min(k, 9);
  const spec = curvesSpec(
    asked.words,
    ['Lyapunov exponents; the vector of ones is the neutral one'],
    [
      {
        title: 'spectrum',
        x: { title: 'index / N' },
        y: { title: 'exponent (per s)' },
        curves: [{ name: 'exponents', points: Array.from(exponents, (x, i) => ({ x: (i + 1) / n, y: x / tau })) }],
      },
      {
        title: 'convergence',
        x: { title: 'time (s)' },
        y: { title: 'estimate (per s)' },
        curves: Array.from({ length: shown }, (_, i) => ({
          name: i === 0 ? 'ones' : `vector ${i + 1}`,
          points: [],
          line: curve.times.map((time, row) => ({ x: time * tau, y: curve.estimates[row * k + i] / tau })),
        })),
      },
    ],
  );
  results.write('spectrum.svg', await renderSvg(spec));
}

function writeCovariant(
  { results, screen }: Run<Name>,
  circuit: Circuit,
  start: Float64Array,
  plan: SpectrumPlan,
  tau: number,
): object {
  const { forward, backward, participation } = covariantVectors(circuit, start, plan, intervalOf(circuit));
  const rows = Array.from(forward, (x, i) => [i + 1, x / tau, backward[i] / tau, participation[i]].join(','));
  results.write('covariant.csv', `vector,forward_per_s,backward_per_s,participation\n${rows.join('\n')}\n`);
  const worst = forward.reduce((most, x, i) => Math.max(most, Math.abs(x - backward[i])), 0) / tau;
  screen.line('vectors', `covariant: forward and backward exponents differ by at most ${worst.toExponential(1)} per s`);
  return { largest_difference_per_s: worst };
}

/** Points at which a distance is taken. */
const POINTS = 100;

async function perturb(
  { results, screen }: Run<Name>,
  circuit: Circuit,
  start: Float64Array,
  burnIn: number,
  spectrum: Spectrum,
  options: Options,
): Promise<void> {
  const n = circuit.connectivity.neurons;
  const engine = createEngine(circuit, engineStart(circuit, start));
  engine.run({ spikes: burnIn });
  const interval = (n * spectrum.time) / spectrum.spikes;
  const time = options.perturbTime * interval;
  const rows = ['disturbance,index,time_s,distance'];
  const curves = disturbances.map((kind) => {
    const each = Array.from({ length: options.perturbations }, (_, index) => {
      // From another moment each time.
      engine.run({ spikes: n });
      return disturb(circuit, engine.state(), kind, {
        size: options.eps,
        time,
        points: POINTS,
        seed: options.seedIc,
        index,
      });
    });
    each.forEach(({ times, distances }, index) => {
      times.forEach((t, p) => rows.push([kind, index, t * options.tau, distances[p]].join(',')));
    });
    const grown = each.filter(({ distances }) => distances[POINTS - 1] > 1e-3).length;
    screen.line('', `${kind}: ${grown} of ${each.length} end apart (distance above 1e-3)`);
    const { times } = each[0];
    return {
      name: kind,
      points: [],
      line: Array.from(times, (t, p) => ({
        x: t * options.tau,
        y: Math.max(1e-16, median(each.map(({ distances }) => distances[p]))),
      })),
    };
  });
  results.write('perturbations.csv', `${rows.join('\n')}\n`);
  const spec = curvesSpec(
    'What becomes of a disturbance',
    [`medians of ${options.perturbations}; kicks of ${options.eps} turns`],
    [{ x: { title: 'time (s)' }, y: { title: 'distance (turns)', log: true, format: '.0e' }, curves }],
  );
  results.write('perturbations.svg', await renderSvg(spec));
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];

function summaryOf(spectrum: Spectrum, { circuit, drive }: AskedNetwork, { tau, seedIc, seedNet, k }: Options): object {
  const { exponents, neutral, leading, dimension, entropy, spikes, time, factorizations, worst } = spectrum;
  return {
    model: circuit.neuron.name,
    neurons: circuit.connectivity.neurons,
    k,
    drive,
    seed_ic: seedIc,
    seed_net: seedNet,
    spikes,
    time_s: time * tau,
    exponents: exponents.length,
    largest_per_s: exponents[0] / tau,
    leading_per_s: leading / tau,
    change_of_ones: neutral,
    dimension: dimension ?? null,
    entropy_per_s: entropy / tau,
    entropy_per_neuron_per_s: entropy / tau / circuit.connectivity.neurons,
    entropy_bits_per_spike: (entropy * time) / spikes / Math.LN2,
    factorizations,
    worst_ratio: worst,
  };
}
