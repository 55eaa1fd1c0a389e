/** What the commands on a stored network share: options, the network itself, and a directory of results. */
import { join } from 'node:path';
import {
  grouped,
  type Invocation,
  integer,
  type OptionSpec,
  option,
  type Run,
  type RunOptions,
  runOptions,
  type Screen,
  seedOf,
  withRun,
  workersOf,
} from '../../app/index.js';
import { EngramError, formatTime } from '../../core/index.js';
import { loadNetworkFile, type StoredNetwork } from '../../memory/files/node.js';
import { delayRange } from '../../memory/network/index.js';
import { channelCount, type Score } from '../../memory/score/index.js';
import { warnOfChanges } from './changed.js';
import { refuseDelays } from './delays.js';
import { describeModel } from './neuron-options.js';

export interface NetworkOptions extends RunOptions {
  memory: number;
}

export const NETWORK = ['<network>', 'directory of results, network.npz, or a published network'] as const;

/** @param kind what the results are called: `recall` for `recall-<seed>` */
export const networkOptions = (kind: string): OptionSpec[] =>
  runOptions(kind, [option('--memory <n>', 'of several memories in the network, which one', integer(1), 1)]);

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
  write(name: Name, data: Uint8Array | string): void;
}

/** What was found: its summary, the files that it drew, and what to do next. */
export interface NetworkFindings {
  summary: object;
  figures: string[];
  next: string;
}

/** Does some work on a stored network, with results called `<kind>-<seed>`, and returns the exit code. */
export async function runOnNetwork<Name extends string>(
  kind: string,
  path: string,
  options: NetworkOptions,
  names: readonly Name[],
  invocation: Invocation,
  work: (run: NetworkRun<Name>) => Promise<NetworkFindings>,
): Promise<number> {
  if (options.json && options.quiet) {
    throw new EngramError('usage', '--json and --quiet contradict each other: one prints the summary, one nothing');
  }
  const seed = seedOf(options);
  const directory = options.out ?? `${kind}-${seed}`;
  const { stored, other } = memoryOf(loadNetworkFile(path), options.memory);
  const { score, network, tau0 } = stored;
  if (network.sources.length > 0) {
    refuseDelays(
      delayRange(network),
      tau0,
      'usage',
      (allowed, got) => `${path}: the simulator takes delays of ${allowed}; got ${got}`,
    );
  }
  if (kind !== 'simulation' && score.times.length === 0) {
    const which = options.memory > 1 ? `memory ${options.memory} of ${path}` : path;
    throw new EngramError(
      'input',
      `${which} has no spikes: there is nothing to recall, and nothing that could be unstable`,
    );
  }
  const workers = workersOf(options);
  return withRun({ options, directory, names, workers, invocation }, async ({ screen, map, results, finish }) => {
    const channels = channelCount(score);
    describe(screen, stored, path, seed, invocation.version);
    const write = (name: Name, data: Uint8Array | string) => results.write(name, data);
    const { summary, figures, next } = await work({
      path,
      args: invocation.args,
      stored,
      other,
      channels,
      seed,
      directory,
      screen,
      map,
      write,
    });
    const head = {
      program: `engram ${invocation.version}`,
      seed,
      channels,
      spikes: score.times.length,
      synapses: network.sources.length,
      period_s: score.period * tau0,
      refractory_s: tau0,
    };
    finish({ ...head, ...summary }, { figures, results: join(directory, 'summary.json'), next });
    return 0;
  });
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
  return { stored: { ...stored, score: scores[memory - 1] }, other };
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
