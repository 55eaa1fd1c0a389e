/**
 * How small shifts of the spikes of one period pass into the next (Aguettaz and Loeliger 2024, section 6), without
 * forming a matrix product.
 *
 * A spike m fires where z(s_m) = threshold. If its causes n shift by x_n, and its threshold rises by e, it shifts by
 *
 *   x_m = sum_n a_mn x_n + e / z'(s_m),     a_mn = w h'(u) / z'(s_m),  u = s_m - s_n - d the age of the arrival,
 *
 * summed over the connections between the two; z'(s_m) is the sum of all w h'(u), so that each row of a sums to 1. The M
 * spikes of a period are taken in order of time: causes in the same period enter with their new shift y_n, those in
 * the period before with the old one x_n. One sweep y = Phi x costs one pass over the entries.
 *
 *   Phi 1 = 1: a common shift stays. The deflated map, Phi applied to x - mean(x), has all other eigenvalues of Phi.
 *
 * In the reset model only arrivals since the neuron's own last spike count, and that spike adds -R e^{-(s_m - s_prev)}.
 * Each arrival is counted once per period; arrivals older than a period are summed up in `beyond`.
 *
 * Second order, for the drift: w h''(u) of the same entries. With x = (x_m - x_n),
 * z'(s_m) x_m = ... - 1/2 sum w h''(u) (x_m - x_n)^2.
 */
import { EngramError, exp } from '../core/index.js';
import { type Network, neuronCount } from '../network/index.js';
import { type Score, spikesOf } from '../score/index.js';

export interface JitterMap {
  /** Spikes of a period, in order of time (simultaneous ones in order of neuron). */
  readonly size: number;
  readonly times: Float64Array;
  readonly neurons: Uint32Array;
  /** Row m holds entries starts[m] to starts[m + 1] - 1. Column n < size is spike n of the period before, size + n spike n of this one. */
  readonly starts: Float64Array;
  readonly columns: Uint32Array;
  readonly values: Float64Array;
  /** w h''(u) / z' of the same entries. */
  readonly curvatures: Float64Array;
  /** z'(s_m), thresholds per refractory period. */
  readonly slopes: Float64Array;
  /** Largest share of a slope, in absolute value, that comes from arrivals sent more than a period ago. */
  readonly beyond: number;
}

/** Arrivals older than this shift nothing that a number can hold. */
const OLDEST = 42;

/** The map of a stored score. Throws `input` where a spike's slope is zero: its shift is then not defined. */
export function jitterMap(score: Score, network: Network, reset?: number): JitterMap {
  const { period } = score;
  const neurons = neuronCount(network);
  const order = Uint32Array.from(score.times.keys()).sort((i, j) => score.times[i] - score.times[j] || i - j);
  const size = order.length;
  const rank = new Uint32Array(size);
  order.forEach((spike, m) => {
    rank[spike] = m;
  });
  const owner = new Uint32Array(size);
  for (let l = 0; l < neurons; l++) owner.fill(l, score.starts[l], score.starts[l + 1]);

  const row = { value: new Float64Array(2 * size), curvature: new Float64Array(2 * size) };
  const touched = new Uint32Array(2 * size);
  const seen = new Uint8Array(2 * size);
  let count = 0;
  const add = (column: number, value: number, curvature: number) => {
    if (seen[column] === 0) {
      seen[column] = 1;
      touched[count++] = column;
    }
    row.value[column] += value;
    row.curvature[column] += curvature;
  };
  const starts = new Float64Array(size + 1);
  const entries = growing();
  const slopes = new Float64Array(size);
  let beyond = 0;
  for (let m = 0; m < size; m++) {
    const time = score.times[order[m]];
    const l = owner[order[m]];
    const own = spikesOf(score, l);
    // Age of the own last spike: in the reset model nothing older counts.
    const place = order[m] - score.starts[l];
    const previous = place > 0 ? own[place - 1] : own[own.length - 1] - period;
    const oldest = reset === undefined ? Math.min(OLDEST, period) : time - previous;
    let far = 0;
    count = 0;
    for (let k = network.starts[l]; k < network.starts[l + 1]; k++) {
      const [first, last] = [score.starts[network.sources[k]], score.starts[network.sources[k] + 1]];
      if (first === last) continue;
      const delay = network.delays[k];
      const weight = network.weights[k];
      for (let n = first; n < last; n++) {
        let age = time - score.times[n] - delay;
        age -= period * Math.floor(age / period);
        // With a reset both ends of the interval belong to it; without, an arrival at the spike has no effect yet.
        if (age > oldest || (age === 0 && reset === undefined)) continue;
        const scale = weight * exp(1 - age);
        const turns = Math.round((age + delay + score.times[n] - time) / period);
        const value = scale * (1 - age);
        if (turns > 1) far += Math.abs(value);
        add(rank[n] + (turns === 0 ? size : 0), value, scale * (age - 2));
      }
    }
    if (reset !== undefined && reset !== 0 && own.length > 0) {
      const column = rank[score.starts[l] + (place > 0 ? place - 1 : own.length - 1)];
      const fall = reset * exp(previous - time);
      add(column + (place > 0 ? size : 0), -fall, fall);
    }
    let slope = 0;
    touched.subarray(0, count).sort();
    for (let i = 0; i < count; i++) slope += row.value[touched[i]];
    if (slope === 0) {
      throw new EngramError(
        'input',
        `the potential of neuron ${l} is flat at its spike at ${time}: its shift is not defined`,
      );
    }
    slopes[m] = slope;
    beyond = Math.max(beyond, far / Math.abs(slope));
    entries.reserve(count);
    for (let i = 0; i < count; i++) {
      const column = touched[i];
      entries.push(column, row.value[column] / slope, row.curvature[column] / slope);
      row.value[column] = 0;
      row.curvature[column] = 0;
      seen[column] = 0;
    }
    starts[m + 1] = starts[m] + count;
  }
  return {
    size,
    times: Float64Array.from(order, (i) => score.times[i]),
    neurons: Uint32Array.from(order, (i) => owner[i]),
    starts,
    ...entries.take(),
    slopes,
    beyond,
  };
}

/** Columns and values that grow by doubling. */
function growing() {
  let n = 0;
  let columns = new Uint32Array(1 << 16);
  let values = new Float64Array(1 << 16);
  let curvatures = new Float64Array(1 << 16);
  const copy = <T extends Float64Array | Uint32Array>(from: T, to: T) => {
    to.set(from);
    return to;
  };
  return {
    reserve(more: number) {
      if (n + more <= columns.length) return;
      const length = Math.max(2 * columns.length, n + more);
      columns = copy(columns, new Uint32Array(length));
      values = copy(values, new Float64Array(length));
      curvatures = copy(curvatures, new Float64Array(length));
    },
    push(column: number, value: number, curvature: number) {
      columns[n] = column;
      values[n] = value;
      curvatures[n++] = curvature;
    },
    take: () => ({
      columns: columns.subarray(0, n),
      values: values.subarray(0, n),
      curvatures: curvatures.subarray(0, n),
    }),
  };
}

/**
 * One period on: y = Phi x + noise. `both` holds x in its first half and takes y in its second.
 * @param noise what each spike is shifted by on top, or nothing
 */
export function sweepPeriod(map: JitterMap, both: Float64Array, noise?: Float64Array): void {
  const { size, starts, columns, values } = map;
  for (let m = 0; m < size; m++) {
    let sum = noise ? noise[m] : 0;
    for (let i = starts[m]; i < starts[m + 1]; i++) sum += values[i] * both[columns[i]];
    both[size + m] = sum;
  }
}

/** out = (Phi - 1 1^T / M) x: the mean of x, which would stay for ever, is left out. */
export function applyDeflated(map: JitterMap, x: Float64Array, out: Float64Array, both: Float64Array): void {
  const { size } = map;
  const mean = x.reduce((a, b) => a + b, 0) / size;
  for (let m = 0; m < size; m++) both[m] = x[m] - mean;
  sweepPeriod(map, both);
  out.set(both.subarray(size));
}

/** out = Phi^T u: the same sweep backwards. What a shift of one spike does to a sum over the next period's. */
export function applyTransposed(map: JitterMap, u: Float64Array, out: Float64Array, both: Float64Array): void {
  const { size, starts, columns, values } = map;
  both.fill(0, 0, size);
  both.set(u, size);
  for (let m = size - 1; m >= 0; m--) {
    const weight = both[size + m];
    if (weight === 0) continue;
    for (let i = starts[m]; i < starts[m + 1]; i++) both[columns[i]] += values[i] * weight;
  }
  out.set(both.subarray(0, size));
}
