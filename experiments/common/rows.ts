/** What reports ask of rows of results. */
import type { Row } from '../../src/campaign/index.js';
import { mean as meanOf, quantile as quantileOf } from '../../src/core/index.js';

/** A column of numbers. */
export const column = (rows: readonly Row[], name: string): number[] => rows.map((row) => row[name] as number);
export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
/** NaN of nothing. */
export const mean = (values: readonly number[]): number => meanOf(values) ?? Number.NaN;
export const sum = (rows: readonly Row[], name: string): number => column(rows, name).reduce((a, b) => a + b, 0);

/** So many of so many. */
export interface Share {
  success: number;
  of: number;
}

export const inWords = ({ success, of }: Share): string => `${success} of ${of}`;

/** The value below which a share q of the values lies, one of them; the median if not given, NaN of nothing. */
export const quantile = (values: readonly number[], q = 0.5): number => quantileOf(values, q) ?? Number.NaN;

/** Up to where something holds: the last of the leading values that are good, from the first on without a gap. */
export function reached<T>(values: readonly T[], good: (value: T) => boolean): T | undefined {
  const end = values.findIndex((value) => !good(value));
  return end < 0 ? values.at(-1) : values[end - 1];
}
