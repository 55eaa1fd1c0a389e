/** What the commands on a stored network share: options, the network itself, and a directory of results. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  grouped,
  type Invocation,
  integer,
  keptMap,
  type OptionSpec,
  openWork,
  option,
  pngOption,
  quote,
  type Run,
  type RunOptions,
  requestOf,
  runOptions,
  type Screen,
  seedOf,
  withRun,
  workersOf,
} from '../../app/index.js';
import { EngramError, formatTime } from '../../core/index.js';
import type { Journal } from '../../files/node.js';
import { loadNetworkFile, type StoredNetwork } from '../../memory/files/node.js';
import { delayRange } from '../../memory/network/index.js';
import { channelCount, type Score, withIds } from '../../memory/score/index.js';
import { warnOfChanges } from './changed.js';
import { refuseDelays } from './delays.js';
import { describeModel } from './neuron-options.js';
import { refuseTooMany } from './room.js';

export interface NetworkOptions extends RunOptions {
  memory: number;
}

export const NETWORK = ['[network]', 'directory of results, network.npz, or a published network'] as const;

/** @param kind what the results are called: `recall` for `recall-<seed>` */
export const networkOptions = (kind: string): OptionSpec[] =>
  runOptions(
    kind,
    [option('--memory <n>', 'of several memories in the network, which one', integer(1), 1), pngOption],
    {
      resume: true,
    },
  );

export const NETWORK_EXIT_CODES = 'Exit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted';

/** What the work on a network is given. */
export interface NetworkRun<Name extends string> extends Pick<Run<Name>, 'screen' | 'map'> {
  readonly path: string;
  /** As the command was typed. */
  readonly args: readonly string[];
  readonly stored: StoredNetwork;
  /** The memory that follows the chosen one, of several. */
  readonly other: Score | undefined;
  readonly channels: number;
  readonly seed: number;
  readonly directory: string;
  /** What an interrupted run has finished, for work that goes on with it by other means than the map. */
  readonly journal: Journal<unknown>;
  write(name: Name, data: Uint8Array | string): void;
}

/** What was found: its summary, the files that it drew, and what to do next. */
export interface NetworkFindings {
  summary: object;
  figures: string[];
  next: string;
}

/** A command on a stored network. */
export interface NetworkCommand<Name extends string> {
  readonly name: string;
  /** What its results are called: `recall` for `recall-<seed>`, beside the network. */
  readonly kind: string;
  readonly options: readonly OptionSpec[];
  /** All files that it may write beside its records. */
  readonly names: readonly Name[];
}

/** Does some work on a stored network, or goes on with it, and returns the exit code. */
export async function runOnNetwork<Name extends string, Options extends NetworkOptions>(
  command: NetworkCommand<Name>,
  network: string,
  given: Options,
  called: Invocation,
  work: (run: NetworkRun<Name>, options: Options) => Promise<NetworkFindings>,
): Promise<number> {
  const resumable = { ...command, program: 'memorize', result: 'summary.json', reads: true };
  const request = requestOf(given, called, resumable, network);
  const { options, invocation, continued, argument: path } = request;
  if (path === '') throw new EngramError('usage', "missing required argument 'network'");
  if (options.json && options.quiet) {
    throw new EngramError('usage', '--json and --quiet contradict each other: one prints the summary, one nothing');
  }
  const { stored, other } = memoryOf(loadNetworkFile(path), options.memory);
  refuseNetwork(stored, path, command.kind, options.memory);
  refuseTooMany(path, stored.network.sources.length, workersOf(options));
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const named = join(isFolder ? path : dirname(path), command.kind);
  const seed = seedOf(options, named);
  const directory = options.out ?? `${named}-${seed}`;
  let journal: Journal<unknown> | undefined;
  const salvage = () =>
    journal?.count
      ? { kept: `what is finished is kept, go on with: npx memorize ${command.name} --resume ${quote(directory)}` }
      : undefined;
  const workers = workersOf(options);
  const frame = { options, directory, names: command.names, workers, invocation, continued, salvage };
  return withRun(frame, async (run) => {
    const file = isFolder ? join(path, 'network.npz') : path;
    const finished = openWork<unknown, Options>(directory, run, request, seed, command.options, [file]);
    journal = finished;
    const channels = channelCount(stored.score);
    describe(run.screen, stored, path, seed, invocation.version);
    if (finished.count > 0) run.screen.line('resumed', 'what was finished is not done again');
    const write = (name: Name, data: Uint8Array | string) => run.results.write(name, data);
    const { map } = keptMap(run.spread, finished, directory);
    const tools = { screen: run.screen, map, journal: finished, write };
    const { summary, figures, next } = await work(
      { path, args: invocation.args, stored, other, channels, seed, directory, ...tools },
      options,
    );
    finished.close();
    const { score, network: wired, tau0 } = stored;
    const head = {
      program: `engram ${invocation.version}`,
      seed,
      channels,
      spikes: score.times.length,
      synapses: wired.sources.length,
      period_s: score.period * tau0,
      refractory_s: tau0,
    };
    run.finish({ ...head, ...summary }, { figures, results: join(directory, 'summary.json'), next });
    return 0;
  });
}

/** Refuses what the simulator cannot take, and what leaves nothing to measure. */
function refuseNetwork({ score, network, tau0 }: StoredNetwork, path: string, kind: string, memory: number): void {
  if (network.sources.length > 0) {
    refuseDelays(
      delayRange(network),
      tau0,
      'usage',
      (allowed, got) => `${path}: the simulator takes delays of ${allowed}; got ${got}`,
    );
  }
  if (kind !== 'simulation' && score.times.length === 0) {
    throw new EngramError(
      'input',
      `${memory > 1 ? `memory ${memory} of ${path}` : path} has no spikes: there is nothing to recall, and nothing that could be unstable`,
    );
  }
}

/** The network with the chosen one of its memories as the score, and the memory that follows. */
function memoryOf(stored: StoredNetwork, memory: number): Pick<NetworkRun<never>, 'stored' | 'other'> {
  const scores = [stored.score, ...(stored.memory?.others ?? [])];
  if (memory > scores.length) {
    throw new EngramError(
      'usage',
      `--memory must be from 1 to ${scores.length}, the number of memories; got ${memory}`,
    );
  }
  const other = scores.length > 1 ? scores[memory % scores.length] : undefined;
  return { stored: { ...stored, score: withIds(scores[memory - 1], stored.score.ids) }, other };
}

function describe(screen: Screen, stored: StoredNetwork, path: string, seed: number, version: string): void {
  const { score, network, model, tau0, statuses, memory } = stored;
  const channels = channelCount(score);
  const duration = score.period * tau0;
  const rate = score.times.length / channels / duration;
  screen.plain(`engram ${version} · seed ${seed} (reuse: --seed ${seed})`);
  screen.line(
    'memory',
    `${path} · ${grouped(channels)} channels · ${formatTime(duration)} · ${grouped(score.times.length)} spikes · ${Number(rate.toPrecision(2))} Hz · ${grouped(network.sources.length)} synapses`,
  );
  if (model) screen.line('neurons', describeModel(model, tau0));
  const unsolved = statuses?.filter((status) => status !== 'solved').length ?? 0;
  const method = memory?.header.training?.method;
  if (method) screen.line('trained', `by ${method}; ${channels - unsolved} of ${channels} neurons obey the template`);
  warnOfChanges(screen, stored);
  if (!method && unsolved > 0)
    screen.line('warning', `${unsolved} of ${channels} neurons are not stored: recall will suffer`);
}
