/** Arrays of NumPy, of every type and shape: against bytes made by hand, and against numpy where it is at hand. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Dtype,
  npyBytes,
  npzBytes,
  numbersOf,
  readNpy,
  readNpz,
  readTensors,
  type Tensor,
} from '../src/files/index.js';

/** The bytes of 1 and of another number in little-endian order, from the definition of the type. */
const KNOWN: Record<Dtype, { one: number[]; other: [number | bigint, number[]] }> = {
  f8: { one: [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], other: [-2.5, [0, 0, 0, 0, 0, 0, 4, 0xc0]] },
  f4: { one: [0, 0, 0x80, 0x3f], other: [-2.5, [0, 0, 0x20, 0xc0]] },
  i1: { one: [1], other: [-2, [0xfe]] },
  i2: { one: [1, 0], other: [-2, [0xfe, 0xff]] },
  i4: { one: [1, 0, 0, 0], other: [-2, [0xfe, 0xff, 0xff, 0xff]] },
  i8: { one: [1, 0, 0, 0, 0, 0, 0, 0], other: [-2n, [0xfe, ...Array(7).fill(0xff)]] },
  u1: { one: [1], other: [200, [200]] },
  u2: { one: [1, 0], other: [0x1234, [0x34, 0x12]] },
  u4: { one: [1, 0, 0, 0], other: [0x12345678, [0x78, 0x56, 0x34, 0x12]] },
  u8: { one: [1, 0, 0, 0, 0, 0, 0, 0], other: [2n ** 63n, [0, 0, 0, 0, 0, 0, 0, 0x80]] },
  b1: { one: [1], other: [0, [0]] },
};
const dtypes = Object.keys(KNOWN) as Dtype[];
const CLASSES = {
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

/** A file by hand: header and data as the format has them. */
const byHand = (descr: string, shape: string, data: number[]) => {
  const header = Buffer.from(`{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`, 'latin1');
  return Uint8Array.from([...Buffer.from('\x93NUMPY', 'latin1'), 1, 0, header.length, 0, ...header, ...data]);
};
const wordsOf = (dtype: Dtype) => {
  const { one, other } = KNOWN[dtype];
  return { one, other: other[1], values: [one.length === 8 && dtype !== 'f8' ? 1n : 1, other[0]] };
};
/** Any array: its numbers are any bytes, but for NaN. */
const anyTensor = fc
  .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.nat(4), { maxLength: 4 }), seed: fc.nat() })
  .map(({ dtype, shape, seed }): Tensor => {
    const Class = CLASSES[dtype];
    const count = shape.reduce((a, b) => a * b, 1);
    const numbers = Array.from({ length: count }, (_, i) => (dtype === 'b1' ? (seed + i) % 2 : (seed * (i + 1)) % 251));
    const values = dtype === 'i8' || dtype === 'u8' ? numbers.map(BigInt) : numbers;
    return { dtype, shape, values: (Class as unknown as { from(list: unknown): Float64Array }).from(values) };
  });

describe('npy', () => {
  it.each(dtypes)('%s is written and read as the definition of its bytes has it, in both orders', (dtype) => {
    const { one, other, values } = wordsOf(dtype);
    const shape = '(1, 2)';
    for (const order of one.length === 1 ? ['|'] : ['<', '>']) {
      const data = [one, other].flatMap((word) => (order === '>' ? word.toReversed() : word));
      const read = readNpy(byHand(`${order}${dtype}`, shape, data), 'a.npy') as Tensor;
      expect(read.values).toBeInstanceOf(CLASSES[dtype]);
      expect([read.dtype, read.shape, Array.from(read.values as ArrayLike<unknown>)]).toEqual([dtype, [1, 2], values]);
      const written = npyBytes(read);
      expect(written.length % 64).toBe((2 * one.length) % 64);
      expect(Array.from(written.slice(-2 * one.length))).toEqual([...one, ...other]);
      expect(Buffer.from(written).toString('latin1')).toContain(
        `{'descr': '${one.length === 1 ? '|' : '<'}${dtype}', 'fortran_order': False, 'shape': (1, 2), }`,
      );
    }
  });

  it('keeps type, shape and numbers of any array, alone and in an archive', () => {
    fc.assert(
      fc.property(anyTensor, (tensor) => {
        expect(readNpy(npyBytes(tensor), 'a')).toEqual(tensor);
        expect(readTensors(npzBytes({ tensor, text: 'and a text' }), 'a')).toEqual({ tensor, text: 'and a text' });
      }),
    );
  });

  it('names the shape of one number, one row and several dimensions as numpy does', () => {
    for (const [shape, text] of [
      [[], '()'],
      [[3], '(3,)'],
      [[0, 2], '(0, 2)'],
      [[2, 1, 2], '(2, 1, 2)'],
    ] as const) {
      const count = shape.reduce((a: number, b) => a * b, 1);
      const bytes = npyBytes({ dtype: 'f4', shape, values: new Float32Array(count) });
      expect(Buffer.from(bytes).toString('latin1')).toContain(`'shape': ${text}, }`);
    }
  });

  it('takes a part of a buffer, and no other class or number of values than its type and shape have', () => {
    const values = Float64Array.of(9, 1, 2, 9).subarray(1, 3);
    expect((readNpy(npyBytes({ dtype: 'f8', shape: [2], values }), 'a') as Tensor).values).toEqual(
      Float64Array.of(1, 2),
    );
    expect(() => npyBytes({ dtype: 'f4', shape: [2], values })).toThrow(/Float64Array are no \(2\) of f4/);
    expect(() => npyBytes({ dtype: 'f8', shape: [2, 2], values })).toThrow(/2 numbers/);
  });

  it('gives doubles where they hold the number, and refuses an integer that they do not', () => {
    const large: Tensor = { dtype: 'u8', shape: [2], values: BigUint64Array.of(5n, 2n ** 53n - 1n) };
    expect(numbersOf(large, 'a')).toEqual(Float64Array.of(5, 2 ** 53 - 1));
    const tooLarge: Tensor = { dtype: 'i8', shape: [1], values: BigInt64Array.of(-(2n ** 53n)) };
    expect(() => readNpz(npzBytes({ x: tooLarge }), 'a.npz')).toThrow(
      /^a\.npz: x\.npy: the integer -9007199254740992 is too large$/,
    );
    expect(readNpz(npzBytes({ x: { dtype: 'b1', shape: [2], values: Uint8Array.of(0, 1) } }), 'a').x).toEqual(
      Uint8Array.of(0, 1),
    );
  });
});

const numpy = ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', 'import numpy']).status === 0);

// Skipped where no Python has numpy; the bytes by hand above stand in for it.
describe.skipIf(!numpy)('numpy itself', () => {
  it('reads what we write, and we read what it writes', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'engram-npy-'));
    const tensors = Object.fromEntries(
      dtypes.map((dtype): [string, Tensor] => {
        const { values } = wordsOf(dtype);
        const Class = CLASSES[dtype] as unknown as { from(list: unknown): Float64Array };
        return [dtype, { dtype, shape: [2, 1], values: Class.from(values) }];
      }),
    );
    writeFileSync(join(cwd, 'ours.npz'), npzBytes(tensors));
    const script = `
import numpy as np
ours = np.load('ours.npz')
for name in ours: assert ours[name].dtype == np.dtype(name) and ours[name].shape == (2, 1), name
np.savez('theirs.npz', **{name: ours[name].astype(np.dtype(name).newbyteorder('>')) for name in ours})
`;
    expect(spawnSync(numpy as string, ['-c', script], { cwd, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(readTensors(readFileSync(join(cwd, 'theirs.npz')), 'theirs.npz')).toEqual(tensors);
  });
});
