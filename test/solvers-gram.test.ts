/** Gram entries of the active set: rows of few entries take these alone, and nothing is to be told apart from dense sums. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createArena } from '../src/core/index.js';
import type { DenseKernel } from '../src/dense/index.js';
import { lcg } from './helpers.js';

type Gram = Parameters<DenseKernel['denseGram']>;

interface Kernel extends Pick<DenseKernel, 'denseGram'> {
  activeSetGram(...gram: [...Gram, entries: number, order: number]): void;
}

it('the Gram matrix has the bits of dense sums, round after round, whichever rows have few entries, and is that of plain sums', () => {
  const width = fc.constantFrom(2, 7, 10, 64, 513, 1100);
  const entriesOfRows = fc.array(fc.constantFrom(0, 1, 2, 5, 8, 9, 30, Number.POSITIVE_INFINITY), {
    minLength: 2,
    maxLength: 12,
  });
  fc.assert(
    fc.property(width, entriesOfRows, fc.nat(), fc.nat(5), (n, counts, seed, later) => {
      const random = lcg(seed);
      const [m, stride, capacity] = [counts.length, n + (n & 1), counts.length + 3];
      const arena = createArena();
      const kernel = arena.kernels<Kernel>();
      const sizes = [8 * stride * capacity, 8 * capacity ** 2, 8 * capacity ** 2, 4 * capacity];
      const [rows, gram, dense, slots, entries, order] = [...sizes, 64 * capacity, 4 * capacity].map(arena.alloc);
      const values = arena.f64(rows, stride * capacity).fill(0);
      // Slots in any order; the last one is the kernel's own.
      const used = Array.from({ length: m }, (_, i) => (i * 2 + 1) % (m + (m % 2 === 0 ? 1 : 2)));
      used.forEach((slot, i) => {
        for (let k = 0; k < n; k++) if (counts[i] >= n) values[stride * slot + k] = random() - 0.5;
        for (let e = 0; e < Math.min(counts[i], n); e++)
          values[stride * slot + Math.floor(random() * n)] = random() - 0.5;
      });
      const fill = (at: number) => arena.f64(at, capacity ** 2).fill(7);
      fill(gram);
      fill(dense);
      const fresh = Math.max(1, m - later);
      const ask = (own: readonly number[], old: readonly number[]) => {
        const at = arena.i32(slots, capacity);
        at.set([...own, ...old]);
        const asked = (to: number): Gram => [rows, stride, to, capacity, slots, own.length, old.length];
        kernel.activeSetGram(...asked(gram), entries, order);
        kernel.denseGram(...asked(dense));
        expect(Array.from(at.subarray(0, own.length + old.length))).toEqual([...own, ...old]);
      };
      ask(used.slice(0, fresh), []);
      if (fresh < m) ask(used.slice(fresh), used.slice(0, fresh));
      for (const i of used) {
        for (const j of used) {
          const found = arena.f64(gram, capacity ** 2)[capacity * i + j];
          expect(found).toBe(arena.f64(dense, capacity ** 2)[capacity * i + j]);
          let sum = 0;
          for (let k = 0; k < n; k++) sum += values[stride * i + k] * values[stride * j + k];
          expect(Math.abs(found - sum)).toBeLessThan(1e-12);
        }
      }
    }),
    { numRuns: 300 },
  );
});
