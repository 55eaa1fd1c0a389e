/** `engram spikernn scale`: the grid search for the scaling factor, put into the model's `.mat` as the original does. */
import { join, resolve } from 'node:path';
import {
  askedOf,
  beginCommand,
  checksum,
  defineCommand,
  goOn,
  type Invocation,
  integer,
  type LauncherOptions,
  launcherOptions,
  number,
  openCommand,
  option,
  optionsFrom,
  type Part,
  path,
  pngOption,
  quote,
  type RunOptions,
  refuse,
  refuseBeside,
  refuseWithoutLauncher,
  runOptions,
  seedOf,
  shardOption,
  withRun,
  workersOf,
} from '../../app/index.js';
import { EngramError, type ParallelMap } from '../../core/index.js';
import { readBytes, writeWhole } from '../../files/node.js';
import { bestOf, lowScaleGrid, predictScale, scaleGrid, searchScale, withScale } from '../../spikernn/index.js';
import { callOf, mapOf, runByParts } from '../common/by-parts.js';
import { drawScales } from './figures.js';
import { loadModel, networkOf, taskFor } from './model.js';
import {
  demandFile,
  type ModelOptions,
  modelOf,
  modelOptions,
  type TimesOptions,
  timesOf,
  timesOptions,
} from './options.js';

interface ScaleOptions extends RunOptions, LauncherOptions, Partial<TimesOptions>, ModelOptions {
  workers?: number | undefined;
  shard?: Part;
  scales?: string;
  trials: number;
  keep?: boolean;
}

const NAMES = ['scales.csv', 'scales.svg'] as const;

const COMMAND = 'engram spikernn scale';
/** Seconds of a trial per step and pair of units, roughly. */
const SECONDS = 5.5e-9;

const scaleOptions = runOptions(
  'scale',
  [
    ...timesOptions(),
    option('--scales <list>', '1/lambda, 20,25,... (default: 20 to 75; for relu and softplus 4 to 26)', path),
    option('--trials <n>', 'trials for each', integer(1, 1e5), 100),
    ...modelOptions,
    option('--keep', 'leave the .mat as it is'),
    pngOption,
    shardOption,
    ...launcherOptions,
  ],
  { resume: true },
);

export const scaleCommand = defineCommand<ScaleOptions>({
  name: 'scale',
  about: 'the scaling factor at which the spiking network does best, by trials on a grid',
  argument: ['[model]', 'the .mat of a model, or a folder: its newest'],
  options: scaleOptions,
  after: 'Exit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: async (options, invocation, given) => {
    refuseWithoutLauncher(options);
    if (options.resume !== undefined) return resumeScale(options, invocation);
    if (options.shard || options.launcher) return beginParts(options, invocation, given);
    return runScale(options, invocation, searchOf(options, demandFile(given)));
  },
});

/** What is searched, where. */
function searchOf(options: ScaleOptions, given: string) {
  const model = loadModel(given);
  const task = taskFor(model, options);
  const network = networkOf(model, options.initial);
  if (options.initial && !options.keep) {
    refuse('--initial', 'given with --keep: the .mat holds the factor of the network as trained', 'it alone');
  }
  const usual = network.activation === 'sigmoid' ? scaleGrid : lowScaleGrid;
  const scales = options.scales?.split(',').map((text) => number('positive')(text, '--scales')) ?? usual;
  if (scales.length > 1000) refuse('--scales', 'at most 1000 numbers', `${scales.length}`);
  const offset = options.withOffset ?? false;
  const seed = seedOf(options, 'scale');
  const { trials } = options;
  const times = timesOf(options);
  const plan = { network, task: task.choice, times, model: modelOf(options), scales, trials, offset, seed };
  return { model, task, plan };
}
type Search = ReturnType<typeof searchOf>;

/** Begins or joins a search that is done by parts, and does one or hands all of them in. */
async function beginParts(options: ScaleOptions, invocation: Invocation, given: string): Promise<number> {
  if (options.shard && (options.seed === undefined || options.out === undefined)) {
    throw new EngramError('usage', '--shard needs --seed and --out: all parts have to do the same search');
  }
  const { model, task, plan } = searchOf(options, demandFile(given));
  const { seed, network, scales, trials } = plan;
  const file = resolve(model.file);
  const directory = resolve(options.out ?? `scale-${seed}`);
  const { steps } = task.task.task;
  const { count } = await callOf((map) => searchScale(plan, map));
  const seconds = (SECONDS * scales.length * trials * steps * network.units * network.units) / count;
  const { arguments: words } = askedOf(
    invocation.args.slice(1).filter((word) => word !== given),
    scaleOptions,
  );
  // A task may be a file, which is found from elsewhere too. The model comes first: it is looked for under its typed name.
  const own = task.option.endsWith('.json') ? resolve(task.option) : undefined;
  const asked = {
    ...{ seed, count, seconds },
    arguments: [model.file, ...words.map((word) => (own && word === options.task ? own : word))],
    files: { [file]: checksum(file), ...(own ? { [own]: checksum(own) } : {}) },
  };
  beginCommand(`${directory}.shards`, COMMAND, asked, invocation);
  return shareParts(directory, options, invocation);
}

/** The campaign of a directory, and the search that was asked for. */
function opened(directory: string, invocation: Invocation) {
  const { campaign, asked } = openCommand(`${directory}.shards`, invocation, COMMAND);
  const [typed, ...words] = asked.arguments;
  const [[path, sum]] = Object.entries(asked.files);
  // By the name that was typed, which the results hold, where it leads to the file from here.
  const file = checksum(typed) === sum ? typed : path;
  const options = { ...optionsFrom<ScaleOptions>(words, scaleOptions), seed: asked.seed, out: directory };
  return { campaign, asked, options, search: () => searchOf(options, file) };
}

function shareParts(directory: string, options: ScaleOptions, invocation: Invocation): Promise<number> {
  const { campaign, asked, search } = opened(directory, invocation);
  const call = () => callOf((map) => searchScale(search().plan, map));
  return runByParts({ campaign, asked, call }, { directory, words: ['scale'], command: COMMAND }, options, invocation);
}

/** Does a part of a search that was begun, or makes of all parts what the search in one go makes. */
async function resumeScale(given: ScaleOptions, invocation: Invocation): Promise<number> {
  refuseBeside(invocation.args);
  const directory = resolve((given.resume as string).replace(/\.shards\/*$/, ''));
  if (given.shard || given.launcher) return shareParts(directory, given, invocation);
  const { campaign, asked, options, search } = opened(directory, invocation);
  const { workers, quiet, json, force } = given;
  const args = ['scale', ...asked.arguments];
  const found = mapOf(campaign, `${COMMAND} --resume ${quote(directory)}`);
  return runScale({ ...options, workers, quiet, json, force }, { ...invocation, args }, search(), found);
}

/** @param found hands out what others have found of the search, if they have */
function runScale(
  options: ScaleOptions,
  invocation: Invocation,
  { model, task, plan }: Search,
  found?: ParallelMap,
): Promise<number> {
  const { name } = task;
  const { network, model: spiking, scales, seed } = plan;
  const directory = options.out ?? `scale-${seed}`;
  const workers = workersOf(options);
  return withRun({ options, directory, names: NAMES, workers, invocation }, async (run) => {
    const { screen, results } = run;
    screen.line('engram', `${invocation.version} spikernn · seed ${seed}`);
    screen.line('model', `${model.file} · ${network.units} ${spiking.neuron} units · ${name}`);
    let advance: ((note?: string) => void) | undefined;
    const scores = await run.timed(
      'search',
      searchScale(plan, found ?? run.map, (_, of) => {
        advance ??= screen.progress('trials', of);
        advance();
      }),
    );
    screen.stop();
    const best = bestOf(scores);
    const predicted = predictScale(network, task.task, { seed, model: spiking }).scale;
    const shares = scores.map(({ right, trials }) => right / trials);
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
    screen.line('by 1/lambda', scales.map((scale, k) => `${scale}: ${percent(shares[k])}`).join(' · '));
    screen.line(
      'best',
      `1/lambda ${scales[best]}: ${percent(shares[best])} right at ${scores[best].rate.toFixed(1)} Hz · f-I curves foretell ${predicted.toFixed(1)}`,
    );
    results.write(
      'scales.csv',
      `scale,right,trials,rate\n${scores.map(({ right, trials, rate }, k) => `${scales[k]},${right},${trials},${rate}\n`).join('')}`,
    );
    results.write('scales.svg', await drawScales(scales, scores, predicted, `${name}, ${options.trials} trials each`));
    // Read again: others may have added to the file in the meantime.
    if (!options.keep)
      writeWhole(
        model.file,
        withScale(readBytes(model.file), model.file, { scales, performances: shares, best: scales[best] }),
      );
    run.finish(
      {
        program: `engram ${invocation.version}`,
        seed,
        model: model.file,
        task: name,
        trials: options.trials,
        scales,
        performances: shares,
        rates: scores.map(({ rate }) => rate),
        best: scales[best],
        predicted,
      },
      {
        figures: ['scales.svg'],
        results: `${join(directory, 'scales.csv')}${options.keep ? '' : `  (opt_scaling_factor now in ${model.file})`}`,
        next: `see it at work: ${goOn(
          `spikernn map ${quote(model.file)}`,
          invocation.args,
          [...timesOptions(), ...modelOptions],
          {
            '--task': task.option,
            ...(options.keep ? { '--scale': scales[best] } : {}),
          },
        )}`,
      },
    );
    return 0;
  });
}
