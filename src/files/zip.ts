/**
 * The entries of a zip archive, each checked: where it lies, how long it is, and its checksum (fflate inflates,
 * but does not look at checksums, and one flipped bit would change a number unseen).
 */
import { demandArray, EngramError } from '../core/index.js';
import { inflate, refuseBomb } from './inflate.js';
import { type Source, sourceOf } from './source.js';

/** The end record and the longest comment behind it. */
const END_BYTES = 22;
const MOST_COMMENT = 65535;

/** Yields name and content, in the order of the directory. Throws `input` with `file` named. */
export function* readZip(bytes: Uint8Array, file: string): Generator<readonly [string, Uint8Array]> {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  demandArray(`the bytes of ${file}`, bytes, Uint8Array);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - END_BYTES;
  const least = Math.max(0, end - MOST_COMMENT);
  while (end >= least && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < least) return fail('not a readable npz (zip) archive: its end is missing');
  const count = view.getUint16(end + 10, true);
  // In front of it stand the wide end records, if there are any: of the directory, and where that record is.
  const isWide =
    end >= 76 && view.getUint32(end - 20, true) === 0x07064b50 && view.getUint32(end - 76, true) === 0x06064b50;
  const last = isWide ? end - 76 : end;
  const [size, first] = isWide
    ? [wideAt(view, last + 40), wideAt(view, last + 48)]
    : [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  let at = first;
  if (view.getUint16(end + 8, true) !== count || size !== last - at) {
    return fail('the end record of the archive is broken');
  }
  end = last;
  const names = new Set<string>();
  let all = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50)
      fail(`the directory of the archive is broken at byte ${at}`);
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const checksum = view.getUint32(at + 16, true);
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const [size, packed, header] = placeOf(view, at, at + 46 + nameLength, extra);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const wrong = (problem: string) => fail(`entry "${printable(name)}" ${problem}`);
    if (names.has(name)) wrong('is there twice');
    names.add(name);
    if (flags & 1) wrong('is encrypted');
    if (packed === 0xffffffff || size === 0xffffffff) wrong('is larger than 4 GB');
    if (header + 30 > end || view.getUint32(header, true) !== 0x04034b50) wrong('is not where the directory says');
    const begin = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    if (begin + packed > bytes.length) wrong('is cut off');
    const data = bytes.subarray(begin, begin + packed);
    if (method !== 0 && method !== 8) wrong(`is compressed by method ${method}; stored and deflated ones are read`);
    if (method === 0 && packed !== size) wrong('has two lengths');
    all += size;
    refuseBomb(bytes.length, all, () =>
      wrong(`claims to expand to ${size} bytes, in a file of ${bytes.length}; write it without compression`),
    );
    const content = method === 0 ? data : inflated(data, size, wrong);
    if (crc32(content) !== checksum) wrong('is damaged: its checksum does not fit');
    yield [name, content];
    at += 46 + nameLength + extra + comment;
  }
  if (at !== end) fail('the directory of the archive is broken');
}

/** What stands for a number that is written in 64 bits elsewhere. */
const WIDE = 0xffffffff;
const wideAt = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

/** Size, packed size and offset of a listed entry; those that are wide stand in that order in the extra field of kind 1. */
function placeOf(view: DataView, at: number, begin: number, length: number): number[] {
  const numbers = [24, 20, 42].map((offset) => view.getUint32(at + offset, true));
  if (!numbers.includes(WIDE)) return numbers;
  let field = begin;
  const end = Math.min(begin + length, view.byteLength);
  while (field + 4 <= end && view.getUint16(field, true) !== 1) field += 4 + view.getUint16(field + 2, true);
  let next = field + 4;
  return numbers.map((number) => {
    if (number !== WIDE || next + 8 > end) return number;
    next += 8;
    return wideAt(view, next - 8);
  });
}

/** A name out of a broken file, fit to be printed in a line. */
const printable = (name: string) => name.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');

/** The content of a gzip file, its checksum compared. */
export function readGzip(bytes: Uint8Array, file: string): Uint8Array {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  if (bytes.length < 18) return fail('not a readable gzip file: it is cut off');
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  const size = trailer.getUint32(4, true);
  refuseBomb(bytes.length, size, () =>
    fail(`claims to expand from ${bytes.length} to ${size} bytes; if it is no bomb, unpack it first`),
  );
  let content: Uint8Array = new Uint8Array();
  try {
    const found = inflate('gzip', bytes, size);
    if (found.over || found.content.length < size) fail('damaged: it does not hold what it claims');
    content = found.content;
  } catch (error) {
    if (error instanceof EngramError) throw error;
    fail(`not a readable gzip file (${error instanceof Error ? error.message : error})`);
  }
  if (crc32(content) !== trailer.getUint32(0, true)) fail('damaged: its checksum does not fit');
  return content;
}

/** What a source holds, unpacked if it is gzip. */
export const unpacked = (source: Source): Source =>
  source.read(0, 2).join() === '31,139'
    ? sourceOf(readGzip(source.read(0, source.size), source.name), source.name)
    : source;

function inflated(data: Uint8Array, size: number, wrong: (problem: string) => never): Uint8Array {
  try {
    const { content, over } = inflate('deflate', data, size);
    if (!over && content.length === size) return content;
  } catch {
    // Said below.
  }
  return wrong('cannot be decompressed');
}

/** Eight tables, so that eight bytes are taken at a time. */
const tables = Array.from({ length: 8 }, () => new Uint32Array(256));
for (let i = 0; i < 256; i++) {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  tables[0][i] = value;
}
for (let i = 0; i < 256; i++) {
  for (let t = 1; t < 8; t++) tables[t][i] = (tables[t - 1][i] >>> 8) ^ tables[0][tables[t - 1][i] & 255];
}

/**
 * The checksum of zip and gzip.
 * @param before that of the bytes in front of these
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let c = ~before;
  let i = 0;
  for (const stop = bytes.length - 7; i < stop; i += 8) {
    c ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    c =
      t7[c & 255] ^
      t6[(c >>> 8) & 255] ^
      t5[(c >>> 16) & 255] ^
      t4[c >>> 24] ^
      t3[bytes[i + 4]] ^
      t2[bytes[i + 5]] ^
      t1[bytes[i + 6]] ^
      t0[bytes[i + 7]];
  }
  for (; i < bytes.length; i++) c = (c >>> 8) ^ t0[(c ^ bytes[i]) & 255];
  return ~c >>> 0;
}
