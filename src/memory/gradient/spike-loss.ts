/**
 * How far what was played is from what was prescribed, for exact spike-time gradients:
 *
 *   L = 1/2 sum over answered spikes (t - t*)^2 + sum over unanswered ones and extra ones (1/8 + 1/2 excess^2).
 *
 * A prescribed spike is answered by a spike within 1/2 of it (there is at most one: spikes are 1 apart). Spike times say
 * nothing about spikes that are not there, nor can they delete one: for these the potential answers, exactly where it has
 * to change so that the spike comes or goes,
 *
 *   nothing played at t*:     excess = min(0, z(t*) - 1 - margin)
 *   an extra spike at t_m:    excess = max(0, peak of z in [t_m, t_m + 1] - 1 + margin)
 *   released too early:       excess = z(t_m) - 1, where refractoriness ends at t_m < t* with z above the threshold.
 *
 * 1/8 = 1/2 (1/2)^2 is what the worst answered spike costs, so that an answer is never dearer than none.
 */
import { decay } from '../../core/index.js';
import type { Wiring } from '../network/index.js';
import { KERNEL_DRIVE } from '../template/index.js';
import { emptyPotential, type LocalPotential, potentialAt } from './arrivals.js';
import { HALF, IMPOSED, RELEASED, type SpikeRecord, type Trial } from './trial.js';

/** A demand on the potential of a neuron at one moment that it misses by `excess` (negative: too low). */
export interface Shortfall {
  neuron: number;
  time: number;
  excess: number;
  /** The moment moves with this spike (-1: with none), and with the delay of this synapse where that is an arrival. */
  spike: number;
  synapse: number;
}

export interface SpikeLoss {
  /** Of each learner. */
  readonly losses: Float64Array;
  /** t - t* of each answering spike, 0 for all others. */
  readonly residuals: Float64Array;
  /** 1 for each spike that answers a prescribed one. */
  readonly answers: Uint8Array;
  readonly shortfalls: readonly Shortfall[];
  /** Spikes that answer, prescribed ones without an answer, spikes that nothing prescribes. */
  readonly matched: number;
  readonly missing: number;
  readonly extra: number;
}

/** How far beyond the threshold a missing or an extra spike asks the potential to go, in thresholds. */
const MARGIN = 0.1;
const THRESHOLD = 1;
const UNANSWERED = (HALF * HALF) / 2;
/** A spike that is released earlier than this before its time is too early. */
const EARLY = 1e-6;

/** Compares one playing of a trial with its targets. */
export function spikeLoss(trial: Trial, weights: Float64Array, played: SpikeRecord): SpikeLoss {
  const { wiring, learners, targets, targetStarts, ends } = trial;
  const { times, starts, kinds } = played;
  const losses = new Float64Array(learners);
  const residuals = new Float64Array(times.length);
  const answers = new Uint8Array(times.length);
  const shortfalls: Shortfall[] = [];
  const moment = emptyPotential();
  let [matched, missing, extra] = [0, 0, 0];
  for (let l = 0; l < learners; l++) {
    const ask = (shortfall: Omit<Shortfall, 'neuron'>) => {
      shortfalls.push({ neuron: l, ...shortfall });
      losses[l] += (shortfall.excess * shortfall.excess) / 2;
    };
    const above = (time: number) => {
      potentialAt(wiring, weights, played, l, time, moment);
      return moment.potential - THRESHOLD;
    };
    let m = starts[l];
    while (m < starts[l + 1] && kinds[m] === IMPOSED) m++;
    for (let j = targetStarts[l]; j < targetStarts[l + 1] || (m < starts[l + 1] && times[m] <= ends[l]); ) {
      const target = j < targetStarts[l + 1] ? targets[j] : Number.POSITIVE_INFINITY;
      const time = m < starts[l + 1] ? times[m] : Number.POSITIVE_INFINITY;
      if (time <= target - HALF) {
        extra++;
        losses[l] += UNANSWERED;
        potentialAt(wiring, weights, played, l, time, moment);
        ask(peakAfter(wiring, weights, played, moment, l, m));
        m++;
      } else if (time >= target + HALF) {
        missing++;
        losses[l] += UNANSWERED;
        const excess = above(target) - MARGIN;
        if (excess < 0) ask({ time: target, excess, spike: -1, synapse: -1 });
        j++;
      } else {
        matched++;
        answers[m] = 1;
        residuals[m] = time - target;
        losses[l] += (residuals[m] * residuals[m]) / 2;
        if (kinds[m] === RELEASED && time < target - EARLY) {
          ask({ time, excess: Math.max(0, above(time)), spike: m, synapse: -1 });
        }
        m++;
        j++;
      }
    }
  }
  return { losses, residuals, answers, shortfalls, matched, missing, extra };
}

/**
 * What an extra spike m of neuron l has to lose: its potential's peak while it is refractory. From the spike on
 * z(x) = (a + b x) e^{-x}, x the time since the last arrival; the peak is at an arrival, inside a piece or at an end.
 */
function peakAfter(
  { starts, sources, delays }: Wiring,
  weights: Float64Array,
  played: SpikeRecord,
  { potential, slope }: LocalPotential,
  l: number,
  m: number,
): Omit<Shortfall, 'neuron'> {
  const { times, starts: trains } = played;
  const arrivals: { x: number; spike: number; synapse: number }[] = [];
  for (let k = starts[l]; k < starts[l + 1]; k++) {
    const sent = times[m] - delays[k];
    for (let n = trains[sources[k] + 1] - 1; n >= trains[sources[k]]; n--) {
      const x = times[n] - sent;
      if (x < 0) break;
      if (x < 1) arrivals.push({ x, spike: n, synapse: k });
    }
  }
  arrivals.sort((p, q) => p.x - q.x || p.synapse - q.synapse);
  let [a, b] = [potential, potential + slope];
  const peak = { x: 0, value: potential, spike: m, synapse: -1 };
  arrivals.push({ x: 1, spike: m, synapse: -1 });
  let last = 0;
  for (const { x, spike, synapse } of arrivals) {
    const top = 1 - a / b;
    if (b > 0 && top > 0 && top < x - last && b * decay(top) > peak.value) {
      Object.assign(peak, { x: last + top, value: b * decay(top), spike: -1, synapse: -1 });
    }
    const shrink = decay(x - last);
    a = (a + b * (x - last)) * shrink;
    b = b * shrink + (synapse >= 0 ? KERNEL_DRIVE * weights[synapse] : 0);
    if (a > peak.value) Object.assign(peak, { x, value: a, spike, synapse });
    last = x;
  }
  const { x, value, spike, synapse } = peak;
  return { time: times[m] + x, excess: Math.max(0, value - THRESHOLD + MARGIN), spike, synapse };
}
