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
  send(x: number): number;
  slope(x: number): number;
  curvature(x: number): number;
}

/** Surrogates by name, of a sharpness. */
export const surrogates = {
  atan: arctangent,
  fast: fastSigmoid,
  gaussian,
  sigmoid: sigmoidSlope,
  triangle,
} as const;
export type SurrogateName = keyof typeof surrogates;

/** Surrogates that are zero beyond 1 / sharpness: directions die there, and exponents become minus infinity. */
export const isCompact = (name: SurrogateName): boolean => name === 'triangle';

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
