/**
 * What an own spike does to the potential of a neuron, in every family but the default one, which no spike changes:
 *
 *   nothing     the potential goes on
 *   all         the potential is set to R, and whatever arrived before is forgotten
 *   membrane    the potential stays at R until the release, a dead time later; what flows into it goes on
 *
 * The potential is affine in the weights: V = free + sum of w rows. What the last spike has left,
 * free(t) = R e^{-(t - release) / tau_m}, is no weight's doing.
 *
 * Program and verifier share this free part: it is taken from the limit of a cut on one side and from the potential on
 * the other, so that an error in it cancels in a cut's slack. That a template holds, or may be asked for, is judged without it (verify.ts, limits.ts).
 */
import { exp } from '../../core/index.js';
import { type Moment, type Side, sideOf } from './cut.js';

/** What a spike of a neuron does to its own potential; times in refractory periods, potentials in thresholds. */
export interface Dynamics {
  /** Which family the neuron is of: a name in the list of family.ts. */
  readonly family: string;
  /** What a spike wipes out: nothing, all earlier arrivals, or the potential of the membrane alone. */
  readonly after: 'nothing' | 'all' | 'membrane';
  /** R: the potential that a spike sets. */
  readonly reset: number;
  /** From a spike to the release of the potential. */
  readonly dead: number;
  /** tau_m: the time constant with which R decays. */
  readonly membrane: number;
}

/** Whether a spike changes the potential. */
export const resets = <Kind extends Dynamics>(dynamics: Kind | undefined): dynamics is Kind =>
  dynamics !== undefined && dynamics.after !== 'nothing';

/** The last own spike before t (at t included if `side` is right), around the circle: at most one period ago. */
export function lastSpike(spikes: Float64Array, period: number, t: number, side: Side): number {
  let last = spikes[spikes.length - 1] - period;
  for (const spike of spikes) {
    if (side === 'left' ? spike >= t : spike > t) break;
    last = spike;
  }
  return last;
}

/** Rounding may leave a hair of the dead time at the release itself. */
const RELEASED = -1e-9;

/** What of a row's quantity no weight makes: the limit of a cut on the weights is that on the whole potential less this. */
export function freeShare(
  dynamics: Dynamics,
  spikes: Float64Array,
  period: number,
  { time: moment, kind }: Pick<Moment, 'time' | 'kind'>,
): number {
  const { membrane, reset, dead } = dynamics;
  const isSlope = kind === 'slope+' || kind === 'slope-';
  let [value, slope] = [0, 0];
  if (resets(dynamics) && spikes.length > 0 && reset !== 0) {
    const time = moment - Math.floor(moment / period) * period;
    const since = time - lastSpike(spikes, period, time, sideOf(kind)) - dead;
    value = since < RELEASED ? reset : reset * exp(-Math.max(since, 0) / membrane);
    if (since >= RELEASED) slope = -value / membrane;
  }
  if (isSlope) return slope;
  return kind === 'level' ? -value : value;
}
