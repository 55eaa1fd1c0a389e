/**
 * First-order optimisers: how far each weight goes, given the gradient g of a loss.
 *
 *   Adam       m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g^2          b1 = 0.9, b2 = 0.999
 *              w <- w - r (m / (1 - b1^n)) / (sqrt(v / (1 - b2^n)) + 1e-8)            (Kingma and Ba 2015)
 *   RMaxProp   v <- max(c v, g^2)                                          c = 0.99
 *              w <- w - r g / (sqrt(v) + 1e-12)                           (Zenke and Ganguli 2018, eq. 8)
 *
 * Both are blind to the scale of the loss. Their memory is plain arrays, so that a training can be written down in the
 * middle and go on with the same bytes.
 */
export type OptimizerName = 'adam' | 'rmaxprop';

export interface OptimizerState {
  readonly name: OptimizerName;
  /** Steps taken. */
  steps: number;
  /** Running mean of the gradient; empty with RMaxProp. */
  readonly mean: Float64Array;
  /** Running mean, or decaying maximum, of its square. */
  readonly square: Float64Array;
  /** b1^steps and b2^steps. */
  powers: [number, number];
}

const [BETA1, BETA2, TINY] = [0.9, 0.999, 1e-8];
const [KEPT, FLOOR] = [0.99, 1e-12];

export const createOptimizer = (name: OptimizerName, size: number): OptimizerState => ({
  name,
  steps: 0,
  mean: new Float64Array(name === 'adam' ? size : 0),
  square: new Float64Array(size),
  powers: [1, 1],
});

/** Multiply-adds of one step per weight, roots and divisions counted as one each. */
export const STEP_MACS: Record<OptimizerName, number> = { adam: 8, rmaxprop: 5 };

/** Moves the weights by one step of learning rate `rate`. */
export function takeStep(state: OptimizerState, weights: Float64Array, gradient: Float64Array, rate: number): void {
  const { mean, square } = state;
  state.steps++;
  if (state.name === 'rmaxprop') {
    for (let k = 0; k < weights.length; k++) {
      const g = gradient[k];
      square[k] = Math.max(KEPT * square[k], g * g);
      weights[k] -= (rate * g) / (Math.sqrt(square[k]) + FLOOR);
    }
    return;
  }
  state.powers = [state.powers[0] * BETA1, state.powers[1] * BETA2];
  const [first, second] = [1 / (1 - state.powers[0]), 1 / (1 - state.powers[1])];
  for (let k = 0; k < weights.length; k++) {
    const g = gradient[k];
    mean[k] = BETA1 * mean[k] + (1 - BETA1) * g;
    square[k] = BETA2 * square[k] + (1 - BETA2) * g * g;
    weights[k] -= (rate * first * mean[k]) / (Math.sqrt(square[k] * second) + TINY);
  }
}

/** Projection onto lower <= w <= upper. */
export function project(weights: Float64Array, lower: Float64Array, upper: Float64Array): void {
  for (let k = 0; k < weights.length; k++) weights[k] = Math.min(upper[k], Math.max(lower[k], weights[k]));
}
