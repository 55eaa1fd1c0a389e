/**
 * Who hears whom. Generated connectivity takes memory for nothing but one list of targets, because the targets of neuron j are drawn
 * again whenever it fires, from a stream keyed by (seed, j): K distinct ones by Floyd's method, or every other neuron with probability
 * K / (N - 1). CSR holds them all, with weights of any sign. No neuron of a generated network hears itself.
 */
import {
  createArena,
  demandArray,
  demandInteger,
  demandObject,
  EngramError,
  type Key,
  streamKey,
} from '../core/index.js';
import { demandConnectivity } from './demand.js';
import { kernelModule } from './kernels.generated.js';

/** The synapses of one neuron; reused by the next call. */
export interface Fanout {
  /** Neuron at which a synapse ends, by the number of the synapse. */
  targets: Uint32Array;
  /** Its own are number begin to end - 1. */
  begin: number;
  /** Number behind the last of its own. */
  end: number;
  /** Weights by the same numbers, or undefined where all are `weight`. */
  weights: Float64Array | undefined;
  /** The one weight of all, or NaN where there are `weights`. */
  weight: number;
}

/** A network's synapses. */
export interface Connectivity {
  /** N. */
  readonly neurons: number;
  /** Synapses of all neurons; their mean number where they are generated. */
  readonly synapses: number;
  /** Whether targets are drawn anew at every spike, or all lie in memory. */
  readonly kind: 'generated' | 'csr';
  /** The synapses of neuron j. */
  fanout(j: number): Fanout;
  /** How generated ones are drawn. */
  readonly drawn?: {
    /** Of the streams from which targets are drawn, stream j for neuron j. */
    readonly key: Key;
    /** K, targets of each neuron, or their mean number where `random`. */
    readonly degree: number;
    /** Whether every pair is joined by itself, with probability K / (N - 1). */
    readonly random: boolean;
    /** W of every synapse, a jump of its target's voltage. */
    readonly weight: number;
  };
  /** CSR: synapses of j are number starts[j] to starts[j + 1] - 1. */
  readonly starts?: Uint32Array;
  /** CSR: the neuron at which each synapse ends. */
  readonly targets?: Uint32Array;
  /** CSR: the weight of each synapse, or undefined where all have one. */
  readonly weights?: Float64Array | undefined;
  /** The one weight of all, or NaN. */
  readonly weight: number;
}

interface Kernel {
  sparsepropTargets(out: number, hash: number, n: number, k: number, j: number, key0: number, key1: number): number;
  sparsepropBernoulli(out: number, n: number, p: number, j: number, key0: number, key1: number): number;
}

/** Words of the table in which Floyd's method looks up what it has drawn. */
export const hashWords = (degree: number): number => {
  let words = 16;
  while (words < 4 * degree) words *= 2;
  return words;
};

const MOST = 2 ** 31;
/** Products of it with tangents stay numbers. */
export const MOST_WEIGHT = 1e100;
const MOST_NEURONS = 1e8;

/** How a generated network is drawn. */
export interface Drawn {
  /** N, 1 to 10^8. */
  readonly neurons: number;
  /** K, targets of each neuron, 0 to N - 1. */
  readonly degree: number;
  /** W of every synapse, a jump of its target's voltage; negative inhibits. */
  readonly weight: number;
  /** Of the synapses: N, K and the seed say who hears whom. */
  readonly seed: number;
  /** Whether K is a mean only: every pair by itself (Erdos and Renyi). */
  readonly random?: boolean;
}

/** Checks N and K. */
function checkSize({ neurons, degree, weight }: Drawn): void {
  const usage = (text: string) => new EngramError('usage', text);
  if (!(Number.isInteger(neurons) && neurons >= 1 && neurons <= MOST_NEURONS)) {
    throw usage(
      `a network has 1 to ${MOST_NEURONS} neurons, whose states fit into the memory of a kernel; got ${neurons}`,
    );
  }
  if (!(Number.isInteger(degree) && degree >= 0 && degree < neurons)) {
    throw usage(
      `a neuron has K = 0 to N - 1 distinct targets, none of them itself; got K = ${degree} with N = ${neurons}: take a smaller --k or a larger --n`,
    );
  }
  if (!(Math.abs(weight) <= MOST_WEIGHT)) throw usage(`weights must be numbers from -1e100 to 1e100; got ${weight}`);
}

/** Connectivity that is drawn when it is needed. Throws `usage` if K >= N. */
export function generated(spec: Drawn): Connectivity {
  demandObject('the network', spec);
  demandInteger('the seed of the network', spec.seed);
  checkSize(spec);
  const { neurons, degree, weight, seed, random = false } = spec;
  const key = streamKey(seed, 'sparseprop network');
  const arena = createArena();
  const kernel = arena.kernels<Kernel>(kernelModule);
  const room = random ? neurons : degree;
  const hash = arena.alloc(4 * hashWords(random ? 0 : degree));
  const out = arena.alloc(4 * room);
  const fan: Fanout = { targets: arena.u32(out, room), begin: 0, end: degree, weights: undefined, weight };
  const p = degree / (neurons - 1);
  return {
    neurons,
    synapses: neurons * degree,
    kind: 'generated',
    drawn: { key, degree, random, weight },
    weight,
    fanout(j) {
      fan.end = random
        ? kernel.sparsepropBernoulli(out, neurons, p, j, key[0], key[1])
        : kernel.sparsepropTargets(out, hash, neurons, degree, j, key[0], key[1]);
      return fan;
    },
  };
}

/** What a CSR network is made of. */
export interface CsrSpec {
  /** N + 1 numbers: synapses of neuron j are number starts[j] to starts[j + 1] - 1. */
  readonly starts: Uint32Array;
  /** Neuron at which each synapse ends, 0 to N - 1. */
  readonly targets: Uint32Array;
  /** One per synapse, or one for all. */
  readonly weights: Float64Array | number;
}

/** Connectivity that lies in memory. Throws `input` if it is no network. */
export function csr(spec: CsrSpec): Connectivity {
  demandObject('the network', spec);
  const { starts, targets, weights } = spec;
  demandArray('starts', starts, Uint32Array);
  demandArray('targets', targets, Uint32Array);
  if (typeof weights !== 'number') demandArray('weights', weights, Float64Array);
  const neurons = starts.length - 1;
  const bad = (text: string) => new EngramError('input', `connectivity: ${text}`);
  if (neurons < 1) throw bad('starts must have one number more than there are neurons, and there must be one');
  if (starts[0] !== 0 || starts[neurons] !== targets.length) {
    throw bad(
      `starts must go from 0 to the number of synapses, ${targets.length}; got ${starts[0]} to ${starts[neurons]}`,
    );
  }
  if (targets.length >= MOST) throw bad(`a network has fewer than 2^31 synapses; got ${targets.length}`);
  for (let j = 0; j < neurons; j++)
    if (starts[j + 1] < starts[j]) throw bad(`starts must not fall; they do at neuron ${j}`);
  const beyond = targets.findIndex((target) => target >= neurons);
  if (beyond >= 0) throw bad(`targets are 0 to ${neurons - 1}; synapse ${beyond} has ${targets[beyond]}`);
  const given = typeof weights === 'number' ? Float64Array.of(weights) : weights;
  if (typeof weights !== 'number' && weights.length !== targets.length) {
    throw bad(`there must be a weight for each of ${targets.length} synapses; got ${weights.length}`);
  }
  const wrong = given.findIndex((weight) => !(Math.abs(weight) <= MOST_WEIGHT));
  if (wrong >= 0) throw bad(`weights must be numbers from -1e100 to 1e100; synapse ${wrong} has ${given[wrong]}`);
  const fan: Fanout = {
    targets,
    begin: 0,
    end: 0,
    weights: typeof weights === 'number' ? undefined : weights,
    weight: typeof weights === 'number' ? weights : Number.NaN,
  };
  return {
    neurons,
    synapses: targets.length,
    kind: 'csr',
    starts,
    targets,
    weights: fan.weights,
    weight: fan.weight,
    fanout(j) {
      fan.begin = starts[j];
      fan.end = starts[j + 1];
      return fan;
    },
  };
}

/**
 * The same synapses, all in memory. Throws `usage` where they are 2^31 or more.
 * @param each whether every synapse has a weight of its own, with which all begin alike
 */
export function inMemory(connectivity: Connectivity, each = false): Connectivity {
  demandConnectivity(connectivity);
  if (connectivity.kind === 'csr') {
    const { starts, targets, weights, weight } = connectivity;
    if (!each || weights || !starts || !targets) return connectivity;
    return csr({ starts, targets, weights: new Float64Array(targets.length).fill(weight) });
  }
  const { neurons, synapses, weight } = connectivity;
  if (synapses >= MOST) {
    throw new EngramError(
      'usage',
      `CSR holds fewer than 2^31 synapses; ${neurons} neurons have about ${synapses}: use --connectivity generated`,
    );
  }
  const starts = new Uint32Array(neurons + 1);
  for (let j = 0; j < neurons; j++) {
    const { begin, end } = connectivity.fanout(j);
    starts[j + 1] = starts[j] + end - begin;
  }
  const targets = new Uint32Array(starts[neurons]);
  for (let j = 0; j < neurons; j++) {
    const fan = connectivity.fanout(j);
    targets.set(fan.targets.subarray(fan.begin, fan.end), starts[j]);
  }
  return csr({ starts, targets, weights: each ? new Float64Array(targets.length).fill(weight) : weight });
}
