/**
 * Writes a zip archive of stored entries piece by piece: nothing is held but the directory. Sizes are known beforehand, and what
 * does not fit into 32 bits, a size, an offset, is written in 64 (the zip64 extension, which Python reads). Times are fixed, so
 * that equal content gives equal bytes. Format: APPNOTE.TXT of PKWARE, sections 4.3 and 4.5.3.
 */
import { crc32 } from './zip.js';

/** An entry: its name in ASCII, how many bytes it has, and the bytes. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly pieces: Iterable<Uint8Array>;
}

interface Listed {
  readonly name: Uint8Array;
  readonly size: number;
  readonly offset: number;
  readonly crc: number;
}

const LIMIT = 0xffffffff;
/** The earliest time that an entry can carry: 1 January 1980. */
const TIME = (1 << 21) | (1 << 16);
/** Checksum and sizes follow the content. */
const FOLLOWS = 8;
const [OLD, WIDE] = [20, 45];

/** Fields of 2, 4 or 8 bytes, in little-endian order. */
function record(...fields: (readonly [bytes: 2 | 4 | 8, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  return bytes;
}

/** The extra field that holds numbers in 64 bits; empty if there are none. */
const wide = (numbers: readonly number[]): Uint8Array =>
  numbers.length === 0
    ? new Uint8Array()
    : record([2, 1], [2, 8 * numbers.length], ...numbers.map((value) => [8, value] as const));

/**
 * Writes the archive.
 * @param limit the largest number that is not written in 64 bits; lower ones are for tests
 */
export function writeZip(entries: Iterable<ZipEntry>, write: (bytes: Uint8Array) => void, limit = LIMIT): void {
  const listed: Listed[] = [];
  let at = 0;
  const put = (bytes: Uint8Array) => {
    write(bytes);
    at += bytes.length;
  };
  for (const { name: text, size, pieces } of entries) {
    const [name, offset, large] = [new TextEncoder().encode(text), at, size >= limit];
    const extra = wide(large ? [size, size] : []);
    const sizes = large ? LIMIT : 0;
    put(
      record(
        ...([
          [4, 0x04034b50],
          [2, large ? WIDE : OLD],
          [2, FOLLOWS],
          [2, 0],
          [4, TIME],
          [4, 0],
        ] as const),
        ...([
          [4, sizes],
          [4, sizes],
          [2, name.length],
          [2, extra.length],
        ] as const),
      ),
    );
    put(name);
    put(extra);
    let [crc, left] = [0, size];
    for (const piece of pieces) {
      crc = crc32(piece, crc);
      left -= piece.length;
      put(piece);
    }
    if (left !== 0) throw new Error(`${text}: an entry of ${size} bytes came with ${size - left}`);
    const width = large ? 8 : 4;
    put(record([4, 0x08074b50], [4, crc], [width, size], [width, size]));
    listed.push({ name, size, offset, crc });
  }
  const begin = at;
  for (const entry of listed) put(listing(entry, limit));
  finish(listed.length, begin, at - begin, limit, put);
}

/** An entry of the directory. */
function listing({ name, size, offset, crc }: Listed, limit: number): Uint8Array {
  const [large, far] = [size >= limit, offset >= limit];
  const extra = wide([...(large ? [size, size] : []), ...(far ? [offset] : [])]);
  const version = large || far ? WIDE : OLD;
  const sizes = large ? LIMIT : size;
  const head = record(
    ...([
      [4, 0x02014b50],
      [2, version],
      [2, version],
      [2, FOLLOWS],
      [2, 0],
      [4, TIME],
      [4, crc],
    ] as const),
    ...([
      [4, sizes],
      [4, sizes],
      [2, name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
    ] as const),
    ...([
      [4, 0],
      [4, far ? LIMIT : offset],
    ] as const),
  );
  const bytes = new Uint8Array(head.length + name.length + extra.length);
  bytes.set(head);
  bytes.set(name, head.length);
  bytes.set(extra, head.length + name.length);
  return bytes;
}

/** The end records, of which the wide ones are there when they are needed. */
function finish(count: number, begin: number, size: number, limit: number, put: (bytes: Uint8Array) => void): void {
  const large = begin >= limit || size >= limit;
  if (large) {
    put(
      record(
        ...([
          [4, 0x06064b50],
          [8, 44],
          [2, WIDE],
          [2, WIDE],
          [4, 0],
          [4, 0],
        ] as const),
        ...([
          [8, count],
          [8, count],
          [8, size],
          [8, begin],
        ] as const),
      ),
    );
    put(record([4, 0x07064b50], [4, 0], [8, begin + size], [4, 1]));
  }
  const start = large ? LIMIT : begin;
  put(record([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, large ? LIMIT : size], [4, start], [2, 0]));
}
