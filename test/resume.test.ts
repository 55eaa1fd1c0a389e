/** Runs that are interrupted, killed, or meet each other. */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../src/files/node.js';
import { folder, hashes, run, start, until } from './command.js';

const args = ['--channels', '100', '--duration', '600ms', '--inputs', '1300', '--seed', '3', '--no-recall', '--quiet'];
const whole = (() => {
  let known: Record<string, string> | undefined;
  return () => {
    if (!known) {
      const { cwd } = run([...args, '--out', 'whole']);
      known = hashes(join(cwd, 'whole'));
    }
    return known;
  };
})();
const journalSize = (cwd: string) => {
  const file = join(cwd, 'mine.partial', 'neurons');
  return existsSync(file) ? statSync(file).size : 0;
};

describe('an interrupted run', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s keeps what is solved, says how to go on, and ends with the same bytes',
    async (signal) => {
      const cwd = folder();
      const { child, ended } = start([...args, '--out', 'mine'], cwd);
      await until(() => journalSize(cwd) > 0 || child.exitCode !== null);
      child.kill(signal);
      const { status, stderr } = await ended;
      expect(status).toBe(130);
      const [, done] =
        /^memorize: interrupted by SIG\w+; (\d+) of 100 neurons are kept, go on with: npx memorize --resume mine\n$/m.exec(
          stderr,
        ) ?? [];
      expect(Number(done)).toBeGreaterThan(0);
      expect(readdirSync(cwd)).toEqual(['mine.partial']);
      expect(run(['--resume', 'mine', '--workers', '1', '--quiet'], cwd).status).toBe(0);
      expect(readdirSync(cwd)).toEqual(['mine']);
      expect(hashes(join(cwd, 'mine'))).toEqual(whole());
    },
  );

  it('that is killed at any moment leaves nothing half-written, and goes on to the same bytes', async () => {
    for (const bytes of [1, 100_000, 250_000]) {
      const cwd = folder();
      const { child, ended } = start([...args, '--out', 'mine'], cwd);
      await until(() => journalSize(cwd) >= bytes || child.exitCode !== null);
      child.kill('SIGKILL');
      await ended;
      if (existsSync(join(cwd, 'mine'))) continue;
      expect(readdirSync(cwd)).toEqual(['mine.partial']);
      // What a power cut may do to the last record.
      truncateSync(join(cwd, 'mine.partial', 'neurons'), Math.max(0, journalSize(cwd) - 5));
      expect(run(['--resume', 'mine', '--quiet'], cwd).status).toBe(0);
      expect(hashes(join(cwd, 'mine'))).toEqual(whole());
    }
  });

  it('is not overwritten by another one, unless that is asked for', async () => {
    const cwd = folder();
    const { child, ended } = start([...args, '--out', 'mine'], cwd);
    await until(() => journalSize(cwd) > 0 || child.exitCode !== null);
    child.kill('SIGKILL');
    await ended;
    const refused = run([...args, '--out', 'mine'], cwd);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      'memorize: mine.partial holds an interrupted run; continue it with --resume mine (of the command that began it), or drop it with --force\n',
    ]);
    const other = run(['--resume', 'mine', '--channels', '20'], cwd);
    expect([other.status, other.stderr]).toEqual([
      2,
      'memorize: --resume goes on with what was asked then; leave out --channels (allowed are --workers, --quiet, --json)\n',
    ]);
    expect(run([...args, '--out', 'mine', '--force'], cwd).status).toBe(0);
    expect(readdirSync(cwd)).toEqual(['mine']);
  });

  it('goes on only with the files that it began with, and only if there is one', async () => {
    const cwd = folder();
    const score = join(cwd, 'spikes.csv');
    const lines = Array.from({ length: 400 }, (_, i) => `${i % 40},${(i * 0.0031).toFixed(4)}`);
    writeFileSync(score, `neuron,time_s\n${lines.join('\n')}\n`);
    const { child, ended } = start(
      ['--score', 'spikes.csv', '--inputs', '3000', '--out', 'mine', '--quiet', '--no-recall'],
      cwd,
    );
    await until(() => journalSize(cwd) > 0 || child.exitCode !== null);
    child.kill('SIGKILL');
    await ended;
    writeFileSync(score, `${readFileSync(score, 'utf8')}1,9.5\n`);
    const { status, stderr } = run(['--resume', 'mine'], cwd);
    expect([status, stderr]).toEqual([2, `memorize: ${score} is not the file that the run began with\n`]);
    expect(run(['--resume', 'nothing'], cwd).stderr).toMatch(/there is no interrupted run of nothing/);
    mkdirSync(join(cwd, 'done'));
    expect(run(['--resume', 'done'], cwd).stderr).toMatch(/done holds no run of this command/);
    writeFileSync(join(cwd, 'done', 'network.npz'), '');
    expect(run(['--resume', 'done'], cwd).stderr).toMatch(/done is finished; there is nothing to resume/);
  });
});

describe('a run interrupted in its recall test', () => {
  const recalling = [
    ...['--channels', '20', '--duration', '300ms', '--inputs', '400', '--seed', '3', '--quiet', '--workers', '1'],
    ...['--noise', '0.1', '--trials', '20'],
  ];
  const trials = (cwd: string) => {
    const file = join(cwd, 'mine.partial', 'trials');
    return existsSync(file) ? statSync(file).size : 0;
  };

  it('leaves what `report` reads and `--resume` goes on with, to the same bytes', async () => {
    const cwd = folder();
    const { child, ended } = start([...recalling, '--out', 'mine'], cwd);
    const stands = () => trials(cwd) > 0 && existsSync(join(cwd, 'mine.partial', 'run.json'));
    await until(() => stands() || child.exitCode !== null);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({
      status: 130,
      stderr:
        'memorize: interrupted by SIGINT; the stored network is in mine.partial/network.npz, go on with: npx memorize --resume mine\n',
    });
    expect(readdirSync(cwd)).toEqual(['mine.partial']);
    expect(run(['report', 'mine'], cwd)).toMatchObject({
      status: 2,
      stderr:
        'memorize: the run of mine was interrupted; what it has stored is in mine.partial: memorize report mine.partial\n',
    });
    expect(run(['report', 'mine.partial'], cwd).status).toBe(0);
    expect(readFileSync(join(cwd, 'mine.partial', 'report.html'), 'utf8')).toMatch(/All 20 neurons are stored\./);
    expect(run(['--resume', 'mine', '--quiet'], cwd).status).toBe(0);
    run([...recalling, '--out', 'whole'], cwd);
    expect(hashes(join(cwd, 'mine'))).toEqual(hashes(join(cwd, 'whole')));
  });
});

describe('a run continued from another folder', () => {
  it('finds its files there, and so does the command that it ends with', async () => {
    const cwd = folder();
    const lines = Array.from({ length: 400 }, (_, i) => `${i % 40},${(i * 0.0031).toFixed(4)}`);
    writeFileSync(join(cwd, 'spikes.csv'), `neuron,time_s\n${lines.join('\n')}\n`);
    const { child, ended } = start(['--score', 'spikes.csv', '--inputs', '3000', '--out', 'mine', '--no-recall'], cwd);
    await until(() => journalSize(cwd) > 0 || child.exitCode !== null);
    child.kill('SIGKILL');
    await ended;
    const { status, stdout, cwd: elsewhere } = run(['--resume', join(cwd, 'mine')]);
    // Some of these channels are impossible (exit code 4); the run is complete all the same.
    expect([status, readdirSync(elsewhere)]).toEqual([4, []]);
    expect(stdout).toContain(`--score ${join(cwd, 'spikes.csv')} `);
  });
});

describe('two runs into one directory', () => {
  it.skipIf(!existsSync('/proc/self/stat'))('do not mix: the second is told who is at it (on Linux)', () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'mine.partial'));
    const born = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[19];
    writeFileSync(join(cwd, 'mine.partial', 'owner'), JSON.stringify({ pid: process.pid, host: hostname(), born }));
    const { status, stderr } = run([...args, '--out', 'mine', '--force'], cwd);
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`^memorize: process ${process.pid} is writing mine; `));
  });

  it('started at the same moment: one of them does it, the other is refused', async () => {
    const cwd = folder();
    const both = [1, 2].map(() => start([...args, '--out', 'mine'], cwd).ended);
    const codes = (await Promise.all(both)).map(({ status }) => status).sort();
    expect(codes).toEqual([0, 2]);
    expect(readdirSync(cwd)).toEqual(['mine']);
  });
});

describe('many that open one directory at the same moment', () => {
  it('leave it to one: every other is refused as a usage error, and no parent of the winner is lost', async () => {
    const cwd = folder();
    const rounds = 40;
    const face = new URL('../dist/src/files/node.js', import.meta.url).href;
    const text = `
      import { openResults } from ${JSON.stringify(face)};
      const said = [];
      for (let i = 0; i < ${rounds}; i++) {
        while (Date.now() < ${Date.now() + 1500} + 20 * i);
        try { openResults('parent' + i + '/mine', ['a']); said.push('mine'); }
        catch (error) { said.push(error.code + (error.code === 'usage' ? '' : error.message)); }
      }
      console.log(JSON.stringify(said));
      setTimeout(() => {}, 1000); // the owner of a directory lives until the last has asked`;
    const children = await Promise.all(
      Array.from({ length: 4 }, () =>
        promisify(execFile)(process.execPath, ['--input-type=module', '-e', text], { cwd }),
      ),
    );
    const said = children.map(({ stdout }) => JSON.parse(stdout) as string[]);
    for (let i = 0; i < rounds; i++) {
      expect(said.map((of) => of[i]).sort()).toEqual(['mine', 'usage', 'usage', 'usage']);
      expect(existsSync(join(cwd, `parent${i}`, 'mine.partial', 'owner'))).toBe(true);
    }
  });
});

describe('the journal', () => {
  it('gives back what was appended, up to the first record that is broken', () => {
    const file = join(folder(), 'journal');
    const journal = openJournal<{ i: number; values: Float64Array }>(file);
    const records = Array.from({ length: 20 }, (_, i) => ({ i, values: new Float64Array(i).fill(i / 3) }));
    const sizes = records.map((record) => {
      journal.append(record);
      return statSync(file).size;
    });
    expect([...journal]).toEqual(records);
    for (const place of [7, 0, 19]) expect(journal.at(place)).toEqual(records[place]);
    journal.close();
    for (const cut of [sizes[19] - 1, sizes[12] + 3, sizes[5], 4, 0]) {
      truncateSync(file, cut);
      const again = openJournal<unknown>(file);
      const kept = sizes.filter((size) => size <= cut).length;
      expect(again.count).toBe(kept);
      expect([...again]).toEqual(records.slice(0, kept));
      again.append('more');
      expect([...again]).toEqual([...records.slice(0, kept), 'more']);
      again.close();
      truncateSync(file, sizes[kept - 1] ?? 0);
    }
  });

  it('drops a record in which a bit has changed', () => {
    const file = join(folder(), 'journal');
    const journal = openJournal<string>(file);
    for (const text of ['one', 'two', 'three']) journal.append(text);
    journal.close();
    const bytes = readFileSync(file);
    bytes[bytes.length - 2] ^= 4;
    writeFileSync(file, bytes);
    const again = openJournal<string>(file);
    expect([...again]).toEqual(['one', 'two']);
    again.close();
  });

  it('takes the zeros that a power cut leaves behind what was written for nothing', () => {
    const file = join(folder(), 'journal');
    const journal = openJournal<string>(file);
    for (const text of ['one', 'two']) journal.append(text);
    journal.close();
    truncateSync(file, statSync(file).size + 4096);
    const again = openJournal<string>(file);
    again.append('three');
    expect([...again]).toEqual(['one', 'two', 'three']);
    again.close();
  });
});
