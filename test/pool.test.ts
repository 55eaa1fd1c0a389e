/** The pool of worker threads, as it is built: it runs what a module exports, and knows no job itself. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type * as Campaign from '../src/campaign/index.js';
import type { Job } from '../src/core/index.js';

const dist = new URL('../dist/src/', import.meta.url).href;
const { createPool, inSharedMemory }: typeof Campaign = await import(`${dist}campaign/index.js`);

/** A module of somebody's own, beside the house. */
const path = join(mkdtempSync(join(tmpdir(), 'engram-pool-')), 'own.mjs');
writeFileSync(
  path,
  `import { EngramError } from '${dist}core/index.js';
let prepared = 0;
export const unrelated = null;
export const scaleJob = {
  name: 'scale',
  prepare: ({ factors }) => {
    const nth = ++prepared;
    return (index) => ({ value: factors[index % factors.length] * index, shared: factors.buffer instanceof SharedArrayBuffer, nth });
  },
};
export const counting = { name: 'counting', prepare: () => { let done = 0; return () => ({ value: done++ }); } };
export const refusing = { name: 'refusing', prepare: () => () => { throw new EngramError('input', 'a file is broken'); } };
`,
);
const module = pathToFileURL(path).href;
type Scaled = { value: number; shared: boolean; nth: number };
const job = (name: string) => ({ name, module }) as unknown as Job<{ factors: Float64Array }, Scaled>;
const shared = { factors: Float64Array.of(2, 3) };

const pool = createPool(2);
afterAll(() => pool.close());

it('runs a job of any module, in the order of the index, from one copy of the arrays', async () => {
  const found: [number, Scaled][] = [];
  await pool.map(job('scale'), shared, 100, (result, index) => found.push([index, result]), 3);
  expect(found.map(([index]) => index)).toEqual(Array.from({ length: 97 }, (_, i) => i + 3));
  for (const [index, { value }] of found) expect(value).toBe((index % 2 === 0 ? 2 : 3) * index);
  expect(found.every(([, result]) => result.shared)).toBe(true);
});

it('prepares a job once for every call and thread', async () => {
  const nths = async () => {
    const all = new Set<number>();
    await pool.map(job('scale'), shared, 200, ({ nth }) => all.add(nth));
    return all;
  };
  const [first, second] = [await nths(), await nths()];
  expect(Math.max(...second)).toBeLessThanOrEqual(Math.max(...first) + 1);
  expect(first.size).toBeLessThanOrEqual(2);
});

it('begins no task before those that come before it, so that what is finished is handed over soon', async () => {
  const alone = createPool(1);
  const found: number[] = [];
  await alone.map(job('counting'), shared, 200, ({ value }) => found.push(value));
  await alone.close();
  expect(found).toEqual(Array.from({ length: 200 }, (_, i) => i));
});

it('hands on what the user has to know with its code, and names a job that is not there', async () => {
  await expect(pool.map(job('refusing'), shared, 4, () => {})).rejects.toMatchObject({
    code: 'input',
    message: 'a file is broken',
  });
  await expect(pool.map(job('nothing'), shared, 4, () => {})).rejects.toThrow(
    /own\.mjs exports nothing to run by the name of nothing/,
  );
});

it('ends after the item in hand when it is told to stop', async () => {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const batch = { name: 'scale', module, call: 'one', shared, items: [0, 1, 2], stop };
  expect(await pool.run(batch)).toHaveLength(3);
  Atomics.store(stop, 0, 1);
  expect(await pool.run(batch)).toEqual([]);
});

it('shares arrays of every type, wherever they lie, and copies none twice', () => {
  const given = { deep: [{ f4: Float32Array.of(1.5, 2), u1: Uint8Array.of(1, 2, 3).subarray(1) }], none: null, n: 3 };
  const once = inSharedMemory(given);
  expect(once).toEqual({ deep: [{ f4: Float32Array.of(1.5, 2), u1: Uint8Array.of(2, 3) }], none: null, n: 3 });
  const { f4, u1 } = once.deep[0];
  expect([f4.buffer, u1.buffer].every((buffer) => (buffer as unknown) instanceof SharedArrayBuffer)).toBe(true);
  expect(inSharedMemory(once).deep[0].f4).toBe(f4);
});
