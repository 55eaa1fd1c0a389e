/** L D L' of a quasi-definite matrix in an arena: analysed once, factored with every new diagonal. */
import type { Arena } from '../../src/core/index.js';
import { type Analysis, rowsOfFactor } from './analysis.js';

interface Kernel {
  ldlFactor(
    size: number,
    tail: number,
    upperStarts: number,
    upperRows: number,
    upperValues: number,
    diagonal: number,
    signs: number,
    rowStarts: number,
    rowColumns: number,
    starts: number,
    rows: number,
    values: number,
    work: number,
    dense: number,
  ): void;
  ldlSolve(
    size: number,
    tail: number,
    starts: number,
    rows: number,
    values: number,
    inverse: number,
    dense: number,
    x: number,
  ): void;
}

export interface SparseFactor {
  /** Factors K with this diagonal; false where numbers have run over. */
  factor(diagonal: Float64Array): boolean;
  /** b becomes K^-1 b, by the last factor. */
  solve(b: Float64Array): void;
}

/** Bytes in the arena that a factor needs. */
export const factorNeed = ({ size, tail, entries, upper }: Analysis): number =>
  16 * entries + 12 * upper.values.length + 60 * size + 8 * (size - tail + 1) * (size - tail + 1);

/** `signs` are those of D, +1 or -1, by variables. */
export function sparseFactor(arena: Arena, analysis: Analysis, signs: Float64Array): SparseFactor {
  const { size, order, upper, counts, tail } = analysis;
  const kernel = arena.kernels<Kernel>();
  const integers = (values: Int32Array) => {
    const at = arena.alloc(4 * values.length);
    arena.i32(at, values.length).set(values);
    return at;
  };
  const numbers = (values: Float64Array) => {
    const at = arena.alloc(8 * values.length);
    arena.f64(at, values.length).set(values);
    return at;
  };
  const starts = new Int32Array(tail + 1);
  for (let j = 0; j < tail; j++) starts[j + 1] = starts[j] + counts[j];
  const entries = starts[tail];
  const rowsOf = rowsOfFactor(analysis, tail);
  const upperAt = [integers(upper.starts), integers(upper.columns), numbers(upper.values)] as const;
  const signsAt = numbers(signs.map((_, at) => signs[order[at]]));
  const rowsAt = [integers(rowsOf.starts), integers(rowsOf.columns)] as const;
  const startsAt = integers(starts);
  const [factorRowsAt, factorAt] = [arena.alloc(4 * entries), arena.alloc(8 * entries)];
  // 1 / d once there is a factor.
  const [diagonalAt, xAt] = [arena.alloc(8 * size), arena.alloc(8 * size)];
  const workAt = arena.alloc(8 * size + 4 * tail);
  arena.f64(workAt, size).fill(0);
  const denseAt = arena.alloc(8 * (size - tail) * (size - tail + 1));
  return {
    factor(diagonal) {
      const own = arena.f64(diagonalAt, size);
      for (let at = 0; at < size; at++) own[at] = diagonal[order[at]];
      kernel.ldlFactor(
        ...([size, tail, ...upperAt, diagonalAt, signsAt, ...rowsAt] as const),
        ...([startsAt, factorRowsAt, factorAt, workAt, denseAt] as const),
      );
      for (let at = 0; at < size; at++) if (!Number.isFinite(own[at])) return false;
      return true;
    },
    solve(b) {
      const x = arena.f64(xAt, size);
      for (let at = 0; at < size; at++) x[at] = b[order[at]];
      kernel.ldlSolve(size, tail, startsAt, factorRowsAt, factorAt, diagonalAt, denseAt, xAt);
      for (let at = 0; at < size; at++) b[order[at]] = x[at];
    },
  };
}
