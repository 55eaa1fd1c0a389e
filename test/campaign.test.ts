/** Campaigns: what is planned, kept, resumed, shared and merged. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginCampaign,
  type Campaign,
  mergeRows,
  openCampaign,
  planOf,
  progressOf,
  type Row,
  readPlan,
  rowsCsv,
  rowsNpz,
  runCampaign,
  serialRunner,
  shardCount,
  type Work,
} from '../src/campaign/index.js';
import { EngramError } from '../src/core/index.js';
import { readNpz } from '../src/files/index.js';
import { failAt } from './torture/faults.js';

interface Config {
  seed: number;
  tasks: number;
}

/** Squares, two rows each, with a name that CSV must quote. */
const squares: Work<Config, number> = {
  name: 'squares',
  module: import.meta.url,
  columns: ['task', 'value', 'name'],
  tasks: ({ tasks }) => Array.from({ length: tasks }, (_, i) => i),
  cost: () => 0.7,
  prepare:
    ({ seed }) =>
    (task) => [
      { task, value: seed * task * task, name: `"${task}", squared` },
      { task, value: -task / 3, name: null },
    ],
};
const work = squares as unknown as Work<unknown, unknown>;

const folder = () => join(mkdtempSync(join(tmpdir(), 'engram-campaign-')), 'mine');
const begin = (directory = folder(), config: Config = { seed: 3, tasks: 20 }) =>
  beginCampaign(directory, planOf(squares, config, 'test 1'), work);
const newStop = () => new Int32Array(new SharedArrayBuffer(4));

interface How {
  workers?: number;
  part?: { k: number; of: number };
  /** Stop after so many tasks. */
  after?: number;
}

async function runAll(campaign: Campaign, { workers = 2, part, after = Number.POSITIVE_INFINITY }: How = {}) {
  const stop = newStop();
  const task = squares.prepare(campaign.plan.config as unknown as Config);
  const done: number[] = [];
  const counted = (one: unknown): Row[] => {
    done.push(one as number);
    if (done.length >= after) Atomics.store(stop, 0, 1);
    return task(one as number);
  };
  await runCampaign(campaign, { workers, run: serialRunner(counted, stop), stop, part });
  return done;
}
const csvOf = (campaign: Campaign) => rowsCsv(squares.columns, mergeRows(campaign));
const expected = rowsCsv(
  squares.columns,
  Array.from({ length: 20 }, (_, task) => squares.prepare({ seed: 3, tasks: 20 })(task)).flat(),
);

describe('a plan', () => {
  it('puts every task into one shard, in order, of two seconds at most', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 60 }), (costs) => {
        const { shards, tasks } = planOf(
          { ...squares, tasks: () => costs.map((_, i) => i), cost: (i) => costs[i] },
          { seed: 1, tasks: 0 },
          'test 1',
        );
        expect([shards[0], shards.at(-1), tasks]).toEqual([0, costs.length, costs.length]);
        shards.slice(1).forEach((end, i) => {
          const inside = costs.slice(shards[i], end);
          expect(inside.length).toBeGreaterThan(0);
          if (inside.length > 1) expect(inside.reduce((a, b) => a + b, 0)).toBeLessThan(2 + 1e-9);
        });
      }),
    );
  });

  it('is joined by the very same one, and refuses any other, and what is no campaign', () => {
    const directory = folder();
    const first = begin(directory);
    expect(begin(directory).id).toBe(first.id);
    expect(() => begin(directory, { seed: 4, tasks: 20 })).toThrow(/holds another campaign/);
    const other = folder();
    mkdirSync(other);
    writeFileSync(join(other, 'notes.txt'), 'mine');
    expect(() => begin(other)).toThrow(/holds something that is no campaign/);
    expect(readdirSync(other)).toEqual(['notes.txt']);
  });

  it('that was changed, broken, or written by another version is refused', () => {
    const directory = folder();
    begin(directory);
    const plan = readPlan(directory);
    expect(() => openCampaign(directory, plan, work, 'test 2')).toThrow(/another version may give other bytes/);
    const file = join(directory, 'plan.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"seed": 3', '"seed":  3'));
    expect(() => readPlan(directory)).toThrow(/has been changed/);
    writeFileSync(file, text.slice(0, -20));
    expect(() => readPlan(directory)).toThrow(/is broken/);
    writeFileSync(file, text.replace(/"tasksSha256": "./, '"tasksSha256": "x'));
    expect(() => openCampaign(directory, readPlan(directory), work, 'test 1')).toThrow(/other tasks/);
  });
});

describe('a campaign', () => {
  it('gives the same bytes for any number of workers, parts in any order, and stops anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            workers: fc.integer({ min: 1, max: 4 }),
            after: fc.integer({ min: 1, max: 12 }),
            part: fc.option(fc.record({ k: fc.integer({ min: 1, max: 3 }), of: fc.constant(3) }), { nil: undefined }),
          }),
          { maxLength: 6 },
        ),
        async (runs) => {
          const campaign = begin();
          const done: number[] = [];
          for (const { part, ...how } of runs) done.push(...(await runAll(campaign, part ? { ...how, part } : how)));
          done.push(...(await runAll(campaign)));
          expect(csvOf(campaign)).toBe(expected);
          // Nothing is lost and nothing done twice.
          expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
          expect(readdirSync(join(campaign.directory, 'claims'))).toEqual([]);
          expect(readdirSync(join(campaign.directory, 'partial'))).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says how far it is, and is not merged before its end', async () => {
    const campaign = begin();
    await runAll(campaign, { workers: 1, after: 3 });
    const { tasks, finishedTasks, shards, finished, claimed } = progressOf(campaign);
    expect([tasks, finishedTasks, shards, finished, claimed]).toEqual([20, 3, 10, 1, 0]);
    expect(() => mergeRows(campaign)).toThrow(/is not finished; go on with: npx memorize experiment resume/);
  });

  it('does a shard again whose file was cut off or changed anywhere', async () => {
    const campaign = begin();
    await runAll(campaign);
    const file = join(campaign.directory, 'shards', '00003.ndjson');
    const bytes = readFileSync(file);
    for (let cut = 0; cut < bytes.length; cut += 7) {
      truncateSync(file, cut);
      expect(progressOf(campaign).finished).toBe(9);
      writeFileSync(file, bytes);
    }
    for (let at = 0; at < bytes.length; at += 5) {
      const changed = Buffer.from(bytes);
      changed[at] ^= 1;
      writeFileSync(file, changed);
      let finished = 9;
      try {
        finished = progressOf(campaign).finished;
      } catch (error) {
        expect((error as Error).message).toMatch(/belongs to another plan/);
      }
      expect(finished).toBe(9);
    }
    truncateSync(file, 30);
    expect(await runAll(campaign)).toEqual([6, 7]);
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('refuses shards of another plan', async () => {
    const [one, two] = [begin(), begin(folder(), { seed: 5, tasks: 20 })];
    await runAll(one);
    await runAll(two);
    const name = join('shards', '00000.ndjson');
    const own = readFileSync(join(one.directory, name));
    writeFileSync(join(one.directory, name), readFileSync(join(two.directory, name)));
    expect(() => mergeRows(one)).toThrow(/belongs to another plan/);
    writeFileSync(join(one.directory, name), own);
    expect(csvOf(one)).toBe(expected);
  });

  it('leaves alone what a living process has claimed, and takes over from a dead one', async () => {
    const campaign = begin();
    const claim = (shard: string, text: object) =>
      writeFileSync(join(campaign.directory, 'claims', shard), JSON.stringify(text));
    const born = existsSync('/proc/self/stat')
      ? readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[19]
      : undefined;
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    claim('00002', { pid: process.ppid, host: hostname(), born });
    claim('00004', { pid: dead, host: hostname(), born: '1' });
    claim('00005', { pid: 1, host: 'elsewhere' });
    const done = await runAll(campaign);
    expect(done.length).toBe(16);
    expect(progressOf(campaign)).toMatchObject({ finished: 8, claimed: 2 });
    rmSync(join(campaign.directory, 'claims', '00002'));
    rmSync(join(campaign.directory, 'claims', '00005'));
    await runAll(campaign);
    expect(csvOf(campaign)).toBe(expected);
  });

  it('ends with the failure of a task, and can be resumed', async () => {
    const campaign = begin();
    const stop = newStop();
    const failing = serialRunner((task) => {
      if (task === 9) throw new EngramError('input', 'task 9 is bad');
      return squares.prepare({ seed: 3, tasks: 20 })(task as number);
    }, stop);
    await expect(runCampaign(campaign, { workers: 2, run: failing, stop })).rejects.toThrow('task 9 is bad');
    expect(readdirSync(join(campaign.directory, 'claims'))).toEqual([]);
    await runAll(campaign);
    expect(csvOf(campaign)).toBe(expected);
  });

  it('is resumable after a failure of any file-system operation, and says what failed', async () => {
    let failures = 0;
    for (let k = 1; ; k++) {
      const directory = folder();
      mkdirSync(directory);
      const faults = failAt(directory, k, k % 2 === 0 ? 'ENOSPC' : 'EIO');
      let failure: unknown;
      try {
        const campaign = begin(directory, { seed: 3, tasks: 6 });
        await runAll(campaign, { workers: 1 });
      } catch (error) {
        failure = error;
      } finally {
        faults.restore();
      }
      if (failure) {
        failures++;
        expect(failure, `operation ${k}: ${failure}`).toBeInstanceOf(EngramError);
        expect((failure as Error).message).toMatch(/^cannot (write|read) \S+: /);
      }
      const campaign = begin(directory, { seed: 3, tasks: 6 });
      await runAll(campaign);
      expect(csvOf(campaign)).toBe(
        rowsCsv(
          squares.columns,
          [0, 1, 2, 3, 4, 5].flatMap((task) => squares.prepare({ seed: 3, tasks: 6 })(task)),
        ),
      );
      expect(shardCount(campaign.plan)).toBe(6);
      if (faults.count < k) break;
    }
    expect(failures).toBeGreaterThan(20);
  });
});

describe('tables', () => {
  it('are read back by readers of npz: numbers, text, and what is left out', () => {
    const rows: Row[] = [{ a: 1.5, b: 'x' }, { a: null, b: 'y' }, { b: 'x', a: -0 }, { a: 3 }];
    const arrays = readNpz(rowsNpz(['a', 'b'], rows, { program: 'test' }), 'rows.npz');
    expect(Array.from(arrays.a as Float64Array)).toEqual([1.5, Number.NaN, -0, 3]);
    expect(Array.from(arrays.b as Int32Array)).toEqual([0, 1, 0, -1]);
    expect(JSON.parse(arrays.header as string)).toEqual({ program: 'test', rows: 4, texts: { b: ['x', 'y'] } });
    expect(rowsCsv(['a', 'b'], [{ a: 1, b: 'say "no", or\nyes' }])).toBe('a,b\n1,"say ""no"", or\nyes"\n');
  });
});
