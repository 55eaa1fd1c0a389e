/** What of files needs Node: bytes of what a user names, journals, and results that appear whole. */
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { EngramError } from '../core/index.js';
import type { Source } from './source.js';
import { readGzip } from './zip.js';

export { type Journal, openJournal } from './journal.js';
export {
  birthOf,
  checkTarget,
  disownElsewhere,
  guard,
  isAlive,
  openResults,
  PLAN,
  partialOf,
  type Results,
  refuseDangling,
  type Sink,
  writeThrough,
  writeWhole,
} from './results.js';

/** More than this is not taken from a pipe, in bytes. */
const MOST_PIPED = 2 ** 29;
/** From here on a file is read in pieces, of this size; the longest array of bytes that Node 20 has. */
const LARGE = 2 ** 30;
const MOST_READ = 2 ** 32 - 1;
const STDIN = ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];
/** How often, and how long in ms, a pipe that has nothing yet is waited for, before anybody has written to it. */
const PATIENCE = 200;
const PAUSE = 10;

/** Everything in a file, or in a pipe, or in gzip of either. Throws `input` with the reason. */
export function readBytes(file: string): Uint8Array {
  let handle: number | undefined;
  try {
    // Without waiting: a pipe that nobody writes to would never open. The standard input may be a socket, which has no path.
    handle = STDIN.includes(file) ? 0 : openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const kind = fstatSync(handle);
    if (!kind.isFile() && !kind.isFIFO() && !(kind.isSocket() && handle === 0)) {
      throw new EngramError('input', `${file}: ${isZarr(file) ? ZARR : 'not a regular file'}`);
    }
    const bytes = kind.isFile() ? readWhole(handle, kind.size, file) : readPipe(handle, file);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? readGzip(bytes, file) : bytes;
  } catch (error) {
    if (error instanceof EngramError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EngramError('input', `${file}: ${(code && REASONS[code]) ?? message}`);
  } finally {
    if (handle !== undefined && handle !== 0) closeSync(handle);
  }
}

const ZARR = 'a Zarr folder, which is not read: write it as one NWB file of HDF5 (pynwb: NWBHDF5IO(...).export)';
const isZarr = (file: string): boolean =>
  ['.zgroup', '.zarray', 'zarr.json'].some((name) => existsSync(resolve(file, name)));

/** Of a regular file; Node itself reads no more than 2 GB at once. */
function readWhole(handle: number, size: number, file: string): Uint8Array {
  if (size < LARGE) return readFileSync(handle);
  // The arrays in it are copied out of it.
  const need = 2 * size;
  if (size > MOST_READ || need > totalmem()) {
    const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toPrecision(3)} GB`;
    const why = size > MOST_READ ? 'more than 4 GB are not read' : `this machine has ${gigabytes(totalmem())}`;
    throw new EngramError('input', `${file}: to read it takes about ${gigabytes(need)} of memory; ${why}`);
  }
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size; ) {
    const read = readSync(handle, bytes, done, Math.min(LARGE, size - done), done);
    if (read === 0) throw new EngramError('input', `${file}: it has become shorter while it was read`);
    done += read;
  }
  return bytes;
}

/**
 * A file on the disk, of which only what is asked for is read; it is open until it is read to no purpose any more. Undefined of
 * what is no regular file: a pipe is read as a whole.
 */
export function openSource(file: string): (Source & { close(): void }) | undefined {
  if (STDIN.includes(file) || !statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const handle = openSync(file, 'r');
  const { size } = fstatSync(handle);
  const read = (from: number, length: number) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - from)));
    let done = 0;
    for (let got = 1; got > 0 && done < bytes.length; done += got)
      got = readSync(handle, bytes, done, bytes.length - done, from + done);
    return bytes.subarray(0, done);
  };
  return { name: file, size, read, close: () => closeSync(handle) };
}

/** The files that a word names: one, or several with commas between where there is none of that name. */
export const filesNamed = (word: string, from = '.'): string[] =>
  existsSync(resolve(from, word)) ? [word] : word.split(',').filter((part) => part !== '');

/** All that is written into a pipe until its last writer closes it. */
function readPipe(handle: number, file: string): Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (let empty = 0; ; ) {
    const piece = new Uint8Array(1 << 16);
    const read = readSome(handle, piece);
    if (read === 'later' || (read === 0 && size === 0)) {
      // Nobody has opened it yet, or the writer is slow; only of the first a number of waits is enough.
      if (read === 0 && ++empty > PATIENCE) {
        throw new EngramError('input', `${file}: nothing was written into the pipe`);
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
      continue;
    }
    if (read === 0) return Buffer.concat(pieces);
    size += read;
    if (size > MOST_PIPED)
      throw new EngramError('input', `${file}: more than ${MOST_PIPED} bytes are not read from a pipe`);
    pieces.push(piece.subarray(0, read));
  }
}

function readSome(handle: number, piece: Uint8Array): number | 'later' {
  try {
    return readSync(handle, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 'later';
    throw error;
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'not a regular file',
  ENXIO: 'not a regular file',
  ENOTDIR: 'a part of the path is a file',
  ELOOP: 'its links go round in a circle',
};
