/** Histograms of a network's weights and delays. */
import { colors, type Spec } from './render.js';

export interface Histogram {
  title: string;
  /** The range that the bins cut, and what falls into each. */
  from: number;
  to: number;
  counts: readonly number[];
}

const BINS = 41;

/** Counts values in bins of equal width over [from, to]; what lies outside falls into the first or last. */
export function histogramOf(title: string, values: ArrayLike<number>, from: number, to: number): Histogram {
  const counts = new Array<number>(BINS).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(((values[i] - from) / (to - from)) * BINS);
    counts[Math.min(BINS - 1, Math.max(0, bin))]++;
  }
  return { title, from, to, counts };
}

export function histogramsSpec(title: string, subtitle: readonly string[], panels: readonly Histogram[]): Spec {
  const specs = panels.map(({ title: name, from, to, counts }) => {
    const width = (to - from) / counts.length;
    const values = counts.map((count, i) => ({ from: from + i * width, to: from + (i + 1) * width, count }));
    return {
      width: 390,
      height: 220,
      data: { values },
      mark: { type: 'bar' as const, color: colors.potential, stroke: 'white', strokeWidth: 0.6 },
      encoding: {
        x: {
          field: 'from',
          bin: { binned: true },
          type: 'quantitative' as const,
          title: name,
          scale: { domain: [from, to], nice: false },
        },
        x2: { field: 'to' },
        y: { field: 'count', type: 'quantitative' as const, title: 'synapses' },
      },
    };
  });
  return { title: { text: title, subtitle: [...subtitle] }, hconcat: specs };
}
