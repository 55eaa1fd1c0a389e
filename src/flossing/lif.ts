/**
 * The course of a network of leaky integrate-and-fire units in steps of 1 ms, with surrogate Jacobians on (mem, syn) and their
 * adjoint. In this order, o from the potential of the step before:
 *
 *   o = [mem > 1],   syn' = alpha syn + W s / S + b + J o,   mem' = (beta mem + (1 - beta) syn') (1 - o)
 *   D = [ beta + (1 - beta) Js   (1 - beta) alpha ]      Js = J diag(f(mem)),   alpha = e^{-1/5},  beta = e^{-1/10}
 *       [ Js                     alpha            ]
 *
 * (synapse 5 ms, membrane 10 ms). The reset stays out of D: with it D is singular at every spike and the exponents are
 * minus infinity; in gradients its factor is constant. Where time constants are trained each unit has its own alpha and beta (decays.ts). Source: the LIF example of Engelken's surrogate gradient flossing.
 */
import { type Arena, normal, streamKey } from '../core/index.js';
import { allocateMatrix, type Matrix, multiply, transposed } from '../dense/index.js';
import { type Activation, LEAK } from './activation.js';
import type { Flossed, SurrogateCourse } from './course.js';
import { type Decays, decaysOf, gatherLeaks } from './decays.js';
import type { Parameters } from './network.js';

/** Standard normal draws over the root of the number of inputs, each row without its mean. */
export function drawLif(units: number, inputs: number, seed: number): Pick<Flossed, 'input' | 'recurrent'> {
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

/**
 * A course that starts from column 0 of the start state.
 * @param shown steps x S
 * @param k tangent vectors, of 2 N entries: (mem, syn)
 * @param ofSpike f in gradients of the states, where it is another than in D
 */
export function lifCourse(
  arena: Arena,
  parameters: Flossed & Pick<Parameters, 'start'>,
  activation: Activation,
  shown: Float64Array,
  k: number,
  ofSpike = activation.slope,
): SurrogateCourse {
  const { slope, curvature, leak = LEAK } = activation;
  const n = parameters.bias.length;
  const decays = decaysOf(parameters.leaks, leak, n);
  const { synapse, membrane } = decays;
  const of: Decays = { synapse: new Float64Array(n), membrane: new Float64Array(n) };
  const [weights, change] = [0, 1].map(() => allocateMatrix(arena, 'f64', n, n));
  const [scaled, product, summed] = [0, 1, 2].map(() => allocateMatrix(arena, 'f64', k, n));
  arena.f64(weights.at, n * n).set(parameters.recurrent);
  arena.f64(change.at, n * n).fill(0);
  const state = lifState(parameters, shown, activation.send, ofSpike, decays, of);
  /** The first half of all rows times f. */
  const scale = (from: Matrix, f: Float64Array) => {
    const [V, S] = [arena.f64(from.at, 2 * n * k), arena.f64(scaled.at, n * k)];
    for (let c = 0; c < k; c++) for (let j = 0; j < n; j++) S[c * n + j] = V[2 * n * c + j] * f[j];
  };
  const slopesAt = (t: number) => state.mem.subarray(t * n, (t + 1) * n).map(slope);

  return {
    states: state.mem,
    push(t, vectors, next) {
      state.step(t);
      scale(vectors, slopesAt(t));
      multiply(arena, product, scaled, transposed(weights));
      const [V, P, W] = [arena.f64(vectors.at, 2 * n * k), arena.f64(product.at, n * k), arena.f64(next.at, 2 * n * k)];
      for (let c = 0; c < k; c++) {
        for (let j = 0; j < n; j++) {
          const at = 2 * n * c + j;
          const current = synapse[j] * V[at + n] + P[c * n + j];
          W[at + n] = current;
          W[at] = membrane[j] * V[at] + (1 - membrane[j]) * current;
        }
      }
    },
    pull(t, vectors, adjoint, before) {
      const f = slopesAt(t);
      scale(vectors, f);
      const [G, S] = [arena.f64(adjoint.at, 2 * n * k), arena.f64(summed.at, n * k)];
      for (let c = 0; c < k; c++) {
        for (let j = 0; j < n; j++) S[c * n + j] = G[2 * n * c + n + j] + (1 - membrane[j]) * G[2 * n * c + j];
      }
      if (parameters.leaks) {
        // What came into each tangent current, once more.
        multiply(arena, product, scaled, transposed(weights));
        const [V, P] = [arena.f64(vectors.at, 2 * n * k), arena.f64(product.at, n * k)];
        for (let c = 0; c < k; c++) {
          for (let j = 0; j < n; j++) {
            const at = 2 * n * c + j;
            of.synapse[j] += S[c * n + j] * V[at + n];
            of.membrane[j] += G[at] * (V[at] - synapse[j] * V[at + n] - P[c * n + j]);
          }
        }
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
          B[at] = membrane[j] * G[at] + f[j] * U[c * n + j];
          B[at + n] = synapse[j] * S[c * n + j];
        }
      }
      state.before(
        t,
        ofSlope.map((value, j) => value * curvature(state.mem[t * n + j])),
        arena.f64(change.at, n * n),
      );
    },
    gather(gradients) {
      const ofWeights = arena.f64(change.at, n * n);
      for (let e = 0; e < n * n; e++) gradients.recurrent[e] += ofWeights[e];
      for (let e = 0; e < gradients.input.length; e++) gradients.input[e] += state.ofInput[e];
      for (let i = 0; i < n; i++) gradients.bias[i] += state.ofBias[i];
      if (gradients.leaks) gatherLeaks(gradients.leaks, decays, of);
    },
  };
}

/** The state itself, forwards and backwards: mem of all steps, and the last syn. */
function lifState(
  { input, recurrent, bias, start }: Flossed & Pick<Parameters, 'start'>,
  shown: Float64Array,
  send: Activation['send'],
  ofSpike: Activation['slope'],
  { synapse, membrane }: Decays,
  of: Decays,
) {
  const n = bias.length;
  const inputs = input.length / n;
  const steps = shown.length / inputs;
  const batch = start.length / (2 * n);
  const mem = new Float64Array((steps + 1) * n);
  for (let i = 0; i < n; i++) mem[i] = start[i * batch];
  const currents = new Float64Array((steps + 1) * n);
  for (let i = 0; i < n; i++) currents[i] = start[(n + i) * batch];
  const ofInput = new Float64Array(n * inputs);
  const ofBias = new Float64Array(n);
  let [ofMem, ofSyn] = [new Float64Array(n), new Float64Array(n)];
  return {
    mem,
    ofInput,
    ofBias,
    step(t: number): void {
      const syn = currents.subarray((t + 1) * n, (t + 2) * n);
      for (let i = 0; i < n; i++) syn[i] = synapse[i] * currents[t * n + i] + bias[i];
      for (let s = 0; s < inputs; s++) {
        const share = shown[t * inputs + s] / inputs;
        if (share !== 0) for (let i = 0; i < n; i++) syn[i] += input[i * inputs + s] * share;
      }
      for (let j = 0; j < n; j++) {
        if (send(mem[t * n + j]) === 1) for (let i = 0; i < n; i++) syn[i] += recurrent[i * n + j];
      }
      for (let i = 0; i < n; i++) {
        const before = mem[t * n + i];
        mem[(t + 1) * n + i] = send(before) === 1 ? 0 : membrane[i] * before + (1 - membrane[i]) * syn[i];
      }
    },

    /** Takes in the adjoints of mem' and syn' and leaves those before the step, where `added` comes to that of mem. */
    before(t: number, added: Float64Array, ofWeights: Float64Array): void {
      const sent = mem.subarray(t * n, (t + 1) * n).map(send);
      for (let i = 0; i < n; i++) {
        if (sent[i] === 0) {
          ofSyn[i] += (1 - membrane[i]) * ofMem[i];
          of.membrane[i] += ofMem[i] * (mem[t * n + i] - currents[(t + 1) * n + i]);
        }
        of.synapse[i] += ofSyn[i] * currents[t * n + i];
      }
      const next = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const value = ofSyn[i];
        if (value === 0) continue;
        ofBias[i] += value;
        for (let s = 0; s < inputs; s++) {
          const share = shown[t * inputs + s] / inputs;
          if (share !== 0) ofInput[i * inputs + s] += value * share;
        }
        for (let j = 0; j < n; j++) {
          ofWeights[i * n + j] += value * sent[j];
          next[j] += value * recurrent[i * n + j];
        }
      }
      for (let j = 0; j < n; j++) {
        next[j] = (sent[j] === 1 ? 0 : membrane[j] * ofMem[j]) + ofSpike(mem[t * n + j]) * next[j] + added[j];
      }
      ofMem = next;
      ofSyn = ofSyn.map((value, i) => synapse[i] * value);
    },
  };
}
