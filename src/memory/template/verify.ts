/**
 * The independent check of one neuron: exact extrema of its potential wherever the template asks something, and what the
 * judge of the solvers needs to know about the rows. Plain TypeScript, no code in common with the kernels. With the program
 * that is solved it shares the definition of an arrival's time and, in the slack of a cut, the free part (dynamics.ts);
 * what the template asks is read here once more (windows.ts, and `sampled` below).
 */
import { countUntil, freshBuffers } from '../../core/index.js';
import type { Score } from '../score/index.js';
import { type Arrivals, type Inputs, weightsOf } from './arrivals.js';
import { type Checked, type Course, slackOf } from './course.js';
import type { Cut, Moment } from './cut.js';
import { familyOf } from './family.js';
import type { Template } from './template.js';
import { windowsOf } from './windows.js';

/** The potential that the weights of a neuron produce from its arrivals. */
export function potentialFrom(arrivals: Arrivals, weights: Float64Array, buffers = freshBuffers): Course {
  return familyOf(arrivals.own?.dynamics).course(arrivals, weightsOf(arrivals, weights, buffers), buffers);
}

/** The same from the inputs, with the sums over rows: the cheapest way to verify. The potential is gone when the buffers are asked again. */
export const checkedOf = (score: Score, inputs: Inputs, weights: Float64Array, buffers = freshBuffers): Checked =>
  familyOf(inputs.own?.dynamics).check(score, inputs, weights, buffers);

/** What a neuron's weights may be: one bound for all, or a lower and an upper one for each. */
export interface Box {
  /** The least weights. */
  lower: Float64Array;
  /** The largest weights. */
  upper: Float64Array;
}

/** The worst violation of the box. */
export function boxViolation(weights: Float64Array, { lower, upper }: Box): number {
  let worst = 0;
  for (let k = 0; k < weights.length; k++) {
    worst = Math.max(worst, weights[k] - upper[k], lower[k] - weights[k]);
  }
  return worst;
}

/** The worst violation of the template, each demand in its own unit: in continuous time, or on its grid. */
export function templateViolation(course: Course, spikes: Float64Array, template: Template): number {
  const { slope, grid, leeway = 0, overdrive } = template;
  let worst = 0;
  const note = (amount: number) => {
    // The maximum keeps NaN, so that it cannot pass for zero.
    worst = Math.max(worst, amount);
  };
  if (grid !== undefined) {
    sampled(course, spikes, template, grid, note);
    return worst;
  }
  for (const spike of spikes) note(Math.abs(course.value(spike) - 1) - leeway);
  if (overdrive) for (const spike of spikes) note(overdrive.level - course.value(spike + overdrive.after));
  for (const { begin, end, level, rise } of windowsOf(spikes, course.period, template, course.dynamics)) {
    if (level !== undefined) note(course.highest(begin, end, rise).value - level);
    else note(slope - (begin === end ? course.slope(end, 'left') : course.flattest(begin, end).value));
  }
  return worst;
}

/** By how much each demand of the sampled template (grid.ts) is missed, point after point. */
function sampled(
  course: Course,
  spikes: Float64Array,
  { margin, slope, zone, leeway = 0 }: Template,
  step: number,
  note: (amount: number) => void,
): void {
  const { period } = course;
  const n = spikes.length;
  for (const spike of spikes) note(1 - leeway - course.value(spike));
  for (let i = 0; i * step < period; i++) {
    const time = i * step;
    const after = countUntil(spikes, time, 'left');
    const until = countUntil(spikes, time, 'right');
    const next = n === 0 ? Number.POSITIVE_INFINITY : after < n ? spikes[after] : spikes[0] + period;
    const latest = n === 0 ? Number.NEGATIVE_INFINITY : until > 0 ? spikes[until - 1] : spikes[n - 1] - period;
    const [left, right] = [time - latest, next - time];
    if (left > 1) note(course.value(time) - ((right > zone ? 1 - margin : 1) - OFFSET));
    if (left <= zone || right <= zone) note(slope + OFFSET - course.slope(time, 'right'));
  }
}

/** How much stricter the published template is than its numbers. */
const OFFSET = 1e-6;

/** n_i . w - b_i of every cut. */
export const cutSlacks = (course: Course, cuts: readonly Cut[]): Float64Array =>
  Float64Array.from(cuts, (cut) => slackOf(course, cut));

/**
 * sum_i y_i n_i over the cuts, per synapse, in time linear in the arrivals: every entry is a sum over the
 * synapse's arrivals of one function of time, the multipliers seen through the mirrored kernel, which a single
 * sweep backwards around the circle evaluates.
 */
export const combineCuts = (
  arrivals: Arrivals,
  synapses: number,
  cuts: readonly Moment[],
  multipliers: Float64Array,
): Float64Array => familyOf(arrivals.own?.dynamics).combine(arrivals, synapses, cuts, multipliers);

/** The same combination with a bound on the error of every entry: for proofs. */
export const combineCutsBounded = (
  arrivals: Arrivals,
  synapses: number,
  cuts: readonly Moment[],
  multipliers: Float64Array,
): { combination: Float64Array; errors: Float64Array } =>
  familyOf(arrivals.own?.dynamics).combineBounded(arrivals, synapses, cuts, multipliers);

/** The largest potential that weights within the box can produce at each of the times: the kernel is nowhere negative. */
export function reachOf(arrivals: Arrivals, times: Float64Array, { upper }: Box): Float64Array {
  const most = potentialFrom(arrivals, upper);
  return times.map((time) => most.value(time));
}
