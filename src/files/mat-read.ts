/** MAT files of level 5 read: every size is compared with what there is before anything is allocated. */
import { demandArray, EngramError } from '../core/index.js';
import { inflate, isBomb } from './inflate.js';
import {
  CLASS,
  charactersOf,
  FLAG,
  HEADER_BYTES,
  type MatNumeric,
  type MatValue,
  NUMERIC,
  STORED,
  sizeOfMat,
  TYPE,
} from './mat.js';
import { ARRAYS, type Dtype, swapBytes, type TypedArray } from './npy.js';

/** Cells within cells are followed so far. */
const DEEPEST = 64;
/** And so many of them are no recording: entries of a cell array, or records times fields of a struct. */
const MOST_ENTRIES = 500_000;
const CLASS_WORDS: Record<number, string> = { 3: 'object', 5: 'sparse', 16: 'function', 17: 'opaque' };

/** What comes out of a compressed variable first, with its name and dimensions. */
const HEAD = 4096;

/** The variables of a file by name; of two with one name the last counts. Throws `input` with `file` named. */
export function readMat(bytes: Uint8Array, file: string): Map<string, MatValue> {
  const variables = new Map<string, MatValue>();
  let all = 0;
  for (const { name, size, inside } of matElements(bytes, file)) {
    // What belongs to no variable is MATLAB's own.
    if (name === '') continue;
    if (isBomb(bytes.length, all + size)) {
      variables.set(name, { kind: 'other', matlabClass: `${size} bytes when unpacked, which is not done` });
      continue;
    }
    all += size;
    const { source, at, end } = inside();
    variables.set(name, readMatrix({ ...source, where: `${file}: variable "${name}"` }, at, end, 0));
  }
  return variables;
}

/** A variable as it lies in a file. */
interface MatElement {
  readonly name: string;
  /** The whole element in the file, its tag included. */
  readonly raw: Uint8Array;
  /** Bytes that it takes when it is unpacked, as it claims. */
  readonly size: number;
  /** Where the inside of the matrix stands: in the file, or in what is unpacked now. */
  inside(): { readonly source: Source; readonly at: number; readonly end: number };
}

interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly little: boolean;
  readonly where: string;
}

interface Tag {
  readonly type: number;
  readonly start: number;
  readonly size: number;
  readonly next: number;
}

/** Whether a file is little-endian. Throws `input` if it is no MAT file of level 5. */
export function isLittleEndian(bytes: Uint8Array, file: string): boolean {
  const fail = failIn(file);
  const text = String.fromCharCode(...bytes.subarray(0, 116));
  if (text.startsWith('MATLAB 7.3') || (bytes[0] === 0x89 && text.slice(1, 4) === 'HDF')) {
    fail('a MAT file of version 7.3 (HDF5), not of level 5; save it again with -v7');
  }
  const order = String.fromCharCode(bytes[126] ?? 0, bytes[127] ?? 0);
  const version = order === 'IM' ? bytes[125] : bytes[124];
  if (bytes.length < HEADER_BYTES || (order !== 'IM' && order !== 'MI') || version !== 1) {
    fail('not a MAT file of level 5');
  }
  return order === 'IM';
}

/** The variables of a file in order, unread. */
export function* matElements(bytes: Uint8Array, file: string): Generator<MatElement> {
  demandArray(`the bytes of ${file}`, bytes, Uint8Array);
  const outer = sourceOf(bytes, isLittleEndian(bytes, file), file);
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const tag = tagAt(outer, at, bytes.length);
    const raw = bytes.subarray(at, tag.next);
    at = tag.next;
    const { start, size } = tag;
    if (tag.type === TYPE.compressed) yield packedElement(raw, bytes.subarray(start, start + size), outer);
    else {
      if (tag.type !== TYPE.matrix) failIn(file)(`an element of type ${tag.type} where a variable should stand`);
      const end = start + size;
      yield { name: nameOf(outer, start, end), raw, size, inside: () => ({ source: outer, at: start, end }) };
    }
  }
}

/** A variable of which only the begin has been unpacked. */
function packedElement(raw: Uint8Array, data: Uint8Array, outer: Source): MatElement {
  const { little, where } = outer;
  let begin = new Uint8Array();
  try {
    begin = inflate('zlib', data, HEAD).content as typeof begin;
  } catch {
    // Said below.
  }
  if (begin.length < 8) failIn(where)('a compressed variable cannot be inflated');
  const head = sourceOf(begin, little, where);
  const [type, length] = [0, 4].map((at) => head.view.getUint32(at, little));
  if (type !== TYPE.matrix) failIn(where)(`an element of type ${type} where a variable should stand`);
  const size = 8 + length;
  const inside = () => ({ source: sourceOf(inflated(data, size, where), little, where), at: 8, end: size });
  return { name: nameOf(head, 8, Math.min(size, begin.length)), raw, size, inside };
}

const sourceOf = (bytes: Uint8Array, little: boolean, where: string): Source => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  little,
  where,
});

const failIn =
  (where: string) =>
  (problem: string): never => {
    // Names out of a damaged file may hold anything.
    throw new EngramError('input', `${where.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?')}: ${problem}`);
  };

function tagAt({ view, little, where }: Source, at: number, end: number): Tag {
  if (at + 8 > end) failIn(where)(`cut off at byte ${at}`);
  const word = view.getUint32(at, little);
  const short = word >>> 16;
  if (short > 4) failIn(where)(`a broken element at byte ${at}`);
  if (short > 0) return { type: word & 0xffff, start: at + 4, size: short, next: at + 8 };
  const [start, size] = [at + 8, view.getUint32(at + 4, little)];
  if (start + size > end) failIn(where)(`an element of ${size} bytes at byte ${at}, where ${end - start} are left`);
  const padded = word === TYPE.compressed ? size : Math.ceil(size / 8) * 8;
  return { type: word, start, size, next: Math.min(start + padded, end) };
}

function inflated(data: Uint8Array, size: number, file: string): Uint8Array {
  const fail = () => failIn(file)('a compressed variable is damaged');
  let content: Uint8Array = new Uint8Array();
  try {
    content = inflate('zlib', data, Math.ceil(size / 8) * 8).content;
  } catch {
    fail();
  }
  const sum = new DataView(data.buffer, data.byteOffset + data.length - 4, 4).getUint32(0, false);
  if (content.length < size || adler32(content) !== sum) fail();
  return content;
}

/** The checksum of zlib (RFC 1950), which fflate does not compare. */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let at = 0; at < bytes.length; ) {
    // So many sums of sums fit into 32 bits.
    const end = Math.min(at + 5552, bytes.length);
    for (; at < end; at++) {
      a += bytes[at];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

/** Flags, dimensions and name of a matrix, and where its data begin. */
function headOf(source: Source, at: number, end: number) {
  const flags = tagAt(source, at, end);
  if (flags.type !== TYPE.u4 || flags.size < 8) failIn(source.where)('its flags are broken');
  const word = source.view.getUint32(flags.start, source.little);
  const code = word & 0xff;
  // Objects of newer classes have no dimensions.
  const shape = code === CLASS.opaque ? undefined : tagAt(source, flags.next, end);
  if (shape && shape.type !== TYPE.i4) failIn(source.where)('its dimensions are broken');
  const dims = shape ? Array.from(numbersAt(source, shape, 'i4') as Int32Array) : [0, 0];
  if (dims.length < 2 || dims.some((length) => length < 0) || !Number.isSafeInteger(sizeOfMat(dims))) {
    failIn(source.where)(`has no dimensions ${dims.slice(0, 8).join(' x ')}`);
  }
  const name = tagAt(source, shape ? shape.next : flags.next, end);
  return { word, code, dims, name, next: name.next };
}

function nameOf(source: Source, at: number, end: number): string {
  if (at === end) return '';
  const { start, size } = headOf(source, at, end).name;
  return new TextDecoder().decode(source.bytes.subarray(start, start + size));
}

function readMatrix(source: Source, at: number, end: number, depth: number): MatValue {
  // An empty place in a cell array.
  if (at === end) return { kind: 'numeric', dtype: 'f8', dims: [0, 0], values: new Float64Array() };
  if (depth > DEEPEST) failIn(source.where)(`nested deeper than ${DEEPEST} levels`);
  const { word, code, dims, next } = headOf(source, at, end);
  const dtype = NUMERIC.get(code);
  if (dtype) return readNumeric(source, next, end, dims, word & FLAG.logical ? 'b1' : dtype, word);
  if (code === CLASS.char) return readChar(source, next, end, dims);
  const inner = (count: number, from: number) => readMatrices(source, from, end, count, depth + 1);
  if (code === CLASS.cell) return { kind: 'cell', dims, cells: inner(sizeOfMat(dims), next) };
  if (code !== CLASS.struct) return { kind: 'other', matlabClass: CLASS_WORDS[code] ?? `class ${code}` };
  const longest = tagAt(source, next, end);
  const length = numbersAt(source, longest, 'i4')[0] as number;
  const names = tagAt(source, longest.next, end);
  if (!(length > 0) || names.size % length) failIn(source.where)('its field names are broken');
  const fields = Array.from({ length: names.size / length }, (_, i) => {
    const from = names.start + i * length;
    return new TextDecoder().decode(source.bytes.subarray(from, from + length)).replace(/\0.*$/s, '');
  });
  // Record after record, in each of them every field.
  const all = inner(sizeOfMat(dims) * fields.length, names.next);
  const columns = fields.map((field, f) => [field, all.filter((_, i) => i % fields.length === f)] as const);
  return { kind: 'struct', dims, fields: new Map(columns) };
}

function readMatrices(source: Source, at: number, end: number, count: number, depth: number): MatValue[] {
  if (count > (end - at) / 8) failIn(source.where)(`declares ${count} entries in ${end - at} bytes`);
  if (count > MOST_ENTRIES) failIn(source.where)(`has ${count} entries; at most ${MOST_ENTRIES} are read`);
  const values: MatValue[] = [];
  for (let i = 0; i < count; i++) {
    const tag = tagAt(source, at, end);
    if (tag.type !== TYPE.matrix) failIn(source.where)(`entry ${i} is no matrix`);
    values.push(readMatrix(source, tag.start, tag.start + tag.size, depth));
    at = tag.next;
  }
  return values;
}

function readNumeric(source: Source, at: number, end: number, dims: number[], dtype: Dtype, word: number): MatNumeric {
  const count = sizeOfMat(dims);
  const part = (from: number) => {
    const tag = tagAt(source, from, end);
    const values = numbersAt(source, tag, dtype);
    if (values.length !== count) {
      failIn(source.where)(`declares ${dims.join(' x ')} numbers and holds ${values.length}`);
    }
    return { values, next: tag.next };
  };
  // Of an empty array some programs write no data at all.
  if (count === 0 && at === end) return { kind: 'numeric', dtype, dims, values: new ARRAYS[dtype](0) };
  const real = part(at);
  const numeric: MatNumeric = { kind: 'numeric', dtype, dims, values: real.values };
  return word & FLAG.complex ? { ...numeric, imaginary: part(real.next).values } : numeric;
}

/** The numbers of an element, whatever type they are kept in. */
function numbersAt(source: Source, { type, start, size }: Tag, dtype: Dtype): TypedArray {
  const kept = STORED.get(type) ?? failIn(source.where)(`numbers of the unknown type ${type}`);
  const bytes = ARRAYS[kept].BYTES_PER_ELEMENT;
  if (size % bytes) failIn(source.where)(`${size} bytes are no whole number of ${kept}`);
  // A copy, because the data may lie at any address.
  const data = new Uint8Array(source.bytes.subarray(start, start + size));
  if (!source.little) swapBytes(data, bytes);
  const values: TypedArray = new ARRAYS[kept](data.buffer);
  if (dtype === 'b1') return Uint8Array.from(values as Uint8Array, (value) => (Number(value) === 0 ? 0 : 1));
  if (kept === dtype) return values;
  const target: TypedArray = new ARRAYS[dtype](values.length);
  const big = target instanceof BigInt64Array || target instanceof BigUint64Array;
  for (let i = 0; i < values.length; i++) {
    if (big && !Number.isInteger(Number(values[i]))) failIn(source.where)(`${values[i]} is no ${dtype}`);
    target[i] = big ? BigInt(values[i]) : Number(values[i]);
  }
  return target;
}

function readChar(source: Source, at: number, end: number, dims: number[]): MatValue {
  const count = sizeOfMat(dims);
  if (count === 0) return { kind: 'char', dims, text: '' };
  const tag = tagAt(source, at, end);
  const data = source.bytes.subarray(tag.start, tag.start + tag.size);
  let text = '';
  if (tag.type === TYPE.utf8) text = new TextDecoder().decode(data);
  else {
    const kept = { [TYPE.utf16]: 4, [TYPE.utf32]: 6 }[tag.type] ?? tag.type;
    const codes = numbersAt(source, { ...tag, type: kept }, 'u4') as Uint32Array;
    if (codes.some((code) => code > 0x10ffff)) failIn(source.where)('holds what are no characters');
    for (const code of codes) text += kept === 6 ? String.fromCodePoint(code) : String.fromCharCode(code);
  }
  if (charactersOf(text, count).length !== count) {
    failIn(source.where)(`declares ${dims.join(' x ')} characters and holds ${text.length}`);
  }
  return { kind: 'char', dims, text };
}
