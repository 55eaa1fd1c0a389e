/**
 * NumPy's npz: a zip archive of npy arrays. Written without compression and with fixed times, so that equal
 * arrays give equal bytes, and in pieces, so that no large array is held twice; `numpy.load` reads it without pickle.
 */
import { Zip, ZipPassThrough } from 'fflate';
import { EngramError } from '../core/index.js';
import { readZip } from './zip.js';

/** An array of one dimension, or a text, as npz files keep them here. */
export type NpyArray = Float64Array | Uint32Array | Int32Array | Uint8Array | string;

/** An array that is written piece by piece; the pieces must come to `length` elements. */
export interface NpyStream {
  /** The type of the elements, as NumPy writes it. */
  type: '<f8' | '<u4' | '<i4' | '|u1';
  /** The number of elements. */
  length: number;
  /** The elements, in order. */
  pieces: Iterable<Float64Array | Uint32Array | Int32Array | Uint8Array>;
}

const TYPES = { '<f8': Float64Array, '<u4': Uint32Array, '<i4': Int32Array, '|u1': Uint8Array } as const;
const MAGIC = '\x93NUMPY';
/** The earliest time that a zip entry can carry. */
const FIXED_TIME = new Date(1980, 0, 1);
/** Elements of a large array that are handed on at a time. */
const PIECE = 1 << 20;

/** Writes an archive piece by piece to `write`; a string becomes a 0-dimensional array of bytes (`.item()` in Python). */
export function writeNpz(arrays: Record<string, NpyArray | NpyStream>, write: (bytes: Uint8Array) => void): void {
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    write(bytes);
  });
  for (const [name, array] of Object.entries(arrays)) {
    const entry = new ZipPassThrough(`${name}.npy`);
    entry.mtime = FIXED_TIME;
    zip.add(entry);
    for (const bytes of npyPieces(array)) entry.push(bytes);
    entry.push(new Uint8Array(), true);
  }
  zip.end();
}

/** The bytes of an archive, for what is small. */
export function npzBytes(arrays: Record<string, NpyArray | NpyStream>): Uint8Array {
  const pieces: Uint8Array[] = [];
  writeNpz(arrays, (bytes) => pieces.push(bytes));
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function* npyPieces(array: NpyArray | NpyStream): Generator<Uint8Array> {
  if (typeof array === 'string') {
    const bytes = new TextEncoder().encode(array);
    yield npyHeader(`|S${bytes.length}`, '()');
    yield bytes;
    return;
  }
  if (!('pieces' in array)) {
    const type = (Object.keys(TYPES) as (keyof typeof TYPES)[]).find((name) => array instanceof TYPES[name]);
    yield* npyPieces({ type: type as NpyStream['type'], length: array.length, pieces: cut(array) });
    return;
  }
  yield npyHeader(array.type, `(${array.length},)`);
  let left = array.length;
  for (const piece of array.pieces) {
    left -= piece.length;
    yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  }
  if (left !== 0) throw new Error(`an array of ${array.length} elements came with ${array.length - left}`);
}

function* cut<Values extends Float64Array | Uint32Array | Int32Array | Uint8Array>(array: Values) {
  // A copy of each piece, because the archive's writer does not take shared memory.
  for (let at = 0; at < array.length; at += PIECE) yield array.slice(at, at + PIECE);
}

function npyHeader(type: string, shape: string): Uint8Array {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  // Magic, version and length take 10 bytes; the whole is padded to 64.
  const padded = `${header}${' '.repeat(63 - ((header.length + 10) % 64))}\n`;
  const bytes = new Uint8Array(10 + padded.length);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  bytes.set([1, 0, padded.length & 255, padded.length >> 8], 6);
  bytes.set(new TextEncoder().encode(padded), 10);
  return bytes;
}

/**
 * The arrays of an archive; numbers of other types than ours come as Float64Array. Throws `input` with `file`
 * named if it is not one that we can read.
 * @param names the arrays that are wanted (default: all); others may be of any kind
 */
export function readNpz(bytes: Uint8Array, file: string, names?: readonly string[]): Record<string, NpyArray> {
  const arrays: Record<string, NpyArray> = {};
  for (const [entry, data] of readZip(bytes, file)) {
    const name = entry.replace(/\.npy$/, '');
    if (names?.includes(name) ?? true) arrays[name] = readNpy(data, `${file}: ${entry}`);
  }
  return arrays;
}

type Reader = (view: DataView, at: number) => number;
const big = (value: bigint, where: string): number => {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw new EngramError('input', `${where}: the integer ${value} is too large`);
  }
  return Number(value);
};

/** Types that other programs write: bytes per element and how to read one. */
const others = (where: string): Record<string, [number, Reader]> => ({
  '<f4': [4, (view, at) => view.getFloat32(at, true)],
  '<i8': [8, (view, at) => big(view.getBigInt64(at, true), where)],
  '<u8': [8, (view, at) => big(view.getBigUint64(at, true), where)],
  '<i2': [2, (view, at) => view.getInt16(at, true)],
  '<u2': [2, (view, at) => view.getUint16(at, true)],
  '|i1': [1, (view, at) => view.getInt8(at)],
});

function readNpy(bytes: Uint8Array, where: string): NpyArray {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${where}: ${problem}`);
  };
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 6) !== MAGIC) fail('not an npy array');
  const long = bytes[6] > 1;
  const start = long ? 12 : 10;
  const length = bytes[8] | (bytes[9] << 8) | (long ? (bytes[10] << 16) | (bytes[11] << 24) : 0);
  // A header is a line of text; a longer one is a broken length.
  if (length < 0 || length > 1 << 16 || start + length > bytes.length) fail('unreadable npy header');
  const header = text(start, start + length);
  const type = /'descr': *'([^']+)'/.exec(header)?.[1] ?? fail('unreadable npy header');
  const shape = /'shape': *\(([^)]*)\)/.exec(header)?.[1] ?? fail('unreadable npy header');
  const sizes = shape
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0)) fail(`unreadable shape (${shape})`);
  if (type.startsWith('>')) fail(`big-endian numbers (${type}) are not read; save the array with .astype('<f8')`);
  if (/^\|?O/.test(type)) fail('an array of Python objects is not read; save numbers, for example with .astype("<f8")');
  if (/'fortran_order': *True/.test(header) && sizes.length > 1)
    fail('Fortran order is not read; save numpy.ascontiguousarray of it');
  const count = sizes.reduce((product, size) => product * size, 1);
  // A copy, because the data may lie at any address.
  const data = new Uint8Array(bytes.subarray(start + length));
  const need = (size: number) => {
    if (data.byteLength !== count * size) fail(`${count * size} bytes of data expected, ${data.byteLength} found`);
  };
  const string = /^\|S(\d+)$/.exec(type);
  if (string && sizes.length === 0) {
    need(Number(string[1]));
    return new TextDecoder().decode(data);
  }
  if (type in TYPES) {
    const Type = TYPES[type as keyof typeof TYPES];
    need(Type.BYTES_PER_ELEMENT);
    return new Type(data.buffer);
  }
  const readers = others(where);
  const [size, read] =
    readers[type] ??
    fail(
      `arrays of type ${type} are not read; allowed are ${[...Object.keys(TYPES), ...Object.keys(readers)].join(', ')}`,
    );
  need(size);
  const view = new DataView(data.buffer);
  return Float64Array.from({ length: count }, (_, i) => read(view, i * size));
}
