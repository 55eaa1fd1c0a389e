/**
 * Networks in the JSON of other programs, gzip or plain:
 *
 *   {period, sources, delays, weights, spikes}                the published network, in its neutral form
 *   {neurons: [{id, inputs: [{source_id, weight, delay}], threshold, ftimes}]}                     rusty-snn
 *   {neurons: [{threshold, f_times}], connections: {"source,target": [{delay, weight}]}}           rsnn, 2025
 *   {neurons: [{threshold, f_times, sources, delays, weights}]}                                    rsnn, 2025, later
 *
 * Times are in refractory periods there. The rsnn forms are of its reset-at-spike model with the kernel
 * t e^{-t}: their weights are divided by e, the peak of ours. A threshold other than 1 scales a neuron's weights.
 */
import { z } from 'zod';
import { demandArray, EngramError } from '../../core/index.js';
import { readGzip } from '../../files/index.js';
import type { Network } from '../network/index.js';
import { type Score, scoreOf } from '../score/index.js';

/** A network as its authors published it. */
export interface PublishedNetwork {
  /** Undefined where the file holds no period: then `spikes` are whatever was recorded. */
  score: Score | undefined;
  /** Spikes of each neuron as the file has them, sorted, in refractory periods. */
  spikes: Float64Array[];
  /** Its synapses; weights in thresholds. */
  network: Network;
  /** Seconds per refractory period, where the file says it. */
  tau0: number | undefined;
}

/** More are no network that was published. */
const MOST_NEURONS = 100_000;

const numbers = z.array(z.number());
const lists = z.array(numbers);
const indices = z.array(z.int().nonnegative());
const threshold = z.number().positive().nullish();
const shapes = {
  neutral: z.object({
    refractory_s: z.number().positive().max(1e6).optional(),
    period: z.number().positive(),
    sources: z.array(indices).min(1),
    delays: lists,
    weights: lists,
    spikes: lists,
  }),
  rusty: z.object({
    neurons: z.array(
      z.object({
        id: z.int().nonnegative(),
        inputs: z.array(z.object({ source_id: z.int().nonnegative(), weight: z.number(), delay: z.number() })),
        threshold,
        ftimes: numbers.nullish(),
      }),
    ),
  }),
  pairs: z.object({
    neurons: z.array(z.object({ threshold, f_times: numbers.nullish() })),
    connections: z.record(z.string(), z.array(z.object({ delay: z.number(), weight: z.number() }))),
  }),
  arrays: z.object({
    neurons: z.array(
      z.object({ threshold, f_times: numbers.nullish(), sources: indices, delays: numbers, weights: numbers }),
    ),
  }),
};

interface Neuron {
  sources: number[];
  delays: number[];
  weights: number[];
  spikes: readonly number[];
}

/** Reads any of them. Throws `input` with the file and the path of what is wrong. */
export function readNetworkJson(bytes: Uint8Array, file: string): PublishedNetwork {
  demandArray(`the bytes of ${file}`, bytes, Uint8Array);
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const json = parse(bytes[0] === 0x1f && bytes[1] === 0x8b ? readGzip(bytes, file) : bytes, fail);
  const shape =
    shapeOf(json) ?? fail('a JSON of no known form; expected {period, sources, delays, weights, spikes} or {neurons}');
  // Each list that is none would be a complaint of its own.
  const most = Object.values(json as object).find((list) => Array.isArray(list) && list.length > MOST_NEURONS);
  if (most) fail(`${most.length} neurons; at most ${MOST_NEURONS} are read`);
  const parsed = shapes[shape].safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    return fail(`${path.join('.') || 'document'}: ${message.replace(/.*received undefined/, 'is missing')}`);
  }
  const neurons = neuronsOf(shape, parsed.data, fail);
  if (neurons.length === 0) fail('there are no neurons');
  const network = networkOf(neurons, fail);
  const spikes = neurons.map((neuron) => Float64Array.from(neuron.spikes).sort());
  const neutral = shape === 'neutral' ? (parsed.data as z.infer<typeof shapes.neutral>) : undefined;
  const period = neutral?.period;
  return {
    score: period === undefined ? undefined : scoreOf(spikes, period),
    spikes,
    network,
    tau0: neutral?.refractory_s,
  };
}

function parse(bytes: Uint8Array, fail: (problem: string) => never): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (error) {
    return fail(`not readable as JSON (${error instanceof Error ? error.message : error})`);
  }
}

function shapeOf(json: unknown): keyof typeof shapes | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  if ('period' in json || 'sources' in json) return 'neutral';
  if (!('neurons' in json)) return undefined;
  if ('connections' in json) return 'pairs';
  const first = Array.isArray(json.neurons) ? json.neurons[0] : undefined;
  return typeof first === 'object' && first !== null && 'inputs' in first ? 'rusty' : 'arrays';
}

function neuronsOf(shape: keyof typeof shapes, data: unknown, fail: (problem: string) => never): Neuron[] {
  if (shape === 'neutral') {
    const { sources, delays, weights, spikes } = data as z.infer<typeof shapes.neutral>;
    for (const [name, list] of Object.entries({ delays, weights, spikes })) {
      if (list.length !== sources.length) fail(`${name} has ${list.length} neurons, sources has ${sources.length}`);
    }
    return sources.map((own, l) => ({ sources: own, delays: delays[l], weights: weights[l], spikes: spikes[l] }));
  }
  const scaled = (weight: number, own: number | null | undefined, peak: number) => weight / (own ?? 1) / peak;
  if (shape === 'rusty') {
    const { neurons } = data as z.infer<typeof shapes.rusty>;
    const byId: Neuron[] = [];
    for (const { id, inputs, threshold: own, ftimes } of neurons) {
      if (id >= neurons.length || byId[id]) fail(`the ids must be 0 to ${neurons.length - 1}, once each; got ${id}`);
      byId[id] = {
        sources: inputs.map(({ source_id }) => source_id),
        delays: inputs.map(({ delay }) => delay),
        weights: inputs.map(({ weight }) => scaled(weight, own, 1)),
        spikes: ftimes ?? [],
      };
    }
    return byId;
  }
  if (shape === 'arrays') {
    return (data as z.infer<typeof shapes.arrays>).neurons.map(
      ({ sources, delays, weights, threshold: own, f_times }) => {
        return {
          sources,
          delays,
          weights: weights.map((weight) => scaled(weight, own, Math.E)),
          spikes: f_times ?? [],
        };
      },
    );
  }
  const { neurons, connections } = data as z.infer<typeof shapes.pairs>;
  const made = neurons.map(({ f_times }): Neuron => ({ sources: [], delays: [], weights: [], spikes: f_times ?? [] }));
  for (const [pair, synapses] of Object.entries(connections)) {
    const [, source, target] = /^(\d+), *(\d+)$/.exec(pair) ?? fail(`connections."${pair}": expected "source,target"`);
    const neuron = made[Number(target)] ?? fail(`connections."${pair}": there are ${made.length} neurons`);
    for (const { delay, weight } of synapses) {
      neuron.sources.push(Number(source));
      neuron.delays.push(delay);
      neuron.weights.push(scaled(weight, neurons[Number(target)].threshold, Math.E));
    }
  }
  return made;
}

function networkOf(neurons: readonly Neuron[], fail: (problem: string) => never): Network {
  const starts = new Uint32Array(neurons.length + 1);
  neurons.forEach(({ sources, delays, weights }, l) => {
    if (delays.length !== sources.length || weights.length !== sources.length) {
      fail(`neuron ${l}: sources, delays and weights must be as many`);
    }
    const wrong = sources.find((source) => source >= neurons.length);
    if (wrong !== undefined) fail(`neuron ${l} hears source ${wrong}, but there are ${neurons.length} neurons`);
    starts[l + 1] = starts[l] + sources.length;
  });
  const joined = (of: (neuron: Neuron) => number[]) => {
    const values = new Float64Array(starts[neurons.length]);
    neurons.forEach((neuron, l) => {
      values.set(of(neuron), starts[l]);
    });
    return values;
  };
  return {
    starts,
    sources: Uint32Array.from(joined(({ sources }) => sources)),
    delays: joined(({ delays }) => delays),
    weights: joined(({ weights }) => weights),
  };
}
