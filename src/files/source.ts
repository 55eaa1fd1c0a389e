import { demandArray, demandFunction, demandInteger, demandObject, demandText } from '../core/index.js';

/** Bytes that are read where they are wanted: a file on a disk, or one that was dropped into a page. */
export interface Source {
  /** What it is called, for people. */
  readonly name: string;
  /** How many bytes there are. */
  readonly size: number;
  /** The bytes from a position on, fewer where the file ends. */
  read(from: number, length: number): Uint8Array;
}

/** Bytes that lie in memory. Throws `usage` on what are no bytes. */
export function sourceOf(bytes: Uint8Array, name: string): Source {
  demandArray('the bytes', bytes, Uint8Array);
  demandText('the name', name);
  return { name, size: bytes.length, read: (from, length) => bytes.subarray(from, from + length) };
}

/** Throws `usage` on what cannot be read like a source. */
export function demandSource(source: Source): void {
  demandObject('the source', source);
  demandText('the name of the source', source.name);
  demandInteger('the size of the source', source.size);
  demandFunction('`read` of the source', source.read);
}
