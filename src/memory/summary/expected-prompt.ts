/** Which prompt is expected to suffice a network: what its neurons tell (measure/expected-prompt.ts), some of them. */
import { expectedShare, type Swing, swingOf } from '../measure/index.js';
import { type Problem, scoresOf } from '../memorize/index.js';
import { neuronCount } from '../network/index.js';
import { inputsOf } from '../template/index.js';

/** Neurons from which it is expected. */
const SHOWN = 16;

/** The share of the channels from which recall is expected, by some of the neurons that are stored. */
export function shareExpected(problem: Problem, weights: Float64Array): number | undefined {
  const { wiring, model, template } = problem;
  const channels = neuronCount(wiring);
  const swings: Swing[] = [];
  for (let l = 0; l < channels && swings.length < SHOWN; l++) {
    const own = weights.subarray(wiring.starts[l], wiring.starts[l + 1]);
    const swing = own.some((w) => w !== 0)
      ? swingOf(scoresOf(problem), l, inputsOf(wiring, model, l), template, own)
      : undefined;
    if (swing) swings.push(swing);
  }
  return expectedShare(swings);
}
