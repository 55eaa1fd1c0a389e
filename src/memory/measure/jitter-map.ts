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
 *   Phi 1 = 1: a common shift stays. The deflated map, Phi x less a common shift of its choice, has all other eigenvalues.
 *
 * What matters of a period for the next are its spikes within `reach` of its end, the longest delay and the length of the
 * kernel: they alone are the state whose eigenvalues count. Along a long period shifts shrink by many orders, a common one
 * does not: it is taken out every few units of time on the way, else its rounding would hide what is left.
 *
 * What z'(s_m) and the influences w h'(u) become in the other models stands in causes.ts.
 * A cause counts with the latest shift that its spike has had; where an arrival was really sent a turn earlier, which
 * only happens when the kernel or the delays are as long as the period, its weight is reported in `beyond`.
 *
 * For what comes after the first order (linear-noise.ts) each entry also carries w h''(u), and each spike the arrivals
 * so close to it that a shift may carry them across: the kernel has a kink where it begins. Of membranes neither is kept:
 * there linear-noise.ts ends at the first order.
 */
import { demandArray, demandInteger, demandObject, EngramError } from '../../core/index.js';
import {
  checkNetwork,
  checkNeurons,
  delayRange,
  type Network,
  type NeuronModel,
  neuronCount,
  ofNeuron,
} from '../network/index.js';
import { demandChannels, demandScore, type Score } from '../score/index.js';
import { causesOf, OLDEST } from './causes.js';

/** The sparse map Phi of one period: how the shift of each spike follows from those of the spikes that caused it. */
export interface JitterMap {
  /** Spikes of a period, in order of time (simultaneous ones in order of neuron). */
  readonly size: number;
  /** Their times, in refractory periods. */
  readonly times: Float64Array;
  /** Their neurons. */
  readonly neurons: Uint32Array;
  /** The last so many spikes can reach into the next period. */
  readonly state: number;
  /** Time constant of the kernel of each spike's neuron. */
  readonly betas: Float64Array;
  /** Row m holds entries starts[m] to starts[m + 1] - 1. Column n < size is spike n of the period before, size + n spike n of this one. */
  readonly starts: Float64Array;
  /** The column of each entry. */
  readonly columns: Uint32Array;
  /** w h'(u) / z' of each entry. */
  readonly values: Float64Array;
  /** w h''(u) / z' of the same entries. */
  readonly curvatures: Float64Array;
  /** Arrivals within `KINK_REACH` of spike m, before it (age u > 0) or after: entries kinkStarts[m] to kinkStarts[m + 1] - 1. */
  readonly kinkStarts: Float64Array;
  /** Their columns. */
  readonly kinkColumns: Uint32Array;
  /** Their ages u, in refractory periods. */
  readonly kinkAges: Float64Array;
  /** w / z' of these. */
  readonly kinkWeights: Float64Array;
  /** z'(s_m), thresholds per refractory period. */
  readonly slopes: Float64Array;
  /** Largest share of a slope, in absolute value, that comes from arrivals sent a turn earlier than they count. */
  readonly beyond: number;
}

/** Throws `usage` on what `jitterMap` has not made. */
export function demandMap(map: JitterMap): void {
  demandObject('a jitter map', map);
  demandInteger('the spikes of a jitter map', map.size);
  demandArray('the times of a jitter map', map.times, Float64Array, map.size);
  demandArray('the starts of a jitter map', map.starts, Float64Array, map.size + 1);
  demandArray('the values of a jitter map', map.values, Float64Array, map.starts[map.size]);
}

/** A common shift is taken out so often. */
export const SEGMENT = 5;

/** The map of a stored score. Throws `input` where a spike's slope is zero, or its neuron has no weights: its shift is then not defined. */
export function jitterMap(score: Score, network: Network, model: NeuronModel = { model: 'continuation' }): JitterMap {
  demandScore(score);
  checkNetwork(network);
  const { period } = score;
  const neurons = neuronCount(network);
  demandChannels(score, neurons);
  checkNeurons(model, neurons);
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
  const silent = Array.from({ length: neurons }, (_, l) =>
    network.weights.subarray(network.starts[l], network.starts[l + 1]).every((weight) => weight === 0),
  );
  const visit = causesOf(score, network, model);
  const columnOf = (spike: number, m: number) => rank[spike] + (rank[spike] < m ? size : 0);
  const starts = new Float64Array(size + 1);
  const entries = growing();
  const kinks = growing();
  const kinkStarts = new Float64Array(size + 1);
  const slopes = new Float64Array(size);
  let beyond = 0;
  for (let m = 0; m < size; m++) {
    const l = owner[order[m]];
    let far = 0;
    count = 0;
    const near: [column: number, age: number, weight: number][] = [];
    visit(l, order[m] - score.starts[l], {
      add(n, turns, influence, curvature) {
        const column = columnOf(n, m);
        if (turns !== (column < size ? 1 : 0)) far += Math.abs(influence);
        add(column, influence, curvature);
      },
      near: (n, age, weight) => near.push([columnOf(n, m), age, weight]),
    });
    let slope = 0;
    touched.subarray(0, count).sort();
    for (let i = 0; i < count; i++) slope += row.value[touched[i]];
    // What a reset has left moves the potential of a neuron without weights, too.
    if (slope === 0 || silent[l]) throw undefinedShift(l, score.times[order[m]], slope);
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
    kinks.reserve(near.length);
    for (const [column, age, weight] of near) kinks.push(column, age, weight / slope);
    kinkStarts[m + 1] = kinkStarts[m] + near.length;
  }
  const times = Float64Array.from(order, (i) => score.times[i]);
  const betas = Float64Array.from(order, (i) => (model.model === 'lif' ? 1 : ofNeuron(model.beta ?? 1, owner[i])));
  const slowest = betas.reduce((a, b) => Math.max(a, b), 0);
  const reach = delayRange(network)[1] + OLDEST * slowest;
  const { columns: kinkColumns, values: kinkAges, curvatures: kinkWeights } = kinks.take();
  const map = entries.take();
  // A spike that resets depends on the one before it: the state is what the next period really hears. More of the period would be
  // shifts that have not shrunk yet, beside which rounding hides the eigenvalues.
  const heard = map.columns.reduce((first, column) => Math.min(first, column), size);
  const state = model.model === 'continuation' ? times.filter((time) => time >= period - reach).length : size - heard;
  return {
    size,
    kinkStarts,
    kinkColumns,
    kinkAges,
    kinkWeights,
    times,
    state,
    neurons: Uint32Array.from(order, (i) => owner[i]),
    starts,
    ...map,
    betas,
    slopes,
    beyond,
  };
}

/** That a spike of a neuron has no shift. */
const undefinedShift = (neuron: number, time: number, slope: number) =>
  new EngramError(
    'input',
    `${slope === 0 ? `the potential of neuron ${neuron} is flat` : `nothing moves the potential of neuron ${neuron}`} at one of its spikes (at ${time.toPrecision(6)} refractory periods), so that its shift is not defined: the neuron is not stored; "memorize explain" tells why`,
  );

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

/**
 * The deflated map on the state, the shifts x of the last `state` spikes of a period: out holds those of the next, both
 * up to a common shift.
 * @param segment how often a common shift is taken out: it changes rounding alone
 */
export function applyDeflated(
  map: JitterMap,
  x: Float64Array,
  out: Float64Array,
  both: Float64Array,
  segment = SEGMENT,
): void {
  const { size, state, times, starts, columns, values } = map;
  const mean = x.reduce((a, b) => a + b, 0) / state;
  both.fill(0);
  for (let i = 0; i < state; i++) both[size - state + i] = x[i] - mean;
  for (let m = 0, first = 0; m < size; m++) {
    if (times[m] - times[first] > segment) {
      let sum = 0;
      for (let n = first; n < m; n++) sum += both[size + n];
      const common = sum / (m - first);
      for (let n = 0; n < size + m; n++) both[n] -= common;
      first = m;
    }
    let sum = 0;
    for (let i = starts[m]; i < starts[m + 1]; i++) sum += values[i] * both[columns[i]];
    both[size + m] = sum;
  }
  out.set(both.subarray(2 * size - state));
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
