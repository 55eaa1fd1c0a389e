/**
 * The energy of energy.ts for the verifier: Q w and the diagonal of Q from the autocorrelation of the kernel, in time linear in the
 * arrivals (spread-correlation.ts), with all synapses as one source, or one synapse a source.
 */
import { reusedBuffers } from '../../../core/index.js';
import { type Score, spikesOf } from '../../score/index.js';
import type { Arrivals } from '../arrivals.js';
import { addCorrelated } from '../spread-correlation.js';

/** Q w of one memory. */
export function energyGradient(arrivals: Arrivals, weights: Float64Array): Float64Array {
  const gradient = new Float64Array(weights.length);
  addCorrelated(arrivals, 1, weights, gradient);
  return gradient;
}

/** The diagonal of Q: the energy of each source's potential, which no delay changes. */
export function energyCurvatures(score: Score, sources: Uint32Array): Float64Array {
  const energies = new Map<number, number>();
  const buffers = reusedBuffers();
  const [unit, energy] = [Float64Array.of(1), new Float64Array(1)];
  for (const source of sources) {
    if (energies.has(source)) continue;
    const times = spikesOf(score, source);
    const synapses = buffers.u32('synapses', times.length).fill(0);
    energy[0] = 0;
    addCorrelated({ times, synapses, period: score.period }, 1, unit, energy, buffers);
    energies.set(source, energy[0]);
  }
  return Float64Array.from(sources, (source) => energies.get(source) as number);
}
