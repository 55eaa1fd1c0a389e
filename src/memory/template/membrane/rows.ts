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
 * where sums over periods are closed. The sums over arrivals are the kernel's (kernel/membrane-row.ts).
 */
import type { Arena } from '../../../core/index.js';
import { kernelModule } from '../../kernels.generated.js';
import { type Moment, sideOf } from '../cut.js';
import { lastSpike, resets } from '../dynamics.js';
import { horizonFor } from '../kernel.js';
import type { MembraneDynamics } from './dynamics.js';
import { closedArrival } from './piece.js';

interface Kernel {
  membraneRow(
    time: number,
    inclusive: boolean,
    slopes: boolean,
    sign: number,
    oldest: number,
    v: number,
    i: number,
    d: number,
    row: number,
  ): void;
  membraneCurrents(release: number, oldest: number, i: number, d: number, out: number): number;
  membraneRowOfCurrents(
    release: number,
    currents: number,
    count: number,
    since: number,
    slopes: boolean,
    sign: number,
    row: number,
  ): void;
}

/** In time constants, up to which currents, and without resets potentials, count: below the rounding of a row's entry. */
const CURRENT_HORIZON = horizonFor(1e-17);
/** With the slower of two time constants in a sum over all periods: a little further. */
const POTENTIAL_HORIZON = horizonFor(5e-20);
/** Bytes of currents at releases that are kept for the rows to come: at 16 for each arrival within the horizon. */
const MOST_KEPT = 1 << 25;

/** What the currents of all earlier arrivals are at a release. */
interface Currents {
  readonly at: number;
  readonly count: number;
}

/**
 * Writes the row of a moment where a pointer says, one number a synapse; minus the row at a level. Its arrivals have to be bound
 * (arrivals.ts).
 */
export function rowWriter(
  arena: Arena,
  dynamics: MembraneDynamics,
  spikes: Float64Array,
  period: number,
  synapses: number,
  events: number,
): (moment: Moment, pointer: number) => void {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const { membrane, synapse, gain, order, after, dead } = dynamics;
  const [v, i, d] = closedArrival(dynamics, period);
  const [freshI, freshD] = order === 1 ? [gain, 0] : [0, gain];
  const moving = resets(dynamics) && spikes.length > 0;
  // Beyond this age even the slower of the two decays has nothing left.
  const oldest = Math.min(period, POTENTIAL_HORIZON * Math.max(membrane, synapse));
  const oldestCurrent = Math.min(period, CURRENT_HORIZON * synapse);
  const currentsAt = (release: number, at: number): Currents => ({
    at,
    count: kernel.membraneCurrents(release, oldestCurrent, i, d, at),
  });
  const kept = new Map<number, Currents>();
  let scratch = 0;
  const first = arena.mark();
  for (const spike of moving && after === 'membrane' ? [spikes[spikes.length - 1] - period, ...spikes] : []) {
    scratch = arena.alloc(16 * events);
    const currents = currentsAt(spike + dead, scratch);
    if (scratch + 16 * currents.count > first + MOST_KEPT) break;
    kept.set(spike + dead, currents);
    arena.release(scratch);
    arena.alloc(16 * currents.count);
  }

  return ({ time, kind }, pointer) => {
    arena.f64(pointer, synapses).fill(0);
    const slopes = kind === 'slope+' || kind === 'slope-';
    const sign = kind === 'level' ? -1 : 1;
    const side = sideOf(kind);
    const inclusive = side === 'right';
    if (!moving) {
      kernel.membraneRow(time, inclusive, slopes, sign, oldest, v, i, d, pointer);
      return;
    }
    const release = lastSpike(spikes, period, time, side) + dead;
    const since = time - release;
    if (since < 0) return;
    const fresh = after === 'all' ? since : Math.min(since, period);
    kernel.membraneRow(time, inclusive, slopes, sign, fresh, 0, freshI, freshD, pointer);
    if (after === 'membrane') {
      const { at, count } = kept.get(release) ?? currentsAt(release, scratch);
      kernel.membraneRowOfCurrents(release, at, count, since, slopes, sign, pointer);
    }
  };
}
