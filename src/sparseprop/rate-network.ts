/**
 * The rate network that follows one, two or three random signals, trained by backpropagation through time:
 *
 *   x_{t+1} = x_t + dt (-x_t + J relu(x_t) + ws s_t / S) + sigma sqrt(dt) xi_t,     r_t = wr relu(x_{t+1}) / N,
 *   L = (sum |r_t - s_t|^2 + 1e-4 sum x_{t+1}^2) / (B T S)      over trials and over t from the tenth step on,
 *   J = 0.032 N(0, 1) / sqrt(N) - 1 / N, its diagonal zero,     ws ~ 1 + 0.01 N(0, 1),     wr ~ 1 + 0.2 N(0, 1).
 *
 * dt = 0.2, sigma = 1; signals of src/tasks. With two populations (`populations` 2), columns of J from the excitatory half have mean
 * 1 / (N/2) and -2 / (N/2) the inhibitory ones on excitatory neurons, 1 and -1.8 on inhibitory ones.
 *
 * Source: R. Engelken et al., code of "A time-resolved theory of information encoding in recurrent neural networks" (NeurIPS 2022).
 */
import {
  type Arena,
  createArena,
  demandInteger,
  demandObject,
  demandOneOf,
  normal,
  refuse,
  streamKey,
} from '../core/index.js';
import { allocateMatrix, type Matrix, multiply, transposed } from '../dense/index.js';
import { tracking, trackingDefaults } from '../tasks/index.js';

/** What is built. */
export interface RateSpec {
  /** N. */
  readonly n: number;
  /** S. */
  readonly signals: number;
  /** B. */
  readonly batch: number;
  /** One population, or an excitatory and an inhibitory half. */
  readonly populations: 1 | 2;
  /** Of the first parameters, and in `trainTracker` of all trials. */
  readonly seed: number;
}

const { steps: T, dt } = trackingDefaults;
const [SIGMA, PENALTY, FIRST] = [1, 1e-4, 9];
const RELAX = Math.round(100 / dt);

/** What is trained. */
export interface RateParameters {
  /** N x N, row after row: J_ij from j to i. */
  readonly J: Float64Array;
  /** N x S. */
  readonly ws: Float64Array;
  /** S x N. */
  readonly wr: Float64Array;
}

/** Throws `usage` where there is no such network. */
export function demandRates(spec: RateSpec): void {
  demandObject('the network', spec);
  demandInteger('neurons', spec.n, 2);
  // Neurons form as many groups.
  demandInteger('signals', spec.signals, 1, spec.n);
  demandInteger('trials of a batch', spec.batch, 1);
  demandOneOf('populations', spec.populations, [1, 2]);
  if (spec.populations === 2 && spec.n % 2 === 1)
    refuse(`two populations need an even number of neurons; got ${spec.n}`);
  demandInteger('the seed', spec.seed);
}

/** The parameters before training. */
export function rateParameters(spec: RateSpec): RateParameters {
  demandRates(spec);
  const { n, signals, populations, seed } = spec;
  const key = streamKey(seed, 'sparseprop rate network');
  const half = n >> 1;
  const meanOf = (i: number, j: number): number => {
    if (populations === 1) return -1 / n;
    return (j < half ? 1 : i < half ? -2 : -1.8) / half;
  };
  const J = Float64Array.from({ length: n * n }, (_, e) => {
    const [i, j] = [Math.floor(e / n), e % n];
    return (0.032 * normal(key, 0, e)) / Math.sqrt(n) + meanOf(i, j);
  });
  clearDiagonal(J, n);
  return {
    J,
    ws: Float64Array.from({ length: n * signals }, (_, e) => 1 + 0.01 * normal(key, 1, e)),
    wr: Float64Array.from({ length: n * signals }, (_, e) => 1 + 0.2 * normal(key, 2, e)),
  };
}

/** No neuron hears itself. */
export function clearDiagonal(J: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) J[i * n + i] = 0;
}

/** One batch: inputs, and what is made of them. */
export interface RatePass {
  /** L, mean over trials, steps and signals. */
  readonly loss: number;
  /** Readouts r of the first trial, T x S. */
  readonly output: Float64Array;
  /** Signals s of the first trial, which `output` is to show, T x S. */
  readonly target: Float64Array;
  /** States x of the first trial, T x N. */
  readonly course: Float64Array;
}

/** A network with room for its batches. */
export interface RateNetwork {
  /** The state at which the network rests under a constant input of 1, without noise. */
  relaxed(parameters: RateParameters): Float64Array;
  /**
   * Runs a batch from a state; with `gradients` (J, ws, wr) adds dL to them. Signals and noise depend on seed and index alone.
   */
  pass(
    parameters: RateParameters,
    start: Float64Array,
    seed: number,
    index: number,
    gradients?: readonly Float64Array[],
  ): RatePass;
}

const relu = (x: number) => (x > 0 ? x : 0);

/** Makes room for a network's batches. */
export function createRateNetwork(spec: RateSpec): RateNetwork {
  demandRates(spec);
  const { n, signals: S, batch: B } = spec;
  const arena = createArena();
  const make = (rows: number, columns: number) => allocateMatrix(arena, 'f64', rows, columns);
  const J = make(n, n);
  // States of steps 0 ... T one behind the other, their rates, and the adjoints of steps 1 ... T.
  const [states, rates, adjoints] = [make((T + 1) * B, n), make((T + 1) * B, n), make(T * B, n)];
  const [drive, ofJ] = [make(B, n), make(n, n)];
  const view = ({ at, rows, columns }: Matrix) => arena.f64(at, rows * columns);
  const part = (m: Matrix, t: number): Matrix => ({ ...m, at: m.at + 8 * t * B * n, rows: B });
  const task = tracking({ steps: T, dt, signals: S });

  return {
    relaxed(parameters) {
      let x = new Float64Array(n);
      for (let k = 0; k < RELAX; k++) {
        x = x.map((value, i) => {
          let sum = 0;
          for (let j = 0; j < n; j++) sum += parameters.J[i * n + j] * relu(x[j]);
          for (let s = 0; s < S; s++) sum += parameters.ws[i * S + s] / S;
          return value + dt * (sum - value);
        });
      }
      return x;
    },
    pass(parameters, start, seed, index, gradients) {
      view(J).set(parameters.J);
      const signals = Array.from({ length: B }, (_, b) => task.trial(seed, index * B + b).input);
      const key = streamKey(seed, 'sparseprop rate noise');
      forward({ arena, J, drive, part, states, rates, view }, spec, parameters, start, signals, (count) =>
        normal(key, index, count),
      );
      const { loss, ofOutput, output } = readOut(view(states), view(rates), spec, parameters, signals);
      if (gradients) {
        const room = { arena, J, drive, part, states, rates, view, adjoints, ofJ };
        back(room, spec, parameters, signals, ofOutput, gradients);
      }
      const course = new Float64Array(T * n);
      for (let t = 0; t < T; t++) course.set(view(states).subarray((t + 1) * B * n, (t + 1) * B * n + n), t * n);
      return { loss, output, target: signals[0], course };
    },
  };
}

interface Room {
  arena: Arena;
  J: Matrix;
  drive: Matrix;
  states: Matrix;
  rates: Matrix;
  part(m: Matrix, t: number): Matrix;
  view(m: Matrix): Float64Array;
}

function forward(
  { arena, J, drive, part, states, rates, view }: Room,
  { n, signals: S, batch: B }: RateSpec,
  { ws }: RateParameters,
  start: Float64Array,
  signals: readonly Float64Array[],
  noise: (count: number) => number,
): void {
  for (let b = 0; b < B; b++) view(states).set(start, b * n);
  for (let e = 0; e < B * n; e++) view(rates)[e] = relu(start[e % n]);
  const root = SIGMA * Math.sqrt(dt);
  for (let t = 0; t < T; t++) {
    multiply(arena, drive, part(rates, t), transposed(J));
    const [x, r, d] = [view(states), view(rates), view(drive)];
    for (let b = 0; b < B; b++) {
      for (let i = 0; i < n; i++) {
        let sum = d[b * n + i];
        for (let s = 0; s < S; s++) sum += (ws[i * S + s] * signals[b][t * S + s]) / S;
        const e = (t * B + b) * n + i;
        const value = x[e] + dt * (sum - x[e]) + root * noise(e);
        x[e + B * n] = value;
        r[e + B * n] = relu(value);
      }
    }
  }
}

/** Readouts of all trials, the loss, and dL/dr. */
function readOut(
  x: Float64Array,
  r: Float64Array,
  { n, signals: S, batch: B }: RateSpec,
  { wr }: RateParameters,
  signals: readonly Float64Array[],
) {
  const scale = 1 / (B * T * S);
  const ofOutput = new Float64Array(T * B * S);
  const output = new Float64Array(T * S);
  let loss = 0;
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      const row = ((t + 1) * B + b) * n;
      for (let s = 0; s < S; s++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += wr[s * n + i] * r[row + i];
        if (b === 0) output[t * S + s] = sum / n;
        if (t < FIRST) continue;
        const miss = sum / n - signals[b][t * S + s];
        loss += miss * miss * scale;
        ofOutput[(t * B + b) * S + s] = 2 * miss * scale;
      }
      if (t >= FIRST) for (let i = 0; i < n; i++) loss += PENALTY * x[row + i] * x[row + i] * scale;
    }
  }
  return { loss, ofOutput, output };
}

/** a_{t+1} = dL/dx_{t+1};   a_t = (1 - dt) a_{t+1} + dt relu'(x_t) J' a_{t+1} + what the loss says of x_t. */
function back(
  { arena, J, drive, part, states, rates, view, adjoints, ofJ }: Room & { adjoints: Matrix; ofJ: Matrix },
  { n, signals: S, batch: B }: RateSpec,
  { wr }: RateParameters,
  signals: readonly Float64Array[],
  ofOutput: Float64Array,
  [gJ, gs, gr]: readonly Float64Array[],
): void {
  const scale = 1 / (B * T * S);
  for (let t = T - 1; t >= 0; t--) {
    if (t < T - 1) multiply(arena, drive, part(adjoints, t + 1), J);
    const [x, r, a, d] = [view(states), view(rates), view(adjoints), view(drive)];
    for (let b = 0; b < B; b++) {
      const row = (t * B + b) * n;
      const now = row + B * n;
      for (let i = 0; i < n; i++) {
        const on = x[now + i] > 0 ? 1 : 0;
        let sum = t < T - 1 ? (1 - dt) * a[now + i] + dt * on * d[b * n + i] : 0;
        if (t >= FIRST) {
          sum += 2 * PENALTY * x[now + i] * scale;
          for (let s = 0; s < S; s++) {
            const g = ofOutput[(t * B + b) * S + s];
            sum += (on * g * wr[s * n + i]) / n;
            gr[s * n + i] += (g * r[now + i]) / n;
          }
        }
        a[row + i] = sum;
        for (let s = 0; s < S; s++) gs[i * S + s] += (dt * sum * signals[b][t * S + s]) / S;
      }
    }
  }
  // dL/dJ = dt sum over steps and trials of a_{t+1} relu(x_t)'.
  multiply(arena, ofJ, transposed(adjoints), { ...rates, rows: T * B });
  const sum = view(ofJ);
  for (let e = 0; e < n * n; e++) gJ[e] += dt * sum[e];
}
