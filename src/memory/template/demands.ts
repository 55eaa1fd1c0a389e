/**
 * The template taken apart: one demand for every silent zone, every firing zone and every spike, in this order
 * of the zones around the circle and then of the spikes. What may be lowered on its own, or has to be paid for, is a
 * demand. A ramp is two: its line, and the slope at its spike, which follows.
 */
import type { Dynamics } from './dynamics.js';
import { membraneHighest } from './membrane.js';
import { type Course, flattestSlope, highestPotential, slopeAt, valueAt } from './potential.js';
import { silentLevel, type Template, type Zone, zonesOfNeuron } from './template.js';

/** What a demand is about: the silent level, the least slope, or the threshold at the spike. */
export type DemandKind = 'silence' | 'slope' | 'spike';

export interface Demand {
  readonly kind: DemandKind;
  /** Where it holds; of a spike both are its time. */
  readonly begin: number;
  readonly end: number;
  /** Of several scores on the same weights, in which one; 0 if not given. */
  readonly memory?: number;
  /** The silent level is a line that reaches the threshold at the end with the template's slope. */
  readonly ramp?: true;
}

/** A zone and the number of its demand; free zones have none. */
export interface DemandedZone extends Zone {
  readonly demand: number | undefined;
}

export function demandsOf(
  spikes: Float64Array,
  period: number,
  template: Template,
  dynamics?: Dynamics,
): { demands: Demand[]; zones: DemandedZone[] } {
  const demands: Demand[] = [];
  const zones = zonesOfNeuron(spikes, period, template, dynamics).map((stretch): DemandedZone => {
    if (stretch.kind === 'free') return { ...stretch, demand: undefined };
    const { kind, begin, end } = stretch;
    const demand = demands.length;
    if (kind === 'ramp') {
      const spike = spikes.find((time) => time === end || time + period === end) as number;
      demands.push({ kind: 'silence', begin, end, ramp: true }, { kind: 'slope', begin: spike, end: spike });
    } else demands.push({ kind: kind === 'silent' ? 'silence' : 'slope', begin, end });
    return { ...stretch, demand };
  });
  for (const time of spikes) demands.push({ kind: 'spike', begin: time, end: time });
  return { demands, zones };
}

/** By how much each demand is missed, and where most: exact, by the plain potential. */
export function shortfalls(
  potential: Course,
  demands: readonly Demand[],
  template: Template,
): { amount: number; time: number }[] {
  const { slope } = template;
  const dynamics = 'dynamics' in potential ? potential.dynamics : undefined;
  return demands.map(({ kind, begin, end, ramp }) => {
    if (kind === 'spike') return { amount: Math.abs(valueAt(potential, begin) - 1), time: begin };
    if (ramp && 'dynamics' in potential) {
      const { time, value } = membraneHighest(potential, begin, end, slope);
      return { amount: Math.max(0, value - 1), time };
    }
    if (kind === 'silence') {
      const { time, value } = highestPotential(potential, begin, end);
      return { amount: Math.max(0, value - silentLevel(template, dynamics)), time };
    }
    if (begin === end) return { amount: Math.max(0, slope - slopeAt(potential, end, 'left')), time: end };
    const { time, value } = flattestSlope(potential, begin, end);
    return { amount: Math.max(0, slope - value), time };
  });
}
