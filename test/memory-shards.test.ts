/** Memories that are stored by parts: whatever the parts, the bytes are those of one run. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { wireFixedIn } from '../src/memory/network/index.js';
import { folder, hashes, run } from './command.js';

describe('a wiring of some neurons', () => {
  it('holds for them the very inputs that the whole has, and none for the others', () => {
    const options = { neurons: 50, inputs: 20, delays: [0.1, 10] as const, seed: 4 };
    const whole = wireFixedIn(options);
    const part = wireFixedIn({ ...options, only: (l) => l % 7 === 3 });
    for (let l = 0; l < 50; l++) {
      const of = ({ starts, sources, delays }: typeof whole) =>
        [sources, delays].map((values) => [...values.subarray(starts[l], starts[l + 1])]);
      expect(of(part)).toEqual(l % 7 === 3 ? of(whole) : [[], []]);
    }
  });
});

describe('memorize --shard', () => {
  it.each([
    [
      'a sampled score',
      ['--channels', '16', '--duration', '100ms', '--inputs', '150', '--trials', '1', '--noise', '0'],
    ],
    [
      'a design',
      ['--channels', '12', '--duration', '40ms', '--design', 'recall', '--no-recall', '--excitatory', '80%'],
    ],
  ])('parts of %s, done in any order and merged, are one run', { timeout: 300_000 }, (_, asked) => {
    const cwd = folder();
    const whole = run([...asked, '--seed', '5', '--out', 'whole', '--workers', '1', '--quiet'], cwd);
    expect(whole.stderr).toBe('');
    expect(
      run([...asked, '--seed', '5', '--out', 'parts', '--shard', '2/2', '--workers', '2', '--quiet'], cwd).status,
    ).toBe(0);
    const early = run(['--resume', 'parts'], cwd);
    expect([early.status, early.stderr]).toEqual([
      2,
      expect.stringMatching(/parts.shards is not finished; see: npx memorize experiment status/),
    ]);
    expect(existsSync(join(cwd, 'parts'))).toBe(false);
    expect(run(['--resume', 'parts', '--shard', '1/2', '--quiet'], cwd).status).toBe(0);
    // With a disk of the node's own, on which nothing is left.
    const near = folder();
    vi.stubEnv('TMPDIR', near);
    const merged = run(['--resume', 'parts', '--workers', '2', '--quiet'], cwd);
    vi.unstubAllEnvs();
    expect(readdirSync(near)).toEqual([]);
    expect([merged.status, merged.stderr]).toEqual([whole.status, '']);
    expect(hashes(join(cwd, 'parts'))).toEqual(hashes(join(cwd, 'whole')));
    expect(readdirSync(join(cwd, 'parts.shards', 'claims'))).toEqual([]);
  });

  it('refuses what would make parts of different memories', { timeout: 300_000 }, () => {
    const cwd = folder();
    const asked = ['--channels', '24', '--duration', '100ms', '--inputs', '50', '--shard', '1/2'];
    expect(run(asked, cwd).stderr).toMatch(/--shard needs --seed and --out/);
    const named = [...asked, '--out', 'm', '--seed'];
    expect(run([...named, '1', '--quiet'], cwd).status).toBe(0);
    expect(run([...named, '2', '--quiet'], cwd).stderr).toMatch(
      /m.shards holds another campaign.* by: npx memorize --resume \S+\/m$/m,
    );
    expect(run([...asked, '--launcher', 'slurm'], cwd).stderr).toMatch(/--launcher makes the parts itself/);
    expect(run([...named.slice(0, 6), '--time', '5'], cwd).stderr).toMatch(/--time goes with --launcher slurm/);
    rmSync(cwd, { recursive: true });
  });
});
