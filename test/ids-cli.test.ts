/** What a recording calls its neurons is what every result calls them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNpz } from '../src/files/index.js';
import { folder, run } from './command.js';

const cwd = folder();
const read = (...path: string[]) => readFileSync(join(cwd, ...path), 'utf8');
const npz = (...path: string[]) => readNpz(readFileSync(join(cwd, ...path)), path.join('/'));

/** Stores a recording whose neurons have these ids as `out`. */
function store(ids: readonly (number | string)[], out: string, ...more: string[]) {
  const lines = ids.flatMap((id, i) => [7, 31, 52].map((ms) => `${id},${((ms + 3.1 * i) / 1e3).toFixed(4)}`));
  writeFileSync(join(cwd, `${out}.csv`), `neuron,time_s\n${lines.join('\n')}\n`);
  const inputs = more.includes('--inputs') ? [] : ['--inputs', '400'];
  const line = ['--score', `${out}.csv`, ...inputs, '--trials', '1', '--seed', '2', '--workers', '1', '--out', out];
  return run([...line, ...more], cwd);
}

const numbers = [100, 103, 107, 110, 120, 1129];
const texts = ['a/7', "o'k", 'unit0', 'unit2', 'unit10', 'z'];

describe.each([
  ['numbers', numbers],
  ['names', texts],
])('ids that are %s', (out, ids) => {
  beforeAll(() => {
    const { status, stderr } = store(ids, out);
    expect([0, 4], stderr).toContain(status);
  });

  it('stand on the axis of the raster, in the title of the potential, and in the report', () => {
    for (const id of ids) expect(read(out, 'recall.svg')).toContain(`>${id}</text>`);
    expect(ids.some((id) => read(out, 'potential.svg').includes(`Channel ${id}: `))).toBe(true);
    expect(run(['report', out], cwd)).toMatchObject({ status: 0 });
    const page = read(out, 'report.html');
    expect(page).toContain(`${ids[0]} to ${ids[ids.length - 1]}`);
    expect(page).toContain(`>${ids[2]}</text>`);
  });

  it('name what simulate records, the arrays of its files, and the panels of its figures', () => {
    const asked = `potential:${ids[1]},${ids[5]}`;
    const simulated = run(
      ['simulate', out, '--record', `spikes,${asked}`, '--until', '80ms', '--seed', '1', '--out', `${out}-s`],
      cwd,
    );
    expect(simulated, simulated.stderr).toMatchObject({ status: 0 });
    const recorded = JSON.parse(read(`${out}-s`, 'summary.json')).recorded;
    expect(recorded).toEqual({ spikes: true, potentials: [ids[1], ids[5]] });
    const arrays = Object.keys(npz(`${out}-s`, 'potentials.npz'));
    expect(arrays.filter((name) => name.startsWith('times_s_'))).toEqual([`times_s_${ids[1]}`, `times_s_${ids[5]}`]);
    expect(JSON.parse(npz(`${out}-s`, 'spikes.npz').ids as string)).toEqual(ids);
    expect(read(`${out}-s`, 'potentials.svg')).toContain(`>neuron ${ids[5]}</text>`);
    for (const id of ids) expect(read(`${out}-s`, 'raster.svg')).toContain(`>${id}</text>`);
  });

  it('are what --neuron and --record take, and their numbers are not', () => {
    const explained = run(['explain', out, '--neuron', String(ids[3]), '--out', `${out}.svg`], cwd);
    expect(explained, explained.stderr).toMatchObject({ status: 0 });
    expect(explained.stdout).toMatch(new RegExp(`^neuron +${ids[3]}`, 'm'));
    expect(read(`${out}.svg`)).toContain(`Channel ${ids[3]}: `);
    const range = `one of the ids of the recording, ${ids[0]} to ${ids[5]}; got 3`;
    for (const words of [
      ['explain', out, '--neuron', '3'],
      ['simulate', out, '--record', 'potential:3', '--out', 'no'],
    ]) {
      const { status, stderr } = run(words, cwd);
      expect([status, stderr]).toEqual([2, expect.stringContaining(range)]);
    }
  });
});

it('impossible neurons are called by their ids in summary.json', () => {
  const { status, stderr } = store(numbers, 'few', '--inputs', '10', '--no-recall');
  expect(status, stderr).toBe(4);
  const { unsolved } = JSON.parse(read('few', 'summary.json')) as { unsolved: { channel: number }[] };
  expect(unsolved.length).toBeGreaterThan(0);
  for (const { channel } of unsolved) expect(numbers).toContain(channel);
});

it('an export says what its form leaves out: further memories, and the ids of a recording', () => {
  const { status, stderr } = run(
    '--channels 6 --duration 60ms --also 50ms --inputs 300 --seed 1 --no-recall --workers 1 --out two'.split(' '),
    cwd,
  );
  expect([0, 4], stderr).toContain(status);
  const lines = [
    ['two', 'csv', /^left out +1 of 2 memories, all but the first: two keeps them$/m],
    ['few', 'json', /^left out +the ids of the recording .*: few keeps them$/m],
  ] as const;
  for (const [network, form, said] of lines) {
    expect(run(['export', network, '--to', form], cwd)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(said),
    });
  }
  expect(run(['export', 'two', '--to', 'npz'], cwd).stdout).not.toContain('left out');
});

it('hidden neurons are called like no recorded one, names that are numbers included', () => {
  const score = '# period_s=0.1 channels=2 spikes=2\n# ids=["0","01"]\nchannel,time_s\n0,0.02\n01,0.05\n';
  writeFileSync(join(cwd, 'digits.csv'), score);
  const words = '--hidden 2 --inputs 30 --seed 1 --no-recall --workers 1'.split(' ');
  const first = run(['--score', 'digits.csv', ...words, '--out', 'digits'], cwd);
  expect([0, 4], first.stderr).toContain(first.status);
  expect(read('digits', 'score.csv')).toContain('# ids=["0","01",2,3]\n');
  const again = run(['--score', 'digits/score.csv', ...words.slice(2), '--out', 'again'], cwd);
  expect([0, 4], again.stderr).toContain(again.status);
  expect(read('again', 'score.csv')).toBe(read('digits', 'score.csv'));
});

it('--time-unit is refused where the score says itself what its times are', () => {
  const { status, stderr } = run(['--score', 'few', '--time-unit', 'ms'], cwd);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/--time-unit: few says itself what its times are/)]);
});
