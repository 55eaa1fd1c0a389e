/**
 * Covariant Lyapunov vectors (Ginelli et al. 2007): directions that the flow carries into each other, each growing with an exponent of
 * its own. Forwards  D Q_s = Q_{s+1} R_{s+1};  any upper triangular C with R_{s+1} C_s = C_{s+1} diag(growth) makes
 * V_s = Q_s C_s covariant, and backwards C_s = R_{s+1}^-1 C_{s+1}, columns made unit length, converges to it. Then
 *
 *   lambda_i = -sum ln |column i of R^-1 C| / time
 *
 * must agree with the exponents of the forward pass. All R of the stretch are kept.
 */
import { demandInteger, ln } from '../core/index.js';
import { factorize } from '../lyapunov/index.js';
import type { Circuit } from './circuit.js';
import { demandPlan, demandStart } from './demand.js';
import { type SpectrumPlan, vectorsWithOnes } from './spectrum.js';
import { createTangent } from './tangent.js';

/** Covariant vectors in the middle of a stretch, and both spectra of it. */
export interface CovariantVectors {
  /** Exponents of the forward pass over the stretch whose vectors have converged, in the order of the columns. */
  readonly forward: Float64Array;
  /** Exponents of the covariant vectors over the same stretch. */
  readonly backward: Float64Array;
  /** Participation ratios (sum v^2)^2 / sum v^4 of the vectors at the beginning of the stretch: how many neurons take part. */
  readonly participation: Float64Array;
  /** N x k, at the beginning of the stretch. */
  readonly vectors: Float64Array;
}

/** Solves R X = C in place, both k x k and upper triangular. */
function solveUpper(r: Float64Array, c: Float64Array, k: number): void {
  for (let j = 0; j < k; j++) {
    for (let i = j; i >= 0; i--) {
      let x = c[i * k + j];
      for (let l = i + 1; l <= j; l++) x -= r[i * k + l] * c[l * k + j];
      c[i * k + j] = x / r[i * k + i];
    }
  }
}

/** Makes columns unit length; adds the logarithms of their lengths to `sums` with a factor. */
function normalize(c: Float64Array, k: number, sums: Float64Array, factor: number): void {
  for (let j = 0; j < k; j++) {
    let square = 0;
    for (let i = 0; i <= j; i++) square += c[i * k + j] * c[i * k + j];
    const length = Math.sqrt(square);
    for (let i = 0; i <= j; i++) c[i * k + j] /= length;
    sums[j] += factor * ln(length);
  }
}

/**
 * Forward over burn-in, warm-up, the stretch that counts and as much as the warm-up again; backward from its end.
 * @param interval spikes between factorizations
 */
export function covariantVectors(
  circuit: Circuit,
  next: Float64Array,
  plan: SpectrumPlan,
  interval: number,
): CovariantVectors {
  demandStart(circuit, next);
  demandPlan(circuit.connectivity.neurons, plan);
  demandInteger('spikes between factorizations', interval, 1);
  const n = circuit.connectivity.neurons;
  const { exponents: k, burnIn, warmUp, spikes, seed } = plan;
  const { engine, step } = createTangent(circuit, next, k, { ones: true });
  engine.run({ spikes: burnIn });
  const q = vectorsWithOnes(n, k, seed);
  const stretch = (count: number, each: (r: Float64Array) => void) => {
    for (let done = 0; done < count; done += interval) {
      for (let s = 0; s < interval; s++) step(q);
      const r = new Float64Array(k * k);
      factorize(q, k, r);
      each(r);
    }
  };
  stretch(warmUp, () => {});
  const begin = engine.time();
  const first = q.slice();
  const kept: Float64Array[] = [];
  const forward = new Float64Array(k);
  stretch(spikes, (r) => {
    kept.push(r);
    for (let i = 0; i < k; i++) forward[i] += ln(r[i * k + i]);
  });
  const time = engine.time() - begin;
  const counted = kept.length;
  stretch(warmUp, (r) => kept.push(r));
  const c = new Float64Array(k * k);
  for (let i = 0; i < k; i++) for (let j = i; j < k; j++) c[i * k + j] = 1 / (1 + j - i);
  const backward = new Float64Array(k);
  for (let s = kept.length - 1; s >= 0; s--) {
    solveUpper(kept[s], c, k);
    normalize(c, k, backward, s < counted ? -1 : 0);
  }
  const vectors = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) {
      let sum = 0;
      for (let l = 0; l <= j; l++) sum += first[i * k + l] * c[l * k + j];
      vectors[i * k + j] = sum;
    }
  }
  const participation = Float64Array.from({ length: k }, (_, j) => {
    let [square, fourth] = [0, 0];
    for (let i = 0; i < n; i++) {
      const x = vectors[i * k + j] * vectors[i * k + j];
      square += x;
      fourth += x * x;
    }
    return (square * square) / fourth;
  });
  return {
    forward: forward.map((sum) => sum / time),
    backward: backward.map((sum) => sum / time),
    participation,
    vectors,
  };
}
