/**
 * How fast a replay falls behind the score. The lag l_i of period i is known up to a multiple of the period T. Unwrapped,
 *
 *   L_0 = l_0,    L_i = L_{i-1} + w(l_i - L_{i-1}),    w(x) = x - T round(x / T),
 *
 * and the drift is the slope of the line of least squares through the L_i: positive where the replay is ever later.
 */
import { trend, wrapped } from '../measure/index.js';

/** @returns growth of the lag per period; lags and period in one unit of time */
export function driftOf(lags: readonly number[], period: number): number {
  const unwrapped: number[] = [];
  for (const lag of lags) {
    const last = unwrapped.at(-1) ?? lag;
    unwrapped.push(last + wrapped(lag - last, period));
  }
  return trend(unwrapped).slope;
}

/** A drift per period of length `period`, in milliseconds per second. */
export const millisecondsPerSecond = (drift: number, period: number): number => (1e3 * drift) / period;
