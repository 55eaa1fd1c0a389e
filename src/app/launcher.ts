/**
 * `--launcher slurm`: any command whose work can be done by parts `--shard k/K` is handed to a cluster by it. A command adds
 * `...launcherOptions` to its options and hands what it would do to `launch`.
 */
import { realpathSync } from 'node:fs';
import { type Launch, type LaunchOptions, launchOnSlurm, slurmSeconds } from '../campaign/index.js';
import { EngramError } from '../core/index.js';
import { quote } from './arguments.js';
import { type Invocation, option } from './define-command.js';
import { choice, integer, type Parser, refuse } from './parsers.js';
import type { Screen } from './screen.js';

/** Part k of K, from 1. */
export interface Part {
  k: number;
  of: number;
}

/** `3/8`. */
const part: Parser<Part> = (text, flag) => {
  const [, k, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  return Number(k) >= 1 && Number(k) <= Number(of)
    ? { k: Number(k), of: Number(of) }
    : refuse(flag, 'a part such as 3/8, the first being 1/8', text);
};

export const shardOption = option(
  '--shard <k/K>',
  'only the k-th of K parts of the work, for job arrays of any scheduler',
  part,
);

const slurmTime: Parser<string> = (text, flag) =>
  slurmSeconds(text) > 0 && Number.isFinite(slurmSeconds(text))
    ? text
    : refuse(flag, 'a time as Slurm takes it: minutes, h:mm:ss, d-hh or d-hh:mm:ss', text);

const slurmMemory: Parser<string> = (text, flag) =>
  /^[1-9]\d*[KMGT]?$/i.test(text)
    ? text
    : refuse(flag, 'an amount of memory as Slurm takes it, such as 900M or 2G', text);

/** A word that goes into a script as it is. */
const word: Parser<string> = (text, flag) =>
  /^[\w.,:+@-]+$/.test(text) ? text : refuse(flag, 'a name of letters, digits and . , : + @ _ -', text);

export interface LauncherOptions extends LaunchOptions {
  launcher?: 'slurm';
}

/** What goes with `--launcher`. */
const SLURM_ONLY = ['shards', 'time', 'partition', 'mem', 'account', 'sbatch', 'dryRun'] as const;

export const launcherOptions = [
  option('--launcher <slurm>', 'hand the work to Slurm: one array, and one job that merges', choice('slurm')),
  option(
    '--shards <n>',
    'tasks of the array (default: one per minute of work, as many as the site allows)',
    integer(1),
  ),
  option('--time <limit>', 'limit of a task, as Slurm takes it (default: from the estimate)', slurmTime),
  option('--partition <name>', "where it runs (default: the site's)", word),
  option(
    '--mem <size>',
    "memory of a task, such as 2G (default: what is known to be needed, or the site's)",
    slurmMemory,
  ),
  option('--account <name>', 'who pays', word),
  option('--sbatch <lines...>', 'further lines of the script, such as qos=long constraint=avx2'),
  option('--dry-run', 'write the scripts and hand nothing in'),
];

/** Throws `usage` where options of the launcher stand without it, or with what it does itself. */
export function refuseWithoutLauncher(options: LauncherOptions & { shard?: Part | undefined }): void {
  const { launcher, shard } = options;
  if (launcher && shard) throw new EngramError('usage', '--launcher makes the parts itself; leave out --shard');
  const stray = SLURM_ONLY.find((name) => options[name] !== undefined);
  if (launcher || stray === undefined) return;
  const flag = stray.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
  throw new EngramError('usage', `--${flag} goes with --launcher slurm`);
}

/** The words that begin this program, from Node on, up to where its arguments begin; they run on any node. */
export function programOf({ args }: Invocation): string[] {
  const [script, ...system] = process.argv.slice(1, process.argv.length - args.length);
  return [process.execPath, realpathSync(script), ...system];
}

/** Hands a work, whose commands are arguments of this program, to the launcher and says what was done; returns the exit code. */
export function launchWork(
  work: Omit<Launch, 'status'>,
  options: LauncherOptions,
  invocation: Invocation,
  screen: Screen,
): number {
  const own = programOf(invocation);
  const whole = (words: readonly string[]) => [...own, ...words];
  // A command of the program itself, whatever system is at work.
  const status = ['experiment', 'status', work.directory];
  const { parts, of, seconds, time, script, jobs } = launchOnSlurm(
    { ...work, work: whole(work.work), merge: whole(work.merge), status: [...own.slice(0, 2), ...status] },
    options,
  );
  const some = parts === of ? `${of}` : `${parts} of ${of}`;
  const words = `about ${Math.ceil(seconds / 60)} min each, at most ${time}`;
  screen.line('parts', `${some} tasks · ${words} · ${script}`);
  if (jobs) screen.line('slurm', `array ${jobs.array}, then merge ${jobs.merge}`);
  else screen.line('slurm', 'nothing is handed in: this is a dry run');
  screen.line('next', `npx memorize ${status.map(quote).join(' ')}`);
  return 0;
}
