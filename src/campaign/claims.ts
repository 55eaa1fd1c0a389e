/**
 * Who is at which shard, so that several processes share a campaign without doing work twice. A claim is a file made by
 * exclusive create; it falls when its process is gone, or, on another machine, when it has not been touched for a
 * while. A task of Slurm may have begun on another machine before: what it has claimed then is its own. Claims save work
 * and never decide results: a shard done twice gives the same bytes.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { birthOf, guard, isAlive } from '../files/node.js';
import type { Campaign } from './plan.js';

/** A claim of another machine counts for so long after its last touch, and is touched so often, in milliseconds. */
const LEASE = 15 * 60_000;
export const TOUCH = 60_000;
/** For so long a claim may have no name in it. */
const UNNAMED = 10_000;

/** The task of Slurm that this process is, `123_4`; it keeps its number wherever it goes on. */
function slurmTask(): string | undefined {
  const { SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: task } = process.env;
  return job && task ? `${job}_${task}` : undefined;
}

const pathOf = ({ directory }: Campaign, shard: number) => join(directory, 'claims', String(shard).padStart(5, '0'));

/** Takes a shard; false if somebody else has it. Throws `output`. */
export function claimShard(campaign: Campaign, shard: number): boolean {
  const path = pathOf(campaign, shard);
  return guard(path, () => {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const file = openSync(path, 'wx');
        try {
          const [pid, slurm] = [process.pid, slurmTask()];
          writeSync(file, JSON.stringify({ pid, host: hostname(), born: birthOf(pid), ...(slurm ? { slurm } : {}) }));
        } finally {
          closeSync(file);
        }
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
          rmSync(path, { force: true });
          throw error;
        }
        if (isHeld(path)) return false;
        rmSync(path, { force: true });
      }
    }
    return false;
  });
}

export function releaseShard(campaign: Campaign, shard: number): void {
  guard(campaign.directory, () => rmSync(pathOf(campaign, shard), { force: true }));
}

/** Says that the holder is still at it. */
export function touchClaim(campaign: Campaign, shard: number): void {
  const now = new Date();
  try {
    utimesSync(pathOf(campaign, shard), now, now);
  } catch {
    // The claim is a courtesy: without it the shard may be done twice.
  }
}

/** Drops the claims of tasks of Slurm that are lost, so that nobody waits for them. */
export function dropLostClaims(directory: string, isLost: (task: string) => boolean): void {
  const folder = join(directory, 'claims');
  if (!existsSync(folder)) return;
  guard(folder, () => {
    for (const name of readdirSync(folder)) {
      const slurm = /"slurm":"([\d_]+)"/.exec(readFileSync(join(folder, name), 'utf8'))?.[1];
      if (slurm && isLost(slurm)) rmSync(join(folder, name), { force: true });
    }
  });
}

/** Whether a shard is in work somewhere. */
export const isClaimed = (campaign: Campaign, shard: number): boolean => isHeld(pathOf(campaign, shard));

function isHeld(path: string): boolean {
  let age = 0;
  try {
    age = Date.now() - statSync(path).mtimeMs;
    const { pid, host, born, slurm } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    if (slurm !== undefined && slurm === slurmTask()) return false;
    if (host !== hostname()) return age < LEASE;
    return isAlive(Number(pid), born);
  } catch (error) {
    // A claim without a name is being written, or its process died over it.
    if (error instanceof SyntaxError) return age < UNNAMED;
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
