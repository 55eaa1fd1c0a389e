/**
 * A trial of a rate network, and the gradient of a loss of its outputs by backpropagation through time. With a_t = dL/dx_t and
 * d the drive W r + W_in u:
 *
 *   a_t     = (1 - 1/tau) a_{t+1} + phi'(x_t) (W' (a_{t+1} / tau) + w_out dL/do_t)
 *   dL/dW   = sum_t (a_{t+1} / tau) r_t'             dL/dw = dL/dW M .* S [w > 0] with Dale's law, .* S without
 *   dL/dtau = sum_t a_{t+1} (x_t - d_t) / tau^2      dL/dg = dL/dtau (b - a) s (1 - s),  s = sigmoid(g)
 *
 * x_0 = 0.01 N(0,1); the noise xi is drawn per unit and step, and is not scaled by 1/tau.
 */
import { demandArray, demandFinite, demandInteger, demandObject, type Key, refuse, sigmoid } from '../core/index.js';
import { type Cell, unroll } from '../learning/index.js';
import { type Activation, activationOf } from './activation.js';
import { type Connections, checkNetwork, connectionsOf, type RateNetwork, tausOf } from './network.js';
import { fillNormals } from './noise.js';

/** Standard deviations of x_0 and of the noise of a step. */
const START = 0.01;
const NOISE = 0.1;

/** What a trial is given. */
export interface TrialInput {
  /** u, T x inputs by rows. */
  readonly input: Float64Array;
  /** x_0; N. */
  readonly start: Float64Array;
  /** xi / 10, T - 1 x N by rows: what is added at steps 1 ... T - 1. */
  readonly noise: Float64Array;
}

/** What a trial comes to. */
export interface TrialRun {
  /** o; T - 1. */
  readonly outputs: Float64Array;
  /** x at steps 0 ... T - 1; T x N by rows. */
  readonly states: Float64Array;
  /** r at the same. */
  readonly rates: Float64Array;
}

/** Where gradients are added, in the shapes of the network. */
export interface Gradients {
  /** N x N. */
  readonly w: Float64Array;
  /** N. */
  readonly wOut: Float64Array;
  /** One number. */
  readonly bOut: Float64Array;
  /** N. */
  readonly gates: Float64Array;
}

/** Draws x_0 and the noise of trial `index`. */
export function drawTrial(units: number, input: Float64Array, steps: number, key: Key, index: number): TrialInput {
  demandInteger('the number of units', units, 1, 1 << 14);
  demandInteger('the steps of a trial', steps, 2, 1e7);
  demandArray('the input of a trial', input, Float64Array);
  if (!Array.isArray(key) || key.length !== 2) refuse('the key of a stream is what streamKey makes');
  demandInteger('the index of a trial', index, 0, 2 ** 32 - 1);
  const drawn = new Float64Array(units * steps);
  fillNormals(drawn, key, index);
  const start = drawn.subarray(0, units);
  const noise = drawn.subarray(units);
  for (let i = 0; i < units; i++) start[i] *= START;
  for (let i = 0; i < noise.length; i++) noise[i] *= NOISE;
  return { input, start, noise };
}

/** A network ready for trials; it must not change in between. */
export interface RatePass {
  /** Runs a trial. */
  run(trial: TrialInput): TrialRun;
  /** Runs a trial; adds the gradient of the loss, whose slope by the outputs `slopeOf` gives. */
  learn(trial: TrialInput, slopeOf: (outputs: Float64Array) => Float64Array, gradients: Gradients): TrialRun;
}

interface Prepared {
  readonly network: RateNetwork;
  readonly connections: Connections;
  readonly activation: Activation;
  readonly tau: Float64Array;
}

/** Throws `usage` where a trial does not fit the network. */
export function createRatePass(network: RateNetwork): RatePass {
  checkNetwork(network);
  const prepared: Prepared = {
    network,
    connections: connectionsOf(network),
    activation: activationOf(network.activation),
    tau: tausOf(network),
  };
  const begin = (trial: TrialInput) => {
    const steps = stepsOf(network, trial);
    const run: TrialRun = {
      outputs: new Float64Array(steps - 1),
      states: new Float64Array(steps * network.units),
      rates: new Float64Array(steps * network.units),
    };
    run.states.set(trial.start);
    for (let i = 0; i < network.units; i++) run.rates[i] = prepared.activation.send(trial.start[i]);
    return { steps, run };
  };
  return {
    run(trial) {
      const { steps, run } = begin(trial);
      for (let t = 0; t < steps - 1; t++) step(prepared, trial, run, t);
      return run;
    },
    learn(trial, slopeOf, gradients) {
      const { steps, run } = begin(trial);
      let slope: Float64Array | undefined;
      const byWeight = new Float64Array(prepared.connections.senders.length);
      const byTau = new Float64Array(network.units);
      const cell: Cell<Float64Array> = {
        step(t, _, next) {
          step(prepared, trial, run, t);
          const n = network.units;
          next.set(run.states.subarray((t + 1) * n, (t + 2) * n));
        },
        vjp(t, _, __, adjoint) {
          slope ??= slopeOf(run.outputs);
          back(prepared, trial, run, t, slope[t], adjoint, gradients, byWeight, byTau);
        },
      };
      // Everything is kept: states are shared by the readout and the way back.
      const { backward } = unroll(cell, trial.start, steps - 1, steps);
      backward(new Float64Array(network.units));
      scatter(prepared, byWeight, byTau, gradients);
      return run;
    },
  };
}

function stepsOf({ units, inputs }: RateNetwork, trial: TrialInput): number {
  demandObject('a trial', trial);
  const { input, start, noise } = trial;
  demandFinite('x_0', start, units);
  const steps = noise.length / units + 1;
  if (!Number.isInteger(steps) || input.length !== steps * inputs) {
    refuse(
      `a trial of ${steps} steps needs ${steps * inputs} numbers of input; got ${input.length} (${inputs} channels)`,
    );
  }
  return steps;
}

/** From x_t, r_t to x_{t+1}, r_{t+1} and o_t. */
function step(
  { network, connections, activation, tau }: Prepared,
  { input, noise }: TrialInput,
  { outputs, states, rates }: TrialRun,
  t: number,
): void {
  const { units: n, inputs, wIn, wOut, bOut } = network;
  const { starts, senders, weights } = connections;
  const [now, next] = [t * n, (t + 1) * n];
  let out = bOut[0];
  for (let i = 0; i < n; i++) {
    let drive = 0;
    for (let e = starts[i]; e < starts[i + 1]; e++) drive += weights[e] * rates[now + senders[e]];
    for (let k = 0; k < inputs; k++) drive += wIn[i * inputs + k] * input[t * inputs + k];
    const x = states[now + i];
    const y = x + (drive - x) / tau[i] + noise[now + i];
    states[next + i] = y;
    const r = activation.send(y);
    rates[next + i] = r;
    out += wOut[i] * r;
  }
  outputs[t] = out;
}

/** From dL/dx_{t+1} without its readout to dL/dx_t without its own, in place. */
function back(
  { network, connections, activation, tau }: Prepared,
  { noise }: TrialInput,
  { states, rates }: TrialRun,
  t: number,
  slope: number,
  adjoint: Float64Array,
  gradients: Gradients,
  byWeight: Float64Array,
  byTau: Float64Array,
): void {
  const { units: n, wOut } = network;
  const { starts, senders, weights } = connections;
  const [now, next] = [t * n, (t + 1) * n];
  // dL/dr_t.
  const sent = new Float64Array(n);
  gradients.bOut[0] += slope;
  for (let i = 0; i < n; i++) {
    const r = rates[next + i];
    gradients.wOut[i] += slope * r;
    const a = adjoint[i] + slope * wOut[i] * activation.slope(states[next + i], r);
    const x = states[now + i];
    // (x - d) / tau is what the step took away.
    byTau[i] += (a * (x + noise[now + i] - states[next + i])) / tau[i];
    const pull = a / tau[i];
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const j = senders[e];
      sent[j] += weights[e] * pull;
      byWeight[e] += pull * rates[now + j];
    }
    adjoint[i] = a - pull;
  }
  for (let j = 0; j < n; j++) adjoint[j] += sent[j] * activation.slope(states[now + j], rates[now + j]);
}

/** From gradients by W and tau to those by w and g. */
function scatter(
  { network, connections }: Prepared,
  byWeight: Float64Array,
  byTau: Float64Array,
  gradients: Gradients,
): void {
  const { units: n, inhibitory, dale, taus, gates } = network;
  const { starts, senders } = connections;
  for (let i = 0; i < n; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const j = senders[e];
      gradients.w[i * n + j] += dale && inhibitory[j] ? -byWeight[e] : byWeight[e];
    }
  }
  if (taus.length < 2) return;
  for (let i = 0; i < n; i++) {
    const s = sigmoid(gates[i]);
    gradients.gates[i] += byTau[i] * (taus[1] - taus[0]) * s * (1 - s);
  }
}
