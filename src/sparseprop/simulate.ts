/** Runs of a circuit: one face for all queues. Times are in membrane time constants, rates in spikes per time constant. */
import {
  demandInteger,
  demandObject,
  demandOneOf,
  demandPositive,
  EngramError,
  streamKey,
  uniformStream,
} from '../core/index.js';
import { type CalendarState, calendarNext, calendarRefusal, calendarStart, createCalendar } from './calendar.js';
import { type Circuit, fromPhases } from './circuit.js';
import { demandCircuit, demandStart } from './demand.js';
import { createEngine, type EngineState, engineStart, nextOf, unitOf } from './engine.js';
import { createHeap, fitsHeap } from './heap.js';

/** How the next spike is found. */
export const queueNames = ['calendar', 'phase-heap', 'time-heap', 'naive'] as const;
/** A queue by its name. */
export type QueueName = (typeof queueNames)[number];

/** Spikes in the order in which they were fired. */
export interface Spikes {
  /** In membrane time constants from the run's beginning. */
  readonly times: Float64Array;
  /** Who fired each of them, 0 to N - 1. */
  readonly neurons: Uint32Array;
}

/** Where a run stands: a queue and its state. */
export type SavedState =
  | ({
      /** The queue that saved it, which alone can go on with it. */
      readonly queue: 'calendar';
      /** The time of the last spike, in membrane time constants from the run's beginning (default 0). */
      readonly time?: number;
    } & CalendarState)
  | ({
      /** The queue that saved it, which alone can go on with it. */
      readonly queue: Exclude<QueueName, 'calendar'>;
      /** The time of the last spike, in membrane time constants from the run's beginning (default 0). */
      readonly time?: number;
    } & EngineState);

/** Where a run ends: after so many spikes, or at a time. */
export interface Limit {
  /** How many spikes more, at most (default: any number). */
  readonly spikes?: number;
  /** In membrane time constants from the run's beginning; events at this time are not included (default: no end). */
  readonly until?: number;
}

/** A run that is under way. */
export interface Session {
  /** How its next spike is found. */
  readonly queue: QueueName;
  /** Goes on and records what is fired. Throws `usage` where a recording of `limit.spikes` passes the memory that is allowed. */
  record(limit: Limit): Spikes;
  /** Goes on; returns how many spikes there were. */
  skip(limit: Limit): number;
  /** The time of the last spike. */
  time(): number;
  /** Next spikes from the run's beginning. */
  next(): Float64Array;
  /** A copy of where it stands, from which `startSession` goes on with the same bits. */
  state(): SavedState;
  /** Calendar: members of buckets that were looked at. */
  refreshes(): number;
}

/** Bytes that a recorded spike takes. */
const SPIKE_BYTES = 12;
/** Memory for a recording unless it is given: 2 GB. */
const MEMORY = 2e9;

/** The queue that is fastest for a circuit. */
export const fastestQueue = (circuit: Circuit): QueueName => (calendarRefusal(circuit) ? 'time-heap' : 'calendar');

/** Next spikes with phases drawn evenly between reset and threshold. */
export function drawnStart(circuit: Circuit, seed: number): Float64Array {
  demandCircuit(circuit);
  demandInteger('the seed', seed);
  const uniform = uniformStream(streamKey(seed, 'sparseprop phases'));
  return fromPhases(circuit, Float64Array.from({ length: circuit.connectivity.neurons }, uniform));
}

/** Begins a run from next spikes, or goes on from a state. */
export function startSession(
  circuit: Circuit,
  from: Float64Array | SavedState,
  { queue: asked, memory = MEMORY }: { queue?: QueueName | undefined; memory?: number } = {},
): Session {
  demandCircuit(circuit);
  if (!(from instanceof Float64Array)) demandObject('the state', from);
  else demandStart(circuit, from);
  if (asked !== undefined) demandOneOf('the queue', asked, queueNames);
  demandPositive('the memory', memory);
  const saved = from instanceof Float64Array ? undefined : from;
  const queue = asked ?? saved?.queue ?? fastestQueue(circuit);
  if (saved && saved.queue !== queue) {
    throw new EngramError(
      'usage',
      `the state was saved by the queue ${saved.queue}, which alone can go on with it; got ${queue}`,
    );
  }
  const size = circuit.connectivity.neurons;
  const held =
    from instanceof Float64Array ? from.length : from.queue === 'calendar' ? from.values.length : from.next.length;
  if (held !== size) throw new EngramError('input', `the state holds ${held} neurons, the network ${size}`);
  const open = queue === 'calendar' ? calendarSession : fitsHeap(circuit) ? heapSession : engineSession;
  const { go, state, ...rest } = open(circuit, from, queue);
  let last = saved?.time ?? 0;
  const advance = (limit: Limit, sink: (times: Float64Array, neurons: Uint32Array) => void) =>
    go(limit, (times, neurons) => {
      if (times.length > 0) last = times[times.length - 1];
      sink(times, neurons);
    });
  return {
    queue,
    ...rest,
    time: () => last,
    state: () => ({ ...state(), time: last }),
    skip: (limit) => advance(limit, () => {}),
    record(limit) {
      const { spikes = 0 } = limit;
      if (spikes * SPIKE_BYTES > memory) {
        throw new EngramError(
          'usage',
          `${spikes} recorded spikes take ${(spikes * SPIKE_BYTES) / 1e9} GB, more than the ${memory / 1e9} GB allowed; record fewer, or allow more`,
        );
      }
      return recording(spikes, memory, (sink) => advance(limit, sink));
    },
  };
}

/** Collects pieces into two arrays that grow. */
function recording(
  expected: number,
  memory: number,
  work: (sink: (times: Float64Array, neurons: Uint32Array) => void) => void,
): Spikes {
  let times = new Float64Array(Math.max(expected, 1024));
  let neurons = new Uint32Array(times.length);
  let count = 0;
  work((more, who) => {
    if (count + more.length > times.length) {
      const length = 2 * (count + more.length);
      if (length * SPIKE_BYTES > memory) {
        throw new EngramError(
          'usage',
          `a recording of more than ${count} spikes passes the ${memory / 1e9} GB allowed; record less time`,
        );
      }
      const [oldTimes, oldNeurons] = [times, neurons];
      times = new Float64Array(length);
      neurons = new Uint32Array(length);
      times.set(oldTimes.subarray(0, count));
      neurons.set(oldNeurons.subarray(0, count));
    }
    times.set(more, count);
    neurons.set(who, count);
    count += more.length;
  });
  return { times: times.subarray(0, count), neurons: neurons.subarray(0, count) };
}

type Sink = (times: Float64Array, neurons: Uint32Array) => void;

function calendarSession(circuit: Circuit, from: Float64Array | SavedState) {
  const state =
    from instanceof Float64Array ? calendarStart(circuit, from) : (from as SavedState & { queue: 'calendar' });
  const calendar = createCalendar(circuit, state);
  return {
    go: (limit: Limit, sink: Sink) => calendar.run(limit, sink),
    next: () => calendarNext(circuit, calendar.state()),
    state: (): SavedState => ({ queue: 'calendar', ...calendar.state() }),
    refreshes: () => calendar.refreshes(),
  };
}

function heapSession(circuit: Circuit, from: Float64Array | SavedState, queue: QueueName) {
  const name = queue as Exclude<QueueName, 'calendar'>;
  const unit = unitOf(circuit, name === 'phase-heap');
  const state =
    from instanceof Float64Array ? engineStart(circuit, from, unit) : (from as SavedState & { queue: typeof name });
  const heap = createHeap(circuit, state, { unit, naive: name === 'naive' });
  return {
    go: (limit: Limit, sink: Sink) => heap.run(limit, sink),
    next: () => nextOf(heap.state(), unit),
    state: (): SavedState => ({ queue: name, ...heap.state() }),
    refreshes: () => 0,
  };
}

function engineSession(circuit: Circuit, from: Float64Array | SavedState, queue: QueueName) {
  const name = queue as Exclude<QueueName, 'calendar'>;
  const phase = name === 'phase-heap';
  const unit = unitOf(circuit, phase);
  const state =
    from instanceof Float64Array ? engineStart(circuit, from, unit) : (from as SavedState & { queue: typeof name });
  const PIECE = 4096;
  const [times, neurons] = [new Float64Array(PIECE), new Uint32Array(PIECE)];
  let [count, sink]: [number, Sink] = [0, () => {}];
  const flush = () => {
    sink(times.subarray(0, count), neurons.subarray(0, count));
    count = 0;
  };
  const observer = {
    spike(time: number, j: number) {
      times[count] = time;
      neurons[count++] = j;
      if (count === PIECE) flush();
    },
  };
  const engine = createEngine(circuit, state, { queue: name === 'naive' ? 'naive' : 'heap', phase, observer });
  return {
    go(limit: Limit, given: Sink) {
      sink = given;
      const made = engine.run(limit);
      flush();
      return made;
    },
    next: () => engine.next(),
    state: (): SavedState => ({ queue: name, ...engine.state() }),
    refreshes: () => 0,
  };
}
