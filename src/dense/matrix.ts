/**
 * Matrices in an arena, and their products:
 *
 *   C = A B,   C += A B,   with A and B as they are or transposed (A'B, A B', A'B').
 *
 * A matrix is a place, a shape and two distances in numbers: entry (i, j) stands at number i rowStep + j columnStep. Transposing moves
 * nothing. What is to be multiplied over and over lies in one arena from the start; views of it are made anew after growth.
 */
import { type Arena, EngramError } from '../core/index.js';
import { productKernel } from './products.js';

/** A matrix in an arena: entry (i, j) stands i rowStep + j columnStep numbers behind entry (0, 0). */
export interface Matrix {
  /** Precision of its numbers, of 4 or 8 bytes each. */
  readonly type: 'f32' | 'f64';
  /** The pointer to entry (0, 0), in bytes. */
  readonly at: number;
  /** m of an m x n matrix. */
  readonly rows: number;
  /** n of an m x n matrix. */
  readonly columns: number;
  /** Numbers from entry (i, j) to (i + 1, j). */
  readonly rowStep: number;
  /** Numbers from entry (i, j) to (i, j + 1). */
  readonly columnStep: number;
}

const bytesOf = (type: Matrix['type']) => (type === 'f32' ? 4 : 8);

/** A row-major matrix of any content; a vector is a matrix of one column. May detach views of the arena. */
export function allocateMatrix(arena: Arena, type: Matrix['type'], rows: number, columns: number): Matrix {
  return { type, at: arena.alloc(bytesOf(type) * rows * columns), rows, columns, rowStep: columns, columnStep: 1 };
}

/** The same entries seen as the transposed matrix. */
export const transposed = (a: Matrix): Matrix => ({
  ...a,
  rows: a.columns,
  columns: a.rows,
  rowStep: a.columnStep,
  columnStep: a.rowStep,
});

/** The place of a matrix in bytes: from the first entry to behind the last. */
function extent(a: Matrix): [number, number] {
  const last = (a.rows - 1) * a.rowStep + (a.columns - 1) * a.columnStep;
  return [a.at, a.at + bytesOf(a.type) * (last + 1)];
}

const shape = (a: Matrix) => `${a.rows} x ${a.columns} ${a.type}`;

/**
 * C = A B, or C += A B if `add`. The bits of an entry are those of a plain loop over k from first to last.
 * Throws if the shapes or types do not fit, if C is not row-major, or if C overlaps A or B. May detach views of the arena.
 */
export function multiply(arena: Arena, c: Matrix, a: Matrix, b: Matrix, add = false): void {
  if (a.columns !== b.rows || c.rows !== a.rows || c.columns !== b.columns || a.type !== b.type || c.type !== a.type) {
    throw new EngramError('usage', `multiply: ${shape(a)} times ${shape(b)} does not give ${shape(c)}`);
  }
  if (c.columnStep !== 1) throw new EngramError('usage', 'multiply: the result must be row-major; it is transposed');
  if (c.rows === 0 || c.columns === 0) return;
  const [begin, end] = extent(c);
  for (const factor of [a, b]) {
    const [from, to] = extent(factor);
    if (from < end && begin < to) {
      throw new EngramError('usage', 'multiply: the result overlaps a factor; give it a place of its own');
    }
  }
  const kernel = productKernel(arena);
  const gemm = c.type === 'f32' ? kernel.denseGemm32 : kernel.denseGemm;
  const mark = arena.mark();
  const work = arena.alloc(32 * (a.columns + 1));
  const [m, n, k] = [a.rows, b.columns, a.columns];
  gemm(m, n, k, a.at, a.rowStep, a.columnStep, b.at, b.rowStep, b.columnStep, c.at, c.rowStep, add ? 1 : 0, work);
  arena.release(mark);
}
