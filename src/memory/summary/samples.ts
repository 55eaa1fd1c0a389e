/** Statistics of samples that have values; of none they are NaN. */
import { mean, median, quantile } from '../../core/index.js';

/** From where to where values lie, and one that stands in the middle. */
export interface Spread {
  least: number;
  median: number;
  most: number;
}

export const meanOf = (values: readonly number[]): number => mean(values) ?? Number.NaN;
export const medianOf = (values: readonly number[]): number => median(values) ?? Number.NaN;

/** One of the values, below which a share q of them lies. */
export const quantileOf = (values: Float64Array, q: number): number => quantile(values, q) ?? Number.NaN;

/** Of an even number of values, the median is the lower one of the middle. */
export const lowerSpread = (values: Float64Array): Spread => ({
  least: quantileOf(values, 0),
  median: quantileOf(values, 0.5),
  most: quantileOf(values, 1),
});
