import { describe, expect, it } from 'vitest';
import {
  daleBounds,
  delayRange,
  neuronCount,
  type Wiring,
  wireFixedIn,
  wireFixedInOut,
  wireFixedOut,
  wireFull,
  wireUniform,
} from '../src/memory/network/index.js';

const options = { neurons: 20, delays: [0.1, 10] as const, seed: 3 };
const inDegrees = (wiring: Wiring) =>
  Array.from({ length: neuronCount(wiring) }, (_, l) => wiring.starts[l + 1] - wiring.starts[l]);
const outDegrees = (wiring: Wiring) => {
  const degrees = new Array<number>(neuronCount(wiring)).fill(0);
  for (const source of wiring.sources) degrees[source]++;
  return degrees;
};

describe('wirings', () => {
  it('with fixed in-degree give every neuron as many inputs', () => {
    expect(new Set(inDegrees(wireFixedIn({ ...options, inputs: 7 })))).toEqual(new Set([7]));
  });
  it('with fixed out-degree give every neuron as many outputs', () => {
    expect(new Set(outDegrees(wireFixedOut({ ...options, outputs: 9 })))).toEqual(new Set([9]));
  });
  it('with both fixed give both', () => {
    const wiring = wireFixedInOut({ ...options, inputs: 8 });
    expect(new Set([...inDegrees(wiring), ...outDegrees(wiring)])).toEqual(new Set([8]));
  });
  it('drawn uniformly have the number of synapses asked for', () => {
    expect(wireUniform({ ...options, synapses: 333 }).sources.length).toBe(333);
  });
  it('that are full hold every ordered pair once', () => {
    const wiring = wireFull(options);
    for (let l = 0; l < 20; l++) {
      const sources = wiring.sources.subarray(wiring.starts[l], wiring.starts[l + 1]);
      expect(Array.from(sources)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    }
  });
  it('keep delays in their range and draw them apart from the sources', () => {
    const wiring = wireFixedIn({ ...options, inputs: 500 });
    const [shortest, longest] = delayRange(wiring);
    expect(shortest).toBeGreaterThanOrEqual(0.1);
    expect(longest).toBeLessThan(10);
    const n = wiring.sources.length;
    const mean = (f: (k: number) => number) => Array.from({ length: n }, (_, k) => f(k)).reduce((a, b) => a + b) / n;
    const covariance = mean((k) => (wiring.sources[k] - 9.5) * (wiring.delays[k] - 5.05));
    // Independent: standard deviation sqrt(33.25 * 8.17 / n).
    expect(Math.abs(covariance)).toBeLessThan(4 * Math.sqrt((33.25 * 8.17) / n));
  });
});

describe("Dale's law", () => {
  it('gives all synapses of a source one sign, and so many sources each', () => {
    const wiring = wireFixedIn({ neurons: 50, inputs: 200, delays: [0.1, 10], seed: 3 });
    for (const share of [0, 0.3, 0.8, 1]) {
      const { lower, upper } = daleBounds(wiring, share, 0.2, 7);
      const signs = new Map<number, number>();
      wiring.sources.forEach((source, k) => {
        const sign = upper[k] > 0 ? 1 : -1;
        expect([lower[k], upper[k]]).toEqual(sign > 0 ? [0, 0.2] : [-0.2, 0]);
        expect(signs.get(source) ?? sign).toBe(sign);
        signs.set(source, sign);
      });
      expect([...signs.values()].filter((sign) => sign > 0).length).toBe(50 * share);
    }
  });
});
