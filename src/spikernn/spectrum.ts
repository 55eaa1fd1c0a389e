/**
 * Where the eigenvalues of W lie, without finding them all: with Dale's law the mean of W is not zero, so that one of them, the outlier, stands far outside
 * the disc of the others, whose radius is that of a random matrix, the root of the sum over senders of the variance of their columns.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { exp, ln } from '../core/index.js';
import { checkNetwork, connectionsOf, type RateNetwork } from './network.js';

/** All eigenvalues of W, as [real, imaginary]. */
export function eigenvaluesOf(network: RateNetwork): [number, number][] {
  checkNetwork(network);
  const { units: n } = network;
  const { starts, senders, weights } = connectionsOf(network);
  const matrix = Matrix.zeros(n, n);
  for (let i = 0; i < n; i++) for (let e = starts[i]; e < starts[i + 1]; e++) matrix.set(i, senders[e], weights[e]);
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(matrix);
  return realEigenvalues.map((real, k) => [real, imaginaryEigenvalues[k]]);
}

/** How far eigenvalues reach. */
export interface Reach {
  /** Modulus of the largest. */
  readonly outlier: number;
  /** Radius of the disc of the others. */
  readonly radius: number;
}

/** Rounds of the power method before growth is measured, and over which it is. */
const [SETTLING, MEASURED] = [200, 1000];

/**
 * Modulus of the largest eigenvalue, and the radius of the disc. Where the largest are a complex pair, growth swings from round to round of the power
 * method: its mean over many rounds is the modulus, to a tenth of a percent.
 */
export function spectralReach(network: RateNetwork): Reach {
  checkNetwork(network);
  const { units: n } = network;
  const { starts, senders, weights } = connectionsOf(network);
  let x = new Float64Array(n).fill(1 / Math.sqrt(n));
  let growth = 0;
  for (let round = 0; round < SETTLING + MEASURED; round++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let e = starts[i]; e < starts[i + 1]; e++) next[i] += weights[e] * x[senders[e]];
    const size = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    if (size === 0) {
      growth = Number.NEGATIVE_INFINITY;
      break;
    }
    if (round >= SETTLING) growth += ln(size) / MEASURED;
    x = next.map((value) => value / size);
  }
  const [sums, squares] = [new Float64Array(n), new Float64Array(n)];
  for (let e = 0; e < senders.length; e++) {
    sums[senders[e]] += weights[e];
    squares[senders[e]] += weights[e] * weights[e];
  }
  let variance = 0;
  for (let j = 0; j < n; j++) variance += squares[j] / n - (sums[j] / n) * (sums[j] / n);
  return { outlier: exp(growth), radius: Math.sqrt(variance) };
}
