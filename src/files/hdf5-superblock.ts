/**
 * What stands at the head of an HDF5 file, which tells without the library whether it is one, and whole (HDF5 File Format
 * Specification, II.A, "Format Signature and Superblock"): signature (8 bytes), version, then, of versions 0 and 1, the sizes of
 * addresses and lengths at 13 and 14 and the addresses at 24 (version 1: 28); of versions 2 and 3 the sizes at 9 and 10 and the
 * addresses at 12. The first address is the base, the third (versions 2 and 3 alike) the end of the file.
 */
import type { Source } from './source.js';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Where the signature stands: at 0, 512, 1024, and so on, behind what a user may put there; -1 of a file that is no HDF5. */
export function signatureAt(source: Source): number {
  for (let at = 0; at + 8 <= source.size && at <= 2 ** 20; at = at === 0 ? 512 : 2 * at) {
    const bytes = source.read(at, 8);
    if (SIGNATURE.every((byte, i) => bytes[i] === byte)) return at;
  }
  return -1;
}

/** What is wrong at the head of a file with a signature, in words; undefined if nothing is. */
export function brokenHead(source: Source): string | undefined {
  const at = signatureAt(source);
  const head = source.read(at, 64);
  if (head.length < 48) return `cut off after ${source.size} bytes`;
  const version = head[8];
  if (version > 3) return `its superblock is of version ${version}; there are 0 to 3`;
  const [sizes, addresses] = version < 2 ? [13, version === 0 ? 24 : 28] : [9, 12];
  const [offset, length] = [head[sizes], head[sizes + 1]];
  if (![2, 4, 8].includes(offset) || ![2, 4, 8].includes(length))
    return `its addresses are of ${offset} bytes, its lengths of ${length}; allowed are 2, 4 and 8`;
  const address = (place: number) => {
    let value = 0;
    for (let i = offset - 1; i >= 0; i--) value = 256 * value + head[addresses + place * offset + i];
    return value;
  };
  const end = address(2) - address(0) + at;
  if (end > source.size) return `cut off: it should have ${end} bytes, and has ${source.size}`;
  return undefined;
}
