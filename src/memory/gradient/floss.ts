/**
 * Flossing of a memory: the k largest exponents of its jitter map are trained towards a wanted value, among the weights that store the score.
 *
 *   L = 1/(2 k) sum_i (lambda_i - wanted)^2,     w <- nearest weights within the template to  w - eta (2 L / |g|^2) g,    g = dL/dw
 *
 * per neuron by its convex program, so that the score stays stored at every step; eta is 1 (for k = 1 Newton's step) or the largest of
 * 1, 1/2, 1/4, ... that lowers L. The first step brings the weights to begin with into the template. A neuron that cannot be stored
 * keeps its weights.
 */
import { createProjection } from '../memorize/index.js';
import { neuronCount } from '../network/index.js';
import type { Descent } from './descend.js';
import { jitterExponents } from './jitter-exponents.js';
import type { TrainingTask } from './task.js';

export interface FlossSettings {
  readonly method: 'floss';
  readonly epochs: number;
  /** What the exponents are trained towards, per period. */
  readonly exponent: number;
  /** k, from the largest on. */
  readonly exponents: number;
  /** Periods over which they are taken, after as many that only turn the vectors. */
  readonly periods: number;
  readonly budget?: number | undefined;
}

/** A loss below this is none: the exponents are within a thousandth. */
const CLOSE = 5e-7;
/** So often a step is halved. */
const HALVINGS = 8;

/** Goes on with a descent until epoch `until`, or the end. `each` sees it after every epoch. */
export function floss(
  { target, settings }: TrainingTask<FlossSettings>,
  descent: Descent,
  until: number,
  each: (descent: Descent) => void,
): void {
  const { score, wiring } = target;
  const { epochs, exponent, exponents: k, periods, budget = Number.POSITIVE_INFINITY } = settings;
  const project = createProjection(target);
  const inTemplate = (weights: Float64Array) => {
    const stored = weights.slice();
    for (let l = 0; l < neuronCount(wiring); l++) {
      const [first, end] = [wiring.starts[l], wiring.starts[l + 1]];
      const own = project(l, weights.slice(first, end));
      stored.set(own ?? descent.weights.subarray(first, end), first);
    }
    return stored;
  };
  const judge = (weights: Float64Array) => {
    const found = jitterExponents(score, { ...wiring, weights }, { exponents: k, periods, skip: periods });
    descent.macs += found.macs;
    const gaps = found.exponents.map((lambda) => lambda - exponent);
    return { loss: gaps.reduce((sum, gap) => sum + (gap * gap) / (2 * k), 0), gaps, found };
  };
  while (descent.status === 'running' && descent.epoch < until) {
    if (descent.macs >= budget) {
      descent.status = 'budget';
      break;
    }
    if (descent.epoch === 0) descent.weights.set(inTemplate(descent.weights));
    const { loss, gaps, found } = judge(descent.weights);
    descent.history.push(loss);
    descent.best.weights.set(descent.weights);
    Object.assign(descent.best, { loss, epoch: descent.epoch++ });
    if (loss > CLOSE) {
      const g = found.gradient(gaps.map((gap) => gap / k));
      descent.macs += 2 * found.macs;
      const square = g.reduce((sum, x) => sum + x * x, 0);
      let eta = (2 * loss) / square;
      for (let halving = 0; halving <= HALVINGS; halving++, eta /= 2) {
        const candidate = inTemplate(descent.weights.map((w, e) => w - eta * g[e]));
        if (!(judge(candidate).loss < loss)) continue;
        descent.weights.set(candidate);
        break;
      }
    }
    // Weights that did not move will not move again.
    if (loss <= CLOSE || descent.weights.every((w, e) => w === descent.best.weights[e])) descent.status = 'converged';
    else if (descent.epoch >= epochs) descent.status = 'epochLimit';
    each(descent);
  }
}
