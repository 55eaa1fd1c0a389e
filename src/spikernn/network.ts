/**
 * The rate network of Kim, Li and Sejnowski (PNAS 116:22811, 2019), N units in steps of 5 ms:
 *
 *   x_t = (1 - 1/tau) x_{t-1} + (1/tau) (W r_{t-1} + W_in u_{t-1}) + xi_t / 10,    r = phi(x),    o_t = w_out r_t + b_out
 *   W = (relu(w) M) .* S        row: who receives, column: who sends; M diagonal, -1 inhibitory, +1 excitatory
 *   tau_i = sigmoid(g_i) (b - a) + a   in steps, or a for all
 *
 * Without Dale's law W = w .* S and no unit is inhibitory. S is 0 from every inhibitory unit onto the first `som` inhibitory ones.
 */
import {
  demandFinite,
  demandInteger,
  demandNumber,
  demandObject,
  demandOneOf,
  EngramError,
  normal,
  refuse,
  sigmoid,
  streamKey,
  uniformStream,
} from '../core/index.js';
import { type ActivationName, activations } from './activation.js';

/** A rate network. */
export interface RateNetwork {
  /** N. */
  readonly units: number;
  /** Channels of the input. */
  readonly inputs: number;
  /** phi. */
  readonly activation: ActivationName;
  /** Whether every unit only excites or only inhibits. */
  readonly dale: boolean;
  /** Time constants in steps of 5 ms: the range [a, b], or [a] for all. */
  readonly taus: readonly number[];
  /** 1 where a unit inhibits; N. */
  readonly inhibitory: Uint8Array;
  /** S, 1 where a connection may be; N x N by rows. */
  readonly allowed: Uint8Array;
  /** w; N x N by rows. */
  readonly w: Float64Array;
  /** W_in; N x inputs by rows. */
  readonly wIn: Float64Array;
  /** N. */
  readonly wOut: Float64Array;
  /** One number. */
  readonly bOut: Float64Array;
  /** g; N. */
  readonly gates: Float64Array;
}

/** How a network is drawn; the names are those of the original's arguments. */
export interface Draw {
  /** N. */
  readonly units: number;
  /** Channels of the input. */
  readonly inputs: number;
  /** What a unit sends. */
  readonly activation: ActivationName;
  /** Whether every unit only excites or only inhibits. */
  readonly dale: boolean;
  /** Range of time constants in steps, or one for all. */
  readonly taus: readonly number[];
  /** Gain of the recurrent weights. */
  readonly gain: number;
  /** Probability that a unit is inhibitory. */
  readonly inhibitoryShare: number;
  /** Probability that a connection is there. */
  readonly connectedShare: number;
  /** Inhibitory units that no inhibitory unit reaches. */
  readonly som: number;
  /** Inhibitory columns times n_exc / n_inh, so that rows have mean zero. */
  readonly balanced: boolean;
  /** Scale of w_out: N(0,1)/100, or N(0,1)/sqrt(N). */
  readonly readout: 'small' | 'root';
}

/** Throws `usage` for what no network can be drawn from, or for a draw that has no unit of a kind that it needs. */
export function drawNetwork(draw: Draw, seed: number): RateNetwork {
  checkDraw(draw);
  const { units: n, inputs, activation, dale, taus, gain, connectedShare, som, balanced } = draw;
  const gaussians = (name: string, count: number, scale: number) => {
    const key = streamKey(seed, `spikernn ${name}`);
    return Float64Array.from({ length: count }, (_, i) => scale * normal(key, 0, i));
  };
  const inhibitory = drawKinds(draw, seed);
  const scale = gain / Math.sqrt(n * connectedShare);
  const present = uniformStream(streamKey(seed, 'spikernn connections'));
  const w = gaussians('weights', n * n, scale).map((value) => {
    if (!(present() < connectedShare)) return 0;
    return dale ? Math.abs(value) : value;
  });
  if (balanced && dale) {
    const count = inhibitory.reduce((sum, one) => sum + one, 0);
    for (let e = 0; e < w.length; e++) if (inhibitory[e % n]) w[e] *= (n - count) / count;
  }
  return {
    units: n,
    inputs,
    activation,
    dale,
    taus: [...taus],
    inhibitory,
    allowed: allowedOf(inhibitory, som),
    w,
    wIn: gaussians('input', n * inputs, 1),
    wOut: gaussians('readout', n, draw.readout === 'root' ? 1 / Math.sqrt(n) : 0.01),
    bOut: new Float64Array(1),
    gates: gaussians('time constants', n, 1),
  };
}

function drawKinds({ units, dale, inhibitoryShare, som }: Draw, seed: number): Uint8Array {
  const uniform = uniformStream(streamKey(seed, 'spikernn kinds'));
  const kinds = Uint8Array.from({ length: units }, () => (dale && uniform() < inhibitoryShare ? 1 : 0));
  const count = kinds.reduce((sum, one) => sum + one, 0);
  if (dale && (count === 0 || count === units)) {
    const kind = count === 0 ? 'inhibitory' : 'excitatory';
    throw new EngramError(
      'usage',
      `seed ${seed} draws no ${kind} unit among ${units} at P_inh ${inhibitoryShare}; take another --seed, more units (--N), or --apply_dale no`,
    );
  }
  if (som > count)
    refuse(`${som} of the inhibitory units are to be SOM (--som_N), and seed ${seed} draws ${count} of them`);
  return kinds;
}

/** S of the first `som` inhibitory units. */
export function allowedOf(inhibitory: Uint8Array, som: number): Uint8Array {
  const n = inhibitory.length;
  const allowed = new Uint8Array(n * n).fill(1);
  let left = som;
  for (let i = 0; i < n && left > 0; i++) {
    if (!inhibitory[i]) continue;
    left--;
    for (let j = 0; j < n; j++) if (inhibitory[j]) allowed[i * n + j] = 0;
  }
  return allowed;
}

function checkDraw(draw: Draw): void {
  demandObject('how a network is drawn', draw);
  const { units, inputs, activation, taus, gain, inhibitoryShare, connectedShare, som } = draw;
  demandInteger('the number of units', units, 2, 1 << 14);
  demandInteger('the number of inputs', inputs, 0, 1 << 10);
  demandOneOf('the activation', activation, activations);
  demandOneOf('the scale of the readout', draw.readout, ['small', 'root']);
  demandNumber('the gain', gain, 0);
  demandNumber('the share of inhibitory units', inhibitoryShare, 0, 1);
  demandNumber('the share of connections', connectedShare, 0, 1);
  if (connectedShare === 0) refuse('the share of connections must be above 0: no unit would hear another one');
  demandInteger('the number of SOM units', som, 0, units);
  if (draw.balanced && !draw.dale)
    refuse("inhibition is drawn as strong as excitation (--balanced) where Dale's law tells them apart");
  checkTaus(taus);
}

function checkTaus(taus: unknown): void {
  const list = Array.isArray(taus) ? (taus as number[]) : [];
  if (list.length < 1 || list.length > 2) refuse('time constants are one number of steps, or a range of two');
  for (const tau of list) {
    demandNumber('a time constant', tau, undefined, 1e6);
    if (tau < 1) refuse(`a time constant must be at least one step of 5 ms; got ${tau} (in steps)`);
  }
  if (list.length === 2 && list[0] > list[1])
    refuse(`the range of time constants must not fall; got ${list[0]} to ${list[1]}`);
}

/** Throws `usage` unless this is a whole network of finite numbers. */
export function checkNetwork(network: RateNetwork): void {
  demandObject('the network', network);
  const { units: n, inputs, activation, taus, inhibitory, allowed } = network;
  demandInteger('the number of units', n, 1, 1 << 14);
  demandInteger('the number of inputs', inputs, 0, 1 << 10);
  demandOneOf('the activation', activation, activations);
  checkTaus(taus);
  for (const [name, array, length] of [
    ['the kinds of units', inhibitory, n],
    ['the allowed connections', allowed, n * n],
  ] as const) {
    if (!(array instanceof Uint8Array) || array.length !== length) refuse(`${name} must be a Uint8Array of ${length}`);
  }
  demandFinite('w', network.w, n * n);
  demandFinite('w_in', network.wIn, n * inputs);
  demandFinite('w_out', network.wOut, n);
  demandFinite('b_out', network.bOut, 1);
  demandFinite('g', network.gates, n);
}

/** A copy whose arrays may be moved. */
export const copyOf = (network: RateNetwork): RateNetwork => ({
  ...network,
  w: network.w.slice(),
  wOut: network.wOut.slice(),
  bOut: network.bOut.slice(),
  gates: network.gates.slice(),
});

/** tau of every unit, in steps. */
export function tausOf(network: Pick<RateNetwork, 'gates' | 'taus'>): Float64Array {
  demandObject('the network', network);
  const { gates, taus } = network;
  checkTaus(taus);
  demandFinite('g', gates);
  const [a, b = a] = taus;
  return gates.map((g) => sigmoid(g) * (b - a) + a);
}

/** The connections that are there, by rows: who may be moved by a gradient, or carries anything. */
export interface Connections {
  /** Row i has the entries from starts[i] to starts[i + 1] - 1. */
  readonly starts: Uint32Array;
  /** Who sends. */
  readonly senders: Uint32Array;
  /** W. */
  readonly weights: Float64Array;
}

/** With Dale's law those with w > 0; without it all that are allowed, since a zero is moved too. */
export function connectionsOf({ units: n, w, allowed, inhibitory, dale }: RateNetwork): Connections {
  const starts = new Uint32Array(n + 1);
  const senders = new Uint32Array(n * n);
  const weights = new Float64Array(n * n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const value = w[i * n + j];
      if (!allowed[i * n + j] || (dale && !(value > 0))) continue;
      senders[count] = j;
      weights[count++] = dale && inhibitory[j] ? -value : value;
    }
    starts[i + 1] = count;
  }
  return { starts, senders: senders.subarray(0, count), weights: weights.subarray(0, count) };
}
