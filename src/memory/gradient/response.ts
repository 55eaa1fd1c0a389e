/**
 * The potential of a neuron at given moments t_0 < t_1 < ... of the period T, as a linear map of its weights, and the
 * transpose of that map. With y_k the periodic response of synapse k (weight 1),
 *
 *   a_m = z(t_m) = sum_k w_k y_k(t_m),        b_m = z(t_m) + z'(t_m)
 *   forward   (a, b) = Y w                    backward   g = Y^T (alpha, beta)
 *
 * Y is never formed. Between moments the pair decays on its own, and an arrival x before t_m adds to it:
 *
 *   a_m = (a_{m-1} + b_{m-1} d) e^{-d} + sum w e x e^{-x}
 *   b_m =  b_{m-1} e^{-d}              + sum w e e^{-x}          d = t_m - t_{m-1}, sum over arrivals in (t_{m-1}, t_m]
 *
 * All earlier periods enter through the state at time 0, the geometric sum of what one period leaves at its end. An
 * epoch costs two multiply-adds per arrival and a few per moment, each way, instead of one per synapse and moment.
 */
import { exp } from '../../core/index.js';
import { type Arrivals, horizonFor, KERNEL_DRIVE } from '../template/index.js';

export interface Response {
  readonly moments: Float64Array;
  /** z at the moments, by the latest `forward`. */
  readonly level: Float64Array;
  /** z + z' at the moments; where an arrival falls on a moment, just after it. */
  readonly drive: Float64Array;
  forward(weights: Float64Array): void;
  /** Writes sum_m ofLevel_m d a_m / d w + ofDrive_m d b_m / d w; without `ofDrive` the latter is zero. */
  backward(ofLevel: Float64Array, ofDrive: Float64Array | undefined, gradient: Float64Array): void;
  /** Multiply-adds of one pass, either way. */
  readonly macs: number;
}

/** Older than this a response, or its slope, is far below the rounding of what it is added to. */
const OLDEST = horizonFor(5e-18);

/** @param moments rising (equal ones allowed), in [0, period) */
export function responseOf({ times, synapses, period }: Arrivals, moments: Float64Array): Response {
  const n = times.length;
  const count = moments.length;
  // The end of the period closes the circle: one more segment.
  const firsts = new Uint32Array(count + 2);
  const ofLevel = new Float64Array(n);
  const ofDrive = new Float64Array(n);
  const gaps = new Float64Array(count + 1);
  const shrinks = new Float64Array(count + 1);
  const sinceBegin = new Float64Array(count);
  const untilEnd = new Float64Array(count);
  let [young, late] = [0, 0];
  for (let m = 0, i = 0; m <= count; m++) {
    const time = m < count ? moments[m] : period;
    gaps[m] = time - (m > 0 ? moments[m - 1] : 0);
    shrinks[m] = exp(-gaps[m]);
    for (; i < n && times[i] <= time; i++) {
      const x = time - times[i];
      ofDrive[i] = KERNEL_DRIVE * exp(-x);
      ofLevel[i] = x * ofDrive[i];
    }
    firsts[m + 1] = i;
    if (m === count) break;
    sinceBegin[m] = exp(-time);
    untilEnd[m] = exp(time - period);
    if (time < OLDEST) young = m + 1;
    if (period - time > OLDEST) late = m + 1;
  }
  const q = exp(-period);
  const level = new Float64Array(count);
  const drive = new Float64Array(count);
  const lambda = new Float64Array(count + 1);
  const mu = new Float64Array(count + 1);

  return {
    moments,
    level,
    drive,
    macs: 2 * n + 6 * (count + 1),
    forward(weights) {
      let [a, b] = [0, 0];
      for (let m = 0; m <= count; m++) {
        const shrink = shrinks[m];
        a = (a + b * gaps[m]) * shrink;
        b *= shrink;
        for (let i = firsts[m]; i < firsts[m + 1]; i++) {
          const weight = weights[synapses[i]];
          a += weight * ofLevel[i];
          b += weight * ofDrive[i];
        }
        if (m === count) break;
        level[m] = a;
        drive[m] = b;
      }
      b /= 1 - q;
      a = (a + b * period * q) / (1 - q);
      for (let m = 0; m < young; m++) {
        level[m] += (a + b * moments[m]) * sinceBegin[m];
        drive[m] += b * sinceBegin[m];
      }
    },
    backward(byLevel, byDrive, gradient) {
      let [a, b] = [0, 0];
      for (let m = count; m >= 0; m--) {
        if (m < count) {
          a += byLevel[m];
          if (byDrive) b += byDrive[m];
        }
        lambda[m] = a;
        mu[m] = b;
        b = (a * gaps[m] + b) * shrinks[m];
        a *= shrinks[m];
      }
      a /= 1 - q;
      b = (b + a * period * q) / (1 - q);
      for (let m = late; m < count; m++) {
        lambda[m] += a * untilEnd[m];
        mu[m] += (a * (period - moments[m]) + b) * untilEnd[m];
      }
      lambda[count] += a;
      mu[count] += b;
      gradient.fill(0);
      for (let m = 0; m <= count; m++) {
        const [l, d] = [lambda[m], mu[m]];
        for (let i = firsts[m]; i < firsts[m + 1]; i++) gradient[synapses[i]] += l * ofLevel[i] + d * ofDrive[i];
      }
    },
  };
}

/** The points 0, d, 2d, ... of a period, as many as make d at most `step`. */
export function gridOf(period: number, step: number): Float64Array {
  const count = Math.ceil(period / step - 1e-9);
  return Float64Array.from({ length: count }, (_, i) => (i * period) / count);
}
