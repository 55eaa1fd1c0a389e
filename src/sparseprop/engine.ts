/**
 * The event loop in plain TypeScript, for every neuron and everything that comes from outside; the oracle of the kernels.
 *
 *   repeat:  j = the least (n_i, i),  t = n_j;   n_j <- t + T_j;   for every target i:  n_i <- t + kick(n_i - t, W)
 *
 * Events go by (time, index); at equal times first the drive changes, then what is on its way arrives (from neurons, from outside),
 * then neurons fire. A kick that reaches a finite threshold makes its target due now; due neurons fire in the order of their index,
 * and inhibition that comes before takes them below again. A neuron fires once per instant.
 *
 * Times are offsets from an epoch, and 32 is taken from all of them when the offset passes it. That subtraction is exact, so that
 * long runs lose no digits. In phase units every time is divided by the common period: psi = 1 - n / T is the phase heap as published.
 */
import { demandPositive, EngramError } from '../core/index.js';
import { type Circuit, checkCircuit, drivesOf } from './circuit.js';
import { demandStart, demandState } from './demand.js';
import { periodOf } from './neuron.js';
import { heapQueue, naiveQueue } from './queue.js';

/** Where a run stands; plain numbers, from which it goes on with the same bits. */
export interface EngineState {
  /** Epochs gone by, of 32 units each. */
  epoch: number;
  /** The time of the last event, as an offset. */
  now: number;
  /** Next spikes, as offsets. */
  next: Float64Array;
  /** Last spikes, as offsets, or -Infinity. */
  fired: Float64Array;
  /** The drives that hold. */
  drives: Float64Array;
  /** Spikes on their way: when they arrive, as offsets. */
  arrivals: number[];
  /** Neurons that sent them, in the same order. */
  senders: number[];
  /** How many steps of the drive have been. */
  steps: number;
  /** How many spikes from outside have been. */
  inputs: number;
}

/** What may look at a run. Times are in membrane time constants from its beginning. */
export interface Observer {
  /** Neuron j fires; its kicks follow, now or after the delay. */
  spike?(time: number, j: number): void;
  /** A kick of synapse s (or, from outside, of spike s) on i: r to go before, `after` to go behind. */
  kick?(i: number, s: number, r: number, after: number, weight: number): void;
  /** All kicks of a spike of j have been, or those of spike `input` from outside, where j is -1. */
  delivered?(time: number, j: number, input: number): void;
  /** Neuron i, r before its next spike, gets another drive and has `after` to go. */
  step?(i: number, step: number, r: number, after: number, before: number, drive: number): void;
}

/** A circuit at work. */
export interface Engine {
  /** Goes on for so many spikes, or to a time (events at it not included); returns how many spikes there were. */
  run(limit: { spikes?: number; until?: number }): number;
  /** The time of the last event. */
  time(): number;
  /** Next spikes from the run's beginning. */
  next(): Float64Array;
  /** A copy of where it stands, from which `createEngine` goes on. */
  state(): EngineState;
}

/** How the next spike is found, and in which units times are kept. */
export interface EngineOptions {
  /** A heap, or a look at all neurons for every spike (default: heap). */
  readonly queue?: 'heap' | 'naive';
  /** Whether times are kept in periods, which must be the same for all neurons (default: no). */
  readonly phase?: boolean;
  /** Hears of every event as it happens (default: nobody does). */
  readonly observer?: Observer;
}

const EPOCH = 32;
/** Times from which an epoch more or less takes nothing from the digits that are left. */
const FAR = 1e5;

/** The state at time 0 with given next spikes. */
export function engineStart(circuit: Circuit, next: Float64Array, unit = 1): EngineState {
  demandStart(circuit, next);
  demandPositive('the unit of time', unit);
  return {
    epoch: 0,
    now: 0,
    next: next.map((n) => n / unit),
    fired: new Float64Array(next.length).fill(Number.NEGATIVE_INFINITY),
    drives: drivesOf(circuit).slice(),
    arrivals: [],
    senders: [],
    steps: 0,
    inputs: 0,
  };
}

/** The unit of time: the common period in phase units, else 1. */
export function unitOf(circuit: Circuit, phase: boolean): number {
  if (!phase) return 1;
  const [drive] = drivesOf(circuit);
  const same = typeof circuit.drives === 'number' || circuit.drives.every((other) => other === drive);
  if (!same || circuit.steps) {
    throw new EngramError('usage', 'a phase heap needs neurons that are all alike and stay so; use time-heap');
  }
  return periodOf(circuit.neuron, drive);
}

/** Next spikes of a state, from the run's beginning. */
export const nextOf = ({ epoch, next }: EngineState, unit: number): Float64Array =>
  next.map((offset) => (epoch * EPOCH + offset) * unit);

/** A circuit from a state on; the state is copied. One function, longer than most, because all of its parts move the same state. */
export function createEngine(circuit: Circuit, from: EngineState, options: EngineOptions = {}): Engine {
  demandState(circuit, from);
  checkCircuit(circuit);
  const { neuron, connectivity, delay = 0, input, steps } = circuit;
  const { phase = false, observer = {} } = options;
  const unit = unitOf(circuit, phase);
  const wait = delay / unit;
  const state: EngineState = structuredClone(from);
  const { next, fired, drives, arrivals, senders } = state;
  const periods = drives.map((drive) => periodOf(neuron, drive) / unit);
  const queue = options.queue === 'naive' ? naiveQueue(next) : heapQueue(next);
  const { spike, kick, delivered, step } = observer;
  let head = 0;
  const absolute = (offset: number) => (state.epoch * EPOCH + offset) * unit;
  const relative = (time: number) => time / unit - state.epoch * EPOCH;

  const hit = (i: number, s: number, weight: number) => {
    const now = state.now;
    const r = (next[i] - now) * unit;
    if (weight === 0) {
      // It moves nothing, but its derivative to the weight is not 0.
      if (kick && r > 0) kick(i, s, r, r, weight);
      return;
    }
    const after = neuron.kick(r, weight, drives[i]);
    next[i] = now + after / unit;
    queue.update(i);
    if (kick) kick(i, s, r, after, weight);
  };
  const deliver = (j: number) => {
    const fan = connectivity.fanout(j);
    const { targets, end, weights, weight } = fan;
    for (let s = fan.begin; s < end; s++) hit(targets[s], s, weights ? weights[s] : weight);
    if (delivered) delivered(absolute(state.now), j, -1);
  };
  const fire = (j: number) => {
    const now = state.now;
    if (fired[j] === now) throw firesTwice(j, absolute(now));
    fired[j] = now;
    next[j] = now + periods[j];
    queue.update(j);
    if (spike) spike(absolute(now), j);
    if (wait > 0) {
      arrivals.push(now + wait);
      senders.push(j);
    } else deliver(j);
  };
  const change = () => {
    applyStep(circuit, state, periods, unit, step);
    queue.rebuild();
  };
  const arrive = () => {
    const j = senders[head++];
    if (head > 1024 && 2 * head > senders.length) head = dropFirst(head, arrivals, senders);
    deliver(j);
  };
  const inject = () => {
    const { targets, weights } = input as NonNullable<typeof input>;
    const s = state.inputs++;
    hit(targets[s], s, weights[s]);
    if (delivered) delivered(absolute(state.now), -1, s);
  };
  return {
    run({ spikes = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY }) {
      let count = 0;
      let end = relative(until);
      while (count < spikes) {
        const j = queue.top();
        const own = next[j];
        const changing = steps && state.steps < steps.times.length ? relative(steps.times[state.steps]) : Infinity;
        const coming = head < arrivals.length ? arrivals[head] : Infinity;
        const outside = input && state.inputs < input.times.length ? relative(input.times[state.inputs]) : Infinity;
        const first = Math.min(own, changing, coming, outside);
        if (!(first < end)) break;
        state.now = Math.max(first, state.now);
        if (changing === first) change();
        else if (coming === first) arrive();
        else if (outside === first) inject();
        else {
          fire(j);
          count++;
        }
        if (state.now >= EPOCH) {
          // The time between two events may be several epochs; of times beyond all digits one is enough.
          do rebase(state, head);
          while (state.now >= EPOCH && state.now < FAR);
          end = relative(until);
        }
      }
      return count;
    },
    time: () => absolute(state.now),
    next: () => nextOf(state, unit),
    state: () => structuredClone({ ...state, arrivals: arrivals.slice(head), senders: senders.slice(head) }),
  };
}

/** Takes an epoch from all times, of which those of spikes on their way begin at number `head`. */
function rebase(state: EngineState, head: number): void {
  const { next, fired, arrivals } = state;
  for (let i = 0; i < next.length; i++) {
    next[i] -= EPOCH;
    fired[i] -= EPOCH;
  }
  for (let k = head; k < arrivals.length; k++) arrivals[k] -= EPOCH;
  state.now -= EPOCH;
  state.epoch++;
}

/** A circle of excitation. */
export const firesTwice = (j: number, time: number): EngramError =>
  new EngramError(
    'input',
    `neuron ${j} would fire twice at time ${time}: excitation without delay runs in a circle; make its weights smaller, or give a delay`,
  );

/** Drops the first entries of both lists; what is first then has number 0. */
function dropFirst(head: number, arrivals: number[], senders: number[]): number {
  arrivals.splice(0, head);
  senders.splice(0, head);
  return 0;
}

/** The next step of the drive: voltages stay, next spikes and periods change. */
function applyStep(
  { neuron, steps }: Circuit,
  state: EngineState,
  periods: Float64Array,
  unit: number,
  changed: Observer['step'],
): void {
  const { next, drives, now } = state;
  const k = state.steps++;
  for (let i = 0; i < next.length; i++) {
    const before = drives[i];
    const drive = steps?.driveOf(k, i) ?? before;
    if (drive === before) continue;
    neuron.check(drive);
    const r = (next[i] - now) * unit;
    const after = neuron.timeToSpike(neuron.voltage(r, before), drive);
    next[i] = now + after / unit;
    drives[i] = drive;
    periods[i] = periodOf(neuron, drive) / unit;
    changed?.(i, k, r, after, before, drive);
  }
}
