/**
 * A choice of rows of a table by their columns: conditions joined by `and`, each of a column, a comparison and one value, or of
 * `=` and `!=` several.
 *
 *   quality=good and snr>=3        id=3,7,12        electrode_group!=shank0
 */
import { EngramError } from '../../core/index.js';

/** One condition. */
export interface Condition {
  column: string;
  /** Whether one of the values of a cell fits. */
  holds(cell: readonly (string | number)[]): boolean;
}

const CONDITION = /^\s*([^=!<>]+?)\s*(!=|<=|>=|=|<|>)\s*(.+?)\s*$/;

/** Reads a choice. Throws `usage` with what is allowed. */
export function parseSelection(text: string, flag = '--select'): Condition[] {
  return text.split(/\s+and\s+|\s*&+\s*/i).map((part) => {
    const [, column, sign, rest] =
      CONDITION.exec(part) ??
      refuse(`${flag} must be conditions such as quality=good and snr>3, or id=1,5; got "${part.slice(0, 60)}"`);
    const values = rest.split(',').map((value) => value.trim().replace(/^(["'])(.*)\1$/, '$2'));
    if (sign === '=' || sign === '!=') {
      const equal = (cell: string | number) =>
        values.some((value) =>
          typeof cell === 'number'
            ? value !== '' && Number(TRUTH[value.toLowerCase()] ?? value) === cell
            : value === cell,
        );
      return { column, holds: (cell) => cell.some(equal) === (sign === '=') };
    }
    const limit = Number(values[0]);
    if (values.length > 1 || values[0] === '' || !Number.isFinite(limit))
      refuse(`${flag}: ${column} ${sign} is followed by one number; got "${rest}"`);
    const compare = COMPARE[sign as keyof typeof COMPARE];
    return { column, holds: (cell) => cell.some((value) => typeof value === 'number' && compare(value, limit)) };
  });
}

/** Columns of yes and no hold 0 and 1, and are shown by these words. */
const TRUTH: Record<string, number> = { false: 0, true: 1 };

const COMPARE = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
};

function refuse(problem: string): never {
  throw new EngramError('usage', problem);
}
