/**
 * Designs: aim, overdrive and silence that are chosen together. Made for recall, a neuron has
 *
 *   the aim recall, so that its potential spreads least over prompts,
 *   an overdrive z(f + 1/2) >= P and a silence z <= 1 - margin, so that the threshold lies in the midst of its swing.
 *
 * Either of the two alone does harm (docs/recall.md). A network that cannot keep the first step takes the next one, which asks for
 * less; the last is the plain template. Neurons that reset have no overdrive: after a deep reset their silence does its part.
 */
import type { NeuronModel } from '../network/index.js';
import type { Template } from '../template/index.js';
import { resetsOf } from './model.js';

/** rho of the aim. */
export const DESIGN_RIDGE = 0.1;
/** Weights of such neurons reach 2 to 5 where nothing bounds them. */
export const DESIGN_BOUND = 10;
/** When an overdrive is asked for, in refractory periods after a spike. */
export const OVERDRIVE_AFTER = 0.5;
/** Neurons that try a step before the network takes it. */
export const PROBES = 8;

/** P and margin, step by step; none in the last. */
const STEPS = [
  { level: 4, margin: 3 },
  { level: 3, margin: 2.5 },
  { level: 3, margin: 2 },
  { level: 2.5, margin: 1.5 },
];
/** After a reset, as far as it is deep enough. */
const RESET_MARGINS = [3, 2, 1.5];

/** The templates of the steps, the most demanding first; `template` itself comes last. */
export function designTemplates(template: Template, model: NeuronModel | undefined): Template[] {
  if (resetsOf(model)) {
    const deepest = 1 - (model as { reset: number }).reset;
    const margins = RESET_MARGINS.filter((margin) => margin <= deepest && margin > template.margin);
    return [...margins.map((margin) => ({ ...template, margin })), template];
  }
  const steps = STEPS.map(({ level, margin }) => {
    return { ...template, margin, overdrive: { level, after: OVERDRIVE_AFTER } };
  });
  return [...steps, template];
}
