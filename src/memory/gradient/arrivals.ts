/**
 * What a neuron's potential at one moment is made of, and how it moves with everything that made it:
 *
 *   z(t) = sum_k w_k y_k,   y_k = sum_n h(u_n),   u_n = t - d_k - t_n > 0 the age of the arrival of spike n by synapse k,
 *   dz = sum_k y_k dw_k + z' dt - sum_k w_k y'_k dd_k - sum_n w_k h'(u_n) dt_n,      h(u) = u e^{1-u}.
 */
import { countUntil, exp } from '../../core/index.js';
import type { Wiring } from '../network/index.js';
import { OLDEST, type SpikeRecord } from './trial.js';

export interface LocalPotential {
  /** z and z' (from the left) at the moment. */
  potential: number;
  slope: number;
  /** y_k and y'_k of the neuron's synapses, the first of the arrays. */
  levels: Float64Array;
  drives: Float64Array;
  /** The arrivals: which spike, by which of the neuron's synapses, and w h'(u); the first `count` of each count. */
  count: number;
  spikes: Uint32Array;
  synapses: Uint32Array;
  pushes: Float64Array;
}

/** Room for moments of neurons, filled again and again; it grows as needed. */
export const emptyPotential = (): LocalPotential => ({
  potential: 0,
  slope: 0,
  levels: new Float64Array(0),
  drives: new Float64Array(0),
  count: 0,
  spikes: new Uint32Array(0),
  synapses: new Uint32Array(0),
  pushes: new Float64Array(0),
});

/** Fills `moment` with what neuron l hears at time t. @returns how many arrivals were summed */
export function potentialAt(
  { starts, sources, delays }: Wiring,
  weights: Float64Array,
  { times, starts: trains, gapDecays }: SpikeRecord,
  l: number,
  t: number,
  moment: LocalPotential,
): number {
  if (moment.levels.length < starts[l + 1] - starts[l]) {
    moment.levels = new Float64Array(starts[l + 1] - starts[l]);
    moment.drives = new Float64Array(starts[l + 1] - starts[l]);
  }
  const { levels, drives } = moment;
  let [potential, slope, count] = [0, 0, 0];
  let { spikes, synapses, pushes } = moment;
  for (let k = starts[l]; k < starts[l + 1]; k++) {
    const [weight, sent] = [weights[k], t - delays[k]];
    const first = trains[sources[k]];
    let [level, drive] = [0, 0];
    let n = first + countUntil(times, sent, 'left', first, trains[sources[k] + 1]) - 1;
    if (count + n - first >= spikes.length) {
      [spikes, synapses] = [longer(spikes, count + n - first), longer(synapses, count + n - first)];
      const more = new Float64Array(spikes.length);
      more.set(pushes);
      pushes = more;
    }
    // e^{1-u} of ever older arrivals falls by the gaps between the spikes.
    for (let scale = n >= first ? exp(1 - sent + times[n]) : 0; n >= first; n--) {
      const age = sent - times[n];
      if (age > OLDEST) break;
      const push = scale * (1 - age);
      level += scale * age;
      drive += push;
      spikes[count] = n;
      synapses[count] = k - starts[l];
      pushes[count++] = weight * push;
      scale *= gapDecays[n];
    }
    levels[k - starts[l]] = level;
    drives[k - starts[l]] = drive;
    potential += weight * level;
    slope += weight * drive;
  }
  Object.assign(moment, { potential, slope, count, spikes, synapses, pushes });
  return count;
}

function longer(values: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(2 * Math.max(values.length, least) + 16);
  more.set(values);
  return more;
}
