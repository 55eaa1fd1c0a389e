/**
 * The share of the variance that the first three principal components hold, of N signals in time: with the covariance C, the sum of its
 * three largest eigenvalues over its trace, by subspace iteration (Stewart 1969).
 */

const COMPONENTS = 3;
const ROUNDS = 60;

/** @param signals T x N by rows */
export function topThree(signals: Float64Array, n: number): number {
  const T = signals.length / n;
  const centred = signals.slice();
  let trace = 0;
  for (let i = 0; i < n; i++) {
    let mean = 0;
    for (let t = 0; t < T; t++) mean += signals[t * n + i] / T;
    for (let t = 0; t < T; t++) {
      centred[t * n + i] -= mean;
      trace += centred[t * n + i] * centred[t * n + i];
    }
  }
  if (trace === 0) return Number.NaN;
  let basis: Float64Array[] = Array.from({ length: COMPONENTS }, (_, c) =>
    Float64Array.from({ length: n }, (__, i) => ((i * (c + 2) + c) % 7) - 3),
  );
  let sum = 0;
  for (let round = 0; round < ROUNDS; round++) {
    basis = orthonormal(basis.map((x) => applied(centred, x, n, T)));
    if (round < ROUNDS - 1) continue;
    for (const x of basis) sum += applied(centred, x, n, T).reduce((s, value, i) => s + value * x[i], 0);
  }
  return sum / trace;
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

function orthonormal(vectors: Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    for (const other of done) {
      const part = vector.reduce((sum, value, i) => sum + value * other[i], 0);
      for (let i = 0; i < vector.length; i++) vector[i] -= part * other[i];
    }
    const size = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    done.push(size > 0 ? vector.map((value) => value / size) : vector);
  }
  return done;
}
