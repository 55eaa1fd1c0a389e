/**
 * Activity over time: smoothed by a Gaussian that is reflected at both ends and cut at four deviations, in bins, and in units of its own spread.
 *
 *   y_t = sum over |k| <= 4 sigma of g_k x_{t+k},   g_k ~ exp(-k^2 / 2 sigma^2), sum 1,   x_{-1} = x_0, x_{-2} = x_1, ...
 */
import { demandFinite, demandInteger, demandPositive, exp, refuse } from '../core/index.js';

/** @param sigma deviation in samples */
export function smoothed(values: Float64Array, sigma: number): Float64Array {
  demandFinite('the values', values);
  demandPositive('the deviation', sigma);
  const reach = Math.floor(4 * sigma + 0.5);
  const kernel = Float64Array.from({ length: reach + 1 }, (_, k) => exp((-k * k) / (2 * sigma * sigma)));
  const total = kernel.reduce((sum, g) => sum + 2 * g, -kernel[0]);
  const n = values.length;
  const y = new Float64Array(n);
  // Each sample is spread over its neighbours, so that silence costs nothing.
  for (let s = -reach; s < n + reach; s++) {
    const turned = ((s % (2 * n)) + 2 * n) % (2 * n);
    const x = values[turned < n ? turned : 2 * n - 1 - turned] / total;
    if (x === 0) continue;
    const last = Math.min(n - 1, s + reach);
    for (let t = Math.max(0, s - reach); t <= last; t++) y[t] += kernel[t < s ? s - t : t - s] * x;
  }
  return y;
}

/** Means over bins of so many samples; what does not fill a bin is left out. */
export function binned(values: Float64Array, width: number): Float64Array {
  demandInteger('the width of a bin', width, 1);
  return Float64Array.from({ length: Math.floor(values.length / width) }, (_, b) => {
    let sum = 0;
    for (let k = b * width; k < (b + 1) * width; k++) sum += values[k];
    return sum / width;
  });
}

/** Mean and deviation (of all values, not of a sample). */
export function momentsOf(values: ArrayLike<number>): { mean: number; deviation: number } {
  if (values.length === 0) refuse('there must be values');
  let mean = 0;
  for (let k = 0; k < values.length; k++) mean += values[k] / values.length;
  let square = 0;
  for (let k = 0; k < values.length; k++) square += (values[k] - mean) * (values[k] - mean);
  return { mean, deviation: Math.sqrt(square / values.length) };
}

/** (x - mean) / deviation; zeros where nothing varies. */
export function standardized(values: Float64Array): Float64Array {
  const { mean, deviation } = momentsOf(values);
  return values.map((x) => (deviation > 0 ? (x - mean) / deviation : 0));
}
