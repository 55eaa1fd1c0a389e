/** SparseProp in a worker: a network that runs on, and its Lyapunov spectrum. Times in membrane time constants. */
import {
  balanceDrive,
  type Circuit,
  drawnStart,
  modelNames,
  type NetworkSpec,
  networkDefaults,
  networkOf,
  type Session,
  type Spikes,
  spectrumOf,
  startSession,
} from '../../sparseprop/index.js';
import { oneOf, real, whole } from './parsing.js';
import { allOf, MOST_FULL, type Said } from './words.js';

export interface SparseNetwork {
  neurons: number;
  /** Seconds of a membrane time constant. */
  tau: number;
  drive: number;
}

/** Rates per second. */
export interface SparseSpectrum {
  /** From the largest on. */
  exponents: Float64Array;
  /** The largest but for the neutral one. */
  leading: number;
  dimension: number | undefined;
  entropy: number;
  bitsPerSpike: number;
}

/** Per neuron, as the command has it: before all, to turn the vectors, and what counts. */
const [BURN_IN, WARM_UP, SPIKES] = [10, 10, 20];

let session: Session | undefined;

function networkFor(said: Said): { circuit: Circuit; spec: NetworkSpec; seed: number } {
  const { model, n, k, j0, rate, seed } = allOf('sparseprop', said);
  const drawn = whole(seed, '--seed-net', 'an integer', 0, Number.MAX_SAFE_INTEGER);
  const spec: NetworkSpec = {
    ...networkDefaults,
    model: oneOf(modelNames, model, '--model'),
    n: whole(n, '--n', 'a whole number', 1, 5000),
    k: whole(k, '--k', 'a whole number', 0, 5000),
    j0: real(j0, '--j0'),
    rate: real(rate, '--rate'),
    seedNet: drawn,
  };
  const circuit = networkOf(spec);
  const { drives } = circuit;
  for (const each of typeof drives === 'number' ? [drives] : new Set(drives)) circuit.neuron.check(each);
  return { circuit, spec, seed: drawn };
}

export const sparseprop = {
  /** Takes up a network, and brings it to where it lives. */
  openNetwork(said: Said): SparseNetwork {
    const { circuit, spec, seed } = networkFor(said);
    session = startSession(circuit, drawnStart(circuit, seed));
    session.skip({ spikes: BURN_IN * spec.n });
    return { neurons: spec.n, tau: spec.tau, drive: balanceDrive(spec) };
  },
  /** Where the run stands. */
  time: (): number => session?.time() ?? 0,
  /** Runs on until a time. */
  runUntil: (until: number): Spikes =>
    session?.record({ until }) ?? { times: new Float64Array(), neurons: new Uint32Array() },
  /** The spectrum, of the same seeds and lengths as the command's. */
  spectrum(said: Said): SparseSpectrum {
    const { circuit, spec, seed } = networkFor(said);
    const { n, tau } = spec;
    const { exponents, leading, dimension, entropy, time, spikes } = spectrumOf(circuit, drawnStart(circuit, seed), {
      exponents: Math.min(n, MOST_FULL),
      burnIn: BURN_IN * n,
      warmUp: WARM_UP * n,
      spikes: SPIKES * n,
      seed,
    });
    return {
      exponents: exponents.map((x) => x / tau),
      leading: leading / tau,
      dimension,
      entropy: entropy / tau,
      bitsPerSpike: (entropy * time) / spikes / Math.LN2,
    };
  },
};
