/**
 * The program of a neuron with dynamics of its own (membrane/dynamics.ts), with the same face as that of the default model.
 *
 * Rows. With s the last own spike, r its release, and p(x) the response of V to an arrival x ago,
 *
 *   all         row_k = sum of p(t - a) over arrivals a of synapse k in [s, t)
 *   membrane    row_k = sum of p(t - a) over those in (r, t), and for every earlier one, of all periods, with its
 *               current (i, d) at r: i P(t - r) + d Q(t - r), P and Q the responses of V to I and D
 *   nothing     row_k = sum of p(t - a) over all arrivals of all periods
 *
 * where sums over periods are closed. What weights do not change, free(t), moves to the other side: row . w >= limit -+ free.
 */
import { type Arena, countUntil, EngramError, sortSpread } from '../../../core/index.js';
import { channelCount, type Score } from '../../score/index.js';
import { type Cut, type Moment, type Side, sideOf, type Violation } from '../cut.js';
import { type DemandedZone, demandsOf } from '../demands.js';
import { freeShare, lastSpike, resets } from '../dynamics.js';
import { horizonFor } from '../kernel.js';
import { type Program, spikeCuts } from '../program.js';
import type { Template } from '../template.js';
import { silentLevel } from '../zones.js';
import type { MembraneDynamics } from './dynamics.js';
import { closedArrival, levelAt, respond, riseAt } from './piece.js';
import { loadScan } from './scan.js';

/** In time constants, up to which currents, and without resets potentials, count: below the rounding of a row's entry. */
const CURRENT_HORIZON = horizonFor(1e-17);
/** With the slower of two time constants in a sum over all periods: a little further. */
const POTENTIAL_HORIZON = horizonFor(5e-20);

/** Sets up the program of one neuron. Throws `input` on an unknown source. */
export function membraneProgram(
  arena: Arena,
  score: Score,
  spikes: Float64Array,
  sources: Uint32Array,
  delays: Float64Array,
  template: Template,
  dynamics: MembraneDynamics,
): Program {
  const { period } = score;
  const { synapses, times, from } = sortedArrivals(score, sources, delays);
  const events = times.length;
  const { membrane, synapse, gain, order, after, dead } = dynamics;
  const moving = resets(dynamics) && spikes.length > 0;
  const { demands, zones } = demandsOf(spikes, period, template, dynamics);
  const out = new Float64Array(4);
  const steady = closedArrival(dynamics, period);

  /** By how much the limit of a cut falls through what the last spike has left. */
  const freeOf = (moment: Moment): number => (moving ? freeShare(dynamics, spikes, period, moment) : 0);
  const lowered = (cut: Cut): Cut => ({ ...cut, limit: cut.limit - freeOf(cut) });

  const atSpikes = spikeCuts(spikes, template, demands.length - spikes.length).map(lowered);
  const bounded = atSpikes.filter(({ kind }) => kind !== 'spike');

  /** Adds the responses of V, or of V' at a slope, to arrivals of weight `sign`. */
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

  const look = loadScan({ template, dynamics, moving, period, spikes, times, from, zones });

  function scan(weights: number, tolerance: number, ease?: Float64Array): Violation[] {
    const w = arena.f64(weights, synapses);
    const inZones = look(w, tolerance, ease).map((found) => ({ ...found, limit: found.limit - freeOf(found) }));
    return bounded.length > 0 ? [...inZones, ...atBoundedSpikes(w, tolerance, ease)] : inZones;
  }

  /** What is only bounded at a spike has to be looked at. */
  function atBoundedSpikes(w: Float64Array, tolerance: number, ease?: Float64Array): Violation[] {
    const mark = arena.mark();
    const pointer = arena.alloc(8 * synapses);
    const violations = bounded.map((cut): Violation => {
      writeRow(cut, pointer);
      const row = arena.f64(pointer, synapses);
      let product = 0;
      for (let k = 0; k < synapses; k++) product += row[k] * w[k];
      return { ...cut, amount: cut.limit - (ease ? ease[cut.demand as number] : 0) - product };
    });
    arena.release(mark);
    return violations.filter(({ amount }) => amount > tolerance);
  }

  return {
    order: Uint32Array.from({ length: synapses }, (_, k) => k),
    spikes: atSpikes,
    borders: spikes.length > 0 ? bordersOf(zones, moving, period, -silentLevel(template, dynamics)).map(lowered) : [],
    demands,
    scan,
    writeRow,
    bind: () => {},
  };
}

/** Ends of silence, and its begins where no reset decides about them. */
function bordersOf(zones: readonly DemandedZone[], moving: boolean, period: number, limit: number): Cut[] {
  return zones
    .filter(({ kind }) => kind === 'silent')
    .flatMap(({ begin, end, demand }): Cut[] => {
      const at = (time: number): Cut => ({ time: time < period ? time : time - period, kind: 'level', limit, demand });
      return moving ? [at(end)] : [at(begin), at(end)];
    });
}

/** All arrivals of a period in order of time, and the synapses that they come from. */
function sortedArrivals(score: Score, sources: Uint32Array, delays: Float64Array) {
  const { period, starts, times: spikeTimes } = score;
  const channels = channelCount(score);
  let events = 0;
  sources.forEach((source, k) => {
    if (!(source < channels)) {
      throw new EngramError(
        'input',
        `synapse ${k} comes from neuron ${source}, but the score has ${channels} channels`,
      );
    }
    events += starts[source + 1] - starts[source];
  });
  const raw = new Float64Array(events);
  const owner = new Uint32Array(events);
  let n = 0;
  for (let k = 0; k < sources.length; k++) {
    const delay = delays[k] % period;
    for (let s = starts[sources[k]]; s < starts[sources[k] + 1]; s++, n++) {
      const time = spikeTimes[s] + delay;
      raw[n] = time < period ? time : time - period;
      owner[n] = k;
    }
  }
  const { sorted, order } = sortSpread(raw, 0, period);
  return { synapses: sources.length, times: sorted, from: Uint32Array.from(order, (e) => owner[e]) };
}
