/**
 * NumPy's npz: a zip archive of npy arrays. Written without compression and with fixed times, so that equal
 * arrays give equal bytes, and in pieces, so that no large array is held twice.
 */
import { demandFunction, demandObject, refuse } from '../core/index.js';
import { type Dtype, descrOf, headerOf, npyHeader, numbersOf, readNpy, type Tensor, type TypedArray } from './npy.js';
import { readZip } from './zip.js';
import { writeZip, type ZipEntry } from './zip-write.js';

/** An array of one dimension, or a text, as npz files keep them here. */
export type NpyArray = Float64Array | Uint32Array | Int32Array | Uint8Array | string;

/** An array that is written piece by piece; the pieces must come to `length` elements. */
export interface NpyStream {
  /** The type of the elements, as NumPy writes it. */
  type: '<f8' | '<u4' | '<i4' | '|u1';
  /** The number of elements. */
  length: number;
  /** The shape, whose product is the length (default: one dimension). */
  shape?: readonly number[];
  /** The elements, in order. */
  pieces: Iterable<Float64Array | Uint32Array | Int32Array | Uint8Array>;
}

/** What an archive is written from. */
export type NpyEntry = NpyArray | Tensor | NpyStream;

const TYPES = { f8: Float64Array, u4: Uint32Array, i4: Int32Array, u1: Uint8Array } as const;
/** Elements of a large array that are handed on at a time. */
const PIECE = 1 << 20;

/** Writes an archive piece by piece to `write`; a string becomes a 0-dimensional array of bytes (`.item()` in Python). */
export function writeNpz(arrays: Record<string, NpyEntry>, write: (bytes: Uint8Array) => void): void {
  demandObject('the arrays of an archive', arrays);
  demandFunction('what takes the bytes', write);
  writeZip(
    Object.entries(arrays).map(([name, array]): ZipEntry => ({ name: `${name}.npy`, ...contentOf(array) })),
    write,
  );
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

/** The bytes of an array, header and all, and how many they are. */
function contentOf(array: NpyEntry): Omit<ZipEntry, 'name'> {
  if (typeof array !== 'string') demandObject('an entry of an archive', array);
  if (typeof array === 'string') {
    const bytes = new TextEncoder().encode(array);
    return behind(headerOf(`|S${bytes.length}`, []), bytes.length, [bytes]);
  }
  if ('pieces' in array) {
    const { type, length, shape = [length], pieces } = array;
    return behind(headerOf(type, shape), length * Number(type[2]), checked(pieces, length));
  }
  if ('values' in array && 'dtype' in array)
    return behind(npyHeader(array), array.values.byteLength, cut(array.values));
  if (!Object.values(TYPES).some((Type) => array instanceof Type)) {
    refuse('an entry of an archive must be a typed array');
  }
  const dtype = (Object.keys(TYPES) as (keyof typeof TYPES)[]).find((name) => array instanceof TYPES[name]) as Dtype;
  return behind(headerOf(descrOf(dtype), [array.length]), array.byteLength, cut(array));
}

function behind(header: Uint8Array, size: number, data: Iterable<Uint8Array>): Omit<ZipEntry, 'name'> {
  function* pieces() {
    yield header;
    yield* data;
  }
  return { size: header.length + size, pieces: pieces() };
}

function* checked(pieces: NpyStream['pieces'], length: number): Generator<Uint8Array> {
  let left = length;
  for (const piece of pieces) {
    left -= piece.length;
    yield bytesOf(piece);
  }
  if (left !== 0) refuse(`an array of ${length} elements came with ${length - left}`);
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
