import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Arena, createArena } from '../src/core/index.js';
import {
  allocateMatrix,
  type DenseKernel,
  type Matrix,
  multiply,
  productKernel,
  transposed,
} from '../src/dense/index.js';

let arena: Arena;
let kernel: DenseKernel;
let products: ReturnType<typeof productKernel>;
beforeEach(() => {
  arena = createArena();
  kernel = arena.kernels<DenseKernel>();
  products = productKernel(arena);
});

const sizes = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 16, 17);
const types = fc.constantFrom('f32' as const, 'f64' as const);
const bytes = { f32: 4, f64: 8 };
/** The rounding unit. */
const unit = { f32: 2 ** -24, f64: 2 ** -53 };

/** Numbers of one seed, of size about 1. */
function numbers(n: number, seed: number): number[] {
  let state = (seed | 0) + 1;
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

/** A vector in the arena, with a guard behind it that nobody may write. */
function place(type: 'f32' | 'f64', values: readonly number[]) {
  const at = arena.alloc(bytes[type] * (values.length + 4));
  arena[type](at, values.length + 4).set([...values, 11, 12, 13, 14]);
  return {
    at,
    get values() {
      return Array.from(arena[type](at, values.length));
    },
    get guard() {
      return Array.from(arena[type](at + bytes[type] * values.length, 4));
    },
  };
}
const GUARD = [11, 12, 13, 14];

const entry = (a: Matrix, i: number, j: number) =>
  arena[a.type](a.at + bytes[a.type] * (i * a.rowStep + j * a.columnStep), 1)[0];

describe('gemm', () => {
  it('has the bits of three plain loops, for every shape, type and transposition, added or not', () => {
    fc.assert(
      fc.property(
        sizes,
        sizes,
        sizes,
        types,
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        fc.nat(),
        (m, n, k, type, [ta, tb, add], seed) => {
          const a = ta ? transposed(allocateMatrix(arena, type, k, m)) : allocateMatrix(arena, type, m, k);
          const b = tb ? transposed(allocateMatrix(arena, type, n, k)) : allocateMatrix(arena, type, k, n);
          // C lies in a wider matrix, whose other entries nobody may touch.
          const wide = allocateMatrix(arena, type, m, n + 3);
          const c = { ...wide, columns: n };
          arena[type](a.at, m * k).set(numbers(m * k, seed));
          arena[type](b.at, n * k).set(numbers(n * k, seed + 1));
          arena[type](wide.at, m * (n + 3)).set(numbers(m * (n + 3), seed + 2));
          const before = Array.from(arena[type](wide.at, m * (n + 3)));
          const round = type === 'f32' ? Math.fround : (x: number) => x;
          multiply(arena, c, a, b, add);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n + 3; j++) {
              let sum = 0;
              for (let p = 0; p < k; p++) if (j < n) sum = round(sum + round(entry(a, i, p) * entry(b, p, j)));
              const old = before[i * (n + 3) + j];
              expect(entry(wide, i, j)).toBe(j < n ? (add ? round(old + sum) : sum) : old);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('refuses shapes and types that do not fit, a transposed result, and a result that overlaps a factor', () => {
    const [a, b, c] = [
      allocateMatrix(arena, 'f64', 3, 5),
      allocateMatrix(arena, 'f64', 5, 4),
      allocateMatrix(arena, 'f64', 3, 4),
    ];
    expect(() => multiply(arena, c, a, transposed(b))).toThrow('3 x 5 f64 times 4 x 5 f64 does not give 3 x 4 f64');
    expect(() => multiply(arena, transposed(c), a, b)).toThrow('does not give 4 x 3');
    expect(() => multiply(arena, c, a, { ...b, type: 'f32' })).toThrow('5 x 4 f32');
    const square = allocateMatrix(arena, 'f64', 5, 5);
    const other = allocateMatrix(arena, 'f64', 5, 5);
    expect(() => multiply(arena, transposed(other), square, square)).toThrow('row-major');
    expect(() => multiply(arena, square, other, square)).toThrow('overlaps');
    expect(() => multiply(arena, { ...other, at: square.at + 192 }, square, square)).toThrow('overlaps');
  });

  it('over no terms is zero', () => {
    const c = allocateMatrix(arena, 'f64', 2, 3);
    arena.f64(c.at, 6).fill(7);
    multiply(arena, c, allocateMatrix(arena, 'f64', 2, 0), allocateMatrix(arena, 'f64', 0, 3));
    expect(Array.from(arena.f64(c.at, 6))).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('products of vectors', () => {
  it('agree with plain loops within n rounding units, and write nothing else', () => {
    fc.assert(
      fc.property(sizes, sizes, fc.nat(3), types, fc.nat(), (m, n, gap, type, seed) => {
        const stride = n + gap;
        const kernels =
          type === 'f64'
            ? [kernel.denseTimes, kernel.denseTransposed, products.denseRankOne, kernel.denseDot, kernel.denseAxpy]
            : [
                products.denseTimes32,
                products.denseTransposed32,
                products.denseRankOne32,
                products.denseDot32,
                products.denseAxpy32,
              ];
        const [times, transposedTimes, rankOne, dot, axpy] = kernels as [
          DenseKernel['denseTimes'],
          DenseKernel['denseTransposed'],
          (typeof products)['denseRankOne'],
          DenseKernel['denseDot'],
          DenseKernel['denseAxpy'],
        ];
        const a = place(type, numbers(m * stride, seed));
        const x = place(type, numbers(n, seed + 1));
        const u = place(type, numbers(m, seed + 2));
        const y = place(type, numbers(m, seed + 3));
        const v = place(type, numbers(n, seed + 4));
        const [A, X, U, V] = [a.values, x.values, u.values, v.values];
        const most = 2 * (Math.max(m, n) + 2) * unit[type] * (Math.max(m, n) + 1);
        const close = (found: number, value: number) => expect(Math.abs(found - value)).toBeLessThanOrEqual(most);

        times(a.at, m, n, stride, x.at, y.at);
        y.values.forEach((value, i) => {
          close(
            value,
            X.reduce((sum, xj, j) => sum + A[i * stride + j] * xj, 0),
          );
        });
        close(
          dot(x.at, v.at, n),
          X.reduce((sum, xj, j) => sum + xj * V[j], 0),
        );
        axpy(0.75, x.at, v.at, n);
        v.values.forEach((value, j) => close(value, V[j] + 0.75 * X[j]));
        transposedTimes(a.at, m, n, stride, u.at, v.at);
        v.values.forEach((value, j) => {
          close(
            value,
            U.reduce((sum, ui, i) => sum + A[i * stride + j] * ui, 0),
          );
        });
        rankOne(-1.5, u.at, m, x.at, n, a.at, stride);
        a.values.forEach((value, at) => {
          const [i, j] = [Math.floor(at / stride), at % stride];
          if (j < n) close(value, A[at] - 1.5 * U[i] * X[j]);
          else expect(value).toBe(A[at]);
        });
        for (const { guard } of [a, x, u, y, v]) expect(guard).toEqual(GUARD);
      }),
      { numRuns: 150 },
    );
  });
});

describe('Cholesky', () => {
  it("gives L L' = A, and solves with L and L'", () => {
    fc.assert(
      fc.property(sizes, fc.nat(3), fc.nat(), (n, gap, seed) => {
        const stride = n + gap;
        const g = numbers(n * n, seed);
        const A = (i: number, j: number) => {
          let sum = i === j ? 0.5 : 0;
          for (let k = 0; k < n; k++) sum += g[i * n + k] * g[j * n + k];
          return sum;
        };
        const a = place(
          'f64',
          Array.from({ length: n * stride }, (_, at) => A(Math.floor(at / stride), (at % stride) % n)),
        );
        expect(kernel.denseCholesky(a.at, n, stride, 1e-14)).toBe(-1);
        const L = a.values;
        for (let i = 0; i < n; i++) {
          expect(L[i * stride + i]).toBeGreaterThan(0);
          for (let j = 0; j <= i; j++) {
            let sum = 0;
            for (let k = 0; k <= j; k++) sum += L[i * stride + k] * L[j * stride + k];
            expect(Math.abs(sum - A(i, j))).toBeLessThanOrEqual(4 * (n + 1) * unit.f64 * (n + 1));
          }
        }
        const truth = numbers(n, seed + 5);
        const b = place(
          'f64',
          truth.map((_, i) => truth.reduce((sum, x, j) => sum + A(i, j) * x, 0)),
        );
        kernel.denseForward(a.at, n, stride, 0, b.at);
        kernel.denseBackward(a.at, n, stride, b.at);
        // The condition of A is at most (n^2 + 1/2) / (1/2).
        b.values.forEach((x, i) => expect(Math.abs(x - truth[i])).toBeLessThan(1e-15 * (n + 1) ** 5));
      }),
    );
  });

  it('solves for four vectors, each with the bits that it has alone, zeros in front passed over', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (n, seed, begin) => {
        const stride = n + (n & 1);
        const first = 2 * Math.floor((begin % n) / 2);
        const L = numbers(n * stride, seed).map((value, at) => (at % (stride + 1) === 0 ? 2 + value : value / n));
        const l = place('f64', L);
        const right = [1, 2, 3, 4].map((i) => numbers(n, seed + i).map((value, at) => (at < first ? 0 : value)));
        const [whole, front, alone] = [0, 1, 2].map(() => right.map((values) => place('f64', values)));
        const solve = (from: number, [a, b, c, d]: { at: number }[]) =>
          kernel.denseForwardFour(l.at, n, stride, from, a.at, b.at, c.at, d.at);
        solve(0, whole);
        solve(first, front);
        for (const one of alone) solve(first, [one, one, one, one]);
        front.forEach(({ values }, i) => expect(values).toEqual(alone[i].values));
        whole.forEach(({ values: x }, v) => {
          for (let i = 0; i < n; i++) {
            let [sum, size] = [0, 0];
            for (let j = 0; j <= i; j++) {
              sum += L[i * stride + j] * x[j];
              size += Math.abs(L[i * stride + j] * x[j]);
            }
            const most = 4 * (n + 1) * unit.f64 * (1 + size);
            expect(Math.abs(sum - right[v][i])).toBeLessThanOrEqual(most);
            expect(Math.abs(front[v].values[i] - x[i])).toBeLessThanOrEqual(most);
          }
        });
      }),
    );
  });

  it('names the pivot that it refuses', () => {
    const a = place('f64', [4, 0, 0, 2, 1, 0, 0, 0, 1]);
    expect(kernel.denseCholesky(a.at, 3, 3, 1e-14)).toBe(1);
  });
});

describe('QR', () => {
  const vectors = (m: number, n: number, stride: number, values: readonly number[]) => {
    const a = place(
      'f64',
      Array.from({ length: n * stride }, (_, at) =>
        at % stride < m ? values[Math.floor(at / stride) * m + (at % stride)] : 9,
      ),
    );
    const r = place('f64', Array<number>(n * n).fill(5));
    return { a, r };
  };

  it("gives Q'Q = 1 to the last bits, Q R = A, R upper triangular with a positive diagonal, also for vectors that nearly depend", () => {
    fc.assert(
      fc.property(
        sizes,
        sizes,
        fc.nat(3),
        fc.constantFrom(1, 1e-4, 1e-8, 1e-13),
        fc.nat(),
        (p, q, gap, independent, seed) => {
          const [m, n] = [Math.max(p, q), Math.min(p, q)];
          const stride = m + gap;
          const common = numbers(m, seed + 1);
          const values = numbers(m * n, seed).map((x, at) => independent * x + (1 - independent) * common[at % m]);
          const { a, r } = vectors(m, n, stride, values);
          expect(products.denseQr(a.at, m, n, stride, r.at)).toBe(-1);
          const [Q, R] = [a.values, r.values];
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < n; j++) {
              let product = 0;
              for (let k = 0; k < m; k++) product += Q[i * stride + k] * Q[j * stride + k];
              expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThanOrEqual(8 * (m + 2) * unit.f64);
              if (i > j) expect(R[i * n + j]).toBe(0);
            }
            expect(R[i * n + i]).toBeGreaterThan(0);
            for (let k = 0; k < m; k++) {
              let sum = 0;
              for (let j = 0; j <= i; j++) sum += Q[j * stride + k] * R[j * n + i];
              expect(Math.abs(sum - values[i * m + k])).toBeLessThanOrEqual(8 * (m + 2) * unit.f64);
            }
          }
          expect(Array.from({ length: n * gap }, (_, at) => Q[Math.floor(at / gap) * stride + m + (at % gap)])).toEqual(
            Array(n * gap).fill(9),
          );
          expect([a.guard, r.guard]).toEqual([GUARD, GUARD]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('names the first vector that depends on those before it', () => {
    const { a, r } = vectors(3, 3, 3, [2, 0, 0, 3, 0, 0, 0, 0, 1]);
    expect(products.denseQr(a.at, 3, 3, 3, r.at)).toBe(1);
    expect(r.values.slice(0, 5)).toEqual([2, 3, 0, 0, 0]);
    const zero = vectors(2, 1, 2, [0, 0]);
    expect(products.denseQr(zero.a.at, 2, 1, 2, zero.r.at)).toBe(0);
  });
});
