/**
 * The weights of a network and how they are drawn: inputs uniform within +-sqrt(6 / (rows + N)); W uniform within +-sqrt(3 / N), then scaled to
 * a spectral radius, with its signs and before Dale's law; readout uniform within +-1 / sqrt(N). A quarter of all neurons adapt; base currents are
 * normal within their bounds. The spectral radius is that of Gelfand's formula, by squaring over and over:
 *
 *   rho(A) = lim |A^m|^(1/m),   m = 2^k,   k = 40.
 */
import { createArena, demandArray, demandObject, exp, ln, normal, streamKey, uniformStream } from '../core/index.js';
import { allocateMatrix, multiply } from '../dense/index.js';
import { type CellSettings, demandCell, type SrnnSettings } from './settings.js';

/** All that a network is, in double precision, row after row. Trained are the first four. */
export interface Weights {
  /** W, N x N, [post, pre] under Dale's law. */
  readonly recurrent: Float64Array;
  /** W_s, 4 x N. */
  readonly stimulus: Float64Array;
  /** W_c, 1 x N. */
  readonly cue: Float64Array;
  /** fc, 2 x N. */
  readonly readout: Float64Array;
  /** B of each neuron, to which it returns at the start of every trial. */
  readonly base: Float64Array;
  /** 1 where a neuron adapts. */
  readonly adapting: Float64Array;
}

/** Those that are trained, in the order of the optimizer. */
export const TRAINED = ['recurrent', 'stimulus', 'cue', 'readout'] as const;
/** Derivatives by what is trained. */
export type Gradients = Readonly<Record<(typeof TRAINED)[number], Float64Array>>;

/** How long each array is. */
export const lengthsOf = (neurons: number): Record<keyof Weights, number> => ({
  recurrent: neurons * neurons,
  stimulus: 4 * neurons,
  cue: neurons,
  readout: 2 * neurons,
  base: neurons,
  adapting: neurons,
});

/** Zeros as long as what is trained. */
export const blankGradients = (neurons: number): Gradients => {
  const lengths = lengthsOf(neurons);
  return Object.fromEntries(TRAINED.map((name) => [name, new Float64Array(lengths[name])])) as unknown as Gradients;
};

/** Throws `usage` unless these are the weights of so many neurons. */
export function demandWeights(weights: Weights, neurons: number): void {
  demandObject('the weights', weights);
  for (const [name, length] of Object.entries(lengthsOf(neurons))) {
    demandArray(`the weights \`${name}\``, weights[name as keyof Weights], [Float64Array], length);
  }
}

/** A network before its training, by its seed alone. */
export function drawWeights(settings: SrnnSettings, seed: number): Weights {
  demandCell(settings);
  const { neurons: n, radius, adapting } = settings;
  const uniform = (purpose: string, length: number, bound: number) => {
    const next = uniformStream(streamKey(seed, `srnn ${purpose}`));
    return Float64Array.from({ length }, () => bound * (2 * next() - 1));
  };
  const raw = uniform('recurrent', n * n, Math.sqrt(3 / n));
  const factor = radius / spectralRadius(raw, n);
  return {
    recurrent: raw.map((w) => w * factor),
    stimulus: uniform('stimulus', 4 * n, Math.sqrt(6 / (4 + n))),
    cue: uniform('cue', n, Math.sqrt(6 / (1 + n))),
    readout: uniform('readout', 2 * n, 1 / Math.sqrt(n)),
    base: drawBase(settings, seed),
    adapting: chosen(n, Math.floor(adapting * n), seed),
  };
}

/** Normal, drawn again where it lies outside its bounds. */
function drawBase({ neurons, baseMean, baseDeviation, baseLower, baseUpper }: CellSettings, seed: number) {
  const key = streamKey(seed, 'srnn base');
  return Float64Array.from({ length: neurons }, (_, n) => {
    for (let count = 0; count < 1000; count++) {
      const base = baseMean + baseDeviation * normal(key, n, count);
      if (base >= baseLower && base <= baseUpper) return base;
    }
    // Bounds that a thousand draws do not meet lie to one side of the mean.
    return Math.min(baseUpper, Math.max(baseLower, baseMean));
  });
}

/** So many ones among n, each choice equally likely. */
function chosen(n: number, count: number, seed: number): Float64Array {
  const uniform = uniformStream(streamKey(seed, 'srnn adapting'));
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const at = i + Math.floor(uniform() * (n - i));
    [order[i], order[at]] = [order[at], order[i]];
  }
  const mask = new Float64Array(n);
  for (const i of order.slice(0, count)) mask[i] = 1;
  return mask;
}

const SQUARINGS = 40;

/** The largest modulus among the eigenvalues of an n x n matrix. */
export function spectralRadius(values: Float64Array, n: number): number {
  const arena = createArena();
  let a = allocateMatrix(arena, 'f64', n, n);
  let square = allocateMatrix(arena, 'f64', n, n);
  const norm = (at: number) => Math.sqrt(arena.f64(at, n * n).reduce((sum, x) => sum + x * x, 0));
  arena.f64(a.at, n * n).set(values);
  // ln |A^m| / m, put together from the factors by which the powers are kept at norm 1.
  let [logarithm, m] = [0, 1];
  for (let k = 0; k <= SQUARINGS; k++, m *= 2) {
    const size = norm(a.at);
    if (size === 0) return 0;
    logarithm += ln(size) / m;
    const view = arena.f64(a.at, n * n);
    for (let e = 0; e < view.length; e++) view[e] /= size;
    if (k === SQUARINGS) break;
    multiply(arena, square, a, a);
    [a, square] = [square, a];
  }
  return exp(logarithm);
}
