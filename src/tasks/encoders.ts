/** How signals become spikes: steps x channels of zeros and ones. */
import { demandFinite, demandFunction, demandInteger, demandNumber, refuse } from '../core/index.js';

/**
 * A leaky integrator without noise, per channel: v <- v + rate (I - v); where v passes 1 there is a spike, and v is 0 again.
 * @param currents steps x channels
 * @param rate share of the way to the current in one step
 */
export function integrateToSpikes(currents: Float64Array, channels: number, rate: number): Float64Array {
  demandFinite('the currents', currents);
  demandInteger('channels', channels, 1);
  demandNumber('the rate', rate, 0, 1);
  if (currents.length % channels !== 0)
    refuse(`the currents must be steps x ${channels} numbers; got ${currents.length}`);
  const v = new Float64Array(channels);
  return currents.map((current, i) => {
    const channel = i % channels;
    v[channel] += rate * (current - v[channel]);
    if (v[channel] <= 1) return 0;
    v[channel] = 0;
    return 1;
  });
}

/** Independent spikes, each of `count` places with the same probability. */
export function bernoulliSpikes(count: number, probability: number, uniform: () => number): Float64Array {
  demandInteger('the number of places', count, 0, 2 ** 31);
  demandNumber('the probability of a spike', probability, 0, 1);
  demandFunction('the source of uniform numbers', uniform);
  return Float64Array.from({ length: count }, () => (uniform() < probability ? 1 : 0));
}
