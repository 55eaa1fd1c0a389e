/**
 * The template taken apart: one demand for every silent zone, every firing zone and every spike, in this order
 * of the zones around the circle and then of the spikes. What may be lowered on its own, or has to be paid for, is a
 * demand.
 */
import { flattestSlope, highestPotential, type Potential, valueAt } from './potential.js';
import { type Template, type Zone, zonesOf } from './template.js';

/** What a demand is about: the silent level, the least slope, or the threshold at the spike. */
export type DemandKind = 'silence' | 'slope' | 'spike';

export interface Demand {
  readonly kind: DemandKind;
  /** Where it holds; of a spike both are its time. */
  readonly begin: number;
  readonly end: number;
  /** Of several scores on the same weights, in which one; 0 if not given. */
  readonly memory?: number;
}

/** A zone and the number of its demand; free zones have none. */
export interface DemandedZone extends Zone {
  readonly demand: number | undefined;
}

export function demandsOf(
  spikes: Float64Array,
  period: number,
  zone: number,
): { demands: Demand[]; zones: DemandedZone[] } {
  const demands: Demand[] = [];
  const zones = zonesOf(spikes, period, zone).map((stretch): DemandedZone => {
    if (stretch.kind === 'free') return { ...stretch, demand: undefined };
    const { begin, end } = stretch;
    demands.push({ kind: stretch.kind === 'silent' ? 'silence' : 'slope', begin, end });
    return { ...stretch, demand: demands.length - 1 };
  });
  for (const time of spikes) demands.push({ kind: 'spike', begin: time, end: time });
  return { demands, zones };
}

/** By how much each demand is missed, and where most: exact, by the plain potential. */
export function shortfalls(
  potential: Potential,
  demands: readonly Demand[],
  { margin, slope }: Template,
): { amount: number; time: number }[] {
  return demands.map(({ kind, begin, end }) => {
    if (kind === 'spike') return { amount: Math.abs(valueAt(potential, begin) - 1), time: begin };
    if (kind === 'silence') {
      const { time, value } = highestPotential(potential, begin, end);
      return { amount: Math.max(0, value - (1 - margin)), time };
    }
    const { time, value } = flattestSlope(potential, begin, end);
    return { amount: Math.max(0, slope - value), time };
  });
}
