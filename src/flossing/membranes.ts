/**
 * What leaky units add to a pass of the task (task-pass.ts), in single precision: z_t has come in at step t, o = h(x).
 *
 *   y_t = alpha y_{t-1} + z_t,   x_t = (beta x_{t-1} + (1 - beta) y_t) (1 - o_{t-1})
 *
 *   xbar_t = (what comes from r_t and o_t) + beta (1 - o_t) xbar_{t+1},   ybar_t = zbar_t = alpha ybar_{t+1} + (1 - beta) (1 - o_{t-1}) xbar_t
 *
 * The factor 1 - o of the reset is a constant in gradients.
 */
import type { Leak } from './activation.js';

export interface Membranes {
  /** y_0, before step 1. */
  begin(currents: Float64Array): void;
  /** Replaces z_t by x_t. */
  follow(t: number): void;
  /** Forgets adjoints, before the last step. */
  rewind(): void;
  /** Replaces what comes to xbar_t from r_t and o_t by zbar_t; from the last step to the first. */
  back(t: number, bar: Float32Array): void;
  /** Adds what steps behind give to xbar_0, and writes ybar_0 behind it. */
  start(gradient: Float64Array): void;
}

/**
 * @param X x_t of all trials, at t times `block`
 * @param H h(x_t), at t times `stride`
 */
export function createMembranes(
  { synapse, membrane }: Leak,
  X: Float32Array,
  H: Float32Array,
  block: number,
  stride: number,
): Membranes {
  const Y = new Float32Array(X.length);
  const [ofX, ofY] = [new Float32Array(block), new Float32Array(block)];
  return {
    begin(currents) {
      Y.set(currents);
    },
    follow(t) {
      for (let e = 0, at = t * block, o = (t - 1) * stride; e < block; e++, at++, o++) {
        Y[at] = synapse * Y[at - block] + X[at];
        X[at] = (membrane * X[at - block] + (1 - membrane) * Y[at]) * (1 - H[o]);
      }
    },
    rewind() {
      for (const bar of [ofX, ofY]) bar.fill(0);
    },
    back(t, bar) {
      for (let e = 0, now = t * stride, before = (t - 1) * stride; e < block; e++, now++, before++) {
        ofX[e] = bar[e] + membrane * (1 - H[now]) * ofX[e];
        ofY[e] = synapse * ofY[e] + (1 - membrane) * (1 - H[before]) * ofX[e];
        bar[e] = ofY[e];
      }
    },
    start(gradient) {
      for (let e = 0; e < block; e++) {
        gradient[e] += membrane * (1 - H[e]) * ofX[e];
        gradient[block + e] = synapse * ofY[e];
      }
    },
  };
}
