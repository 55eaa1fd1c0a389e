/**
 * NumPy's npz: a zip archive of npy arrays. Written without compression and with fixed times, so that equal
 * arrays give equal bytes; `numpy.load` reads it without pickle.
 */
import { unzipSync, zipSync } from 'fflate';
import { EngramError } from '../core/index.js';

export type NpyArray = Float64Array | Uint32Array | Int32Array | Uint8Array | string;

const TYPES = {
  '<f8': Float64Array,
  '<u4': Uint32Array,
  '<i4': Int32Array,
  '|u1': Uint8Array,
} as const;

const MAGIC = '\x93NUMPY';
/** The earliest time that a zip entry can carry. */
const FIXED_TIME = new Date(1980, 0, 1);

/** The bytes of an archive; a string becomes a 0-dimensional array of bytes (`.item()` in Python). */
export function writeNpz(arrays: Record<string, NpyArray>): Uint8Array {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)] as const);
  return zipSync(Object.fromEntries(files), { level: 0, mtime: FIXED_TIME });
}

function writeNpy(array: NpyArray): Uint8Array {
  const data = typeof array === 'string' ? new TextEncoder().encode(array) : array;
  const type =
    typeof array === 'string'
      ? `|S${data.byteLength}`
      : Object.entries(TYPES).find(([, type]) => array instanceof type)?.[0];
  const shape = typeof array === 'string' ? '()' : `(${array.length},)`;
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  // Magic, version and length take 10 bytes; the whole is padded to 64.
  const padded = `${header}${' '.repeat(63 - ((header.length + 10) % 64))}\n`;
  const bytes = new Uint8Array(10 + padded.length + data.byteLength);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  bytes.set([1, 0, padded.length & 255, padded.length >> 8], 6);
  bytes.set(new TextEncoder().encode(padded), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length);
  return bytes;
}

/** The arrays of an archive. Throws `input` with `file` named if it is not one that we can read. */
export function readNpz(bytes: Uint8Array, file: string): Record<string, NpyArray> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch {
    throw new EngramError('input', `${file}: not a readable npz (zip) archive`);
  }
  const arrays = Object.entries(files).map(([name, data]) => {
    return [name.replace(/\.npy$/, ''), readNpy(data, `${file}: ${name}`)] as const;
  });
  return Object.fromEntries(arrays);
}

function readNpy(bytes: Uint8Array, where: string): NpyArray {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${where}: ${problem}`);
  };
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 6) !== MAGIC) fail('not an npy array');
  const long = bytes[6] > 1;
  const start = long ? 12 : 10;
  const length = bytes[8] | (bytes[9] << 8) | (long ? (bytes[10] << 16) | (bytes[11] << 24) : 0);
  const header = text(start, Math.min(bytes.length, start + length));
  const type = /'descr': *'([^']+)'/.exec(header)?.[1] ?? fail('unreadable npy header');
  const shape = /'shape': *\(([^)]*)\)/.exec(header)?.[1] ?? fail('unreadable npy header');
  const sizes = shape
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  if (/'fortran_order': *True/.test(header) && sizes.length > 1) fail('Fortran order is not supported');
  const count = sizes.reduce((product, size) => product * size, 1);
  const data = bytes.slice(start + length);
  const need = (size: number) => {
    if (data.byteLength !== count * size) fail(`${count * size} bytes of data expected, ${data.byteLength} found`);
  };
  const string = /^\|S(\d+)$/.exec(type);
  if (string && sizes.length === 0) {
    need(Number(string[1]));
    return new TextDecoder().decode(data);
  }
  const Type =
    TYPES[type as keyof typeof TYPES] ??
    fail(`arrays of type ${type} are not supported; allowed are ${Object.keys(TYPES).join(', ')}`);
  need(Type.BYTES_PER_ELEMENT);
  return new Type(data.buffer);
}
