/** Kernels on their own, where the methods above them would make up for what they do wrong. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeSet } from '../solvers/index.js';
import { createArena } from '../src/core/index.js';
import { kernelModule } from '../src/core/random/kernels.generated.js';
import type { DenseKernel } from '../src/dense/index.js';
import { lcg } from './helpers.js';

interface Draws {
  philoxBlock(out: number, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void;
  fillUniform(out: number, pairs: number, k0: number, k1: number, index: number, first: number): void;
}

interface Kernel extends DenseKernel {
  interiorPointMatrix(
    columns: number,
    n: number,
    m: number,
    stride: number,
    roots: number,
    scaled: number,
    slots: number,
    hessian: number,
    diagonal: number,
    matrix: number,
    capacity: number,
  ): void;
}

const seeds = fc.integer({ min: 1, max: 1e6 });

it("the matrix of an interior-point step is P + A'W A + diag(v)", () => {
  const sizes = { n: fc.integer({ min: 1, max: 9 }), m: fc.integer({ min: 1, max: 9 }) };
  fc.assert(
    fc.property(seeds, sizes.n, sizes.m, fc.boolean(), (seed, n, m, dense) => {
      const random = lcg(seed);
      const arena = createArena();
      const stride = m + (m & 1) + 2;
      const capacity = n + 1;
      const place = (values: number[]) => {
        const at = arena.alloc(8 * values.length);
        arena.f64(at, values.length).set(values);
        return at;
      };
      const numbers = (count: number) => Array.from({ length: count }, () => 2 * random() - 1);
      const A = Array.from({ length: m }, () => numbers(n));
      const P = numbers(n * n);
      const roots = numbers(m).map(Math.abs);
      const v = numbers(n);
      const columns = Array.from({ length: n * stride }, (_, at) => A[at % stride]?.[Math.floor(at / stride)] ?? 0);
      const matrix = place(new Array(capacity * capacity).fill(7));
      arena
        .kernels<Kernel>()
        .interiorPointMatrix(
          place(columns),
          n,
          m,
          stride,
          place([...roots, ...new Array(stride - m).fill(0)]),
          place(new Array(stride * (n + 1)).fill(0)),
          arena.alloc(4 * (n + 1)),
          dense ? place(P) : 0,
          place(v),
          matrix,
          capacity,
        );
      const H = arena.f64(matrix, capacity * capacity);
      for (let k = 0; k < n; k++) {
        for (let j = 0; j <= k; j++) {
          let sum = (dense ? P[n * k + j] : 0) + (j === k ? v[k] : 0);
          for (let i = 0; i < m; i++) sum += A[i][k] * roots[i] ** 2 * A[i][j];
          expect(H[capacity * k + j]).toBeCloseTo(sum, 12);
        }
      }
    }),
  );
});

it('uniform numbers are the leading 53 bits of the blocks of their own stream', () => {
  const word = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(word, word, word, word, (k0, k1, index, first) => {
      const arena = createArena();
      const kernel = arena.kernels<Draws>(kernelModule);
      const out = arena.alloc(8 * 6);
      kernel.fillUniform(out, 3, k0, k1, index, first);
      const drawn = Array.from(arena.f64(out, 6));
      const words = arena.alloc(16);
      const unit = (high: number, low: number) => ((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53;
      for (let block = 0; block < 3; block++) {
        kernel.philoxBlock(words, first + block, index, 0, 0, k0, k1);
        const [a, b, c, d] = arena.i32(words, 4);
        expect(drawn.slice(2 * block, 2 * block + 2)).toEqual([unit(a, b), unit(c, d)]);
      }
    }),
  );
});

it('the Cholesky factor refuses a pivot that is not above its share of the diagonal', () => {
  const arena = createArena();
  const factor = (least: number) => {
    const at = arena.alloc(8 * 4);
    arena.f64(at, 4).set([1, 0, 1, 1 + 1e-9]);
    return arena.kernels<Kernel>().denseCholesky(at, 2, 2, least);
  };
  expect(factor(0)).toBe(-1);
  expect(factor(1e-10)).toBe(-1);
  expect(factor(1e-8)).toBe(1);
});

describe('limits that move', () => {
  /** u'b - 1/2 |N u|^2. */
  const dual = (rows: number[][], limits: number[], values: ArrayLike<number>, slots: ArrayLike<number>) => {
    const w = rows[0].map((_, k) => rows.reduce((sum, _row, i) => sum + values[i] * rows[slots[i]][k], 0));
    return (
      limits.reduce((sum, _, i) => sum + values[i] * limits[slots[i]], 0) - w.reduce((sum, x) => sum + x * x, 0) / 2
    );
  };

  it('leave multipliers that are not negative and rows that are met, and the dual does not fall', () => {
    let released = 0;
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 8 }), (seed, count) => {
        const random = lcg(seed);
        const n = 12;
        const arena = createArena();
        const solver = activeSet(arena, new Float64Array(n).fill(-100), new Float64Array(n).fill(100));
        const rows = Array.from({ length: count }, () => Array.from({ length: n }, () => 2 * random() - 1));
        const limits = rows.map(() => random());
        const slots = solver.open(count);
        rows.forEach((row, i) => arena.f64(solver.rowPointer(slots[i]), n).set(row));
        expect(solver.round(slots, limits, 'inequalities')).toBe('solved');
        const before = solver.held();
        // Only rows are held: the box is far away. Slots are given out in order.
        const placed = (held: typeof before) => {
          const values = new Array(count).fill(0);
          held.ids.forEach((id, i) => {
            values[slots.indexOf(id)] = held.values[i];
          });
          return values;
        };
        const order = rows.map((_, i) => i);
        const moved = limits.map(() => 2 * random() - 1);
        const limitsOf = arena.f64(solver.tables().slots.limits, solver.tables().slots.capacity);
        slots.forEach((slot, i) => {
          limitsOf[slot] = moved[i];
        });
        solver.reoptimize();
        const after = solver.held();
        released += before.ids.length - after.ids.length;
        for (const value of after.values) expect(value).toBeGreaterThan(-1e-12);
        const w = arena.f64(solver.weights, n);
        for (const id of after.ids) {
          const i = slots.indexOf(id);
          expect(rows[i].reduce((sum, entry, k) => sum + entry * w[k], 0)).toBeCloseTo(moved[i], 9);
        }
        expect(dual(rows, moved, placed(after), order)).toBeGreaterThan(
          dual(rows, moved, placed(before), order) - 1e-9,
        );
      }),
      { numRuns: 200 },
    );
    expect(released).toBeGreaterThan(100);
  });

  it('are let go where refinement would make them negative, as where two rows all but coincide', () => {
    // Both rows are held from the start, but the optimum is (1, 0), on the first alone: on both it would be (1, -6).
    const arena = createArena();
    const solver = activeSet(arena, new Float64Array(2).fill(-100), new Float64Array(2).fill(100));
    const slots = solver.open(2);
    arena.f64(solver.rowPointer(slots[0]), 2).set([1, 0]);
    arena.f64(solver.rowPointer(slots[1]), 2).set([1, 1]);
    const { candidates, limits, capacity } = solver.tables().slots;
    arena.f64(limits, capacity).set([1, -5]);
    arena.i32(candidates, 2).set(slots);
    solver.start([1, 1], { ids: new Int32Array(), values: new Float64Array() });
    solver.refine();
    expect([...solver.held().ids]).toEqual([slots[0]]);
    expect([...solver.held().values]).toEqual([expect.closeTo(1, 12)]);
    expect([...arena.f64(solver.weights, 2)]).toEqual([expect.closeTo(1, 12), expect.closeTo(0, 12)]);
  });

  it('let go of what blocks first: the row that stays is the one that the optimum holds', () => {
    // Two unit rows with N N' = [[1, g], [g, 1]], held with multipliers 1 and 1; on both the optimum would be (-0.5, -0.8).
    const g = -0.9;
    const arena = createArena();
    const solver = activeSet(arena, new Float64Array(2).fill(-100), new Float64Array(2).fill(100));
    const rows = [
      [1, 0],
      [g, Math.sqrt(1 - g * g)],
    ];
    const slots = solver.open(2);
    rows.forEach((row, i) => arena.f64(solver.rowPointer(slots[i]), 2).set(row));
    expect(solver.round(slots, [1 + g, 1 + g], 'inequalities')).toBe('solved');
    expect([...solver.held().values]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)]);
    const limits = arena.f64(solver.tables().slots.limits, solver.tables().slots.capacity);
    [limits[slots[0]], limits[slots[1]]] = [-0.5 - 0.8 * g, -0.8 - 0.5 * g];
    // The second reaches zero at 1/1.8 of the way, the first would at 1/1.5; alone, the first has the multiplier of its limit.
    solver.reoptimize();
    const { ids, values } = solver.held();
    expect([...ids]).toEqual([slots[0]]);
    expect(values[0]).toBeCloseTo(0.22, 12);
  });
});
