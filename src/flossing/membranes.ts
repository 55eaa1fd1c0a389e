/**
 * What leaky units add to a pass of the task (task-pass.ts), in single precision: z_t has come in at step t, o = h(x).
 *
 *   y_t = alpha y_{t-1} + z_t,   x_t = (beta x_{t-1} + (1 - beta) y_t) (1 - o_{t-1})
 *
 *   xbar_t = (what comes from r_t and o_t) + beta (1 - o_t) xbar_{t+1},   ybar_t = zbar_t = alpha ybar_{t+1} + (1 - beta) (1 - o_{t-1}) xbar_t
 *
 * The factor 1 - o of the reset is a constant in gradients. Where time constants are trained (decays.ts), alpha and beta are those of each unit:
 *
 *   alphabar = sum_t ybar_t y_{t-1},   betabar = sum_t (1 - o_{t-1}) xbar_t (x_{t-1} - y_t)
 */
import type { Leak } from './activation.js';
import { decaysOf, gatherLeaks } from './decays.js';
import type { Parameters, Sizes } from './network.js';

export interface Membranes {
  /** Takes in y_0 and the time constants, before step 1. */
  begin(parameters: Parameters): void;
  /** Replaces z_t by x_t. */
  follow(t: number): void;
  /** Forgets adjoints, before the last step. */
  rewind(): void;
  /** Replaces what comes to xbar_t from r_t and o_t by zbar_t; from the last step to the first. */
  back(t: number, bar: Float32Array): void;
  /** Adds what steps behind give to xbar_0, and writes ybar_0 behind it and the gradient to time constants. */
  finish(gradients: Parameters): void;
}

/**
 * @param X x_t of all trials, at t times `block`
 * @param H h(x_t), at t times `stride`
 */
export function createMembranes(
  leak: Leak,
  X: Float32Array,
  H: Float32Array,
  { units: n, batch }: Sizes,
  stride: number,
): Membranes {
  const block = n * batch;
  const Y = new Float32Array(X.length);
  const [ofX, ofY] = [new Float32Array(block), new Float32Array(block)];
  const of = { synapse: new Float64Array(n), membrane: new Float64Array(n) };
  let decays = decaysOf(undefined, leak, n);
  let trained = false;
  /** Each entry of a step t with its unit, which stands at so many numbers of X, and of H. */
  const each = (t: number, visit: (e: number, i: number, at: number, sent: number) => void) => {
    for (let i = 0, e = 0; i < n; i++) {
      for (const end = e + batch; e < end; e++) visit(e, i, t * block + e, t * stride + e);
    }
  };
  return {
    begin({ start, leaks }) {
      Y.set(start.subarray(block));
      decays = decaysOf(leaks, leak, n);
      trained = leaks !== undefined;
    },
    follow(t) {
      const { synapse, membrane } = decays;
      each(t, (_, i, at, sent) => {
        Y[at] = synapse[i] * Y[at - block] + X[at];
        X[at] = (membrane[i] * X[at - block] + (1 - membrane[i]) * Y[at]) * (1 - H[sent - stride]);
      });
    },
    rewind() {
      for (const bar of [ofX, ofY, of.synapse, of.membrane]) bar.fill(0);
    },
    back(t, bar) {
      const { synapse, membrane } = decays;
      each(t, (e, i, at, sent) => {
        ofX[e] = bar[e] + membrane[i] * (1 - H[sent]) * ofX[e];
        const through = (1 - H[sent - stride]) * ofX[e];
        ofY[e] = synapse[i] * ofY[e] + (1 - membrane[i]) * through;
        bar[e] = ofY[e];
        if (!trained) return;
        of.synapse[i] += ofY[e] * Y[at - block];
        of.membrane[i] += through * (X[at - block] - Y[at]);
      });
    },
    finish({ start, leaks }) {
      const { synapse, membrane } = decays;
      each(0, (e, i) => {
        start[e] += membrane[i] * (1 - H[e]) * ofX[e];
        start[block + e] = synapse[i] * ofY[e];
      });
      if (leaks) gatherLeaks(leaks.fill(0), decays, of);
    },
  };
}
