/**
 * A network: who hears whom, when, and how strongly. Synapses lie target after target.
 * Delays are in refractory periods, weights in units of the threshold (peak-normalised kernel).
 */
import { demandArray, demandFinite, demandObject, EngramError } from '../../core/index.js';

/** Synapses, target after target. Parallel ones and self-connections are allowed. */
export interface Network {
  /** Neuron l owns synapses starts[l] to starts[l + 1] - 1; length neurons + 1. */
  readonly starts: Uint32Array;
  /** The neuron that each synapse listens to. */
  readonly sources: Uint32Array;
  /** From a spike of the source to its arrival, in refractory periods. */
  readonly delays: Float64Array;
  /** The height, in thresholds, of the potential that one arrival makes in a neuron at rest. */
  readonly weights: Float64Array;
}

/** A network whose weights have not been found yet. */
export type Wiring = Omit<Network, 'weights'>;

/** A longer delay is a broken number. */
const LONGEST = 1e9;

/** The number of neurons. */
export const neuronCount = (wiring: Wiring): number => wiring.starts.length - 1;

/**
 * Throws `input` unless every synapse has a source among the neurons and a finite delay of at least 0, and `usage` unless
 * these are typed arrays.
 */
export function checkWiring(wiring: Wiring): void {
  demandObject('the wiring', wiring);
  const { starts, sources, delays } = wiring;
  demandArray("the wiring's starts", starts, Uint32Array);
  demandArray("the wiring's sources", sources, Uint32Array);
  demandArray("the wiring's delays", delays, Float64Array);
  const fail = (text: string) => {
    throw new EngramError('input', text);
  };
  const neurons = starts.length - 1;
  const rising = starts.every((start, l) => (l === 0 ? start === 0 : start >= starts[l - 1]));
  if (neurons < 1) fail('the wiring must have at least one neuron: starts has one entry more than there are neurons');
  if (!rising || starts[neurons] !== sources.length || delays.length !== sources.length) {
    fail(`the wiring's starts must rise from 0 to ${sources.length}, the number of sources and of delays`);
  }
  for (let l = 0; l < neurons; l++) {
    for (let k = starts[l]; k < starts[l + 1]; k++) {
      const synapse = () => `synapse ${k - starts[l]} of neuron ${l}`;
      if (!(sources[k] < neurons)) fail(`${synapse()}: its source is neuron ${sources[k]}, but there are ${neurons}`);
      if (!(delays[k] >= 0 && delays[k] <= LONGEST)) {
        fail(
          `${synapse()}: its delay must be a finite time of at least 0 (at most ${LONGEST} refractory periods); got ${delays[k]}`,
        );
      }
    }
  }
}

/** Throws `input` or `usage` unless it is a wiring with a finite weight for each synapse. */
export function checkNetwork(network: Network): void {
  checkWiring(network);
  demandFinite("the network's weights", network.weights, network.sources.length);
}

/** The shortest and the longest delay; [Infinity, 0] without synapses. */
export function delayRange({ delays }: Wiring): [number, number] {
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  for (let k = 0; k < delays.length; k++) {
    if (delays[k] < shortest) shortest = delays[k];
    if (delays[k] > longest) longest = delays[k];
  }
  return [shortest, longest];
}

/**
 * How soon each neuron can influence each other one: result[i * neurons + j] is the shortest total delay
 * from i to j over any path (Floyd and Warshall), 0 from a neuron to itself, Infinity if there is no path.
 */
export function shortestDelays(wiring: Wiring): Float64Array {
  const n = neuronCount(wiring);
  const shortest = new Float64Array(n * n).fill(Number.POSITIVE_INFINITY);
  for (let target = 0; target < n; target++) {
    for (let k = wiring.starts[target]; k < wiring.starts[target + 1]; k++) {
      const cell = wiring.sources[k] * n + target;
      shortest[cell] = Math.min(shortest[cell], wiring.delays[k]);
    }
    shortest[target * n + target] = 0;
  }
  for (let via = 0; via < n; via++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const detour = shortest[i * n + via] + shortest[via * n + j];
        if (detour < shortest[i * n + j]) shortest[i * n + j] = detour;
      }
    }
  }
  return shortest;
}

/**
 * Teacher forcing: the first neurons of a wiring, which hear copies of the channels in their place. Copy c is neuron
 * `learners + c` and hears nothing; the synapses lie in the same order.
 */
export function teacherForced({ starts, sources, delays }: Wiring, learners: number, teachers: number): Wiring {
  const synapses = starts[learners];
  const longer = new Uint32Array(learners + teachers + 1).fill(synapses);
  longer.set(starts.subarray(0, learners + 1));
  return {
    starts: longer,
    sources: sources.subarray(0, synapses).map((source) => source + learners),
    delays: delays.subarray(0, synapses),
  };
}
