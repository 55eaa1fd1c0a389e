/**
 * Jittered spike trains: independent Gaussians around the nominal times, conditioned on all gaps being at
 * least 1, by Gibbs sampling (even and odd spikes in turn, each from its Gaussian truncated to what its
 * neighbours leave free).
 */
import { exp, ln } from '../core/index.js';

/** Sweeps over the train; the chain starts at the nominal times and mixes within a few. */
const SWEEPS = 100;

/**
 * A jittered copy of one (not periodic) train whose gaps are at least 1.
 * @param nominal sorted times with gaps of at least 1, within [from, to]
 * @param deviation standard deviation, in refractory periods
 */
export function jitterTrain(
  nominal: Float64Array,
  deviation: number,
  uniform: () => number,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY,
): Float64Array {
  const times = nominal.slice();
  if (deviation === 0) return times;
  const last = times.length - 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const parity of [0, 1]) {
      for (let i = parity; i <= last; i += 2) {
        const low = i > 0 ? times[i - 1] + 1 : from;
        const high = i < last ? times[i + 1] - 1 : to;
        // Rounding can close a gap of exactly 1 by a few ulp; such a spike has no room to move.
        if (low >= high) continue;
        const z = truncatedNormal((low - nominal[i]) / deviation, (high - nominal[i]) / deviation, uniform);
        times[i] = Math.min(high, Math.max(low, nominal[i] + deviation * z));
      }
    }
  }
  return times;
}

/** A standard normal number within [low, high], exact far into the tails (Robert 1995). */
export function truncatedNormal(low: number, high: number, uniform: () => number): number {
  if (low > 0) return tail(low, high, uniform);
  if (high < 0) return -tail(-high, -low, uniform);
  // Zero is inside. Wide: draw until inside. Narrow: uniform proposals, accepted by the density.
  if (high - low > 2.5) {
    for (;;) {
      const z = standardNormal(uniform);
      if (z >= low && z <= high) return z;
    }
  }
  for (;;) {
    const z = low + uniform() * (high - low);
    if (uniform() <= exp(-z * z / 2)) return z;
  }
}

/** 0 < low < high: exponential proposals of the best rate, or uniform ones on a short interval. */
function tail(low: number, high: number, uniform: () => number): number {
  const rate = (low + Math.sqrt(low * low + 4)) / 2;
  if (high - low < 1 / rate) {
    for (;;) {
      const z = low + uniform() * (high - low);
      if (uniform() <= exp((low * low - z * z) / 2)) return z;
    }
  }
  for (;;) {
    const z = low - ln(1 - uniform()) / rate;
    if (z <= high && uniform() <= exp(-(z - rate) * (z - rate) / 2)) return z;
  }
}

/** Marsaglia's polar method, one of the pair. */
function standardNormal(uniform: () => number): number {
  for (;;) {
    const u = 2 * uniform() - 1;
    const v = 2 * uniform() - 1;
    const square = u * u + v * v;
    if (square > 0 && square < 1) return u * Math.sqrt((-2 * ln(square)) / square);
  }
}
