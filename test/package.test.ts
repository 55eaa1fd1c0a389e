/** The tarball, installed into an empty folder. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('a build that comes after npx has linked the command leaves it executable', () => {
  expect(statSync(new URL('../dist/src/cli/main.js', import.meta.url)).mode & 0o111).toBe(0o111);
});

it('the packed tarball runs from an empty folder and carries its library', { timeout: 240000 }, () => {
  const root = new URL('..', import.meta.url).pathname;
  const target = mkdtempSync(join(tmpdir(), 'engram-pack-'));
  const run = (command: string, args: string[], cwd: string) =>
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  run('npm', ['pack', '--pack-destination', target], root);
  const tarball = readdirSync(target).find((name) => name.endsWith('.tgz')) as string;
  const empty = mkdtempSync(join(tmpdir(), 'engram-empty-'));
  const args = ['--channels', '20', '--duration', '100ms', '--seed', '1', '--trials', '1', '--json'];
  const out = run('npx', ['--yes', '-p', join(target, tarball), 'memorize', ...args], empty);
  expect(JSON.parse(out)).toMatchObject({ channels: 20, solved: 20 });
  expect(readdirSync(join(empty, 'memory-1'))).toContain('recall.svg');

  run('npm', ['init', '-y'], empty);
  run('npm', ['install', '--no-audit', '--no-fund', join(target, tarball)], empty);
  const script =
    "import { sampleScore, expectedSpikes } from 'engram'; import { solveMinNorm } from 'engram/solvers';" +
    'const s = solveMinNorm({ variables: 1, rows: Float64Array.of(2), limits: Float64Array.of(1), lower: -1, upper: 1 });' +
    'console.log(sampleScore(3, 20, 0.2, 1).starts.length, s.status, s.weights[0], expectedSpikes(50, 0.2).toFixed(3));';
  expect(run('node', ['--input-type=module', '-e', script], empty).trim()).toBe('4 solved 0.5 7.225');
  expect(readdirSync(join(empty, 'node_modules', 'engram')).sort()).not.toContain('src');
});
