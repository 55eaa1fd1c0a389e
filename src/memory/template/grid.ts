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
 *
 * The points are for the program; the verifier reads the list above once more (verify.ts). What a cut misses is the
 * plain potential's word on both sides: at points there is nothing to scan.
 */
import { type Course, slackOf } from './course.js';
import type { Cut, CutKind, Violation } from './cut.js';
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

/** Of every contiguous run of violated points of one kind the worst. */
export function gridViolations(course: Course, cuts: readonly Cut[], tolerance: number): Violation[] {
  return (['level', 'slope+'] as const).flatMap((kind) => {
    const found: Violation[] = [];
    let running = false;
    for (const cut of cuts) {
      if (cut.kind !== kind) continue;
      const amount = -slackOf(course, cut);
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
export const violatedOf = (course: Course, cuts: readonly Cut[], tolerance: number): Violation[] =>
  cuts.map((cut) => ({ ...cut, amount: -slackOf(course, cut) })).filter(({ amount }) => amount > tolerance);
