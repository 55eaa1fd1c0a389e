/**
 * The sampled template of the published networks, for parity with them. On the grid g = 0, r, 2r, ... < T,
 * with `left` the time since the latest own spike and `right` the time to the next one, around the circle:
 *
 *   z(f_j)  >= 1                       at each spike
 *   z(g)    <= 1 - margin - 1e-6       left > 1 and right > zone
 *   z(g)    <= 1 - 1e-6                left > 1 and right <= zone
 *   z'(g)   >= slope + 1e-6            left <= zone or right <= zone
 *
 * and the first of the two levels on the whole grid for a neuron without spikes (Aguettaz and Loeliger 2024,
 * their software; r = 0.05). Nothing is said between the points: the potential leaves the template there.
 */
import { freeShare } from './dynamics.js';
import { type Course, type Potential, slopeAt, valueAt } from './potential.js';
import type { Cut, CutKind, Violation } from './program.js';
import type { Template } from './template.js';

const OFFSET = 1e-6;

/** The demands at the points of the grid, in temporal order. */
export function gridCuts(spikes: Float64Array, period: number, template: Template, step: number): Cut[] {
  const { margin, slope, zone } = template;
  const cuts: Cut[] = [];
  const n = spikes.length;
  let next = 0;
  for (let i = 0; i * step < period; i++) {
    const time = i * step;
    const add = (kind: CutKind, limit: number) => cuts.push({ time, kind, limit: limit + OFFSET });
    while (next < n && spikes[next] < time) next++;
    const right = n === 0 ? Number.POSITIVE_INFINITY : next < n ? spikes[next] - time : spikes[0] + period - time;
    // A spike on the point is both the next and the latest one.
    const latest = next < n && spikes[next] === time ? next : next - 1;
    const left = n === 0 ? Number.POSITIVE_INFINITY : time - (latest < 0 ? spikes[n - 1] - period : spikes[latest]);
    if (left > 1) add('level', right > zone ? margin - 1 : -1);
    if (left <= zone || right <= zone) add('slope+', slope);
  }
  return cuts;
}

/** n . w - limit of a cut, from the potential that the weights w produce. */
export function slackOf(potential: Course, { time, kind, limit }: Cut): number {
  const side = kind === 'slope+' ? 'right' : 'left';
  // The row is about what the weights make of the potential.
  const free =
    'dynamics' in potential ? freeShare(potential.dynamics, potential.spikes, potential.period, { time, kind }) : 0;
  if (kind === 'spike' || kind === 'above') return valueAt(potential, time) - free - limit;
  if (kind === 'level') return -valueAt(potential, time) - free - limit;
  return slopeAt(potential, time, side) - free - limit;
}

/** Of every contiguous run of violated points of one kind the worst. */
export function gridViolations(potential: Potential, cuts: readonly Cut[], tolerance: number): Violation[] {
  return (['level', 'slope+'] as const).flatMap((kind) => {
    const found: Violation[] = [];
    let running = false;
    for (const cut of cuts) {
      if (cut.kind !== kind) continue;
      const amount = -slackOf(potential, cut);
      if (!(amount > tolerance)) running = false;
      else if (!running) {
        found.push({ ...cut, amount });
        running = true;
      } else if (amount > found[found.length - 1].amount) found[found.length - 1] = { ...cut, amount };
    }
    return found;
  });
}

/** Those of some cuts that the potential violates. */
export const violatedOf = (potential: Potential, cuts: readonly Cut[], tolerance: number): Violation[] =>
  cuts.map((cut) => ({ ...cut, amount: -slackOf(potential, cut) })).filter(({ amount }) => amount > tolerance);
