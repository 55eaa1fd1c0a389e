/** `engram sparseprop track`: a rate network learns to follow one, two or three signals. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import {
  defineCommand,
  goOn,
  type Invocation,
  integer,
  option,
  type RunOptions,
  refuse,
  withRun,
} from '../../app/index.js';
import { writeNpz } from '../../files/index.js';
import { logCsv } from '../../learning/index.js';
import { curvesSpec, renderSvg } from '../../plot/index.js';
import { type RateParameters, type Tracker, trainTracker } from '../../sparseprop/index.js';
import { placeOptions } from './run.js';

const NAMES = [
  'log.csv',
  'tests.csv',
  'network.npz',
  'training.svg',
  'network.svg',
  'weights.svg',
  'example.svg',
] as const;

interface Options extends Pick<RunOptions, 'out' | 'force' | 'png' | 'json' | 'quiet'> {
  signals: number;
  n: number;
  epochs: number;
  batch: number;
  populations: 1 | 2;
  seed: number;
}

export const trackCommand = defineCommand<Options>({
  name: 'track',
  about: 'trains a rate network to follow one, two or three random signals, and shows how its balance tightens',
  options: [
    option('--signals <n>', 'how many', integer(1, 8), 1),
    option('--n <n>', 'neurons', integer(2, 2000), 100),
    option('--epochs <n>', 'updates (the original: 100001)', integer(1), 3000),
    option('--batch <n>', 'trials of an update', integer(1, 1000), 10),
    option('--populations <n>', '2: excitatory and inhibitory halves', integer(1, 2), 1),
    option('--seed <n>', 'seed of all random numbers', integer(0), 1),
    ...placeOptions('track'),
  ],
  work: work,
});

async function work(options: Options, invocation: Invocation): Promise<number> {
  const { epochs, n, signals, batch, populations, seed } = options;
  if (signals > n) refuse('--signals', `at most the ${n} neurons of --n, which form as many groups`, String(signals));
  const directory = options.out ?? 'sparseprop-track';
  return withRun({ options, directory, names: NAMES, workers: 1, invocation }, async ({ screen, results, finish }) => {
    const every = Math.min(1000, Math.max(1, Math.ceil(epochs / 20)));
    const advance = screen.progress('train', Math.ceil(epochs / every) + 1);
    const tracker = trainTracker(
      { n, signals, batch, populations, seed },
      epochs,
      ({ error }) => advance(`test error ${error.toPrecision(3)}`),
      every,
    );
    const { tests, training, parameters } = tracker;
    const [before, after] = [tests[0], tests[tests.length - 1]];
    const ratio = after.within / after.between;
    screen.line(
      'error',
      `${before.error.toPrecision(4)} before, ${after.error.toPrecision(4)} after ${epochs} epochs: ${((100 * after.error) / before.error).toFixed(1)} %`,
    );
    screen.line('balance', `|mean J| is ${after.balance.toFixed(3)} times the first`);
    if (signals > 1 && Number.isFinite(ratio))
      screen.line('groups', `inhibition within ${signals} groups is ${ratio.toFixed(2)} times that between`);
    results.write('log.csv', logCsv(training));
    results.write(
      'tests.csv',
      `epoch,error,balance,within,between\n${tests.map((t) => [t.epoch, t.error, t.balance, t.within, t.between].join(',')).join('\n')}\n`,
    );
    results.write('network.npz', (sink) => writeNpz({ ...parameters, groups: tracker.groups }, sink));
    results.write('training.svg', await renderSvg(trainingSpec(tracker)));
    results.write('network.svg', await renderSvg(networkSpec(tracker, n, signals)));
    results.write('weights.svg', await renderSvg(matrixSpec(parameters, tracker.groups, n)));
    results.write('example.svg', await renderSvg(exampleSpec(tracker, n, signals)));
    finish(
      {
        neurons: n,
        signals,
        batch,
        populations,
        seed,
        epochs,
        skipped: training.skipped,
        error_before: before.error,
        error_after: after.error,
        balance: after.balance,
        within: after.within,
        between: Number.isNaN(after.between) ? null : after.between,
      },
      {
        figures: ['training.svg', 'network.svg', 'weights.svg', 'example.svg'],
        results: `${directory}/  (network.npz, tests.csv, log.csv, summary.json)`,
        next: `a spiking network: ${goOn('sparseprop train', [], [], { '--task': 'tracking', '--n': n, '--k': Math.min(100, n >> 1), '--out': `${directory}-spiking` })}`,
      },
    );
    return 0;
  });
}

function trainingSpec({ tests }: Tracker) {
  const line = (of: (t: Tracker['tests'][number]) => number) =>
    tests.map((t) => ({ x: t.epoch, y: of(t) })).filter(({ y }) => Number.isFinite(y));
  const x = { title: 'epoch' };
  return curvesSpec(
    'Training',
    [],
    [
      {
        title: 'test error',
        x,
        y: { title: 'loss', log: true },
        curves: [{ name: 'error', points: line((t) => t.error) }],
      },
      {
        title: 'balance',
        x,
        y: { title: '|mean J| / its first' },
        curves: [{ name: 'balance', points: line((t) => t.balance) }],
      },
      {
        title: 'mean J',
        x,
        y: { title: 'mean of J' },
        curves: [
          { name: 'within groups', points: line((t) => t.within) },
          { name: 'between groups', points: line((t) => t.between) },
        ],
      },
    ],
    { width: 260 },
  );
}

/** Eigenvalues of J diag(relu'), with neurons at the last state of the example. */
function eigenvalues({ J }: RateParameters, n: number, state: Float64Array): { x: number; y: number }[] {
  const matrix = new Matrix(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) matrix.set(i, j, state[j] > 0 ? J[i * n + j] : 0);
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(matrix);
  return realEigenvalues.map((re, k) => ({ x: re, y: imaginaryEigenvalues[k] }));
}

/** Points of the unit circle, without a sine: (1 - q^2) / (1 + q^2), 2 q / (1 + q^2). */
const circle = [1, -1].flatMap((sign) =>
  Array.from({ length: 101 }, (_, k) => {
    const q = (k - 50) / 50;
    return { x: (sign * (1 - q * q)) / (1 + q * q), y: (sign * 2 * q) / (1 + q * q) };
  }),
);

function networkSpec({ first, parameters, last }: Tracker, n: number, signals: number) {
  const state = last.course.subarray(last.course.length - n);
  const weights = Array.from({ length: signals }, (_, s) => ({
    name: `signal ${s + 1}`,
    points: Array.from({ length: n }, (__, i) => ({ x: parameters.ws[i * signals + s], y: parameters.wr[s * n + i] })),
    line: [],
  }));
  return curvesSpec(
    'Network',
    [],
    [
      {
        title: 'eigenvalues of J where neurons are active',
        x: { title: 'real part' },
        y: { title: 'imaginary part' },
        curves: [
          { name: 'before', points: eigenvalues(first, n, state), line: [] },
          { name: 'after', points: eigenvalues(parameters, n, state), line: [] },
          { name: 'unit circle', points: [], line: circle },
        ],
      },
      { title: 'input and output weights', x: { title: 'ws' }, y: { title: 'wr' }, curves: weights },
    ],
  );
}

/** J with neurons in the order of their groups. */
function matrixSpec({ J }: RateParameters, groups: Uint32Array, n: number) {
  const order = Array.from(groups.keys()).sort((a, b) => groups[a] - groups[b] || a - b);
  const values = order.flatMap((i, row) => order.map((j, column) => ({ row, column, value: J[i * n + j] })));
  const size = { step: Math.max(2, Math.floor(500 / n)) };
  return {
    title: { text: 'J, by groups of its columns' },
    width: size,
    height: size,
    data: { values },
    mark: { type: 'rect' },
    encoding: {
      x: { field: 'column', type: 'ordinal', title: 'from', axis: { labels: false, ticks: false } },
      y: { field: 'row', type: 'ordinal', title: 'to', axis: { labels: false, ticks: false } },
      color: { field: 'value', type: 'quantitative', title: 'J', scale: { scheme: 'blueorange', domainMid: 0 } },
    },
  };
}

function exampleSpec({ last: { output, target, course } }: Tracker, n: number, signals: number) {
  const steps = target.length / signals;
  const line = (values: Float64Array, width: number, column: number) =>
    Array.from({ length: steps }, (_, t) => ({ x: t + 1, y: values[t * width + column] }));
  const x = { title: 'step' };
  const panels = Array.from({ length: signals }, (_, s) => ({
    title: `signal ${s + 1}`,
    x,
    y: { title: 'value' },
    curves: [
      { name: 'target', points: [], line: line(target, signals, s) },
      { name: 'output', points: [], line: line(output, signals, s) },
    ],
  }));
  const shown = Array.from({ length: Math.min(8, n) }, (_, k) => Math.floor((k * n) / Math.min(8, n)));
  const states = {
    title: 'x of some neurons',
    x,
    y: { title: 'x' },
    curves: shown.map((i) => ({ name: `${i}`, points: [], line: line(course, n, i) })),
  };
  return curvesSpec('A test trial', [], [...panels, states], { columns: 2 });
}
