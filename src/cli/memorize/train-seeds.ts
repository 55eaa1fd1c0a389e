/**
 * `memorize train --seeds n`: the same training of n networks, whose seeds are s, s + 1, ...: a campaign whose tasks are trainings, so
 * that they can be shared by parts. Each is a run of its own, in a process of its own, and leaves in `DIR/seed-s` what
 * `memorize train --seed s` leaves; one that was interrupted goes on from its journal, on any machine that sees the directory.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Asked,
  askedOf,
  beginCommand,
  createScreen,
  type Invocation,
  launchWork,
  onSignal,
  openCommand,
  programOf,
  quote,
  type Request,
  refuseBeside,
  refuseWithoutLauncher,
  seedOf,
  workersOf,
} from '../../app/index.js';
import {
  type Campaign,
  isLeft,
  mergeRows,
  progressOf,
  type Row,
  rowsCsv,
  type TaskRunner,
} from '../../campaign/index.js';
import { EngramError, mean, spread, variance } from '../../core/index.js';
import { disownElsewhere, PLAN, partialOf, writeWhole } from '../../files/node.js';
import type { NetworkSettings, NeuronSettings, TrainingTask } from '../../memory/gradient/index.js';
import { channelCount } from '../../memory/score/index.js';
import { runMissing } from '../common/run-missing.js';
import { type Method, type TrainOptions, trainOptions } from './train-options.js';

const COMMAND = 'memorize train';

/** Seconds per input, spike and epoch of a neuron, roughly. */
const SECONDS: Record<Method, number> = {
  superspike: 4e-7,
  hinge: 2e-7,
  fp: 2e-7,
  bptt: 6e-7,
  eventprop: 1.2e-5,
  floss: 1e-5,
};
/** What a run takes to begin and to end. */
const START = 2;
/** So much of a training cannot be interrupted: some neurons, or some epochs of a network. */
const PIECE = 1 / 20;

type Task = TrainingTask<NeuronSettings | NetworkSettings>;

/**
 * Begins, joins or goes on with the trainings, and does all of them, a part, or hands them in.
 * @param taskOf the training of a seed; throws where the options make none
 */
export async function runSeeds(
  options: TrainOptions,
  invocation: Invocation,
  taskOf: (request: Request<TrainOptions>) => Promise<Task>,
): Promise<number> {
  refuseWithoutLauncher(options);
  const { directory, campaign, asked } =
    options.resume === undefined ? await begun(options, invocation, taskOf) : goneOn(options.resume, invocation);
  const screen = createScreen({ lines: !options.quiet && !options.json, progress: false });
  const { seed, count, seconds } = asked;
  const { shards, finished, cost, finishedCost } = progressOf(campaign);
  const words = ['train', '--resume', directory];
  if (options.launcher) {
    const work = {
      ...{ name: 'train', directory, work: words, merge: [...words, '--quiet'] },
      ...{ seconds: cost - finishedCost, longest: seconds * PIECE, shards: shards - finished },
      isLeft: (k: number, of: number) => isLeft(campaign, { k, of }),
    };
    return launchWork(work, options, invocation, screen);
  }
  const goOn = `npx memorize ${words.slice(0, 2).join(' ')} ${quote(directory)}`;
  if (finished < shards) {
    const { shard: part, quiet } = options;
    const trains = [...programOf(invocation), 'train'];
    const runner = (stop: Int32Array) => ({
      run: trainings(trains, directory, asked, workersOf(options), stop),
      close: async () => {},
    });
    const after = await runMissing(campaign, { workers: 1, part, quiet: quiet || options.json, goOn, runner });
    if (after.finished < shards) {
      screen.line('done', `${after.finishedTasks} of ${count} networks are trained`);
      return 0;
    }
  }
  const rows = mergeRows(campaign);
  const summary = summaryOf(rows, asked, invocation);
  writeWhole(join(directory, 'seeds.csv'), rowsCsv(Object.keys(rows[0]), rows));
  writeWhole(join(directory, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  const { learned, precision } = summary;
  screen.line('networks', `${count}, of the seeds ${seed} to ${seed + count - 1}`);
  screen.line('learned', `${told(learned)} of the neurons`);
  screen.line('', `precision ${told(precision)} when the others play the score`);
  screen.line('results', `${join(directory, 'seeds.csv')}  (summary.json beside it, each network in seed-<n>)`);
  return rows.every((row) => row.learned === row.channels) ? 0 : 4;
}

async function begun(
  options: TrainOptions,
  invocation: Invocation,
  taskOf: (request: Request<TrainOptions>) => Promise<Task>,
): Promise<{ directory: string; campaign: Campaign; asked: Asked }> {
  const { seeds, shard, force } = options;
  if (seeds === undefined)
    throw new EngramError('usage', '--shard and --launcher go with --seeds: they share networks');
  if (force) throw new EngramError('usage', '--force does not go with --seeds; choose another directory with --out');
  if (shard && (options.seed === undefined || options.out === undefined)) {
    throw new EngramError('usage', '--shard needs --seed and --out: all parts have to train the same networks');
  }
  const seed = seedOf(options, 'trained-seeds');
  const directory = resolve(options.out ?? `trained-seeds-${seed}`);
  const request = { options: { ...options, seed }, invocation, continued: false, argument: '' };
  const { target, settings } = await taskOf(request);
  const { score, wiring } = target;
  const [inputs, spikes] = [wiring.sources.length, score.times.length / channelCount(score)];
  const seconds = START + SECONDS[settings.method] * settings.epochs * inputs * spikes;
  const { arguments: words, files } = askedOf(invocation.args, trainOptions, ['--seeds']);
  const asked = { seed, count: seeds, seconds, arguments: words, files };
  return { directory, campaign: beginCommand(directory, COMMAND, asked, invocation), asked };
}

function goneOn(named: string, invocation: Invocation) {
  refuseBeside(invocation.args);
  const directory = resolve(named);
  return { directory, ...openCommand(directory, invocation, COMMAND) };
}

/** Trains the networks of some seeds, one after the other. */
function trainings(
  trains: readonly string[],
  directory: string,
  { seed, arguments: words }: Asked,
  workers: number,
  stop: Int32Array,
): TaskRunner {
  let child: ReturnType<typeof spawn> | undefined;
  // The running training keeps what it has. TERM may come twice, by this and from the terminal.
  onSignal(() => child?.kill('SIGTERM'));
  const training = (args: readonly string[]) =>
    new Promise<{ code: number | null; signal: string | null; said: string }>((done, fail) => {
      let said = '';
      child = spawn(trains[0], [...trains.slice(1), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr?.on('data', (chunk) => {
        said = `${said}${chunk}`.slice(-4096);
      });
      child.on('error', fail);
      child.on('close', (code, signal) => done({ code, signal, said }));
    });
  return async (tasks) => {
    const rows: Row[][] = [];
    for (const task of tasks as number[]) {
      if (Atomics.load(stop, 0) !== 0) break;
      const own = seed + task;
      const out = join(directory, `seed-${own}`);
      if (!existsSync(join(out, 'summary.json'))) {
        disownElsewhere(out);
        const begun = existsSync(join(partialOf(out), PLAN));
        const asked = begun ? ['--resume', out] : [...words, '--seed', `${own}`, '--out', out];
        const { code, signal, said } = await training([...asked, '--workers', `${workers}`, '--quiet']);
        if (code === 130 && Atomics.load(stop, 0) !== 0) break;
        if (code !== 0 && code !== 4) throw failureOf(own, code, signal, said);
      }
      rows.push([rowOf(own, join(out, 'summary.json'))]);
    }
    return rows;
  };
}

function failureOf(seed: number, code: number | null, signal: string | null, said: string): EngramError {
  const words = said
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^memorize: /, '');
  const kind = code === 130 ? 'interrupted' : code === 3 ? 'input' : code === 2 ? 'usage' : 'output';
  return new EngramError(kind, `seed ${seed}: ${signal ? `its process was killed (${signal})` : words}`);
}

interface Recalled {
  noise: number;
  success: number;
  trials: number;
}

/** What a summary of a training says, in a row. */
function rowOf(seed: number, file: string): Row {
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  const { channels, learned, forced_precision, forced_recall, loss, epochs, multiply_adds, worst_violation } = summary;
  const recall = (summary.recall ?? []) as Recalled[];
  return {
    ...{ seed, channels, learned, forced_precision, forced_recall },
    ...{ loss: loss.median, epochs: epochs.median, multiply_adds, worst_violation },
    ...Object.fromEntries(recall.map(({ noise, success, trials }) => [`recalled_at_${noise}`, success / trials])),
  };
}

/** A quantity over the networks: its mean, the standard error of that (none of one network), and the range. */
interface OverNetworks {
  mean: number;
  error: number | null;
  least: number;
  most: number;
}

function overNetworks(values: number[]): OverNetworks {
  const { least, most } = spread(values) as { least: number; most: number };
  const spreads = values.length > 1 ? variance(values) : undefined;
  return {
    mean: mean(values) as number,
    error: spreads === undefined ? null : Math.sqrt(spreads / (values.length - 1)),
    ...{ least, most },
  };
}

const told = ({ mean, error, least, most }: OverNetworks) =>
  `${mean.toFixed(3)}${error === null ? '' : ` ± ${error.toFixed(3)} (standard error), ${least.toFixed(3)} to ${most.toFixed(3)}`}`;

function summaryOf(rows: readonly Row[], { seed, count, arguments: asked }: Asked, { version }: Invocation) {
  const over = (of: (row: Row) => number) => overNetworks(rows.map(of));
  const recalls = Object.keys(rows[0]).filter((name) => name.startsWith('recalled_at_'));
  return {
    ...{ program: `engram ${version}`, seed, networks: count, asked },
    learned: over(({ learned, channels }) => Number(learned) / Number(channels)),
    precision: over((row) => Number(row.forced_precision)),
    loss: over((row) => Number(row.loss)),
    multiply_adds: over((row) => Number(row.multiply_adds)),
    ...Object.fromEntries(recalls.map((name) => [name, over((row) => Number(row[name]))])),
  };
}
