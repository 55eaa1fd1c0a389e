/**
 * NumPy's npz: a zip archive of npy arrays. Written without compression and with fixed times, so that equal
 * arrays give equal bytes, and in pieces, so that no large array is held twice.
 */
import { Zip, ZipPassThrough } from 'fflate';
import { demandFunction, demandObject, refuse } from '../core/index.js';
import { type Dtype, descrOf, headerOf, npyHeader, numbersOf, readNpy, type Tensor, type TypedArray } from './npy.js';
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

/** What an archive is written from. */
export type NpyEntry = NpyArray | Tensor | NpyStream;

const TYPES = { f8: Float64Array, u4: Uint32Array, i4: Int32Array, u1: Uint8Array } as const;
/** The earliest time that a zip entry can carry. */
const FIXED_TIME = new Date(1980, 0, 1);
/** Elements of a large array that are handed on at a time. */
const PIECE = 1 << 20;

/** Writes an archive piece by piece to `write`; a string becomes a 0-dimensional array of bytes (`.item()` in Python). */
export function writeNpz(arrays: Record<string, NpyEntry>, write: (bytes: Uint8Array) => void): void {
  demandObject('the arrays of an archive', arrays);
  demandFunction('what takes the bytes', write);
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    write(bytes);
  });
  for (const [name, array] of Object.entries(arrays)) {
    const entry = new ZipPassThrough(`${name}.npy`);
    entry.mtime = FIXED_TIME;
    zip.add(entry);
    for (const bytes of piecesOf(array)) entry.push(bytes);
    entry.push(new Uint8Array(), true);
  }
  zip.end();
}

/** The bytes of an archive, for what is small. */
export function npzBytes(arrays: Record<string, NpyEntry>): Uint8Array {
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

function* piecesOf(array: NpyEntry): Generator<Uint8Array> {
  if (typeof array !== 'string') demandObject('an entry of an archive', array);
  if (typeof array === 'string') {
    const bytes = new TextEncoder().encode(array);
    yield headerOf(`|S${bytes.length}`, []);
    yield bytes;
  } else if ('pieces' in array) {
    yield headerOf(array.type, [array.length]);
    let left = array.length;
    for (const piece of array.pieces) {
      left -= piece.length;
      yield bytesOf(piece);
    }
    if (left !== 0) refuse(`an array of ${array.length} elements came with ${array.length - left}`);
  } else if ('values' in array && 'dtype' in array) {
    yield npyHeader(array);
    yield* cut(array.values);
  } else {
    if (!Object.values(TYPES).some((Type) => array instanceof Type))
      refuse('an entry of an archive must be a typed array');
    const dtype = (Object.keys(TYPES) as (keyof typeof TYPES)[]).find((name) => array instanceof TYPES[name]) as Dtype;
    yield headerOf(descrOf(dtype), [array.length]);
    yield* cut(array);
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray) => new Uint8Array(buffer, byteOffset, byteLength);

function* cut(array: TypedArray): Generator<Uint8Array> {
  // A copy of each piece, because the archive's writer does not take shared memory.
  for (let at = 0; at < array.length; at += PIECE) yield bytesOf(array.slice(at, at + PIECE));
}

/**
 * The arrays of an archive, with their types and shapes. Throws `input` with `file` named if it is not one that we can read.
 * @param wanted the arrays that are wanted, or which of them are (default: all); others may be of any kind
 */
export function readTensors(
  bytes: Uint8Array,
  file: string,
  wanted: readonly string[] | ((name: string) => boolean) = () => true,
): Record<string, Tensor | string> {
  const tensors: Record<string, Tensor | string> = {};
  for (const [entry, data] of readZip(bytes, file)) {
    const name = entry.replace(/\.npy$/, '');
    const is = typeof wanted === 'function' ? wanted(name) : wanted.includes(name);
    if (is) tensors[name] = readNpy(data, `${file}: ${entry}`);
  }
  return tensors;
}

/** The same without their shapes; numbers of other types than those of `NpyArray` come as Float64Array. */
export function readNpz(
  bytes: Uint8Array,
  file: string,
  wanted?: readonly string[] | ((name: string) => boolean),
): Record<string, NpyArray> {
  const flat = ([name, tensor]: [string, Tensor | string]): [string, NpyArray] => {
    if (typeof tensor === 'string') return [name, tensor];
    const { values } = tensor;
    const own = Object.values(TYPES).some((Type) => values instanceof Type);
    return [name, own ? (values as NpyArray) : numbersOf(tensor, `${file}: ${name}.npy`)];
  };
  return Object.fromEntries(Object.entries(readTensors(bytes, file, wanted)).map(flat));
}
