/** The commands on a stored network, as a person runs them. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { npzBytes, readNpz } from '../src/files/index.js';
import { start, until } from './command.js';

const MAIN = new URL('../dist/src/cli/main.js', import.meta.url).pathname;
const cwd = mkdtempSync(join(tmpdir(), 'engram-network-'));
const runIn = (folder: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
};
const run = (...args: string[]) => runIn(cwd, ...args);
const read = (...path: string[]) => readFileSync(join(cwd, ...path));
const summaryOf = (directory: string) => JSON.parse(read(directory, 'summary.json').toString());
/** All results but run.json, which knows clock and machine. */
const hashes = (directory: string) =>
  readdirSync(join(cwd, directory))
    .filter((name) => name !== 'run.json')
    .sort()
    .map((name) => `${name} ${createHash('sha256').update(read(directory, name)).digest('hex')}`);

beforeAll(() => {
  const store = ['--channels', '40', '--duration', '150ms', '--seed', '1', '--no-recall', '--out', 'memory'];
  expect(run(...store).status).toBe(0);
});

describe('memorize recall', () => {
  it('says how often and how soon the memory comes back, and where the results are', () => {
    const { status, stdout } = run('recall', 'memory', '--seed', '1', '--noise', '0,0.05', '--trials', '3');
    expect(status).toBe(0);
    for (const part of [
      /^engram \d+\.\d+\.\d+ · seed 1 \(reuse: --seed 1\)$/m,
      /^memory {3}memory · 40 channels · 150 ms · \d+ spikes · \d+ Hz · 20 000 synapses$/m,
      /^prompt {3}20 of 40 channels for 150 ms, from silent$/m,
      /^ {2}noise {2}success {2}95 % {5,}precision {2}recall {2}time to recall {2}timing error {2}drift$/m,
      /^ {2}0\.05 {3}\d\/3/m,
      /^chance {3}unrelated activity has precision 0\.\d{3}$/m,
      /^figures {2}memory\/recall-1\/recall\.svg$/m,
      /^results {2}memory\/recall-1\/summary\.json$/m,
      /^next {5}.*npx memorize /m,
    ]) {
      expect(stdout).toMatch(part);
    }
    expect(readdirSync(join(cwd, 'memory/recall-1')).sort()).toEqual([
      'recall.svg',
      'run.json',
      'spikes.csv',
      'summary.json',
      'trials.csv',
    ]);
    const { recall, chance, firing } = summaryOf('memory/recall-1');
    expect(stdout).toMatch(/^ {2}trains +rate +mean ISI +CV of ISI +correlation\n {2}score .* Hz/m);
    expect(firing.recalled.map(({ noise }: { noise: number }) => noise)).toEqual([0, 0.05]);
    for (const row of firing.recalled) expect(row.rate_hz / firing.score.rate_hz).toBeCloseTo(1, 1);
    const [head, ...spikes] = read('memory/recall-1', 'spikes.csv').toString().trim().split('\n');
    expect(head).toBe('channel,time_s');
    const recalled = spikes.map((line) => Number(line.split(',')[1])).filter((time) => time >= 0.15);
    expect(recalled.length / (40 * 0.3) / firing.score.rate_hz).toBeCloseTo(1, 1);
    expect(recall.map(({ noise }: { noise: number }) => noise)).toEqual([0, 0.05]);
    // Without noise one trial is all, and it has no interval.
    expect(recall[0].interval).toBeNull();
    for (const row of recall) {
      // Nothing is drawn without noise: one trial, and no interval.
      if (row.noise === 0) expect([row.trials, row.interval]).toEqual([1, null]);
      else {
        expect(row.interval[0]).toBeLessThanOrEqual(row.success / row.trials);
        expect(row.interval[1]).toBeGreaterThanOrEqual(row.success / row.trials);
      }
      expect(row.course.length).toBe(3);
    }
    expect(chance.precision).toBeLessThan(0.5);
    expect(read('memory/recall-1', 'trials.csv').toString().trim().split('\n').length).toBe(5);
  });

  it('writes the same bytes for any number of workers, with every noise on', () => {
    const noises = ['--walk', '--failure', '2%', '--delay-jitter', '100us', '--background', '5:0.02,5:-0.02'];
    const flaws = ['--missing', '5%', '--extra', '0.05', '--jitter', '200us', '--start', 'random'];
    for (const workers of ['1', '3']) {
      const rest = ['--seed', '2', '--trials', '4', '--workers', workers, '--out', `w${workers}`];
      expect(run('recall', 'memory', ...noises, ...flaws, ...rest).status).toBe(0);
    }
    expect(hashes('w3')).toEqual(hashes('w1'));
  });
});

describe('a prompt as people mean it', () => {
  const flaws =
    '--prompt random:60% --prompt-time 180ms --jitter 0.1ms --missing 2% --extra 2% --wrong 10% --warp -3%'.split(' ');

  it('can be all of it together, and is told', () => {
    const { status, stdout } = run(
      'recall',
      'memory',
      ...flaws,
      '--seed',
      '3',
      '--trials',
      '2',
      '--workers',
      '1',
      '--out',
      'f1',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^prompt {3}24 of 40 channels, drawn anew in each trial, for 180 ms, from silent · jitter 0\.1 ms · 2 % missing · 2 % added · 10 % of the channels, 2, play another memory · 3 % faster$/m,
    );
    expect(summaryOf('f1').prompt).toEqual({
      ...{ channels: 24, duration_s: 0.18, jitter_s: 0.0001, missing: 0.02, extra: 0.02 },
      ...{ drawn: true, wrong: 0.1, warp: -0.03, start: 'silent' },
    });
    run('recall', 'memory', ...flaws, '--seed', '3', '--trials', '2', '--workers', '2', '--out', 'f2', '--quiet');
    expect(hashes('f2')).toEqual(hashes('f1'));
  });

  it('is the same for listed channels as for the first ones, where these are listed', () => {
    for (const [prompt, out] of [
      ['channels:0-18,19', 'l1'],
      ['20', 'l2'],
    ]) {
      expect(run('recall', 'memory', '--prompt', prompt, '--seed', '3', '--trials', '2', '--out', out).status).toBe(0);
    }
    expect(read('l1', 'trials.csv')).toEqual(read('l2', 'trials.csv'));
  });

  it('reaches every memory of several, for as long as asked', () => {
    const args = '--channels 30 --duration 100ms --also 80ms --seed 1 --trials 1 --noise 0.05 --out both'.split(' ');
    const { status, stdout } = run(...args, ...flaws);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^memories prompted one after the other \(18 channels drawn in each trial for 180 ms, jitter 0\.1 ms, .*3 % faster, then free for 2\)/m,
    );
    expect(summaryOf('both').prompt).toMatchObject({ channels: 18, duration_s: 0.18, drawn: true, wrong: 0.1 });
    expect(
      run('recall', 'both', '--memory', '2', '--wrong', '50%', '--trials', '1', '--seed', '1', '--out', 'b2').status,
    ).toBe(0);
  });
});

describe('memorize recall --find-smallest', () => {
  it('brackets the fewest channels and the shortest prompt, with the trials that say so', () => {
    const args = ['recall', 'memory', '--find-smallest', '--noise', '0,0.05', '--trials', '5', '--seed', '1'];
    const { status, stdout } = run(...args, '--out', 'few1', '--workers', '1');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^the smallest prompt that recalls in 90 % of the trials/m);
    const { smallest, wanted } = summaryOf('few1');
    expect(wanted).toBe(0.9);
    for (const { noise, channels } of smallest) {
      expect(channels.smallest.size).toBe((channels.failing?.size ?? 0) + 1);
      expect(channels.smallest.success / channels.smallest.trials).toBeGreaterThanOrEqual(0.9);
      // Without noise all trials are the same.
      if (noise === 0) expect(channels.smallest.trials).toBe(1);
    }
    expect(read('few1', 'smallest.csv').toString()).toMatch(/^noise,what,size,success,trials,low,high\n0,channels,/);
    // What is not drawn has no interval.
    expect(read('few1', 'smallest.csv').toString()).toMatch(/^0,duration_s,[\d.]+,1,1,,$/m);
    run(...args, '--out', 'few2', '--workers', '2', '--quiet');
    expect(hashes('few2')).toEqual(hashes('few1'));
  });

  it('tells prompts that are no whole number of refractory periods for as long as they were played', () => {
    const args = ['--find-smallest', '--noise', '0', '--prompt-time', '1ms', '--wrong', '10%', '--jitter', '0ms'];
    expect(
      run('recall', 'memory', ...args, '--trials', '1', '--seed', '1', '--out', 'brief', '--workers', '1').status,
    ).toBe(0);
    const { prompt, smallest } = summaryOf('brief');
    expect(prompt).toMatchObject({ duration_s: 0.001, jitter_s: 0, wrong: 0.1 });
    const { smallest: least, failing } = smallest[0].duration_s;
    expect((least ?? failing).size).toBeCloseTo(0.001, 12);
  });
});

describe('memorize stability', () => {
  it('gives spectrum, predictions beside simulations, and the basin', () => {
    const { status, stdout } = run('stability', 'memory', '--seed', '1', '--periods', '8', '--basin-trials', '2');
    expect(status).toBe(0);
    for (const part of [
      /^spectrum radius \d\.\d{3}e-\d+ per period, exponent -\d+\.\d per second$/m,
      /^ +leading (pair|real).* · residual (\de-\d+|below \de-\d+, the rounding) · \d+ of \d+ eigenvalues known$/m,
      /^ +stable: small jitter dies away$/m,
      /^replay {3}without noise: precision 1\.000 · no drift$/m,
      /^ {2}0\.05 {3}8\/8 +0\.9\d\d \/ 0\.9\d\d \(0\.9\d\d\)/m,
      /^ {2}jitter +0\.5 ms/m,
      /^figures {2}memory\/stability-1\/spectrum\.svg {2}memory\/stability-1\/noise\.svg {2}memory\/stability-1\/recall-map\.svg$/m,
    ]) {
      expect(stdout).toMatch(part);
    }
    const { stability, noise, basin, quiet } = summaryOf('memory/stability-1');
    expect(stability.status).toBe('converged');
    expect(stability.spectrum[0].modulus).toBe(stability.radius);
    expect(quiet.precision).toBeCloseTo(1, 9);
    expect(Math.abs(noise[0].curved.precision - noise[0].simulated.precision)).toBeLessThan(0.01);
    expect(basin.jitter.length + basin.missing.length).toBe(10);
    expect(basin.jitter[0].returned).toBe(2);
  });

  it('writes the same bytes for any number of workers', () => {
    for (const workers of ['1', '3']) {
      const rest = ['--seed', '2', '--no-basin', '--periods', '4', '--workers', workers, '--out', `s${workers}`];
      expect(run('stability', 'memory', ...rest).status).toBe(0);
    }
    expect(hashes('s3')).toEqual(hashes('s1'));
  });
});

describe('memorize simulate', () => {
  it('records spikes and potentials, and replays without drift', () => {
    const { status, stdout } = run(
      'simulate',
      'memory',
      '--seed',
      '1',
      '--until',
      '1.5s',
      '--record',
      'spikes,potential:3,7',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^run {6}1\.5 s from memory · no noise$/m);
    expect(stdout).toMatch(/^replay {3}precision 1\.000 · recall 1\.000 in the last period · no drift$/m);
    const spikes = readNpz(read('memory/simulation-1', 'spikes.npz'), 's') as Record<string, Float64Array>;
    const { simulated_spikes: count, spikes: prescribed } = summaryOf('memory/simulation-1');
    expect(spikes.times_s.length).toBe(count);
    expect(count).toBe(10 * prescribed);
    const potentials = readNpz(read('memory/simulation-1', 'potentials.npz'), 'p') as Record<string, Float64Array>;
    expect(potentials.times_s_7.length).toBe(potentials.a_7.length);
    expect(potentials.times_s_3[potentials.times_s_3.length - 1]).toBeLessThan(1.5);
    expect(read('memory/simulation-1', 'potentials.svg').toString()).toContain('neuron 7');
  });

  it('prints its summary and nothing else with --json, and leaves out what is not recorded', () => {
    const { status, stdout } = run(
      'simulate',
      'memory',
      '--seed',
      '5',
      '--record',
      'potential:1',
      '--json',
      '--noise',
      '0.1',
    );
    expect(status).toBe(0);
    expect(stdout).toBe(read('memory/simulation-5', 'summary.json').toString());
    expect(readdirSync(join(cwd, 'memory/simulation-5'))).not.toContain('spikes.npz');
  });
});

it('what was found is read as a page, and a neuron is explained as JSON', () => {
  for (const found of ['recall-1', 'stability-1', 'simulation-1']) {
    expect(run('report', `memory/${found}`)).toMatchObject({ status: 0, stderr: '' });
    const page = read(`memory/${found}`, 'report.html').toString();
    expect(page).toContain('<svg');
    expect(page).toMatch(new RegExp(`npx memorize ${found.replace('-1', '').replace('ion', 'e')} memory`));
  }
  const { stdout, status } = run('explain', 'memory', '--neuron', '3', '--json');
  expect(status).toBe(0);
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({ neuron: 3, unsolved: [], status: 'solved', synapses: 500 });
  expect(told.fit.spike.value).toBeCloseTo(1, 7);
  expect(told.fit.silence.value).toBeLessThanOrEqual(1e-8);
});

it('of weights changed in the file it is said how they fail, and that others would do', () => {
  const arrays = readNpz(read('memory', 'network.npz'), 'network.npz');
  const weights = (arrays.weights as Float64Array).map((weight, k) => (k % 10 === 0 ? 0 : weight));
  mkdirSync(join(cwd, 'changed'));
  writeFileSync(join(cwd, 'changed', 'network.npz'), npzBytes({ ...arrays, weights }));
  const { stdout, status } = run('explain', 'changed');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^neuron +0 is not stored: its weights leave the template/m);
  expect(stdout).toMatch(/^fit +potential at a spike 0\.\d+|^fit +potential at a spike 1\.\d+/m);
  expect(stdout).toMatch(/the convex solver finds weights that obey the template/);
  expect(stdout).not.toMatch(/undecided|rounding/);
});

describe('an interrupted run on a network', () => {
  it.each([
    ['recall', '--trials', '160'],
    ['simulate', '--until', '60s', '--record', 'spikes,potential:0', '--noise', '0.1'],
  ])('%s goes on to the same bytes, in whichever folder that is said', async (name, ...options) => {
    const args = [name, 'memory', ...options, '--seed', '5', '--workers', '1', '--quiet'];
    expect(run(...args, '--out', `whole-${name}`).status).toBe(0);
    const { child, ended } = start([...args, '--out', `part-${name}`], cwd);
    const journal = join(cwd, `part-${name}.partial`, 'neurons');
    await until(() => child.exitCode !== null || (existsSync(journal) && statSync(journal).size > 20_000));
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toContain(`go on with: npx memorize ${name} --resume part-${name}\n`);
    expect(run('report', `part-${name}`)).toMatchObject({
      status: 2,
      stderr: `memorize: the run of part-${name} was interrupted before there was anything to report; go on with --resume part-${name} (of the command that began it)\n`,
    });
    expect(run('explain', `part-${name}`)).toMatchObject({
      status: 3,
      stderr: `memorize: part-${name}: there is no such file; its run was interrupted; go on with --resume part-${name} (of the command that began it)\n`,
    });
    const elsewhere = join(cwd, 'memory');
    expect(runIn(elsewhere, name, '--resume', `../part-${name}`, '--quiet').status).toBe(0);
    expect(hashes(`part-${name}`)).toEqual(hashes(`whole-${name}`));
  });
});

describe('bad use of a stored network', () => {
  it.each([
    [['recall'], 2, /missing required argument 'network'/],
    [['recall', 'memory', '--resume', 'x'], 2, /--resume goes on with what was asked then; leave out memory/],
    [
      ['recall', 'nowhere'],
      3,
      /nowhere: there is no such file; a memory is made by, for example: memorize --channels 200/,
    ],
    [['recall', 'memory', '--prompt', '41'], 2, /--prompt must be at most the number of channels, 40; got 41/],
    [
      ['recall', 'memory', '--prompt', 'channels:3,40'],
      2,
      /--prompt: there is no channel 40; they are numbered from 0 to 39/,
    ],
    [['recall', 'memory', '--prompt', 'channels:3,3'], 2, /--prompt must be a list of channels, each once, such as/],
    [['recall', 'memory', '--prompt', 'channels:'], 2, /--prompt must be a list of channels, each once, such as/],
    [['recall', 'memory', '--prompt', 'channels:9-3'], 2, /--prompt must be a list of channels, each once, such as/],
    [['recall', 'memory', '--prompt', 'random:0%'], 2, /--prompt must be a share above 0% and at most 100%; got "0%"/],
    [['recall', 'memory', '--prompt', '0'], 2, /--prompt must be an integer of at least 1; got "0"/],
    [['recall', 'memory', '--prompt', 'random:41'], 2, /--prompt must be at most the number of channels, 40; got 41/],
    [['recall', 'memory', '--jitter', '51ms'], 2, /--jitter must be at most 10 refractory periods, 50 ms; got 51 ms/],
    // Refused before anything is stored.
    [
      ['--channels', '9', '--duration', '40ms', '--jitter', '1s', '--workers', '1'],
      2,
      /^memorize: --jitter must be at most 10 refractory periods, 50 ms; got 1 s$/m,
    ],
    [['recall', 'memory', '--warp', '11%'], 2, /--warp must be a share from -10% to 10%; got "11%"/],
    [['simulate', 'memory', '--wrong', '5%'], 2, /--wrong needs --prompt/],
    [
      ['simulate', 'memory', '--prompt', '50%', '--prompt-time', '2s', '--until', '1s'],
      2,
      /the prompt lasts 2 s, longer than the run of 1 s; choose a longer --until or a shorter --prompt-time/,
    ],
    [['recall', 'memory', '--missing', '120%'], 2, /--missing must be a share from 0% to 100%; got "120%"/],
    [['recall', 'memory', '--background', '5'], 2, /--background must be a list of rate:weight/],
    [['recall', 'memory', '--start', 'warm'], 2, /--start must be memory or silent or random; got "warm"/],
    [['recall', 'memory', '--json', '--quiet'], 2, /--json and --quiet contradict each other/],
    [['stability', 'memory', '--seed', '1', '--seed', '2'], 2, /--seed is given twice/],
    [['stability', 'memory', '--vectors', '0'], 2, /--vectors must be an integer from 1 to 1000; got "0"/],
    [['simulate', 'memory', '--record', 'voltage:3'], 2, /--record must be a list such as/],
    [['simulate', 'memory', '--record', 'potential:40'], 2, /--record potential must be from 0 to 39; got 40/],
    [['simulate', 'memory', '--until', '5'], 2, /--until must be a positive time/],
    [['simulate', 'memory', '--prompt-time', '5ms'], 2, /--prompt-time needs --prompt/],
    [['simulate', 'memory', '--seed', '1', '--out', 'memory'], 2, /memory exists already/],
  ] as const)('%j is refused in one line', (args, code, message) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(code);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length).toBe(1);
    expect(readdirSync(cwd).some((name) => name.endsWith('.tmp'))).toBe(false);
  });
});

describe('--png', () => {
  it('draws every figure as PNG too, and --force without it leaves none behind', () => {
    const args = ['simulate', 'memory', '--until', '150ms', '--record', 'spikes,potential:1', '--seed', '1'];
    expect(run(...args, '--png', '--out', 'drawn').stdout).toContain(
      'figures  drawn/raster.png  drawn/potentials.png\n',
    );
    for (const name of ['raster', 'potentials']) {
      expect(read('drawn', `${name}.svg`).toString()).toContain('<svg');
      expect([...read('drawn', `${name}.png`).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    }
    expect(run(...args, '--out', 'drawn', '--force').status).toBe(0);
    expect(readdirSync(join(cwd, 'drawn')).filter((name) => name.endsWith('.png'))).toEqual([]);
  });
});
