/** The synapses of one neuron, tabled for the kernels, and the arrivals of a period at it, sorted. */
import { type Arena, EngramError } from '../../../core/index.js';
import { channelCount, type Score } from '../../score/index.js';
import type { SpikeTable } from './spike-table.js';

interface Kernel {
  templateNeuron(
    synapses: number,
    synapseTable: number,
    events: number,
    time: number,
    synapse: number,
    spike: number,
    scale: number,
  ): void;
  templateSynapses(): void;
  templateArrivals(ranges: number, count: number, raw: number): void;
}

export interface Synapses {
  /** Variable i is synapse order[i]. */
  order: Uint32Array;
  /** Arrivals in order of time: how many, and where their times and their variables lie. */
  events: number;
  time: number;
  synapse: number;
  /** Makes the kernels work on these synapses. */
  bind(): void;
}

/** Tables the synapses of a neuron. Throws `input` on an unknown source. */
export function loadSynapses(
  arena: Arena,
  score: Score,
  table: SpikeTable,
  sourceOf: Uint32Array,
  delayOf: Float64Array,
): Synapses {
  const kernel = arena.kernels<Kernel>();
  const { period, starts } = score;
  const synapses = sourceOf.length;
  const synapseTable = arena.alloc(32 * synapses);
  const delays = arena.f64(synapseTable, 4 * synapses);
  const words = arena.u32(synapseTable, 8 * synapses);
  const order = bySource(sourceOf, delayOf, channelCount(score));
  let events = 0;
  for (let i = 0; i < synapses; i++) {
    const source = sourceOf[order[i]];
    delays[4 * i] = delayOf[order[i]] % period;
    words[8 * i + 5] = source;
    words[8 * i + 6] = table.bucketsOf(source);
    events += starts[source + 1] - starts[source];
  }
  const time = arena.alloc(8 * events);
  const synapse = arena.alloc(4 * events);
  const spike = arena.alloc(4 * events);
  const scale = arena.alloc(8 * events);
  const bind = () => {
    table.bind();
    kernel.templateNeuron(synapses, synapseTable, events, time, synapse, spike, scale);
  };
  bind();
  kernel.templateSynapses();
  const mark = arena.mark();
  if (events > 0) kernel.templateArrivals(table.ranges, arena.alloc(4 * (events + 1)), arena.alloc(8 * events));
  arena.release(mark);
  return { order, events, time, synapse, bind };
}

/** Synapses in the order in which rows touch memory least: by source, then by delay. Throws `input` on an unknown source. */
function bySource(sourceOf: Uint32Array, delayOf: Float64Array, sources: number): Uint32Array {
  const next = new Uint32Array(sources + 1);
  for (let k = 0; k < sourceOf.length; k++) {
    const source = sourceOf[k];
    if (!(source < sources)) {
      throw new EngramError('input', `synapse ${k} comes from neuron ${source}, but the score has ${sources} channels`);
    }
    next[source + 1]++;
  }
  for (let source = 0; source < sources; source++) next[source + 1] += next[source];
  const order = new Uint32Array(sourceOf.length);
  const firsts = next.slice();
  for (let k = 0; k < sourceOf.length; k++) {
    const source = sourceOf[k];
    let slot = next[source]++;
    for (; slot > firsts[source] && delayOf[order[slot - 1]] > delayOf[k]; slot--) order[slot] = order[slot - 1];
    order[slot] = k;
  }
  return order;
}
