/**
 * Records that are gone through several times, kept on a disk of this machine's own where there is one (`$TMPDIR`): what lies on
 * a network file system is then read once. The file has no name while it is used, and vanishes with the process.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Bytes that are read and written at a time. */
const PIECE = 2 ** 22;

/** Goes through records, in order, as often as it is asked to. */
export interface Records {
  each(): Iterable<Uint8Array>;
  close(): void;
}

/**
 * The records, from `$TMPDIR` if there is room for so many bytes there; else from where they are.
 * @param far goes through the records where they are
 */
export function keepNear(far: () => Iterable<Uint8Array>, bytes: number): Records {
  const folder = process.env.TMPDIR;
  const there = { each: far, close: () => {} };
  if (!folder || !hasRoom(folder, bytes)) return there;
  const own = openNameless(folder);
  if (own === undefined) return there;
  const lengths: number[] = [];
  try {
    for (const record of far()) {
      for (let done = 0; done < record.length; ) done += writeSync(own, record, done);
      lengths.push(record.length);
    }
  } catch (error) {
    closeSync(own);
    // Others may have filled the disk meanwhile; what is wrong with the records themselves has no number of the system.
    if ((error as NodeJS.ErrnoException).errno === undefined) throw error;
    return there;
  }
  return { each: () => recordsIn(own, lengths), close: () => closeSync(own) };
}

function hasRoom(folder: string, bytes: number): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > bytes;
}

/** A file that is open and has no name any more; undefined where there can be none. */
function openNameless(folder: string): number | undefined {
  try {
    const place = mkdtempSync(join(folder, 'engram-'));
    try {
      return openSync(join(place, 'records'), 'wx+');
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  } catch {
    return undefined;
  }
}

function* recordsIn(file: number, lengths: readonly number[]): Generator<Uint8Array> {
  const { size } = fstatSync(file);
  let [piece, from, at] = [new Uint8Array(), 0, 0];
  for (const length of lengths) {
    if (at + length > from + piece.length) {
      from = at;
      piece = new Uint8Array(Math.min(Math.max(PIECE, length), size - from));
      for (let done = 0; done < piece.length; ) done += readSync(file, piece, done, piece.length - done, from + done);
    }
    yield piece.subarray(at - from, at - from + length);
    at += length;
  }
}
