/**
 * What a template asks at a moment: the largest limit of a cut that it justifies. With `free` what a reset has left of the
 * potential (0 for neurons whose spikes leave it alone),
 *
 *   at a spike   row . w  = 1 - free            (or between 1 - leeway - free and 1 + leeway - free)
 *   silence      -row . w >= free - level,      level = 1 - margin, on a ramp max(1 - margin, 1 - slope (spike - t))
 *   firing       row' . w >= slope - free'
 *
 * and on a grid what its points ask (see grid.ts). Optima and proofs of infeasibility rest on their limits; so they are found
 * here once more, from the template alone.
 */
import { type Dynamics, freePart } from './dynamics.js';
import { gridCuts } from './grid.js';
import type { Cut, CutKind } from './program.js';
import { silentLevel, type Template, type Zone, zonesOfNeuron } from './template.js';

/** Far above the rounding of a time or a limit, far below anything that a proof may hinge on. */
const EDGE = 1e-12;

const NOTHING_LEFT = { value: 0, slope: 0 };

/** Whether the template asks for as much as every cut claims. */
export function limitsHold(
  spikes: Float64Array,
  period: number,
  dynamics: Dynamics | undefined,
  template: Template,
  cuts: readonly Cut[],
): boolean {
  if (template.grid !== undefined) return limitsHoldOnGrid(spikes, period, template, template.grid, cuts);
  const { slope, leeway = 0 } = template;
  const zones = zonesOfNeuron(spikes, period, template, dynamics);
  const silent = silentLevel(template, dynamics);
  const edge = EDGE * (1 + period);
  const known = new Set(spikes);
  return cuts.every(({ time, kind, limit }) => {
    const side = kind === 'slope+' ? 'right' : 'left';
    const free = dynamics ? freePart(dynamics, spikes, period, time, side) : NOTHING_LEFT;
    const atSpike = known.has(time);
    if (kind === 'spike') return atSpike && Math.abs(limit - (1 - free.value)) <= edge;
    if (kind === 'above') return atSpike && limit <= 1 - leeway - free.value + edge;
    const least = limit - edge * (1 + slope);
    if (kind === 'level' && atSpike && least <= free.value - 1 - leeway) return true;
    /** What a zone around the moment asks. */
    const asked = (zone: Zone): number => {
      if (kind !== 'level') {
        const steep = zone.kind === 'firing' || (zone.kind === 'ramp' && atSpike);
        return steep ? slope - free.slope : Number.NEGATIVE_INFINITY;
      }
      if (zone.kind === 'silent') return free.value - silent;
      if (zone.kind !== 'ramp') return Number.NEGATIVE_INFINITY;
      const ahead = zone.end - time - (time < zone.begin - edge ? period : 0);
      return free.value - Math.max(silent, 1 - slope * Math.max(ahead, 0));
    };
    const covers = ({ begin, end }: Zone, moment: number) => moment >= begin - edge && moment <= end + edge;
    return zones.some((zone) => (covers(zone, time) || covers(zone, time + period)) && least <= asked(zone));
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
