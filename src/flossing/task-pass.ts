/**
 * The loss of the task on a batch, and its surrogate gradient by backpropagation through time:
 *
 *   L = sum over trials, outputs and asked steps of ln(1 + e^r) - y r,  divided by their number
 *
 *   xbar_t = W_r' rbar_t + f(x_t) * (J' xbar_{t+1}),    rbar = s(r) - y
 *   Jbar = sum_t xbar_t h(x_{t-1})',   bbar = sum_t xbar_t,   W_s bar = sum_t xbar_t s_t' / S,   x_0 bar = f(x_0) * (J' xbar_1)
 *
 * in single precision, sums over steps in double. Step t of all trials lies together, N x B, so that trials are what a
 * vector of the machine holds.
 */
import { type Arena, createArena, exp, log1p, sigmoid } from '../core/index.js';
import { allocateMatrix, multiply, transposed } from '../dense/index.js';
import type { Trial } from '../tasks/index.js';
import type { Activation } from './activation.js';
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
  const { send, slope } = activation;
  const block = n * batch;
  const recurrent = allocateMatrix(arena, 'f32', n, n);
  const change = allocateMatrix(arena, 'f32', n, n);
  const states = allocateMatrix(arena, 'f32', (steps + 1) * n, batch);
  const sent = allocateMatrix(arena, 'f32', (steps + 1) * n, batch);
  const adjoints = [0, 1].map(() => allocateMatrix(arena, 'f32', n, batch));
  const at = (m: typeof states, t: number) => ({ ...m, at: m.at + 4 * block * t, rows: n });
  // What a product needs is allocated once here, so that no view is detached later.
  multiply(arena, adjoints[0], recurrent, at(sent, 0));
  const [X, H] = [states, sent].map((m) => arena.f32(m.at, block * (steps + 1)));
  const bars = adjoints.map((m) => arena.f32(m.at, block));
  const readings = new Float64Array(steps * outputs * batch);
  // Inputs with the trials side by side, as states have them.
  const shown = new Float64Array(steps * inputs * batch);

  /** Fills states, sent and readings. */
  const forward = (parameters: Parameters, trials: readonly Trial[]): number => {
    const { readout, offset, start } = parameters;
    arena.f32(recurrent.at, n * n).set(parameters.recurrent);
    X.set(start);
    for (let c = 0; c < batch; c++) {
      const { input: bits } = trials[c];
      for (let e = 0; e < steps * inputs; e++) shown[e * batch + c] = bits[e];
    }
    let total = 0;
    for (let t = 0; t <= steps; t++) {
      const begin = t * block;
      if (t > 0) {
        multiply(arena, at(states, t), recurrent, at(sent, t - 1));
        drive(
          X.subarray(begin, begin + block),
          parameters,
          shown.subarray((t - 1) * inputs * batch, t * inputs * batch),
        );
      }
      let active = 0;
      for (let e = begin; e < begin + block; e++) {
        const h = send(X[e]);
        H[e] = h;
        active += h;
      }
      if (t === 0) continue;
      total += active;
      for (let r = 0; r < outputs; r++) {
        for (let c = 0; c < batch; c++) {
          let sum = offset[r];
          for (let i = 0; i < n; i++) sum += readout[r * n + i] * X[begin + i * batch + c];
          readings[((t - 1) * outputs + r) * batch + c] = sum;
        }
      }
    }
    return total / (steps * block);
  };

  const backward = ({ readout }: Parameters, gradients: Parameters): void => {
    for (const gradient of Object.values(gradients) as Float64Array[]) gradient.fill(0);
    let [now, before] = [0, 1];
    bars[now].fill(0);
    arena.f32(change.at, n * n).fill(0);
    for (let t = steps; t >= 0; t--) {
      // bars[now] holds J' xbar_{t+1}.
      const bar = bars[now];
      const begin = t * block;
      for (let e = 0; e < block; e++) bar[e] *= slope(X[begin + e]);
      if (t === 0) break;
      for (let r = 0; r < outputs; r++) {
        for (let c = 0; c < batch; c++) {
          const error = readings[((t - 1) * outputs + r) * batch + c];
          gradients.offset[r] += error;
          if (error === 0) continue;
          for (let i = 0; i < n; i++) {
            gradients.readout[r * n + i] += error * X[begin + i * batch + c];
            bar[i * batch + c] += readout[r * n + i] * error;
          }
        }
      }
      gather(gradients, bar, shown.subarray((t - 1) * inputs * batch, t * inputs * batch), batch);
      multiply(arena, change, adjoints[now], transposed(at(sent, t - 1)), true);
      multiply(arena, adjoints[before], transposed(recurrent), adjoints[now]);
      [now, before] = [before, now];
    }
    gradients.start.set(bars[now]);
    gradients.recurrent.set(arena.f32(change.at, n * n));
  };

  return (parameters, trials, gradients) => {
    const activity = forward(parameters, trials);
    const judged = judge(readings, trials, outputs);
    backward(parameters, gradients);
    return { ...judged, activity };
  };
}

/** Loss and accuracy of the readings r, steps x R x B; replaces them by dL/dr, zero where nothing is asked. */
function judge(readings: Float64Array, trials: readonly Trial[], outputs: number): { loss: number; accuracy: number } {
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

/** Adds xbar_t to bbar and xbar_t s_t' / S to W_s bar; both hold trials side by side. */
function gather({ bias, input }: Parameters, bar: Float32Array, bits: Float64Array, batch: number): void {
  const inputs = bits.length / batch;
  for (let i = 0; i < bias.length; i++) {
    const row = i * batch;
    let sum = 0;
    for (let c = 0; c < batch; c++) sum += bar[row + c];
    bias[i] += sum;
    for (let s = 0; s < inputs; s++) {
      let seen = 0;
      for (let c = 0; c < batch; c++) seen += bar[row + c] * bits[s * batch + c];
      input[i * inputs + s] += seen / inputs;
    }
  }
}

/** Adds b and W_s s_t / S to the trials of a step. */
function drive(x: Float32Array, { bias, input }: Parameters, bits: Float64Array): void {
  const batch = x.length / bias.length;
  const inputs = bits.length / batch;
  for (let i = 0; i < bias.length; i++) {
    const row = i * batch;
    for (let c = 0; c < batch; c++) x[row + c] += bias[i];
    for (let s = 0; s < inputs; s++) {
      const weight = input[i * inputs + s] / inputs;
      for (let c = 0; c < batch; c++) x[row + c] += weight * bits[s * batch + c];
    }
  }
}
