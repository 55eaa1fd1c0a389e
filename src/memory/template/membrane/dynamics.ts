/**
 * How the potential of one neuron moves, for every model but the default one: a linear system
 *
 *   V' = -V / tau_m + I,     I' = -I / tau_s + D,     D' = -D / tau_s,
 *
 * of which an arrival of weight w raises I (order 1) or D (order 2) by gain w, and what an own spike does to it (dynamics.ts):
 *
 *   nothing     the continuation model with a time constant of its own (tau_m = tau_s = beta)
 *   all         V is set to R, I and D to 0: the reset model (tau_m = tau_s = beta)
 *   membrane    V stays at R until the release; I and D go on: leaky integrate-and-fire
 *
 * The derivative (V', I', D') is a state of the same system, so that slopes have the same closed forms.
 */
import { type NeuronModel, ofNeuron, responsePeak } from '../../network/index.js';
import type { Dynamics } from '../dynamics.js';
import { KERNEL_DRIVE } from '../kernel.js';

export interface MembraneDynamics extends Dynamics {
  readonly synapse: number;
  readonly order: 1 | 2;
  readonly gain: number;
}

/** The dynamics of neuron l; undefined for the default, which has kernels of its own. */
export function dynamicsOf(model: NeuronModel | undefined, l: number): MembraneDynamics | undefined {
  if (model === undefined) return undefined;
  if (model.model === 'lif') {
    const membrane = ofNeuron(model.membrane, l);
    const synapse = ofNeuron(model.synapse, l);
    const { height } = responsePeak(model.current, membrane, synapse);
    const [order, gain] =
      model.current === 'exp' ? ([1, 1 / height] as const) : ([2, KERNEL_DRIVE / synapse / height] as const);
    return shaped(membrane, synapse, order, gain, 'membrane', model.reset, model.refractory);
  }
  const beta = ofNeuron(model.beta ?? 1, l);
  const gain = KERNEL_DRIVE / beta;
  if (model.model === 'reset') return shaped(beta, beta, 1, gain, 'all', model.reset, 0);
  return beta === 1 ? undefined : shaped(beta, beta, 1, gain, 'nothing', 0, 1);
}

/** One shape of object for all models, so that what is compiled for one serves the others. */
const shaped = (
  membrane: number,
  synapse: number,
  order: 1 | 2,
  gain: number,
  after: MembraneDynamics['after'],
  reset: number,
  dead: number,
): MembraneDynamics => ({ family: 'membrane', membrane, synapse, order, gain, after, reset, dead });
