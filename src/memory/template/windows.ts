/**
 * What a template (template.ts) asks in continuous time, for the verifier: every stretch on which the potential has to stay
 * below something or to rise. With spikes f_1 < f_2 < ..., the next one of the last being f_1 + T,
 *
 *   a spike changes nothing     z' >= slope on [f_j - zone, f_j + zone],     z <= 1 - margin on [f_j + 1, f_{j+1} - zone]
 *   a spike resets, window      z <= level on [r_j, f_{j+1} - zone],         z' >= slope on [f_{j+1} - zone, f_{j+1}]
 *   a spike resets, ramp        z <= level on [r_j, b_j],                    z <= 1 - slope (f_{j+1} - t) on [b_j, f_{j+1}],
 *                               b_j where the line crosses the level,        z' >= slope at f_{j+1}
 *
 * with r_j = f_j + dead, level = max(1 - margin, R); nothing before r_j. Written once more, on purpose: the program that is
 * solved has its own reading (zones.ts), so that a zone that is wrong there does not pass here. Both take the same sums of
 * spikes and widths, since an arrival may lie on a border.
 */
import { type Dynamics, resets } from './dynamics.js';
import type { Template } from './template.js';

/** A stretch; `begin` in [0, period), `end` may lie beyond. Of a point both are equal. */
export interface Window {
  readonly begin: number;
  readonly end: number;
  /** z <= level, or the line with this level at the end; absent where a slope is asked. */
  readonly level?: number;
  /** Slope of that line; 0 if absent. */
  readonly rise?: number;
}

/** Distance from the circle's origin within which a border is put there. */
const ORIGIN = 1e-12;

export function windowsOf(spikes: Float64Array, period: number, template: Template, dynamics?: Dynamics): Window[] {
  const { margin, slope, zone, shape } = template;
  const reset = resets(dynamics);
  const level = reset ? Math.max(1 - margin, dynamics.reset) : 1 - margin;
  if (spikes.length === 0) return [{ begin: 0, end: period, level }];
  const windows: Window[] = [];
  const ask = (begin: number, end: number, what: Pick<Window, 'level' | 'rise'> = {}) => {
    if (end > begin) windows.push({ begin, end, ...what });
  };
  for (let j = 0; j < spikes.length; j++) {
    const spike = spikes[j];
    const last = j === spikes.length - 1;
    const next = last ? spikes[0] + period : spikes[j + 1];
    if (!reset) {
      ask(...turned(spike - zone, spike + zone, period));
      ask(...turned(spike + 1, next - zone, period), { level });
      continue;
    }
    const release = spike + dynamics.dead;
    const ahead = shape === 'ramp' ? (1 - level) / slope : zone;
    // A template without any slope left makes a ramp as long as there is room.
    const begin = next - ahead > release ? next - ahead : release;
    // What begins in the next period is told there, and ends at the very spike.
    const [silent, rising] = [release >= period ? period : 0, begin >= period ? period : 0];
    const target = rising > 0 ? spikes[0] : next;
    ask(release - silent, begin - silent, { level });
    if (shape !== 'ramp') ask(begin - rising, target);
    else if (target > begin - rising) {
      ask(begin - rising, target, { level: 1, rise: slope });
      windows.push({ begin: last ? spikes[0] : next, end: last ? spikes[0] : next });
    }
  }
  return windows;
}

/** A stretch as a piece of the circle, its borders put on the origin where they only miss it by rounding. */
function turned(from: number, to: number, period: number): [begin: number, end: number] {
  const [begin, end] = [from, to].map((time) => {
    const nearest = period * Math.round(time / period);
    return Math.abs(time - nearest) < ORIGIN ? nearest : time;
  });
  const turns = begin < 0 ? -period : begin >= period ? period : 0;
  return to > from ? [begin - turns, end - turns] : [0, 0];
}
