/**
 * The simulator: exact, event-driven, in windows of width D = min(0.1, shortest delay).
 *
 * Nothing that is sent inside a window arrives in it, so all neurons cross a window independently. Relative
 * to the window's begin z(x) = (a + b x) e^{-x}, and an arrival of weight w at offset x0 does
 *
 *   c = w e^{1 + x0},   b += c,   a -= c x0:
 *
 * the order of arrivals does not matter for where z stands at the window's end. Only neurons whose upper
 * bound on z reaches the threshold (about one in a hundred arrivals) have their arrivals sorted and their
 * first crossing solved. Time is kept as (window, offset), so that long runs lose no digits.
 */
import { type Arena, createArena, EngramError, sortSpread } from '../core/index.js';
import { delayRange, type Network, neuronCount } from '../network/index.js';
import type { Run, Spikes } from './run.js';

export interface Simulator {
  run(run: Run): Spikes;
  /** Work done by the last run: arrivals delivered, and windows of neurons that were solved for a crossing. */
  counters(): { events: number; solved: number };
}

interface Kernel {
  simulateNetwork(
    neurons: number,
    neuronTable: number,
    synapseTable: number,
    targetTable: number,
    starts: number,
    window: number,
    decays: number,
    decayCount: number,
    counts: number,
    candidates: number,
    windowSpikes: number,
  ): void;
  simulateSynapses(count: number): void;
  simulateBuffers(
    cursors: number,
    cursorLimit: number,
    gathered: number,
    gatherLimit: number,
    outTimes: number,
    outNeurons: number,
    outLimit: number,
  ): void;
  simulateStart(
    from: number,
    to: number,
    sigma: number,
    k0: number,
    k1: number,
    forcedTimes: number,
    forcedNeurons: number,
    forced: number,
    burst: number,
    releases: number,
  ): void;
  simulateRun(): number;
  simulateTake(): number;
  simulateCursors(): number;
  simulateWindowEvents(): number;
  simulateEvents(): number;
  simulateSolved(): number;
}

const LONGEST_WINDOW = 0.1;
/** Below this window the work per unit of time explodes; above this delay its exponential overflows. */
export const SHORTEST_DELAY = 1e-3;
export const LONGEST_DELAY = 600;
const SYNAPSE_BYTES = 16;
const CURSOR_BYTES = 40;
const GATHER_BYTES = 40;
const FINISHED = 0;
const GROW_CURSORS = 1;
const GROW_GATHERED = 2;

/**
 * Loads a network. Throws `usage` if its delays are too short or too long for the method.
 * @param longestWindow for tests: any width gives the same spikes
 */
export function createSimulator(network: Network, longestWindow = LONGEST_WINDOW): Simulator {
  const neurons = neuronCount(network);
  const [shortest, longest] = delayRange(network);
  if (shortest < SHORTEST_DELAY || longest > LONGEST_DELAY) {
    throw new EngramError(
      'usage',
      `the simulator takes delays of ${SHORTEST_DELAY} to ${LONGEST_DELAY} refractory periods; got ${shortest} to ${longest}`,
    );
  }
  const arena = createArena();
  const kernel = arena.kernels<Kernel>();
  const window = Math.min(longestWindow, shortest);
  const decayCount = Math.ceil(longest / window) + 3;
  const neuronTable = arena.alloc(64 * neurons);
  const synapses = network.sources.length;
  const synapseTable = arena.alloc(SYNAPSE_BYTES * synapses);
  const targetTable = arena.alloc(4 * synapses);
  const starts = arena.alloc(4 * (neurons + 1));
  loadSynapses(arena, network, { neuronTable, synapseTable, targetTable, starts });
  kernel.simulateNetwork(
    neurons,
    neuronTable,
    synapseTable,
    targetTable,
    starts,
    window,
    arena.alloc(8 * decayCount),
    decayCount,
    arena.alloc(4 * neurons),
    arena.alloc(4 * neurons),
    arena.alloc(16 * neurons),
  );
  kernel.simulateSynapses(synapses);
  const loaded = arena.mark();

  return {
    counters: () => ({ events: kernel.simulateEvents(), solved: kernel.simulateSolved() }),

    run({ from, to, imposed, releases, sigma, key }) {
      arena.release(loaded);
      checkRun(neurons, imposed, releases);
      const forced = imposed.times.length;
      const burst = mostWithin(imposed.times, 2 * window);
      const forcedTimes = arena.alloc(8 * forced);
      const forcedNeurons = arena.alloc(4 * forced);
      const releaseTable = arena.alloc(8 * neurons);
      arena.f64(forcedTimes, forced).set(imposed.times);
      arena.u32(forcedNeurons, forced).set(imposed.neurons);
      arena.f64(releaseTable, neurons).set(releases.map((time) => Math.min(time, to + 1)));
      kernel.simulateStart(from, to, sigma, key[0], key[1], forcedTimes, forcedNeurons, forced, burst, releaseTable);

      const outLimit = neurons + burst + 65536;
      const outTimes = arena.alloc(8 * outLimit);
      const outNeurons = arena.alloc(4 * outLimit);
      let cursors = { at: 0, limit: 0 };
      let gathered = { at: 0, limit: 0 };
      const growCursors = (limit: number) => {
        const at = arena.alloc(CURSOR_BYTES * limit);
        const used = (CURSOR_BYTES / 4) * kernel.simulateCursors();
        arena.u32(at, used).set(arena.u32(cursors.at, used));
        cursors = { at, limit };
      };
      const growGathered = (limit: number) => {
        gathered = { at: arena.alloc(GATHER_BYTES * limit), limit };
      };
      growCursors(4 * neurons + burst + 1024);
      growGathered(16384);

      const taken: Spikes[] = [];
      for (;;) {
        const { at, limit } = cursors;
        kernel.simulateBuffers(at, limit, gathered.at, gathered.limit, outTimes, outNeurons, outLimit);
        const stop = kernel.simulateRun();
        if (stop === FINISHED) return concatenate(taken);
        if (stop === GROW_CURSORS) growCursors(2 * limit);
        else if (stop === GROW_GATHERED) growGathered(2 * kernel.simulateWindowEvents());
        else {
          const n = kernel.simulateTake();
          taken.push({ times: arena.f64(outTimes, n).slice(), neurons: arena.u32(outNeurons, n).slice() });
        }
      }
    },
  };
}

/** The synapses by source, each source's sorted by delay, with the addresses of their targets. */
function loadSynapses(
  arena: Arena,
  network: Network,
  tables: { neuronTable: number; synapseTable: number; targetTable: number; starts: number },
): void {
  const neurons = neuronCount(network);
  const { sources, delays, weights } = network;
  const first = new Uint32Array(neurons + 1);
  for (let k = 0; k < sources.length; k++) first[sources[k] + 1]++;
  for (let source = 0; source < neurons; source++) first[source + 1] += first[source];
  // First apart by source, in passes that read and write forwards; then each source's few thousand in order.
  const next = first.slice(0, neurons);
  const delay = new Float64Array(sources.length);
  const weight = new Float64Array(sources.length);
  const target = new Uint32Array(sources.length);
  for (let l = 0; l < neurons; l++) {
    for (let k = network.starts[l]; k < network.starts[l + 1]; k++) {
      const slot = next[sources[k]]++;
      delay[slot] = delays[k];
      weight[slot] = weights[k];
      target[slot] = l;
    }
  }

  const [shortest, longest] = delayRange(network);
  const numbers = arena.f64(tables.synapseTable, 2 * sources.length);
  const addresses = arena.u32(tables.targetTable, sources.length);
  for (let source = 0; source < neurons; source++) {
    const begin = first[source];
    const { sorted, order } = sortSpread(delay.subarray(begin, first[source + 1]), shortest, longest);
    for (let i = 0; i < sorted.length; i++) {
      const at = begin + i;
      numbers[2 * at] = sorted[i];
      numbers[2 * at + 1] = weight[begin + order[i]];
      addresses[at] = tables.neuronTable + 64 * target[begin + order[i]];
    }
  }
  arena.u32(tables.starts, neurons + 1).set(first.map((index) => tables.synapseTable + SYNAPSE_BYTES * index));
}

/** Throws `usage` if the imposed spikes are not in order or are imposed on nobody. */
function checkRun(neurons: number, { times, neurons: targets }: Spikes, releases: Float64Array): void {
  if (releases.length !== neurons) {
    throw new EngramError(
      'usage',
      `releases must hold one time for each of ${neurons} neurons; got ${releases.length}`,
    );
  }
  for (let i = 0; i < times.length; i++) {
    if (!(targets[i] < neurons)) {
      throw new EngramError('usage', `imposed spike ${i} is on neuron ${targets[i]}, but there are ${neurons} neurons`);
    }
    if (times[i] > releases[targets[i]]) {
      throw new EngramError(
        'usage',
        `imposed spike ${i} at ${times[i]} comes after the release of neuron ${targets[i]}`,
      );
    }
    if (!(i === 0 || times[i] >= times[i - 1])) {
      throw new EngramError('usage', `imposed spikes must be in order of time; spike ${i} at ${times[i]} is not`);
    }
  }
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
