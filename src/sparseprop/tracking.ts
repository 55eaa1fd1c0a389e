/**
 * A spiking network that follows a signal:
 *
 *   I_i(t) = I (1 + b_i u(t)),  b_i ~ N(0, 0.3), at least 0.05 I;   u constant on steps of 0.2 time constants,
 *   y(t) = sum_j r_j sum_s kappa(t - t_s),   kappa(x) = (x / theta^2) e^{-x / theta},   theta = 1,
 *   L = mean over a grid of 0.1 time constants of (y - u)^2, without the first `settle`.
 *
 * u is an Ornstein-Uhlenbeck process of mean 0, standard deviation 1 and time constant `memory`. kappa is continuous, so that the
 * gradient reaches the spike times: dL/dt_s = -r_j sum_g (2 / G) (y_g - u_g) kappa'(t_g - t_s).
 */
import { demandFinite, demandInteger, demandNumber, demandObject, exp, normal, streamKey } from '../core/index.js';
import type { Circuit } from './circuit.js';
import { demandCircuit, demandSpikes, demandTime } from './demand.js';
import type { Spikes } from './simulate.js';

/** How long a trial is, and how slow its signal. */
export interface TrackingTask {
  /** Length of a trial, in membrane time constants. */
  readonly duration: number;
  /** How much of its beginning does not count in the loss, in membrane time constants. */
  readonly settle: number;
  /** Time constant of the signal, in membrane time constants. */
  readonly memory: number;
}

/** The defaults: 20 time constants, of which the first 4 do not count. */
export const trackingTask: TrackingTask = { duration: 20, settle: 4, memory: 5 };

const [STEP, GRID, SPREAD, LEAST, KERNEL_END] = [0.2, 0.1, 0.3, 0.05, 30];

/** Throws `usage` where there is no such task. */
export function demandTask(task: TrackingTask): void {
  demandObject('the task', task);
  demandTime('the duration', task.duration);
  demandTime('the time constant of the signal', task.memory);
  demandNumber('what does not count', task.settle, 0, task.duration);
}

/** u on its steps; trial `index` of a seed depends on nothing else. */
export function drawSignal(task: TrackingTask, seed: number, index: number): Float64Array {
  demandTask(task);
  demandInteger('the seed', seed);
  demandInteger('the trial', index);
  const { duration, memory } = task;
  const key = streamKey(seed, 'sparseprop signal');
  const keep = exp(-STEP / memory);
  const u = new Float64Array(Math.ceil(duration / STEP - 1e-9));
  u[0] = normal(key, index, 0);
  for (let i = 1; i < u.length; i++) u[i] = keep * u[i - 1] + Math.sqrt(1 - keep * keep) * normal(key, index, i);
  return u;
}

/** b, how strongly each neuron hears the signal. */
export function drawGains(n: number, seed: number): Float64Array {
  demandInteger('the number of neurons', n, 1);
  demandInteger('the seed', seed);
  const key = streamKey(seed, 'sparseprop gains');
  return Float64Array.from({ length: n }, (_, i) => SPREAD * normal(key, i, 0));
}

/** The circuit with a signal in its drives. */
export function withSignal(circuit: Circuit, u: Float64Array, gains: Float64Array): Circuit {
  demandCircuit(circuit);
  demandFinite('the signal', u);
  demandFinite('gains', gains, circuit.connectivity.neurons);
  const { drives } = circuit;
  const times = Float64Array.from(u, (_, k) => k * STEP);
  const driveOf = (k: number, i: number) =>
    (typeof drives === 'number' ? drives : drives[i]) * Math.max(LEAST, 1 + gains[i] * u[k]);
  return { ...circuit, steps: { times, driveOf } };
}

/** What a readout makes of a trial. */
export interface Tracked {
  /** L, mean over the grid after `settle`. */
  readonly loss: number;
  /** The grid, in membrane time constants. */
  readonly times: Float64Array;
  /** y on the grid. */
  readonly output: Float64Array;
  /** u on the grid, which y is to show. */
  readonly target: Float64Array;
  /** dL/dt of each spike of the trial. */
  readonly ofTimes: Float64Array;
  /** dL/dr of each neuron. */
  readonly ofReadout: Float64Array;
}

/** The loss of a trial, with its derivatives to spike times and readout. */
export function trackingLoss(spikes: Spikes, u: Float64Array, readout: Float64Array, task: TrackingTask): Tracked {
  demandSpikes(spikes);
  demandFinite('the signal', u);
  demandFinite('the readout', readout);
  demandTask(task);
  const { times: spikeTimes, neurons } = spikes;
  const { duration, settle } = task;
  const points = Math.floor(duration / GRID + 1e-9);
  const times = Float64Array.from({ length: points }, (_, g) => (g + 1) * GRID);
  const target = times.map((time) => u[Math.min(u.length - 1, Math.floor((time - GRID / 2) / STEP))]);
  const output = new Float64Array(points);
  const each = (visit: (s: number, g: number, x: number, e: number) => void) => {
    const shrink = exp(-GRID);
    for (let s = 0; s < spikeTimes.length; s++) {
      const first = Math.max(0, Math.ceil(spikeTimes[s] / GRID) - 1);
      let e = first < points ? exp(-(times[first] - spikeTimes[s])) : 0;
      for (let g = first; g < points; g++) {
        const x = times[g] - spikeTimes[s];
        if (x > KERNEL_END) break;
        if (x > 0) visit(s, g, x, e);
        e *= shrink;
      }
    }
  };
  each((s, g, x, e) => {
    output[g] += readout[neurons[s]] * x * e;
  });
  const counted = times.filter((time) => time > settle).length;
  const slopes = output.map((y, g) => (times[g] > settle ? (2 * (y - target[g])) / counted : 0));
  let loss = 0;
  for (let g = 0; g < points; g++)
    if (times[g] > settle) loss += ((output[g] - target[g]) * (output[g] - target[g])) / counted;
  const ofTimes = new Float64Array(spikeTimes.length);
  const ofReadout = new Float64Array(readout.length);
  each((s, g, x, e) => {
    ofReadout[neurons[s]] += slopes[g] * x * e;
    ofTimes[s] -= slopes[g] * readout[neurons[s]] * (1 - x) * e;
  });
  return { loss, times, output, target, ofTimes, ofReadout };
}
