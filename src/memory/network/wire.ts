/**
 * Random wirings. All of them allow self-connections and parallel connections; delays are uniform in
 * [shortest, longest) and belong to a synapse, not to a pair of neurons.
 */
import { demandInteger, demandNumber, demandObject, refuse, streamKey, uniformStream } from '../../core/index.js';
import { checkWiring, type Wiring } from './network.js';

/** What all random wirings are told. */
export interface WireOptions {
  /** The number of neurons. */
  neurons: number;
  /** Range of the delays, in refractory periods. */
  delays: readonly [number, number];
  /** Equal seeds give equal wirings. */
  seed: number;
  /** Neurons whose inputs are wanted: they are those of the whole wiring, the others have none. All if not given. */
  only?: ((neuron: number) => boolean) | undefined;
  /** Whether the arrays lie in shared memory, where threads read them without a copy (default: false). */
  shared?: boolean | undefined;
}

/** Bounds of the weights, one for each synapse. */
export interface Bounds {
  /** The least weights, in thresholds. */
  lower: Float64Array;
  /** The largest weights, in thresholds. */
  upper: Float64Array;
}

/** More synapses than any memory holds. */
const MOST_SYNAPSES = 2 ** 29;

/** Throws `usage` on options that make no wiring. */
function checkOptions(options: WireOptions, counted?: 'inputs' | 'outputs' | 'synapses'): void {
  demandObject('the options of a wiring', options);
  const { neurons, delays, seed, only } = options;
  demandInteger('neurons', neurons, 1);
  demandInteger('the seed', seed);
  if (!Array.isArray(delays) || delays.length !== 2) refuse('delays must be a list of the shortest and the longest');
  demandNumber('the shortest delay', delays[0], 0);
  demandNumber('the longest delay', delays[1], delays[0]);
  const count = counted ? (options as unknown as Record<string, unknown>)[counted] : neurons;
  const each = counted === 'synapses' || only ? 1 : neurons;
  demandInteger(counted ?? 'neurons', count, 0, Math.floor(MOST_SYNAPSES / each));
}

/** Every neuron hears `inputs` sources, drawn uniformly with replacement. */
export function wireFixedIn(options: WireOptions & { inputs: number }): Wiring {
  checkOptions(options, 'inputs');
  const { inputs } = options;
  const { neurons } = options;
  return wiring(options, new Uint32Array(neurons).fill(inputs), (_, uniform) => Math.floor(uniform() * neurons));
}

/** Every neuron speaks to `outputs` targets, drawn uniformly with replacement. */
export function wireFixedOut(options: WireOptions & { outputs: number }): Wiring {
  checkOptions(options, 'outputs');
  const { outputs } = options;
  const { neurons, seed } = options;
  const uniform = uniformStream(streamKey(seed, 'targets'));
  const targets = Uint32Array.from({ length: neurons * outputs }, () => Math.floor(uniform() * neurons));
  return byTarget(options, targets, (synapse) => Math.floor(synapse / outputs));
}

/** Every neuron hears `inputs` synapses and speaks through as many. */
export function wireFixedInOut(options: WireOptions & { inputs: number }): Wiring {
  checkOptions(options, 'inputs');
  const { inputs } = options;
  const { neurons, seed } = options;
  const uniform = uniformStream(streamKey(seed, 'targets'));
  const targets = Uint32Array.from({ length: neurons * inputs }, (_, synapse) => Math.floor(synapse / inputs));
  for (let i = targets.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [targets[i], targets[j]] = [targets[j], targets[i]];
  }
  return byTarget(options, targets, (synapse) => Math.floor(synapse / inputs));
}

/** `synapses` connections between neurons drawn uniformly and independently at both ends. */
export function wireUniform(options: WireOptions & { synapses: number }): Wiring {
  checkOptions(options, 'synapses');
  const { synapses } = options;
  const { neurons, seed } = options;
  const uniform = uniformStream(streamKey(seed, 'targets'));
  const draw = () => Math.floor(uniform() * neurons);
  const targets = Uint32Array.from({ length: synapses }, draw);
  const sources = Uint32Array.from({ length: synapses }, draw);
  return byTarget(options, targets, (synapse) => sources[synapse]);
}

/** Every ordered pair once, self-connections included. */
export function wireFull(options: WireOptions): Wiring {
  checkOptions(options);
  const { neurons } = options;
  return wiring(options, new Uint32Array(neurons).fill(neurons), (k) => k);
}

/** `degrees[l]` inputs of neuron l; `source(k)` is the source of its k-th. Each target has its own stream. */
function wiring(
  { neurons, delays: [shortest, longest], seed, only = () => true, shared = false }: WireOptions,
  degrees: Uint32Array,
  source: (k: number, uniform: () => number, target: number) => number,
): Wiring {
  const room = (bytes: number) =>
    shared ? (new SharedArrayBuffer(bytes) as unknown as ArrayBuffer) : new ArrayBuffer(bytes);
  const starts = new Uint32Array(room(4 * (neurons + 1)));
  for (let target = 0; target < neurons; target++) {
    starts[target + 1] = starts[target] + (only(target) ? degrees[target] : 0);
  }
  const sources = new Uint32Array(room(4 * starts[neurons]));
  const delays = new Float64Array(room(8 * starts[neurons]));
  const key = streamKey(seed, 'wiring');
  for (let target = 0; target < neurons; target++) {
    const uniform = uniformStream(key, target);
    for (let k = 0; k < starts[target + 1] - starts[target]; k++) {
      sources[starts[target] + k] = source(k, uniform, target);
      delays[starts[target] + k] = shortest + uniform() * (longest - shortest);
    }
  }
  return { starts, sources, delays };
}

/** Groups a list of connections, in any order, by target. */
function byTarget(options: WireOptions, targets: Uint32Array, sourceOf: (synapse: number) => number): Wiring {
  const inputs: number[][] = Array.from({ length: options.neurons }, () => []);
  targets.forEach((target, synapse) => {
    inputs[target].push(sourceOf(synapse));
  });
  const degrees = Uint32Array.from(inputs, (list) => list.length);
  return wiring(options, degrees, (k, _, target) => inputs[target][k]);
}

/**
 * Dale's law: every source is excitatory or inhibitory, and all its synapses are.
 * @param share of the sources that are excitatory; which ones is drawn
 * @returns bounds of each synapse's weight, within -bound and bound
 */
export function daleBounds(wiring: Wiring, share: number, bound: number, seed: number): Bounds {
  checkWiring(wiring);
  demandNumber('the share of excitatory sources', share, 0, 1);
  demandNumber('the weight bound', bound, 0);
  const { starts, sources } = wiring;
  const neurons = starts.length - 1;
  const uniform = uniformStream(streamKey(seed, 'signs'));
  // So many exactly: those with the smallest draws.
  const order = Array.from({ length: neurons }, (_, l) => ({ l, draw: uniform() })).sort((a, b) => a.draw - b.draw);
  const excitatory = new Uint8Array(neurons);
  for (const { l } of order.slice(0, Math.round(share * neurons))) excitatory[l] = 1;
  return {
    lower: Float64Array.from(sources, (source) => (excitatory[source] ? 0 : -bound)),
    upper: Float64Array.from(sources, (source) => (excitatory[source] ? bound : 0)),
  };
}

/** How many synapses are the same as another one of their neuron, before them: source, delay and bounds are equal. */
export function twinCount({ starts, sources, delays }: Wiring, bounds?: Bounds): number {
  let count = 0;
  for (let l = 0; l + 1 < starts.length; l++) {
    // Nearly always no two delays are equal.
    const sorted = delays.slice(starts[l], starts[l + 1]).sort();
    if (!sorted.some((delay, i) => i > 0 && delay === sorted[i - 1])) continue;
    const seen = new Set<string>();
    for (let k = starts[l]; k < starts[l + 1]; k++) {
      seen.add([sources[k], delays[k], bounds?.lower[k], bounds?.upper[k]].join());
    }
    count += starts[l + 1] - starts[l] - seen.size;
  }
  return count;
}
