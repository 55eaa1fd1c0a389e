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
  const family = 'membrane';
  if (model.model === 'lif') {
    const membrane = ofNeuron(model.membrane, l);
    const synapse = ofNeuron(model.synapse, l);
    const { height } = responsePeak(model.current, membrane, synapse);
    const { reset, refractory: dead } = model;
    const spiking = { family, membrane, synapse, after: 'membrane', reset, dead } as const;
    return model.current === 'exp'
      ? { ...spiking, order: 1, gain: 1 / height }
      : { ...spiking, order: 2, gain: KERNEL_DRIVE / synapse / height };
  }
  const beta = ofNeuron(model.beta ?? 1, l);
  const kernel = { family, membrane: beta, synapse: beta, order: 1, gain: KERNEL_DRIVE / beta } as const;
  if (model.model === 'reset') return { ...kernel, after: 'all', reset: model.reset, dead: 0 };
  return beta === 1 ? undefined : { ...kernel, after: 'nothing', reset: 0, dead: 1 };
}
