/** What the commands on a stored network share: options, a directory of results, workers, interruption, run.json. */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createScreen, grouped, type Invocation, onInterruption, runRecord, type Screen } from '../../app/index.js';
import { createPool } from '../../campaign/index.js';
import { EngramError, formatTime, type ParallelMap } from '../../core/index.js';
import { openResults, type Results } from '../../files/node.js';
import { loadNetworkFile, type StoredNetwork } from '../../memory/files/node.js';
import { delayRange } from '../../memory/network/index.js';
import { channelCount } from '../../memory/score/index.js';
import { LONGEST_DELAY, SHORTEST_DELAY } from '../../memory/simulate/index.js';
import { describeModel } from './neuron-options.js';
import * as parse from './options.js';

export interface CommonOptions {
  memory: number;
  seed?: number;
  workers?: number;
  out?: string;
  force?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export const addCommonOptions = (command: Command, directory: string): Command =>
  command
    .option('--seed <n>', 'seed of all random numbers (default: drawn, and printed)', parse.integer('--seed', 0))
    .option(
      '--workers <n>',
      'threads (default: one per processor); the results do not depend on it',
      parse.integer('--workers', 1, 1024),
    )
    .option('--memory <n>', 'of several memories in the network, which one', parse.integer('--memory', 1), 1)
    .option('--out <dir>', `directory of the results (default: ${directory}-<seed>)`, parse.path('--out'))
    .option('--force', 'replace files in an existing directory')
    .option('--json', 'print summary.json on stdout and nothing else')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', '\nExit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted');

export interface Tools<Name extends string> {
  readonly stored: StoredNetwork;
  readonly channels: number;
  readonly seed: number;
  readonly directory: string;
  readonly screen: Screen;
  readonly map: ParallelMap;
  write(name: Name, data: Uint8Array | string): void;
}

/** What was found: its summary, the files that it drew, and what to do next. */
export interface Findings {
  summary: object;
  figures: string[];
  next: string;
}

/**
 * Does some work on a stored network and returns the exit code. Results appear whole or not at all; summary.json
 * holds nothing of clock or machine, run.json the rest.
 */
export async function onNetwork<Name extends string>(
  kind: string,
  path: string,
  options: CommonOptions,
  names: readonly Name[],
  { args, version }: Invocation,
  work: (tools: Tools<Name>) => Promise<Findings>,
): Promise<number> {
  const started = performance.now();
  if (options.json && options.quiet) {
    throw new EngramError('usage', '--json and --quiet contradict each other: one prints the summary, one nothing');
  }
  const seed = options.seed ?? randomInt(10000);
  const directory = options.out ?? `${kind}-${seed}`;
  const workers = options.workers ?? Math.min(availableParallelism(), 64);
  const screen = createScreen({ lines: !options.quiet && !options.json, progress: !options.quiet });
  const stored = memoryOf(loadNetworkFile(path), options.memory);
  refuseDelays(stored, path);
  let files: Results<Name | 'summary.json' | 'run.json'> | undefined;
  process.once('exit', () => files?.discard());
  const interrupted = onInterruption();
  const results = openResults(directory, [...names, 'summary.json', 'run.json'], { force: options.force });
  files = results;
  const pool = createPool(workers);
  const run = async () => {
    const channels = channelCount(stored.score);
    describe(screen, stored, path, seed, version);
    const write = (name: Name, data: Uint8Array | string) => results.write(name, data);
    const tools = { stored, channels, seed, directory, screen, map: pool.map, write };
    const { summary, figures, next } = await work(tools);
    const head = {
      program: `engram ${version}`,
      seed,
      channels,
      spikes: stored.score.times.length,
      synapses: stored.network.sources.length,
      period_s: stored.score.period * stored.tau0,
      refractory_s: stored.tau0,
    };
    const text = `${JSON.stringify({ ...head, ...summary }, null, 2)}\n`;
    results.write('summary.json', text);
    results.write('run.json', runRecord(args, workers, started));
    results.commit();
    if (options.json) process.stdout.write(text);
    if (figures.length > 0) screen.line('figures', figures.map((name) => join(directory, name)).join('  '));
    screen.line('results', join(directory, 'summary.json'));
    screen.line('next', next);
    return 0;
  };
  try {
    const code = await Promise.race([run(), interrupted()]);
    await pool.close();
    return code;
  } finally {
    screen.stop();
    results.discard();
  }
}

/** The network with the chosen one of its memories as the score. */
function memoryOf(stored: StoredNetwork, memory: number): StoredNetwork {
  const scores = [stored.score, ...(stored.memory?.others ?? [])];
  if (memory > scores.length) {
    throw new EngramError(
      'usage',
      `--memory must be from 1 to ${scores.length}, the number of memories; got ${memory}`,
    );
  }
  return { ...stored, score: scores[memory - 1] };
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
  else if (unsolved > 0)
    screen.line('warning', `${unsolved} of ${channels} neurons are not stored: recall will suffer`);
}

function refuseDelays({ network, tau0 }: StoredNetwork, path: string): void {
  const [shortest, longest] = delayRange(network);
  if (network.sources.length === 0 || (shortest >= SHORTEST_DELAY && longest <= LONGEST_DELAY)) return;
  const label = (time: number) => formatTime(time * tau0);
  throw new EngramError(
    'usage',
    `${path}: the simulator takes delays of ${label(SHORTEST_DELAY)} to ${label(LONGEST_DELAY)}; got ${label(shortest)} to ${label(longest)}`,
  );
}
