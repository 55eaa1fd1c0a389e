/** L D L' of a quasi-definite matrix in an arena: analysed once, factored with every new diagonal. */
import type { Arena } from '../../src/core/index.js';
import { type Analysis, rowsOfFactor } from './analysis.js';

interface Kernel {
  ldlFactor(
    size: number,
    upperStarts: number,
    upperRows: number,
    upperValues: number,
    diagonal: number,
    signs: number,
    rowStarts: number,
    rowColumns: number,
    starts: number,
    fill: number,
    rows: number,
    values: number,
    inverse: number,
    work: number,
  ): void;
  ldlSolve(size: number, starts: number, rows: number, values: number, inverse: number, x: number): void;
}

export interface SparseFactor {
  /** Factors K with this diagonal; false where numbers have run over. */
  factor(diagonal: Float64Array): boolean;
  /** b becomes K^-1 b, by the last factor. */
  solve(b: Float64Array): void;
}

/** Bytes in the arena that a factor needs. */
export const factorNeed = ({ size, entries, upper }: Analysis): number =>
  16 * entries + 12 * upper.values.length + 60 * size;

/** `signs` are those of D, +1 or -1, by variables. */
export function sparseFactor(arena: Arena, analysis: Analysis, signs: Float64Array): SparseFactor {
  const { size, order, upper, counts, entries } = analysis;
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
  const starts = new Int32Array(size + 1);
  for (let j = 0; j < size; j++) starts[j + 1] = starts[j] + counts[j];
  const rowsOf = rowsOfFactor(analysis);
  const upperAt = [integers(upper.starts), integers(upper.columns), numbers(upper.values)] as const;
  const signsAt = numbers(signs.map((_, at) => signs[order[at]]));
  const rowsAt = [integers(rowsOf.starts), integers(rowsOf.columns)] as const;
  const [startsAt, fillAt] = [integers(starts), arena.alloc(4 * size)];
  const [factorRowsAt, factorAt] = [arena.alloc(4 * entries), arena.alloc(8 * entries)];
  const [diagonalAt, inverseAt, xAt] = [0, 1, 2].map(() => arena.alloc(8 * size));
  const workAt = numbers(new Float64Array(size));
  return {
    factor(diagonal) {
      const own = arena.f64(diagonalAt, size);
      for (let at = 0; at < size; at++) own[at] = diagonal[order[at]];
      kernel.ldlFactor(
        ...([size, ...upperAt, diagonalAt, signsAt, ...rowsAt] as const),
        ...([startsAt, fillAt, factorRowsAt, factorAt, inverseAt, workAt] as const),
      );
      const inverse = arena.f64(inverseAt, size);
      for (let at = 0; at < size; at++) if (!Number.isFinite(inverse[at])) return false;
      return true;
    },
    solve(b) {
      const x = arena.f64(xAt, size);
      for (let at = 0; at < size; at++) x[at] = b[order[at]];
      kernel.ldlSolve(size, startsAt, factorRowsAt, factorAt, inverseAt, xAt);
      for (let at = 0; at < size; at++) b[order[at]] = x[at];
    },
  };
}
