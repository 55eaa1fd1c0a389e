import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type MatValue, matBytes, matLines, readMat, withMat } from '../src/files/index.js';

const doubles = (dims: number[], ...values: number[]): MatValue => ({
  kind: 'numeric',
  dtype: 'f8',
  dims,
  values: Float64Array.from(values),
});
const chars = (text: string, dims = [1, text.length]): MatValue => ({ kind: 'char', dims, text });

/** Every kind of value. */
const everything: [string, MatValue][] = [
  ['single', { kind: 'numeric', dtype: 'f4', dims: [2, 1, 3], values: Float32Array.of(1.5, -2, 3, 4, 5, 6) }],
  ['double', doubles([1, 3], 0.1, Number.NaN, Number.NEGATIVE_INFINITY)],
  ['int64', { kind: 'numeric', dtype: 'i8', dims: [1, 1], values: BigInt64Array.of(-(2n ** 60n)) }],
  ['uint16', { kind: 'numeric', dtype: 'u2', dims: [3, 1], values: Uint16Array.of(1, 2, 65535) }],
  ['logical', { kind: 'numeric', dtype: 'b1', dims: [2, 1], values: Uint8Array.of(1, 0) }],
  [
    'complex',
    { kind: 'numeric', dtype: 'f8', dims: [1, 1], values: Float64Array.of(1), imaginary: Float64Array.of(-2) },
  ],
  ['empty', doubles([0, 0])],
  ['text', chars('sigmoid')],
  ['labels', chars('sdaimfef', [2, 4])],
  ['umlaut', chars('Größe τ')],
  ['cell', { kind: 'cell', dims: [1, 3], cells: [doubles([1, 2], 1, 2), chars('ab'), doubles([0, 0])] }],
  [
    'record',
    {
      kind: 'struct',
      dims: [1, 2],
      fields: new Map([
        ['name', [chars('a'), chars('b')]],
        ['times', [doubles([1, 1], 3), { kind: 'cell', dims: [1, 1], cells: [doubles([1, 1], 4)] }]],
      ]),
    },
  ],
];

/** Elements by hand, straight from the definition, in either order of bytes. */
const byHand = (little: boolean) => {
  const bytes = (...parts: (number[] | Uint8Array)[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
  const u32 = (value: number) => {
    const out = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
    return little ? out : out.reverse();
  };
  const padded = (data: Uint8Array) => bytes(data, Array((8 - (data.length % 8)) % 8).fill(0));
  const long = (type: number, data: Uint8Array) => bytes(u32(type), u32(data.length), padded(data));
  const small = (type: number, data: number[]) =>
    bytes(u32((data.length << 16) | type), data, Array(4 - data.length).fill(0));
  const matrix = (word: number, dims: number[], name: string, data: Uint8Array) =>
    long(
      14,
      bytes(
        long(6, bytes(u32(word), u32(0))),
        long(5, bytes(...dims.map(u32))),
        small(
          1,
          [...name].map((one) => one.charCodeAt(0)),
        ),
        data,
      ),
    );
  const file = (...elements: Uint8Array[]) =>
    bytes(Array(124).fill(0x20), little ? [0, 1, 0x49, 0x4d] : [1, 0, 0x4d, 0x49], ...elements);
  const packed = (element: Uint8Array) => {
    const data = zlibSync(element);
    return bytes(u32(15), u32(data.length), data);
  };
  return { bytes, long, small, matrix, file, packed, u32 };
};

describe('MAT files of level 5', () => {
  it('come back as they were written', () => {
    expect([...readMat(matBytes(everything), 'a.mat')]).toEqual(everything);
  });

  it('come back with characters that UTF-16 takes two units for', () => {
    for (const [text, dims] of [
      ['a𝄞b', [1, 3]],
      ['𝄞é€x', [2, 2]],
      ['a𝄞b', [1, 4]],
    ] as const) {
      const value = chars(text, [...dims]);
      expect(readMat(matBytes([['x', value]]), 'a').get('x')).toEqual(value);
    }
  });

  it('hold the same bytes for the same values', () => {
    expect(matBytes(everything)).toEqual(matBytes(everything));
  });

  it('come back for numbers of any shape', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 4 }),
        fc.integer(),
        (dims, first) => {
          const count = dims.reduce((a, b) => a * b, 1);
          const value = doubles(dims, ...Array.from({ length: count }, (_, i) => first + i));
          expect(readMat(matBytes([['x', value]]), 'a').get('x')).toEqual(value);
        },
      ),
    );
  });

  it.each([true, false])(
    'are read in both orders of bytes, narrowed, small and compressed (little-endian: %s)',
    (little) => {
      const { small, matrix, file, packed, long, bytes, u32 } = byHand(little);
      const narrowed = matrix(6, [1, 3], 'a', small(2, [20, 25, 30]));
      const wide = matrix(6, [1, 2], 'b', long(5, bytes(u32(-7 >>> 0), u32(70000))));
      const flag = matrix(9 | 0x200, [2, 1], 'c', small(2, [1, 0]));
      const text = matrix(4, [1, 2], 'd', small(17, little ? [0xe4, 0, 0x62, 0] : [0, 0xe4, 0, 0x62]));
      const read = readMat(file(packed(narrowed), wide, flag, packed(text)), 'a.mat');
      expect([...read]).toEqual([
        ['a', doubles([1, 3], 20, 25, 30)],
        ['b', doubles([1, 2], -7, 70000)],
        ['c', { kind: 'numeric', dtype: 'b1', dims: [2, 1], values: Uint8Array.of(1, 0) }],
        ['d', chars('äb')],
      ]);
    },
  );

  it('let the last of two variables of one name count, and pass over what they do not know', () => {
    const { matrix, file, small } = byHand(true);
    const one = (word: number, name: string, value: number) => matrix(word, [1, 1], name, small(2, [value]));
    const read = readMat(file(one(6, 'a', 1), one(5, 's', 1), one(6, 'a', 2), one(6, '', 9)), 'a.mat');
    expect([...read]).toEqual([
      ['a', doubles([1, 1], 2)],
      ['s', { kind: 'other', matlabClass: 'sparse' }],
    ]);
  });

  it('keep what is not set anew byte for byte', () => {
    const before = byHand(false).file(
      byHand(false).packed(byHand(false).matrix(6, [1, 1], 'a', byHand(false).small(2, [1]))),
    );
    const after = withMat(withMat(before, 'a', [['b', doubles([1, 1], 2)]]), 'a', [['b', doubles([1, 1], 3)]]);
    expect(after.subarray(0, before.length)).toEqual(before);
    expect([...readMat(after, 'a')]).toEqual([
      ['a', doubles([1, 1], 1)],
      ['b', doubles([1, 1], 3)],
    ]);
  });

  it('give arrays of characters row by row', () => {
    expect(matLines({ kind: 'char', dims: [2, 4], text: 'sdaimfef' })).toEqual(['same', 'diff']);
  });

  it('are refused in one line when they are none, cut off, damaged, or declare what is not there', () => {
    const { matrix, file, packed, small, bytes, long } = byHand(true);
    const good = matBytes([['a', doubles([1, 3], 1, 2, 3)]]);
    const flipped = (data: Uint8Array, at: number) => data.map((byte, i) => (i === at ? byte ^ 1 : byte));
    const compressed = file(packed(matrix(6, [1, 3], 'a', small(2, [1, 2, 3]))));
    const nested = (depth: number): MatValue =>
      depth ? { kind: 'cell', dims: [1, 1], cells: [nested(depth - 1)] } : doubles([1, 1], 1);
    const cases: [Uint8Array, string][] = [
      [new Uint8Array(), 'not a MAT file of level 5'],
      [new TextEncoder().encode('neuron,time\n1,2\n'.repeat(20)), 'not a MAT file of level 5'],
      [bytes(new TextEncoder().encode('MATLAB 7.3 MAT-file'), new Uint8Array(600)), 'version 7.3 (HDF5)'],
      [good.subarray(0, good.length - 8), 'where'],
      [good.subarray(0, 132), 'cut off at byte 128'],
      [file(matrix(6, [1000000, 1000000], 'a', small(2, [1]))), 'declares 1000000 x 1000000 numbers and holds 1'],
      [file(matrix(6, [-1, 1], 'a', small(2, [1]))), 'has no dimensions -1 x 1'],
      [file(matrix(1, [1, 1000000000], 'a', new Uint8Array(8))), 'declares 1000000000 entries in 8 bytes'],
      [file(matrix(6, [1, 1], 'a', small(99, [1]))), 'numbers of the unknown type 99'],
      [file(matrix(14, [1, 1], 'a', long(9, Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf8, 0x3f)))), '1.5 is no i8'],
      [file(matrix(4, [1, 9], 'a', small(16, [65]))), 'declares 1 x 9 characters and holds 1'],
      [file(small(6, [1])), 'an element of type 6 where a variable should stand'],
      [flipped(compressed, compressed.length - 1), 'a compressed variable is damaged'],
      [compressed.map((byte, i) => (i >= 136 ? 0 : byte)), 'a compressed variable cannot be inflated'],
      [matBytes([['a', nested(70)]]), 'nested deeper than 64 levels'],
    ];
    for (const [data, message] of cases) {
      expect(() => readMat(data, 'a.mat'), message).toThrow(
        expect.objectContaining({ code: 'input', message: expect.stringContaining(message) }),
      );
    }
  });

  it('that would expand without measure are left packed, and say so; what stands beside them is read', () => {
    const { u32, small, matrix, file, bytes } = byHand(true);
    const inner = matrix(6, [20e6, 1], 'a', new Uint8Array(64));
    inner.set(u32(16e7), 4);
    const bomb = zlibSync(inner);
    const found = readMat(file(bytes(u32(15), u32(bomb.length), bomb), matrix(6, [1, 1], 'b', small(2, [7]))), 'a.mat');
    expect(found.get('a')).toEqual({ kind: 'other', matlabClass: '160000008 bytes when unpacked, which is not done' });
    expect(found.get('b')).toMatchObject({ kind: 'numeric', values: Float64Array.of(7) });
  });

  it('are read or refused, never trapped, whatever byte is changed', () => {
    const good = matBytes(everything);
    fc.assert(
      fc.property(fc.integer({ min: 124, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        try {
          readMat(
            good.map((old, i) => (i === at ? byte : old)),
            'a.mat',
          );
        } catch (error) {
          expect(error).toMatchObject({ name: 'EngramError', code: 'input' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('are not written with values that are not what they say', () => {
    expect(() => matBytes([['1a', doubles([1, 1], 1)]])).toThrow('MATLAB has no variable called "1a"');
    expect(() => matBytes([['a', doubles([1, 2], 1)]])).toThrow('1 numbers in "a" are no 1 x 2');
    expect(() => matBytes([['a', { kind: 'other', matlabClass: 'sparse' }]])).toThrow('class sparse is not written');
  });
});

const PUBLISHED = new URL('../../shared/data/spikernn-go-nogo.mat', import.meta.url);

describe.skipIf(!existsSync(PUBLISHED))('a file that Python wrote and MATLAB completed', () => {
  it('is read: three dimensions, logical arrays, compressed and narrowed elements, text', () => {
    const read = readMat(readFileSync(PUBLISHED), 'published');
    expect(read.size).toBe(34);
    expect(read.get('x')).toMatchObject({ dtype: 'f4', dims: [200, 200, 1] });
    expect(read.get('inh')).toMatchObject({ dtype: 'b1', dims: [200, 1] });
    expect(read.get('activation')).toEqual(chars('sigmoid'));
    expect(read.get('scaling_factors')).toEqual(doubles([1, 12], 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75));
    expect(read.get('tr')).toMatchObject({ dtype: 'i8', dims: [1, 1] });
  });
});

const scipy = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', 'import scipy.io']).status === 0,
);

// Skipped where no Python has scipy; the bytes by hand above stand in for it.
describe.skipIf(!scipy)('scipy itself', () => {
  it('reads what we write, and we read what it writes, compressed or not', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'engram-mat-'));
    const readable = everything.filter(([name]) => name !== 'record');
    writeFileSync(join(cwd, 'ours.mat'), matBytes(everything));
    const big = withMat(byHand(false).file(), 'a', readable);
    writeFileSync(join(cwd, 'big.mat'), big);
    const script = `
import numpy as np, scipy.io as s
for name in ['ours.mat', 'big.mat']:
    d = s.loadmat(name, chars_as_strings=False)
    assert d['single'].dtype.str[1:] == 'f4' and d['single'].shape == (2, 1, 3) and d['single'][1, 0, 2] == 6, d['single']
    assert d['int64'][0, 0] == -2**60 and d['complex'][0, 0] == 1 - 2j
    assert d['logical'].dtype == 'uint8' or d['logical'].dtype == 'bool'
    assert ''.join(d['text'][0]) == 'sigmoid' and d['labels'].shape == (2, 4) and ''.join(d['umlaut'][0]) == 'Größe τ'
    assert d['cell'].shape == (1, 3) and d['cell'][0, 0].tolist() == [[1, 2]]
r = s.loadmat('ours.mat', simplify_cells=True)['record']
assert r[1]['name'] == 'b' and r[0]['times'] == 3 and r[1]['times'] == 4, r
d = {k: v for k, v in s.loadmat('big.mat').items() if k[0] != '_'}
for name, packed in [('plain.mat', False), ('packed.mat', True)]: s.savemat(name, d, do_compression=packed)
`;
    expect(spawnSync(scipy as string, ['-c', script], { cwd, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    for (const name of ['plain.mat', 'packed.mat']) {
      const read = readMat(readFileSync(join(cwd, name)), name);
      for (const [key, value] of readable) {
        // Of logical arrays scipy keeps no flag, of lines of text no columns.
        if (!['logical', 'labels', 'text', 'umlaut'].includes(key)) expect(read.get(key), key).toEqual(value);
      }
      expect(read.get('text')).toEqual(chars('sigmoid'));
    }
  });
});
