/** A ring of relays that replays its score exactly, and what trials of it are made of. */
import type { Network } from '../../src/memory/network/index.js';
import { scoreOf } from '../../src/memory/score/index.js';

/**
 * Relays: h(t) = t e^{1 - t} times 1.02 crosses the threshold so long after an arrival, in time constants, and is gone
 * within a period.
 */
export const QUICK = { beta: 0.25 };
export const WEIGHT = 1.02;
export const crossing = (() => {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (WEIGHT * middle * Math.exp(1 - middle) < 1) low = middle;
    else high = middle;
  }
  return high;
})();
/** Neuron l listens to neuron sources[l]. */
export const relays = (sources: number[], hop = 3): Network => ({
  starts: Uint32Array.from({ length: sources.length + 1 }, (_, l) => l),
  sources: Uint32Array.from(sources),
  delays: Float64Array.from(sources, () => hop - QUICK.beta * crossing),
  weights: Float64Array.from(sources, () => WEIGHT),
});
export const ring = relays([2, 0, 1]);
export const exactly = scoreOf([[0.5], [3.5], [6.5]], 9);
