/**
 * Time constants of leaky units that are trained: of unit i, alpha_i = s(q_i) of its current and beta_i = s(q_{N+i}) of its potential, s the
 * logistic function, so that every q is a time constant -1 / ln(alpha) between 0 and infinity, in steps.
 */
import { ln, sigmoid } from '../core/index.js';
import type { Leak } from './activation.js';

/** alpha_i and beta_i. */
export interface Decays {
  readonly synapse: Float64Array;
  readonly membrane: Float64Array;
}

/** q of n units with a common leak. */
export function startLeaks({ synapse, membrane }: Leak, n: number): Float64Array {
  const q = new Float64Array(2 * n).fill(ln(synapse / (1 - synapse)));
  return q.fill(ln(membrane / (1 - membrane)), n);
}

/** Those of q, or of the common leak where time constants are not trained. */
export function decaysOf(q: Float64Array | undefined, leak: Leak, n: number): Decays {
  if (q) return { synapse: q.subarray(0, n).map(sigmoid), membrane: q.subarray(n).map(sigmoid) };
  return { synapse: new Float64Array(n).fill(leak.synapse), membrane: new Float64Array(n).fill(leak.membrane) };
}

/** Adds dL/dq to the gradient, from dL/dalpha and dL/dbeta. */
export function gatherLeaks(gradient: Float64Array, at: Decays, of: Decays): void {
  const n = at.synapse.length;
  for (let i = 0; i < n; i++) {
    gradient[i] += of.synapse[i] * at.synapse[i] * (1 - at.synapse[i]);
    gradient[n + i] += of.membrane[i] * at.membrane[i] * (1 - at.membrane[i]);
  }
}
