/** A small campaign, run on this machine and on a cluster. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashes, MAIN } from '../command.js';
import { type Cluster, waitFor } from './cluster.js';

const quick = JSON.parse(
  readFileSync(new URL('../../experiments/memory/storage-capacity/quick.json', import.meta.url), 'utf8'),
);

/** Writes `config.json` into a folder: 28 small tasks for 10 trials, in shards of a few each. */
export function writeConfig(cwd: string, trials = 10): void {
  const config = { ...quick, inputs: [200, 300], trials, trialsPerTask: 5, variations: [] };
  writeFileSync(join(cwd, 'config.json'), JSON.stringify(config));
}

export const EXPERIMENT = ['experiment', 'storage-capacity', '--config', 'config.json'];

export interface Said {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface User {
  uid: number;
  gid: number;
}

/** The program `engram`, beside `memorize`. */
export const ENGRAM = MAIN.replace(/main\.js$/, 'engram.js');

/** Runs a command where the cluster is known, of `memorize` unless another program is said, as a user perhaps. */
export function runOn(
  cluster: Cluster,
  args: readonly string[],
  cwd: string,
  { program = MAIN, ...user }: Partial<User> & { program?: string } = {},
): Said {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
    env: cluster.env,
    timeout: 1_200_000,
    ...user,
  });
  return { status, stdout, stderr };
}

/** Everything that a finished campaign leaves, byte by byte; not what is of the launcher. */
export const resultsOf = (directory: string): Record<string, string> => ({
  ...hashes(join(directory, 'figures')),
  ...hashes(join(directory, 'shards')),
  ...Object.fromEntries(
    ['plan.json', 'config.json', 'report.html', 'results.csv', 'results.npz'].map((name) => [
      name,
      readFileSync(join(directory, name), 'base64'),
    ]),
  ),
});

export interface Handed {
  array: string;
  merge: string;
}

export const jobsOf = (directory: string): Handed =>
  JSON.parse(readFileSync(join(directory, 'slurm/jobs.json'), 'utf8'));

/** The state of a job or task, as Slurm says. */
export const stateOf = (cluster: Cluster, id: string): string =>
  cluster.slurm('squeue', '-h', '-r', '-t', 'all', '-j', id, '-o', '%T').trim().split('\n')[0];

/** Waits for the merge and tells how it ended. */
export async function merged(cluster: Cluster, directory: string, seconds = 240): Promise<string> {
  const { array, merge } = jobsOf(directory);
  const over = () => !/PENDING|RUNNING|COMPLETING/.test(stateOf(cluster, merge));
  await waitFor(() => cluster.slurm('squeue', '-r', '-t', 'all', '-j', `${array},${merge}`), over, seconds);
  return stateOf(cluster, merge);
}

/** The processes of Node that do a task of the campaign in a directory, and of no other. */
export function nodesOf(directory: string, task: string): number[] {
  const { stdout } = spawnSync('pgrep', ['-a', '-f', `^${process.execPath} .* --shard ${task} `], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(` ${directory.replace(/\.shards$/, '')} --shard `))
    .map((line) => Number.parseInt(line, 10));
}

/** What has started a process. */
export const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
