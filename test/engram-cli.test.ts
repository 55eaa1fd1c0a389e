/** The box: `engram` lists the systems, and `engram memorize` is `memorize`. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folder, hashes, run } from './command.js';

const ENGRAM = new URL('../dist/src/cli/engram.js', import.meta.url).pathname;

function engram(line: string, cwd = folder()) {
  const args = line.split(' ').filter((word) => word !== '');
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENGRAM, ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('runs as it is after a build', () => {
  expect(statSync(ENGRAM).mode & 0o111).toBe(0o111);
});

it('alone it lists the systems that there are, and how to start them', () => {
  const { status, stdout, stderr } = engram('');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('memorize');
  expect(stdout).toContain('engram memorize --channels 200 --duration 1s');
  for (const command of ['experiment', 'report', 'solve']) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  expect(stdout).not.toMatch(/srnn/);
});

it('an unknown system is one line that names those that exist', () => {
  const { status, stdout, stderr } = engram('memorise --channels 3');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    'engram: there is no system "memorise"; systems are memorize, sparseprop, flossing, spikernn, and for all of them there are experiment, report, solve\n',
  );
});

it('tells version and help', () => {
  expect(engram('--version').stdout).toBe(run(['--version']).stdout);
  expect(engram('--help').stdout).toContain('Usage: engram');
  expect(engram('memorize --help').stdout).toBe(run(['--help']).stdout);
});

it.each(['memorize --channels 0', 'memorize foo', 'memorize recall nothere', 'memorize --channels 3 --channels 4'])(
  'engram %s fails as memorize does',
  (line) => {
    const { status, stdout, stderr } = run(line.split(' ').slice(1));
    expect(engram(line)).toEqual({ status, stdout, stderr });
  },
);

it('engram memorize leaves the same bytes as memorize', { timeout: 120_000 }, () => {
  const line = '--channels 5 --duration 60ms --inputs 120 --seed 3 --trials 1 --workers 1 --out m';
  const cwd = folder();
  expect(engram(`memorize ${line}`, cwd).status).not.toBe(2);
  expect(hashes(join(cwd, 'm'))).toEqual(hashes(join(run(line.split(' ')).cwd, 'm')));
});

it('engram experiment and engram solve are what memorize has', () => {
  expect(engram('experiment list').stdout).toBe(run(['experiment', 'list']).stdout);
  expect(engram('solve nothere.mps')).toMatchObject({ status: 3 });
});
