/**
 * The potential of a neuron with dynamics of its own (dynamics.ts), piece by piece: what the verifier and the figures
 * stand on. With the program that is solved it has in common the free part and nothing else.
 *
 * From one event (arrival, own spike, release) to the next, x later, with delta = 1 / tau_s - 1 / tau_m:
 *
 *   V <- V e^{-x / tau_m} + I p(x) + D q(x)      p = int_0^x e^{-(x-u) / tau_m} e^{-u / tau_s} du = (E - F) / delta
 *   I <- (I + D x) F                             q = int_0^x e^{-(x-u) / tau_m} u e^{-u / tau_s} du = (E - F (1 + delta x)) / delta^2
 *   D <- D F                                     E = e^{-x / tau_m},  F = e^{-x / tau_s}
 *
 * p and q by phi functions where delta x is small. Extrema: V' e^{x / tau_m} has the derivative I' e^{x / tau_m}, which
 * changes sign at most once; between such points every root is bracketed, and found by bisection.
 *
 * At an own spike the potential is the one just before it; an arrival at the very moment counts for what follows.
 */
import { countUntil, decay, freshBuffers, phi } from '../../../core/index.js';
import type { Course } from '../course.js';
import type { Extremum, Side } from '../cut.js';
import { freeShare, resets } from '../dynamics.js';
import type { MembraneDynamics } from './dynamics.js';

interface States {
  readonly dynamics: MembraneDynamics;
  readonly period: number;
  /** Events, sorted, in [0, period), and the state right after each. */
  readonly times: Float64Array;
  readonly v: Float64Array;
  readonly i: Float64Array;
  readonly d: Float64Array;
  /** Whether the potential is held there, between a spike and its release. */
  readonly held: Uint8Array;
}

type State = readonly [v: number, i: number, d: number];

/** E, F, p, q of a step x, in `out` from `at` on: walks take many steps, and none of them makes an object. q is 0 where D always is. */
export function responses({ membrane, synapse, order }: MembraneDynamics, x: number, out: Float64Array, at = 0): void {
  const e = decay(x / membrane);
  out[at] = e;
  out[at + 3] = 0;
  if (membrane === synapse) {
    out[at + 1] = e;
    out[at + 2] = x * e;
    if (order === 2) out[at + 3] = 0.5 * x * x * e;
    return;
  }
  const f = decay(x / synapse);
  const delta = 1 / synapse - 1 / membrane;
  const y = delta * x;
  out[at + 1] = f;
  if (y > -1 && y < 1) {
    const first = phi(1, -y);
    out[at + 2] = x * e * first;
    if (order === 2) out[at + 3] = x * x * e * (first - phi(2, -y));
  } else {
    out[at + 2] = (e - f) / delta;
    if (order === 2) out[at + 3] = (e - f * (1 + y)) / (delta * delta);
  }
}

const step = new Float64Array(4);

function advance(dynamics: MembraneDynamics, [v, i, d]: State, x: number, held = false): State {
  responses(dynamics, x, step);
  return [held ? v : v * step[0] + i * step[2] + d * step[3], (i + d * x) * step[1], d * step[1]];
}

/** (V', I', D') of a state that is not held: a state of the same system. */
const derivative = ({ membrane, synapse }: MembraneDynamics, [v, i, d]: State): State => [
  i - v / membrane,
  d - i / synapse,
  -d / synapse,
];

/** The state that, a period later and raised by `gained`, is itself again. */
export function closed(dynamics: MembraneDynamics, period: number, gained: State): State {
  responses(dynamics, period, step);
  const [e, f, p, q] = step;
  const d = gained[2] / (1 - f);
  const i = (gained[1] + d * period * f) / (1 - f);
  return [(gained[0] + i * p + d * q) / (1 - e), i, d];
}

/** What happens at an event. */
export const SPIKE = 0;
export const RELEASE = 1;
const ARRIVAL = 2;

/**
 * The potential that sorted arrivals with their weights produce, every earlier period included. One function, longer than
 * most: first the state at the beginning of a period, then the walk through it.
 */
export function membraneOf(
  dynamics: MembraneDynamics,
  spikes: Float64Array,
  period: number,
  arrivals: Float64Array,
  weights: ArrayLike<number>,
  buffers = freshBuffers,
): Course {
  const moving = resets(dynamics) && spikes.length > 0;
  const own = moving ? ownEvents(dynamics, spikes, period) : [];
  const n = arrivals.length + own.length;
  const times = buffers.f64('events', n);
  const kinds = buffers.u32('kinds', n);
  const weight = buffers.f64('gains', n);
  for (let k = 0, a = 0, o = 0; k < n; k++) {
    // Of simultaneous events the own come first: an arrival at a spike counts for what follows.
    const ownNext = o < own.length && (a === arrivals.length || own[o].time <= arrivals[a]);
    times[k] = ownNext ? own[o].time : arrivals[a];
    weight[k] = ownNext ? 0 : weights[a] * dynamics.gain;
    kinds[k] = ownNext ? own[o++].kind : ARRIVAL;
    if (!ownNext) a++;
  }
  const [v, i, d] = [buffers.f64('v', n), buffers.f64('i', n), buffers.f64('d', n)];
  const held = new Uint8Array(n);
  let holding = false;
  /** Once around the circle, from the state at its origin to the same a period later. */
  const { dead, after, reset, order } = dynamics;
  // The responses of the steps from event to event are the same in every turn.
  const steps = buffers.f64('responses', 4 * n);
  for (let k = 0; k < n; k++) responses(dynamics, times[k] - (k > 0 ? times[k - 1] : 0), steps, 4 * k);
  const pass = (from: State): State => {
    let [level, current, drive] = from;
    let now = 0;
    for (let k = 0; k < n; k++) {
      const x = times[k] - now;
      now = times[k];
      if (!holding) level = level * steps[4 * k] + current * steps[4 * k + 2] + drive * steps[4 * k + 3];
      current = (current + drive * x) * steps[4 * k + 1];
      drive *= steps[4 * k + 1];
      if (kinds[k] === SPIKE) {
        holding = dead > 0;
        level = reset;
        if (after === 'all') current = drive = 0;
      } else if (kinds[k] === RELEASE) {
        holding = false;
        level = reset;
      } else if (order === 1) current += weight[k];
      else drive += weight[k];
      v[k] = level;
      i[k] = current;
      d[k] = drive;
      held[k] = holding ? 1 : 0;
    }
    return advance(dynamics, [level, current, drive], period - now, holding);
  };
  const gained = pass([0, 0, 0]);
  // What a reset forgets needs no closing: the second turn begins as the first ended.
  if (!moving) pass(closed(dynamics, period, gained));
  else if (dynamics.after === 'all') pass(gained);
  else pass(pass(closed(dynamics, period, gained)));
  const states: States = { dynamics, period, times, v, i, d, held };
  return {
    period,
    dynamics,
    value: (t) => stateAt(states, t, 'left').state[0],
    slope: (t, side) => slopeAt(states, t, side),
    highest: (begin, end, rise = 0) => highest(states, begin, end, rise),
    flattest: (begin, end) => flattest(states, begin, end),
    free: (moment) => freeShare(dynamics, spikes, period, moment),
  };
}

/** Spikes and releases in order of time. */
export function ownEvents(
  { dead }: MembraneDynamics,
  spikes: Float64Array,
  period: number,
): { time: number; kind: number }[] {
  const events = Array.from(spikes, (time) => ({ time, kind: SPIKE }));
  if (dead > 0) {
    for (const spike of spikes) {
      const release = spike + dead;
      events.push({ time: release < period ? release : release - period, kind: RELEASE });
    }
  }
  return events.sort((a, b) => a.time - b.time || b.kind - a.kind);
}

/** The state at t, just before or just after what happens there, and whether the potential is held. */
function stateAt(states: States, t: number, side: Side): { state: State; held: boolean } {
  const { dynamics, times, v, i, d, held, period } = states;
  const n = times.length;
  if (n === 0) return { state: [0, 0, 0], held: false };
  const time = t - Math.floor(t / period) * period;
  const before = countUntil(times, time, side) - 1;
  const k = before < 0 ? n - 1 : before;
  const step = time - times[k] + (before < 0 ? period : 0);
  return { state: advance(dynamics, [v[k], i[k], d[k]], step, held[k] === 1), held: held[k] === 1 };
}

function slopeAt(states: States, t: number, side: Side): number {
  const { state, held } = stateAt(states, t, side);
  return held ? 0 : derivative(states.dynamics, state)[0];
}

/** Visits the pieces of [begin, end] in order: the event that each follows (-1: none), how long ago that was, where it begins, its length. */
function eachPiece(
  { times, period }: States,
  begin: number,
  end: number,
  visit: (k: number, age: number, origin: number, length: number) => void,
): void {
  const n = times.length;
  if (n === 0) {
    visit(-1, 0, begin, end - begin);
    return;
  }
  let turns = Math.floor(begin / period) * period;
  let k = countUntil(times, begin - turns, 'right') - 1;
  if (k < 0) {
    k = n - 1;
    turns -= period;
  }
  for (let t = begin; ; ) {
    const wraps = k + 1 === n;
    const next = wraps ? times[0] + turns + period : times[k + 1] + turns;
    visit(k, t - times[k] - turns, t, Math.min(next, end) - t);
    if (next >= end) return;
    if (wraps) turns += period;
    k = wraps ? 0 : k + 1;
    t = next;
  }
}

/** The state some time after an event, the end of the piece from within. */
function stateAfter({ dynamics, v, i, d, held }: States, k: number, age: number): State {
  if (k < 0) return [0, 0, 0];
  const state: State = [v[k], i[k], d[k]];
  return age === 0 ? state : advance(dynamics, state, age, held[k] === 1);
}

/**
 * A bound on V until x after a state (or on the slope, which is one of its own), with room for rounding: nothing but decay and what
 * flows in raises it, and E is at least 1 - x / tau_m.
 */
function atMost({ membrane }: MembraneDynamics, v: number, i: number, d: number, x: number): number {
  const decayed = v > 0 ? v : v * Math.max(0, 1 - x / membrane);
  const flow = x * (Math.max(i, 0) + x * Math.max(d, 0));
  return decayed + flow + ROOM * (1 + Math.abs(v) + x * (Math.abs(i) + x * Math.abs(d)));
}
const ROOM = 1e-9;
/** An event at which a piece begins is so long ago: rounding only. */
const BEGINS = 1e-9;

/** The points in (0, length) where the slope of V is `level`. */
function slopeReaches(dynamics: MembraneDynamics, state: State, length: number, level: number): number[] {
  // The slope goes on as a state of its own.
  const slopes = derivative(dynamics, state);
  const slope = (x: number) => advance(dynamics, slopes, x)[0] - level;
  let turns: number[];
  if (level === 0) {
    // V' e^{x / tau_m} turns where I' = (j + k x) F is zero.
    const [, j, k] = slopes;
    turns = k === 0 ? [] : [-j / k];
  } else turns = slopeReaches(dynamics, slopes, length, 0);
  const ends = [0, ...turns.filter((x) => x > 0 && x < length), length];
  const found: number[] = [];
  for (let s = 1; s < ends.length; s++) {
    let [a, b] = [ends[s - 1], ends[s]];
    const rising = slope(a) < 0;
    if (rising === slope(b) < 0) continue;
    for (;;) {
      const middle = (a + b) / 2;
      if (!(middle > a && middle < b)) break;
      if (slope(middle) < 0 === rising) a = middle;
      else b = middle;
    }
    found.push(a);
  }
  return found;
}

/**
 * The highest potential above the line (t - end) rise in a closed window; the begin counts from the right, the end from the left.
 * Pieces that cannot get above what is known from the events are passed over: nearly all of them.
 */
function highest(states: States, begin: number, end: number, rise: number): Extremum {
  const { dynamics, v, i, d } = states;
  let known = Number.NEGATIVE_INFINITY;
  eachPiece(states, begin, end, (k, age, origin) => {
    if (k >= 0 && age < BEGINS) known = Math.max(known, v[k] - (origin - end) * rise);
  });
  let [time, value] = [begin, Number.NEGATIVE_INFINITY];
  eachPiece(states, begin, end, (k, age, origin, length) => {
    const line = Math.min((origin - end) * rise, (origin + length - end) * rise);
    if (k >= 0 && atMost(dynamics, v[k], i[k], d[k], age + length) - line < known) return;
    const state = stateAfter(states, k, age);
    for (const x of [0, ...slopeReaches(dynamics, state, length, rise), length]) {
      const height = advance(dynamics, state, x)[0] - (origin + x - end) * rise;
      if (height > value) [time, value] = [origin + x, height];
    }
  });
  return { time, value };
}

/** The least slope in a closed window, its ends from within; passes over pieces in the same way. */
function flattest(states: States, begin: number, end: number): Extremum & { side: Side } {
  const { dynamics, v, i, d } = states;
  const { membrane, synapse } = dynamics;
  let known = Number.POSITIVE_INFINITY;
  eachPiece(states, begin, end, (k, age) => {
    if (k >= 0 && age < BEGINS) known = Math.min(known, i[k] - v[k] / membrane);
  });
  let [time, value, side]: [number, number, Side] = [begin, Number.POSITIVE_INFINITY, 'right'];
  eachPiece(states, begin, end, (k, age, origin, length) => {
    if (k >= 0) {
      const least = -atMost(dynamics, v[k] / membrane - i[k], i[k] / synapse - d[k], d[k] / synapse, age + length);
      if (least > known) return;
    }
    const slopes = derivative(dynamics, stateAfter(states, k, age));
    for (const x of [0, ...slopeReaches(dynamics, slopes, length, 0), length]) {
      const slope = advance(dynamics, slopes, x)[0];
      if (slope < value) [time, value, side] = [origin + x, slope, x === 0 ? 'right' : 'left'];
    }
  });
  return { time, value, side };
}
