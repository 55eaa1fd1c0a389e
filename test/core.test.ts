import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createArena,
  decay,
  exp,
  formatTime,
  normal,
  parseTime,
  sortSpread,
  streamKey,
  uniformStream,
} from '../src/core/index.js';
import { kernelModule } from '../src/core/random/kernels.generated.js';

describe('random streams', () => {
  it('reproduce the published vectors of Philox4x32-10', () => {
    const arena = createArena();
    const { philoxBlock } = arena.kernels<{ philoxBlock(out: number, ...words: number[]): void }>(kernelModule);
    const out = arena.alloc(16);
    const block = (...words: number[]) => {
      philoxBlock(out, ...words);
      return Array.from(arena.u32(out, 4), (word) => word.toString(16).padStart(8, '0')).join(' ');
    };
    const ones = 0xffffffff;
    expect(block(0, 0, 0, 0, 0, 0)).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
    expect(block(ones, ones, ones, ones, ones, ones)).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
    expect(block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0)).toBe(
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    );
  });

  it('do not depend on what other streams have drawn', () => {
    const key = streamKey(7, 'test');
    const first = uniformStream(key, 3);
    const expected = Array.from({ length: 300 }, first);
    const other = uniformStream(key, 4);
    const again = uniformStream(key, 3);
    const interleaved = Array.from({ length: 300 }, () => {
      other();
      return again();
    });
    expect(interleaved).toEqual(expected);
  });

  it('have the moments of their laws', () => {
    const key = streamKey(1, 'moments');
    const uniform = uniformStream(key);
    const n = 20000;
    const mean = Array.from({ length: n }, uniform).reduce((a, b) => a + b, 0) / n;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    const draws = Array.from({ length: n }, (_, i) => normal(key, 5, i));
    const square = draws.reduce((a, b) => a + b * b, 0) / n;
    const fourth = draws.reduce((a, b) => a + b ** 4, 0) / n;
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(fourth - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  it('differ between seeds and purposes', () => {
    const keys = [streamKey(1, 'a'), streamKey(2, 'a'), streamKey(1, 'b'), streamKey(11, 'a')].map(String);
    expect(new Set(keys).size).toBe(4);
  });
});

describe('elementary functions', () => {
  it('decay agrees with the exponential to the last bits', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 80, noNaN: true }), (x) => {
        expect(Math.abs(decay(x) / exp(-x) - 1)).toBeLessThan(4e-16);
      }),
    );
  });
});

describe('times', () => {
  it('are read in seconds, milliseconds and microseconds', () => {
    expect(parseTime('1s', 't')).toBe(1);
    expect(parseTime('250ms', 't')).toBe(0.25);
    expect(parseTime('1e3ms', 't')).toBe(1);
    expect(formatTime(0.4131)).toBe('413.1 ms');
  });

  it.each(['', '1', '0s', '-1s', '1 s', '1S', '1,5s', '1m', 'NaNs', 'Infinitys', '0x10s', '1e400s', '１s'])(
    'refuse "%s" and say what is allowed',
    (text) => {
      expect(() => parseTime(text, '--duration')).toThrow(
        /--duration must be a positive time such as 1s or 250ms; got/,
      );
    },
  );

  it('explain an ambiguous "m"', () => {
    expect(() => parseTime('1m', '--duration')).toThrow(/minutes or milliseconds: write 60s or 1ms/);
  });
});

describe('sortSpread', () => {
  it('sorts any keys in their range, ties in place', () => {
    const key = fc.oneof(fc.double({ min: -3, max: 5, noNaN: true }), fc.constantFrom(-3, 0, 5));
    fc.assert(
      fc.property(fc.array(key), (keys) => {
        const { sorted, order } = sortSpread(Float64Array.from(keys), -3, 5);
        const expected = keys.map((_, i) => i).sort((i, j) => keys[i] - keys[j] || i - j);
        expect(Array.from(order)).toEqual(expected);
        expect(Array.from(sorted)).toEqual(expected.map((i) => keys[i]));
      }),
    );
  });
});
