/**
 * Commands that several processes do together: a campaign whose plan holds what the command was asked, in the words that all
 * parts share. Its tasks are numbered; what they are the command knows.
 */
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  beginCampaign,
  type Campaign,
  countedTasks,
  openCampaign,
  type Plan,
  planOf,
  readPlan,
  type Tasks,
} from '../campaign/index.js';
import { EngramError } from '../core/index.js';
import { filesNamed } from '../files/node.js';
import { optionsOf, quote } from './arguments.js';
import { flagOf, type Invocation, type OptionSpec } from './define-command.js';
import { launcherOptions, shardOption } from './launcher.js';
import { checksum } from './resume.js';

const schema = z.object({
  seed: z.number(),
  /** Number of tasks, and estimated seconds of each. */
  count: z.number(),
  seconds: z.number(),
  /** What was asked, without what says how it is computed; paths are absolute. */
  arguments: z.array(z.string()),
  /** Input files with the checksums of their content. */
  files: z.record(z.string(), z.string()),
});
/** What a command was asked, and how much work that is. */
export type Asked = z.infer<typeof schema>;

/** Options that say how something is computed, not what it is. */
const HOW = [
  ...['--out', '--workers', '--quiet', '--json', '--force', '--seed', '--resume'],
  ...[shardOption, ...launcherOptions].map(flagOf),
];

/**
 * What is asked by options, in the words that all parts share, and the files that these name.
 * @param besides further options that are left out
 */
export function askedOf(
  args: readonly string[],
  known: readonly OptionSpec[],
  besides: readonly string[] = [],
): Pick<Asked, 'arguments' | 'files'> {
  const reads = known.filter((spec) => spec.reads).map(flagOf);
  const kept = optionsOf(args).filter(([flag]) => ![...HOW, ...besides].includes(flag));
  const paths = (word: string) => filesNamed(word).map((path) => resolve(path));
  const files = kept.filter(([flag]) => reads.includes(flag)).flatMap(([, word]) => paths(word));
  return {
    arguments: kept.flatMap(([flag, ...words]) =>
      reads.includes(flag) ? [flag, paths(words[0]).join(',')] : [flag, ...words],
    ),
    files: Object.fromEntries(files.map((path) => [path, checksum(path)])),
  };
}

/** Throws `usage` if anything stands beside `--resume` that would change what was asked. */
export function refuseBeside(args: readonly string[]): void {
  const other = optionsOf(args).find(([flag]) => !HOW.includes(flag) || flag === '--seed' || flag === '--out');
  if (other) throw new EngramError('usage', `--resume goes on with what was asked then; leave out ${other[0]}`);
}

const tasksOf = (name: string) => countedTasks(name) as unknown as Tasks<unknown, unknown>;
const programOf = ({ version }: Invocation) => `engram ${version}`;

/** Begins the campaign of a command, or joins the very same one. */
export const beginCommand = (directory: string, name: string, asked: Asked, invocation: Invocation): Campaign =>
  beginCampaign(
    directory,
    planOf(countedTasks(name), asked, programOf(invocation)),
    tasksOf(name),
    `npx ${name} --resume ${quote(directory.replace(/\.shards$/, ''))}`,
  );

/** What the command of a plan was asked, if it is that of a command. */
export function commandAsked({ config }: Plan): Asked | undefined {
  const asked = schema.safeParse(config);
  return asked.success ? asked.data : undefined;
}

/** Opens the campaign of a command. Throws `usage` if there is none, or if files that it reads have been changed. */
export function openCommand(
  directory: string,
  invocation: Invocation,
  name?: string,
): { campaign: Campaign; asked: Asked } {
  const plan = readPlan(directory);
  const asked = commandAsked(plan);
  if (!asked || (name ?? plan.experiment) !== plan.experiment) {
    throw new EngramError('usage', `${directory} is no campaign of ${name} but of ${plan.experiment}`);
  }
  for (const [path, sum] of Object.entries(asked.files)) {
    if (checksum(path) === sum) continue;
    throw new EngramError('usage', `${path} is not the file that ${directory} was begun with`);
  }
  return { campaign: openCampaign(directory, plan, tasksOf(plan.experiment), programOf(invocation)), asked };
}
