/**
 * A run in parts: `run(a)` and then `run(b)` give the spikes of `run(b)` alone, and a checkpoint goes on in another
 * process to the same bytes. All that a run is stands in the kernel's tables; this file lays them out, makes the
 * buffers larger when the kernel asks, and takes the output away.
 */
import { type Arena, demandNumber, EngramError } from '../../core/index.js';
import { kernelModule } from '../kernels.generated.js';
import type { Potential } from '../template/index.js';
import { checkCheckpoint, restore, save } from './checkpoint.js';
import { layouts, wordOf, writeEntry } from './layout.js';
import type { Checkpoint, Layout, Loaded } from './loaded.js';
import { concatenate, JITTER_CUT, noiseKey, type Run, type Spikes, type WholeRun, wholeRun } from './run.js';

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
  simulateStart(task: number): void;
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

/** What the kernel stops for. */
const [FINISHED, GROW_CURSORS, GROW_GATHERED, TAKE, GROW_EVENTS, GO_ON] = [0, 1, 2, 3, 4, 5];
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

/**
 * Starts a run at rest, or where a checkpoint of the same run stands. Throws `usage` for what cannot be run. One function,
 * longer than most: what a session can be asked, on buffers that all its answers share.
 */
export function startSession(loaded: Loaded, asked: Run, given?: Readonly<Record<string, unknown>>): Session {
  const { arena, neurons, window, model } = loaded;
  const kernel = arena.kernels<Kernel>(kernelModule);
  const run = wholeRun(asked, neurons);
  checkRecorded(run, loaded);
  // Checked in what follows.
  const checkpoint = given as Checkpoint | undefined;
  if (checkpoint !== undefined) checkCheckpoint(loaded, checkpoint);
  const id = ++loaded.session;
  arena.release(loaded.mark);
  const recorded = run.record ?? new Uint32Array();
  const noisy = isNoisy(run, loaded);
  const burst = mostWithin(run.imposed.times, 2 * window);
  kernel.simulateStart(loadTask(loaded, run, burst));
  const noise = loadNoise(loaded, run);
  const buffers = buffersFor(arena, neurons, burst, noisy, recorded.length > 0);
  const { outTimes, outNeurons, cursors, gathered, events, pieces } = buffers;
  kernel.simulateTransmitPool(events.at, events.limit);
  const layout: Layout = { ...buffers, ...noise };
  let now = run.from;
  if (checkpoint) {
    makeRoom(buffers, checkpoint);
    kernel.simulateTransmitPool(events.at, events.limit);
    now = restore(loaded, layout, checkpoint);
  }

  const most = neurons + burst;
  /** Pieces taken away so far. */
  let noted: Float64Array[] = [];
  /** Takes away what has come out, and makes room for one more window. */
  const take = (each: (spikes: Spikes) => void) => {
    const n = kernel.simulateTake();
    if (n > 0) each({ times: arena.f64(outTimes.at, n).slice(), neurons: arena.u32(outNeurons.at, n).slice() });
    const found = kernel.simulatePieces();
    if (found > 0) noted.push(arena.f64(pieces.at, (layouts.Piece.bytes / 8) * found).slice());
    kernel.simulateTaken(n);
    const held = kernel.simulateHeld();
    const room = most + kernel.simulateWindowEvents();
    outTimes.grow(held + room, held);
    outNeurons.grow(held + room, held);
    if (recorded.length > 0) pieces.grow(2 * room, 0);
  };
  const play = (until: number, each: (spikes: Spikes) => void) => {
    if (loaded.session !== id) throw new EngramError('usage', 'this run has ended: another one was started');
    demandNumber('the end of a part of a run', until);
    if (!(until >= now)) throw new EngramError('usage', `the run stands at ${now}; it cannot run to ${until}`);
    bind(kernel, buffers);
    for (let stop = GO_ON; stop !== FINISHED; stop = kernel.simulateRun(until)) {
      if (stop === GO_ON) continue;
      if (stop === GROW_CURSORS) {
        cursors.grow(2 * cursors.limit + 2 * kernel.simulateWindowEvents(), kernel.simulateCursors());
      } else if (stop === GROW_GATHERED) {
        gathered.grow(2 * kernel.simulateWindowEvents() + most, 0);
      } else if (stop === TAKE) take(each);
      else if (stop === GROW_EVENTS) {
        events.grow(2 * events.limit, kernel.simulateTransmitUsed());
        kernel.simulateTransmitPool(events.at, events.limit);
      }
      bind(kernel, buffers);
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

function checkRecorded({ record = new Uint32Array() }: WholeRun, { model }: Loaded): void {
  if (record.length > 0 && model.lif) {
    throw new EngramError(
      'usage',
      'the potential of leaky integrate-and-fire neurons is not recorded: record spikes only',
    );
  }
}

/** Whether arrivals take the slower way: noise of their own, or neurons of different time constants. */
const isNoisy = (
  { noise: { failure = 0, jitter = 0, background = [] } = {} }: WholeRun,
  { oneScale }: Loaded,
): boolean => failure > 0 || jitter > 0 || background.length > 0 || !oneScale;

/** What the kernel is asked: imposed spikes, clamps, recorded neurons, threshold noise. @returns its address */
function loadTask(loaded: Loaded, run: WholeRun, burst: number): number {
  const { arena, neurons } = loaded;
  const { imposed, clamps, key, noise, from, sigma, record: recorded = new Uint32Array() } = run;
  const u32 = (values: ArrayLike<number>) => {
    const at = arena.alloc(4 * values.length);
    arena.u32(at, values.length).set(values);
    return at;
  };
  const forcedTimes = arena.alloc(8 * imposed.times.length);
  arena.f64(forcedTimes, imposed.times.length).set(imposed.times);
  const flags = new Uint32Array(Math.ceil(neurons / 4));
  const flagBytes = new Uint8Array(flags.buffer);
  for (const neuron of recorded) flagBytes[neuron] = 1;
  const clampTable = arena.alloc(layouts.Clamp.bytes * clamps.neurons.length);
  clamps.neurons.forEach((neuron, i) => {
    const to = Math.min(clamps.to[i], NEVER);
    writeEntry(arena, layouts.Clamp, clampTable + layouts.Clamp.bytes * i, { from: clamps.from[i], to, neuron });
  });
  const at = arena.alloc(layouts.Task.bytes);
  writeEntry(arena, layouts.Task, at, {
    from,
    sigma,
    key0: key[0],
    key1: key[1],
    walks: Number(noise?.walk ?? false),
    noisy: Number(isNoisy(run, loaded)),
    forcedTimes,
    forcedNeurons: u32(imposed.neurons),
    forcedCount: imposed.times.length,
    burst,
    clamps: clampTable,
    clampCount: clamps.neurons.length,
    recorded: u32(recorded),
    recordedCount: recorded.length,
    recordedFlags: u32(flags),
  });
  return at;
}

/** Failures, jitter and background input; where their tables lie. */
function loadNoise(loaded: Loaded, run: WholeRun) {
  const { arena, neurons, window, shortest } = loaded;
  const { key, noise: { failure = 0, jitter = 0, background = [] } = {} } = run;
  const kernel = arena.kernels<Kernel>(kernelModule);
  const bucketCount = Math.ceil((2 * JITTER_CUT * jitter) / window) + 4;
  const buckets = arena.alloc(4 * bucketCount);
  const [failureKey, jitterKey] = [noiseKey(key, 'failure'), noiseKey(key, 'jitter')];
  kernel.simulateTransmitStart(
    arena.alloc(16),
    shortest,
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
  const { Process, Background } = layouts;
  const table = arena.alloc(Process.bytes * processes + Background.bytes * processes * neurons);
  background.forEach(({ rate, weight }, p) => {
    const [key0, key1] = noiseKey(key, `background ${p}`);
    writeEntry(arena, Process, table + Process.bytes * p, { rate, weight: weight * Math.E, key0, key1 });
  });
  if (isNoisy(run, loaded)) kernel.simulateTransmitBackground(processes, table);
  return { buckets, bucketCount, background: table + Process.bytes * processes, processes };
}

type Buffers = ReturnType<typeof buffersFor>;

/** Room for a few windows to begin with. */
function buffersFor(arena: Arena, neurons: number, burst: number, noisy: boolean, records: boolean) {
  const most = neurons + burst;
  return {
    outTimes: buffer(arena, 8, most + 65536),
    outNeurons: buffer(arena, 4, most + 65536),
    cursors: buffer(arena, layouts.Cursor.bytes, 4 * neurons + burst + 1024),
    gathered: buffer(arena, layouts.Slot.bytes, most + 16384),
    events: buffer(arena, layouts.Event.bytes, noisy ? 65536 : 0),
    pieces: buffer(arena, layouts.Piece.bytes, records ? 65536 : 0),
  };
}

/** Room for what a checkpoint holds. */
function makeRoom({ events, cursors, outTimes, outNeurons }: Buffers, checkpoint: Checkpoint): void {
  events.grow(checkpoint.events.length / (layouts.Event.bytes / 4), 0);
  cursors.grow(checkpoint.cursors.length / (layouts.Cursor.bytes / 4), 0);
  outTimes.grow(checkpoint.heldTimes.length, 0);
  outNeurons.grow(checkpoint.heldTimes.length, 0);
}

/** Tells the kernel where its buffers are. */
function bind(kernel: Kernel, { cursors, gathered, outTimes, outNeurons, pieces }: Buffers): void {
  kernel.simulateBuffers(
    cursors.at,
    cursors.limit,
    gathered.at,
    gathered.limit,
    outTimes.at,
    outNeurons.at,
    outTimes.limit,
    pieces.at,
    pieces.limit,
  );
}

/** The pieces of one neuron, in order. */
function piecesOf(neuron: number, parts: readonly Float64Array[]): Potential {
  const { bytes, fields } = layouts.Piece;
  const each = (visit: (part: Float64Array, at: number) => void) => {
    for (const part of parts) {
      const words = new Uint32Array(part.buffer);
      for (let at = 0; at < part.length; at += bytes / 8) {
        if (words[2 * at + wordOf(fields.neuron)] === neuron) visit(part, at);
      }
    }
  };
  let n = 0;
  each(() => n++);
  const [times, a, b] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  n = 0;
  each((part, at) => {
    times[n] = part[at + wordOf(fields.time)];
    a[n] = part[at + wordOf(fields.level)];
    b[n++] = part[at + wordOf(fields.drive)];
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
