/** What reports ask of rows of results. */
import type { Row } from '../../src/campaign/index.js';

/** A column of numbers. */
export const column = (rows: readonly Row[], name: string): number[] => rows.map((row) => row[name] as number);
export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
export const sum = (rows: readonly Row[], name: string): number => column(rows, name).reduce((a, b) => a + b, 0);

/** So many of so many. */
export interface Share {
  success: number;
  of: number;
}

export const inWords = ({ success, of }: Share): string => `${success} of ${of}`;

/** The value below which a share q of the values lies, one of them; the median if not given. */
export function quantile(values: readonly number[], q = 0.5): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))];
}
