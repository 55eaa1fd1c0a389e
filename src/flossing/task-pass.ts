/**
 * The loss of the task on a batch, and its surrogate gradient by backpropagation through time:
 *
 *   L = sum over trials, outputs and asked steps of ln(1 + e^r) - y r,  divided by their number
 *
 *   x_t = A a_{t-1},  A = [J, b, W_s / S],  a_{t-1} = (h(x_{t-1}), 1, s_t),      r_t = W_r x_t + offset
 *   xbar_t = W_r' rbar_t + f(x_t) * (J' xbar_{t+1}),    rbar = s(r) - y
 *   Abar = sum_t xbar_t a_{t-1}',   W_r bar = sum_t rbar_t x_t',   x_0 bar = f(x_0) * (J' xbar_1)
 *
 * in single precision. Step t of all trials lies together, N x B, so that trials are what a vector of the machine holds.
 * Leaky units have more between what comes in and x (membranes.ts).
 */
import { type Arena, createArena, exp, log1p, sigmoid } from '../core/index.js';
import { allocateMatrix, type Matrix, multiply, transposed } from '../dense/index.js';
import type { Trial } from '../tasks/index.js';
import type { Activation } from './activation.js';
import { createMembranes } from './membranes.js';
import type { Parameters, Sizes } from './network.js';

export interface TaskResult {
  /** Mean over what is asked for. */
  readonly loss: number;
  /** Share of r >= 0 where y = 1 and r < 0 where y = 0. */
  readonly accuracy: number;
  /** Mean of h over units, steps and trials. */
  readonly activity: number;
}

/** One pass forwards and backwards; writes the gradients, in the order of the parameters. */
export type TaskPass = (parameters: Parameters, trials: readonly Trial[], gradients: Parameters) => TaskResult;

/** A pass with tables of its own, for trials of so many steps. */
export function createTaskPass(
  sizes: Sizes,
  steps: number,
  activation: Activation,
  arena: Arena = createArena(),
): TaskPass {
  const { units: n, inputs, outputs, batch } = sizes;
  const { send, slope, leak } = activation;
  const block = n * batch;
  // Columns of A, rows of a: those of J and h, and behind them the bias and the inputs.
  const wide = n + 1 + inputs;
  const matrix = (rows: number, columns: number) => allocateMatrix(arena, 'f32', rows, columns);
  const [weights, change] = [matrix(n, wide), matrix(n, wide)];
  const [readout, ofReadout] = [matrix(outputs, n), matrix(outputs, n)];
  const states = matrix((steps + 1) * n, batch);
  const sent = matrix((steps + 1) * wide, batch);
  const readings = matrix(steps * outputs, batch);
  const adjoints = [0, 1].map(() => matrix(n, batch));
  const at = (m: Matrix, t: number, rows: number): Matrix => ({ ...m, at: m.at + 4 * t * rows * batch, rows });
  const recurrent = { ...weights, columns: n };
  // What a product needs is allocated once here, so that no view is detached later.
  multiply(arena, adjoints[0], weights, at(sent, 0, wide));
  const viewOf = (m: Matrix) => arena.f32(m.at, m.rows * m.columns);
  const [A, X, H, R, W] = [weights, states, sent, readings, readout].map(viewOf);
  const membranes = leak && createMembranes(leak, X, H, sizes, wide * batch);
  const bars = adjoints.map(viewOf);
  for (let t = 0; t < steps; t++) H.fill(1, (t * wide + n) * batch, (t * wide + n + 1) * batch);

  const set = (parameters: Parameters, trials: readonly Trial[]): void => {
    join(A, parameters);
    W.set(parameters.readout);
    X.set(parameters.start.subarray(0, block));
    membranes?.begin(parameters);
    for (let c = 0; c < batch; c++) {
      const { input: bits } = trials[c];
      for (let t = 0; t < steps; t++) {
        for (let s = 0; s < inputs; s++) H[(t * wide + n + 1 + s) * batch + c] = bits[t * inputs + s];
      }
    }
  };

  /** Fills states, sent and readings; the mean of h. */
  const forward = ({ offset }: Parameters): number => {
    let total = 0;
    for (let t = 0; t <= steps; t++) {
      if (t > 0) multiply(arena, at(states, t, n), weights, at(sent, t - 1, wide));
      if (t > 0) membranes?.follow(t);
      let active = 0;
      for (let e = 0, from = t * block, to = t * wide * batch; e < block; e++) {
        const h = send(X[from + e]);
        H[to + e] = h;
        active += h;
      }
      if (t === 0) continue;
      total += active;
      multiply(arena, at(readings, t - 1, outputs), readout, at(states, t, n));
    }
    for (let e = 0; e < R.length; e++) R[e] += offset[Math.floor(e / batch) % outputs];
    return total / (steps * block);
  };

  /** Of readings that hold rbar from step `first` on. */
  const backward = (first: number, gradients: Parameters): void => {
    for (const m of [change, ofReadout]) viewOf(m).fill(0);
    gradients.offset.fill(0);
    let [now, before] = [0, 1];
    bars[now].fill(0);
    membranes?.rewind();
    for (let t = steps; t >= 0; t--) {
      // bars[now] holds J' xbar_{t+1}.
      const bar = bars[now];
      for (let e = 0, from = t * block; e < block; e++) bar[e] *= slope(X[from + e]);
      if (t === 0) break;
      if (t > first) {
        const error = at(readings, t - 1, outputs);
        multiply(arena, ofReadout, error, transposed(at(states, t, n)), true);
        multiply(arena, adjoints[now], transposed(readout), error, true);
      }
      membranes?.back(t, bar);
      multiply(arena, change, adjoints[now], transposed(at(sent, t - 1, wide)), true);
      multiply(arena, adjoints[before], transposed(recurrent), adjoints[now]);
      [now, before] = [before, now];
    }
    part(viewOf(change), gradients);
    gradients.readout.set(viewOf(ofReadout));
    for (let e = 0; e < R.length; e++) gradients.offset[Math.floor(e / batch) % outputs] += R[e];
    gradients.start.set(bars[now]);
    membranes?.finish(gradients);
  };

  return (parameters, trials, gradients) => {
    set(parameters, trials);
    const activity = forward(parameters);
    const judged = judge(R, trials, outputs);
    backward(trials[0].from, gradients);
    return { ...judged, activity };
  };
}

/** Loss and accuracy of the readings r, steps x R x B; replaces them by dL/dr, zero where nothing is asked. */
function judge(readings: Float32Array, trials: readonly Trial[], outputs: number): { loss: number; accuracy: number } {
  const { from } = trials[0];
  const batch = trials.length;
  const begin = from * outputs * batch;
  const count = readings.length - begin;
  let [loss, right] = [0, 0];
  readings.fill(0, 0, begin);
  for (let e = begin; e < readings.length; e++) {
    const reading = readings[e];
    const y = trials[e % batch].target[Math.floor(e / batch)];
    loss += Math.max(reading, 0) - y * reading + log1p(exp(-Math.abs(reading)));
    if (reading >= 0 === (y === 1)) right++;
    readings[e] = (sigmoid(reading) - y) / count;
  }
  return { loss: loss / count, accuracy: right / count };
}

/** A = [J, b, W_s / S]. */
function join(A: Float32Array, { recurrent, bias, input }: Parameters): void {
  const n = bias.length;
  const inputs = input.length / n;
  for (let i = 0, row = 0; i < n; i++, row += n + 1 + inputs) {
    A.set(recurrent.subarray(i * n, (i + 1) * n), row);
    A[row + n] = bias[i];
    for (let s = 0; s < inputs; s++) A[row + n + 1 + s] = input[i * inputs + s] / inputs;
  }
}

/** From Abar to the gradients of its parts. */
function part(A: Float32Array, { recurrent, bias, input }: Parameters): void {
  const n = bias.length;
  const inputs = input.length / n;
  for (let i = 0, row = 0; i < n; i++, row += n + 1 + inputs) {
    recurrent.set(A.subarray(row, row + n), i * n);
    bias[i] = A[row + n];
    for (let s = 0; s < inputs; s++) input[i * inputs + s] = A[row + n + 1 + s] / inputs;
  }
}
