/** The table of how recalled trains fire, beside the score that is prescribed. */
import type { FiringSummary } from '../../memory/summary/index.js';

export interface FiringComparison {
  score: FiringSummary;
  recalled: readonly (FiringSummary & { noise: number })[];
}

/** Head and cells, in words; a dash where nothing is there to say. */
export function firingTable({ score, recalled }: FiringComparison): string[][] {
  const cells = ({ rate_hz: rate, mean_isi_ms: isi, cv_isi: cv, correlation }: FiringSummary) => [
    `${rate.toPrecision(3)} Hz`,
    isi === null ? '-' : `${isi.toPrecision(3)} ms`,
    cv === null ? '-' : cv.toFixed(2),
    correlation === null ? '-' : correlation.toFixed(3).replace('-0.000', '0.000'),
  ];
  return [
    ['trains', 'rate', 'mean ISI', 'CV of ISI', 'correlation'],
    ['score', ...cells(score)],
    ...recalled.map((row) => [`noise ${row.noise}`, ...cells(row)]),
  ];
}
