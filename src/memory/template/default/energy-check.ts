/**
 * The energy of energy.ts for the verifier: Q w and the diagonal of Q from the autocorrelation of the kernel, in time linear in the
 * arrivals (spread-correlation.ts), with all synapses as one source, or each as one of its own.
 */
import type { Arrivals } from '../arrivals.js';
import { correlatedGradient } from '../spread-correlation.js';

/** Q w of one memory. */
export const energyGradient = (arrivals: Arrivals, weights: Float64Array): Float64Array =>
  correlatedGradient(arrivals, 1, new Int32Array(weights.length), 1, weights);

/** The diagonal of Q, for n synapses. */
export const energyCurvatures = (arrivals: Arrivals, n: number): Float64Array =>
  correlatedGradient(
    arrivals,
    1,
    Int32Array.from({ length: n }, (_, k) => k),
    n,
    new Float64Array(n).fill(1),
  );
