/**
 * What a template asks at a moment of a neuron with dynamics of its own: the largest limit of a cut that it justifies.
 *
 *   at a spike   row . w  = 1 - free            (or between 1 - leeway - free and 1 + leeway - free)
 *   silence      -row . w >= free - level,      level = 1 - margin, on a ramp max(1 - margin, 1 - slope (spike - t))
 *   firing       row' . w >= slope - free'
 *
 * A proof of infeasibility rests on its limits; so they are found here once more, from the template alone.
 */
import { type Score, spikesOf } from '../score/index.js';
import { type Dynamics, freePart } from './dynamics.js';
import type { Cut } from './program.js';
import { silentLevel, type Template, zonesOfNeuron } from './template.js';

/** Far above the rounding of a time or a limit, far below anything that a proof may hinge on. */
const EDGE = 1e-12;

/** Whether the template asks for as much as every cut claims. */
export function limitsHold(
  score: Score,
  { neuron, dynamics }: { neuron: number; dynamics: Dynamics },
  template: Template,
  cuts: readonly Cut[],
): boolean {
  const { period } = score;
  const spikes = spikesOf(score, neuron);
  const { slope, leeway = 0 } = template;
  const silent = silentLevel(template, dynamics);
  const zones = zonesOfNeuron(spikes, period, template, dynamics);
  const edge = EDGE * (1 + period);
  return cuts.every(({ time, kind, limit }) => {
    const free = freePart(dynamics, spikes, period, time, kind === 'slope+' ? 'right' : 'left');
    const atSpike = spikes.includes(time);
    if (kind === 'spike') return atSpike && Math.abs(limit - (1 - free.value)) <= edge;
    if (kind === 'above') return atSpike && limit <= 1 - leeway - free.value + edge;
    const around = zones.filter(({ begin, end }) =>
      [0, period].some((turn) => time + turn >= begin - edge && time + turn <= end + edge),
    );
    const asked = around.map((zone) => {
      if (kind !== 'level') {
        return zone.kind === 'firing' || (zone.kind === 'ramp' && atSpike)
          ? slope - free.slope
          : Number.NEGATIVE_INFINITY;
      }
      if (zone.kind === 'silent') return free.value - silent;
      if (zone.kind !== 'ramp') return Number.NEGATIVE_INFINITY;
      const ahead = zone.end - time - (time < zone.begin - edge ? period : 0);
      return free.value - Math.max(silent, 1 - slope * Math.max(ahead, 0));
    });
    const bounded = kind === 'level' && atSpike ? [free.value - 1 - leeway] : [];
    return limit <= Math.max(...asked, ...bounded) + edge * (1 + slope);
  });
}
