/** `engram flossing train`: a network learns a delayed task, with or without flossing of its exponents. */
import { join } from 'node:path';
import {
  defineCommand,
  grouped,
  type Invocation,
  openWork,
  quote,
  type Resumable,
  requestOf,
  seedOf,
  withRun,
} from '../../app/index.js';
import { EngramError, median } from '../../core/index.js';
import { npzBytes } from '../../files/index.js';
import { guard, type Journal } from '../../files/node.js';
import {
  activationOf,
  advanceFlossing,
  COLUMNS,
  type FlossingSettings,
  INSPECTED,
  logOf,
  spectrumOf,
  startFlossing,
  statesPerUnit,
  type Trained,
} from '../../flossing/index.js';
import { drawTraining } from '../../plot/index.js';
import { drawExponents } from './figures.js';
import { type FlossingOptions, settingsOf, trainOptions } from './options.js';

const NAMES = [
  'log.csv',
  'inspections.csv',
  'flossing.csv',
  'spectrum.csv',
  'weights.npz',
  'training.svg',
  'spectrum.svg',
] as const;
const RESUMABLE: Resumable = {
  program: 'engram flossing',
  name: 'train',
  options: trainOptions,
  result: 'weights.npz',
};
/** How many stretches a training is divided into: what is between them can be seen, and is kept. */
const STRETCHES = 40;

export const trainCommand = defineCommand<FlossingOptions>({
  name: 'train',
  about: 'learn a delayed task, with or without flossing',
  options: trainOptions,
  after: 'Exit codes: 0 done, 2 bad use, 5 cannot write, 130 interrupted',
  work: runTrain,
});

async function runTrain(given: FlossingOptions, called: Invocation): Promise<number> {
  const request = requestOf(given, called, RESUMABLE);
  const { options, invocation, continued } = request;
  if (options.task === 'copy' && (options.level ?? 0) > 0)
    throw new EngramError('usage', `--task copy is --level 0; got --level ${options.level}: leave one of them out`);
  const seed = seedOf(options, 'flossing');
  const settings = settingsOf(options, seed);
  const fresh = startFlossing(settings);
  const directory = options.out ?? `flossing-${seed}`;
  let journal: Journal<Trained> | undefined;
  const salvage = () => {
    const reached = journal && latest(journal);
    const again = `npx engram flossing train --resume ${quote(directory)}`;
    return reached ? { kept: `${reached.epoch} epochs are kept, go on with: ${again}` } : undefined;
  };
  return withRun({ options, directory, names: NAMES, workers: 1, invocation, continued, salvage }, async (run) => {
    journal = openWork<Trained, FlossingOptions>(directory, run, request, seed, trainOptions);
    const { screen, results } = run;
    describe(screen.line, settings, invocation.version);
    const activation = activationOf(settings.cell, settings.surrogate, settings.sharpness);
    const plan = { exponents: statesPerUnit(activation) * settings.units, steps: 300, skip: 100, seed };
    const before = spectrumOf(fresh.parameters, activation, plan);
    const trained = await run.timed('train', learn(settings, latest(journal) ?? fresh, journal, directory, screen));
    const after = spectrumOf(trained.parameters, activation, plan);
    journal.close();
    const log = logOf(trained);
    const flow = median(log.gradient_start) ?? Number.NaN;
    const last = log.accuracy[log.accuracy.length - 1];
    results.write('log.csv', table(COLUMNS, trained.log));
    results.write('inspections.csv', table(INSPECTED, trained.inspections));
    results.write('flossing.csv', table(['epoch', 'updates', 'square_before', 'square_after'], trained.triggers));
    results.write(
      'spectrum.csv',
      table(
        ['index', 'before', 'after'],
        [...before].flatMap((x, i) => [i + 1, x, after[i]]),
      ),
    );
    results.write('weights.npz', npzBytes({ ...trained.parameters, ...prefixed('best', trained.best.parameters) }));
    results.write('training.svg', await figureOf(log, settings));
    results.write(
      'spectrum.svg',
      await drawExponents(
        [
          ['before', before],
          ['after', after],
        ],
        settings,
      ),
    );
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const { best, updates, skipped } = trained;
    screen.line(
      'accuracy',
      `${percent(last)} in the last epoch · best ${percent(best.accuracy)} in epoch ${best.epoch} (chance 50 %)`,
    );
    screen.line('gradient', `|dL/dh0| ${flow.toExponential(1)} in the median over epochs`);
    screen.line(
      'flossing',
      `${grouped(updates)} updates · lambda_1 ${before[0].toFixed(3)} before, ${after[0].toFixed(3)} after, per step`,
    );
    if (skipped > 0) screen.line('skipped', `${grouped(skipped)} updates whose gradient was beyond 1e30 or no number`);
    const { seed: _, ...told } = settings;
    run.finish(
      {
        program: `engram ${invocation.version}`,
        seed,
        settings: told,
        epochs: trained.epoch,
        accuracy: { last, best: best.accuracy, best_epoch: best.epoch },
        gradient_start_median: flow,
        activity: log.activity[log.activity.length - 1],
        flossing_updates: updates,
        skipped,
        lambda_1: { before: before[0], after: after[0] },
      },
      {
        figures: ['training.svg', 'spectrum.svg'],
        results: `${join(directory, 'log.csv')}  (weights.npz, spectrum.csv, flossing.csv, summary.json beside it)`,
        next: 'with and without flossing over many networks: npx engram experiment flossing-delayed-xor',
      },
    );
    return 0;
  });
}

type Line = (label: string, text: string) => void;

function describe(line: Line, settings: FlossingSettings, version: string): void {
  const { cell, surrogate, sharpness, units, level, delay, steps, batch, mode, exponents, seed } = settings;
  const name = ['copy', 'delayed XOR'][level] ?? `parity of ${2 ** level} bits`;
  line('engram', `${version} flossing · seed ${seed}`);
  line(
    'network',
    `${units} ${cell} units${cell !== 'tanh' ? ` · surrogate ${surrogate}, sharpness ${sharpness}` : ''}`,
  );
  line('task', `${name} · delay ${delay} (d = ${2 ** level * delay}) · ${batch} trials of ${steps} steps an epoch`);
  line('mode', mode === 'none' ? 'none' : `${mode} · ${exponents} exponents`);
}

/** Stretch after stretch; each is kept in the journal. */
async function learn(
  settings: FlossingSettings,
  from: Trained,
  journal: Journal<Trained>,
  directory: string,
  screen: { progress(what: string, total: number, done?: number): (note?: string) => void; stop(): void },
): Promise<Trained> {
  const { epochs } = settings;
  const advance = screen.progress('train', epochs, from.epoch);
  const stretch = Math.ceil(epochs / STRETCHES);
  while (from.epoch < epochs) {
    const begin = from.epoch;
    advanceFlossing(from, settings, begin + stretch);
    guard(directory, () => journal.append(from));
    const { accuracy } = logOf(from);
    for (let e = begin; e < from.epoch; e++) advance(`accuracy ${(100 * accuracy[accuracy.length - 1]).toFixed(1)} %`);
    // Signals are heard in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  screen.stop();
  return from;
}

function latest(journal: Journal<Trained>): Trained | undefined {
  let reached: Trained | undefined;
  for (const trained of journal) reached = trained;
  return reached;
}

const prefixed = (prefix: string, arrays: object): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(arrays).map(([name, values]) => [`${prefix}_${name}`, values]));

function table(columns: readonly string[], values: readonly number[]): string {
  const rows = Array.from({ length: values.length / columns.length }, (_, i) =>
    values
      .slice(i * columns.length, (i + 1) * columns.length)
      .map((value) => (Number.isNaN(value) ? '' : value))
      .join(','),
  );
  return `${[columns.join(','), ...rows].join('\n')}\n`;
}

function figureOf(log: ReturnType<typeof logOf>, { mode, delay, level, units }: FlossingSettings): Promise<string> {
  return drawTraining({
    title: 'Learning a delayed task',
    subtitle: [`${units} units, d = ${2 ** level * delay}, flossing: ${mode}`],
    panels: [
      { name: 'loss', values: log.loss },
      { name: 'accuracy', values: log.accuracy },
      { name: '|dL/dh0|', values: log.gradient_start },
      { name: 'share of active units', values: log.activity },
    ],
  });
}
