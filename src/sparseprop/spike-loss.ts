/**
 * Losses of spike times: L = 1/2 sum (t - t*)^2 over given (neuron, k-th spike). Where a spike is missing, pseudo-spikes may stand in
 * (Klos and Memmesheimer, arXiv 2309.14523): after the trial every neuron goes on without input, so that its m-th spike behind the
 * end is at n_i + (m - 1) T_i, which always exists and moves smoothly.
 */
import { demandArray, demandFinite, demandObject, EngramError } from '../core/index.js';
import type { Gradients, Trial } from './adjoint.js';
import { drivesOf } from './circuit.js';
import { demandSpikes } from './demand.js';
import { periodOf, periodSlope } from './neuron.js';

/** Wanted spikes. */
export interface SpikeTargets {
  /** Who is to fire each of them, 0 to N - 1. */
  readonly neurons: Uint32Array;
  /** Which spike of the neuron, from 0 on. */
  readonly orders: Uint32Array;
  /** When, in time constants. */
  readonly times: Float64Array;
}

/** A loss with its derivatives to spike times and to what comes after the end. */
export interface SpikeLoss {
  /** L, in squares of membrane time constants. */
  readonly value: number;
  /** dL/dt of each spike of the trial. */
  readonly ofTimes: Float64Array;
  /** dL/dn of each neuron's next spike after the end; 0 without pseudo-spikes. */
  readonly ofNext: Float64Array;
  /** Adds what pseudo-spikes owe to the periods behind the end. */
  addTo(gradients: Gradients): void;
}

/** The loss of a trial. Throws `input` where a spike is missing, unless `pseudo`. */
export function spikeTimeLoss(trial: Trial, targets: SpikeTargets, { pseudo = false } = {}): SpikeLoss {
  demandObject('the trial', trial);
  demandSpikes(trial.spikes);
  demandObject('the wanted spikes', targets);
  demandFinite('wanted times', targets.times);
  demandArray('their neurons', targets.neurons, Uint32Array, targets.times.length);
  demandArray('their orders', targets.orders, Uint32Array, targets.times.length);
  const { circuit, spikes, next, checkpoints } = trial;
  const n = next.length;
  const own: number[][] = Array.from({ length: n }, () => []);
  spikes.neurons.forEach((j, s) => own[j].push(s));
  const ofTimes = new Float64Array(spikes.times.length);
  const ofNext = new Float64Array(n);
  const base = drivesOf(circuit);
  const { drives } = checkpoints[checkpoints.length - 1];
  const late: [number, number][] = [];
  let value = 0;
  targets.times.forEach((wanted, k) => {
    const j = targets.neurons[k];
    const order = targets.orders[k];
    if (!(j < n)) throw new EngramError('input', `spikes are wanted of neurons 0 to ${n - 1}; got ${j}`);
    if (order < own[j].length) {
      const s = own[j][order];
      const miss = spikes.times[s] - wanted;
      value += 0.5 * miss * miss;
      ofTimes[s] += miss;
      return;
    }
    if (!pseudo) {
      throw new EngramError(
        'input',
        `neuron ${j} fires ${own[j].length} times in the trial, but its spike ${order} (counted from 0) is wanted; make the trial longer, or let pseudo-spikes stand in`,
      );
    }
    const turns = order - own[j].length;
    const miss = next[j] + turns * periodOf(circuit.neuron, drives[j]) - wanted;
    value += 0.5 * miss * miss;
    ofNext[j] += miss;
    late.push([j, (miss * turns * periodSlope(circuit.neuron, drives[j]) * drives[j]) / base[j]]);
  });
  return {
    value,
    ofTimes,
    ofNext,
    addTo(gradients) {
      for (const [j, slope] of late) gradients.drives[j] += slope;
    },
  };
}
