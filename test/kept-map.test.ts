/** What an interruption leaves of a call of the map, as it is built: all that was finished, whatever it stood behind. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type * as App from '../src/app/index.js';
import type * as Campaign from '../src/campaign/index.js';
import type { Job } from '../src/core/index.js';
import type * as Files from '../src/files/node.js';
import { until } from './command.js';

const dist = new URL('../dist/src/', import.meta.url).href;
const { keptMap }: typeof App = await import(`${dist}app/index.js`);
const { createPool }: typeof Campaign = await import(`${dist}campaign/index.js`);
const { openJournal }: typeof Files = await import(`${dist}files/node.js`);

const directory = mkdtempSync(join(tmpdir(), 'engram-kept-'));
const path = join(directory, 'own.mjs');
writeFileSync(
  path,
  `export const gated = { name: 'gated', prepare: ({ closed, begun }) => (index) => {
  Atomics.add(begun, index, 1);
  Atomics.wait(closed, index, 1);
  return Float64Array.of(index, index / 3);
} };`,
);
interface Shared {
  /** 1 while the task of this index has to wait. */
  closed: Int32Array;
  /** How often the task of this index was begun. */
  begun: Int32Array;
}
const job = { name: 'gated', module: pathToFileURL(path).href } as unknown as Job<Shared, Float64Array>;
const COUNT = 40;
const results = Array.from({ length: COUNT }, (_, index) => Float64Array.of(index, index / 3));
const whole = (first: number) => results.map((result, index) => ({ index, result })).slice(first);

it.each([
  { first: 0, again: 1 },
  { first: 3, again: 3 },
])('of one slow task and others that are done, only the slow one is done again ($again workers)', async (given) => {
  const { first, again } = given;
  const [closed, begun] = [0, 1].map(() => new Int32Array(new SharedArrayBuffer(4 * COUNT)));
  closed[first] = 1;
  const file = join(directory, `journal-${first}`);
  const expected = whole(first);
  /** What a run with so many workers hands out, and what it leaves when it is stopped. */
  const begin = (workers: number) => {
    const pool = createPool(workers);
    const journal = openJournal<unknown>(file);
    const kept = keptMap(pool.spread, journal, directory);
    const found: { index: number; result: Float64Array }[] = [];
    const ended = kept.map(job, { closed, begun }, COUNT, (result, index) => found.push({ index, result }), first);
    const close = async () => {
      await pool.close();
      journal.close();
    };
    return { journal, kept, found, ended, close };
  };

  const interrupted = begin(2);
  interrupted.ended.catch(() => {});
  // Its thread may be the last to start.
  await until(() => interrupted.journal.count === COUNT - first - 1 && Atomics.load(begun, first) === 1);
  expect(interrupted.found).toEqual([]);
  await interrupted.close();

  closed[first] = 0;
  const resumed = begin(again);
  await resumed.ended;
  expect(resumed.found).toEqual(expected);
  expect([...begun]).toEqual(results.map((_, index) => (index < first ? 0 : index === first ? 2 : 1)));
  if (first === 0) for (const _ of [1, 2]) expect([...resumed.kept.results(0)]).toEqual(results);
  await resumed.close();

  const finished = begin(1);
  await finished.ended;
  expect(finished.found).toEqual(expected);
  expect(Math.max(...begun)).toBe(2);
  await finished.close();
});
