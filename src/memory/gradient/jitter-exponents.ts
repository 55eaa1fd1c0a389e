/**
 * The Lyapunov exponents of the jitter map and their gradient to the weights: per period, without the neutral one of a common shift,
 *
 *   x <- P Phi x,   P x = x - mean x on the shifts that reach into the next period;   lambda_i = mean ln R_ii by QR (lyapunov/adjoint.ts),
 *
 * in the long run the logarithms of the moduli of the eigenvalues of the deflated map.
 */
import { demandInteger, refuse } from '../../core/index.js';
import { differentiableExponents, startVectors } from '../../lyapunov/index.js';
import { applyDeflated, entriesToWeights, jitterMap, pullDeflated } from '../measure/index.js';
import type { Network } from '../network/index.js';
import type { Score } from '../score/index.js';

/** How many exponents of the jitter map are taken, over how many periods. */
export interface JitterPlan {
  /** k, from the largest on; fewer than the spikes that reach into the next period. */
  readonly exponents: number;
  /** Periods that count. */
  readonly periods: number;
  /** Periods before them, which only turn the vectors. */
  readonly skip: number;
}

/** Exponents of a jitter map. */
export interface JitterExponents {
  /** Per period. */
  readonly exponents: Float64Array;
  /** Multiply-adds of finding them; the gradient takes twice as many. */
  readonly macs: number;
  /** From dL/dlambda to dL/dw, in the order of the synapses. */
  gradient(slopes: Float64Array): Float64Array;
}

/** Of a stored score. Throws `usage` for more exponents than there are, `input` where a neuron is not stored. */
export function jitterExponents(score: Score, network: Network, plan: JitterPlan): JitterExponents {
  const { exponents: k, periods, skip } = plan;
  demandInteger('exponents', k, 1);
  const map = jitterMap(score, network);
  const { size, state, starts } = map;
  if (!(k < state)) {
    refuse(`${state} spikes reach into the next period, which leaves exponents 1 to ${state - 1}; got ${k} to train`);
  }
  const both = new Float64Array(2 * size);
  const ofEntries = new Float64Array(starts[size]);
  const [x, y] = [new Float64Array(state), new Float64Array(state)];
  const column = (vectors: Float64Array, c: number) => {
    for (let i = 0; i < state; i++) x[i] = vectors[i * k + c];
  };
  const put = (values: Float64Array, vectors: Float64Array, c: number) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / state;
    for (let i = 0; i < state; i++) vectors[i * k + c] = values[i] - mean;
  };
  const tape = differentiableExponents(
    {
      push(_, vectors) {
        for (let c = 0; c < k; c++) {
          column(vectors, c);
          applyDeflated(map, x, y, both);
          put(y, vectors, c);
        }
      },
      pull(_, vectors, adjoint) {
        for (let c = 0; c < k; c++) {
          column(vectors, c);
          applyDeflated(map, x, y, both);
          column(adjoint, c);
          const mean = x.reduce((sum, value) => sum + value, 0) / state;
          const bar = x.map((value) => value - mean);
          pullDeflated(map, bar, both, ofEntries);
          put(bar, adjoint, c);
        }
      },
    },
    startVectors(state, k, 0),
    k,
    { skip, steps: periods },
  );
  return {
    exponents: tape.exponents,
    macs: starts[size] * k * (skip + periods),
    gradient(slopes) {
      ofEntries.fill(0);
      tape.backward(slopes);
      return entriesToWeights(score, network, map, ofEntries);
    },
  };
}
