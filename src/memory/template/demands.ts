/**
 * The template taken apart: one demand for every silent zone, every firing zone, every overdrive and every spike, in this
 * order: the zones around the circle, then what is asked after spikes, then the spikes. What may be lowered on its own, or has to be paid for, is a
 * demand. A ramp is two: its line, and the slope at its spike, which follows.
 *
 * The list of demands is shared: the program numbers its cuts by it, and what soft or rounded weights miss is told
 * demand by demand. Whether a template holds is not judged by it (verify.ts).
 */
import type { Course } from './course.js';
import type { Cut } from './cut.js';
import type { Dynamics } from './dynamics.js';
import type { Template } from './template.js';
import { silentLevel, type Zone, zonesOfNeuron } from './zones.js';

/** What a demand is about: the silent level, the least slope, the least potential after a spike, or the threshold at the spike. */
export type DemandKind = 'silence' | 'slope' | 'overdrive' | 'spike';

/** A part of the template that may be missed on its own; times in refractory periods. */
export interface Demand {
  /** What is asked. */
  readonly kind: DemandKind;
  /** Begin of where it holds; of a spike, or of what is asked after it, both are its time. */
  readonly begin: number;
  /** Its end. */
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
  for (const spike of template.overdrive ? spikes : []) {
    const time = overdriveTime(spike, period, template);
    demands.push({ kind: 'overdrive', begin: time, end: time });
  }
  for (const time of spikes) demands.push({ kind: 'spike', begin: time, end: time });
  return { demands, zones };
}

/** When the overdrive of a spike is asked for, in [0, period). */
export function overdriveTime(spike: number, period: number, { overdrive }: Template): number {
  const time = spike + (overdrive?.after ?? 0);
  return time < period ? time : time - period;
}

/** Whether a cut asks for an overdrive: what else is asked from below is asked at a spike. */
export const isOverdrive = ({ kind, time }: Cut, { overdrive }: Template, spikes: Float64Array): boolean =>
  overdrive !== undefined && kind === 'above' && !spikes.includes(time);

/** By how much each demand is missed, and where most: exact, by the course of the potential. */
export function shortfalls(
  course: Course,
  demands: readonly Demand[],
  template: Template,
): { amount: number; time: number }[] {
  const { slope } = template;
  const silent = silentLevel(template, course.dynamics);
  return demands.map(({ kind, begin, end, ramp }) => {
    if (kind === 'spike') return { amount: Math.abs(course.value(begin) - 1), time: begin };
    if (kind === 'overdrive') {
      return { amount: Math.max(0, (template.overdrive?.level ?? 0) - course.value(begin)), time: begin };
    }
    if (kind === 'silence') {
      const { time, value } = course.highest(begin, end, ramp ? slope : 0);
      return { amount: Math.max(0, value - (ramp ? 1 : silent)), time };
    }
    if (begin === end) return { amount: Math.max(0, slope - course.slope(end, 'left')), time: end };
    const { time, value } = course.flattest(begin, end);
    return { amount: Math.max(0, slope - value), time };
  });
}
