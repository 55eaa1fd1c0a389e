/**
 * What a unit sends, and what takes the place of its derivative. A binary unit sends the step of its input, whose derivative is
 * zero; a surrogate f stands for it in gradients and in the Jacobians alike. A tanh unit needs none.
 *
 *   binary   h(x) = 1 where x > 0, else 0      f: a surrogate of sharpness g
 *   tanh     h(x) = tanh x                     f = 1 - tanh^2 x
 *
 * The published binary figures were made with the arctangent surrogate, or something very near it (docs/flossing.md).
 */
import { demandOneOf, demandPositive, tanh } from '../core/index.js';
import { arctangent, fastSigmoid, gaussian, type Surrogate, sigmoidSlope, triangle } from '../learning/index.js';

/** h, its stand-in derivative f, and f'. */
export interface Activation {
  /** h(x), what a unit sends when its input is x: 0 or 1 from binary units, -1 to 1 from tanh units. */
  send(x: number): number;
  /** f(x), which takes the place of h'(x) in gradients and Jacobians. */
  slope(x: number): number;
  /** f'(x), by which a loss of exponents depends on the states. */
  curvature(x: number): number;
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

/** What units send: the step of their input (0 or 1), or its tanh. */
export type CellName = 'binary' | 'tanh';

const step = ({ slope, curvature }: Surrogate): Activation => ({ send: (x) => (x > 0 ? 1 : 0), slope, curvature });

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
  demandOneOf('the cell', cell, ['binary', 'tanh']);
  demandOneOf('the surrogate', surrogate, Object.keys(surrogates));
  demandPositive('the sharpness of a surrogate', sharpness);
  return cell === 'tanh' ? TANH : step(surrogates[surrogate](sharpness));
}
