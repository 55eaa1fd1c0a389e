/**
 * Kicks by a Chebyshev series: of a neuron whose r' (the time to the spike after a kick of one weight) costs a quadrature,
 *
 *   r'(x) = sum_k c_k T_k(z),   z in [-1, 1] over the interval of x,   c from the values at nodes of the first kind,
 *
 * summed by Clenshaw's recurrence. `phase`: x = r, as published; its error falls as n^-4 only, because r' has a corner
 * r^2 ln r at the spike. `root`: x = sqrt(r), which smooths the corner. Beyond the interval, and for neurons close to infinity, the
 * neuron's own kick is taken. One series per weight and drive.
 *
 * Source: Engelken 2023 (arXiv 2312.17216), code; the form in the root is ours.
 */
import { cos, demandNumber, demandOneOf, EngramError } from '../core/index.js';
import { demandNeuron } from './demand.js';
import type { Neuron } from './neuron.js';

/** The variable of a series: r, or its root. */
export type SeriesForm = 'phase' | 'root';

/** A neuron whose kicks are series. */
export interface SeriesNeuron extends Neuron {
  /** The largest error of r' / T for a weight, on 10^4 points of its interval. */
  largestError(weight: number, drive: number): number;
}

const MOST_SERIES = 64;
const POINTS = 10000;

/** The series of a function on [0, end]. */
function seriesOf(g: (x: number) => number, end: number, n: number): Float64Array {
  const values = Float64Array.from({ length: n }, (_, k) => g((end * (1 + cos((Math.PI * (k + 0.5)) / n))) / 2));
  return Float64Array.from({ length: n }, (_, m) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += values[k] * cos((Math.PI * m * (k + 0.5)) / n);
    return (sum * (m === 0 ? 1 : 2)) / n;
  });
}

function clenshaw(c: Float64Array, z: number): number {
  let [b1, b2] = [0, 0];
  for (let k = c.length - 1; k > 0; k--) [b1, b2] = [2 * z * b1 - b2 + c[k], b1];
  return z * b1 - b2 + c[0];
}

/**
 * The neuron with series for its kicks.
 * @param lowest the voltage at which the interval begins (published: -10)
 * @throws EngramError `usage` beyond 64 distinct weights, when they are met
 */
export function withSeries(neuron: Neuron, nodes = 20, form: SeriesForm = 'phase', lowest = -10): SeriesNeuron {
  demandNeuron(neuron);
  demandOneOf('the variable of the series', form, ['phase', 'root']);
  demandNumber('the lowest voltage', lowest);
  if (!(Number.isInteger(nodes) && nodes >= 2 && nodes <= 1000)) {
    throw new EngramError('usage', `a series has 2 to 1000 nodes; got ${nodes}`);
  }
  const series = new Map<number, { end: number; c: Float64Array }>();
  let ofDrive = Number.NaN;
  const find = (weight: number, drive: number) => {
    if (drive !== ofDrive) {
      series.clear();
      ofDrive = drive;
    }
    let made = series.get(weight);
    if (!made) {
      if (series.size >= MOST_SERIES) {
        throw new EngramError(
          'usage',
          `a network with series has up to ${MOST_SERIES} distinct weights, each its own series; use the model eif, which needs none`,
        );
      }
      const far = neuron.timeToSpike(lowest, drive);
      const end = form === 'root' ? Math.sqrt(far) : far;
      const at = (x: number) => neuron.kick(form === 'root' ? x * x : x, weight, drive);
      made = { end, c: seriesOf(at, end, nodes) };
      series.set(weight, made);
    }
    return made;
  };
  const kick = (r: number, weight: number, drive: number): number => {
    const { end, c } = find(weight, drive);
    const x = form === 'root' ? Math.sqrt(r) : r;
    if (x > end) return neuron.kick(r, weight, drive);
    return Math.max(0, clenshaw(c, (2 * x) / end - 1));
  };
  return {
    ...neuron,
    name: `${neuron.name}-chebyshev`,
    kick,
    largestError(weight, drive) {
      const { end } = find(weight, drive);
      const period = neuron.timeToSpike(neuron.reset, drive);
      let worst = 0;
      for (let k = 0; k <= POINTS; k++) {
        const r = form === 'root' ? (end * end * k) / POINTS : (end * k) / POINTS;
        worst = Math.max(worst, Math.abs(kick(r, weight, drive) - neuron.kick(r, weight, drive)));
      }
      return worst / period;
    },
  };
}
