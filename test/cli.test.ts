/** The built command, as a person runs it. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMemory } from '../src/memory/files/index.js';
import { folder, hashes, MAIN, run } from './command.js';
import { reference } from './helpers.js';

const small = ['--channels', '20', '--duration', '150ms', '--inputs', '400', '--seed', '1', '--trials', '1'];
describe('memorize', () => {
  it('stores, recalls, draws and says where everything is', () => {
    const { status, stdout, cwd } = run(small);
    expect(status).toBe(0);
    for (const part of [
      /^engram \d+\.\d+\.\d+ · seed 1 \(reuse: --seed 1\)$/m,
      /^score {4}20 channels · 150 ms · \d+ spikes · \d+ Hz$/m,
      /^network {2}8 000 synapses · 400 per neuron · delays 0\.5-50 ms$/m,
      /^stored {3}20 of 20 · 0 impossible · 0 undecided$/m,
      /^checked {2}worst violation \de-1\d in continuous time · KKT residual \de-1\d$/m,
      /^recall after a prompt \(10 channels, 150 ms, then free for 300 ms\)$/m,
      /^figures {2}memory-1\/recall\.svg {2}memory-1\/potential\.svg$/m,
      /^results {2}memory-1\/network\.npz/m,
      /^next {5}.*[:?] npx memorize --channels 20 --duration 150ms --trials 1 --inputs 800 --seed 1 --out memory-1-next$/m,
    ]) {
      expect(stdout).toMatch(part);
    }
    expect(readdirSync(cwd)).toEqual(['memory-1']);
    expect(readdirSync(join(cwd, 'memory-1')).sort()).toEqual(
      ['network.npz', 'potential.svg', 'recall.svg', 'run.json', 'score.csv', 'summary.json'].sort(),
    );
    const { statuses } = readMemory(readFileSync(join(cwd, 'memory-1', 'network.npz')), 'n');
    expect(new Set(statuses)).toEqual(new Set(['solved']));
  });

  it('writes the same bytes for any number of workers', () => {
    const cwd = folder();
    for (const workers of ['1', '2', '5']) {
      expect(run([...small, '--workers', workers, '--out', `w${workers}`], cwd).status).toBe(0);
    }
    const [one, two, five] = ['w1', 'w2', 'w5'].map((name) => hashes(join(cwd, name)));
    expect(Object.keys(one).length).toBe(5);
    expect(two).toEqual(one);
    expect(five).toEqual(one);
  });

  it('prints summary.json and nothing else with --json', () => {
    const { status, stdout, cwd } = run([...small, '--json']);
    expect(status).toBe(0);
    expect(stdout).toBe(readFileSync(join(cwd, 'memory-1', 'summary.json'), 'utf8'));
    expect(JSON.parse(stdout)).toMatchObject({ solved: 20, infeasible: 0, undecided: 0, channels: 20, seed: 1 });
  });

  it('prints nothing with --quiet, and runs no recall with --no-recall', () => {
    const { status, stdout, stderr, cwd } = run([...small, '--quiet', '--no-recall']);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
    expect(existsSync(join(cwd, 'memory-1', 'recall.svg'))).toBe(false);
  });

  it('ends with 4 and explains itself when some neurons are impossible', () => {
    const { status, stdout, cwd } = run(['--channels', '20', '--duration', '500ms', '--inputs', '60', '--seed', '2']);
    expect(status).toBe(4);
    expect(stdout).toMatch(/^ +channel \d+: .* would be needed/m);
    const summary = JSON.parse(readFileSync(join(cwd, 'memory-2', 'summary.json'), 'utf8'));
    expect(summary.infeasible).toBeGreaterThan(0);
    expect(summary.unsolved.length).toBe(summary.infeasible + summary.undecided);
  });

  it('warns that few channels recall little', () => {
    const { status, stdout } = run(['--channels', '3', '--duration', '50ms', '--seed', '3', '--trials', '1']);
    expect([0, 4]).toContain(status);
    expect(stdout).toMatch(/^warning {2}with 3 channels/m);
  });

  it('stores its own results again, from network.npz and from score.csv', () => {
    const { cwd } = run([...small, '--no-recall']);
    const files = ['memory-1/network.npz', 'memory-1/score.csv'];
    for (const [i, score] of files.entries()) {
      const again = run(
        ['--score', score, '--wiring', files[0], '--no-recall', '--seed', '1', '--out', `again${i}`],
        cwd,
      );
      expect(again.status).toBe(0);
    }
    const weights = (name: string) => readMemory(readFileSync(join(cwd, name, 'network.npz')), name).network.weights;
    expect(weights('again0')).toEqual(weights('memory-1'));
    weights('again1').forEach((weight, k) => expect(weight).toBeCloseTo(weights('memory-1')[k], 9));
  });

  it.skipIf(!reference)('stores the published score (skipped where ../shared is absent)', () => {
    const file = new URL('../../shared/data/reference-network.json.gz', import.meta.url).pathname;
    const { status, stdout } = run(['--score', file, '--wiring', file, '--no-recall', '--json', '--seed', '1']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ solved: 200, channels: 200, spikes: 1463 });
  });
});

describe('bad use', () => {
  const base = ['--channels', '20', '--duration', '150ms'];
  const bad: [string[], RegExp][] = [
    [[], /--channels is missing; for example: memorize --channels 200 --duration 1s/],
    [['--channels', '20'], /--duration is missing/],
    [['--channels'], /--channels <n>' argument missing/],
    [['--channels', '0', '--duration', '1s'], /--channels must be an integer of at least 1; got "0"/],
    [['--channels', '-1', '--duration', '1s'], /--channels must be an integer of at least 1; got "-1"/],
    [['--channels', '2.5', '--duration', '1s'], /got "2\.5"/],
    [['--channels', '0x10', '--duration', '1s'], /got "0x10"/],
    [['--channels', '２００', '--duration', '1s'], /got "２００"/],
    [['--channels', '200 ', '--duration', '1s'], /got "200 "/],
    [['--channels', 'NaN', '--duration', '1s'], /got "NaN"/],
    [['--channels', '1000000000', '--duration', '1s'], /need about [\d.e+]+ GB of memory, this machine has/],
    [['--channels', '20', '--duration', '1 s'], /--duration must be a positive time such as 1s or 250ms; got "1 s"/],
    [['--channels', '20', '--duration', '0'], /got "0"/],
    [['--channels', '20', '--duration', '-1s'], /got "-1s"/],
    [['--channels', '20', '--duration', '1m'], /write 60s or 1ms/],
    [['--channels', '20', '--duration', '1'], /add the unit: 1s or 1ms/],
    [['--channels', '20', '--duration', '4ms'], /--duration must be longer than the refractory period of 5 ms/],
    [['--channel', '20', '--duration', '1s'], /unknown option '--channel'.*Did you mean --channels\?/],
    [[...base, '--channels', '30'], /--channels is given twice/],
    [[...base, '--seed=1', '--seed=2'], /--seed is given twice/],
    [[...base, 'extra'], /too many arguments/],
    [[...base, '--rate', '20', '--activity', '0.2'], /--rate and --activity contradict each other/],
    [[...base, '--rate', '200'], /no activity gives/],
    [[...base, '--seed', '9007199254740993'], /--seed must be an integer/],
    [[...base, '--seed', 'abc'], /got "abc"/],
    [[...base, '--workers', '0'], /--workers must be an integer from 1 to 1024; got "0"/],
    [[...base, '--prompt', '21'], /--prompt must be at most the number of channels, 20; got 21/],
    [[...base, '--prompt', '120%'], /--prompt must be a share above 0% and at most 100%/],
    [[...base, '--noise', '0.1,x'], /each value of --noise must be a number of at least 0; got "x"/],
    [[...base, '--delays', '50ms..5ms'], /--delays must be a range/],
    [[...base, '--delays', '1us..50ms'], /--delays: the recall test takes delays of 0\.005 ms to 3 s; these are/],
    [[...base, '--prompt-time', '90000000s'], /need about [\d.e+]+ GB of memory/],
    [[...base, '--delays', '1ns..5ms'], /--delays must be a positive time/],
    [[...base, '--objective', 'l0'], /--objective must be none, l2, l1, .*; got "l0"/],
    [[...base, '--firing-zone', '4ms'], /firing zone must be above 0 and at most half a refractory period/],
    [[...base, '--margin', '0'], /--margin must be a positive number/],
    [[...base, '--json', '--quiet'], /--json and --quiet contradict each other/],
    [['--score', 'x.npz', '--channels', '20'], /--score and --channels contradict each other/],
    [[...base, '--wiring', 'x.npz', '--inputs', '20'], /--wiring and --inputs contradict each other/],
  ];
  it.each(bad)('%j: one line, exit code 2, no files', (args, message) => {
    const { status, stdout, stderr, cwd } = run(args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length).toBe(1);
    expect(stderr).not.toMatch(/ at .*:\d+/);
    expect([status, stdout, readdirSync(cwd)]).toEqual([2, '', []]);
  });

  it('does not touch an existing directory without --force', () => {
    const { cwd } = run([...small, '--no-recall', '--out', 'mine']);
    const before = hashes(join(cwd, 'mine'));
    const again = run([...small, '--no-recall', '--out', 'mine', '--seed', '1'].slice(2), cwd);
    expect(again.status).toBe(2);
    const refused = run(['--channels', '20', '--duration', '150ms', '--out', 'mine'], cwd);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/mine exists already/);
    expect(hashes(join(cwd, 'mine'))).toEqual(before);
  });
});

describe('bad files and places', () => {
  it.each([
    ['there is no such file', 'gone.csv', undefined],
    ['the file is empty', 'empty.csv', ''],
    ['not a readable npz', 'broken.npz', 'PK\x03\x04 nonsense'],
    ['not readable as JSON', 'broken.json', '{"period": '],
  ])('%s: exit code 3, one line, no files', (message, name, content) => {
    const cwd = folder();
    if (content !== undefined) writeFileSync(join(cwd, name), content, 'latin1');
    const { status, stderr } = run(['--score', name], cwd);
    expect(status).toBe(3);
    expect(stderr).toMatch(new RegExp(`^memorize: ${name}.*${message}`));
    expect(stderr.trim().split('\n').length).toBe(1);
    expect(readdirSync(cwd)).toEqual(content === undefined ? [] : [name]);
  });

  it('a directory is no score file', () => {
    const { status, stderr } = run(['--score', '.']);
    expect([status, stderr]).toEqual([3, 'memorize: .: not a regular file\n']);
  });

  it('a wiring with a delay that is none: exit code 3, naming the synapse', () => {
    const cwd = folder();
    const wiring = { period: 30, sources: [[0], [0]], delays: [[1], [-2]], weights: [[0], [0]], spikes: [[1], [3]] };
    writeFileSync(join(cwd, 'w.json'), JSON.stringify(wiring));
    const { status, stderr } = run(['--score', 'w.json', '--wiring', 'w.json', '--seed', '1'], cwd);
    expect(stderr).toBe(
      'memorize: w.json: synapse 0 of neuron 1: its delay must be a finite time of at least 0 (at most 1000000000 refractory periods); got -2\n',
    );
    expect([status, readdirSync(cwd)]).toEqual([3, ['w.json']]);
  });

  it('a file where the directory should be: exit code 2, before any work', () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'mine'), '');
    const { status, stderr } = run([...small, '--out', 'mine', '--force'], cwd);
    expect([status, stderr]).toEqual([2, 'memorize: mine is a file; choose a directory with --out\n']);
  });

  it('a reader that goes away does not stop the work', async () => {
    const cwd = folder();
    const child = spawn(process.execPath, [MAIN, ...small, '--no-recall'], {
      cwd,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.destroy();
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(readdirSync(cwd)).toEqual(['memory-1']);
  });

  it.skipIf(!existsSync('/dev/full'))('a full device to print on: exit code 5, nothing left', () => {
    const cwd = folder();
    const full = openSync('/dev/full', 'w');
    const { status } = spawnSync(process.execPath, [MAIN, ...small, '--no-recall'], {
      cwd,
      stdio: ['ignore', full, 'ignore'],
    });
    expect([status, readdirSync(cwd)]).toEqual([5, []]);
  });

  it('a place that cannot be written: exit code 5', () => {
    const { status, stderr } = run([...small, '--out', '/dev/null/x']);
    expect(status).toBe(5);
    expect(stderr).toMatch(/^memorize: cannot write \/dev\/null\/x: a part of the path is a file\n$/);
  });

  it('takes a directory with spaces and emoji', () => {
    const { status, cwd } = run([...small, '--no-recall', '--quiet', '--out', 'my memory 🧠']);
    expect(status).toBe(0);
    expect(readdirSync(cwd)).toEqual(['my memory 🧠']);
  });
});

describe('interruption', () => {
  async function interrupt(args: string[], after: RegExp) {
    const cwd = folder();
    const child = spawn(process.execPath, [MAIN, ...args], { cwd });
    let seen = '';
    let sent = false;
    const look = (data: Buffer) => {
      seen += data;
      if (!sent && after.test(seen)) {
        sent = true;
        child.kill('SIGINT');
      }
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    const status = await new Promise((resolve) => child.on('close', resolve));
    return { status, seen, cwd };
  }

  it('before the first neuron is solved leaves nothing: exit code 130', async () => {
    const { status, seen, cwd } = await interrupt(
      ['--channels', '200', '--duration', '1s', '--seed', '1'],
      /^network/m,
    );
    expect(status).toBe(130);
    expect(seen).toMatch(/^memorize: interrupted by SIGINT$/m);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('while recalling keeps the network that was stored', async () => {
    const args = ['--channels', '60', '--duration', '300ms', '--seed', '1', '--trials', '400'];
    const { status, seen, cwd } = await interrupt(args, /^checked/m);
    expect(status).toBe(130);
    expect(seen).toMatch(/interrupted by SIGINT; .*memory-1\.partial\/network\.npz.*--resume memory-1/);
    expect(readdirSync(cwd)).toEqual(['memory-1.partial']);
    readMemory(readFileSync(join(cwd, 'memory-1.partial', 'network.npz')), 'n');
  });
});
