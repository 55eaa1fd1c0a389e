/**
 * What counting says, and how much a score tells.
 *
 * Counting (Cover 1965): N independent demands z > 0 in K unknowns without bounds can be met with probability
 * 2^{1-N} sum_{k<K} C(N-1, k), which is 1/2 at N = 2K. Here a spike is an equality, which takes an unknown away, and a
 * demand on the slope; silence makes about one demand per correlation time of the potential, sqrt(<z^2> / <z'^2>) = 1 for the
 * kernel t e^{1-t}. Per refractory period these are r equalities and m = r + 1 - r (1 + zone) demands, r the rate:
 *
 *   m T = 2 (K - r T),    T / K = 2 / (m + 2 r).
 *
 * Information: the score of a channel is a draw of the sampler, density activity^n / Z over its n unordered spikes,
 * Z = sum_n activity^n T (T - n)^{n-1} / n!. Told to within d, it is worth
 *
 *   H = log2 Z - E[n] log2(activity d)    bits.
 */
import { exp, ln } from '../../../src/core/index.js';
import { expectedSpikes } from '../../../src/memory/score/index.js';

/** Longest storable score over inputs, by counting. */
export function countedDuration(activity: number, zone: number): number {
  const rate = expectedSpikes(200, activity) / 200;
  const demands = rate + 1 - rate * (1 + zone);
  return 2 / (demands + 2 * rate);
}

/** Bits of one channel's score at resolution `width`, in refractory periods. */
export function scoreBits(period: number, activity: number, width: number): number {
  const logs: number[] = [];
  for (let n = 0, logFactorial = 0; n < Math.ceil(period); n++) {
    if (n > 0) logFactorial += ln(n);
    logs.push(n * ln(activity) + ln(period) + (n - 1) * ln(period - n) - logFactorial);
  }
  const highest = logs.reduce((a, b) => Math.max(a, b));
  const logZ = highest + ln(logs.reduce((sum, value) => sum + exp(value - highest), 0));
  return (logZ - expectedSpikes(period, activity) * ln(activity * width)) / ln(2);
}
