/**
 * What a template asks at a moment: the largest limit of a cut that it justifies.
 *
 *   at a spike   row . w  = 1 - free            (or between 1 - leeway - free and 1 + leeway - free)
 *   silence      -row . w >= free - level,      level = 1 - margin, on a ramp max(1 - margin, 1 - slope (spike - t))
 *   firing       row' . w >= slope - free'
 *
 * A proof of infeasibility rests on its limits; so they are found here once more, from the template (windows.ts) and from
 * the course of a neuron that nothing arrives at, which is the free part.
 */
import { type Score, spikesOf } from '../score/index.js';
import { type Cut, sideOf } from './cut.js';
import type { Dynamics } from './dynamics.js';
import { familyOf } from './family.js';
import type { Template } from './template.js';
import { type Window, windowsOf } from './windows.js';

/** Far above the rounding of a time or a limit, far below anything that a proof may hinge on. */
const EDGE = 1e-12;

/** Whether the template asks for as much as every cut claims. */
export function limitsHold(
  score: Score,
  { neuron, dynamics }: { neuron: number; dynamics?: Dynamics | undefined },
  template: Template,
  cuts: readonly Cut[],
): boolean {
  const { period } = score;
  const spikes = spikesOf(score, neuron);
  const { slope, leeway = 0 } = template;
  const own = dynamics && { spikes, dynamics };
  const nothing = { times: new Float64Array(), synapses: new Uint32Array(), period, own };
  const free = familyOf(dynamics).course(nothing, new Float64Array());
  const windows = windowsOf(spikes, period, template, dynamics);
  const edge = EDGE * (1 + period);
  const within = ({ begin, end }: Window, time: number) =>
    begin === end ? time === end : time >= begin - edge && time <= end + edge;
  return cuts.every(({ time, kind, limit }) => {
    const atSpike = spikes.includes(time);
    const left = free.value(time);
    if (kind === 'spike') return atSpike && Math.abs(limit - (1 - left)) <= edge;
    if (kind === 'above') return atSpike && limit <= 1 - leeway - left + edge;
    // A window may be met a period later.
    const asked = windows.flatMap((window) =>
      [time, time + period]
        .filter((moment) => within(window, moment))
        .map((moment) => {
          const { level, rise = 0, begin, end } = window;
          if ((kind === 'level') !== (level !== undefined)) return Number.NEGATIVE_INFINITY;
          if (level === undefined) return slope - free.slope(time, sideOf(kind));
          return left - (level - rise * Math.max(end - Math.max(moment, begin), 0));
        }),
    );
    const bounded = kind === 'level' && atSpike ? [left - 1 - leeway] : [];
    return limit <= Math.max(...asked, ...bounded) + edge * (1 + slope);
  });
}
