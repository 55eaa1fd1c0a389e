/**
 * The Lyapunov spectrum of a network: exponents by QR (src/lyapunov) of the disturbances that a run carries along (tangent.ts), per
 * membrane time constant. The first column of the vectors is the one of ones, which stays: the others then are the exponents without
 * the neutral one. Of lambda_1 >= lambda_2 >= ...,
 *
 *   Kaplan-Yorke dimension   D = m + (lambda_1 + ... + lambda_m) / |lambda_{m+1}|,   m the last with a sum that is not negative,
 *   entropy rate             H = sum of the positive ones.
 */
import { EngramError, refuse } from '../core/index.js';
import { type Exponents, factorize, lyapunovExponents, startVectors } from '../lyapunov/index.js';
import type { Circuit } from './circuit.js';
import { demandCircuit, demandPlan, demandStart } from './demand.js';
import type { EngineState } from './engine.js';
import { createTangent } from './tangent.js';

/** What a spectrum is computed from. */
export interface SpectrumPlan {
  /** How many exponents, the neutral one included. */
  readonly exponents: number;
  /** Spikes that bring the network to where it lives. */
  readonly burnIn: number;
  /** Spikes that only turn the vectors. */
  readonly warmUp: number;
  /** Spikes that count. */
  readonly spikes: number;
  /** Of the first vectors. */
  readonly seed: number;
}

/** The exponents of a network, per membrane time constant. */
export interface Spectrum {
  /** From the largest on, the neutral one among them. */
  readonly exponents: Float64Array;
  /** The most that an entry of the vector of ones changed over N / K spikes, by the map itself: 0 but for rounding. */
  readonly neutral: number;
  /** The largest of the others, or NaN if only the neutral one was computed. */
  readonly leading: number;
  /** Estimates after so much time, row after row, in the order of the vectors (the neutral one first). */
  readonly curve: {
    /** Time that has counted so far, in membrane time constants. */
    readonly times: number[];
    /** k estimates for each of them, per membrane time constant. */
    readonly estimates: number[];
  };
  /** Largest and least exponents of single stretches of the curve, by vector: local exponents, row after row. */
  readonly local: number[];
  /** Time that counts, in membrane time constants. */
  readonly time: number;
  /** Spikes in that time. */
  readonly spikes: number;
  /** The Kaplan-Yorke dimension, or undefined where the exponents that were computed do not reach it. */
  readonly dimension: number | undefined;
  /** Sum of the positive exponents, per time constant; a lower bound where the last one computed is positive. */
  readonly entropy: number;
  /** How many times the vectors were made orthonormal. */
  readonly factorizations: number;
  /** The largest ratio of two entries of a diagonal of R. */
  readonly worst: number;
}

/** N x k orthonormal vectors, the first of them the ones. */
export function vectorsWithOnes(n: number, k: number, seed: number): Float64Array {
  const vectors = startVectors(n, k, seed);
  for (let i = 0; i < n; i++) vectors[i * k] = 1;
  factorize(vectors, k, new Float64Array(k * k));
  return vectors;
}

/** The Kaplan-Yorke dimension of a falling list, of which `complete` says whether it is all. */
export function kaplanYorke(exponents: ArrayLike<number>, complete: boolean): number | undefined {
  if (!(exponents?.length >= 1)) refuse(`there must be exponents; got ${exponents?.length ?? exponents}`);
  let sum = 0;
  for (let m = 0; m < exponents.length; m++) {
    if (sum + exponents[m] < -1e-9) return m + sum / Math.abs(exponents[m]);
    sum += exponents[m];
  }
  return complete ? exponents.length : undefined;
}

/** The spectrum from given next spikes on. Throws `usage` where there are fewer neurons than exponents. */
export function spectrumOf(circuit: Circuit, next: Float64Array, plan: SpectrumPlan): Spectrum {
  demandStart(circuit, next);
  demandPlan(circuit.connectivity.neurons, plan);
  const n = circuit.connectivity.neurons;
  const { exponents: k, burnIn, warmUp, spikes, seed } = plan;
  if (circuit.input) throw new EngramError('usage', 'exponents are those of networks without spikes from outside');
  const { engine, step } = createTangent(circuit, next, k, { ones: true });
  // Column 0 is left alone from here on.
  const start = vectorsWithOnes(n, k, seed);
  engine.run({ spikes: burnIn });
  const neutral = changeOfOnes(circuit, engine.state());
  const times = new Float64Array(spikes + 1);
  const found = lyapunovExponents(
    (t, vectors) => {
      if (t === warmUp) times[0] = engine.time();
      step(vectors);
      if (t >= warmUp) times[t - warmUp + 1] = engine.time();
    },
    start,
    k,
    {
      skip: warmUp,
      steps: spikes,
      interval: intervalOf(circuit),
      adaptive: true,
    },
  );
  const time = times[spikes] - times[0];
  const perTime = found.exponents.map((x) => (x * spikes) / time);
  const others = perTime.slice(1).sort().reverse();
  const sorted = perTime.slice().sort().reverse();
  const { curve, local } = convergence(found, times, k);
  return {
    exponents: sorted,
    neutral,
    leading: others[0] ?? Number.NaN,
    curve,
    local,
    time,
    spikes,
    dimension: kaplanYorke(sorted, k === n),
    entropy: others.reduce((sum, x) => sum + Math.max(0, x), 0),
    factorizations: found.factorizations,
    worst: found.worst,
  };
}

/** How far the map takes the vector of ones from itself. */
function changeOfOnes(circuit: Circuit, from: EngineState): number {
  const n = circuit.connectivity.neurons;
  const ones = new Float64Array(n).fill(1);
  const { step } = createTangent(circuit, from, 1);
  for (let s = 0; s < intervalOf(circuit); s++) step(ones);
  return ones.reduce((most, x) => Math.max(most, Math.abs(x - 1)), 0);
}

/** N / K spikes, after which every neuron has heard about one. */
export function intervalOf(circuit: Circuit): number {
  demandCircuit(circuit);
  const { neurons, synapses } = circuit.connectivity;
  return Math.max(1, Math.round((neurons * neurons) / Math.max(1, synapses)));
}

/** The curve against time, and what each of its stretches says alone. */
function convergence({ curve }: Exponents, times: Float64Array, k: number) {
  const at = curve.steps.map((step) => times[step] - times[0]);
  const sums = curve.estimates.map((estimate, e) => estimate * curve.steps[Math.floor(e / k)]);
  const estimates = sums.map((sum, e) => sum / at[Math.floor(e / k)]);
  const local = sums.map((sum, e) => {
    const row = Math.floor(e / k);
    return row === 0 ? sum / at[0] : (sum - sums[e - k]) / (at[row] - at[row - 1]);
  });
  return { curve: { times: at, estimates }, local };
}
