/** The LIF example: its spectrum, and its flossing (lif.ts has the equations). */
import { createArena, streamKey, uniformStream } from '../core/index.js';
import { createOptimizer, type OptimizerState, takeStep } from '../learning/index.js';
import { exponentTape, startRows } from '../lyapunov/index.js';
import { flossingLoss } from './floss.js';
import { type LifWeights, lifCourse } from './lif.js';

export interface LifPlan {
  /** Sharpness g of the surrogate in the Jacobians. */
  readonly sharpness: number;
  /** k, at most 2 N. */
  readonly exponents: number;
  /** Steps of a course, all of which count. */
  readonly steps: number;
  readonly seed: number;
}

export interface LifSpectrum {
  /** Per step. */
  readonly exponents: Float64Array;
  /** Spikes per unit and step. */
  readonly activity: number;
}

/** Probability of an input spike in a step. */
const RATE = 0.1;

/** Exponents along course number `index`; the gradient of mean lambda^2 is added where there is one to add to. */
export function lifSpectrum(weights: LifWeights, plan: LifPlan, index = 0, gradients?: LifWeights): LifSpectrum {
  const { sharpness, exponents: k, steps, seed } = plan;
  const units = Math.round(Math.sqrt(weights.recurrent.length));
  const uniform = uniformStream(streamKey(seed, 'flossing lif spikes'), index);
  const shown = Uint8Array.from({ length: (steps * weights.input.length) / units }, () => (uniform() < RATE ? 1 : 0));
  const arena = createArena();
  const course = lifCourse(arena, weights, shown, k, sharpness);
  const start = startRows(2 * units, k, seed);
  if (!gradients) {
    const { exponents } = exponentTape(arena, course, start, k, { steps });
    return { exponents, activity: course.activity() };
  }
  const { exponents } = flossingLoss(arena, course, start, { exponents: k, wanted: 0, steps, skip: 0 });
  course.gather(gradients);
  return { exponents, activity: course.activity() };
}

/** A flossing of the example that may stop after any epoch: what it has come to. */
export interface LifTrained {
  readonly weights: LifWeights;
  readonly optimizer: OptimizerState;
  /** mean lambda^2, lambda_1 and activity of each epoch. */
  readonly log: number[];
  epoch: number;
}

export const startLif = (weights: LifWeights): LifTrained => ({
  weights,
  optimizer: createOptimizer('adam', weights.input.length + weights.recurrent.length),
  log: [],
  epoch: 0,
});

/** One epoch: the exponents of a fresh course are pushed to zero by Adam at rate 1e-3. */
export function flossLif({ weights, optimizer, log, ...state }: LifTrained, plan: LifPlan): LifTrained {
  const gradients = {
    input: new Float64Array(weights.input.length),
    recurrent: new Float64Array(weights.recurrent.length),
  };
  const { exponents, activity } = lifSpectrum(weights, plan, state.epoch, gradients);
  const square = exponents.reduce((sum, exponent) => sum + (exponent * exponent) / exponents.length, 0);
  const groups = [
    { name: 'input', values: weights.input },
    { name: 'recurrent', values: weights.recurrent },
  ];
  takeStep(optimizer, groups, [gradients.input, gradients.recurrent], 1e-3);
  return { weights, optimizer, log: [...log, square, exponents[0], activity], epoch: state.epoch + 1 };
}
