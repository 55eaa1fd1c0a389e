/**
 * Slurm as its own commands tell of it: what the site allows, what is queued, and jobs that are handed in. Accounting may be
 * off on a site, so `sacct` is never asked.
 */
import { spawnSync } from 'node:child_process';
import { EngramError } from '../../core/index.js';

/** A part of the cluster that jobs are handed in to. */
export interface Partition {
  readonly name: string;
  readonly isDefault: boolean;
  /** Longest time of a job, in seconds; Infinity if there is none. */
  readonly longest: number;
  /** Memory of the largest node, in MB. */
  readonly memory: number;
  /** Names of the machines. */
  readonly hosts: readonly string[];
}

export interface Site {
  /** One above the largest index of a job array. */
  readonly maxArraySize: number;
  readonly partitions: readonly Partition[];
}

/** A job, or a task of an array, that Slurm still knows of. */
export interface Job {
  /** `123`, or `123_4` for a task of an array. */
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly node: string;
}

/** Jobs that are at work or will be. */
const ALIVE = ['PENDING', 'RUNNING', 'COMPLETING', 'CONFIGURING', 'REQUEUED', 'REQUEUE_HOLD', 'SUSPENDED', 'STOPPED'];
export const isRunning = ({ state }: Job): boolean => ['RUNNING', 'COMPLETING'].includes(state);
export const isAlive = ({ state }: Job): boolean => ALIVE.includes(state);

/** Runs a command of Slurm. Throws `usage` if there is none, or if it refuses, with its reason. */
function ask(program: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    throw new EngramError(
      'usage',
      `--launcher slurm: there is no ${program} on this machine; use a login node of the cluster, or leave out --launcher`,
    );
  }
  if (error || status !== 0) {
    const said = stderr.split('\n').map((line) => line.replace(/^(\w+: )?(error: )?/, '').trim());
    const reasons = said.filter((line) => line !== '');
    if (reasons.length === 0) reasons.push(error?.message ?? `exit code ${status}`);
    throw new EngramError('usage', `Slurm refuses (${program}): ${reasons.join('; ')}`);
  }
  return stdout;
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/**
 * Seconds of a time as Slurm writes it: minutes, m:ss, h:mm:ss, d-hh, d-hh:mm or d-hh:mm:ss, or no limit; NaN if it is none.
 */
export function slurmSeconds(text: string): number {
  if (/^(infinite|unlimited)$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (!/^(\d+-)?\d+(:\d\d?){0,2}$/.test(text)) return Number.NaN;
  const [clock, days] = text.split('-').reverse();
  const parts = clock.split(':').map(Number);
  // Behind days the first number is hours; alone it is minutes, and hours only in front of two more.
  const [h, m = 0, s = 0] = days !== undefined || parts.length === 3 ? parts : [0, ...parts];
  return (Number(days ?? 0) * 24 + h) * 3600 + m * 60 + s;
}

/** What the site allows. Throws `usage` where Slurm is not there or does not answer. */
export function askSite(): Site {
  // Who hands in is asked for first: it is what a person misses.
  ask('sbatch', ['--version']);
  const size = /^MaxArraySize\s*=\s*(\d+)/m.exec(ask('scontrol', ['show', 'config']));
  const found = new Map<string, Partition>();
  for (const line of linesOf(ask('sinfo', ['-h', '-N', '-a', '-o', '%P|%l|%m|%n']))) {
    const [title, limit, memory, host] = line.split('|').map((word) => word.trim());
    const name = title.replace(/\*$/, '');
    const { memory: before = 0, hosts = [] } = found.get(name) ?? {};
    found.set(name, {
      name,
      isDefault: name !== title,
      longest: slurmSeconds(limit),
      memory: Math.max(before, Number.parseInt(memory, 10)),
      hosts: [...hosts, host],
    });
  }
  return { maxArraySize: Number(size?.[1] ?? 1001), partitions: [...found.values()] };
}

/** What Slurm still knows of jobs; of those that it has forgotten there is nothing. */
export function askQueue(ids: readonly string[]): Job[] {
  let text = '';
  try {
    text = ask('squeue', ['-h', '-r', '-t', 'all', '-j', ids.join(','), '-o', '%i|%T|%r|%N']);
  } catch (error) {
    // All of the jobs are forgotten.
    if (/Invalid job id/.test((error as Error).message)) return [];
    throw error;
  }
  return linesOf(text).map((line) => {
    const [id, state, reason, node] = line.split('|').map((word) => word.trim());
    return { id, state, reason, node };
  });
}

/** Has Slurm look at a script without handing it in. Throws `usage` with its reason. */
export function checkScript(script: string): void {
  ask('sbatch', ['--test-only', script]);
}

/** Hands a script in and returns the number of the job. */
export const submit = (script: string, args: readonly string[] = []): string =>
  ask('sbatch', ['--parsable', ...args, script])
    .trim()
    .split(';')[0];

/** Takes jobs out of the queue. */
export const cancel = (id: string): void => {
  ask('scancel', [id]);
};
