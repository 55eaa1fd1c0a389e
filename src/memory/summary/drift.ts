/**
 * How fast a replay falls behind the score. The lag l_i of period i is known up to a multiple of the period T. Unwrapped,
 *
 *   L_0 = l_0,    L_i = L_{i-1} + w(l_i - L_{i-1}),    w(x) = x - T round(x / T),
 *
 * and the drift is the slope of the line of least squares through the L_i: positive where the replay is ever later.
 */
import { trend, wrapped } from '../measure/index.js';

/**
 * @param lags of successive periods, null where there is none; those up to the first of these count
 * @returns growth of the lag per period, null of fewer than two; lags and period in one unit of time
 */
export function driftOf(lags: readonly (number | null)[], period: number): number | null {
  const unwrapped: number[] = [];
  for (const lag of lags) {
    if (lag === null) break;
    const last = unwrapped.at(-1) ?? lag;
    unwrapped.push(last + wrapped(lag - last, period));
  }
  return unwrapped.length > 1 ? trend(unwrapped).slope : null;
}

/** A drift per period of length `period`, in milliseconds per second. */
export const millisecondsPerSecond = (drift: number, period: number): number => (1e3 * drift) / period;
