/**
 * What a unit sends, and what takes the place of its derivative. A binary unit sends the step of its input, whose derivative is
 * zero; a surrogate f stands for it in gradients and in the Jacobians alike. A tanh unit needs none.
 *
 *   binary   h(x) = 1 where x > 0, else 0      f: a surrogate of sharpness g
 *   tanh     h(x) = tanh x                     f = 1 - tanh^2 x
 *   LIF      h(x) = 1 where x > 1, else 0      f: a surrogate of x - 1;  x is a membrane that leaks (lif.ts)
 *
 * The published binary figures were made with the arctangent surrogate, or something very near it (docs/flossing.md).
 */
import { demandObject, demandOneOf, demandPositive, exp, tanh } from '../core/index.js';
import { arctangent, fastSigmoid, gaussian, type Surrogate, sigmoidSlope, triangle } from '../learning/index.js';

/** h, its stand-in derivative f, and f'. */
export interface Activation {
  /** h(x), what a unit sends when its input, or the potential of its membrane, is x: 0 or 1, or -1 to 1 from tanh units. */
  send(x: number): number;
  /** f(x), which takes the place of h'(x) in gradients and Jacobians. */
  slope(x: number): number;
  /** f'(x), by which a loss of exponents depends on the states. */
  curvature(x: number): number;
  /** Of units with a membrane: what is left after a step. Without it, x is what came in at the last step alone. */
  readonly leak?: Leak;
}

/** What a leaky unit keeps from one step to the next. */
export interface Leak {
  /** alpha, of its synaptic current, 0 to 1. */
  readonly synapse: number;
  /** beta, of its membrane potential, 0 to 1. */
  readonly membrane: number;
}

/** Steps of 1 ms, synapses of 5 ms, membranes of 10 ms. */
export const LEAK: Leak = { synapse: exp(-1 / 5), membrane: exp(-1 / 10) };

/** Numbers that the state of a unit is: its input; or its membrane and its current. Throws `usage` on what is no activation. */
export function statesPerUnit(activation: Activation): 1 | 2 {
  demandObject('the activation', activation);
  return activation.leak ? 2 : 1;
}

/** Surrogates f(x) by name; each is made of a sharpness b > 0. */
export const surrogates = {
  /** f = 1 / (1 + (pi b x / 2)^2), the arctangent's slope. */
  atan: arctangent,
  /** f = 1 / (1 + b |x|)^2. */
  fast: fastSigmoid,
  /** f = e^{-(b x)^2 / 2}. */
  gaussian,
  /** f = 4 s (1 - s) with s = 1 / (1 + e^{-b x}). */
  sigmoid: sigmoidSlope,
  /** f = max(0, 1 - b |x|), zero beyond 1 / b. */
  triangle,
} as const;
/** A key of `surrogates`. */
export type SurrogateName = keyof typeof surrogates;

/** Surrogates that are zero beyond 1 / sharpness: directions die there, and exponents become minus infinity. */
export const isCompact = (name: SurrogateName): boolean => name === 'triangle';

/** What units are: they send the step of their input (0 or 1), or its tanh; or they are leaky and send spikes. */
export type CellName = 'binary' | 'tanh' | 'lif';
const cells: readonly CellName[] = ['binary', 'tanh', 'lif'];

const step = ({ slope, curvature }: Surrogate): Activation => ({ send: (x) => (x > 0 ? 1 : 0), slope, curvature });

const leaky = ({ slope, curvature }: Surrogate): Activation => ({
  send: (x) => (x > 1 ? 1 : 0),
  slope: (x) => slope(x - 1),
  curvature: (x) => curvature(x - 1),
  leak: LEAK,
});

const TANH: Activation = {
  send: tanh,
  slope(x) {
    const h = tanh(x);
    return 1 - h * h;
  },
  curvature(x) {
    const h = tanh(x);
    return -2 * h * (1 - h * h);
  },
};

/** The activation of a cell. Throws `usage` on a cell, a surrogate or a sharpness that is none. */
export function activationOf(cell: CellName, surrogate: SurrogateName, sharpness: number): Activation {
  demandOneOf('the cell', cell, cells);
  demandOneOf('the surrogate', surrogate, Object.keys(surrogates));
  demandPositive('the sharpness of a surrogate', sharpness);
  if (cell === 'tanh') return TANH;
  return (cell === 'lif' ? leaky : step)(surrogates[surrogate](sharpness));
}
