/**
 * The way back through the jitter map (jitter-map.ts): from what a loss says of the shifts at the end of a period to what it says of
 * those before, and of the weights. With b_m = dL/dy_m, from the last spike to the first,
 *
 *   b_n += a_mn b_m,      dL/dw_k = sum_m b_m / z'(s_m) sum_n h'(u_mn) (x_n - y_m),
 *
 * n the spikes that synapse k brings to m, x_n their latest shift: a_mn = w h'(u) / z'(s_m) and z'(s_m) both depend on w. A common shift of all is
 * worth nothing there, so that it does not matter where it is taken out. Neurons of the continuation model.
 */
import type { Network } from '../network/index.js';
import type { Score } from '../score/index.js';
import { causesOf } from './causes.js';
import { type JitterMap, SEGMENT } from './jitter-map.js';

/**
 * Takes in u, the adjoint of the last `state` shifts of a period, and replaces it by that of the last shifts of the period before.
 * @param both what `applyDeflated` left
 * @param ofEntries b_m (x_n - y_m) is added for each entry of the map
 */
export function pullDeflated(map: JitterMap, u: Float64Array, both: Float64Array, ofEntries: Float64Array): void {
  const { size, state, times, starts, columns, values } = map;
  const bar = new Float64Array(2 * size);
  bar.set(u, 2 * size - state);
  const segments = [0];
  for (let m = 0; m < size; m++) if (times[m] - times[segments[segments.length - 1]] > SEGMENT) segments.push(m);
  for (let m = size - 1; m >= 0; m--) {
    const weight = bar[size + m];
    for (let i = starts[m]; i < starts[m + 1]; i++) {
      bar[columns[i]] += values[i] * weight;
      ofEntries[i] += weight * (both[columns[i]] - both[size + m]);
    }
    if (m > 0 && segments[segments.length - 1] === m) {
      segments.pop();
      const first = segments[segments.length - 1];
      let sum = 0;
      for (let n = 0; n < size + m; n++) sum += bar[n];
      for (let n = first; n < m; n++) bar[size + n] -= sum / (m - first);
    }
  }
  u.set(bar.subarray(size - state, size));
  const mean = u.reduce((sum, x) => sum + x, 0) / state;
  for (let i = 0; i < state; i++) u[i] -= mean;
}

/** From what `pullDeflated` has added up to dL/dw, in the order of the synapses. */
export function entriesToWeights(
  score: Score,
  network: Network,
  map: JitterMap,
  ofEntries: Float64Array,
): Float64Array {
  const { size, starts, columns, slopes, neurons } = map;
  const gradient = new Float64Array(network.weights.length);
  const order = Uint32Array.from(score.times.keys()).sort((i, j) => score.times[i] - score.times[j] || i - j);
  const rank = new Uint32Array(size);
  order.forEach((spike, m) => {
    rank[spike] = m;
  });
  // Of weights 1 the influences are h'(u).
  const visit = causesOf(score, { ...network, weights: network.weights.map(() => 1) }, { model: 'continuation' });
  const row = new Float64Array(2 * size);
  for (let m = 0; m < size; m++) {
    for (let i = starts[m]; i < starts[m + 1]; i++) row[columns[i]] = ofEntries[i] / slopes[m];
    visit(neurons[m], order[m] - score.starts[neurons[m]], {
      add(n, _turns, influence, _curvature, synapse = -1) {
        gradient[synapse] += influence * row[rank[n] + (rank[n] < m ? size : 0)];
      },
      near() {},
    });
  }
  return gradient;
}
