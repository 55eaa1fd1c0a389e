/** A metric in blocks: its two triangular solves against products with P, and its Gram entries against plain sums. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createArena } from '../src/core/index.js';
import { type Block, blockMetric } from '../src/memory/memorize/block-metric.js';
import { lcg } from './helpers.js';

/** Blocks of variables that lie anywhere, or one after the other, P = M M' + I. */
function blocksOf(sizes: readonly number[], random: () => number): Block[] {
  const n = sizes.reduce((sum, size) => sum + size, 0);
  const names = Array.from({ length: n }, (_, k) => k);
  if (random() < 0.5) names.sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11) || a - b);
  return sizes.map((m) => {
    const M = Float64Array.from({ length: m * m }, () => random() - 0.5);
    const P = M.map((_, at) => {
      const [i, j] = [Math.floor(at / m), at % m];
      let sum = i === j ? 1 : 0;
      for (let k = 0; k < m; k++) sum += M[m * i + k] * M[m * j + k];
      return sum;
    });
    return { variables: Uint32Array.from(names.splice(0, m)), P };
  });
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 });
const cases = fc.record({
  apart: fc.boolean(),
  sizes,
  seed: fc.nat(),
  shares: fc.array(fc.constantFrom(0, 0.02, 0.3, 0.6, 1), { minLength: 1, maxLength: 14 }),
});

it('solves with both triangles, one to four rows at a time, and leaves zeros where a row says nothing', () => {
  fc.assert(
    fc.property(cases, ({ apart, sizes, seed, shares }) => {
      const random = lcg(seed);
      const blocks = blocksOf(sizes, random);
      const n = sizes.reduce((sum, size) => sum + size, 0);
      const arena = createArena();
      const metric = blockMetric(arena, blocks, apart);
      const rows = shares.slice(0, 4).map((share) => {
        const y = new Float64Array(n);
        for (const { variables } of blocks) if (random() < share) for (const k of variables) y[k] = random() - 0.5;
        return y;
      });
      const pointers = rows.map(() => arena.alloc(8 * metric.width));
      metric.forward(pointers, 0, (i, at) => arena.f64(at, n).set(rows[i]));
      const w = arena.alloc(8 * n);
      rows.forEach((y, r) => {
        const x = arena.f64(pointers[r], metric.width);
        let at = 0;
        for (const { variables } of blocks) {
          if (variables.every((k) => y[k] === 0)) for (let i = 0; i < variables.length; i++) expect(x[at + i]).toBe(0);
          if (apart && variables.length % 2 === 1) expect(x[at + variables.length]).toBe(0);
          at += variables.length + (apart ? variables.length % 2 : 0);
        }
        expect(at).toBe(metric.width);
        metric.backward(pointers[r], w);
        const found = arena.f64(w, n);
        for (const { variables, P } of blocks) {
          variables.forEach((k, i) => {
            const product = variables.reduce((sum, l, j) => sum + P[variables.length * i + j] * found[l], 0);
            expect(Math.abs(product - y[k])).toBeLessThan(1e-12);
          });
        }
      });
    }),
    { numRuns: 60 },
  );
});

it('finds the products of all rows, full or thin, round after round, while their tables grow', () => {
  fc.assert(
    fc.property(cases, fc.nat(12), ({ sizes, seed, shares }, later) => {
      const random = lcg(seed);
      const arena = createArena();
      const blocks = blocksOf(sizes, random);
      const { width, gram } = blockMetric(arena, blocks, true);
      const [m, stride] = [shares.length, width];
      const rows = shares.map((share) => {
        const x = new Float64Array(width);
        let at = 0;
        for (const { variables } of blocks) {
          if (random() < share) for (let i = 0; i < variables.length; i++) x[at + i] = random() - 0.5;
          at += variables.length + (variables.length % 2);
        }
        return x;
      });
      // Slots in any order; the last one is the kernel's own.
      const used = Array.from({ length: m }, (_, i) => (i * 2 + 1) % (m + (m % 2 === 0 ? 1 : 2)));
      const fresh = Math.max(1, m - later);
      const table = (capacity: number) => {
        const [at, products, slots] = [8 * stride * capacity, 8 * capacity ** 2, 4 * capacity].map(arena.alloc);
        arena.f64(at, stride * capacity).fill(0);
        used.forEach((slot, i) => arena.f64(at + 8 * stride * slot, stride).set(rows[i]));
        arena.f64(products, capacity ** 2).fill(7);
        return (own: readonly number[], old: readonly number[]) => {
          arena.i32(slots, capacity).set([...own, ...old]);
          gram?.(at, stride, products, capacity, slots, own.length, old.length);
          return arena.f64(products, capacity ** 2);
        };
      };
      const check = (found: Float64Array, capacity: number, own: readonly number[], all: readonly number[]) => {
        for (const i of own) {
          for (const j of all) {
            const [x, y] = [rows[used.indexOf(i)], rows[used.indexOf(j)]];
            const sum = x.reduce((total, value, k) => total + value * y[k], 0);
            expect(Math.abs(found[capacity * i + j] - sum)).toBeLessThan(1e-12);
            expect(found[capacity * j + i]).toBe(found[capacity * i + j]);
          }
        }
      };
      const first = used.slice(0, fresh);
      check(table(m + 3)(first, []), m + 3, first, first);
      // The tables have grown; what was marked before still counts.
      if (fresh < m) check(table(m + 9)(used.slice(fresh), first), m + 9, used.slice(fresh), used);
    }),
    { numRuns: 150 },
  );
});

it('refuses blocks that are not positive definite', () => {
  const P = Float64Array.of(1, 2, 2, 1);
  expect(() => blockMetric(createArena(), [{ variables: Uint32Array.of(0, 1), P }], true)).toThrow(/positive definite/);
});
