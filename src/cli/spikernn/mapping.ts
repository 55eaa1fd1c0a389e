/** By which factors the weights of a spiking network are divided. */
import { number, type OptionSpec, option, refuse } from '../../app/index.js';
import {
  type Mapping,
  predictScale,
  type RateNetwork,
  type RateTask,
  type SpikingModel,
} from '../../spikernn/index.js';
import type { ModelOptions } from './options.js';

export interface MappingOptions {
  scale?: number;
  perUnit?: boolean;
}

export const mappingOptions: readonly OptionSpec[] = [
  option('--scale <s>', '1/lambda (default: what `scale` found, else foretold from f-I curves)', number('positive')),
  option('--per-unit', 'a scaling factor for each unit, foretold from f-I curves'),
];

/** What is asked for, else what `scale` found, else what is foretold; and that in words. */
export function mappingOf(
  options: MappingOptions & ModelOptions,
  network: RateNetwork,
  task: RateTask,
  known: number | undefined,
  seed: number,
  model: SpikingModel,
): { mapping: Mapping; told: string } {
  const offset = options.withOffset ?? false;
  // The file tells the factor of the network as trained.
  const found = options.initial ? undefined : known;
  if (options.scale !== undefined) {
    if (options.perUnit) refuse('--per-unit', 'given without --scale', String(options.scale));
    return { mapping: { scale: options.scale, offset }, told: `1/lambda ${options.scale}` };
  }
  if (found !== undefined && !options.perUnit) {
    return { mapping: { scale: found, offset }, told: `1/lambda ${found}, the best of its grid` };
  }
  const { scale, each } = predictScale(network, task, { seed, model });
  if (options.perUnit) return { mapping: { scale: each, offset }, told: '1/lambda of every unit from f-I curves' };
  return { mapping: { scale, offset }, told: `1/lambda ${scale.toFixed(1)}, foretold from f-I curves` };
}
