/**
 * One pass forwards and backwards through a recurrent network on a grid of time steps dt: the surrogate gradient of the
 * van Rossum loss of all neurons (backpropagation through time, SuperSpike of Zenke and Ganguli 2018, with delays).
 *
 * Forwards, an emission of size S at step position p (not whole: threshold crossings are interpolated) reaches a synapse of
 * delay d at p + d/dt = j + f, split between the two taps of its target's buffer I, which the kernel filters, q = e^{-dt}:
 *
 *   I_j += (1 - f) w S,  I_{j+1} += f w S,     c_i = q c_{i-1} + I_i,  a_i = q (a_{i-1} + dt c_{i-1}),  z_i = e a_i.
 *
 * S = 1 where z reaches the threshold outside of refractoriness, else 0; a clamped neuron sends its prescribed spikes
 * instead. The loss is 1/2 int (alpha * (S - S*))^2 dt, alpha(t) = 2 (e^{-t} - e^{-2t}): double exponential, area 1.
 *
 * Backwards, with the surrogate slope f(z - threshold) for dS/dz, in refractoriness too, as in the original,
 *
 *   dL/dI_j = sum_{i > j} dL/dz_i h((i - j) dt)                                       (the same filter, reversed in time)
 *   dL/dS at p = alpha reversed * alpha * (S - S*) + gain * sum over its synapses of w ((1 - f) dL/dI_j + f dL/dI_{j+1})
 *   dL/dw = sum over emissions of S ((1 - f) dL/dI_j + f dL/dI_{j+1}).
 *
 * What comes back through the network is damped by `gain` (Bellec 2018 damps so too, by 0.3): sums of surrogates over the
 * steps around a spike overstate what it does, and from spike to spike that grows. The sum over synapses is left out where |z - threshold| >= cut: there f is small, and nothing was sent. Arrays run step
 * after step, step i of neuron l at i L + l. The whole course is kept: the buffers are not rings but the unrolled time.
 */
import { decay } from '../../core/index.js';
import { neuronCount, type Wiring } from '../network/index.js';
import { horizonFor, KERNEL_DRIVE } from '../template/index.js';
import type { Surrogate } from './surrogate.js';

/** The network as its senders see it, and the buffers of a lesson. */
export interface Unrolled {
  readonly neurons: number;
  readonly dt: number;
  /** Steps before time 0, in which prescribed spikes alone act, and all steps. */
  readonly lead: number;
  readonly steps: number;
  /** Sender s owns synapses starts[s] to starts[s + 1] - 1 of the lists below. */
  readonly starts: Uint32Array;
  readonly targets: Uint32Array;
  /** Delays in steps. */
  readonly delays: Float64Array;
  /** Place of each synapse in the wiring. */
  readonly places: Uint32Array;
  /** I, then dL/dI. */
  readonly inputs: Float64Array;
  /** z - threshold, then dL/dz. */
  readonly distances: Float64Array;
  /** 1 where what a neuron emits depends on its potential, 2 where it fires. */
  readonly open: Uint8Array;
  /** S - S*, then what the loss says about an emission. */
  readonly errors: Float64Array;
}

/** Steps before time 0: the kernel is below 1e-5 of its peak after that long. */
const LEAD = horizonFor(1e-5);

export function unroll(wiring: Wiring, duration: number, dt: number): Unrolled {
  const neurons = neuronCount(wiring);
  const lead = Math.ceil(LEAD / dt);
  const steps = lead + Math.ceil(duration / dt) + 1;
  const starts = new Uint32Array(neurons + 1);
  for (const source of wiring.sources) starts[source + 1]++;
  for (let s = 0; s < neurons; s++) starts[s + 1] += starts[s];
  const next = starts.slice(0, neurons);
  const targets = new Uint32Array(wiring.sources.length);
  const delays = new Float64Array(wiring.sources.length);
  const places = new Uint32Array(wiring.sources.length);
  for (let l = 0; l < neurons; l++) {
    for (let k = wiring.starts[l]; k < wiring.starts[l + 1]; k++) {
      const at = next[wiring.sources[k]]++;
      targets[at] = l;
      delays[at] = wiring.delays[k] / dt;
      places[at] = k;
    }
  }
  const size = steps * neurons;
  return {
    neurons,
    dt,
    lead,
    steps,
    starts,
    targets,
    delays,
    places,
    inputs: new Float64Array(size),
    distances: new Float64Array(size),
    open: new Uint8Array(size),
    errors: new Float64Array(size),
  };
}

export interface Lesson {
  /** Spikes of each neuron before time 0, and those that are prescribed from then on. */
  readonly history: readonly Float64Array[];
  readonly prescribed: readonly Float64Array[];
  /** 1 for neurons that send what is prescribed. */
  readonly clamped: Uint8Array;
  /** Threshold of spike `count` of neuron l after time 0. */
  threshold(l: number, count: number): number;
}

export interface Cell {
  readonly surrogate: Surrogate;
  /** What is passed on to senders counts so much: 1 in the exact gradient of the smooth cell. */
  readonly gain: number;
  /** Distance from the threshold beyond which nothing is passed on to senders. */
  readonly cut: number;
  /** For checks: emissions are surrogate.value(z - threshold) at every step, without refractoriness. */
  readonly smooth?: boolean;
}

/** Emissions in the order in which they were sent: by whom, at which position in steps, how large, at which step. */
interface Emissions {
  senders: number[];
  positions: number[];
  sizes: number[];
}

/**
 * Writes the gradient with respect to the weights and returns the loss, the multiply-adds, and what was played after
 * time 0, neuron after neuron.
 */
export function pass(
  net: Unrolled,
  lesson: Lesson,
  cell: Cell,
  weights: Float64Array,
  gradient: Float64Array,
): { loss: number; macs: number; played: Float64Array[] } {
  const { neurons, dt, lead, steps, inputs, distances, open, errors } = net;
  inputs.fill(0);
  distances.fill(0);
  errors.fill(0);
  open.fill(0);
  const sent: Emissions = { senders: [], positions: [], sizes: [] };
  let macs = 0;
  const send = (s: number, position: number, size: number) => {
    sent.senders.push(s);
    sent.positions.push(position);
    sent.sizes.push(size);
    macs += 2 * deposit(net, weights, s, position, size);
  };
  const last = new Float64Array(neurons);
  for (let l = 0; l < neurons; l++) {
    const past = lesson.history[l];
    for (const time of past) send(l, lead + time / dt, 1);
    last[l] = past.length > 0 ? past[past.length - 1] : Number.NEGATIVE_INFINITY;
    for (const time of lesson.prescribed[l]) {
      spread(errors, neurons, l, lead + time / dt, -1, steps);
      if (lesson.clamped[l] === 1) send(l, lead + time / dt, 1);
    }
  }
  const played = forward(net, lesson, cell, last, send);
  const loss = lossBackward(net);
  macs += steps * neurons * 20 + backward(net, lesson, cell, weights, played);
  gradient.fill(0);
  for (let e = 0; e < sent.senders.length; e++) {
    const s = sent.senders[e];
    for (let k = net.starts[s]; k < net.starts[s + 1]; k++) {
      gradient[net.places[k]] += sent.sizes[e] * tapped(net, inputs, net.targets[k], sent.positions[e] + net.delays[k]);
    }
    macs += 2 * (net.starts[s + 1] - net.starts[s]);
  }
  return { loss, macs, played: played.map((spikes) => Float64Array.from(spikes, (p) => (p - lead) * dt)) };
}

/** Adds an amount at a position between two steps. */
function spread(values: Float64Array, neurons: number, l: number, position: number, amount: number, steps: number) {
  const j = Math.floor(position);
  const f = position - j;
  if (j >= 0 && j < steps) values[j * neurons + l] += (1 - f) * amount;
  if (j + 1 >= 0 && j + 1 < steps) values[(j + 1) * neurons + l] += f * amount;
}

/** The value at a position between two steps, 0 outside. */
function tapped({ neurons, steps }: Unrolled, values: Float64Array, l: number, position: number): number {
  const j = Math.floor(position);
  const f = position - j;
  return (
    (j >= 0 && j < steps ? (1 - f) * values[j * neurons + l] : 0) +
    (j + 1 >= 0 && j + 1 < steps ? f * values[(j + 1) * neurons + l] : 0)
  );
}

/** An emission into the buffers of all targets of its sender. @returns how many there are */
function deposit(net: Unrolled, weights: Float64Array, s: number, position: number, size: number): number {
  const { starts, targets, delays, places, inputs, neurons, steps } = net;
  for (let k = starts[s]; k < starts[s + 1]; k++) {
    spread(inputs, neurons, targets[k], position + delays[k], weights[places[k]] * size, steps);
  }
  return starts[s + 1] - starts[s];
}

/** Runs the network from time 0 on; fills distances, open and errors. @returns positions of the spikes of each neuron */
function forward(
  net: Unrolled,
  { clamped, threshold }: Lesson,
  { surrogate, smooth }: Cell,
  last: Float64Array,
  send: (s: number, position: number, size: number) => void,
): number[][] {
  const { neurons, dt, lead, steps, inputs, distances, open, errors } = net;
  const q = decay(dt);
  const drive = new Float64Array(neurons);
  const level = new Float64Array(neurons);
  const before = new Float64Array(neurons);
  const theta = Float64Array.from(last, (_, l) => threshold(l, 0));
  // When each neuron may fire again, in steps.
  const ready = Float64Array.from(last, (time) => lead + (time + 1) / dt);
  const played: number[][] = Array.from({ length: neurons }, () => []);
  for (let i = 0; i < steps; i++) {
    for (let l = 0; l < neurons; l++) {
      const at = i * neurons + l;
      level[l] = q * (level[l] + dt * drive[l]);
      drive[l] = q * drive[l] + inputs[at];
      const z = KERNEL_DRIVE * level[l];
      const x = z - theta[l];
      distances[at] = x;
      const earlier = before[l];
      before[l] = x;
      if (i < lead) continue;
      if (smooth) {
        open[at] = 1;
        const size = surrogate.value(x);
        errors[at] += size;
        if (clamped[l] === 0) send(l, i, size);
        continue;
      }
      open[at] = 1;
      if (i < ready[l] || x < 0) continue;
      const crossing = earlier < 0 ? i - x / (x - earlier) : i - 1;
      const position = Math.max(crossing, ready[l], i - 1, lead);
      open[at] = 2;
      played[l].push(position);
      spread(errors, neurons, l, position, 1, steps);
      if (clamped[l] === 0) send(l, position, 1);
      ready[l] = position + 1 / dt;
      theta[l] = threshold(l, played[l].length);
      before[l] = z - theta[l];
    }
  }
  return played;
}

/** Filters the errors, returns the loss, and leaves what it says about an emission at each step. */
function lossBackward({ neurons, dt, lead, steps, errors }: Unrolled): number {
  const [slow, fast] = [decay(dt), decay(2 * dt)];
  let loss = 0;
  for (let l = 0; l < neurons; l++) {
    let [x, y] = [0, 0];
    for (let i = lead; i < steps; i++) {
      const at = i * neurons + l;
      x = slow * x + errors[at];
      y = fast * y + errors[at];
      const error = 2 * (x - y);
      errors[at] = error;
      loss += (dt * error * error) / 2;
    }
    [x, y] = [0, 0];
    for (let i = steps - 1; i >= lead; i--) {
      const at = i * neurons + l;
      x = slow * x + errors[at];
      y = fast * y + errors[at];
      errors[at] = 2 * dt * (x - y);
    }
  }
  return loss;
}

/** From the last step to the first; turns distances into dL/dz and inputs into dL/dI. @returns multiply-adds */
function backward(
  net: Unrolled,
  { clamped }: Lesson,
  { surrogate, gain, cut }: Cell,
  weights: Float64Array,
  played: readonly number[][],
): number {
  const { neurons, dt, steps, starts, targets, delays, places, inputs, distances, open, errors } = net;
  const q = decay(dt);
  const drive = new Float64Array(neurons);
  const level = new Float64Array(neurons);
  const next = Int32Array.from(played, (spikes) => spikes.length - 1);
  let macs = 0;
  for (let i = steps - 1; i >= 0; i--) {
    for (let l = 0; l < neurons; l++) {
      const at = i * neurons + l;
      level[l] = q * (level[l] + dt * drive[l]);
      inputs[at] = KERNEL_DRIVE * level[l];
      let slope = 0;
      if (open[at] > 0) {
        const x = distances[at];
        const fired = open[at] === 2;
        // The step at which a neuron fired stands for the moment before it at which it did.
        const position = fired ? played[l][next[l]--] : i;
        let worth = tapped(net, errors, l, position);
        if (clamped[l] === 0 && (fired || Math.abs(x) < cut)) {
          for (let k = starts[l]; k < starts[l + 1]; k++) {
            worth += gain * weights[places[k]] * tapped(net, inputs, targets[k], position + delays[k]);
          }
          macs += 3 * (starts[l + 1] - starts[l]);
        }
        slope = worth * surrogate.slope(x);
      }
      distances[at] = slope;
      drive[l] = q * drive[l] + slope;
    }
  }
  return macs;
}
