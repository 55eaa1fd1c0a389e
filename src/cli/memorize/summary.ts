/** summary.json: what came out, without anything that depends on clock or machine. */
import type { Trial } from '../../memory/measure/index.js';

export interface RecallSummary {
  noise: number;
  trials: number;
  success: number;
  /** Means over the trials, of the last free period. */
  precision: number;
  recall: number;
  timing_error_ms: number;
  drift_ms_per_s: number;
}

/** One row per noise, in the order of `noises`. */
export function summarizeRecall(trials: readonly Trial[], noises: readonly number[], tau0: number): RecallSummary[] {
  return noises.map((noise) => {
    const own = trials.filter((trial) => trial.noise === noise);
    const mean = (f: (trial: Trial) => number) => own.reduce((sum, trial) => sum + f(trial), 0) / own.length;
    const last = (trial: Trial) => trial.periods[trial.periods.length - 1];
    return {
      noise,
      trials: own.length,
      success: own.filter(({ success }) => success).length,
      precision: mean((trial) => last(trial).precision),
      recall: mean((trial) => last(trial).recall),
      timing_error_ms: mean((trial) => last(trial).timingError) * tau0 * 1e3,
      drift_ms_per_s: mean(({ drift }) => drift) * 1e3,
    };
  });
}

/** The table that a person reads. */
export function recallTable(rows: readonly RecallSummary[]): string[] {
  const cells = rows.map((row) => [
    String(row.noise),
    `${row.success}/${row.trials}`,
    row.precision.toFixed(3),
    row.recall.toFixed(3),
    // Where no trial recalled the score there is no timing to speak of.
    row.success > 0 ? `${row.timing_error_ms.toFixed(2)} ms` : '-',
    row.success > 0 ? `${row.drift_ms_per_s.toFixed(1).replace('-0.0', '0.0')} ms/s` : '-',
  ]);
  return tableOf([['noise', 'success', 'precision', 'recall', 'timing error', 'drift'], ...cells]);
}

/** Cells in columns; the first row is the head. */
export function tableOf(table: readonly string[][]): string[] {
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  return table.map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}
