/** Records near: the same ones, in order, as often as they are asked for, whatever the disk. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { keepNear } from '../src/campaign/index.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Records that count how often somebody goes through them. */
function counted(records: readonly Uint8Array[]) {
  const asked = { times: 0 };
  const far = () => {
    asked.times++;
    return records;
  };
  return { asked, far };
}
const copies = (each: Iterable<Uint8Array>) => Array.from(each, (record) => [...record]);

it('records are read once from afar, and lie in a file without a name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'engram-near-'));
  vi.stubEnv('TMPDIR', folder);
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (records) => {
      const { asked, far } = counted(records);
      const { each, close } = keepNear(far, 1);
      for (let pass = 0; pass < 3; pass++) expect(copies(each())).toEqual(records.map((record) => [...record]));
      expect(asked.times).toBe(1);
      expect(readdirSync(folder)).toEqual([]);
      close();
    }),
    { numRuns: 30 },
  );
});

it('records larger than a piece of the file come whole', () => {
  vi.stubEnv('TMPDIR', mkdtempSync(join(tmpdir(), 'engram-near-')));
  const records = [3, 5_000_000, 0, 4_194_304, 17].map((length) => new Uint8Array(length).map((_, i) => i % 251));
  const { each, close } = keepNear(() => records, 1);
  let next = 0;
  for (const record of each()) expect(Buffer.compare(record, records[next++])).toBe(0);
  expect(next).toBe(5);
  close();
});

it.each([
  ['there is none', undefined, 1],
  ['it does not exist', '/nowhere/at/all', 1],
  ['nothing can be written there', '/proc/self', 1],
  ['there is no room', tmpdir(), 1e18],
])('where %s, they are read from where they are', (_, folder, bytes) => {
  vi.stubEnv('TMPDIR', folder);
  const records = [Uint8Array.of(1, 2), Uint8Array.of(3)];
  const { asked, far } = counted(records);
  const { each, close } = keepNear(far, bytes);
  for (let pass = 0; pass < 2; pass++) expect(copies(each())).toEqual([[1, 2], [3]]);
  expect(asked.times).toBeGreaterThanOrEqual(2);
  close();
});
