/**
 * A stored status is a claim about weights, and a file can be changed: whoever reads a network looks again whether the weights
 * keep what they are said to keep. This is the verifier's part of the judgement (template/verify.ts), without the optimality
 * of the weights, at a share of the cost of solving:
 *
 *   violation of template and box  <=  the larger of 1e-8 and what the file says, by its own numbers
 */
import { boundsOf, PROMISE, robustTemplate, type Setting } from '../memorize/index.js';
import { spikesOf } from '../score/index.js';
import { boxViolation, checkedOf, inputsOf, templateViolation } from '../template/index.js';
import type { MemoryFile } from './memory-file.js';

/** Rounding between the run that wrote a file and the one that reads it. */
const SLACK = 1 + 1e-6;

/** The neurons that are said to be stored, and whose weights are not those that were proved. */
export function changedNeurons(memory: MemoryFile): number[] {
  const { header, network, model, score, others, statuses, bounds, robust, share, violation } = memory;
  const setting: Pick<Setting, 'wiring' | 'template' | 'bounds'> = {
    wiring: network,
    template: header.template,
    bounds,
  };
  return statuses.flatMap((status, neuron) => {
    if (status !== 'solved') return [];
    const weights = network.weights.subarray(network.starts[neuron], network.starts[neuron + 1]);
    const template =
      header.robust && robust ? robustTemplate(header.template, header.robust, robust.factor[neuron]) : header.template;
    const inputs = inputsOf(network, model, neuron);
    // Weights on levels keep a template with all its demands lowered.
    const lowered = (share?.[neuron] ?? 0) * Math.max(1, template.slope);
    const allowed = SLACK * Math.max(PROMISE, violation[neuron], lowered);
    let worst = boxViolation(weights, boundsOf(setting, neuron));
    for (const one of [score, ...others]) {
      const { course } = checkedOf(one, inputs, weights);
      const found = templateViolation(course, spikesOf(one, neuron), template);
      if (!(found <= worst)) worst = found;
    }
    return worst <= allowed ? [] : [neuron];
  });
}
