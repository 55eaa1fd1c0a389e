/** MAT files of level 5 written: not compressed, every array in its own type, without a date, so that equal values give equal bytes. */
import { refuse } from '../core/index.js';
import { CLASS, charactersOf, FLAG, HEADER_BYTES, type MatValue, NUMERIC, STORED, sizeOfMat, TYPE } from './mat.js';
import { isLittleEndian, matElements } from './mat-read.js';
import { ARRAYS, swapBytes, type TypedArray } from './npy.js';

type Variables = Iterable<readonly [string, MatValue]>;

const HEADER_TEXT = 'MATLAB 5.0 MAT-file, written by engram';
/** MATLAB's own limit of names. */
const LONGEST_NAME = 63;

const codeOf = (list: ReadonlyMap<number, string>) => new Map([...list].map(([code, dtype]) => [dtype, code]));
const storedCode = codeOf(STORED);
const classCode = codeOf(NUMERIC);

/** The bytes of a file of some variables. Throws `usage` for names that MATLAB has not, and values that are not what they say. */
export function matBytes(variables: Variables): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES).fill(0x20, 0, 116);
  header.set(new TextEncoder().encode(HEADER_TEXT));
  header.set([0x00, 0x01, 0x49, 0x4d], 124);
  return joined([header, ...elementsOf(variables, true)]);
}

/** The bytes of a file with some variables set anew or added; all others stay byte for byte. Throws `input` if it is no MAT file. */
export function withMat(bytes: Uint8Array, file: string, variables: Variables): Uint8Array {
  const fresh = new Map(variables);
  const kept = [...matElements(bytes, file)].filter(({ name }) => !fresh.has(name)).map(({ raw }) => raw);
  return joined([bytes.subarray(0, HEADER_BYTES), ...kept, ...elementsOf(fresh, isLittleEndian(bytes, file))]);
}

function elementsOf(variables: Variables, little: boolean): Uint8Array[] {
  return [...variables].map(([name, value]) => {
    if (!/^[A-Za-z]\w*$/.test(name) || name.length > LONGEST_NAME) refuse(`MATLAB has no variable called "${name}"`);
    return matrix(name, value, little);
  });
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function element(type: number, data: Uint8Array, little: boolean): Uint8Array {
  if (data.length > 2 ** 31) refuse(`a variable of ${data.length} bytes is too large for a MAT file of level 5`);
  const bytes = new Uint8Array(8 + Math.ceil(data.length / 8) * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, little);
  view.setUint32(4, data.length, little);
  bytes.set(data, 8);
  return bytes;
}

function numbers(dtype: string, values: TypedArray, little: boolean): Uint8Array {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = values;
  const data = new Uint8Array(buffer, byteOffset, byteLength).slice();
  if (!little) swapBytes(data, BYTES_PER_ELEMENT);
  return element(storedCode.get(dtype === 'b1' ? 'u1' : dtype) as number, data, little);
}

function matrix(name: string, value: MatValue, little: boolean): Uint8Array {
  if (value.kind === 'other') return refuse(`a value of class ${value.matlabClass} is not written`);
  const { dims } = value;
  const { word, parts } = contentOf(name, value, little);
  const head = [
    numbers('u4', Uint32Array.of(word, 0), little),
    numbers('i4', Int32Array.from(dims), little),
    element(TYPE.i1, new TextEncoder().encode(name), little),
  ];
  return element(TYPE.matrix, joined([...head, ...parts]), little);
}

/** Flags and class, and what follows the name. */
function contentOf(name: string, value: Exclude<MatValue, { kind: 'other' }>, little: boolean) {
  const count = sizeOfMat(value.dims);
  const demandCount = (what: string, got: number) => {
    if (got !== count || value.dims.length < 2) refuse(`${got} ${what} in "${name}" are no ${value.dims.join(' x ')}`);
  };
  if (value.kind === 'numeric') {
    const { dtype, values, imaginary } = value;
    const parts = [values, ...(imaginary ? [imaginary] : [])];
    for (const part of parts) {
      demandCount('numbers', part.length);
      if (!(part instanceof ARRAYS[dtype])) refuse(`the numbers of "${name}" are no ${dtype}`);
    }
    const word = dtype === 'b1' ? CLASS.u1 | FLAG.logical : (classCode.get(dtype) as number);
    return {
      word: imaginary ? word | FLAG.complex : word,
      parts: parts.map((part) => numbers(dtype, part, little)),
    };
  }
  if (value.kind === 'char') {
    const all = charactersOf(value.text, count);
    demandCount('characters', all.length);
    return { word: CLASS.char, parts: [characters(all, little)] };
  }
  const inner = (one: MatValue) => matrix('', one, little);
  if (value.kind === 'cell') {
    demandCount('cells', value.cells.length);
    return { word: CLASS.cell, parts: value.cells.map(inner) };
  }
  const columns = [...value.fields.values()];
  columns.forEach((column) => demandCount('records', column.length));
  const records = Array.from({ length: count }, (_, i) => columns.map((column) => inner(column[i])));
  return { word: CLASS.struct, parts: [...fieldNames([...value.fields.keys()], little), ...records.flat()] };
}

/** As Python and MATLAB do: UTF-8 where that is one byte each, else UTF-16, and UTF-32 where a character takes two of these. */
function characters(all: readonly string[], little: boolean): Uint8Array {
  const codes = all.map((one) => one.codePointAt(0) as number);
  if (codes.every((code) => code < 128)) return element(TYPE.utf8, Uint8Array.from(codes), little);
  const wide = codes.some((code) => code > 0xffff);
  const data = numbers(wide ? 'u4' : 'u2', wide ? Uint32Array.from(codes) : Uint16Array.from(codes), little);
  new DataView(data.buffer).setUint32(0, wide ? TYPE.utf32 : TYPE.utf16, little);
  return data;
}

function fieldNames(names: readonly string[], little: boolean): Uint8Array[] {
  const encoded = names.map((name) => new TextEncoder().encode(name));
  // Each is followed by a zero.
  const length = Math.max(32, ...encoded.map((name) => name.length + 1));
  if (length > LONGEST_NAME + 1) refuse(`names of fields have at most ${LONGEST_NAME} characters`);
  const data = new Uint8Array(length * names.length);
  encoded.forEach((name, i) => data.set(name, i * length));
  return [numbers('i4', Int32Array.of(length), little), element(TYPE.i1, data, little)];
}
