/**
 * What summaries say of some numbers. Of none, the answer is undefined; a NaN among them makes means NaN, and sorts last, so it shows as
 * the most. Sums run from the first value to the last.
 */
type Values = Readonly<ArrayLike<number>>;

const sorted = (values: Values) => Float64Array.from(values).sort();

/** The sum of all divided by how many they are. */
export function mean(values: Values): number | undefined {
  if (values.length === 0) return undefined;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** The mean square of the distances from the mean, sum (x - mean)^2 / n. */
export function variance(values: Values): number | undefined {
  const centre = mean(values);
  if (centre === undefined) return undefined;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - centre) * (values[i] - centre);
  return sum / values.length;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: Values): number | undefined {
  if (values.length === 0) return undefined;
  const all = sorted(values);
  const middle = all.length >> 1;
  return all.length % 2 === 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
}

/** One of the values, below which a share q of them lies: number floor(q (n - 1)) of the sorted ones. */
export function quantile(values: Values, q: number): number | undefined {
  return sorted(values).at(Math.floor(q * (values.length - 1)));
}

/** The least, the most, and one value in the middle: number floor(n / 2) of the sorted ones. */
export function spread(values: Values): { least: number; median: number; most: number } | undefined {
  if (values.length === 0) return undefined;
  const all = sorted(values);
  return { least: all[0], median: all[all.length >> 1], most: all[all.length - 1] };
}

/** z of a two-sided interval of 95 %. */
const Z = 1.959963984540054;

/**
 * The interval of probabilities that `success` out of `trials` leaves plausible (Wilson 1927), at 95 %:
 *
 *   (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n),    z = 1.96.
 *
 * Unlike p +- z sqrt(p (1 - p) / n) it says something when all trials succeed or none. [0, 1] without trials.
 */
export function wilson(success: number, trials: number): [number, number] {
  if (trials === 0) return [0, 1];
  const p = success / trials;
  const width = (Z * Z) / trials;
  const half = Z * Math.sqrt((p * (1 - p)) / trials + width / (4 * trials));
  const bound = (x: number) => Math.min(1, Math.max(0, x / (1 + width)));
  return [bound(p + width / 2 - half), bound(p + width / 2 + half)];
}
