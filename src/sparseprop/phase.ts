/**
 * The phase picture: phi grows evenly from `from` at the reset to `to` at the spike (0 to 1, for QIF neurons -pi to pi),
 *
 *   phi = to - (to - from) r / T,     w = (to - from) / T,
 *   PTC  g(phi) = to - w r'           the phase after a kick,      PRC  g(phi) - phi,      g'(phi) = d.
 */

import { demandNeuron } from './demand.js';
import { type Neuron, periodOf, type Slopes } from './neuron.js';

/** A neuron with one drive, seen as an oscillator. */
export interface Oscillator {
  /** Phase at the reset: 0, for QIF neurons -pi. */
  readonly from: number;
  /** Phase at the spike: 1, for QIF neurons pi. */
  readonly to: number;
  /** T. */
  readonly period: number;
  /** w. */
  readonly velocity: number;
  /** phi at a voltage; below `from` where inhibition has taken the neuron below its reset. */
  phaseOf(v: number): number;
  /** The voltage at a phase, the inverse of `phaseOf`. */
  voltageAt(phase: number): number;
  /** g, the phase transition curve of a weight. */
  transition(phase: number, weight: number): number;
  /** g'. */
  slope(phase: number, weight: number): number;
}

/** The oscillator that a neuron is with a drive. */
export function oscillator(neuron: Neuron, drive: number): Oscillator {
  demandNeuron(neuron);
  neuron.check(drive);
  const circle = neuron.name.startsWith('qif');
  const [from, to] = circle ? [-Math.PI, Math.PI] : [0, 1];
  const period = periodOf(neuron, drive);
  const velocity = (to - from) / period;
  const left = (phase: number) => (to - phase) / velocity;
  const out: Slopes = { d: 0, weight: 0, drive: 0 };
  return {
    from,
    to,
    period,
    velocity,
    phaseOf: (v) => to - velocity * neuron.timeToSpike(v, drive),
    voltageAt: (phase) => neuron.voltage(left(phase), drive),
    transition: (phase, weight) => to - velocity * neuron.kick(left(phase), weight, drive),
    slope(phase, weight) {
      const r = left(phase);
      const after = neuron.kick(r, weight, drive);
      // At a finite threshold a kick that fires leaves nothing of where it began.
      if (after === 0 && r > 0) return 0;
      neuron.slopes(r, after, weight, drive, out);
      return out.d;
    },
  };
}
