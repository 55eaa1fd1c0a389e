/**
 * Every violation of the template by a neuron with dynamics of its own, in one sweep around the circle.
 *
 * The sweep carries (V, I, D) from arrival to arrival, zone by zone; a release sets V to R, and (I, D) to zero where a spike
 * forgets its inputs. Each stretch between is inspected (inspect.ts). Moments are kept as times of the circle, never as
 * sums, so that a cut at an arrival, at a border or at a spike names it exactly.
 */
import type { Violation } from '../cut.js';
import type { DemandedZone } from '../demands.js';
import type { Template } from '../template.js';
import type { MembraneDynamics } from './dynamics.js';
import { collectRuns, inspector, type State, type Stretch } from './inspect.js';
import { respond } from './piece.js';

export interface Scanned {
  template: Template;
  dynamics: MembraneDynamics;
  /** Whether the neuron has spikes, and they reset it. */
  moving: boolean;
  period: number;
  spikes: Float64Array;
  /** Arrivals in order of time, and the synapse of each. */
  times: Float64Array;
  from: Uint32Array;
  /** All around the circle, each beginning where the one before ends. */
  zones: readonly DemandedZone[];
}

/**
 * The scan of one neuron; the limits of its cuts are still those of the whole potential. One function, longer than most:
 * the tables that a scan walks along are made once for all scans of the neuron.
 */
export function loadScan({ template, dynamics, moving, period, spikes, times, from, zones }: Scanned) {
  const { after, dead, reset } = dynamics;
  const events = times.length;
  const origin = zones[0].begin;
  const first = times.findIndex((time) => time >= origin);
  // Arrivals are met from the origin on; those before it are in the next period.
  const offset = first < 0 ? 0 : first;
  const unwrapped = first < 0 ? 0 : events - first;
  const releases = new Set(
    Array.from(spikes, (spike) => (spike + dead < period ? spike + dead : spike + dead - period)),
  );
  const state: State = new Float64Array(3);
  const whole = new Float64Array(4);
  const stretch: Stretch = { place: 0, stop: 0, step: 0, whole, last: false, fixed: false, ahead: undefined };
  const { pass, take, close } = mover(dynamics, state, from, whole);
  const known = responsesBetween(dynamics, times, period);
  /** E, F, p and q of a step into `whole`: known from arrival `e` to the next, if that is where it leads. */
  const respondTo = (e: number, step: number) => {
    if (e < 0) respond(dynamics, step, whole);
    else for (let n = 0; n < 4; n++) whole[n] = known[4 * e + n];
  };
  const runs = collectRuns(period);
  const look = inspector(dynamics, template, state, stretch, runs.note);

  /** The state at the origin: what all earlier periods have left there. */
  function closeCircle(w: Float64Array): void {
    let [now, wrapped] = [origin, false];
    for (let n = 0; n < events; n++) {
      const e = (offset + n) % events;
      const step = times[e] - now + (n >= unwrapped && !wrapped ? period : 0);
      respondTo(n > 0 ? (e > 0 ? e : events) - 1 : -1, step);
      pass(step);
      [now, wrapped] = [times[e], n >= unwrapped];
      take(e, w);
    }
    const rest = origin - now + (wrapped ? 0 : period);
    respondTo(-1, rest);
    pass(rest);
    close(period);
  }

  /** Takes the sweep through a zone, from arrival number `begun` of the turn on; returns the first one after it. */
  function throughZone(z: number, begun: number, w: Float64Array, ease: Float64Array | undefined): number {
    const { kind, begin, demand = -1 } = zones[z];
    const end = z + 1 === zones.length ? origin : zones[z + 1].begin;
    const endWrapped = z + 1 === zones.length || end < origin;
    const released = moving && kind !== 'free' && releases.has(begin);
    if (released) {
      if (after === 'all') state.fill(0);
      state[0] = reset;
    }
    const lowered = ease && demand >= 0 ? ease[demand] : 0;
    let next = begun;
    let wrapped = begin < origin;
    let arrived = -1;
    stretch.place = begin;
    for (let more = true; more; ) {
      const e = next < events ? (offset + next) % events : -1;
      const eWrapped = next >= unwrapped;
      more = e >= 0 && (eWrapped === endWrapped ? times[e] < end : endWrapped);
      stretch.stop = more ? times[e] : end;
      const stopWrapped = more ? eWrapped : endWrapped;
      stretch.step = stretch.stop - stretch.place + (stopWrapped && !wrapped ? period : 0);
      if (stretch.step > 0) {
        respondTo(more ? arrived : -1, stretch.step);
        stretch.last = !more;
        stretch.fixed = released && stretch.place === begin;
        stretch.ahead = kind === 'ramp' ? end - stretch.place + (endWrapped && !wrapped ? period : 0) : undefined;
        if (kind === 'firing') look.slope(lowered, demand);
        else if (kind !== 'free') look.level(lowered, demand);
        pass(stretch.step);
      }
      stretch.place = stretch.stop;
      wrapped = stopWrapped;
      if (more) {
        take(e, w);
        arrived = e;
        next++;
      }
    }
    runs.close();
    if (kind === 'ramp') look.spike(end, ease ? ease[demand + 1] : 0, demand + 1);
    runs.close();
    return next;
  }

  return (w: Float64Array, tolerance: number, ease?: Float64Array): Violation[] => {
    runs.start(tolerance);
    state.fill(0);
    if (!moving || after === 'membrane') closeCircle(w);
    let next = 0;
    for (let z = 0; z < zones.length; z++) next = throughZone(z, next, w, ease);
    return runs.found();
  };
}

/** E, F, p and q from every arrival to the next one around the circle: the same in every scan of the neuron. */
function responsesBetween(dynamics: MembraneDynamics, times: Float64Array, period: number): Float64Array {
  const events = times.length;
  const known = new Float64Array(4 * events);
  for (let e = 0; e < events; e++) {
    const step = e + 1 < events ? times[e + 1] - times[e] : times[0] - times[e] + period;
    respond(dynamics, step, known.subarray(4 * e, 4 * e + 4));
  }
  return known;
}

/**
 * What moves the state: time (by a step whose E, F, p and q are in `out`), an arrival, and the sum over all earlier periods of what
 * one of them leaves.
 */
function mover(dynamics: MembraneDynamics, state: State, from: Uint32Array, out: Float64Array) {
  const { gain, order } = dynamics;
  const withDrive = { ...dynamics, order: 2 as const };
  return {
    pass(step: number): void {
      state[0] = state[0] * out[0] + state[1] * out[2] + (order === 1 ? 0 : state[2] * out[3]);
      state[1] = (state[1] + state[2] * step) * out[1];
      state[2] *= out[1];
    },
    take(e: number, w: Float64Array): void {
      state[order] += gain * w[from[e]];
    },
    close(period: number): void {
      respond(withDrive, period, out);
      state[2] /= 1 - out[1];
      state[1] = (state[1] + state[2] * period * out[1]) / (1 - out[1]);
      state[0] = (state[0] + state[1] * out[2] + state[2] * out[3]) / (1 - out[0]);
    },
  };
}
