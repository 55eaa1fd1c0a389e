/**
 * The rows of a neuron with dynamics of its own: what each synapse of weight 1 makes of V, or of V' at a slope.
 *
 * With s the last own spike, r its release, and p(x) the response of V to an arrival x ago,
 *
 *   all         row_k = sum of p(t - a) over arrivals a of synapse k in [s, t)
 *   membrane    row_k = sum of p(t - a) over those in (r, t), and for every earlier one, of all periods, with its
 *               current (i, d) at r: i P(t - r) + d Q(t - r), P and Q the responses of V to I and D
 *   nothing     row_k = sum of p(t - a) over all arrivals of all periods
 *
 * where sums over periods are closed.
 */
import { type Arena, countUntil } from '../../../core/index.js';
import { type Moment, type Side, sideOf } from '../cut.js';
import { lastSpike } from '../dynamics.js';
import { horizonFor } from '../kernel.js';
import { closedArrival, levelAt, respond, riseAt } from './piece.js';
import type { Scanned } from './scan.js';

/** In time constants, up to which currents, and without resets potentials, count: below the rounding of a row's entry. */
const CURRENT_HORIZON = horizonFor(1e-17);
/** With the slower of two time constants in a sum over all periods: a little further. */
const POTENTIAL_HORIZON = horizonFor(5e-20);

/**
 * Writes the row of a moment where a pointer says, one number a synapse; minus the row at a level. One function, longer
 * than most: the sums over all periods are made once, for all rows that the closure writes.
 */
export function rowWriter(
  arena: Arena,
  { dynamics, moving, period, spikes, times, from }: Scanned,
  synapses: number,
): (moment: Moment, pointer: number) => void {
  const events = times.length;
  const { membrane, synapse, gain, order, after, dead } = dynamics;
  const out = new Float64Array(4);
  const steady = closedArrival(dynamics, period);

  function writeRow({ time, kind }: Moment, pointer: number): void {
    const row = arena.f64(pointer, synapses).fill(0);
    const slopes = kind === 'slope+' || kind === 'slope-';
    const sign = kind === 'level' ? -1 : 1;
    const side = sideOf(kind);
    // What the currents and the potential at some moment make of the row's quantity an `age` later.
    const quantity = (v: number, i: number, d: number, age: number) =>
      slopes ? riseAt(dynamics, v, i, d, age) : levelAt(dynamics, v, i, d, age);
    if (!moving) {
      // Beyond this age even the slower of the two decays has nothing left.
      eachBack(time, side, Math.min(period, POTENTIAL_HORIZON * Math.max(membrane, synapse)), (e, age) => {
        row[from[e]] += sign * quantity(steady[0], steady[1], steady[2], age);
      });
      return;
    }
    const last = lastSpike(spikes, period, time, side);
    const release = last + dead;
    const since = time - release;
    if (since < 0) return;
    const fresh = after === 'all' ? since : Math.min(since, period);
    const [i, d] = order === 1 ? [gain, 0] : [0, gain];
    eachBack(time, side, fresh, (e, age) => {
      row[from[e]] += sign * quantity(0, i, d, age);
    });
    if (after === 'all') return;
    const [ofCurrent, ofDrive] = [quantity(0, 1, 0, since), order === 1 ? 0 : quantity(0, 0, 1, since)];
    eachBack(release, 'left', Math.min(period, CURRENT_HORIZON * synapse), (e, age) => {
      respond(dynamics, age, out);
      row[from[e]] += sign * ((steady[1] + steady[2] * age) * out[1] * ofCurrent + steady[2] * out[1] * ofDrive);
    });
  }

  /**
   * Visits the arrivals up to a time, itself included if `side` is right, and up to an age, included: the age of a whole period
   * only from the left, so that none is visited twice.
   */
  function eachBack(until: number, side: Side, oldest: number, visit: (e: number, age: number) => void): void {
    const turns = Math.floor(until / period) * period;
    const time = until - turns;
    let e = countUntil(times, time, side);
    let shift = 0;
    for (let n = 0; n < events; n++) {
      e--;
      if (e < 0) {
        e = events - 1;
        shift = period;
      }
      const age = time - times[e] + shift;
      if (age > oldest) return;
      visit(e, age);
    }
  }

  return writeRow;
}
