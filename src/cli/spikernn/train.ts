/** `engram spikernn train`: a rate network learns a task, and is kept as the `.mat` of the original. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  defineCommand,
  goOn,
  grouped,
  type Invocation,
  openWork,
  optionsOf,
  quote,
  type Resumable,
  requestOf,
  seedOf,
  withRun,
} from '../../app/index.js';
import { checkTarget, guard, type Journal, writeWhole } from '../../files/node.js';
import {
  advanceRate,
  aliveShare,
  evaluateRate,
  nameOfTask,
  rateModelBytes,
  rateTask,
  spectralReach,
  startRate,
  type TrainedRate,
  type TrainingSettings,
  tauSummary,
} from '../../spikernn/index.js';
import { runEval } from './eval.js';
import { drawLearning, drawNetwork, drawOutputs } from './figures.js';
import { pythonFloat, settingsOf, type TrainOptions, timesOf, timesOptions, trainOptions } from './options.js';

const NAMES = ['losses.csv', 'evaluations.csv', 'training.svg', 'outputs.svg', 'network.svg'] as const;
const RESUMABLE: Resumable = {
  program: 'engram spikernn',
  name: 'train',
  options: trainOptions,
  result: 'losses.csv',
};
/** Updates between two moments at which the training is kept. */
const STRETCH = 50;

export const trainCommand = defineCommand<TrainOptions>({
  name: 'train',
  about: 'train a rate network on a task; all arguments of the original',
  options: trainOptions,
  after: 'Exit codes: 0 done, learned or not, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: (options, invocation) =>
    options.mode === 'eval' && options.resume === undefined
      ? runEval({ ...options, trials: 100, task: typedTask(options, invocation) }, invocation, options.output_dir)
      : runTrain(options, invocation),
});

/** The task that was typed: the default one is of trainings, and models know theirs by their path. */
const typedTask = ({ task }: TrainOptions, { args }: Invocation): string | undefined =>
  optionsOf(args).some(([flag]) => flag === '--task') ? task : undefined;

/** `models/<task>/[NoDale/]P_rec_<p>_Taus_<a>_<b>/Task_..._<moment>`, as the original names it. */
export function modelPath(
  { output_dir, act, P_rec, N, apply_dale }: TrainOptions,
  settings: TrainingSettings,
  moment: Date,
): string {
  const taus = settings.taus.map(pythonFloat);
  const tau = taus.length === 2 ? `Taus_${taus.join('_')}` : `Tau_${taus[0]}`;
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join('_');
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join('');
  const folder = join(
    output_dir,
    'models',
    nameOfTask(settings.task),
    apply_dale ? '' : 'NoDale',
    `P_rec_${pythonFloat(P_rec)}_${tau}`,
  );
  return join(folder, `Task_${nameOfTask(settings.task)}_N_${N}_${tau}_Act_${act}_${day}_${time}`);
}

async function runTrain(given: TrainOptions, called: Invocation): Promise<number> {
  const request = requestOf(given, called, RESUMABLE);
  const { options, invocation, continued } = request;
  const seed = seedOf({ ...options, out: '.' }, 'spikernn');
  const settings = settingsOf(options, seed);
  const fresh = startRate(settings);
  const directory = options.out ?? modelPath(options, settings, new Date());
  const file = `${directory}.mat`;
  guard(directory, () => mkdirSync(dirname(directory), { recursive: true }));
  checkTarget(file, options);
  let journal: Journal<TrainedRate> | undefined;
  const salvage = () => {
    const reached = journal && latest(journal);
    const again = `npx engram spikernn train --resume ${quote(directory)}`;
    return reached ? { kept: `${reached.trial} trials are kept, go on with: ${again}` } : undefined;
  };
  return withRun({ options, directory, names: NAMES, workers: 1, invocation, continued, salvage }, async (run) => {
    journal = openWork<TrainedRate, TrainOptions>(directory, run, request, seed, trainOptions);
    const { screen, results } = run;
    describe(screen.line, settings, fresh, invocation.version);
    const trained = await run.timed('train', learn(settings, latest(journal) ?? fresh, journal, directory, screen));
    journal.close();
    const bytes = rateModelBytes(trained, settings);
    const task = rateTask(settings.task, settings.times);
    const found = evaluateRate(trained.network, task, {
      kind: settings.loss,
      count: 100,
      seed: trained.seed,
      round: 1023,
    });
    const told = `${task.name} · ${settings.units} units · seed ${trained.seed}`;
    results.write(
      'losses.csv',
      table(['trial', 'loss', 'plateau'], trained.losses, (loss, i) => [i, loss, trained.plateaus[i]]),
    );
    const rows = Array.from({ length: trained.checks.length / 3 }, (_, i) => trained.checks.slice(3 * i, 3 * i + 3));
    results.write(
      'evaluations.csv',
      table(['trial', 'loss', 'performance'], rows, (row) => row),
    );
    results.write('training.svg', await drawLearning(trained.losses, trained.plateaus, trained.checks, told));
    results.write('outputs.svg', await drawOutputs('Outputs of the rate network', found.outputs, found.labels, 5));
    results.write('network.svg', await drawNetwork(trained.network));
    writeWhole(file, bytes);
    const learned = trained.ended === 'learned';
    const tau = tauSummary(trained.network);
    for (const given_up of trained.abandoned) {
      screen.line('abandoned', `seed ${given_up}: within 20 % of the plateau after ${settings.restart} trials`);
    }
    screen.line(
      learned ? 'learned' : 'not learned',
      `${grouped(trained.trial)} trials · ${(100 * found.performance).toFixed(0)} % of 100 fresh trials right · loss ${found.loss.toFixed(2)} (an output that stays 0: ${found.plateau.toFixed(2)})`,
    );
    screen.line(
      'network',
      `tau ${tau.mean.toFixed(1)} ± ${tau.sd.toFixed(1)} ms · ${(100 * aliveShare(trained.network)).toFixed(1)} % of the connections alive`,
    );
    if (trained.skipped > 0) screen.line('skipped', `${trained.skipped} updates whose gradient was no number`);
    const { seed: _, ...asked } = settings;
    run.finish(
      {
        program: `engram ${invocation.version}`,
        seed: trained.seed,
        settings: asked,
        times: timesOf(options),
        learned,
        trials: trained.trial,
        performance: found.performance,
        loss: found.loss,
        plateau: found.plateau,
        tau_ms: tau,
        alive: aliveShare(trained.network),
        abandoned: trained.abandoned,
        skipped: trained.skipped,
      },
      {
        figures: ['training.svg', 'outputs.svg', 'network.svg'],
        results: `${file}  (log, figures and summary.json in ${directory})`,
        next: `as a spiking network: ${goOn(`spikernn scale ${quote(file)}`, invocation.args, timesOptions(), { '--task': options.task })}`,
      },
    );
    return 0;
  });
}

type Line = (label: string, text: string) => void;

function describe(line: Line, settings: TrainingSettings, { initial }: TrainedRate, version: string): void {
  const { task, units, taus, activation, dale, som, loss, trials, seed } = settings;
  line('engram', `${version} spikernn · seed ${seed}`);
  const inhibitory = initial.inhibitory.reduce((sum, one) => sum + one, 0);
  const kinds = dale
    ? `${units - inhibitory} excite, ${inhibitory} inhibit${som > 0 ? ` (${som} SOM)` : ''}`
    : 'no Dale';
  line('network', `${units} ${activation} units: ${kinds} · tau ${taus.map((tau) => 5 * tau).join(' to ')} ms`);
  const { outlier, radius } = spectralReach(initial);
  line('spectrum', `outlier ${outlier.toFixed(2)}, radius of the rest ${radius.toFixed(2)}, of the weights as drawn`);
  line('task', `${nameOfTask(task)} · ${loss} loss · at most ${grouped(trials)} trials`);
}

/** Stretch after stretch; each is kept in the journal. */
async function learn(
  settings: TrainingSettings,
  from: TrainedRate,
  journal: Journal<TrainedRate>,
  directory: string,
  screen: { progress(what: string, total: number, done?: number): (note?: string) => void; stop(): void },
): Promise<TrainedRate> {
  const advance = screen.progress('train', settings.trials, from.trial);
  let kept = from.trial;
  while (!from.ended) {
    const begin = from.trial;
    advanceRate(from, settings, begin + STRETCH);
    if (from.ended || from.trial - kept >= 4 * STRETCH || from.trial < kept) {
      guard(directory, () => journal.append(from));
      kept = from.trial;
    }
    const [, loss, performance] = from.checks.slice(-3);
    for (let e = begin; e < from.trial; e++) {
      advance(loss === undefined ? '' : `loss ${loss.toFixed(2)}, ${(100 * performance).toFixed(0)} % right`);
    }
    // Signals are heard in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  screen.stop();
  return from;
}

function latest(journal: Journal<TrainedRate>): TrainedRate | undefined {
  let reached: TrainedRate | undefined;
  for (const trained of journal) reached = trained;
  return reached;
}

const table = <Row>(
  columns: readonly string[],
  rows: readonly Row[],
  cells: (row: Row, i: number) => readonly number[],
) => `${[columns.join(','), ...rows.map((row, i) => cells(row, i).join(','))].join('\n')}\n`;
