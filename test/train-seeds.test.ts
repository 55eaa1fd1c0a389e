/** `memorize train --seeds`: whatever the parts and the interruptions, each network is the one that its seed alone gives. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folder, hashes, run, start, until } from './command.js';

const asked = ['train', '--channels', '12', '--duration', '50ms', '--inputs', '100', '--method', 'hinge'];
const tested = ['--epochs', '60', '--trials', '1', '--noise', '0.05', '--workers', '1'];

it('networks of many seeds, by parts in any order, are those of the seeds, and are compared', {
  timeout: 300_000,
}, () => {
  const cwd = folder();
  const parts = [...asked, ...tested, '--seeds', '3', '--seed', '4', '--out', 'parts', '--quiet'];
  expect(run([...parts, '--shard', '2/2'], cwd).status).toBe(0);
  expect(existsSync(join(cwd, 'parts', 'seeds.csv'))).toBe(false);
  const { status, stdout } = run(['train', '--resume', 'parts', '--workers', '2'], cwd);
  expect(status).toBe(4);
  expect(stdout).toMatch(/^networks 3, of the seeds 4 to 6$/m);
  expect(stdout).toMatch(/^learned {2}0\.\d{3} ± 0\.\d{3} \(standard error\), 0\.\d{3} to 0\.\d{3} of the neurons$/m);
  run([...asked, ...tested, '--seed', '5', '--out', 'alone', '--quiet'], cwd);
  expect(hashes(join(cwd, 'parts', 'seed-5'))).toEqual(hashes(join(cwd, 'alone')));
  const json = (name: string) => JSON.parse(readFileSync(join(cwd, name, 'summary.json'), 'utf8'));
  const shares = [4, 5, 6].map((seed) => json(`parts/seed-${seed}`).learned / 12);
  const mean = shares.reduce((a, b) => a + b) / 3;
  const error = Math.sqrt(shares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 2 / 3);
  const { learned } = json('parts');
  expect([learned.mean, learned.error]).toEqual([expect.closeTo(mean, 12), expect.closeTo(error, 12)]);
  const rows = readFileSync(join(cwd, 'parts', 'seeds.csv'), 'utf8')
    .trim()
    .split('\n');
  expect(rows[0]).toMatch(/^seed,channels,learned,.*,recalled_at_0\.05$/);
  expect(rows.slice(1).map((row) => row.split(',')[0])).toEqual(['4', '5', '6']);
});

it('TERM keeps the neurons of the training in hand, which goes on to the same bytes', {
  timeout: 300_000,
}, async () => {
  const cwd = folder();
  const long = [...asked, '--no-recall', '--epochs', '2000', '--quiet', '--workers', '1'];
  const { child, ended } = start([...long, '--seeds', '1', '--seed', '7', '--out', 'many'], cwd);
  const journal = join(cwd, 'many', 'seed-7.partial', 'neurons');
  await until(() => existsSync(journal) && readFileSync(journal).length > 0);
  child.kill('SIGTERM');
  const { status, stderr } = await ended;
  expect([status, stderr]).toEqual([
    130,
    expect.stringMatching(/interrupted by SIGTERM; 0 of 1 tasks are kept, go on with: npx memorize train --resume /),
  ]);
  expect(readFileSync(journal).length).toBeGreaterThan(0);
  // As a machine that is lost leaves it.
  writeFileSync(join(cwd, 'many', 'seed-7.partial', 'owner'), JSON.stringify({ pid: 1, host: 'elsewhere' }));
  expect([0, 4]).toContain(run(['train', '--resume', 'many', '--quiet'], cwd).status);
  run([...long, '--seed', '7', '--out', 'alone'], cwd);
  expect(hashes(join(cwd, 'many', 'seed-7'))).toEqual(hashes(join(cwd, 'alone')));
});

it('refuses what would mix networks or is none of it', () => {
  const cwd = folder();
  const refused = (args: string[], message: RegExp) => expect(run(args, cwd).stderr).toMatch(message);
  refused([...asked, '--shard', '1/2'], /--shard and --launcher go with --seeds/);
  refused([...asked, '--seeds', '2', '--shard', '1/2'], /--shard needs --seed and --out/);
});
