/**
 * MATLAB's MAT files of level 5 (MAT-File Format, R2023b, chapter 1): what stands in them.
 *
 *   header 128 bytes: text 116 | subsystem 8 | version 0x0100 | 'IM' little-endian, 'MI' big-endian
 *   element: type u32, bytes u32, data, padding to 8; or small: bytes u16 above type u16, data of at most 4
 *   variable: element of type matrix: flags and class | dimensions | name | data; or one of those compressed by zlib
 *
 * The type of the data is independent of the class: MATLAB keeps whole-numbered doubles as uint8. All arrays are
 * column-major: the first index runs fastest.
 */
import type { Dtype, TypedArray } from './npy.js';

/** An array of numbers. */
export interface MatNumeric {
  readonly kind: 'numeric';
  /** MATLAB's class by NumPy's name: f8 double, f4 single, b1 logical. */
  readonly dtype: Dtype;
  /** Lengths of the dimensions, at least two. */
  readonly dims: readonly number[];
  /** Column-major, of the array class that belongs to the type. */
  readonly values: TypedArray;
  /** Imaginary parts, where the numbers are complex. */
  readonly imaginary?: TypedArray;
}

/** An array of characters. */
export interface MatChar {
  readonly kind: 'char';
  readonly dims: readonly number[];
  /** The characters, column-major; `matLines` gives the rows. */
  readonly text: string;
}

/** An array of anything. */
export interface MatCell {
  readonly kind: 'cell';
  readonly dims: readonly number[];
  readonly cells: readonly MatValue[];
}

/** An array of records of equal fields. */
export interface MatStruct {
  readonly kind: 'struct';
  readonly dims: readonly number[];
  /** Of each field its value in every record. */
  readonly fields: ReadonlyMap<string, readonly MatValue[]>;
}

/** What is passed over when read and cannot be written. */
export interface MatOther {
  readonly kind: 'other';
  /** MATLAB's word for it, such as `sparse` or `function`. */
  readonly matlabClass: string;
}

/** A value of MATLAB's. */
export type MatValue = MatNumeric | MatChar | MatCell | MatStruct | MatOther;

export const HEADER_BYTES = 128;

/** Codes of types of data. */
export const TYPE = { i1: 1, i4: 5, u4: 6, matrix: 14, compressed: 15, utf8: 16, utf16: 17, utf32: 18 } as const;

/** Numbers by the code of the type of their data. */
export const STORED: ReadonlyMap<number, Dtype> = new Map([
  [1, 'i1'],
  [2, 'u1'],
  [3, 'i2'],
  [4, 'u2'],
  [5, 'i4'],
  [6, 'u4'],
  [7, 'f4'],
  [9, 'f8'],
  [12, 'i8'],
  [13, 'u8'],
]);

/** Codes of classes; a logical array is one of uint8 with a flag. */
export const CLASS = { cell: 1, struct: 2, char: 4, u1: 9, opaque: 17 } as const;

/** Numeric classes by their code. */
export const NUMERIC: ReadonlyMap<number, Dtype> = new Map([
  [6, 'f8'],
  [7, 'f4'],
  [8, 'i1'],
  [9, 'u1'],
  [10, 'i2'],
  [11, 'u2'],
  [12, 'i4'],
  [13, 'u4'],
  [14, 'i8'],
  [15, 'u8'],
]);

export const FLAG = { complex: 0x800, logical: 0x200 } as const;

/** How many entries an array has. */
export const sizeOfMat = (dims: readonly number[]): number => dims.reduce((product, length) => product * length, 1);

/** The rows of an array of characters, as texts. */
export function matLines({ dims, text }: MatChar): string[] {
  const characters = charactersOf(text, sizeOfMat(dims));
  const rows = dims[0];
  return Array.from({ length: rows }, (_, row) => characters.filter((_, i) => i % rows === row).join(''));
}

/** One entry for each place of an array of `count`: code points, or units of UTF-16, whichever are that many. */
export function charactersOf(text: string, count: number): string[] {
  const points = [...text];
  return points.length === count ? points : text.split('');
}
