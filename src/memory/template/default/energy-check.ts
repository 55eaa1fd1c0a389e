/**
 * The energy of energy.ts for the verifier: Q w and the diagonal of Q from the autocorrelation of the kernel, in time linear in the
 * arrivals (spread-correlation.ts), with all synapses as one source, or one synapse a source.
 */
import type { Buffers } from '../../../core/index.js';
import type { Score } from '../../score/index.js';
import type { Arrivals } from '../arrivals.js';
import { addCorrelated, energiesOf } from '../spread-correlation.js';

/** Q w of one memory. */
export function energyGradient(arrivals: Arrivals, weights: Float64Array, buffers?: Buffers): Float64Array {
  const gradient = new Float64Array(weights.length);
  addCorrelated({ ...arrivals, starts: [0, arrivals.times.length] }, 1, weights, gradient, buffers);
  return gradient;
}

/** The diagonal of Q: the energy of each source's potential. */
export const energyCurvatures = (score: Score, sources: Uint32Array): Float64Array =>
  Float64Array.from(sources, energiesOf(score, 1));
