/**
 * The course of a network of leaky integrate-and-fire units in steps of 1 ms, with surrogate Jacobians on (mem, syn) and their
 * adjoint. In this order, o from the potential of the step before:
 *
 *   o = [mem > 1],   syn' = alpha syn + W x + V o,   mem' = (beta mem + (1 - beta) syn') (1 - o)
 *   D = [ beta + (1 - beta) Vs   (1 - beta) alpha ]      Vs = V diag(f(mem - 1)),   alpha = e^{-1/5},  beta = e^{-1/10}
 *       [ Vs                     alpha            ]
 *
 * (synapse 5 ms, membrane 10 ms). The reset stays out of D: with it D is singular at every spike and the exponents are
 * minus infinity; in gradients its factor is constant. Spikes have the slope of a fast sigmoid of sharpness 10 in gradients, and
 * of sharpness g (5) in D. Source: the LIF example of Engelken's surrogate gradient flossing.
 */
import { type Arena, exp, normal, streamKey } from '../core/index.js';
import { allocateMatrix, type Matrix, multiply, transposed } from '../dense/index.js';
import { fastSigmoid, type Surrogate } from '../learning/index.js';
import type { MatrixCourse } from '../lyapunov/index.js';

const [ALPHA, BETA] = [exp(-1 / 5), exp(-1 / 10)];
const GAIN = 1 - BETA;

/** What is trained: W, N x inputs, and V, N x N. */
export interface LifWeights {
  readonly input: Float64Array;
  readonly recurrent: Float64Array;
}

/** Standard normal draws over the root of the number of inputs, each row without its mean. */
export function drawLif(units: number, inputs: number, seed: number): LifWeights {
  const drawn = (name: string, columns: number) => {
    const key = streamKey(seed, `flossing lif ${name}`);
    const values = Float64Array.from({ length: units * columns }, (_, i) => normal(key, 0, i) / Math.sqrt(columns));
    for (let i = 0; i < units; i++) {
      const row = values.subarray(i * columns, (i + 1) * columns);
      const mean = row.reduce((sum, w) => sum + w, 0) / columns;
      for (let j = 0; j < columns; j++) row[j] -= mean;
    }
    return values;
  };
  return { input: drawn('input', inputs), recurrent: drawn('recurrent', units) };
}

export interface LifCourse extends MatrixCourse {
  /** Spikes per unit and step so far. */
  activity(): number;
  /** Adds dL/dW and dL/dV, after all of `pull`. */
  gather(gradients: LifWeights): void;
}

/**
 * A course from rest.
 * @param shown steps x inputs, 0 or 1
 * @param k tangent vectors, of 2 N entries: (mem, syn)
 * @param sharpness g of the surrogate in D
 * @param ofSpikes what stands for the slope of a spike in gradients
 */
export function lifCourse(
  arena: Arena,
  { input, recurrent }: LifWeights,
  shown: Uint8Array,
  k: number,
  sharpness: number,
  ofSpikes: Surrogate = fastSigmoid(10),
): LifCourse {
  const n = Math.round(Math.sqrt(recurrent.length));
  const inputs = input.length / n;
  const steps = shown.length / inputs;
  const surrogate = fastSigmoid(sharpness);
  const [weights, change] = [0, 1].map(() => allocateMatrix(arena, 'f64', n, n));
  const [scaled, product, summed] = [0, 1, 2].map(() => allocateMatrix(arena, 'f64', k, n));
  arena.f64(weights.at, n * n).set(recurrent);
  arena.f64(change.at, n * n).fill(0);
  const state = lifState({ input, recurrent }, shown, steps, ofSpikes);
  /** The first half of all rows times f. */
  const scale = (from: Matrix, f: Float64Array) => {
    const [V, S] = [arena.f64(from.at, 2 * n * k), arena.f64(scaled.at, n * k)];
    for (let c = 0; c < k; c++) for (let j = 0; j < n; j++) S[c * n + j] = V[2 * n * c + j] * f[j];
  };
  const slopesAt = (t: number) => state.mem.subarray(t * n, (t + 1) * n).map((v) => surrogate.slope(v - 1));

  return {
    activity: state.activity,
    push(t, vectors, next) {
      state.step(t);
      scale(vectors, slopesAt(t));
      multiply(arena, product, scaled, transposed(weights));
      const [V, P, W] = [arena.f64(vectors.at, 2 * n * k), arena.f64(product.at, n * k), arena.f64(next.at, 2 * n * k)];
      for (let c = 0; c < k; c++) {
        for (let j = 0; j < n; j++) {
          const at = 2 * n * c + j;
          const current = ALPHA * V[at + n] + P[c * n + j];
          W[at + n] = current;
          W[at] = BETA * V[at] + GAIN * current;
        }
      }
    },
    pull(t, vectors, adjoint, before) {
      const f = slopesAt(t);
      scale(vectors, f);
      const [G, S] = [arena.f64(adjoint.at, 2 * n * k), arena.f64(summed.at, n * k)];
      for (let c = 0; c < k; c++) {
        for (let j = 0; j < n; j++) S[c * n + j] = G[2 * n * c + n + j] + GAIN * G[2 * n * c + j];
      }
      multiply(arena, product, summed, weights);
      multiply(arena, change, transposed(summed), scaled, true);
      const [V, U, B] = [
        arena.f64(vectors.at, 2 * n * k),
        arena.f64(product.at, n * k),
        arena.f64(before.at, 2 * n * k),
      ];
      const ofSlope = new Float64Array(n);
      for (let c = 0; c < k; c++) {
        for (let j = 0; j < n; j++) {
          const at = 2 * n * c + j;
          ofSlope[j] += V[at] * U[c * n + j];
          B[at] = BETA * G[at] + f[j] * U[c * n + j];
          B[at + n] = ALPHA * S[c * n + j];
        }
      }
      state.before(
        t,
        ofSlope.map((value, j) => value * surrogate.curvature(state.mem[t * n + j] - 1)),
        arena.f64(change.at, n * n),
      );
    },
    gather(gradients) {
      const ofWeights = arena.f64(change.at, n * n);
      for (let e = 0; e < n * n; e++) gradients.recurrent[e] += ofWeights[e];
      for (let e = 0; e < n * inputs; e++) gradients.input[e] += state.ofInput[e];
    },
  };
}

/** The state itself, forwards and backwards: mem of all steps, and the last syn. */
function lifState({ input, recurrent }: LifWeights, shown: Uint8Array, steps: number, ofSpikes: Surrogate) {
  const n = Math.round(Math.sqrt(recurrent.length));
  const inputs = input.length / n;
  const mem = new Float64Array((steps + 1) * n);
  const syn = new Float64Array(n);
  const ofInput = new Float64Array(n * inputs);
  let [ofMem, ofSyn] = [new Float64Array(n), new Float64Array(n)];
  let [spikes, reached] = [0, 0];
  return {
    mem,
    ofInput,
    /** Spikes per unit and step so far. */
    activity: () => spikes / (reached * n),
    step(t: number): void {
      for (let i = 0; i < n; i++) syn[i] *= ALPHA;
      for (let s = 0; s < inputs; s++) {
        if (shown[t * inputs + s]) for (let i = 0; i < n; i++) syn[i] += input[i * inputs + s];
      }
      for (let j = 0; j < n; j++) {
        if (!(mem[t * n + j] > 1)) continue;
        spikes++;
        for (let i = 0; i < n; i++) syn[i] += recurrent[i * n + j];
      }
      for (let i = 0; i < n; i++) {
        const before = mem[t * n + i];
        mem[(t + 1) * n + i] = before > 1 ? 0 : BETA * before + GAIN * syn[i];
      }
      reached = t + 1;
    },

    /** Takes in the adjoints of mem' and syn' and leaves those before the step, where `added` comes to that of mem. */
    before(t: number, added: Float64Array, ofWeights: Float64Array): void {
      const sent = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const spiked = mem[t * n + i] > 1;
        if (!spiked) ofSyn[i] += GAIN * ofMem[i];
        sent[i] = spiked ? 1 : 0;
      }
      const next = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const value = ofSyn[i];
        if (value === 0) continue;
        for (let s = 0; s < inputs; s++) if (shown[t * inputs + s]) ofInput[i * inputs + s] += value;
        for (let j = 0; j < n; j++) {
          ofWeights[i * n + j] += value * sent[j];
          next[j] += value * recurrent[i * n + j];
        }
      }
      for (let j = 0; j < n; j++) {
        const x = mem[t * n + j] - 1;
        const kept = sent[j] === 1 ? 0 : BETA * ofMem[j];
        next[j] = kept + ofSpikes.slope(x) * next[j] + added[j];
      }
      ofMem = next;
      ofSyn = ofSyn.map((value) => ALPHA * value);
    },
  };
}
