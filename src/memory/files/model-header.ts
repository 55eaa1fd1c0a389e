/**
 * The model of the neurons in the header of network.npz. A time constant that is not the same for all neurons is an array
 * beside the header: `kernel_tau`, `membrane_tau`, `synapse_tau`, one value per neuron, in refractory periods.
 */
import { z } from 'zod';
import { EngramError } from '../../core/index.js';
import type { NpyArray } from '../../files/index.js';
import { checkNeurons, type NeuronModel, type PerNeuron } from '../network/index.js';

/** Neurons whose potential is a sum of kernels t exp(1 - t), which their own spikes leave as it is. */
export interface ContinuationHeader {
  /** Family. */
  neuron: 'continuation';
  /** Response to a spike, t in time constants. */
  kernel: 't exp(1 - t)';
  /** 1: thresholds are the unit of potentials. */
  threshold: 1;
  /** Time constant in refractory periods, if it is given and the same for all neurons. */
  kernel_tau?: number | undefined;
}

/** The same neurons, with a potential that a spike resets. */
export interface ResetHeader extends Omit<ContinuationHeader, 'neuron'> {
  /** Family. */
  neuron: 'reset';
  /** Potential right after a spike, in thresholds. */
  reset: number;
}

/** Leaky integrate-and-fire neurons. */
export interface LifHeader {
  /** Family. */
  neuron: 'lif';
  /** Shape of a synaptic current: an exponential, or an alpha function. */
  current: 'exp' | 'alpha';
  /** 1: thresholds are the unit of potentials. */
  threshold: 1;
  /** Potential right after a spike, in thresholds. */
  reset: number;
  /** From a spike to the release of the potential, in refractory periods. */
  refractory: number;
  /** Time constant of the membrane in refractory periods, if it is the same for all neurons. */
  membrane_tau?: number | undefined;
  /** Time constant of the synapses in refractory periods, if it is the same for all neurons. */
  synapse_tau?: number | undefined;
}

/** Which neurons a network has. */
export type ModelHeader = ContinuationHeader | ResetHeader | LifHeader;

const tau = z.number().positive().optional();
const kernel = z.literal('t exp(1 - t)');
const threshold = z.literal(1);

export const modelSchema: z.ZodType<ModelHeader> = z.discriminatedUnion('neuron', [
  z.object({ neuron: z.literal('continuation'), kernel, threshold, kernel_tau: tau }),
  z.object({ neuron: z.literal('reset'), kernel, threshold, reset: z.number(), kernel_tau: tau }),
  z.object({
    neuron: z.literal('lif'),
    current: z.enum(['exp', 'alpha']),
    threshold,
    reset: z.number(),
    refractory: z.number(),
    membrane_tau: tau,
    synapse_tau: tau,
  }),
]);

/** The header of a model, and the arrays that go with it. */
export function modelHeader(model: NeuronModel | undefined): {
  header: ModelHeader;
  arrays: Record<string, Float64Array>;
} {
  const arrays: Record<string, Float64Array> = {};
  const put = (name: string, value: PerNeuron | undefined): Record<string, number> => {
    if (typeof value === 'object') arrays[name] = value;
    return typeof value === 'number' ? { [name]: value } : {};
  };
  if (model?.model === 'lif') {
    const { current, reset, refractory, membrane, synapse } = model;
    const taus = { ...put('membrane_tau', membrane), ...put('synapse_tau', synapse) };
    return { header: { neuron: 'lif', current, threshold: 1, reset, refractory, ...taus }, arrays };
  }
  const common = { kernel: 't exp(1 - t)', threshold: 1, ...put('kernel_tau', model?.beta) } as const;
  return model?.model === 'reset'
    ? { header: { neuron: 'reset', reset: model.reset, ...common }, arrays }
    : { header: { neuron: 'continuation', ...common }, arrays };
}

/** The model of a header; undefined for the default. Throws `input`, with the file in front, on one that no neuron can be. */
export function modelOfHeader(
  header: ModelHeader,
  arrays: Record<string, NpyArray>,
  neurons: number,
  file: string,
): NeuronModel | undefined {
  const get = (name: string, value: number | undefined): PerNeuron | undefined => {
    const array = arrays[name];
    return value ?? (array instanceof Float64Array ? array : undefined);
  };
  const need = (name: string, value: number | undefined): PerNeuron => {
    const found = get(name, value);
    if (found === undefined) throw new EngramError('input', `${file}: neither the header nor an array tells ${name}`);
    return found;
  };
  const model = ((): NeuronModel | undefined => {
    if (header.neuron === 'lif') {
      const { current, reset, refractory } = header;
      const membrane = need('membrane_tau', header.membrane_tau);
      return { model: 'lif', current, reset, refractory, membrane, synapse: need('synapse_tau', header.synapse_tau) };
    }
    const beta = get('kernel_tau', header.kernel_tau);
    const given = beta === undefined ? {} : { beta };
    if (header.neuron === 'reset') return { model: 'reset', reset: header.reset, ...given };
    return beta === undefined ? undefined : { model: 'continuation', beta };
  })();
  try {
    if (model) checkNeurons(model, neurons);
  } catch (error) {
    throw error instanceof EngramError ? new EngramError('input', `${file}: ${error.message}`) : error;
  }
  return model;
}
