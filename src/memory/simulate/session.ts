/**
 * A run in parts: `run(a)` and then `run(b)` give the spikes of `run(b)` alone, and a checkpoint goes on in another
 * process to the same bytes. All that a run is stands in the kernel's tables; this file lays them out, makes the
 * buffers larger when the kernel asks, and takes the output away.
 */
import { type Arena, EngramError } from '../../core/index.js';
import { kernelModule } from '../kernels.generated.js';
import type { Potential } from '../template/index.js';
import { restore, save } from './checkpoint.js';
import type { Constants } from './model.js';
import { checkImposed, checkNoise, clampsOf, JITTER_CUT, noiseKey, type Run, type Spikes } from './run.js';

/** A loaded network, and the number of the session that owns its state. */
export interface Loaded {
  readonly arena: Arena;
  readonly mark: number;
  readonly neurons: number;
  readonly synapses: number;
  readonly window: number;
  readonly shortest: number;
  readonly neuronTable: number;
  readonly modelTable: number;
  /** Of leaky integrate-and-fire neurons only. */
  readonly membranes: number;
  readonly synapseTable: number;
  readonly counts: number;
  readonly model: Constants;
  readonly oneScale: boolean;
  session: number;
}

/** The state of a run: arrays by name, such as `writeNpz` stores and `readNpz` gives back. */
export type Checkpoint = Record<string, Float64Array | Uint32Array>;

/** Exact pieces of a potential: z = (a + b y) e^{-y} from times[i] on, y = (t - times[i]) / beta. */
export interface Trace extends Potential {
  /** Whose potential it is. */
  neuron: number;
  /** Time constant of its kernel. */
  beta: number;
}

/** A run in parts. */
export interface Session {
  /** Up to where the run has come. */
  now(): number;
  /** Runs up to `until` and returns the spikes on the way. */
  run(until: number): Spikes;
  /** The same, handing over the spikes in order and in parts of bounded size. */
  play(until: number, each: (spikes: Spikes) => void): void;
  /** The potentials of the recorded neurons since the last call. */
  traces(): Trace[];
  /** All that the run is, for `Simulator.resume`. */
  checkpoint(): Checkpoint;
}

interface Kernel {
  simulateBuffers(
    cursors: number,
    cursorLimit: number,
    gathered: number,
    gatherLimit: number,
    outTimes: number,
    outNeurons: number,
    outLimit: number,
    pieces: number,
    pieceLimit: number,
  ): void;
  simulateStart(
    from: number,
    sigma: number,
    walks: number,
    noisy: number,
    k0: number,
    k1: number,
    forcedTimes: number,
    forcedNeurons: number,
    forced: number,
    burst: number,
    clamps: number,
    clampCount: number,
    recorded: number,
    recordedCount: number,
    recordedFlags: number,
  ): void;
  simulateTransmitStart(
    scratch: number,
    shortest: number,
    failure: number,
    f0: number,
    f1: number,
    jitter: number,
    j0: number,
    j1: number,
    buckets: number,
    bucketCount: number,
  ): void;
  simulateTransmitBackground(count: number, table: number): void;
  simulateTransmitPool(pointer: number, limit: number): void;
  simulateTransmitUsed(): number;
  simulateRun(to: number): number;
  simulateTake(): number;
  simulateTaken(count: number): void;
  simulateHeld(): number;
  simulatePieces(): number;
  simulateCursors(): number;
  simulateWindowEvents(): number;
}

const CURSOR_BYTES = 40;
const GATHER_BYTES = 56;
const EVENT_BYTES = 24;
const PIECE_BYTES = 32;
const [FINISHED, GROW_CURSORS, GROW_GATHERED, TAKE] = [0, 1, 2, 3];
/** Releases later than this are never; the kernel counts windows up to them. */
const NEVER = 1e12;

/** A buffer that can grow, keeping its first `used` bytes. */
function buffer(arena: Arena, bytes: number, limit: number) {
  let at = arena.alloc(bytes * limit);
  return {
    get at() {
      return at;
    },
    get limit() {
      return limit;
    },
    grow(to: number, used: number) {
      if (to <= limit) return;
      const larger = arena.alloc(bytes * to);
      arena.u32(larger, (bytes * used) / 4).set(arena.u32(at, (bytes * used) / 4));
      [at, limit] = [larger, to];
    },
  };
}

/** Where a session's tables lie, for a checkpoint. */
export interface Layout {
  cursors: { readonly at: number };
  outTimes: { readonly at: number };
  outNeurons: { readonly at: number };
  events: { readonly at: number };
  buckets: number;
  bucketCount: number;
  background: number;
  processes: number;
}

/** Starts a run at rest, or where a checkpoint of the same run stands. Throws `usage` for what cannot be run. */
export function startSession(loaded: Loaded, run: Run, checkpoint?: Checkpoint): Session {
  const { arena, neurons, window, model } = loaded;
  const kernel = arena.kernels<Kernel>(kernelModule);
  const clamps = clampsOf(run, neurons);
  checkImposed(run, clamps);
  checkNoise(run);
  const recorded = run.record ?? new Uint32Array();
  if (recorded.some((neuron) => !(neuron < neurons))) {
    throw new EngramError('usage', `a neuron to record is not among the ${neurons} neurons`);
  }
  if (recorded.length > 0 && model.lif) {
    throw new EngramError(
      'usage',
      'the potential of leaky integrate-and-fire neurons is not recorded: record spikes only',
    );
  }
  const id = ++loaded.session;
  arena.release(loaded.mark);
  const f64 = (values: ArrayLike<number>) => {
    const at = arena.alloc(8 * values.length);
    arena.f64(at, values.length).set(values);
    return at;
  };
  const u32 = (values: ArrayLike<number>) => {
    const at = arena.alloc(4 * values.length);
    arena.u32(at, values.length).set(values);
    return at;
  };
  const { imposed, noise = {}, key } = run;
  const { failure = 0, jitter = 0, background = [] } = noise;
  const noisy = failure > 0 || jitter > 0 || background.length > 0 || !loaded.oneScale;
  const burst = mostWithin(imposed.times, 2 * window);
  const flags = new Uint32Array(Math.ceil(neurons / 4));
  const flagBytes = new Uint8Array(flags.buffer);
  for (const neuron of recorded) flagBytes[neuron] = 1;
  const clampTable = arena.alloc(24 * clamps.neurons.length);
  clamps.neurons.forEach((neuron, i) => {
    arena.f64(clampTable + 24 * i, 2).set([clamps.from[i], Math.min(clamps.to[i], NEVER)]);
    arena.u32(clampTable + 24 * i + 16, 1)[0] = neuron;
  });
  kernel.simulateStart(
    run.from,
    run.sigma,
    Number(noise.walk ?? false),
    Number(noisy),
    key[0],
    key[1],
    f64(imposed.times),
    u32(imposed.neurons),
    imposed.times.length,
    burst,
    clampTable,
    clamps.neurons.length,
    u32(recorded),
    recorded.length,
    u32(flags),
  );
  const bucketCount = Math.ceil((2 * JITTER_CUT * jitter) / window) + 4;
  const buckets = arena.alloc(4 * bucketCount);
  const [failureKey, jitterKey] = [noiseKey(key, 'failure'), noiseKey(key, 'jitter')];
  kernel.simulateTransmitStart(
    arena.alloc(16),
    loaded.shortest,
    failure,
    failureKey[0],
    failureKey[1],
    jitter,
    jitterKey[0],
    jitterKey[1],
    buckets,
    bucketCount,
  );
  const processes = background.length;
  const processTable = arena.alloc(32 * processes + 24 * processes * neurons);
  background.forEach(({ rate, weight }, p) => {
    arena.f64(processTable + 32 * p, 2).set([rate, weight * Math.E]);
    arena.u32(processTable + 32 * p + 16, 2).set(noiseKey(key, `background ${p}`));
  });
  if (noisy) kernel.simulateTransmitBackground(processes, processTable);

  const most = neurons + burst;
  const spikeLimit = most + 65536;
  const outTimes = buffer(arena, 8, spikeLimit);
  const outNeurons = buffer(arena, 4, spikeLimit);
  const cursors = buffer(arena, CURSOR_BYTES, 4 * neurons + burst + 1024);
  const gathered = buffer(arena, GATHER_BYTES, most + 16384);
  const events = buffer(arena, EVENT_BYTES, noisy ? 65536 : 0);
  const pieces = buffer(arena, PIECE_BYTES, recorded.length > 0 ? 65536 : 0);
  kernel.simulateTransmitPool(events.at, events.limit);
  const layout: Layout = {
    cursors,
    outTimes,
    outNeurons,
    events,
    buckets,
    bucketCount,
    background: processTable + 32 * processes,
    processes,
  };
  let now = run.from;
  if (checkpoint) {
    events.grow(checkpoint.events.length / (EVENT_BYTES / 4), 0);
    cursors.grow(checkpoint.cursors.length / (CURSOR_BYTES / 4), 0);
    outTimes.grow(checkpoint.heldTimes.length, 0);
    outNeurons.grow(checkpoint.heldTimes.length, 0);
    kernel.simulateTransmitPool(events.at, events.limit);
    now = restore(loaded, layout, checkpoint);
  }

  /** Pieces taken away so far, 4 numbers each: the neuron in the low word of the first, then time, level, drive. */
  let noted: Float64Array[] = [];
  /** Takes away what has come out, and makes room for one more window. */
  const take = (each: (spikes: Spikes) => void) => {
    const n = kernel.simulateTake();
    if (n > 0) each({ times: arena.f64(outTimes.at, n).slice(), neurons: arena.u32(outNeurons.at, n).slice() });
    const found = kernel.simulatePieces();
    if (found > 0) noted.push(arena.f64(pieces.at, (PIECE_BYTES / 8) * found).slice());
    kernel.simulateTaken(n);
    const held = kernel.simulateHeld();
    const room = most + kernel.simulateWindowEvents();
    outTimes.grow(held + room, held);
    outNeurons.grow(held + room, held);
    if (recorded.length > 0) pieces.grow(2 * room, 0);
  };
  const play = (until: number, each: (spikes: Spikes) => void) => {
    if (loaded.session !== id) throw new EngramError('usage', 'this run has ended: another one was started');
    if (!(until >= now)) throw new EngramError('usage', `the run stands at ${now}; it cannot run to ${until}`);
    for (;;) {
      const { at, limit } = cursors;
      const [times, owners] = [outTimes.at, outNeurons.at];
      kernel.simulateBuffers(
        at,
        limit,
        gathered.at,
        gathered.limit,
        times,
        owners,
        outTimes.limit,
        pieces.at,
        pieces.limit,
      );
      const stop = kernel.simulateRun(until);
      if (stop === FINISHED) break;
      if (stop === GROW_CURSORS) {
        cursors.grow(2 * limit + 2 * kernel.simulateWindowEvents(), kernel.simulateCursors());
      } else if (stop === GROW_GATHERED) {
        gathered.grow(2 * kernel.simulateWindowEvents() + most, 0);
      } else if (stop === TAKE) take(each);
      else {
        events.grow(2 * events.limit, kernel.simulateTransmitUsed());
        kernel.simulateTransmitPool(events.at, events.limit);
      }
    }
    take(each);
    now = until;
  };
  return {
    now: () => now,
    play,
    run(until) {
      const parts: Spikes[] = [];
      play(until, (spikes) => parts.push(spikes));
      return concatenate(parts);
    },
    traces() {
      const parts = noted;
      noted = [];
      return Array.from(recorded, (neuron) => ({ ...piecesOf(neuron, parts), neuron, beta: model.beta[neuron] }));
    },
    checkpoint: () => save(loaded, layout, run.from, now),
  };
}

/** The pieces of one neuron, in order. */
function piecesOf(neuron: number, parts: readonly Float64Array[]): Potential {
  const each = (visit: (part: Float64Array, at: number) => void) => {
    for (const part of parts) {
      const words = new Uint32Array(part.buffer);
      for (let at = 0; at < part.length; at += 4) if (words[2 * at] === neuron) visit(part, at);
    }
  };
  let n = 0;
  each(() => n++);
  const [times, a, b] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  n = 0;
  each((part, at) => {
    times[n] = part[at + 1];
    a[n] = part[at + 2];
    b[n++] = part[at + 3];
  });
  return { times, a, b, period: Number.POSITIVE_INFINITY };
}

/** The largest number of sorted times that an interval of the given length holds. */
function mostWithin(times: Float64Array, length: number): number {
  let most = 0;
  for (let first = 0, next = 0; next < times.length; next++) {
    while (times[next] - times[first] > length) first++;
    most = Math.max(most, next - first + 1);
  }
  return most;
}

function concatenate(parts: Spikes[]): Spikes {
  const count = parts.reduce((sum, { times }) => sum + times.length, 0);
  const times = new Float64Array(count);
  const neurons = new Uint32Array(count);
  let n = 0;
  for (const part of parts) {
    times.set(part.times, n);
    neurons.set(part.neurons, n);
    n += part.times.length;
  }
  return { times, neurons };
}
