/** Where something is to be written is looked at before any work, links that lead nowhere included. */
import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folded, leftOf } from '../src/app/screen.js';
import { checkTarget, openResults, writeWhole } from '../src/files/node.js';
import { scoreOf } from '../src/memory/score/index.js';
import { drawRaster } from '../src/plot/index.js';
import { folder, run } from './command.js';

describe('a link that leads nowhere', () => {
  it('is refused as a directory of results, and stays as it is', () => {
    const cwd = folder();
    symlinkSync('nowhere', join(cwd, 'link'));
    for (const force of [false, true])
      expect(() => openResults(join(cwd, 'link'), ['a'], { force })).toThrow(
        /is a link to nowhere, which does not exist/,
      );
    const lines = [
      '--channels 4 --duration 50ms --seed 1 --out link',
      'experiment storage-capacity --out link',
      'explain m --out link',
      'export m --to csv --out link',
    ];
    run('--channels 4 --duration 50ms --inputs 60 --seed 1 --no-recall --quiet --out m'.split(' '), cwd);
    for (const line of lines) {
      const { status, stdout, stderr } = run(line.split(' '), cwd);
      expect([status, stdout], line).toEqual([2, '']);
      expect(stderr).toMatch(/link is a link to nowhere/);
    }
    expect(readlinkSync(join(cwd, 'link'))).toBe('nowhere');
  });

  it('is refused as a file', () => {
    const cwd = folder();
    const link = join(cwd, 'link.svg');
    symlinkSync('nowhere', link);
    expect(() => checkTarget(link, { force: true })).toThrow(/is a link to nowhere/);
    expect(() => writeWhole(link, 'x')).toThrow(/is a link to nowhere/);
  });
});

it('a file is looked at before the work: what stands there, and whether there is room', () => {
  const cwd = folder();
  mkdirSync(join(cwd, 'directory'));
  writeFileSync(join(cwd, 'file'), '');
  expect(() => checkTarget(join(cwd, 'new'))).not.toThrow();
  expect(() => checkTarget(join(cwd, 'file'))).toThrow(/exists already/);
  expect(() => checkTarget(join(cwd, 'file'), { force: true })).not.toThrow();
  expect(() => checkTarget(join(cwd, 'directory'), { force: true })).toThrow(/not a file/);
  expect(() => checkTarget(join(cwd, 'none', 'new'))).toThrow(/does not exist/);
  expect(() => checkTarget(join(cwd, 'file', 'new'))).toThrow(/a part of the path is a file|cannot write/);
});

describe('progress', () => {
  it('says nothing of the time left before it knows a pace, and never 0 s before the end', () => {
    expect(leftOf(0, 60, 0)).toBe('');
    expect(leftOf(0, 60, 3)).toBe('');
    expect(leftOf(1, 59, 0.0001)).toBe('  about 1 s left');
    expect(leftOf(30, 30, 9.2)).toBe('  about 10 s left');
    expect(leftOf(1, 99, 60)).toBe('  about 99 min left');
    expect(leftOf(60, 0, 9)).toBe('');
  });
});

describe('a line of the report', () => {
  const text = 'score    1 000 channels · 1 s · 28 900 spikes · 29 Hz and further words that make it longer than that';

  it('is folded between words, each line within the width', () => {
    const lines = folded(text, 60, 9).split('\n');
    expect(lines.length).toBe(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(lines[1]).toMatch(/^ {9}\S/);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(text);
  });

  it('stays as it is where there is room, and keeps a word that is too long whole', () => {
    expect(folded(text, 200, 9)).toBe(text);
    expect(folded(text, Number.POSITIVE_INFINITY, 9)).toBe(text);
    expect(folded(`figure   ${'x'.repeat(80)}`, 60, 9)).toContain('x'.repeat(80));
  });
});

describe('the edge of a raster', () => {
  const count = (svg: string, color: string) => svg.split(`fill="${color}"`).length - 1;
  const [missed, extra] = ['#d1495b', '#e08e0b'];
  const score = scoreOf([Float64Array.of(0.1, 9.8), Float64Array.of(3)], 10);
  const draw = (first: number[]) =>
    drawRaster({
      score,
      trains: [Float64Array.from(first), Float64Array.of(3, 13)],
      prompt: 0,
      promptTime: 10,
      periods: 1,
      tau0: 0.005,
      subtitle: [],
    });

  it('calls no spike missed that fell just beyond it, and none extra whose partner lies there', async () => {
    const perfect = await draw([0.1, 9.8, 10.1, 19.8]);
    for (const moved of [
      [0.1, 9.8, 10.1],
      [0.1, 9.8, 10.1, 20.05],
      [0.1, 9.8, 10.1, 19.8, 19.99 + 0.1],
    ]) {
      const svg = await draw(moved);
      expect(count(svg, missed)).toBe(count(perfect, missed));
      expect(count(svg, extra)).toBe(count(perfect, extra));
    }
  });

  it('still calls missed what is missed within it', async () => {
    const perfect = await draw([0.1, 9.8, 10.1, 19.8]);
    expect(count(await draw([0.1, 10.1, 19.8]), missed)).toBe(count(perfect, missed) + 1);
  });
});
