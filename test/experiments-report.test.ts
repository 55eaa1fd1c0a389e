/** The page of a plain run. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { histogramOf } from '../src/plot/index.js';
import { run } from './command.js';

it('a run becomes a page with five figures, the same bytes each time', () => {
  const { cwd } = run('--channels 40 --duration 200ms --seed 1 --trials 2 --out mine --quiet'.split(' '));
  expect(run(['report', 'mine'], cwd)).toMatchObject({ status: 0, stderr: '' });
  const page = readFileSync(join(cwd, 'mine', 'report.html'), 'utf8');
  expect(page.match(/<figure>/g)?.length).toBe(5);
  expect(page).toContain('All 40 neurons are stored');
  expect(page).toContain('npx memorize --channels 40 --duration 200ms --seed 1');
  expect(page).not.toMatch(/<script|NaN|undefined/);
  run(['report', 'mine'], cwd);
  expect(readFileSync(join(cwd, 'mine', 'report.html'), 'utf8')).toBe(page);
  rmSync(join(cwd, 'mine', 'summary.json'));
  const { status, stderr } = run(['report', 'mine'], cwd);
  expect([status, stderr]).toEqual([
    2,
    'memorize: mine is no directory of results: mine/summary.json does not exist\n',
  ]);
});

it('a run with several memories shows for each what its prompts call up, against noise', () => {
  const { cwd } = run(
    '--channels 40 --duration 150ms --also 120ms --inputs 600 --prompt 30 --noise 0,0.05 --seed 1 --trials 2 --out mine --quiet'.split(
      ' ',
    ),
  );
  expect(run(['report', 'mine'], cwd)).toMatchObject({ status: 0, stderr: '' });
  const page = readFileSync(join(cwd, 'mine', 'report.html'), 'utf8');
  expect(page.match(/<figure>/g)?.length).toBe(5);
  expect(page).toContain('40 channels, 150 ms and 120 ms');
  expect(page).toMatch(
    /prompted one after the other by 30 channels, every memory is called up in all trials up to noise 0/,
  );
  // Two noises and two memories; the first is prompted twice.
  const cells = page.match(/<td class="n">\d of \d<\/td>|<td>\d of \d<\/td>/g) ?? [];
  expect(cells.map((cell) => cell.replace(/<[^>]*>/g, '').slice(-1))).toEqual(['2', '1', '4', '2']);
  expect(page).not.toMatch(/<script|NaN|undefined/);
});

it('an impossible neuron is drawn beside a stored one', () => {
  const { cwd } = run('--channels 30 --duration 200ms --inputs 130 --seed 1 --no-recall --out mine --quiet'.split(' '));
  expect(run(['report', 'mine'], cwd).status).toBe(0);
  const page = readFileSync(join(cwd, 'mine', 'report.html'), 'utf8');
  expect(page).toMatch(/\d+ of 30 neurons are stored, \d+ are proved impossible\./);
  expect(page).toContain('An impossible neuron beside it');
});

it('a histogram counts every value once', () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i));
  const { counts } = histogramOf('sine', [...values, 1, -1, 5, -5], -1, 1);
  expect(counts.reduce((a, b) => a + b, 0)).toBe(1004);
  // The density of a sine is highest at its ends.
  expect(counts[0]).toBeGreaterThan(counts[20] * 3);
});
