/**
 * How a campaign fares that was handed to Slurm: the queue tells who runs and who waits, the files what is done, and the end of a
 * task's log why it has failed. A memory kill and kill -9 look alike in the queue; only the log tells them apart.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER, type Jobs, readJobs } from './launch.js';
import { askQueue, isAlive, isRunning, type Job } from './site.js';

export interface Failure {
  /** The part, from 1. */
  readonly part: number;
  readonly reason: string;
}

export interface LaunchStatus {
  readonly jobs: Jobs;
  readonly running: number;
  readonly waiting: number;
  /** Why they wait, in Slurm's words. */
  readonly reasons: readonly string[];
  readonly failed: readonly Failure[];
  /** Slurm's word on the merge, or how it ended. */
  readonly merge: string;
  /** Whether anything will happen without a further command. */
  readonly alive: boolean;
}

/** So much of the end of a log is read, in bytes. */
const TAIL = 16384;

function tailOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const handle = openSync(file, 'r');
  try {
    const size = fstatSync(handle).size;
    const bytes = Buffer.alloc(Math.min(TAIL, size));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(handle);
  }
}

const MEMORY = /exceeded (job )?memory limit|oom[-_ ]?kill|out of memory|out-of-memory|heap out of memory/i;

/** Twice the memory that was asked for, as `--mem` takes it. */
function moreMemory(memory: string | undefined): string {
  const [, number, unit] = /^(\d+)([KMGT]?)$/i.exec(memory ?? '1G') ?? ['', '1', 'G'];
  const double = 2 * Number(number);
  const small = (unit === '' || unit.toUpperCase() === 'M') && double >= 1024;
  return small ? `${Math.ceil(double / 1024)}G` : `${double}${unit || 'M'}`;
}

/** Why a task has ended without its work, from the last of its lives in its log. */
export function reasonOf(log: string | undefined, memory: string | undefined, slurm = ''): string {
  if (log === undefined) {
    const state = slurm === '' ? '' : ` (Slurm says ${slurm})`;
    return /CANCELLED/.test(slurm)
      ? 'cancelled before it began'
      : `no log: it never began, or its node does not see the directory${state}`;
  }
  const life = log.slice(Math.max(0, log.lastIndexOf('engram: begin')));
  if (/engram: unseen on/.test(life)) {
    return `${/unseen on (\S+)/.exec(life)?.[1]} does not see the directory: put it where all nodes see it`;
  }
  if (MEMORY.test(life))
    return `killed because it took more memory than it may; more memory: --mem ${moreMemory(memory)}`;
  if (/DUE TO TIME LIMIT/.test(life)) return 'stopped at its time limit; more time: --time';
  if (/DUE TO NODE FAILURE/i.test(life)) return 'its node was lost';
  const code = /engram: end (\d+)/.exec(life)?.[1];
  if (code === '137' || (code === undefined && !/CANCELLED/.test(slurm))) {
    return 'killed from outside (kill -9, or its node went down), not for memory; it can be done again';
  }
  if (code === '130' || /CANCELLED/.test(slurm)) return 'cancelled';
  const said = life.split('\n').findLast((line) => /^(memorize|engram \w*|engram): (?!begin|end|requeue)/.test(line));
  if (said) return said.replace(/^\w+: /, '');
  return code === '0' ? 'ended, but its results are not there: are they on another disk?' : `ended with code ${code}`;
}

/** How a handed-in campaign fares; undefined if it never was. */
export function launchStatus(directory: string, isLeft: (k: number, of: number) => boolean): LaunchStatus | undefined {
  const jobs = readJobs(directory);
  if (!jobs) return undefined;
  const queue = queueOf(jobs);
  const taskOf = (k: number) => queue.find(({ id }) => id === `${jobs.array}_${k}`);
  const merging = queue.find(({ id }) => id === jobs.merge);
  const tasks = queue.filter(({ id }) => id.startsWith(`${jobs.array}_`));
  const running = tasks.filter(isRunning).length;
  const waits = tasks.filter((job) => isAlive(job) && !isRunning(job));
  const failed = jobs.parts
    .filter((k) => {
      const task = taskOf(k);
      return !(task && isAlive(task)) && isLeft(k, jobs.of);
    })
    .map((part) => {
      const log = tailOf(join(directory, FOLDER, `${jobs.array}_${part}.log`));
      return { part, reason: reasonOf(log, jobs.memory, taskOf(part)?.state) };
    });
  return {
    jobs,
    running,
    waiting: waits.length,
    reasons: [...new Set(waits.map(({ reason }) => reason))].filter((reason) => reason !== 'None'),
    failed,
    merge: mergeOf(directory, jobs, merging),
    alive: running + waits.length > 0 || (merging !== undefined && isAlive(merging)),
  };
}

/** The files are the truth: where Slurm does not answer, they are all that is said. */
function queueOf({ array, merge }: Jobs): Job[] {
  try {
    return askQueue([array, merge]);
  } catch {
    return [];
  }
}

function mergeOf(directory: string, { merge }: Jobs, job: Job | undefined): string {
  if (job && isAlive(job)) return isRunning(job) ? 'running' : `waiting (${job.reason})`;
  const log = tailOf(join(directory, FOLDER, `${merge}.log`));
  const code = /engram: end (\d+)/.exec(log ?? '')?.[1];
  if (code === '0') return 'done';
  // As memorize leaves where it has stored all that can be stored.
  if (code === '4') return 'done, with some that is impossible or undecided';
  return code === undefined ? `ended without a word${job ? ` (${job.state})` : ''}` : `ended with code ${code}`;
}
