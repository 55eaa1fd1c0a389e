/** `engram spikernn scale` by parts: what several processes find is what one finds, byte by byte. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folder, hashes } from './command.js';

const ENGRAM = new URL('../dist/src/cli/engram.js', import.meta.url).pathname;

it('parts of a search, done in any order and put together, are the search in one go', { timeout: 300_000 }, () => {
  const cwd = folder();
  const run = (...args: string[]) => {
    const words = [ENGRAM, 'spikernn', ...args, '--quiet'];
    const { status, stderr } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8' });
    return [status, stderr];
  };
  const done = [0, ''];
  expect(run('train', '--N', '20', '--n_trials', '3', '--task', 'go-nogo', '--seed', '1')).toEqual(done);
  const names = readdirSync(join(cwd, 'models'), { recursive: true, encoding: 'utf8' });
  const file = join('models', names.find((name) => name.endsWith('.mat')) as string);
  const model = readFileSync(join(cwd, file));
  const asked = ['scale', 'models', '--trials', '15', '--scales', '20,30', '--seed', '3'];
  expect(run(...asked, '--out', 'whole', '--workers', '1')).toEqual(done);
  const found = readFileSync(join(cwd, file));
  expect(found.equals(model)).toBe(false);
  writeFileSync(join(cwd, file), model);

  expect(run(...asked, '--out', 'parts', '--shard', '2/2', '--workers', '2')).toEqual(done);
  expect(run('scale', '--resume', 'parts')).toEqual([
    2,
    expect.stringMatching(
      /parts\.shards is not finished; go on with: npx engram spikernn scale --resume .* --shard 1\/1/,
    ),
  ]);
  expect(run('scale', '--resume', 'parts', '--trials', '20')).toEqual([2, expect.stringMatching(/leave out --trials/)]);
  expect(run('scale', '--resume', 'parts', '--shard', '1/2', '--workers', '1')).toEqual(done);
  expect(run('scale', '--resume', 'parts', '--workers', '2')).toEqual(done);
  expect(hashes(join(cwd, 'parts'))).toEqual(hashes(join(cwd, 'whole')));
  expect(readFileSync(join(cwd, file)).equals(found)).toBe(true);
  expect(run(...asked, '--shard', '1/2')[1]).toMatch(/--shard needs --seed and --out/);
});
