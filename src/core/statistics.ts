/**
 * Means and order statistics of samples x_1 .. x_n. Sorted, x_(0) <= ... <= x_(n-1),
 *
 *   quantile(q) = x_(floor(q (n - 1))),  or with ceil for `upper`:   always one of the values;
 *   median      = the middle value, or the mean of the two middle ones.
 *
 * Of no values all of them are NaN.
 */

/** The arithmetic mean, summed in the order of the values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

const sorted = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort();

/** The value that a share q of the values, from 0 to 1, lies below; where q falls between two of them, the lower or the upper. */
export function quantile(values: ArrayLike<number>, q: number, side: 'lower' | 'upper' = 'lower'): number {
  const rank = q * (values.length - 1);
  return sorted(values)[side === 'lower' ? Math.floor(rank) : Math.ceil(rank)] ?? Number.NaN;
}

/** Half of the values lie below it, half above. */
export function median(values: ArrayLike<number>): number {
  return (quantile(values, 0.5, 'lower') + quantile(values, 0.5, 'upper')) / 2;
}

/** From where to where values lie, and one that stands in the middle. */
export interface Spread {
  least: number;
  median: number;
  most: number;
}

/** Of an even number of values the median is the lower or the upper one of the middle. */
export function spread(values: ArrayLike<number>, side: 'lower' | 'upper' = 'upper'): Spread {
  return { least: quantile(values, 0), median: quantile(values, 0.5, side), most: quantile(values, 1) };
}
