/**
 * What a template asks at a moment: the largest limit of a cut that it justifies.
 *
 *   at a spike   row . w  = 1 - free            (or between 1 - leeway - free and 1 + leeway - free)
 *   overdrive    row . w >= level - free,     at f + after
 *   silence      -row . w >= free - level,      level = 1 - margin, on a ramp max(1 - margin, 1 - slope (spike - t))
 *   firing       row' . w >= slope - free'
 *
 * and on a grid what its points ask (see grid.ts). Optima and proofs of infeasibility rest on their limits; so they are found here once more, from the template (windows.ts) and from
 * the course of a neuron that nothing arrives at, which is the free part.
 */
import { type Cut, type CutKind, sideOf } from './cut.js';
import type { Dynamics } from './dynamics.js';
import { familyOf } from './family.js';
import { gridCuts } from './grid.js';
import type { Template } from './template.js';
import { type Window, windowsOf } from './windows.js';

/** Far above the rounding of a time or a limit, far below anything that a proof may hinge on. */
const EDGE = 1e-12;

/** Whether the template asks for as much as every cut claims. */
export function limitsHold(
  spikes: Float64Array,
  period: number,
  dynamics: Dynamics | undefined,
  template: Template,
  cuts: readonly Cut[],
): boolean {
  if (template.grid !== undefined) return limitsHoldOnGrid(spikes, period, template, template.grid, cuts);
  const { slope, leeway = 0, overdrive } = template;
  const own = dynamics && { spikes, dynamics };
  const nothing = { times: new Float64Array(), synapses: new Uint32Array(), period, own };
  const free = familyOf(dynamics).course(nothing, new Float64Array());
  const windows = windowsOf(spikes, period, template, dynamics);
  const known = new Set(spikes);
  const edge = EDGE * (1 + period);
  const after = overdrive ? Array.from(spikes, (spike) => spike + overdrive.after) : [];
  const afterSpikes = new Set(after.map((time) => (time < period ? time : time - period)));
  const within = ({ begin, end }: Window, time: number) =>
    begin === end ? time === end : time >= begin - edge && time <= end + edge;
  return cuts.every(({ time, kind, limit }) => {
    const atSpike = known.has(time);
    const left = free.value(time);
    if (kind === 'spike') return atSpike && Math.abs(limit - (1 - left)) <= edge;
    if (kind === 'above') {
      if (overdrive && afterSpikes.has(time) && limit <= overdrive.level - left + edge) return true;
      return atSpike && limit <= 1 - leeway - left + edge;
    }
    const least = limit - edge * (1 + slope);
    if (kind === 'level' && atSpike && least <= left - 1 - leeway) return true;
    const asks = (window: Window, moment: number) => {
      const { level, rise = 0, begin, end } = window;
      if ((kind === 'level') !== (level !== undefined) || !within(window, moment)) return false;
      if (level === undefined) return least <= slope - free.slope(time, sideOf(kind));
      return least <= left - (level - rise * Math.max(end - Math.max(moment, begin), 0));
    };
    // A window may be met a period later.
    return windows.some((window) => asks(window, time) || asks(window, time + period));
  });
}

/** The same for the sampled template: a cut is one of the points, or a spike from below. */
function limitsHoldOnGrid(
  spikes: Float64Array,
  period: number,
  template: Template,
  step: number,
  cuts: readonly Cut[],
): boolean {
  const asked: Partial<Record<CutKind, Map<number, number>>> = {
    above: new Map(Array.from(spikes, (time) => [time, 1 - (template.leeway ?? 0)])),
  };
  for (const { time, kind, limit } of gridCuts(spikes, period, template, step)) {
    asked[kind] ??= new Map();
    asked[kind].set(time, limit);
  }
  return cuts.every(({ time, kind, limit }) => limit <= (asked[kind]?.get(time) ?? Number.NEGATIVE_INFINITY));
}
