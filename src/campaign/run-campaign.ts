/**
 * Runs what is missing of a campaign. What is missing is found by looking at the finished shards; there is no other
 * record. Any number of processes may do this at once, on any machines that see the directory.
 */
import { claimShard, isClaimed, releaseShard, TOUCH, touchClaim } from './claims.js';
import type { Row } from './experiment.js';
import { type Campaign, shardCount } from './plan.js';
import { createPool } from './pool.js';
import { readPartial, readShard, type TaskRows, tasksIn, writeShard } from './shards.js';
import type { Runnable } from './worker.js';

/** Does tasks of the campaign, as many as it gets to before `stop`. */
export type TaskRunner = (tasks: readonly unknown[]) => Promise<Row[][]>;

export interface RunOptions {
  /** Shards in work at a time. */
  workers: number;
  run: TaskRunner;
  /** Set to 1 to let running tasks end, keep them, and begin no others. */
  stop: Int32Array;
  /** Only every K-th shard, from the (k - 1)-th on. */
  part?: { k: number; of: number } | undefined;
  /** Called with the estimated seconds of work that have been added to what is finished, and the tasks. */
  each?: ((cost: number, tasks: number) => void) | undefined;
}

export interface Progress {
  shards: number;
  finished: number;
  tasks: number;
  finishedTasks: number;
  /** Estimated seconds of work of all tasks, and of the finished ones. */
  cost: number;
  finishedCost: number;
  /** Shards that some process is at. */
  claimed: number;
}

/** How far a campaign is. */
export function progressOf(campaign: Campaign): Progress {
  const { plan, costs } = campaign;
  const shards = shardCount(plan);
  const progress = { shards, finished: 0, tasks: plan.tasks, finishedTasks: 0, cost: 0, finishedCost: 0, claimed: 0 };
  for (let shard = 0; shard < shards; shard++) {
    const whole = readShard(campaign, shard);
    const done = whole ? whole.length : readPartial(campaign, shard).length;
    if (whole) progress.finished++;
    else if (isClaimed(campaign, shard)) progress.claimed++;
    progress.finishedTasks += done;
    progress.finishedCost += costOf(campaign, shard, 0, done);
  }
  progress.cost = costs.reduce((a, b) => a + b, 0);
  return progress;
}

function costOf({ plan, costs }: Campaign, shard: number, from: number, to: number): number {
  const first = plan.shards[shard];
  return costs.subarray(first + from, first + to).reduce((a, b) => a + b, 0);
}

/** Whether a shard belongs to a part. */
const isOf = (shard: number, { k, of }: { k: number; of: number }) => shard % of === k - 1;

/** Whether a part of a campaign has shards that are not finished. */
export function isLeft(campaign: Campaign, part: { k: number; of: number }): boolean {
  for (let shard = part.k - 1; shard < shardCount(campaign.plan); shard += part.of) {
    if (!readShard(campaign, shard)) return true;
  }
  return false;
}

/**
 * Runs the missing shards that nobody else is at. Afterwards nothing is half-written and no claim is left. Throws the
 * first failure, after the running tasks have ended.
 */
export async function runCampaign(campaign: Campaign, options: RunOptions): Promise<void> {
  const { workers, run, stop, part, each } = options;
  const missing = Array.from({ length: shardCount(campaign.plan) }, (_, shard) => shard).filter(
    (shard) => (!part || isOf(shard, part)) && !readShard(campaign, shard),
  );
  const held = new Set<number>();
  const touching = setInterval(() => held.forEach((shard) => touchClaim(campaign, shard)), TOUCH);
  touching.unref();
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
    Atomics.store(stop, 0, 1);
  };

  const doShard = async (shard: number) => {
    if (!claimShard(campaign, shard)) return;
    held.add(shard);
    try {
      // Another process may have finished it since the directory was looked through.
      if (readShard(campaign, shard)) return;
      const before: TaskRows = readPartial(campaign, shard);
      const first = campaign.plan.shards[shard];
      const found = await run(campaign.tasks.slice(first + before.length, first + tasksIn(campaign, shard)));
      const done = before.length + found.length;
      if (found.length > 0 || done === tasksIn(campaign, shard)) writeShard(campaign, shard, [...before, ...found]);
      each?.(costOf(campaign, shard, before.length, done), found.length);
    } finally {
      held.delete(shard);
      releaseShard(campaign, shard);
    }
  };
  const worker = async () => {
    while (Atomics.load(stop, 0) === 0) {
      const shard = missing.shift();
      if (shard === undefined) return;
      await doShard(shard).catch(fail);
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, worker));
  } finally {
    clearInterval(touching);
  }
  if (failure) throw failure;
}

/** Runs tasks on threads, each by what the work makes of the configuration. */
export function createRunner(
  { id, plan }: Campaign,
  { name, module }: Runnable,
  workers: number,
  stop: Int32Array,
): { run: TaskRunner; close(): Promise<void> } {
  const { run, close } = createPool(workers);
  return {
    run: (items) => run({ name, module, call: id, shared: plan.config, items, stop }) as Promise<Row[][]>,
    close,
  };
}

/** Runs tasks on this thread, for what is small and for tests. */
export const serialRunner =
  (task: (task: unknown) => Row[] | Promise<Row[]>, stop: Int32Array): TaskRunner =>
  async (tasks) => {
    const results: Row[][] = [];
    for (const one of tasks) {
      if (Atomics.load(stop, 0) !== 0) break;
      results.push(await task(one));
    }
    return results;
  };
