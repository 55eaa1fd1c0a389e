/**
 * The energy of energy.ts for the verifier: Q w and the diagonal of Q from the autocorrelation of the kernel, in time linear in the
 * arrivals (spread-correlation.ts), with all synapses as one source, or one synapse a source.
 */
import type { Score } from '../../score/index.js';
import { type Arrivals, arrivalsOf } from '../arrivals.js';
import { correlatedGradient } from '../spread-correlation.js';

/** Q w of one memory. */
export const energyGradient = (arrivals: Arrivals, weights: Float64Array): Float64Array =>
  correlatedGradient(arrivals, 1, new Int32Array(weights.length), 1, weights);

/** The diagonal of Q: the energy of each source's potential, which no delay changes. */
export function energyCurvatures(score: Score, sources: Uint32Array): Float64Array {
  const shown = [...new Set(sources)];
  const place = new Map(shown.map((source, i) => [source, i]));
  const arrivals = arrivalsOf(score, { sources: Uint32Array.from(shown), delays: new Float64Array(shown.length) });
  const alone = Int32Array.from(shown.keys());
  const energies = correlatedGradient(arrivals, 1, alone, shown.length, new Float64Array(shown.length).fill(1));
  return Float64Array.from(sources, (source) => energies[place.get(source) as number]);
}
