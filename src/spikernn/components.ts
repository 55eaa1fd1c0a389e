/**
 * The first principal components of N signals in time: with the covariance C the eigenvectors of its largest eigenvalues, and the shares
 * of its trace that these are, by subspace iteration (Stewart 1969).
 */
import { demandArray, demandInteger, refuse } from '../core/index.js';

const ROUNDS = 60;

/** Directions of unit length, shares of the variance, and the means of the signals. */
export interface Components {
  /** Directions, N each. */
  readonly vectors: readonly Float64Array[];
  /** Share of the variance of each. */
  readonly shares: readonly number[];
  /** Mean of each signal; N. */
  readonly mean: Float64Array;
}

/**
 * The first components. Throws `usage` for signals that are no rows of N.
 * @param signals T x N by rows
 */
export function principalComponents(signals: Float64Array, n: number, count = 3): Components {
  demandArray('the signals', signals, Float64Array);
  demandInteger('the number of signals', n, 1);
  demandInteger('the number of components', count, 1);
  const T = signals.length / n;
  if (!(Number.isInteger(T) && T >= 1)) refuse(`signals must be rows of ${n}; got ${signals.length} numbers`);
  const mean = new Float64Array(n);
  signals.forEach((value, e) => {
    mean[e % n] += value / T;
  });
  const centred = signals.map((value, e) => value - mean[e % n]);
  const trace = centred.reduce((sum, value) => sum + value * value, 0);
  let vectors: Float64Array[] = Array.from({ length: Math.min(count, n) }, (_, c) =>
    Float64Array.from({ length: n }, (__, i) => ((i * (c + 2) + c) % 7) - 3 + (i % (c + 2)) / 8),
  );
  for (let round = 0; round < ROUNDS; round++) vectors = orthonormal(vectors.map((x) => applied(centred, x, n, T)));
  const shares = vectors.map((x) => applied(centred, x, n, T).reduce((sum, y, i) => sum + y * x[i], 0) / trace);
  return { vectors, shares, mean };
}

/** C x, not divided by T. */
function applied(centred: Float64Array, x: Float64Array, n: number, T: number): Float64Array {
  const y = new Float64Array(n);
  for (let t = 0; t < T; t++) {
    let projection = 0;
    for (let i = 0; i < n; i++) projection += centred[t * n + i] * x[i];
    for (let i = 0; i < n; i++) y[i] += projection * centred[t * n + i];
  }
  return y;
}

/** Gram and Schmidt, in the order that is given; a vector that lies in those before it becomes 0. */
export function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const given of vectors) {
    const vector = given.slice();
    for (const other of done) {
      const part = vector.reduce((sum, value, i) => sum + value * other[i], 0);
      for (let i = 0; i < vector.length; i++) vector[i] -= part * other[i];
    }
    const size = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    done.push(size > 0 ? vector.map((value) => value / size) : vector);
  }
  return done;
}
