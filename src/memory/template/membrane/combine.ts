/**
 * Combinations of the rows of a neuron with dynamics of its own, for the verifier: sum_i y_i row_i, in one sweep
 * backwards around the circle. It carries the adjoint c of the state: c . (V, I, D) just after a moment is what the state there
 * will contribute to all later cuts. Over a step x (E, F, p, q as in course.ts)
 *
 *   c_D <- (c_D + c_I x) F + c_V q,     c_I <- c_I F + c_V p,     c_V <- c_V E;
 *
 * a cut at a potential adds y to c_V, one at a slope adds (-y / tau_m, y) to (c_V, c_I); a spike forgets c_V, or all of c; and an
 * arrival collects gain c_I or gain c_D.
 */
import type { Arrivals } from '../arrivals.js';
import { type Moment, sideOf } from '../cut.js';
import { lastSpike, resets } from '../dynamics.js';
import { ownEvents, responses, SPIKE } from './course.js';
import type { MembraneDynamics } from './dynamics.js';

/** Arrivals at a neuron of this family. */
export interface MembraneArrivals extends Arrivals {
  own: { spikes: Float64Array; dynamics: MembraneDynamics };
}

type Adjoint = [v: number, i: number, d: number];

/** What happens beside arrivals, in order: rank 0 cuts that look back, 1 own spikes and releases, 3 cuts that look ahead. */
interface Happening {
  time: number;
  rank: number;
  /** Of a cut its number, of an own event its kind. */
  item: number;
}
/** Arrivals stand between: after a spike at the same moment, before a slope from the right. */
const ARRIVAL_RANK = 2;

/**
 * One function, longer than most: one walk over the merged events, a few lines for each kind.
 * @param absolute all terms by their absolute values: the size that rounding errors are relative to
 * @returns one entry per synapse
 */
export function combine(
  { times, synapses, period, own }: MembraneArrivals,
  synapseCount: number,
  cuts: readonly Moment[],
  multipliers: Float64Array,
  absolute = false,
): Float64Array {
  const { dynamics, spikes } = own;
  const moving = resets(dynamics) && spikes.length > 0;
  const happenings: Happening[] = moving
    ? ownEvents(dynamics, spikes, period).map(({ time, kind }) => ({ time, rank: 1, item: kind }))
    : [];
  cuts.forEach(({ time, kind }, item) => {
    // While the potential is held no weight moves it; at the release itself its slope from the right is free.
    const side = sideOf(kind);
    const age = moving ? time - lastSpike(spikes, period, time, side) : Number.POSITIVE_INFINITY;
    const held = side === 'right' ? age < dynamics.dead - 1e-9 : age <= dynamics.dead;
    if (!held || dynamics.dead === 0) happenings.push({ time, rank: kind === 'slope+' ? 3 : 0, item });
  });
  // The sort is stable: a release at a spike comes before it.
  happenings.sort((a, b) => a.time - b.time || a.rank - b.rank);
  const sum = new Float64Array(synapseCount);
  // The responses of the steps from moment to moment are the same in every turn: the first one finds them.
  const known = new Float64Array(4 * (times.length + happenings.length + 1));
  let [found, at] = [0, 0];
  const step = (c: Adjoint, x: number): void => {
    if (at === found) {
      responses(dynamics, x, known, at);
      found += 4;
    }
    const [v, i, d] = [c[0], c[1], c[2]];
    c[0] = v * known[at];
    c[1] = i * known[at + 1] + v * known[at + 2];
    c[2] = (d + i * x) * known[at + 1] + v * known[at + 3];
    at += 4;
  };
  const inject = (c: Adjoint, item: number): void => {
    const { kind } = cuts[item];
    const y = absolute ? Math.abs(multipliers[item]) : multipliers[item];
    if (kind === 'slope+' || kind === 'slope-') {
      c[0] += ((absolute ? 1 : -1) * y) / dynamics.membrane;
      c[1] += y;
    } else c[0] += kind === 'level' && !absolute ? -y : y;
  };
  /** From the adjoint at the circle's end to that at its origin. */
  const pass = (from: Adjoint, collect: boolean): Adjoint => {
    const c: Adjoint = [...from];
    at = 0;
    let now = period;
    let h = happenings.length - 1;
    for (let k = times.length - 1; k >= -1; k--) {
      const time = k >= 0 ? times[k] : 0;
      for (; h >= 0; h--) {
        const { time: moment, rank, item } = happenings[h];
        if (k >= 0 && (moment < time || (moment === time && rank < ARRIVAL_RANK))) break;
        step(c, now - moment);
        now = moment;
        if (rank !== 1) inject(c, item);
        else if (item === SPIKE && dynamics.after === 'all') c.fill(0);
        else c[0] = 0;
      }
      step(c, now - time);
      now = time;
      if (collect && k >= 0) sum[synapses[k]] += dynamics.gain * c[dynamics.order];
    }
    return c;
  };
  pass(closing(), true);
  return sum;

  /** The adjoint at the circle's end that is itself again a turn earlier. */
  function closing(): Adjoint {
    const whole = new Float64Array(4);
    responses(dynamics, period, whole);
    const [e, f, p, q] = whole;
    const gained = pass([0, 0, 0], false);
    if (!moving) {
      const v = gained[0] / (1 - e);
      const i = (gained[1] + v * p) / (1 - f);
      return [v, i, (gained[2] + v * q + i * period * f) / (1 - f)];
    }
    // A turn on, only currents are left of what came in; nothing where a spike forgets them.
    const twice = pass(gained, false);
    const [di, dd] = [twice[1] - gained[1], twice[2] - gained[2]];
    if (dynamics.after === 'all') return twice;
    const i = di / (1 - f);
    return [gained[0], gained[1] + i, gained[2] + (dd + i * period * f) / (1 - f)];
  }
}

/** The same combination with a bound on the rounding error of every entry: for proofs. */
export function combineBounded(
  arrivals: MembraneArrivals,
  synapseCount: number,
  cuts: readonly Moment[],
  multipliers: Float64Array,
): { combination: Float64Array; errors: Float64Array } {
  const share = relativeError(arrivals, cuts.length);
  return {
    combination: combine(arrivals, synapseCount, cuts, multipliers),
    errors: combine(arrivals, synapseCount, cuts, multipliers, true).map((size) => share * size),
  };
}

/** A bound on the rounding error of each entry, relative to its size in absolute terms. */
function relativeError({ times, period, own }: MembraneArrivals, events: number): number {
  const { membrane, synapse } = own.dynamics;
  const least = Math.min(membrane, synapse);
  const longest = Math.max(membrane, synapse);
  // Every step rounds a few times; times are rounded to an ulp of the period; the closing divides by 1 - e^{-T / tau}.
  const steps = 8 * (times.length + events) + 64 + (16 * period) / least;
  return 2 ** -53 * steps * (1 + longest / period);
}
