/**
 * The course of a rate network under a stream of bits, with its surrogate Jacobians and their adjoint. D_t is the Jacobian of
 * step t with h' replaced by f, at the state before it:
 *
 *   x_{t+1} = J h(x_t) + b + W_s s_{t+1} / S,      D_t = J diag(f(x_t))
 *
 *   backwards, W = dL/d(V D_t'),  U = W J:   Jbar += W' (V diag f),   fbar_j = sum_c V_cj U_cj,   W D_t = U diag f
 *   xbar_t = f(x_t) * (J' xbar_{t+1}) + f'(x_t) * fbar,    Jbar += xbar_{t+1} h(x_t)',  bbar += xbar_{t+1},  W_s bar += xbar_{t+1} s' / S
 *
 * The start state is a constant here. All in double precision.
 */
import type { Arena } from '../core/index.js';
import { allocateMatrix, type Matrix, multiply, transposed } from '../dense/index.js';
import type { MatrixCourse } from '../lyapunov/index.js';
import type { Activation } from './activation.js';
import type { Parameters } from './network.js';

/** What a loss of exponents trains. */
export type Flossed = Pick<Parameters, 'input' | 'recurrent' | 'bias' | 'leaks'>;

/** A course with surrogate Jacobians, and the way back to what they depend on. */
export interface SurrogateCourse extends MatrixCourse {
  /** States x_0, x_1, ... as far as they have been reached, N each; potentials of leaky units. */
  readonly states: Float64Array;
  /** Adds dL/dJ, dL/db and dL/dW_s, after all of `pull`. */
  gather(gradients: Flossed): void;
}

/**
 * A course that starts from column 0 of the start state.
 * @param shown steps x S
 * @param k tangent vectors
 */
export function rateCourse(
  arena: Arena,
  { input, recurrent, bias, start }: Parameters,
  activation: Activation,
  shown: Float64Array,
  k: number,
): SurrogateCourse {
  const { send, slope, curvature } = activation;
  const n = bias.length;
  const inputs = input.length / n;
  const steps = shown.length / inputs;
  const weights = allocateMatrix(arena, 'f64', n, n);
  const change = allocateMatrix(arena, 'f64', n, n);
  const scaled = allocateMatrix(arena, 'f64', k, n);
  const product = allocateMatrix(arena, 'f64', k, n);
  arena.f64(weights.at, n * n).set(recurrent);
  arena.f64(change.at, n * n).fill(0);
  const batch = start.length / n;
  const states = new Float64Array((steps + 1) * n);
  for (let i = 0; i < n; i++) states[i] = start[i * batch];
  const ofBias = new Float64Array(n);
  const ofInput = new Float64Array(n * inputs);
  let bar = new Float64Array(n);
  const sent = new Float64Array(n);

  const slopesAt = (t: number) => states.subarray(t * n, (t + 1) * n).map(slope);
  const scale = (from: Matrix, f: Float64Array, to: Matrix) => {
    const [source, target] = [arena.f64(from.at, k * n), arena.f64(to.at, k * n)];
    for (let c = 0; c < k; c++) for (let j = 0; j < n; j++) target[c * n + j] = source[c * n + j] * f[j];
  };
  return {
    states,
    push(t, vectors, next) {
      const x = states.subarray(t * n, (t + 1) * n);
      for (let j = 0; j < n; j++) sent[j] = send(x[j]);
      for (let i = 0; i < n; i++) {
        let sum = bias[i];
        for (let j = 0; j < n; j++) if (sent[j] !== 0) sum += recurrent[i * n + j] * sent[j];
        for (let s = 0; s < inputs; s++) sum += (input[i * inputs + s] * shown[t * inputs + s]) / inputs;
        states[(t + 1) * n + i] = sum;
      }
      scale(vectors, slopesAt(t), scaled);
      multiply(arena, next, scaled, transposed(weights));
    },
    pull(t, vectors, adjoint, before) {
      const f = slopesAt(t);
      multiply(arena, product, adjoint, weights);
      scale(vectors, f, scaled);
      multiply(arena, change, transposed(adjoint), scaled, true);
      const [V, U] = [arena.f64(vectors.at, k * n), arena.f64(product.at, k * n)];
      const ofSlope = new Float64Array(n);
      for (let c = 0; c < k; c++) for (let j = 0; j < n; j++) ofSlope[j] += V[c * n + j] * U[c * n + j];
      scale(product, f, before);
      bar = stateBefore(t, f, ofSlope);
    },
    gather(gradients) {
      const ofWeights = arena.f64(change.at, n * n);
      for (let e = 0; e < n * n; e++) gradients.recurrent[e] += ofWeights[e];
      for (let i = 0; i < n; i++) gradients.bias[i] += ofBias[i];
      for (let e = 0; e < n * inputs; e++) gradients.input[e] += ofInput[e];
    },
  };

  /** Takes in xbar_{t+1} and returns xbar_t. */
  function stateBefore(t: number, f: Float64Array, ofSlope: Float64Array): Float64Array<ArrayBuffer> {
    const x = states.subarray(t * n, (t + 1) * n);
    const ofWeights = arena.f64(change.at, n * n);
    for (let j = 0; j < n; j++) sent[j] = send(x[j]);
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const value = bar[i];
      if (value === 0) continue;
      ofBias[i] += value;
      for (let s = 0; s < inputs; s++) ofInput[i * inputs + s] += (value * shown[t * inputs + s]) / inputs;
      for (let j = 0; j < n; j++) {
        ofWeights[i * n + j] += value * sent[j];
        next[j] += value * recurrent[i * n + j];
      }
    }
    for (let j = 0; j < n; j++) next[j] = next[j] * f[j] + curvature(x[j]) * ofSlope[j];
    return next;
  }
}
