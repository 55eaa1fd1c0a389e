/**
 * Every violation of the template by a neuron with dynamics of its own, in one sweep around the circle.
 *
 * The sweep carries (V, I, D) from arrival to arrival, zone by zone; a release sets V to R, and (I, D) to zero where a spike
 * forgets its inputs. On each piece the extrema of V, of V' and of V above a ramp are known in closed form or between brackets
 * (piece.ts). Of every violated run the worst moment becomes a cut. Moments are kept as times of the circle, never as sums, so that
 * a cut at an arrival, at a border or at a spike names it exactly.
 */
import type { CutKind, Violation } from '../cut.js';
import type { DemandedZone } from '../demands.js';
import type { Template } from '../template.js';
import { silentLevel } from '../zones.js';
import type { MembraneDynamics } from './dynamics.js';
import { levelAt, respond, riseAt, rootOfRise, slopesOf, stationary } from './piece.js';

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

/** The scan of one neuron; the limits of its cuts are still those of the whole potential. */
export function loadScan({ template, dynamics, moving, period, spikes, times, from, zones }: Scanned) {
  const { membrane, synapse, gain, order, after, dead, reset } = dynamics;
  const level = silentLevel(template, dynamics);
  const { slope } = template;
  const events = times.length;
  const out = new Float64Array(4);
  const points = new Float64Array(2);
  const origin = zones[0].begin;
  const first = times.findIndex((time) => time >= origin);
  const offset = first < 0 ? 0 : first;
  const unwrapped = first < 0 ? 0 : events - first;
  const releases = new Set(
    Array.from(spikes, (spike) => (spike + dead < period ? spike + dead : spike + dead - period)),
  );

  return (w: Float64Array, tolerance: number, ease?: Float64Array): Violation[] => {
    const found: Violation[] = [];
    let [v, i, d] = [0, 0, 0];
    const pass = (step: number) => {
      respond(dynamics, step, out);
      v = v * out[0] + i * out[2] + (order === 1 ? 0 : d * out[3]);
      i = (i + d * step) * out[1];
      d *= out[1];
    };
    const take = (e: number) => {
      if (order === 1) i += gain * w[from[e]];
      else d += gain * w[from[e]];
    };
    if (!moving || after === 'membrane') closeCircle();

    /** The state at the origin: what all earlier periods have left there. */
    function closeCircle(): void {
      let [now, wrapped] = [origin, false];
      for (let n = 0; n < events; n++) {
        const e = (offset + n) % events;
        pass(times[e] - now + (n >= unwrapped && !wrapped ? period : 0));
        [now, wrapped] = [times[e], n >= unwrapped];
        take(e);
      }
      pass(origin - now + (wrapped ? 0 : period));
      respond(dynamics.order === 2 ? dynamics : { ...dynamics, order: 2 }, period, out);
      d /= 1 - out[1];
      i = (i + d * period * out[1]) / (1 - out[1]);
      v = (v + i * out[2] + d * out[3]) / (1 - out[0]);
    }

    let run: Violation | undefined;
    const close = () => {
      if (run) found.push(run);
      run = undefined;
    };
    const note = (kind: CutKind, time: number, limit: number, amount: number, demand: number) => {
      if (!(amount > tolerance)) close();
      else if (!run || amount > run.amount) {
        run = { time: time < period ? time : time - period, kind, limit, amount, demand };
      }
    };

    /** The slope on the piece of that length that begins with the state now. */
    const inspectSlope = (place: number, stop: number, step: number, lowered: number, demand: number) => {
      const [v1, i1, d1] = [i - v / membrane, d - i / synapse, order === 1 ? 0 : -d / synapse];
      const at = (kind: CutKind, time: number, value: number) =>
        note(kind, time, slope, slope - value - lowered, demand);
      at('slope+', place, v1);
      const count = stationary(dynamics, v1, i1, d1, step, points);
      for (let n = 0; n < count; n++) at('slope-', place + points[n], levelAt(dynamics, v1, i1, d1, points[n]));
      at('slope-', stop, levelAt(dynamics, v1, i1, d1, step));
    };

    /** The potential there, below the silent level or, `ahead` of the spike where the ramp ends, below the ramp. */
    const inspectLevel = (
      place: number,
      stop: number | undefined,
      step: number,
      lowered: number,
      demand: number,
      ahead: number | undefined,
      fixed: boolean,
    ) => {
      const at = (x: number, time: number) => {
        const most = ahead === undefined ? level : 1 - slope * (ahead - x);
        const value = x === 0 ? v : levelAt(dynamics, v, i, d, x);
        note('level', time, -most, value - most - lowered, demand);
      };
      if (!fixed) at(0, place);
      if (ahead === undefined) {
        const count = stationary(dynamics, v, i, d, step, points);
        for (let n = 0; n < count; n++) at(points[n], place + points[n]);
      } else for (const x of reachesSlope(step)) at(x, place + x);
      if (stop !== undefined) at(step, stop);
    };

    /** Where V' is the slope of the ramp: once at most between two turns of V'. */
    function reachesSlope(step: number): number[] {
      const turns = new Float64Array(2);
      const count = stationary(
        dynamics,
        i - v / membrane,
        d - i / synapse,
        order === 1 ? 0 : -d / synapse,
        step,
        turns,
      );
      const ends = [0, ...turns.subarray(0, count), step];
      const found: number[] = [];
      for (let n = 1; n < ends.length; n++) {
        const rising = riseAt(dynamics, v, i, d, ends[n - 1]) < slope;
        if (rising === riseAt(dynamics, v, i, d, ends[n]) < slope) continue;
        found.push(rootOfRise(dynamics, slopesOf(dynamics, v, i, d), slope, [ends[n - 1], ends[n]], rising));
      }
      return found;
    }

    let next = 0;
    zones.forEach(({ kind, begin, demand = -1 }, z) => {
      const last = z + 1 === zones.length;
      const end = last ? origin : zones[z + 1].begin;
      const endWrapped = last || end < origin;
      const released = moving && kind !== 'free' && releases.has(begin);
      if (released) {
        v = reset;
        if (after === 'all') [i, d] = [0, 0];
      }
      const lowered = ease && demand >= 0 ? ease[demand] : 0;
      let place = begin;
      let wrapped = begin < origin;
      let more = true;
      while (more) {
        const e = next < events ? (offset + next) % events : -1;
        const eWrapped = next >= unwrapped;
        more = e >= 0 && (eWrapped === endWrapped ? times[e] < end : endWrapped);
        const stop = more ? times[e] : end;
        const stopWrapped = more ? eWrapped : endWrapped;
        const step = stop - place + (stopWrapped && !wrapped ? period : 0);
        if (step > 0) {
          if (kind === 'firing') inspectSlope(place, stop, step, lowered, demand);
          else if (kind !== 'free') {
            const ahead = kind === 'ramp' ? end - place + (endWrapped && !wrapped ? period : 0) : undefined;
            inspectLevel(place, more ? undefined : end, step, lowered, demand, ahead, released && place === begin);
          }
          pass(step);
        }
        [place, wrapped] = [stop, stopWrapped];
        if (more) {
          take(e);
          next++;
        }
      }
      close();
      if (kind === 'ramp') {
        note('slope-', end, slope, slope - (i - v / membrane) - (ease ? ease[demand + 1] : 0), demand + 1);
        close();
      }
    });
    return found;
  };
}
