/**
 * The LIF example: its spectrum, and its flossing (lif.ts has the equations), without bias and from rest. Spikes have the slope of a
 * fast sigmoid of sharpness 10 in gradients, and of sharpness g (5) in D.
 */
import { createArena, streamKey, uniformStream } from '../core/index.js';
import { createOptimizer, type OptimizerState, takeStep } from '../learning/index.js';
import { exponentTape, startRows } from '../lyapunov/index.js';
import { activationOf } from './activation.js';
import type { Flossed } from './course.js';
import { flossingLoss } from './floss.js';
import { lifCourse } from './lif.js';

/** What is trained: W, N x inputs, and V, N x N. */
export type LifWeights = Pick<Flossed, 'input' | 'recurrent'>;

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
  const inputs = weights.input.length / units;
  const uniform = uniformStream(streamKey(seed, 'flossing lif spikes'), index);
  // A spike adds W, and not its share W / S.
  const shown = Float64Array.from({ length: steps * inputs }, () => (uniform() < RATE ? inputs : 0));
  const arena = createArena();
  const activation = activationOf('lif', 'fast', sharpness);
  const bias = new Float64Array(units);
  const parameters = { ...weights, bias, start: new Float64Array(2 * units) };
  const course = lifCourse(arena, parameters, activation, shown, k, activationOf('lif', 'fast', 10).slope);
  const start = startRows(2 * units, k, seed);
  const exponents = gradients
    ? flossingLoss(arena, course, start, { exponents: k, wanted: 0, steps, skip: 0 }).exponents
    : exponentTape(arena, course, start, k, { steps }).exponents;
  if (gradients) course.gather({ ...gradients, bias });
  const sent = course.states.subarray(0, steps * units).map(activation.send);
  return { exponents, activity: sent.reduce((sum, o) => sum + o, 0) / sent.length };
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
