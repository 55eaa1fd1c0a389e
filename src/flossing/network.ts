/**
 * The rate network that is flossed, its parameters and how they are drawn:
 *
 *   x_t = J h(x_{t-1}) + b + W_s s_t / S,     r_t = W_r x_t + offset
 *
 * with N units, S inputs, R outputs; the readout sees x, not h(x). B trials start from the N x B columns of x_0, which are
 * parameters of the task. Drawn (Engelken's gradient flossing, NeurIPS 2023, and its code for surrogate gradients):
 *
 *   J = g n / sqrt(N) + gbar / N,  or g times an orthogonal matrix;   b = 0.1 u;   W_s, W_r = n;   offset = 0.001
 *   x_0 = n, relaxed for 100 steps without input
 *
 * n standard normal, u uniform in [0, 1). Matrices are stored row after row. Where units leak, the state is twice as long, the
 * potentials x and then the currents, drawn as 0 (lif.ts).
 */
import {
  demandArray,
  demandFinite,
  demandFunction,
  demandInteger,
  demandNumber,
  demandObject,
  demandOneOf,
  normal,
  streamKey,
  uniformStream,
} from '../core/index.js';
import { factorize } from '../lyapunov/index.js';
import { type Activation, statesPerUnit } from './activation.js';

/** How large a network is, and how many trials it runs at a time. */
export interface Sizes {
  /** N. */
  readonly units: number;
  /** S. */
  readonly inputs: number;
  /** R. */
  readonly outputs: number;
  /** B. */
  readonly batch: number;
}

/** How the recurrent weights are drawn. */
export interface Draw {
  /** g. */
  readonly gain: number;
  /** gbar. */
  readonly mean: number;
  /** What J is drawn as, before gbar / N is added: normal entries, or a random orthogonal matrix; times g. */
  readonly shape: 'gauss' | 'orthogonal';
}

/** Parameters by name, in the order in which optimizers see them. */
export interface Parameters {
  /** N x S. */
  readonly input: Float64Array;
  /** J, N x N. */
  readonly recurrent: Float64Array;
  /** W_r, R x N. */
  readonly readout: Float64Array;
  /** b, N. */
  readonly bias: Float64Array;
  /** R. */
  readonly offset: Float64Array;
  /** x_0, N x B; of leaky units 2 N x B, their currents below their potentials. */
  readonly start: Float64Array;
  /** Of leaky units whose time constants are trained, 2 N (decays.ts). */
  readonly leaks?: Float64Array;
}

const BIAS = 0.1;
const OFFSET = 0.001;
const RELAXATION = 100;

const MOST = 1 << 14;

/** Throws `usage` on what is no activation. */
export function checkActivation(activation: Activation): void {
  demandObject('the activation', activation);
  for (const name of ['send', 'slope', 'curvature'] as const)
    demandFunction(`\`${name}\` of the activation`, activation[name]);
}

/** Throws `usage` on parameters that are no numbers, or of another network each. */
export function checkParameters(parameters: Parameters): void {
  demandObject('the parameters', parameters);
  const { input, recurrent, readout, bias, offset, start } = parameters;
  demandFinite('the bias', bias);
  const n = bias.length;
  demandInteger('units', n, 1, MOST);
  demandFinite('the recurrent weights', recurrent, n * n);
  for (const [name, values] of Object.entries({ input, readout, start })) {
    demandFinite(`the ${name}`, values);
    demandInteger(`numbers of the ${name} for each of ${n} units`, values.length / n, 1);
  }
  demandArray('the offset', offset, Float64Array, readout.length / n);
  if (parameters.leaks) demandFinite('the leaks', parameters.leaks, 2 * n);
}

/** The parameters before the first epoch. Throws `usage` for sizes that are none. */
export function drawParameters(sizes: Sizes, draw: Draw, activation: Activation, seed: number): Parameters {
  demandObject('the sizes', sizes);
  for (const name of ['units', 'inputs', 'outputs', 'batch'] as const) demandInteger(name, sizes[name], 1, MOST);
  demandObject('the draw', draw);
  demandNumber('the gain', draw.gain, 0);
  demandNumber('the mean', draw.mean);
  demandOneOf('the shape', draw.shape, ['gauss', 'orthogonal']);
  checkActivation(activation);
  const { units: n, inputs, outputs, batch } = sizes;
  const gaussian = (name: string, size: number) => {
    const key = streamKey(seed, `flossing ${name}`);
    return Float64Array.from({ length: size }, (_, i) => normal(key, 0, i));
  };
  const recurrent = gaussian('recurrent weights', n * n);
  if (draw.shape === 'orthogonal') factorize(recurrent, n, new Float64Array(n * n));
  const scale = draw.shape === 'orthogonal' ? draw.gain : draw.gain / Math.sqrt(n);
  for (let i = 0; i < n * n; i++) recurrent[i] = scale * recurrent[i] + draw.mean / n;
  const uniform = uniformStream(streamKey(seed, 'flossing bias'), 0);
  const bias = Float64Array.from({ length: n }, () => BIAS * uniform());
  const start = new Float64Array(statesPerUnit(activation) * n * batch);
  start.set(gaussian('start', n * batch));
  for (let t = 0; t < RELAXATION; t++) relax(start, recurrent, bias, activation);
  return {
    input: gaussian('input weights', n * inputs),
    recurrent,
    readout: gaussian('readout weights', outputs * n),
    bias,
    offset: new Float64Array(outputs).fill(OFFSET),
    start,
  };
}

/** One step of all trials without input. */
function relax(state: Float64Array, recurrent: Float64Array, bias: Float64Array, { send, leak }: Activation): void {
  const n = bias.length;
  const half = leak ? state.length / 2 : state.length;
  const batch = half / n;
  const sent = state.subarray(0, half).map(send);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < batch; c++) {
      let x = bias[i];
      for (let j = 0; j < n; j++) x += recurrent[i * n + j] * sent[j * batch + c];
      const e = i * batch + c;
      if (leak) {
        state[half + e] = leak.synapse * state[half + e] + x;
        state[e] = (leak.membrane * state[e] + (1 - leak.membrane) * state[half + e]) * (1 - sent[e]);
      } else state[e] = x;
    }
  }
}
