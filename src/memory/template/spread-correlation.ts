/**
 * The quadratic form of spread.ts for the verifier, of neurons that no spike changes, from the autocorrelation of their kernel:
 *
 *   (H_s w_s)_k = (1/T) sum over arrivals a of synapse k, arrivals b of source s and all periods of w_b c(a - b),
 *   c(u) = int h(t) h(t + |u|) dt = e^2/4 beta (1 + |u| / beta) e^{-|u| / beta},     h(t) = (t / beta) e^{1 - t / beta}.
 *
 * What the arrivals before a moment contribute there has the form A + B x, times e^{-x}, x after the last of them: one walk round the
 * circle of each source forwards, and one backwards for those after it, each begun with what all other periods leave.
 */
import { decay } from '../../core/index.js';
import type { Arrivals } from './arrivals.js';
import { everyPeriod, horizonFor, KERNEL_DRIVE } from './kernel.js';

/** The age beyond which nothing is left that a double could show. */
const MEMORY = horizonFor(1e-18);

/** Arrivals in groups, each with the time since the one before it in its group, round the circle, and e to the minus of that. */
interface Circles {
  readonly times: Float64Array;
  readonly period: number;
  readonly groups: Int32Array;
  readonly count: number;
  readonly gaps: Float64Array;
  readonly fades: Float64Array;
}

function circlesOf(times: Float64Array, period: number, groups: Int32Array, count: number): Circles {
  const n = times.length;
  const [gaps, fades, last] = [new Float64Array(n), new Float64Array(n), new Float64Array(count)];
  for (let e = 0; e < n; e++) last[groups[e]] = times[e] - period;
  for (let e = 0; e < n; e++) {
    gaps[e] = times[e] - last[groups[e]];
    fades[e] = decay(gaps[e]);
    last[groups[e]] = times[e];
  }
  return { times, period, groups, count, gaps, fades };
}

/** Adds to `found` what arrivals of the same group that come earlier (or later) contribute at each; `weights` are one an arrival. */
function addSide(circles: Circles, weights: Float64Array, forwards: boolean, found: Float64Array): void {
  const { times, period, groups, count, gaps, fades } = circles;
  const n = times.length;
  const [level, drive] = [new Float64Array(count), new Float64Array(count)];
  /** Of every group the arrival that was met last. */
  const met = new Int32Array(count);
  if (!forwards) for (let e = n - 1; e >= 0; e--) met[groups[e]] = e;
  const walk = (counts: boolean) => {
    for (let j = 0; j < n; j++) {
      const e = forwards ? j : n - 1 - j;
      const g = groups[e];
      // The way back from the arrival that comes later.
      const step = forwards ? e : met[g];
      met[g] = e;
      // Of what is only there to close the circle the older part leaves nothing.
      if (!counts && (forwards ? times[e] < period - MEMORY : times[e] > MEMORY)) continue;
      const now = (level[g] + drive[g] * gaps[step]) * fades[step];
      if (counts) found[e] += now;
      level[g] = now + weights[e];
      drive[g] = drive[g] * fades[step] + weights[e];
    }
  };
  walk(false);
  for (let g = 0; g < count; g++) [level[g], drive[g]] = everyPeriod(level[g], drive[g], period);
  walk(true);
}

/** H w of groups of synapses, one number a synapse. `beta` is the time constant of the kernel. */
export function correlatedGradient(
  { times, synapses, period }: Arrivals,
  beta: number,
  groupOf: Int32Array,
  count: number,
  weights: Float64Array,
): Float64Array {
  const n = times.length;
  const [groups, weight] = [new Int32Array(n), new Float64Array(n)];
  for (let e = 0; e < n; e++) {
    groups[e] = groupOf[synapses[e]];
    weight[e] = weights[synapses[e]];
  }
  const scaled = beta === 1 ? times : times.map((time) => time / beta);
  const circles = circlesOf(scaled, period / beta, groups, count);
  const found = weight.slice();
  addSide(circles, weight, true, found);
  addSide(circles, weight, false, found);
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE * beta) / (4 * period);
  const gradient = new Float64Array(groupOf.length);
  for (let e = 0; e < n; e++) gradient[synapses[e]] += unit * found[e];
  return gradient;
}
