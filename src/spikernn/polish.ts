/**
 * A short training of the spiking network itself. Forwards a trial is played with its spikes; backwards the spikes F_j of a column of 5 ms,
 * in 1/s, have a surrogate for their derivative by the current: the slope f' of the curve of firing rates (predict.ts) at c = I + W_in u.
 * With Euler steps of a column, I_i <- I_i + (sum_j W_ij F_j - I_i) / tau_i, r_i <- r_i + (F_i - r_i) / tau_i, out = q r, the adjoints are
 *
 *   a^r_t = (1 - 1/tau) a^r_{t+1} + q dL/dout_t,    a^F = (a^r_t + W' a^I_{t+1}) / tau (of who receives),    a^I_t = (1 - 1/tau) a^I_{t+1} + f'(c_t) a^F
 *   dL/dW_ij = sum_t (a^I_{i,t+1} / tau_i) F_{j,t},    dL/dq_i = sum_t dL/dout_t r_{i,t}
 *
 * W = W_rate / s and q = w_out / s stay divided by s, and the signs and the missing connections of the rate network stay.
 */
import { demandInteger, demandNumber, demandObject, demandPositive, refuse, streamKey } from '../core/index.js';
import { createOptimizer, euclideanLoss, takeStep } from '../learning/index.js';
import { type Connections, checkNetwork, connectionsOf, copyOf, type RateNetwork, tausOf } from './network.js';
import { type FiringCurve, firingAt, firingCurve } from './predict.js';
import { type Mapping, mapNetwork, type SpikingModel } from './spiking.js';
import type { RateTask } from './tasks.js';

/** How a network is polished. */
export interface Polish {
  /** Updates, of one trial each. */
  readonly trials: number;
  /** Learning rate of Adam. */
  readonly rate: number;
  /** Seed of trials and noise. */
  readonly seed: number;
}

/** Polishing draws trials that no search draws. */
const APART = 2 ** 30;
/** mV between which f' is taken. */
const SPAN = 0.5;

/** A network with other weights and readout, for the same mapping; b_out is moved where the mapping uses it. */
export function polished(
  network: RateNetwork,
  mapping: Mapping & { readonly scale: number },
  model: SpikingModel,
  task: RateTask,
  polish: Polish,
  each: (trial: number, loss: number) => void = () => {},
): RateNetwork {
  checkNetwork(network);
  demandObject('the mapping', mapping);
  demandNumber('one scaling factor for all units', mapping.scale);
  demandObject('how it is polished', polish);
  const { trials, rate, seed } = polish;
  demandInteger('the number of trials', trials, 1, 1e6);
  demandPositive('the learning rate', rate);
  demandInteger('a seed', seed);
  if (model?.downsample !== 1) refuse('a network is polished at steps of 0.05 ms; leave --downsample at 1');
  const curve = firingCurve(model, seed);
  const moved = copyOf(network);
  const optimizer = createOptimizer('adam-tf', moved.w.length + moved.wOut.length + 1);
  const groups = [
    { name: 'w', values: moved.w },
    { name: 'w_out', values: moved.wOut },
    { name: 'b_out', values: moved.bOut },
  ];
  for (let trial = 0; trial < trials; trial++) {
    const { loss, gradients } = gradientOf(moved, mapping, model, task, curve, seed, APART + trial);
    each(trial, loss);
    takeStep(optimizer, groups, gradients, rate);
  }
  return moved;
}

/** Loss and gradients by w, w_out and b_out of one trial. */
function gradientOf(
  network: RateNetwork,
  mapping: Mapping & { readonly scale: number },
  model: SpikingModel,
  { task, longer }: RateTask,
  curve: FiringCurve,
  seed: number,
  index: number,
) {
  const { units: n } = network;
  const { input } = longer.trial(seed, index);
  const { target } = task.trial(seed, index);
  const T = task.steps;
  const spiking = mapNetwork(network, mapping, model);
  const [currents, rates] = [new Float64Array(T * n), new Float64Array(T * n)];
  const states = spiking.states(input, streamKey(seed, 'spikernn spiking'), index, { every: 100 });
  let next = states.next();
  for (let t = 0; !next.done; t++, next = states.next()) {
    currents.set(next.value.current, t * n);
    rates.set(next.value.rate, t * n);
  }
  const { outputs, spikeSteps, spikeUnits } = next.value;
  const fired = new Float64Array(T * n);
  spikeUnits.forEach((unit, k) => {
    fired[Math.floor((spikeSteps[k] - 1) / 100) * n + unit] += 200;
  });
  const { value, gradient } = euclideanLoss(
    Float64Array.from(target, (_, t) => outputs[100 * t + 99]),
    target,
  );
  const slopes = slopesOf(network, curve, input, currents);
  return { loss: value, gradients: backwards(network, mapping, slopes, rates, fired, gradient) };
}

/** f' of every unit in every column. */
function slopesOf(
  { units: n, inputs, wIn }: RateNetwork,
  curve: FiringCurve,
  input: Float64Array,
  currents: Float64Array,
): Float64Array {
  return currents.map((current, e) => {
    const [t, i] = [Math.floor(e / n), e % n];
    let c = current;
    for (let k = 0; k < inputs; k++) c += wIn[i * inputs + k] * input[t * inputs + k];
    return (firingAt(curve, c + SPAN) - firingAt(curve, c - SPAN)) / (2 * SPAN);
  });
}

function backwards(
  network: RateNetwork,
  { scale, offset }: Mapping & { readonly scale: number },
  slopes: Float64Array,
  rates: Float64Array,
  fired: Float64Array,
  gradient: Float64Array,
): Float64Array[] {
  const { units: n, wOut } = network;
  const connections: Connections = connectionsOf(network);
  const { starts, senders, weights } = connections;
  const tau = tausOf(network);
  const [byWeight, byReadout] = [new Float64Array(senders.length), new Float64Array(n)];
  const [current, filtered] = [new Float64Array(n), new Float64Array(n)];
  for (let t = gradient.length - 1; t >= 0; t--) {
    const arrived = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const pull = current[i] / tau[i];
      for (let e = starts[i]; e < starts[i + 1]; e++) {
        byWeight[e] += (pull * fired[t * n + senders[e]]) / scale;
        arrived[senders[e]] += (pull * weights[e]) / scale;
      }
      byReadout[i] += (gradient[t] * rates[t * n + i]) / scale;
      filtered[i] = filtered[i] * (1 - 1 / tau[i]) + (gradient[t] * wOut[i]) / scale;
    }
    for (let i = 0; i < n; i++) {
      const sent = arrived[i] + filtered[i] / tau[i];
      current[i] = current[i] * (1 - 1 / tau[i]) + slopes[t * n + i] * sent;
    }
  }
  const w = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const j = senders[e];
      w[i * n + j] = network.dale && network.inhibitory[j] ? -byWeight[e] : byWeight[e];
    }
  }
  return [w, byReadout, Float64Array.of(offset ? gradient.reduce((a, b) => a + b, 0) : 0)];
}
