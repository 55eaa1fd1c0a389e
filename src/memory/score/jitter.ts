/**
 * Jittered spike trains: independent Gaussians around the nominal times, conditioned on all gaps being at
 * least 1. Spikes far apart do not feel the condition, so the train falls into clusters that are drawn on
 * their own: by rejection, which is exact, or, where that rarely succeeds, by Gibbs sampling (even and odd
 * spikes in turn, each from its Gaussian truncated to what its neighbours leave free).
 */
import { exp, ln } from '../../core/index.js';

/** No Gaussian draw of a generator with 53 bits is further out than this. */
const FARTHEST = 13;
/** Draws of a whole cluster before Gibbs sampling takes over, and its sweeps. */
const ATTEMPTS = 50;
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
  for (let first = 0, last = 0; first < times.length; first = last) {
    last = first + 1;
    while (last < times.length && nominal[last] - nominal[last - 1] < 1 + 2 * FARTHEST * deviation) last++;
    const cluster = times.subarray(first, last);
    drawCluster(cluster, nominal.subarray(first, last), deviation, uniform, from, to);
  }
  return times;
}

/** Draws the times of one cluster in place. */
function drawCluster(
  times: Float64Array,
  nominal: Float64Array,
  deviation: number,
  uniform: () => number,
  from: number,
  to: number,
): void {
  const last = times.length - 1;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let before = from - 1;
    let i = 0;
    for (; i <= last; i++) {
      times[i] = nominal[i] + deviation * standardNormal(uniform);
      if (times[i] < before + 1 || times[i] > to) break;
      before = times[i];
    }
    if (i > last) return;
  }
  times.set(nominal);
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
    if (uniform() <= exp((-z * z) / 2)) return z;
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
    if (z <= high && uniform() <= exp((-(z - rate) * (z - rate)) / 2)) return z;
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
