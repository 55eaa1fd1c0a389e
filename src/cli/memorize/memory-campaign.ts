/**
 * A memory that is stored by parts, on any machines that see its directory: a campaign whose tasks are neurons. No neuron looks at
 * another, and the inputs of each are drawn from a stream of its own: a part makes the score and its own neurons' inputs, no
 * others. The campaign of `memory-1` lies in `memory-1.shards`; a result is the report of a neuron.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { checksum, flagOf, type Invocation, optionsFrom, optionsOf } from '../../app/index.js';
import {
  beginCampaign,
  type Campaign,
  openCampaign,
  type Plan,
  planOf,
  readPlan,
  readShard,
  shardCount,
  type Tasks,
} from '../../campaign/index.js';
import { EngramError } from '../../core/index.js';
import type { Journal } from '../../files/node.js';
import type { NeuronReport } from '../../memory/memorize/index.js';
import { type MemorizeOptions, memorizeOptions } from './memorize-options.js';

const schema = z.object({
  seed: z.number(),
  /** What was asked of the memory, without what says how it is computed; paths are absolute. */
  arguments: z.array(z.string()),
  /** Input files with the checksums of their content. */
  files: z.record(z.string(), z.string()),
  channels: z.number(),
  /** Estimated seconds of a neuron. */
  seconds: z.number(),
});
export type MemoryConfig = z.infer<typeof schema>;

/** Seconds per input and spike of a neuron, roughly. */
const SECONDS = 1e-6;

/** The neurons, each a task. */
export const memoryTasks: Tasks<MemoryConfig, number> = {
  name: 'memorize',
  tasks: ({ channels }) => Array.from({ length: channels }, (_, neuron) => neuron),
  cost: (_, { seconds }) => seconds,
};
const tasks = memoryTasks as unknown as Tasks<unknown, unknown>;

/** Where the campaign of a memory lies. */
export const shardsOf = (directory: string): string => `${directory.replace(/(\.shards)?\/*$/, '')}.shards`;

/** Whether a memory is being stored by parts. */
export const isSharded = (directory: string): boolean => existsSync(join(shardsOf(directory), 'plan.json'));

/** Options that say how a memory is computed, not what it is. */
const HOW = [
  ...['--out', '--workers', '--quiet', '--json', '--force', '--seed', '--resume', '--shard'],
  ...['--launcher', '--shards', '--time', '--partition', '--mem', '--account', '--sbatch', '--dry-run'],
];

/** What is asked, in the words that all parts share. */
export function configOf(
  args: readonly string[],
  seed: number,
  size: { channels: number; inputs: number; spikes: number },
): MemoryConfig {
  const reads = memorizeOptions.filter((spec) => spec.reads).map(flagOf);
  const kept = optionsOf(args)
    .filter(([flag]) => !HOW.includes(flag))
    .map(([flag, ...words]) => (reads.includes(flag) ? [flag, resolve(words[0])] : [flag, ...words]));
  const files = kept.filter(([flag]) => reads.includes(flag)).map(([, path]) => [path, checksum(path)] as const);
  return {
    seed,
    arguments: kept.flat(),
    files: Object.fromEntries(files),
    channels: size.channels,
    seconds: SECONDS * size.inputs * Math.max(size.spikes, 1),
  };
}

export const beginMemory = (directory: string, config: MemoryConfig, { version }: Invocation): Campaign =>
  beginCampaign(shardsOf(directory), planOf(memoryTasks, config, `engram ${version}`), tasks);

/** The plan of a memory's campaign, if a plan is one. */
export const memoryConfigOf = (plan: Plan): MemoryConfig | undefined =>
  plan.experiment === memoryTasks.name ? schema.parse(plan.config) : undefined;

/** Opens the campaign of a memory. Throws `usage` if there is none, or if files that it reads have been changed. */
export function openMemory(directory: string, { version }: Invocation): { campaign: Campaign; config: MemoryConfig } {
  const place = shardsOf(directory);
  const plan = readPlan(place);
  const config = memoryConfigOf(plan);
  if (!config) throw new EngramError('usage', `${place} is no memory but the experiment ${plan.experiment}`);
  for (const [path, sum] of Object.entries(config.files)) {
    if (checksum(path) === sum) continue;
    throw new EngramError('usage', `${path} is not the file that the memory was begun with`);
  }
  return { campaign: openCampaign(place, plan, tasks, `engram ${version}`), config };
}

/** The options of a memory, as they were asked. */
export const optionsOfMemory = (config: MemoryConfig, directory: string): MemorizeOptions => ({
  ...optionsFrom<MemorizeOptions>(config.arguments, memorizeOptions),
  seed: config.seed,
  out: directory,
});

/** A report as a cell of a table: the structured clone of the value, in base64. */
export const cellOf = (report: NeuronReport): string => serialize(report).toString('base64');
const reportOf = (cell: unknown): NeuronReport => deserialize(Buffer.from(String(cell), 'base64')) as NeuronReport;

/** All reports of a finished campaign, read shard by shard, as if they had just been written down. Throws `usage` if it is not finished. */
export function journalOf(campaign: Campaign): Journal<NeuronReport> {
  const shards = shardCount(campaign.plan);
  const read = (shard: number) => {
    const rows = readShard(campaign, shard);
    if (rows) return rows;
    throw new EngramError(
      'usage',
      `${campaign.directory} is not finished; see: npx memorize experiment status ${campaign.directory}`,
    );
  };
  for (let shard = 0; shard < shards; shard++) read(shard);
  return {
    count: campaign.plan.tasks,
    append: () => {
      throw new Error('a finished campaign takes no more reports');
    },
    close: () => {},
    *[Symbol.iterator]() {
      for (let shard = 0; shard < shards; shard++) for (const [{ report }] of read(shard)) yield reportOf(report);
    },
  };
}
