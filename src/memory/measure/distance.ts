/**
 * Distances between two spike trains (sorted times).
 *
 * van Rossum (2001): each spike becomes H(t - s) e^{-(t - s)/tau}; the distance is the L2 norm of the difference,
 *
 *   D^2 = 1/tau integral (f - g)^2 dt = 1/2 sum_ij e^{-|a_i - a_j|/tau} + the same in b - sum_ij e^{-|a_i - b_j|/tau},
 *
 * which one pass over both trains gives, because sums over earlier spikes decay together. An extra spike far from
 * others costs 1/2.
 *
 * On a circle of length T, with u the distance from one spike to the next in the direction of time,
 *
 *   D^2 = 1/2 sum_ij c_i c_j (e^{-u/tau} + e^{-(T-u)/tau}) / (1 - e^{-T/tau}),   c = 1 for spikes of a, -1 for those of b.
 *
 * Victor and Purpura (1996): the least cost of turning one train into the other by deleting or inserting spikes at
 * cost 1 and moving them at cost q per unit of time; by the table of edit distances.
 */
import { decay, demandNumber, demandPositive, demandTrain, exp } from '../../core/index.js';

/** D^2 of van Rossum with time constant `tau`. */
export function vanRossum(a: Float64Array, b: Float64Array, tau: number): number {
  demandTrain('the first train', a);
  demandTrain('the second train', b);
  demandPositive('the time constant', tau);
  // The integral of (f - g)^2 over each stretch between spikes, where f - g decays as a whole.
  let [i, j, height, square, last] = [0, 0, 0, 0, 0];
  while (i < a.length || j < b.length) {
    const first = j >= b.length || (i < a.length && a[i] <= b[j]);
    const time = first ? a[i] : b[j];
    const shrink = i + j > 0 ? decay((time - last) / tau) : 1;
    square += (height * height * (1 - shrink * shrink)) / 2;
    height = height * shrink + (first ? 1 : -1);
    last = time;
    if (first) i++;
    else j++;
  }
  return square + (height * height) / 2;
}

/** D^2 of van Rossum of two trains on a circle. */
export function circularVanRossum(a: Float64Array, b: Float64Array, period: number, tau: number): number {
  const times = [...a, ...b];
  const whole = 1 - exp(-period / tau);
  let sum = 0;
  for (let i = 0; i < times.length; i++) {
    for (let j = 0; j < times.length; j++) {
      const turned = times[i] - times[j];
      const u = turned - period * Math.floor(turned / period);
      const alike = i < a.length === j < a.length ? 1 : -1;
      sum += (alike * (exp(-u / tau) + exp(-(period - u) / tau))) / whole;
    }
  }
  return Math.max(0, sum / 2);
}

/** The distance of Victor and Purpura at cost `q` per unit of time. */
export function victorPurpura(a: Float64Array, b: Float64Array, q: number): number {
  demandTrain('the first train', a);
  demandTrain('the second train', b);
  demandNumber('the cost of a move', q, 0);
  // Row i of the table: costs between the first i spikes of a and the first j of b.
  let row = Float64Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = new Float64Array(b.length + 1);
    next[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const moved = row[j - 1] + q * Math.abs(a[i - 1] - b[j - 1]);
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, moved);
    }
    row = next;
  }
  return row[b.length];
}
