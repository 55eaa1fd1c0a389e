/** Campaigns on a real Slurm of three nodes on this machine, in short; at length: npm run test:slurm. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Launch, type LaunchOptions, launchOnSlurm, slurmSeconds } from '../src/campaign/index.js';
import { ranges } from '../src/campaign/slurm/script.js';
import { reasonOf } from '../src/campaign/slurm/status.js';
import { folder, run } from './command.js';
import { EXPERIMENT, jobsOf, merged, nodesOf, resultsOf, runOn, stateOf, writeConfig } from './slurm/campaign.js';
import { type Cluster, noCluster, startCluster, waitFor } from './slurm/cluster.js';

describe('the words of Slurm', () => {
  it('times are read as Slurm writes them', () => {
    const times = ['5', '1:30', '2:00:00', '1-00', '1-12:30', '1-00:00:01', 'infinite', 'UNLIMITED'];
    expect(times.map(slurmSeconds)).toEqual([300, 90, 7200, 86400, 131400, 86401, Infinity, Infinity]);
    for (const none of ['', 'x', '1h', '-5', '1:2:3:4', '1-']) expect(slurmSeconds(none)).toBeNaN();
  });

  it('parts are written as ranges', () => {
    expect(ranges([1, 2, 3, 5, 7, 8])).toBe('1-3,5,7-8');
    expect(ranges([4])).toBe('4');
  });

  it('a directory with a sign of per cent is written twice, and one that Slurm cannot read is refused', () => {
    const cwd = folder();
    const words = '--channels 3 --duration 50ms --seed 1 --launcher slurm --dry-run --out'.split(' ');
    expect(run([...words, 'p%j'], cwd).status).toBe(0);
    const script = readFileSync(join(cwd, 'p%j.shards', 'slurm', 'array.sbatch'), 'utf8');
    expect(script).toMatch(/^#SBATCH --output=".*\/p%%j\.shards\/slurm\/%A_%a\.log"$/m);
    expect(script).toMatch(/--resume \S*p%j --shard/);
    for (const name of ['q"u', 'b\\c']) {
      const { status, stderr } = run([...words, name], cwd);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/Slurm reads no path with a quotation mark, a backslash/),
      ]);
    }
  });

  it.each([
    [
      'a memory kill',
      'slurmstepd-n1: error: StepId=4.batch exceeded memory limit (444 > 314), being killed\n',
      /more memory: --mem 2G$/,
    ],
    [
      'one by the kernel',
      'slurmstepd: error: Detected 1 oom_kill event in StepId=4.batch.\nengram: end 137\n',
      /more memory: --mem 2G$/,
    ],
    ['a heap that is full', 'FATAL ERROR: JavaScript heap out of memory\nengram: end 134\n', /more memory: --mem 2G$/],
    [
      'kill -9 of the program',
      'line 20: 19072 Killed  node main.js\nengram: end 137\n',
      /^killed from outside .*not for memory/,
    ],
    ['kill -9 of everything', '', /^killed from outside .*not for memory/],
    ['the limit', 'slurmstepd: error: *** JOB 5 ON n1 CANCELLED AT 1 DUE TO TIME LIMIT ***\n', /--time/],
    [
      'a failure of its own',
      'memorize: cannot write c/shards: no space left on the device\nengram: end 5\n',
      /^cannot write .* no space/,
    ],
    ['a directory that is not there', 'engram: unseen on n7\n', /^n7 does not see the directory/],
  ])('%s is told from the log', (_, log, reason) => {
    // An earlier life of the task says nothing of this one.
    const before = 'engram: begin 3/4 restart 0 on n1\nexceeded memory limit\n';
    expect(reasonOf(`${before}engram: begin 3/4 restart 1 on n2\n${log}`, '1G')).toMatch(reason);
  });
});

describe.skipIf(noCluster)(`on a Slurm of three nodes${noCluster ? ` (skipped: ${noCluster})` : ''}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    process.env.SLURM_CONF = cluster.env.SLURM_CONF;
  }, 60_000);
  afterAll(() => cluster?.down());

  it('what must fail is refused in a line, before anything is handed in', () => {
    const directory = join(folder(), 'mine');
    mkdirSync(directory);
    writeFileSync(join(directory, 'plan.json'), '{}');
    const words = ['true'];
    const launch: Launch = {
      ...{ name: 'test', directory, work: words, merge: words, status: words },
      ...{ seconds: 7200, longest: 40, shards: 5000, isLeft: () => true },
    };
    const refused = (options: LaunchOptions, message: RegExp) =>
      expect(() => launchOnSlurm(launch, options)).toThrow(message);
    refused({ partition: 'nope' }, /^--partition nope does not exist; there are .*debug/);
    refused({ shards: 1001 }, /^--shards must be at most 1000: .* \(MaxArraySize 1001\); got 1001$/);
    refused({ time: '2' }, /^--time 2 is too short: .* needs 5 minutes$/);
    refused({ partition: 'brief' }, /^the limit of partition brief is too short/);
    refused({ partition: 'brief', time: '5' }, /^--time 5 is more than partition brief allows, 1 minutes$/);
    refused({ mem: '5G' }, /^--mem 5G is more than any node of partition debug has, 4000M; choose another --partition/);
    refused({ partition: 'far' }, /is on a disk of this machine \(\/tmp\) .* such as elsewhere, cannot see; .*--out$/);
    refused({ sbatch: ['frobnicate=1'] }, /^Slurm refuses \(sbatch\): .*frobnicate/);
    const path = process.env.PATH;
    try {
      process.env.PATH = '/nowhere';
      refused({}, /there is no sbatch on this machine/);
      // A dry run shows the script where there is no Slurm.
      expect(launchOnSlurm(launch, { dryRun: true })).toMatchObject({ parts: 120, of: 120, time: '10' });
    } finally {
      process.env.PATH = path;
    }
    expect(cluster.slurm('squeue', '-h', '-t', 'all')).toBe('');
    expect(readFileSync(join(directory, 'slurm/array.sbatch'), 'utf8')).toContain('#SBATCH --array=1-120\n');
  });

  it('one task told TERM goes on, one killed is named, and the end is that of a local run, byte by byte', async () => {
    const cwd = folder();
    writeConfig(cwd);
    const begun = runOn(cluster, [...EXPERIMENT, '--out', 'c', '--launcher', 'slurm', '--shards', '3'], cwd);
    expect([begun.status, begun.stderr]).toEqual([0, '']);
    const directory = join(cwd, 'c');
    const { array, merge } = jobsOf(directory);
    expect(begun.stdout).toContain(`array ${array}, then merge ${merge}`);
    await waitFor(
      () => 'task 2 at work',
      () => nodesOf(directory, '2/3').length > 0,
    );
    process.kill(nodesOf(directory, '2/3')[0], 'SIGKILL');
    // Twice, and to the whole task: the second is harmless.
    await waitFor(
      () => 'task 1 at work',
      () => nodesOf(directory, '1/3').length > 0,
    );
    cluster.slurm('scancel', '--signal=TERM', '--batch', `${array}_1`);
    try {
      cluster.slurm('scancel', '--signal=TERM', '--full', `${array}_1`);
    } catch {
      // Between two lives there is nobody whom it could reach, which scancel calls an error.
    }
    // The merge is not held up by either, and has looked at the files.
    expect(await merged(cluster, directory)).toBe('FAILED');
    const log = (task: number) => readFileSync(join(directory, 'slurm', `${array}_${task}.log`), 'utf8');
    const lives = [1, 2, 3].map((task) => log(task).match(/^engram: begin/gm)?.length);
    // On a slow machine the second TERM meets the second life.
    expect(lives).toEqual([expect.toBeOneOf([2, 3]), 1, 1]);
    expect([1, 3].map((task) => stateOf(cluster, `${array}_${task}`))).toEqual(['COMPLETED', 'COMPLETED']);
    const { stdout } = runOn(cluster, ['experiment', 'status', 'c'], cwd);
    expect(stdout).toMatch(/failed {3}task 2: killed from outside \(kill -9, /);
    expect(stdout).toMatch(/next {5}npx memorize experiment resume c --launcher slurm$/m);
    expect(runOn(cluster, ['experiment', 'resume', 'c', '--launcher', 'slurm'], cwd).status).toBe(0);
    expect(run([...EXPERIMENT, '--out', 'local', '--workers', '2', '--quiet'], cwd).status).toBe(0);
    expect(await merged(cluster, directory)).toBe('COMPLETED');
    expect(resultsOf(directory)).toEqual(resultsOf(join(cwd, 'local')));
  }, 400_000);
});
