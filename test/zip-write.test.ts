/** Archives that are written piece by piece: as another writer writes them, and in 64 bits where 32 do not suffice. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Zip, ZipPassThrough } from 'fflate';
import { describe, expect, it } from 'vitest';
import { npzBytes } from '../src/files/index.js';
import { readZip } from '../src/files/zip.js';
import { writeZip } from '../src/files/zip-write.js';

type Files = Record<string, Uint8Array>;
const entriesOf = (files: Files) =>
  Object.entries(files).map(([name, bytes]) => ({
    name,
    size: bytes.length,
    pieces: [bytes.subarray(0, 3), bytes.subarray(3)],
  }));

function written(files: Files, limit?: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  writeZip(entriesOf(files), (bytes) => pieces.push(bytes), limit);
  return Buffer.concat(pieces);
}

/** The same by fflate. */
function byFflate(files: Files): Uint8Array {
  const pieces: Uint8Array[] = [];
  const zip = new Zip((_, bytes) => pieces.push(bytes));
  for (const [name, bytes] of Object.entries(files)) {
    const entry = new ZipPassThrough(name);
    entry.mtime = new Date(1980, 0, 1);
    zip.add(entry);
    entry.push(bytes, true);
  }
  zip.end();
  return Buffer.concat(pieces);
}

const someFiles = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}\.npy$/), fc.uint8Array({ maxLength: 300 }), {
  maxKeys: 6,
});

describe('an archive', () => {
  it('has the bytes that fflate gives it', () => {
    fc.assert(
      fc.property(someFiles, (files) => {
        expect(Buffer.compare(written(files), byFflate(files))).toBe(0);
      }),
    );
  });

  it('is read back whatever is written in 64 bits', () => {
    fc.assert(
      fc.property(someFiles, fc.integer({ min: 0, max: 900 }), (files, limit) => {
        const read = Object.fromEntries(
          [...readZip(written(files, limit), 'made.zip')].map(([name, bytes]) => [name, [...bytes]]),
        );
        expect(read).toEqual(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, [...bytes]])));
      }),
    );
  });

  it.skipIf(!existsSync('/usr/bin/python3'))('in 64 bits is read by Python (skipped where there is none)', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'engram-zip-')), 'made.zip');
    const files = { 'a.npy': Buffer.from('first'), 'b.npy': Buffer.from('the second one'), 'c.npy': Buffer.from('') };
    for (const limit of [0, 10, 60, 120]) {
      writeFileSync(file, written(files, limit));
      const script = `import zipfile; z = zipfile.ZipFile('${file}'); print(z.testzip(), [z.read(n).decode() for n in z.namelist()])`;
      const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script], { encoding: 'utf8' });
      expect([stderr, stdout.trim()]).toEqual(['', "None ['first', 'the second one', '']"]);
    }
  });

  it.skipIf(!existsSync('/usr/bin/python3'))(
    'that Python writes in 64 bits is read (skipped where there is none)',
    () => {
      const file = join(mkdtempSync(join(tmpdir(), 'engram-zip-')), 'made.zip');
      // From 2 GB on it does; here from 10 bytes on.
      const script = `import zipfile; zipfile.ZIP64_LIMIT = 10; z = zipfile.ZipFile('${file}', 'w')
for n in 'ab': z.writestr(n, n * 20)
z.close()`;
      expect(spawnSync('/usr/bin/python3', ['-c', script], { encoding: 'utf8' }).stderr).toBe('');
      const bytes = readFileSync(file);
      expect(bytes.includes(Buffer.from('504b0606', 'hex'))).toBe(true);
      const read = [...readZip(bytes, 'made.zip')].map(([name, content]) => [name, Buffer.from(content).toString()]);
      expect(read).toEqual([
        ['a', 'a'.repeat(20)],
        ['b', 'b'.repeat(20)],
      ]);
    },
  );

  it('whose entry does not have its length is an error', () => {
    const pieces = [Float64Array.of(1, 2), Float64Array.of(3)];
    expect(() => npzBytes({ a: { type: '<f8', length: 4, pieces } })).toThrow(/4 elements came with 3/);
    expect(() => writeZip([{ name: 'a', size: 2, pieces: [new Uint8Array(3)] }], () => {})).toThrow(
      /2 bytes came with 3/,
    );
  });
});
