/** How signals become spikes: steps x channels of zeros and ones. */

/**
 * A leaky integrator without noise, per channel: v <- v + rate (I - v); where v passes 1 there is a spike, and v is 0 again.
 * @param currents steps x channels
 * @param rate share of the way to the current in one step
 */
export function integrateToSpikes(currents: Float64Array, channels: number, rate: number): Float64Array {
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
export const bernoulliSpikes = (count: number, probability: number, uniform: () => number): Float64Array =>
  Float64Array.from({ length: count }, () => (uniform() < probability ? 1 : 0));
