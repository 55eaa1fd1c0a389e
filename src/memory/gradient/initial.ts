/**
 * Weights to begin with: normal, so that the potential of K synapses that hear trains of rate r has the standard deviation
 * 0.3 (the variance of shot noise, K r s^2 int h^2 with int h^2 = e^2 / 4), around zero, and within the bounds.
 */
import { normal, streamKey } from '../../core/index.js';
import { channelCount } from '../score/index.js';
import { KERNEL_DRIVE } from '../template/index.js';
import { project } from './optimizer.js';
import type { NeuronPart, Target } from './task.js';

const SPREAD = 0.3;

export function initialWeights(
  { neuron, inputs, box, initial }: NeuronPart,
  { score }: Target,
  seed: number,
): Float64Array {
  const synapses = inputs.delays.length;
  const rate = score.times.length / channelCount(score) / score.period;
  const scale = rate > 0 ? SPREAD / Math.sqrt((synapses * rate * KERNEL_DRIVE * KERNEL_DRIVE) / 4) : 0;
  const key = streamKey(seed, 'training weights');
  const weights = initial?.slice() ?? Float64Array.from({ length: synapses }, (_, k) => scale * normal(key, neuron, k));
  project(weights, box.lower, box.upper);
  return weights;
}
