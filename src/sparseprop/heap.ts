/**
 * The heap and the naive queue in WASM, for LIF and QIF neurons of any drives: the event loop of engine.ts, which is their oracle, from
 * the same state, with (key, neuron) in the nodes of an implicit heap of four children to a node.
 */
import { createArena } from '../core/index.js';
import { type Circuit, checkCircuit } from './circuit.js';
import { type EngineState, firesTwice } from './engine.js';
import { fill, loadSynapses, place } from './kernel-memory.js';
import { kernelModule, layouts } from './kernels.generated.js';
import { periodOf } from './neuron.js';

interface Kernel {
  sparsepropHeapStart(at: number): void;
  sparsepropHeapRun(at: number, count: number, until: number, times: number, neurons: number): number;
}

/** A heap at work. */
export interface Heap {
  /** Goes on for so many spikes or to a time, events at it not included; hands them out in pieces and returns how many there were. */
  run(limit: { spikes?: number; until?: number }, sink: (times: Float64Array, neurons: Uint32Array) => void): number;
  /** A copy of where it stands, from which it, or an engine, goes on. */
  state(): EngineState;
}

const [PIECE, LINE, NODE] = [1 << 15, 64, 16];

/** Whether a circuit can run on a heap in WASM. */
export const fitsHeap = ({ neuron, delay = 0, input, steps }: Circuit): boolean =>
  (neuron.name === 'lif' || neuron.name === 'qif') && !(delay > 0 || input || steps);

/** A circuit from a state on, which is copied. */
export function createHeap(circuit: Circuit, from: EngineState, { unit = 1, naive = false } = {}): Heap {
  checkCircuit(circuit);
  const { neuron, connectivity } = circuit;
  const n = connectivity.neurons;
  const arena = createArena();
  const kernel = arena.kernels<Kernel>(kernelModule);
  const at = arena.alloc(layouts.Heap.bytes);
  // Nodes 1 to 4, the first siblings, begin a line of the cache.
  const nodes = Math.ceil(arena.alloc(NODE * n + 2 * LINE) / LINE) * LINE + LINE - NODE;
  const places = arena.alloc(4 * n);
  const periods = from.drives.map((drive) => periodOf(neuron, drive) / unit);
  const fields = {
    now: from.now,
    unit,
    weight: connectivity.weight,
    epoch: from.epoch,
    model: neuron.name === 'lif' ? 0 : 1,
    neurons: n,
    naive: naive ? 1 : 0,
    nodes,
    places,
    fired: place(arena, from.fired),
    drives: place(arena, from.drives),
    periods: place(arena, periods),
    synapses: loadSynapses(arena, connectivity, (weight) => weight),
  };
  const [times, neurons] = [arena.alloc(8 * PIECE), arena.alloc(4 * PIECE)];
  fill(arena, at, layouts.Heap.fields, fields);
  const [keys, owners] = [arena.f64(nodes, 2 * n), arena.u32(nodes, 4 * n)];
  const standing = arena.u32(places, n);
  for (let i = 0; i < n; i++) {
    keys[2 * i] = from.next[i];
    owners[4 * i + 2] = i;
    standing[i] = i;
  }
  kernel.sparsepropHeapStart(at);
  const read = (name: 'now' | 'epoch') => arena.f64(at + layouts.Heap.fields[name].at, 1)[0];
  return {
    run({ spikes = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY }, sink) {
      let count = 0;
      while (count < spikes) {
        const most = Math.min(PIECE, spikes - count);
        const made = kernel.sparsepropHeapRun(at, most, until, times, neurons);
        if (made < 0) throw firesTwice(-1 - made, (read('epoch') * 32 + read('now')) * unit);
        sink(arena.f64(times, made), arena.u32(neurons, made));
        count += made;
        if (made < most) break;
      }
      return count;
    },
    state() {
      const [now, where] = [arena.f64(nodes, 2 * n), arena.u32(places, n)];
      return {
        ...structuredClone(from),
        epoch: read('epoch'),
        now: read('now'),
        next: Float64Array.from({ length: n }, (_, i) => now[2 * where[i]]),
        fired: arena.f64(fields.fired, n).slice(),
      };
    },
  };
}
