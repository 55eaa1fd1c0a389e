/** A campaign under kill -9, at length. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folder, hashes, run, start } from '../command.js';
import { lcg } from '../helpers.js';

const quick = JSON.parse(
  readFileSync(new URL('../../experiments/memory/storage-capacity/quick.json', import.meta.url), 'utf8'),
);
// Some 15 shards of a few tasks.
const config = { ...quick, inputs: [200, 300], trials: 40, trialsPerTask: 5, variations: [] };
const args = ['experiment', 'storage-capacity', '--config', 'config.json', '--quiet'];

const resultsOf = (directory: string) => ({
  ...hashes(join(directory, 'figures')),
  ...hashes(join(directory, 'shards')),
  page: readFileSync(join(directory, 'report.html'), 'utf8'),
  csv: readFileSync(join(directory, 'results.csv'), 'utf8'),
  npz: readFileSync(join(directory, 'results.npz'), 'base64'),
});

it('killed at 50 random moments and resumed loses nothing, doubles nothing, and ends with the same bytes', async () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'config.json'), JSON.stringify(config));
  expect(run([...args, '--out', 'whole'], cwd).status).toBe(0);
  const whole = resultsOf(join(cwd, 'whole'));
  const random = lcg(9);
  let kills = 0;
  while (kills < 50) {
    const directory = join(cwd, 'mine');
    rmSync(directory, { recursive: true, force: true });
    // Killed again and again, until it ends before it is killed.
    for (let finished = false; !finished && kills < 50; ) {
      const { child, ended } = start([...args, '--out', 'mine'], cwd);
      const timer = setTimeout(() => child.kill('SIGKILL'), 150 + 2500 * random());
      const { signal } = await ended;
      clearTimeout(timer);
      finished = signal === null;
      if (!finished) kills++;
      // What stands in the folder of shards is whole.
      const shards = existsSync(join(directory, 'shards')) ? readdirSync(join(directory, 'shards')) : [];
      for (const name of shards.filter((one) => !one.startsWith('.'))) {
        expect(readFileSync(join(directory, 'shards', name), 'utf8')).toBe(
          readFileSync(join(cwd, 'whole', 'shards', name), 'utf8'),
        );
      }
    }
    expect(run(['experiment', 'resume', 'mine', '--quiet'], cwd).status).toBe(0);
    const left = resultsOf(directory);
    const names = Object.keys(left).filter((name) => !name.startsWith('.'));
    expect(names.sort()).toEqual(Object.keys(whole).sort());
    for (const name of names) expect(left[name as keyof typeof left]).toBe(whole[name as keyof typeof whole]);
  }
});

it('shared by three processes at once ends with the same bytes', async () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'config.json'), JSON.stringify(config));
  expect(run([...args, '--out', 'whole'], cwd).status).toBe(0);
  const all = [1, 2, 3].map(() => start([...args, '--out', 'mine', '--workers', '1'], cwd));
  for (const { ended } of all) expect((await ended).status).toBe(0);
  expect(run(['experiment', 'resume', 'mine', '--quiet'], cwd).status).toBe(0);
  expect(resultsOf(join(cwd, 'mine'))).toEqual(resultsOf(join(cwd, 'whole')));
});
