/** The table of a recall test, the same for every command: a row per noise, with the columns that its rows know. */
import { formatTime } from '../../core/index.js';

export interface RecallRow {
  noise: number;
  success: number;
  trials: number;
  /** Missing where the table has no such column, null where there is none. */
  interval?: readonly [number, number] | null;
  precision: number | null;
  recall: number | null;
  time_to_recall_s?: number | null;
  timing_error_ms: number | null;
  drift_ms_per_s: number | null;
}

/** How one writes "so many of so many", and what there is nothing to say of. */
export interface TableStyle {
  of: string;
  none: string;
}
const PLAIN: TableStyle = { of: '/', none: '-' };

/** Head and cells, in words. */
export function recallTable(rows: readonly RecallRow[], { of, none }: TableStyle = PLAIN): string[][] {
  const { time_to_recall_s: recallTime } = rows[0] ?? {};
  const intervals = rows.some(({ interval }) => interval !== undefined);
  const or = <T>(value: T | null | undefined, text: (x: T) => string) =>
    value === null || value === undefined ? none : text(value);
  const head = [
    'noise',
    'success',
    ...(intervals ? ['95 %'] : []),
    'precision',
    'recall',
    ...(recallTime === undefined ? [] : ['time to recall']),
    'timing error',
    'drift',
  ];
  const cells = rows.map((row) => {
    return [
      String(row.noise),
      `${row.success}${of}${row.trials}`,
      ...(intervals
        ? [or(row.interval, ([low, high]) => `${(100 * low).toFixed(0)}-${(100 * high).toFixed(0)} %`)]
        : []),
      or(row.precision, (x) => x.toFixed(3)),
      or(row.recall, (x) => x.toFixed(3)),
      ...(recallTime === undefined ? [] : [or(row.time_to_recall_s, formatTime)]),
      or(row.timing_error_ms, (x) => `${x.toFixed(2)} ms`),
      or(row.drift_ms_per_s, (x) => `${x.toFixed(1).replace('-0.0', '0.0')} ms/s`),
    ];
  });
  return [head, ...cells];
}
