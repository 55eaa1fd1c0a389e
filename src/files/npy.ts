/**
 * NumPy's npy: one array, a line of text about it and its numbers in C order.
 *
 *   \x93NUMPY  1 0  length of the line (2 bytes)  {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }  data
 *
 * Written in little-endian order and read in both; `numpy.load` reads it without pickle.
 */
import { EngramError } from '../core/index.js';

export const ARRAYS = {
  f8: Float64Array,
  f4: Float32Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  b1: Uint8Array,
} as const;

/** NumPy's names of types, without the order of their bytes; b1 is bool, a byte 0 or 1. */
export type Dtype = 'f8' | 'f4' | 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'b1';
/** The arrays that hold them. */
export type TypedArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** An array of any number of dimensions. */
export interface Tensor {
  /** Type of the entries. */
  readonly dtype: Dtype;
  /** Lengths of the dimensions; none of them for a single number. */
  readonly shape: readonly number[];
  /** In C order, the last index first; of the class that belongs to the type. */
  readonly values: TypedArray;
}

const MAGIC = '\x93NUMPY';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** The bytes of an array. Throws if its values are not those of its type and shape, which is a mistake of the caller's. */
export function npyBytes(tensor: Tensor): Uint8Array {
  const header = npyHeader(tensor);
  const { buffer, byteOffset, byteLength } = tensor.values;
  const bytes = new Uint8Array(header.length + byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), header.length);
  return bytes;
}

/** What stands before the data of an array. */
export function npyHeader({ dtype, shape, values }: Tensor): Uint8Array {
  if (!(values instanceof ARRAYS[dtype]) || values.length !== sizeOf(shape)) {
    throw new Error(
      `${values.length} numbers in a ${values.constructor.name} are no (${shape.join(', ')}) of ${dtype}`,
    );
  }
  return headerOf(descrOf(dtype), shape);
}

export const descrOf = (dtype: Dtype): string => `${ARRAYS[dtype].BYTES_PER_ELEMENT === 1 ? '|' : '<'}${dtype}`;

/** @param descr type with the order of its bytes, such as `<f8` */
export function headerOf(descr: string, shape: readonly number[]): Uint8Array {
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${lengths}), }`;
  // Magic, version and length take 10 bytes; the whole is padded to 64.
  const padded = `${header}${' '.repeat(63 - ((header.length + 10) % 64))}\n`;
  const bytes = new Uint8Array(10 + padded.length);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  bytes.set([1, 0, padded.length & 255, padded.length >> 8], 6);
  bytes.set(new TextEncoder().encode(padded), 10);
  return bytes;
}

/** An array, or a text (a 0-dimensional array of bytes). Throws `input`; `where` names the file, and the entry in it. */
export function readNpy(bytes: Uint8Array, where: string): Tensor | string {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${where}: ${problem}`);
  };
  const { descr, shape, fortran, start } = readHeader(bytes, fail);
  const count = sizeOf(shape);
  // A copy, because the data may lie at any address.
  const data = new Uint8Array(bytes.subarray(start));
  const need = (size: number) => {
    if (data.byteLength !== count * size) fail(`${count * size} bytes of data expected, ${data.byteLength} found`);
  };
  if (/^\|?O/.test(descr)) {
    fail('an array of Python objects is not read; save numbers, for example with .astype("<f8")');
  }
  if (fortran && shape.length > 1) fail('Fortran order is not read; save numpy.ascontiguousarray of it');
  const text = /^\|S(\d+)$/.exec(descr);
  if (text && shape.length === 0) {
    need(Number(text[1]));
    return new TextDecoder().decode(data);
  }
  const [, order, name] = /^([<>|=]?)(.*)$/.exec(descr) as RegExpExecArray;
  if (!Object.hasOwn(ARRAYS, name)) {
    fail(`arrays of type ${descr} are not read; allowed are ${Object.keys(ARRAYS).join(', ')}`);
  }
  const dtype = name as Dtype;
  const size = ARRAYS[dtype].BYTES_PER_ELEMENT;
  need(size);
  if (order === '>') swapBytes(data, size);
  return { dtype, shape, values: new ARRAYS[dtype](data.buffer) };
}

function readHeader(bytes: Uint8Array, fail: (problem: string) => never) {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 6) !== MAGIC) fail('not an npy array');
  const long = bytes[6] > 1;
  const begin = long ? 12 : 10;
  const length = bytes[8] | (bytes[9] << 8) | (long ? (bytes[10] << 16) | (bytes[11] << 24) : 0);
  const start = begin + length;
  // A header is a line of text; a longer one is a broken length.
  if (length < 0 || length > 1 << 16 || start > bytes.length) fail('unreadable npy header');
  const header = text(begin, start);
  const descr = /'descr': *'([^']+)'/.exec(header)?.[1] ?? fail('unreadable npy header');
  const lengths = /'shape': *\(([^)]*)\)/.exec(header)?.[1] ?? fail('unreadable npy header');
  const shape = lengths
    .split(',')
    .filter((one) => one.trim() !== '')
    .map(Number);
  if (!shape.every((one) => Number.isInteger(one) && one >= 0)) fail(`unreadable shape (${lengths})`);
  return { descr, shape, start, fortran: /'fortran_order': *True/.test(header) };
}

/** Turns round the bytes of every element. */
export function swapBytes(data: Uint8Array, size: number): void {
  for (let at = 0; at < data.length; at += size) data.subarray(at, at + size).reverse();
}

/** The numbers of an array as doubles. Throws `input` where an integer is too large to be one. */
export function numbersOf({ values }: Pick<Tensor, 'values'>, where: string): Float64Array {
  if (values instanceof Float64Array) return values;
  if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return Float64Array.from(values);
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = Number(values[i]);
    if (!Number.isSafeInteger(numbers[i])) {
      throw new EngramError('input', `${where}: the integer ${values[i]} is too large`);
    }
  }
  return numbers;
}
