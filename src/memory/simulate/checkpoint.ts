/**
 * The state of a run as arrays: neurons, stream positions, travelling spikes, events under way. Addresses are stored
 * relative to the tables that they point into, and time as (window, offset), so that nothing is rounded.
 */
import { demandArray, demandObject, EngramError } from '../../core/index.js';
import { kernelModule } from '../kernels.generated.js';
import { layouts, wordOf } from './layout.js';
import type { Checkpoint, Layout, Loaded } from './loaded.js';

interface Kernel {
  simulateResume(
    window: number,
    forced: number,
    clamps: number,
    cursors: number,
    held: number,
    events: number,
    solved: number,
  ): void;
  simulateWindow(): number;
  simulateForced(): number;
  simulateClamps(): number;
  simulateCursors(): number;
  simulateHeld(): number;
  simulateEvents(): number;
  simulateSolved(): number;
  simulateTransmitUsed(): number;
  simulateTransmitFree(): number;
  simulateTransmitResume(used: number, free: number): void;
}

const VERSION = 1;
const { Cursor, Event, Neuron, Model, Membrane } = layouts;
/** Words of a cursor that hold addresses of synapses, and the word of an event that holds one of a neuron. */
const CURSOR_WORDS = Cursor.bytes / 4;
const CURSOR_ADDRESSES = [Cursor.fields.next, Cursor.fields.end, Cursor.fields.start].map(wordOf);
const EVENT_WORDS = Event.bytes / 4;
const EVENT_ADDRESS = wordOf(Event.fields.target);
const BACKGROUND_WORDS = layouts.Background.bytes / 4;
const [NEURON_NUMBERS, MODEL_NUMBERS, MEMBRANE_NUMBERS] = [Neuron, Model, Membrane].map(({ bytes }) => bytes / 8);
/** Where the last spike of neuron i >> 1 stands among the models: its window for even i, its offset for odd i. */
const lastSpikeAt = (i: number): number =>
  MODEL_NUMBERS * (i >> 1) + wordOf(i & 1 ? Model.fields.spikeOffset : Model.fields.spikeWindow);

const shifted = (words: Uint32Array, stride: number, columns: readonly number[], by: number): Uint32Array => {
  for (let i = 0; i < words.length; i += stride) for (const column of columns) words[i + column] += by;
  return words;
};

export function save(loaded: Loaded, layout: Layout, from: number, now: number): Checkpoint {
  const { arena, neurons, synapses, window, neuronTable, modelTable, synapseTable } = loaded;
  const kernel = arena.kernels<Kernel>(kernelModule);
  const used = kernel.simulateTransmitUsed();
  const held = kernel.simulateHeld();
  const cursors = arena.u32(layout.cursors.at, CURSOR_WORDS * kernel.simulateCursors()).slice();
  const events = arena.u32(layout.events.at, EVENT_WORDS * used).slice();
  const models = arena.f64(modelTable, MODEL_NUMBERS * neurons);
  return {
    head: Float64Array.of(
      VERSION,
      neurons,
      synapses,
      window,
      layout.bucketCount,
      layout.processes,
      from,
      now,
      kernel.simulateWindow(),
      kernel.simulateForced(),
      kernel.simulateClamps(),
      kernel.simulateEvents(),
      kernel.simulateSolved(),
      kernel.simulateTransmitFree(),
    ),
    neurons: arena.f64(neuronTable, NEURON_NUMBERS * neurons).slice(),
    lastSpikes: Float64Array.from({ length: 2 * neurons }, (_, i) => models[lastSpikeAt(i)]),
    ...(loaded.model.lif ? { membranes: arena.f64(loaded.membranes, MEMBRANE_NUMBERS * neurons).slice() } : {}),
    counts: arena.u32(loaded.counts, neurons).slice(),
    cursors: shifted(cursors, CURSOR_WORDS, CURSOR_ADDRESSES, -synapseTable),
    heldTimes: arena.f64(layout.outTimes.at, held).slice(),
    heldNeurons: arena.u32(layout.outNeurons.at, held).slice(),
    events: shifted(events, EVENT_WORDS, [EVENT_ADDRESS], -neuronTable),
    buckets: arena.u32(layout.buckets, layout.bucketCount).slice(),
    background: arena.u32(layout.background, BACKGROUND_WORDS * layout.processes * neurons).slice(),
  };
}

/** Throws `input` or `usage` unless a checkpoint has all its arrays, with addresses of this network. */
export function checkCheckpoint({ neurons, synapses, model }: Loaded, checkpoint: Checkpoint): void {
  demandObject('a checkpoint', checkpoint);
  const demand = (name: string, type: typeof Float64Array | typeof Uint32Array, length?: number) =>
    demandArray(`"${name}" of the checkpoint`, checkpoint[name], type, length);
  demand('head', Float64Array, 14);
  const version = checkpoint.head[0];
  if (version !== VERSION) throw new EngramError('input', `the checkpoint is of version ${version}, not ${VERSION}`);
  demand('heldTimes', Float64Array);
  demand('heldNeurons', Uint32Array, checkpoint.heldTimes.length);
  for (const name of ['cursors', 'events', 'buckets', 'background']) demand(name, Uint32Array);
  // Of another network: `restore` says of which.
  if (checkpoint.head[1] !== neurons || checkpoint.head[2] !== synapses) return;
  demand('neurons', Float64Array, NEURON_NUMBERS * neurons);
  demand('lastSpikes', Float64Array, 2 * neurons);
  if (model.lif && 'membranes' in checkpoint) demand('membranes', Float64Array, MEMBRANE_NUMBERS * neurons);
  demand('counts', Uint32Array, neurons);
  const within = (words: ArrayLike<number>, stride: number, columns: readonly number[], most: number) => {
    for (let i = 0; i < words.length; i++) if (columns.includes(i % stride) && !(words[i] <= most)) return false;
    return words.length % stride === 0;
  };
  if (
    !within(checkpoint.cursors, CURSOR_WORDS, CURSOR_ADDRESSES, layouts.Synapse.bytes * synapses) ||
    !within(checkpoint.events, EVENT_WORDS, [EVENT_ADDRESS], Neuron.bytes * neurons)
  ) {
    throw new EngramError('input', 'the checkpoint is broken: what travels in it belongs to no synapse or neuron');
  }
}

/** Writes a checkpoint into the tables; returns the time at which it stands. Throws `input` if it is of another run. */
export function restore(loaded: Loaded, layout: Layout, checkpoint: Checkpoint): number {
  const { arena, neurons, synapses, window, neuronTable, modelTable, synapseTable } = loaded;
  const kernel = arena.kernels<Kernel>(kernelModule);
  const own = checkpoint.head.subarray(1);
  const expected = [neurons, synapses, window, layout.bucketCount, layout.processes];
  const names = ['neurons', 'synapses', 'width of the window', 'delay jitter', 'background processes'];
  expected.forEach((value, i) => {
    if (own[i] === value) return;
    throw new EngramError('input', `the checkpoint belongs to another run: ${names[i]} ${own[i]} there, ${value} here`);
  });
  const [, , , , , , now, at, forced, clamps, events, solved, free] = own;
  arena.f64(neuronTable, NEURON_NUMBERS * neurons).set(checkpoint.neurons);
  const models = arena.f64(modelTable, MODEL_NUMBERS * neurons);
  checkpoint.lastSpikes.forEach((value, i) => {
    models[lastSpikeAt(i)] = value;
  });
  if ('membranes' in checkpoint !== (loaded.model.lif !== undefined)) {
    throw new EngramError('input', 'the checkpoint belongs to another run: its neurons are of another model');
  }
  if (loaded.model.lif) arena.f64(loaded.membranes, MEMBRANE_NUMBERS * neurons).set(checkpoint.membranes);
  arena.u32(loaded.counts, neurons).set(checkpoint.counts);
  const travelling = Uint32Array.from(checkpoint.cursors);
  arena
    .u32(layout.cursors.at, travelling.length)
    .set(shifted(travelling, CURSOR_WORDS, CURSOR_ADDRESSES, synapseTable));
  arena.f64(layout.outTimes.at, checkpoint.heldTimes.length).set(checkpoint.heldTimes);
  arena.u32(layout.outNeurons.at, checkpoint.heldNeurons.length).set(checkpoint.heldNeurons);
  const underWay = Uint32Array.from(checkpoint.events);
  arena.u32(layout.events.at, underWay.length).set(shifted(underWay, EVENT_WORDS, [EVENT_ADDRESS], neuronTable));
  arena.u32(layout.buckets, layout.bucketCount).set(checkpoint.buckets);
  arena.u32(layout.background, checkpoint.background.length).set(checkpoint.background);
  kernel.simulateResume(
    at,
    forced,
    clamps,
    travelling.length / CURSOR_WORDS,
    checkpoint.heldTimes.length,
    events,
    solved,
  );
  kernel.simulateTransmitResume(underWay.length / EVENT_WORDS, free);
  return now;
}
