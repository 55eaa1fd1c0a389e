/**
 * The simulator: exact, event-driven, in windows of width D = min(0.1, shortest delay).
 *
 * Nothing that is sent inside a window arrives in it, so all neurons cross a window independently. Relative
 * to the window's beginning z(x) = (a + b x) e^{-x}, and an arrival of weight w at offset x0 does
 *
 *   c = w e^{1 + x0},   b += c,   a -= c x0:
 *
 * the order of arrivals does not matter for where z stands at the window's end. Only neurons whose upper
 * bound on z reaches the threshold (about one in a hundred arrivals) have their arrivals sorted and their
 * first crossing solved. Time is kept as (window, offset), so that long runs lose no digits. With a time constant
 * beta of its own a neuron counts offsets in units of it. Leaky integrate-and-fire neurons do the same with the two
 * exponentials of membrane and current (kernel/lif.ts).
 */
import {
  type Arena,
  createArena,
  demandObject,
  demandPositive,
  EngramError,
  reusedBuffers,
  sortSpread,
} from '../../core/index.js';
import { kernelModule } from '../kernels.generated.js';
import { checkNetwork, delayRange, type Network, neuronCount } from '../network/index.js';
import { layouts, wordOf, writeEntry } from './layout.js';
import type { Loaded } from './loaded.js';
import { type Constants, constantsOf, longestWindow, type Model } from './model.js';
import { endOf, type Run, type Spikes } from './run.js';
import { type Session, startSession } from './session.js';

/** Work that a run has done. */
export interface SimulationCounters {
  /** Arrivals delivered. */
  events: number;
  /** Windows of neurons that were solved for a crossing. */
  solved: number;
}

/** A loaded network; it has one state, so one run at a time. */
export interface Simulator {
  /** A whole run at once. */
  run(run: Run): Spikes;
  /** A run in parts; it ends the one before, because a simulator has one state. `run.to` does not count. */
  start(run: Run): Session;
  /** The same run from where a checkpoint stands. */
  resume(run: Run, checkpoint: Readonly<Record<string, unknown>>): Session;
  /** Work done by the last run: arrivals delivered, and windows of neurons that were solved for a crossing. */
  counters(): SimulationCounters;
}

interface Kernel {
  simulateNetwork(at: number): void;
  simulateSynapses(count: number): void;
  simulateEvents(): number;
  simulateSolved(): number;
}

const LONGEST_WINDOW = 0.1;
/** Below this window the work per unit of time explodes; above this delay its exponential overflows. */
export const SHORTEST_DELAY = 1e-3;
export const LONGEST_DELAY = 600;

/** Bytes for spikes on their way, and what comes out. */
const ROOM = 2 ** 22;

/** How a network is simulated. */
export interface SimulatorOptions {
  /** What the neurons are; kernel continuation unless given. */
  model?: Model | undefined;
  /** For tests: any width gives the same spikes. */
  longestWindow?: number;
}

/**
 * Loads a network. Throws `input` or `usage` on a network or a model that is none, and if its delays are too short or too long
 * for the method. One function, longer than most: the list of the tables that the kernel reads.
 */
export function createSimulator(network: Network, options: SimulatorOptions = {}): Simulator {
  checkNetwork(network);
  demandObject('the options of a simulator', options, ['model', 'longestWindow']);
  if (options.longestWindow !== undefined) demandPositive('the longest window', options.longestWindow);
  const neurons = neuronCount(network);
  const [shortest, longest] = delayRange(network);
  if (shortest < SHORTEST_DELAY || longest > LONGEST_DELAY) {
    throw new EngramError(
      'usage',
      `the simulator takes delays of ${SHORTEST_DELAY} to ${LONGEST_DELAY} refractory periods; got ${shortest} to ${longest}`,
    );
  }
  const model = constantsOf(options.model ?? {}, neurons);
  const { lif } = model;
  const equal = (values: Float64Array) => values.every((value) => value === values[0]);
  const oneScale = lif ? equal(model.beta) && equal(lif.membrane) : model.beta.every((beta) => beta === 1);
  const fastest = model.beta.reduce((a, b) => Math.min(a, b), 1);
  if (longest / fastest > LONGEST_DELAY) {
    throw new EngramError(
      'usage',
      `a delay lasts up to ${LONGEST_DELAY} time constants; got ${longest} with a time constant of ${fastest}`,
    );
  }
  const arena = createArena((layouts.Synapse.bytes + 4) * network.sources.length + ROOM);
  const kernel = arena.kernels<Kernel>(kernelModule);
  const window = Math.min(options.longestWindow ?? LONGEST_WINDOW, shortest, longestWindow(model));
  const decayCount = Math.ceil(longest / window) + 3;
  const synapses = network.sources.length;
  const table = ({ bytes }: { bytes: number }, entries: number) => arena.alloc(bytes * entries);
  const tables = {
    neuronTable: table(layouts.Neuron, neurons),
    modelTable: table(layouts.Model, neurons),
    synapseTable: table(layouts.Synapse, synapses),
    targetTable: arena.alloc(4 * synapses),
    synapseStarts: arena.alloc(4 * (neurons + 1)),
    counts: arena.alloc(4 * neurons),
    decayTable: arena.alloc(8 * decayCount),
    candidates: arena.alloc(4 * neurons),
    blocks: table(layouts.Block, neurons),
    membranes: table(layouts.Membrane, lif ? neurons : 0),
    leaks: table(layouts.Leak, lif ? neurons : 0),
  };
  loadModels(arena, model, tables);
  loadSynapses(arena, network, tables);
  const at = table(layouts.Wired, 1);
  writeEntry(arena, layouts.Wired, at, {
    ...tables,
    neurons,
    decayCount,
    window,
    lif: lif === undefined ? 0 : lif.current === 'exp' ? 1 : 2,
    scaled: Number(!oneScale),
    resets: Number(model.reset !== undefined),
    resetValue: model.reset ?? 0,
  });
  kernel.simulateNetwork(at);
  kernel.simulateSynapses(synapses);
  const loaded: Loaded = {
    arena,
    mark: arena.mark(),
    neurons,
    synapses,
    window,
    shortest,
    ...tables,
    model,
    oneScale,
    session: 0,
  };
  return {
    counters: () => ({ events: kernel.simulateEvents(), solved: kernel.simulateSolved() }),
    start: (run) => startSession(loaded, run),
    resume: (run, checkpoint) => startSession(loaded, run, checkpoint),
    run: (run) => startSession(loaded, run).run(endOf(run)),
  };
}

type Tables = Readonly<
  Record<'neuronTable' | 'modelTable' | 'synapseTable' | 'targetTable' | 'synapseStarts' | 'leaks', number>
>;

/** The constants of each neuron. */
function loadModels(
  arena: Arena,
  { threshold, refractory, beta, lif }: Constants,
  { modelTable, leaks }: Tables,
): void {
  const { Model, Leak } = layouts;
  const models = arena.f64(modelTable, (Model.bytes / 8) * beta.length);
  const constants = { threshold, refractory, beta };
  for (const name of ['threshold', 'refractory', 'beta'] as const) {
    constants[name].forEach((value, l) => {
      models[(Model.bytes / 8) * l + wordOf(Model.fields[name])] = value;
    });
  }
  if (!lif) return;
  const numbers = arena.f64(leaks, (Leak.bytes / 8) * beta.length);
  lif.gain.forEach((gain, l) => {
    const first = (Leak.bytes / 8) * l;
    numbers[first + wordOf(Leak.fields.lambda)] = beta[l] / lif.membrane[l];
    numbers[first + wordOf(Leak.fields.gain)] = gain / Math.E;
  });
}

/**
 * The synapses by source, each source's sorted by delay, with the addresses of their targets. They are put where
 * they belong at once, so that a large network needs no second copy.
 */
function loadSynapses(arena: Arena, network: Network, tables: Tables): void {
  const neurons = neuronCount(network);
  const { sources, delays, weights } = network;
  const first = new Uint32Array(neurons + 1);
  for (let k = 0; k < sources.length; k++) first[sources[k] + 1]++;
  for (let source = 0; source < neurons; source++) first[source + 1] += first[source];
  // First apart by source, in passes that read forwards; then each source's few thousand in order.
  const numbers = arena.f64(tables.synapseTable, 2 * sources.length);
  const addresses = arena.u32(tables.targetTable, sources.length);
  const next = first.slice(0, neurons);
  for (let l = 0; l < neurons; l++) {
    for (let k = network.starts[l]; k < network.starts[l + 1]; k++) {
      const slot = next[sources[k]]++;
      numbers[2 * slot] = delays[k];
      numbers[2 * slot + 1] = weights[k];
      addresses[slot] = tables.neuronTable + layouts.Neuron.bytes * l;
    }
  }
  const [shortest, longest] = delayRange(network);
  const buffers = reusedBuffers();
  for (let source = 0; source < neurons; source++) {
    const begin = first[source];
    const n = first[source + 1] - begin;
    const delay = buffers.f64('delay', n);
    const weight = buffers.f64('weight', n);
    const target = buffers.u32('target', n);
    for (let i = 0; i < n; i++) {
      delay[i] = numbers[2 * (begin + i)];
      weight[i] = numbers[2 * (begin + i) + 1];
      target[i] = addresses[begin + i];
    }
    const { sorted, order } = sortSpread(delay, shortest, longest, buffers);
    for (let i = 0; i < n; i++) {
      const at = begin + i;
      numbers[2 * at] = sorted[i];
      numbers[2 * at + 1] = weight[order[i]];
      addresses[at] = target[order[i]];
    }
  }
  arena
    .u32(tables.synapseStarts, neurons + 1)
    .set(first.map((index) => tables.synapseTable + layouts.Synapse.bytes * index));
}
