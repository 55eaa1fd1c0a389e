/**
 * The quadratic form of spread.ts for the verifier, of neurons that no spike changes, from the autocorrelation of their kernel:
 *
 *   (H_s w_s)_k = (1/T) sum over arrivals a of synapse k, arrivals b of source s and all periods of w_b c(a - b),
 *   c(u) = int h(t) h(t + |u|) dt = e^2/4 beta (1 + |u| / beta) e^{-|u| / beta},     h(t) = (t / beta) e^{1 - t / beta}.
 *
 * What the arrivals before a moment contribute there has the form A + B x, times e^{-x}, x after the last of them: one sweep
 * forwards, and one backwards for those after it, each begun with what all other periods leave.
 */
import { decay } from '../../core/index.js';
import type { Arrivals } from './arrivals.js';
import { everyPeriod, horizonFor, KERNEL_DRIVE } from './kernel.js';

/** The age beyond which nothing is left that a double could show. */
const MEMORY = horizonFor(1e-18);

/** One sweep: what arrivals of the same group that come earlier (or later) contribute at each; `weights` are one an arrival. */
function sweep(
  times: Float64Array,
  period: number,
  groups: Int32Array,
  count: number,
  weights: Float64Array,
  forwards: boolean,
): Float64Array {
  const n = times.length;
  const [level, drive, last] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const found = new Float64Array(n);
  const pass = (round: number) => {
    last.fill(0);
    for (let j = 0; j < n; j++) {
      const e = forwards ? j : n - 1 - j;
      const time = forwards ? times[e] : period - times[e];
      if (round === 0 && time < period - MEMORY) continue;
      const g = groups[e];
      const gap = time - last[g];
      const fade = decay(gap);
      last[g] = time;
      const now = (level[g] + drive[g] * gap) * fade;
      if (round > 0) found[e] = now;
      level[g] = now + weights[e];
      drive[g] = drive[g] * fade + weights[e];
    }
  };
  pass(0);
  for (let g = 0; g < count; g++) {
    const gap = period - last[g];
    const fade = decay(gap);
    [level[g], drive[g]] = everyPeriod((level[g] + drive[g] * gap) * fade, drive[g] * fade, period);
  }
  pass(1);
  return found;
}

/** H w of groups of synapses, one number a synapse. `beta` is the time constant of the kernel. */
export function correlatedGradient(
  { times, synapses, period }: Arrivals,
  beta: number,
  groupOf: Int32Array,
  count: number,
  weights: Float64Array,
): Float64Array {
  const scaled = beta === 1 ? times : times.map((time) => time / beta);
  const n = times.length;
  const [groups, weight] = [new Int32Array(n), new Float64Array(n)];
  for (let e = 0; e < n; e++) {
    groups[e] = groupOf[synapses[e]];
    weight[e] = weights[synapses[e]];
  }
  const before = sweep(scaled, period / beta, groups, count, weight, true);
  const after = sweep(scaled, period / beta, groups, count, weight, false);
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE * beta) / (4 * period);
  const gradient = new Float64Array(groupOf.length);
  for (let e = 0; e < n; e++) gradient[synapses[e]] += unit * (before[e] + weight[e] + after[e]);
  return gradient;
}
