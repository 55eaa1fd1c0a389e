/** Bad files and bad moments, at length. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, hashes, run, start, until } from '../command.js';
import { lcg } from '../helpers.js';
import { readOrRefuse } from '../torture/check.js';
import { edits, flips, goodFiles, truncations } from '../torture/files.js';

const directory = mkdtempSync(join(tmpdir(), 'engram-torture-'));

describe.each(await goodFiles())('$name', (sample) => {
  const path = join(directory, sample.name);
  const good = readOrRefuse(path, sample.bytes);

  it('is refused in one line, or read, cut off at every byte', () => {
    for (const cut of truncations(sample)) {
      const read = readOrRefuse(path, cut);
      if (sample.summed) expect(read).toBeUndefined();
    }
  });

  it('is refused in one line, or read, with any one bit flipped', () => {
    for (const flipped of flips(sample)) {
      const read = readOrRefuse(path, flipped);
      if (read && sample.summed) expect(read).toEqual(good);
    }
  });

  it('is refused in one line, or read, after 20 000 edits of all kinds', () => {
    let refused = 0;
    for (const edited of edits(sample, 20_000, lcg(11))) if (!readOrRefuse(path, edited)) refused++;
    expect(refused).toBeGreaterThan(1000);
  });
});

describe('a run', () => {
  const args = [
    '--channels',
    '60',
    '--duration',
    '300ms',
    '--inputs',
    '800',
    '--seed',
    '3',
    '--trials',
    '1',
    '--quiet',
  ];

  it('killed at 50 random moments, twice each, ends with the bytes of an undisturbed one', async () => {
    const begin = performance.now();
    const { cwd: undisturbed } = run([...args, '--out', 'whole']);
    const took = performance.now() - begin;
    const whole = hashes(join(undisturbed, 'whole'));
    const random = lcg(5);
    const cwd = folder();
    let resumed = 0;
    for (let i = 0; i < 50; i++) {
      rmSync(join(cwd, 'mine'), { recursive: true, force: true });
      rmSync(join(cwd, 'mine.partial'), { recursive: true, force: true });
      const partial = () => existsSync(join(cwd, 'mine.partial', 'plan.json'));
      for (const how of [
        [...args, '--out', 'mine'],
        ['--resume', 'mine', '--quiet'],
      ]) {
        if (how[0] === '--resume' && !partial()) continue;
        const { child, ended } = start(how, cwd);
        await new Promise((resolve) => setTimeout(resolve, 100 + 1.2 * took * random()));
        child.kill('SIGKILL');
        await ended;
        // Results are there whole, or not at all.
        if (existsSync(join(cwd, 'mine'))) expect(hashes(join(cwd, 'mine'))).toEqual(whole);
      }
      if (partial()) {
        resumed++;
        expect(run(['--resume', 'mine', '--quiet'], cwd).status).toBe(0);
      } else if (!existsSync(join(cwd, 'mine'))) {
        expect(run([...args, '--out', 'mine'], cwd).status).toBe(0);
      }
      expect(hashes(join(cwd, 'mine'))).toEqual(whole);
      // A hidden directory may remain of a process killed between making it and naming it.
      expect(readdirSync(cwd).filter((name) => !name.startsWith('.'))).toEqual(['mine']);
    }
    expect(resumed).toBeGreaterThan(10);
  });

  it('interrupted by every signal at any moment ends with 130 or with its results', async () => {
    const random = lcg(6);
    let heard = 0;
    for (let i = 0; i < 30; i++) {
      const cwd = folder();
      const { child, ended } = start([...args, '--out', 'mine'], cwd);
      await new Promise((resolve) => setTimeout(resolve, 150 + 1500 * random()));
      const signal = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)[i % 3];
      child.kill(signal);
      const { status, stderr } = await ended;
      // Before the command has begun, and once it is over, the signal itself ends the process: nothing is left, or all results.
      if (child.signalCode === signal) {
        expect(stderr).toBe('');
        expect([[], ['mine']]).toContainEqual(readdirSync(cwd));
        continue;
      }
      heard++;
      expect([0, 130]).toContain(status);
      expect(stderr.trim().split('\n').length).toBe(1);
      const left = readdirSync(cwd);
      expect([[], ['mine'], ['mine.partial']]).toContainEqual(left);
      if (left[0] === 'mine.partial') expect(stderr).toMatch(/go on with: npx memorize --resume mine/);
    }
    expect(heard).toBeGreaterThan(15);
  });

  it('interrupted twice leaves at once', async () => {
    const cwd = folder();
    const { child, ended } = start([...args, '--out', 'mine'], cwd);
    await until(
      () => existsSync(join(cwd, 'mine.partial', 'neurons')) && statSync(join(cwd, 'mine.partial', 'neurons')).size > 0,
    );
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
  });
});
