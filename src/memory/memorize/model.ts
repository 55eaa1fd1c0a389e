/** Which neurons are the default ones, and what their models and a template exclude of each other. */
import { EngramError } from '../../core/index.js';
import type { NeuronModel } from '../network/index.js';
import type { Setting } from './setting.js';

/** Whether the neurons are the default ones: kernel continuation with a time constant of one refractory period. */
export const isDefault = (model: NeuronModel | undefined): boolean =>
  model === undefined || (model.model === 'continuation' && model.beta === undefined);

/** Whether a spike resets the neurons. */
export const resetsOf = (model: NeuronModel | undefined): boolean =>
  model !== undefined && model.model !== 'continuation';

/** Throws `usage` where neurons and template contradict each other, whatever the aim. */
export function checkTemplateOf({
  model,
  template: { margin, shape, grid, overdrive },
}: Pick<Setting, 'model' | 'template'>): void {
  const refuse = (text: string) => {
    throw new EngramError('usage', text);
  };
  if (!isDefault(model) && grid !== undefined) {
    refuse('the sampled template is of the default neuron only; leave out the grid');
  }
  if (model === undefined || model.model === 'continuation') {
    if (shape === 'ramp') {
      refuse('a ramp is for neurons that reset at a spike; leave out the shape, or choose such a neuron');
    }
    return;
  }
  if (overdrive) {
    refuse(
      'an overdrive is for neurons that go on after a spike; these reset below it: leave out the overdrive, or choose continuation',
    );
  }
  if (margin > 1 - model.reset) {
    refuse(
      `the silent level, 1 - margin = ${1 - margin}, must not be below the potential after a spike, ${model.reset}; a margin up to ${1 - model.reset} is possible`,
    );
  }
}
