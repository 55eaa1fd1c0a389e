/** Bytes that are read where they are wanted: a file on a disk, or one that was dropped into a page. */
export interface Source {
  /** What it is called, for people. */
  readonly name: string;
  /** How many bytes there are. */
  readonly size: number;
  /** The bytes from a position on, fewer where the file ends. */
  read(from: number, length: number): Uint8Array;
}

/** Bytes that lie in memory. */
export const sourceOf = (bytes: Uint8Array, name: string): Source => ({
  name,
  size: bytes.length,
  read: (from, length) => bytes.subarray(from, from + length),
});
