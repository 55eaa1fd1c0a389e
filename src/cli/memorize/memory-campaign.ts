/**
 * A memory that is stored by parts, on any machines that see its directory: a campaign whose tasks are neurons. No neuron looks at
 * another, and the inputs of each are drawn from a stream of its own: a part makes the score and its own neurons' inputs, no
 * others. The campaign of `memory-1` lies in `memory-1.shards`; a result is the report of a neuron.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Asked, askedOf, beginCommand, type Invocation, openCommand, optionsFrom } from '../../app/index.js';
import {
  bytesOfCell,
  type Campaign,
  keepNear,
  readShard,
  shardCount,
  shardFiles,
  valueIn,
} from '../../campaign/index.js';
import { EngramError } from '../../core/index.js';
import type { NeuronReport } from '../../memory/memorize/index.js';
import { type MemorizeOptions, memorizeOptions } from './memorize-options.js';

/** The command that stores a memory, by which its campaigns are known. */
const COMMAND = 'memorize';
/** Seconds per input and spike of a neuron, roughly. */
const SECONDS = 1e-6;

/** Where the campaign of a memory lies. */
export const shardsOf = (directory: string): string => `${directory.replace(/(\.shards)?\/*$/, '')}.shards`;

/** Whether a memory is being stored by parts. */
export const isSharded = (directory: string): boolean => existsSync(join(shardsOf(directory), 'plan.json'));

/** Begins the campaign of a memory, whose neurons have so many inputs and spikes each. */
export function beginMemory(
  directory: string,
  invocation: Invocation,
  seed: number,
  { channels, inputs, spikes }: { channels: number; inputs: number; spikes: number },
): Campaign {
  const seconds = SECONDS * inputs * Math.max(spikes, 1);
  const asked = { seed, count: channels, seconds, ...askedOf(invocation.args, memorizeOptions) };
  return beginCommand(shardsOf(directory), COMMAND, asked, invocation);
}

/** Opens the campaign of a memory. Throws `usage` if there is none, or if files that it reads have been changed. */
export const openMemory = (directory: string, invocation: Invocation): { campaign: Campaign; asked: Asked } =>
  openCommand(shardsOf(directory), invocation, COMMAND);

/** The options of a memory, as they were asked. */
export const optionsOfMemory = ({ seed, arguments: args }: Asked, directory: string): MemorizeOptions => ({
  ...optionsFrom<MemorizeOptions>(args, memorizeOptions),
  seed,
  out: directory,
});

/** Reports of neurons, in their order, as often as they are asked for. */
export interface Reports extends Iterable<NeuronReport> {
  readonly count: number;
  close(): void;
}

/**
 * All reports of a finished campaign; read shard by shard, and once only where this
 * machine has a disk of its own. Throws `usage` if the campaign is not finished.
 */
export function reportsOf(campaign: Campaign): Reports {
  const { directory, plan } = campaign;
  const unfinished = () =>
    new EngramError('usage', `${directory} is not finished; see: npx memorize experiment status ${directory}`);
  const { count, bytes } = shardFiles(campaign);
  if (count < shardCount(plan)) throw unfinished();
  function* reports() {
    for (let shard = 0; shard < shardCount(plan); shard++) {
      const rows = readShard(campaign, shard);
      if (!rows) throw unfinished();
      for (const [{ report }] of rows) yield bytesOfCell(report);
    }
  }
  const { each, close } = keepNear(reports, bytes);
  return {
    count: plan.tasks,
    close,
    *[Symbol.iterator]() {
      for (const bytes of each()) yield valueIn(bytes) as NeuronReport;
    },
  };
}
