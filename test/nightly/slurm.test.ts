/** Campaigns on a real Slurm of three nodes on this machine, at length: whatever happens, the bytes are those of a local run. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folder, hashes } from '../command.js';
import {
  ENGRAM,
  EXPERIMENT,
  jobsOf,
  merged,
  nodesOf,
  parentOf,
  resultsOf,
  runOn,
  stateOf,
  writeConfig,
} from '../slurm/campaign.js';
import { type Cluster, noCluster, pause, startCluster, waitFor } from '../slurm/cluster.js';

describe.skipIf(noCluster)(`on a Slurm of three nodes${noCluster ? ` (skipped: ${noCluster})` : ''}`, () => {
  let cluster: Cluster;
  const cwd = folder();
  const local: Record<string, string>[] = [];
  beforeAll(async () => {
    cluster = await startCluster();
    writeConfig(cwd, 40);
    for (const workers of ['1', '2', '5']) {
      const out = `local-${workers}`;
      expect(runOn(cluster, [...EXPERIMENT, '--out', out, '--workers', workers, '--quiet'], cwd).status).toBe(0);
      local.push(resultsOf(join(cwd, out)));
    }
  }, 600_000);
  afterAll(() => cluster?.down());

  /** Hands a campaign in and returns its directory. */
  function hand(name: string, ...more: string[]): string {
    const { status, stderr } = runOn(cluster, [...EXPERIMENT, '--out', name, '--launcher', 'slurm', ...more], cwd);
    expect([status, stderr]).toEqual([0, '']);
    return join(cwd, name);
  }
  const resume = (name: string, ...more: string[]) => {
    const { status, stderr } = runOn(cluster, ['experiment', 'resume', name, '--launcher', 'slurm', ...more], cwd);
    expect([status, stderr]).toEqual([0, '']);
  };
  const said = (name: string) => runOn(cluster, ['experiment', 'status', name], cwd).stdout;
  const atWork = (directory: string, task: string) =>
    waitFor(
      () => `task ${task} at work`,
      () => nodesOf(directory, task).length > 0,
    );
  const logOf = (directory: string, task: number) =>
    readFileSync(join(directory, 'slurm', `${jobsOf(directory).array}_${task}.log`), 'utf8');
  const lives = (directory: string, task: number) => logOf(directory, task).match(/^engram: begin/gm)?.length;
  function expectLocal(directory: string): void {
    const found = resultsOf(directory);
    for (const one of local) expect(found).toEqual(one);
  }

  it('an array and its merge', async () => {
    const directory = hand('whole', '--shards', '5');
    expect(runOn(cluster, ['experiment', 'resume', 'whole', '--launcher', 'slurm'], cwd).stderr).toMatch(
      /at work already/,
    );
    expect(await merged(cluster, directory)).toBe('COMPLETED');
    expectLocal(directory);
    expect(said('whole')).toMatch(/merge \d+: done/);
  });

  it('several processors in a task, and a directory with spaces', async () => {
    const directory = hand("it's 100% mine", '--shards', '2', '--workers', '2');
    expect(await merged(cluster, directory)).toBe('COMPLETED');
    expectLocal(directory);
  });

  it('TERM before the limit: what runs is finished and kept, and this task alone goes on', async () => {
    // Of some minutes of work in one task; the limit is two.
    const large = folder();
    writeConfig(large, 800);
    const handed = [...EXPERIMENT, '--out', 'c', '--launcher', 'slurm', '--shards', '1', '--time', '2'];
    expect(runOn(cluster, handed, large).status).toBe(0);
    const directory = join(large, 'c');
    expect(await merged(cluster, directory, 1800)).toBe('COMPLETED');
    expect(lives(directory, 1)).toBeGreaterThan(1);
    expect(logOf(directory, 1)).toMatch(/interrupted by SIGTERM; [1-9]\d* of \d+ tasks are kept/);
    expect(runOn(cluster, [...EXPERIMENT, '--out', 'l', '--quiet'], large).status).toBe(0);
    expect(resultsOf(directory)).toEqual(resultsOf(join(large, 'l')));
  }, 3_600_000);

  it('a cancelled array is not put back', async () => {
    const directory = hand('cancelled', '--shards', '3');
    await atWork(directory, '1/3');
    cluster.slurm('scancel', jobsOf(directory).array);
    expect(await merged(cluster, directory)).toBe('FAILED');
    expect(stateOf(cluster, `${jobsOf(directory).array}_1`)).toBe('CANCELLED');
    expect(said('cancelled')).toMatch(/failed {3}task 1.*: cancelled$/m);
    resume('cancelled');
    expect(await merged(cluster, directory)).toBe('COMPLETED');
    expectLocal(directory);
  });

  it('kill -9 of the program, and of the whole task', async () => {
    const directory = hand('killed', '--shards', '3');
    await atWork(directory, '1/3');
    process.kill(nodesOf(directory, '1/3')[0], 'SIGKILL');
    await atWork(directory, '2/3');
    cluster.slurm('scancel', '--signal=KILL', '--full', `${jobsOf(directory).array}_2`);
    expect(await merged(cluster, directory)).toBe('FAILED');
    expect(said('killed')).toMatch(/failed {3}task 1.*: killed from outside \(kill -9/);
    resume('killed');
    expect(await merged(cluster, directory)).toBe('COMPLETED');
    expectLocal(directory);
  });

  it('a memory kill is told from kill -9, with what helps', async () => {
    const directory = hand('hungry', '--shards', '2', '--mem', '40M');
    expect(await merged(cluster, directory)).not.toBe('COMPLETED');
    expect(said('hungry')).toMatch(/killed because it took more memory than it may; more memory: --mem 80M/);
    resume('hungry', '--mem', '1G');
    expect(await merged(cluster, directory)).toBe('COMPLETED');
    expectLocal(directory);
  });

  it('a node that is lost: its tasks go on elsewhere', async () => {
    const handed = hand('lost', '--shards', '5');
    const { array } = jobsOf(handed);
    const placed = () =>
      cluster
        .slurm('squeue', '-h', '-r', '-t', 'RUNNING', '-j', array, '-o', '%K %N')
        .trim()
        .split('\n')
        .map((line) => line.split(' '));
    await atWork(handed, '1/5');
    const [, lost] = placed().find(([part]) => part === '1') as string[];
    // The daemon, what watches over its tasks, and these: as if the plug were pulled.
    cluster.stop(`slurmd-${lost}`, 'SIGKILL');
    for (const [part] of placed().filter(([, node]) => node === lost)) {
      for (const pid of nodesOf(handed, `${part}/5`)) {
        const script = parentOf(pid);
        for (const one of [parentOf(script), script, pid]) process.kill(one, 'SIGKILL');
      }
    }
    await waitFor(
      () => cluster.slurm('sinfo', '-N'),
      () => /down/.test(cluster.slurm('sinfo', '-h', '-n', lost, '-o', '%t')),
      120,
    );
    const ended = await merged(cluster, handed, 600);
    cluster.startNode(lost);
    if (ended !== 'COMPLETED') {
      resume('lost');
      expect(await merged(cluster, handed)).toBe('COMPLETED');
    }
    expectLocal(handed);
  }, 900_000);

  it('a node that is drained: the others take the array', async () => {
    cluster.slurm('scontrol', 'update', 'nodename=n2', 'state=drain', 'reason=test');
    const directory = hand('drained', '--shards', '5');
    expect(await merged(cluster, directory)).toBe('COMPLETED');
    cluster.slurm('scontrol', 'update', 'nodename=n2', 'state=resume');
    expect([1, 2, 3, 4, 5].some((task) => /on n2/.test(logOf(directory, task)))).toBe(false);
    expectLocal(directory);
  });

  it('a controller that is stopped and started again', async () => {
    const directory = hand('controller', '--shards', '5');
    await atWork(directory, '1/5');
    cluster.stop('slurmctld');
    await pause(3000);
    // The files are the truth: they are told of without Slurm.
    expect(said('controller')).toMatch(/done {5}\d+ of 112 tasks/);
    cluster.startController();
    expect(await merged(cluster, directory)).toBe('COMPLETED');
    expectLocal(directory);
  }, 300_000);

  it('an ordinary user', async () => {
    const nobody = { uid: 65534, gid: 65534 };
    const own = folder();
    writeConfig(own, 40);
    chownSync(own, nobody.uid, nobody.gid);
    const { status, stderr } = runOn(
      cluster,
      [...EXPERIMENT, '--out', 'c', '--launcher', 'slurm', '--shards', '3'],
      own,
      nobody,
    );
    expect([status, stderr]).toEqual([0, '']);
    await atWork(join(own, 'c'), '2/3');
    cluster.slurm('scancel', '--signal=TERM', '--batch', `${jobsOf(join(own, 'c')).array}_2`);
    expect(await merged(cluster, join(own, 'c'))).toBe('COMPLETED');
    expect(lives(join(own, 'c'), 2)).toBe(2);
    expectLocal(join(own, 'c'));
  });

  it('a full disk: what finds no room is lost, and nothing else', async () => {
    const mounted = folder();
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mounted], { encoding: 'utf8' });
    expect(mount.stderr).toBe('');
    try {
      writeConfig(mounted, 40);
      expect(
        runOn(cluster, [...EXPERIMENT, '--out', 'c', '--launcher', 'slurm', '--shards', '3'], mounted).status,
      ).toBe(0);
      const directory = join(mounted, 'c');
      const { bsize, bavail } = statfsSync(mounted);
      const filler = join(mounted, 'filler');
      // Room for the logs and little more.
      writeFileSync(filler, Buffer.alloc(bsize * Math.max(0, bavail - 8)));
      expect(await merged(cluster, directory)).toBe('FAILED');
      expect(runOn(cluster, ['experiment', 'status', 'c'], mounted).stdout).toMatch(
        /failed .*no space left on the device/,
      );
      rmSync(filler);
      expect(runOn(cluster, ['experiment', 'resume', 'c', '--launcher', 'slurm'], mounted).status).toBe(0);
      expect(await merged(cluster, directory)).toBe('COMPLETED');
      expectLocal(directory);
    } finally {
      spawnSync('umount', ['-l', mounted]);
    }
  });

  it('more parts than an array can have are refused', () => {
    const args = [...EXPERIMENT, '--out', 'many', '--launcher', 'slurm', '--shards', '1001'];
    expect(runOn(cluster, args, cwd).stderr).toMatch(/^memorize: --shards must be at most 1000: .*MaxArraySize 1001/);
  });

  it('a memory, neuron by neuron, with a task that is told TERM', async () => {
    const own = folder();
    const asked = ['--channels', '120', '--duration', '500ms', '--trials', '1', '--seed', '2'];
    const launched = runOn(cluster, [...asked, '--out', 'm', '--launcher', 'slurm', '--shards', '3'], own);
    expect([launched.status, launched.stderr]).toEqual([0, '']);
    const shards = join(own, 'm.shards');
    await atWork(shards, '2/3');
    cluster.slurm('scancel', '--signal=TERM', '--batch', `${jobsOf(shards).array}_2`);
    expect(await merged(cluster, shards)).toBe('COMPLETED');
    expect(lives(shards, 2)).toBe(2);
    for (const workers of ['1', '2', '5']) {
      const out = `l${workers}`;
      expect(runOn(cluster, [...asked, '--out', out, '--workers', workers, '--quiet'], own).status).toBe(0);
      expect(hashes(join(own, 'm'))).toEqual(hashes(join(own, out)));
    }
    expect(runOn(cluster, ['experiment', 'status', 'm'], own).stdout).toMatch(/merge \d+: done/);
  }, 900_000);

  it('trainings of many seeds, one of which is told TERM and goes on from its journal', async () => {
    const own = folder();
    const asked = ['train', '--channels', '12', '--duration', '100ms', '--inputs', '200', '--method', 'hinge'];
    const trained = [...asked, '--epochs', '8000', '--no-recall', '--seed', '3'];
    const launched = runOn(
      cluster,
      [...trained, '--seeds', '4', '--out', 'm', '--launcher', 'slurm', '--shards', '2'],
      own,
    );
    expect([launched.status, launched.stderr]).toEqual([0, '']);
    const directory = join(own, 'm');
    const { array } = jobsOf(directory);
    const journal = join(directory, 'seed-3.partial', 'neurons');
    await waitFor(
      () => 'a neuron of seed 3',
      () => existsSync(journal) && statSync(journal).size > 0,
    );
    cluster.slurm('scancel', '--signal=TERM', '--batch', `${array}_1`);
    await merged(cluster, directory);
    expect(lives(directory, 1)).toBe(2);
    expect(logOf(directory, 1)).toMatch(/interrupted by SIGTERM; \d of 4 tasks are kept/);
    expect(runOn(cluster, ['experiment', 'status', 'm'], own).stdout).toMatch(/^done {5}4 of 4 tasks/m);
    for (const workers of ['1', '2', '5']) {
      const out = `l${workers}`;
      runOn(cluster, [...trained, '--seeds', '4', '--out', out, '--workers', workers, '--quiet'], own);
      for (const name of ['seeds.csv', 'summary.json', 'shards/00000.ndjson'])
        expect(readFileSync(join(directory, name), 'utf8')).toBe(readFileSync(join(own, out, name), 'utf8'));
      for (const seed of [3, 4, 5, 6]) {
        expect(hashes(join(directory, `seed-${seed}`))).toEqual(hashes(join(own, out, `seed-${seed}`)));
      }
    }
  }, 900_000);

  it('the search for a scaling factor, with a task that is killed', async () => {
    const own = folder();
    const engram = (...args: string[]) => runOn(cluster, ['spikernn', ...args], own, { program: ENGRAM });
    expect(engram('train', '--N', '100', '--n_trials', '3', '--task', 'go-nogo', '--seed', '1', '--quiet').status).toBe(
      0,
    );
    const asked = ['scale', 'models', '--trials', '60', '--seed', '3', '--keep'];
    expect(engram(...asked, '--out', 'c', '--launcher', 'slurm', '--shards', '3')).toMatchObject({
      status: 0,
      stderr: '',
    });
    const directory = join(own, 'c.shards');
    await atWork(directory, '2/3');
    process.kill(nodesOf(directory, '2/3')[0], 'SIGKILL');
    expect(await merged(cluster, directory)).toBe('FAILED');
    const told = runOn(cluster, ['experiment', 'status', 'c'], own).stdout;
    expect(told).toMatch(/failed {3}task 2: killed from outside/);
    expect(told).toMatch(/next {5}npx engram spikernn scale --resume \S+ --launcher slurm$/m);
    expect(engram('scale', '--resume', 'c', '--launcher', 'slurm')).toMatchObject({ status: 0, stderr: '' });
    expect(await merged(cluster, directory)).toBe('COMPLETED');
    for (const workers of ['1', '2', '5']) {
      expect(engram(...asked, '--out', `l${workers}`, '--workers', workers, '--quiet').status).toBe(0);
      expect(hashes(join(own, 'c'))).toEqual(hashes(join(own, `l${workers}`)));
    }
  }, 900_000);
});
