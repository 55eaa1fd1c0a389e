/**
 * A command whose heavy work is one call of the parallel map, done by parts: `--shard k/K` does some of its tasks, `--launcher slurm`
 * hands all of them in, and `--resume` makes of their results what the command makes in one go. The campaign of `scale-1` lies in
 * `scale-1.shards`; a cell is what the job gives for a task.
 */
import {
  type Asked,
  createScreen,
  type Invocation,
  type LauncherOptions,
  launchWork,
  type Part,
  quote,
  type RunOptions,
  workersOf,
} from '../../app/index.js';
import {
  bytesOfCell,
  type Campaign,
  cellOf,
  createPool,
  inSharedMemory,
  isLeft,
  progressOf,
  readShard,
  shardCount,
  type TaskRunner,
  valueIn,
} from '../../campaign/index.js';
import { EngramError, type ParallelMap } from '../../core/index.js';
import { runMissing } from './run-missing.js';

/** The one call of the parallel map that some work makes, found out without doing it. */
export interface Call {
  readonly module: string;
  readonly name: string;
  readonly shared: unknown;
  readonly count: number;
}

export async function callOf(work: (map: ParallelMap) => Promise<unknown>): Promise<Call> {
  let call: Call | undefined;
  await work(async ({ name, module }, shared, count) => {
    call = { name, module, shared, count };
  });
  if (!call) throw new Error('the work makes no call of the parallel map');
  return call;
}

/** The map that hands out what the parts have found. Throws `usage` if some of it is missing. */
export function mapOf(campaign: Campaign, resume: string): ParallelMap {
  const { directory, plan } = campaign;
  return async (_, __, ___, each) => {
    for (let shard = 0; shard < shardCount(plan); shard++) {
      const rows = readShard(campaign, shard);
      if (!rows) throw new EngramError('usage', `${directory} is not finished; go on with: npx ${resume} --shard 1/1`);
      rows.forEach(([{ result }], i) => {
        each(valueIn(bytesOfCell(result)) as Parameters<typeof each>[0], plan.shards[shard] + i);
      });
    }
  };
}

export interface ByParts extends Pick<RunOptions, 'workers' | 'quiet' | 'json'>, LauncherOptions {
  shard?: Part | undefined;
  workers?: number | undefined;
}

/**
 * Does a part of the tasks, or hands all of them in.
 * @param directory of the results
 * @param words by which the program knows the command
 * @param command that a person types
 */
export async function runByParts(
  { campaign, asked, call }: { campaign: Campaign; asked: Asked; call: () => Promise<Call> },
  { directory, words, command }: { directory: string; words: readonly string[]; command: string },
  options: ByParts,
  invocation: Invocation,
): Promise<number> {
  const screen = createScreen({ lines: !options.quiet && !options.json, progress: false });
  const resume = [...words, '--resume', directory];
  if (options.launcher) {
    const { shards, finished, cost, finishedCost } = progressOf(campaign);
    const work = {
      ...{ name: words.join('-'), directory: campaign.directory, work: resume, merge: [...resume, '--quiet'] },
      ...{ seconds: cost - finishedCost, longest: asked.seconds, shards: shards - finished },
      isLeft: (k: number, of: number) => isLeft(campaign, { k, of }),
    };
    return launchWork(work, options, invocation, screen);
  }
  const workers = workersOf(options);
  const part = options.shard as Part;
  const { name, module, shared: given } = await call();
  const shared = inSharedMemory(given);
  const runner = (stop: Int32Array) => {
    const pool = createPool(workers);
    const run: TaskRunner = async (items) => {
      const results = await pool.run({ name, module, call: campaign.id, shared, items, stop });
      return results.map((result) => [{ result: cellOf(result) }]);
    };
    return { run, close: pool.close };
  };
  const goOn = `npx ${command} --resume ${quote(directory)}`;
  const again = `${goOn} --shard ${part.k}/${part.of}`;
  const { finished, shards } = await runMissing(campaign, { workers, part, quiet: options.quiet, goOn: again, runner });
  screen.line('done', `${finished} of ${shards} shards are there`);
  if (finished === shards) screen.line('next', goOn);
  return 0;
}
