/** The table of a recall test, the same for every command: a row per noise, with the columns that its rows know. */
import { formatTime } from '../../core/index.js';

export interface RecallRow {
  noise: number;
  success: number;
  trials: number;
  interval?: readonly [number, number];
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

/** Head and cells, in words. Where no trial recalled the score there is no timing to speak of. */
export function recallTable(rows: readonly RecallRow[], { of, none }: TableStyle = PLAIN): string[][] {
  const { interval, time_to_recall_s: recallTime } = rows[0] ?? {};
  const or = (value: number | null | undefined, text: (x: number) => string) =>
    value === null || value === undefined ? none : text(value);
  const head = [
    'noise',
    'success',
    ...(interval ? ['95 %'] : []),
    'precision',
    'recall',
    ...(recallTime === undefined ? [] : ['time to recall']),
    'timing error',
    'drift',
  ];
  const cells = rows.map((row) => {
    const timing = row.success > 0 ? row : { timing_error_ms: null, drift_ms_per_s: null };
    return [
      String(row.noise),
      `${row.success}${of}${row.trials}`,
      ...(row.interval ? [`${(100 * row.interval[0]).toFixed(0)}-${(100 * row.interval[1]).toFixed(0)} %`] : []),
      or(row.precision, (x) => x.toFixed(3)),
      or(row.recall, (x) => x.toFixed(3)),
      ...(recallTime === undefined ? [] : [or(row.time_to_recall_s, formatTime)]),
      or(timing.timing_error_ms, (x) => `${x.toFixed(2)} ms`),
      or(timing.drift_ms_per_s, (x) => `${x.toFixed(1).replace('-0.0', '0.0')} ms/s`),
    ];
  });
  return [head, ...cells];
}
