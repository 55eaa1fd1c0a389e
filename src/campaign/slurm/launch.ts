/**
 * Hands a campaign to Slurm: one array whose tasks do the parts `k/K`, one job that merges when all of them have ended in
 * whatever way. What stands in the files of the campaign is the truth; Slurm only runs the commands that a person could type.
 * Everything that can be known to fail is refused before anything is handed in.
 *
 * The folder `slurm` of the campaign holds the scripts, the numbers of the jobs, and a log per task.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync, statfsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { EngramError } from '../../core/index.js';
import { guard, writeWhole } from '../../files/node.js';
import { dropLostClaims } from '../claims.js';
import { arrayScript, mergeScript } from './script.js';
import {
  askQueue,
  askSite,
  cancel,
  checkScript,
  isAlive,
  type Partition,
  type Site,
  slurmSeconds,
  submit,
} from './site.js';

/** Work that can be shared by parts. */
export interface Launch {
  readonly name: string;
  /** Of the campaign; it exists and is seen by all nodes. */
  readonly directory: string;
  /** The command that does a part, but for `--shard k/K`; the one that merges; and the one that says how things are. */
  readonly work: readonly string[];
  readonly merge: readonly string[];
  readonly status: readonly string[];
  /** Estimated seconds of all that is left to do, of its longest piece that cannot be interrupted, and the number of shards. */
  readonly seconds: number;
  readonly longest: number;
  readonly shards: number;
  /** Whether something of part k of K is left to do. */
  isLeft(k: number, of: number): boolean;
  /** Memory that is needed, in MB, by one of so many parts and by the merge, where that is known. */
  readonly memory?: { part(of: number): number; readonly merge: number } | undefined;
}

/** What a person asks of Slurm. */
export interface LaunchOptions {
  shards?: number | undefined;
  time?: string | undefined;
  partition?: string | undefined;
  mem?: string | undefined;
  account?: string | undefined;
  sbatch?: readonly string[] | undefined;
  dryRun?: boolean | undefined;
  workers?: number | undefined;
}

const record = z.object({
  array: z.string(),
  merge: z.string(),
  /** Number of parts, and those that were handed in. */
  of: z.number(),
  parts: z.array(z.number()),
  memory: z.string().optional(),
});
/** The jobs that a campaign was handed in as. */
export type Jobs = z.infer<typeof record>;

export interface Launched {
  readonly parts: number;
  readonly of: number;
  /** Seconds that a task is estimated to take. */
  readonly seconds: number;
  readonly time: string;
  readonly script: string;
  /** None of a dry run. */
  readonly jobs?: Jobs | undefined;
}

export const FOLDER = 'slurm';
/** A task is worth its start from so many seconds on. */
const LEAST_TASK = 60;
/** TERM may come so many seconds earlier than asked for, and a program needs some to begin and to end. */
const SPREAD = 60;
const SLACK = 30;
/** A machine may be so many times slower than the estimate. */
const SLOWER = 3;
const LEAST_TIME = 600;

const usage = (text: string) => new EngramError('usage', text);
const minutes = (seconds: number) => String(Math.ceil(seconds / 60));

/** The jobs of a campaign, if it was ever handed in. */
export function readJobs(directory: string): Jobs | undefined {
  const file = join(directory, FOLDER, 'jobs.json');
  if (!existsSync(file)) return undefined;
  const jobs = record.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!jobs.success) throw new EngramError('input', `${file} is broken; remove it to forget the jobs`);
  return jobs.data;
}

/** In how many parts the work is cut: of a minute at least, and no more than Slurm takes. */
function partsOf({ seconds, shards }: Launch, asked: number | undefined, most: number): number {
  if (asked !== undefined && asked > most) {
    throw usage(
      `--shards must be at most ${most}: this Slurm takes no larger array (MaxArraySize ${most + 1}); got ${asked}`,
    );
  }
  return Math.min(asked ?? Math.max(1, Math.floor(seconds / LEAST_TASK)), most, shards);
}

function partitionOf({ partitions }: Site, asked: string | undefined): Partition {
  const found = partitions.find(({ name, isDefault }) => (asked === undefined ? isDefault : name === asked));
  if (found) return found;
  const names = partitions.map(({ name }) => name).join(', ');
  throw usage(
    asked === undefined
      ? `this Slurm has no default partition; choose one with --partition: ${names}`
      : `--partition ${asked} does not exist; there are ${names}`,
  );
}

/** What a task may take, as Slurm writes it. */
function timeOf(asked: string | undefined, least: number, expected: number, partition: Partition | undefined): string {
  const longest = partition?.longest ?? Number.POSITIVE_INFINITY;
  const limit =
    asked === undefined ? Math.min(longest, Math.max(expected * SLOWER + least, LEAST_TIME)) : slurmSeconds(asked);
  if (limit > longest) {
    throw usage(`--time ${asked} is more than partition ${partition?.name} allows, ${minutes(longest)} minutes`);
  }
  if (limit < least) {
    const whose = asked === undefined ? `the limit of partition ${partition?.name}` : `--time ${asked}`;
    throw usage(
      `${whose} is too short: with the longest piece of work and the notice before the limit a task needs ${minutes(least)} minutes`,
    );
  }
  return asked ?? minutes(limit);
}

/** Megabytes of a size as Slurm writes it. */
function megabytesOf(size: string): number {
  const [, number, unit] = /^(\d+)([KMGT]?)$/i.exec(size) ?? [];
  return Number(number) * ({ K: 2 ** -10, G: 2 ** 10, T: 2 ** 20 }[unit.toUpperCase()] ?? 1);
}

/** Memory of a part and of the merge: what is asked for, or what is known to be needed. */
function memoryOf({ memory }: Launch, asked: string | undefined, of: number, partition: Partition | undefined) {
  const size = (needed: number | undefined) => (needed === undefined ? undefined : `${Math.ceil(needed)}M`);
  const part = asked ?? size(memory?.part(of));
  const merge = memory && memory.merge > megabytesOf(part as string) ? size(memory.merge) : part;
  for (const [whose, wanted] of [
    [asked ? `--mem ${asked}` : `a task needs ${part}, which`, part],
    [`the merge needs ${merge}, which`, merge],
  ] as const) {
    if (!partition || wanted === undefined || megabytesOf(wanted) <= partition.memory) continue;
    throw usage(
      `${whose} is more than any node of partition ${partition.name} has, ${partition.memory}M; choose another --partition, or ask for less`,
    );
  }
  return { part, merge };
}

/** Kinds of file systems that live in the memory of one machine. */
const IN_MEMORY = [0x01021994, 0x858458f6];
const OF_ONE_MACHINE = ['/tmp', '/var/tmp', '/dev/shm'];

/** Throws `usage` where a directory is of this machine alone, and others are to work in it. */
function refuseUnseen(directory: string, { hosts, name }: Partition): void {
  const own = hostname();
  const other = hosts.find((host) => host !== own && host !== own.split('.')[0] && host !== 'localhost');
  if (other === undefined) return;
  const path = realpathSync(directory);
  const scratch = process.env.TMPDIR ? [resolve(process.env.TMPDIR)] : [];
  const local = [...OF_ONE_MACHINE, ...scratch].find((folder) => path.startsWith(`${folder}/`));
  if (local === undefined && !IN_MEMORY.includes(statfsSync(path).type)) return;
  throw usage(
    `${directory} is on a disk of this machine (${local ?? 'in its memory'}) that other nodes of partition ${name}, such as ${other}, cannot see; choose a shared directory with --out`,
  );
}

/** Throws `usage` on a path that a line of options for Slurm cannot hold: a backslash switches off the numbers in the names of logs. */
function refuseUnreadable(path: string): void {
  if (/["\\\n]/.test(path))
    throw usage(
      `${path}: Slurm reads no path with a quotation mark, a backslash or a line break; choose another with --out`,
    );
}

/**
 * Writes the scripts and hands them in, unless it is a dry run, for which there need not be a Slurm. Throws `usage`, with nothing
 * handed in, where Slurm is not there, refuses, or would let the work fail.
 */
export function launchOnSlurm(launch: Launch, options: LaunchOptions): Launched {
  const { directory, name, seconds, longest } = launch;
  const site = siteOf(options);
  const partition = site && partitionOf(site, options.partition);
  const before = readJobs(directory);
  if (site && before) refuseTwice(directory, before);
  // None of this campaign is at work any more.
  if (before) dropLostClaims(directory, (task) => task.startsWith(`${before.array}_`));
  const of = partsOf(launch, options.shards, (site?.maxArraySize ?? 1001) - 1);
  const parts = Array.from({ length: of }, (_, i) => i + 1).filter((k) => launch.isLeft(k, of));
  const processors = options.workers ?? 1;
  const expected = Math.max(seconds / Math.max(parts.length, 1) / processors, longest);
  const notice = SLACK + Math.ceil(SLOWER * longest);
  const time = timeOf(options.time, notice + SPREAD + longest, expected, partition);
  const memory = memoryOf(launch, options.mem, of, partition);
  if (partition) refuseUnseen(directory, partition);
  const folder = resolve(directory, FOLDER);
  for (const path of [folder, process.cwd()]) refuseUnreadable(path);
  const { account, sbatch: lines = [] } = options;
  const seen = resolve(directory, 'plan.json');
  const common = { name, logs: folder, folder: process.cwd(), seen, time, account, processors, lines };
  const batch = { ...common, partition: options.partition };
  const script = join(folder, 'array.sbatch');
  const merging = join(folder, 'merge.sbatch');
  guard(folder, () => mkdirSync(folder, { recursive: true }));
  writeWhole(script, arrayScript({ ...batch, memory: memory.part, parts, of, notice, work: launch.work }));
  writeWhole(merging, mergeScript({ ...batch, memory: memory.merge, merge: launch.merge, status: launch.status }));
  const launched = {
    parts: parts.length,
    of,
    seconds: expected,
    time,
    script: join(directory, FOLDER, 'array.sbatch'),
  };
  if (options.dryRun) return launched;
  for (const one of [script, merging]) checkScript(one);
  return { ...launched, jobs: handIn(folder, { of, parts, memory: memory.part }) };
}

/** What the site allows; of a dry run it need not be known. */
function siteOf({ dryRun }: LaunchOptions): Site | undefined {
  try {
    return askSite();
  } catch (error) {
    if (dryRun) return undefined;
    throw error;
  }
}

function refuseTwice(directory: string, { array, merge }: Jobs): void {
  const alive = askQueue([array, merge]).find(isAlive);
  if (!alive) return;
  throw usage(
    `${directory} is at work already as jobs ${array} and ${merge}; see: memorize experiment status ${directory}, or stop it first by: scancel ${array} ${merge}`,
  );
}

/** Hands in the array and its merge, or neither. */
function handIn(folder: string, about: Omit<Jobs, 'array' | 'merge'>): Jobs {
  // Where everything is done already there is only something to merge.
  const array = about.parts.length > 0 ? submit(join(folder, 'array.sbatch')) : '';
  try {
    const merge = submit(join(folder, 'merge.sbatch'), array ? [`--dependency=afterany:${array}`] : []);
    const jobs = { array: array || merge, merge, ...about };
    writeWhole(join(folder, 'jobs.json'), `${JSON.stringify(jobs, null, 2)}\n`);
    return jobs;
  } catch (error) {
    if (array) cancel(array);
    throw error;
  }
}
