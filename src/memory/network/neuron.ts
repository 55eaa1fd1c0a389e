/**
 * The neurons that a network can be made of. Times are in refractory periods tau0, potentials in thresholds
 * above rest; a weight of 1 makes a potential of height 1 in a neuron at rest, whatever the model.
 *
 *   continuation   z(t) = sum of w h(t - arrival), h(t) = (t / beta) e^{1 - t / beta}; a spike leaves z as it is;
 *                  the next is possible a refractory period later
 *   reset          the same h, but a spike sets z to R and forgets all arrivals before it:
 *                  z(t) = R e^{-(t - s) / beta} + sum over arrivals since s of w h(t - arrival); no refractoriness
 *   lif            z' = -z / tau_m + I: the synaptic currents I are kept at a spike, z stays at V_r until its
 *                  release t_ref later, and moves freely from there (NEST's iaf_psc_exp and iaf_psc_alpha)
 *
 * The response of a LIF neuron at rest to a current of peak 1, with delta = 1 / tau_s - 1 / tau_m:
 *
 *   exp     I(t) = e^{-t / tau_s}                     p(t) = t e^{-t / tau_m} phi_1(-delta t)
 *   alpha   I(t) = (t / tau_s) e^{1 - t / tau_s}      p(t) = (e / tau_s) t^2 e^{-t / tau_s} phi_2(delta t)
 *
 * both smooth in tau_m = tau_s. Weights are in units of its height: I = w I(t) / max p.
 */
import { demandArray, demandNumber, demandObject, demandOneOf, EngramError, exp, ln, phi } from '../../core/index.js';

/** One value for all neurons, or one each. */
export type PerNeuron = number | Float64Array;

/** Kernel continuation: a spike leaves the potential as it is. */
export interface ContinuationModel {
  /** Says which model it is. */
  model: 'continuation';
  /** Time constant of the kernel; 1 unless given. */
  beta?: PerNeuron;
}

/** Reset at spike: a spike forgets all arrivals before it. */
export interface ResetModel {
  /** Says which model it is. */
  model: 'reset';
  /** The potential R right after a spike; below 1. */
  reset: number;
  /** Time constant of the kernel and of the after-potential; 1 unless given. */
  beta?: PerNeuron;
}

/** Leaky integrate-and-fire, as NEST has it. */
export interface LifModel {
  /** Says which model it is. */
  model: 'lif';
  /** Exponential or alpha-shaped synaptic currents. */
  current: 'exp' | 'alpha';
  /** Membrane time constant tau_m. */
  membrane: PerNeuron;
  /** Time constant tau_s of the synaptic current. */
  synapse: PerNeuron;
  /** The potential V_r from a spike to its release; below 1. */
  reset: number;
  /** Time t_ref from a spike to its release; at most 1, the least interval of a score. */
  refractory: number;
}

/** What the neurons of a network are. */
export type NeuronModel = ContinuationModel | ResetModel | LifModel;

/** The constants of NEST's `iaf_psc_exp` and `iaf_psc_alpha`: ms, mV, pF. */
export const NEST = {
  membrane: 10,
  synapse: 2,
  refractory: 2,
  rest: -70,
  reset: -70,
  threshold: -55,
  capacitance: 250,
};

/** Time constants outside of these limits are broken numbers. */
const SHORTEST = 1e-3;
const LONGEST = 1e6;

/** The value of neuron l. */
export const ofNeuron = (value: PerNeuron, l: number): number => (typeof value === 'number' ? value : value[l]);

/** The fields of each model. */
const FIELDS: Record<NeuronModel['model'], readonly string[]> = {
  continuation: ['model', 'beta'],
  reset: ['model', 'reset', 'beta'],
  lif: ['model', 'current', 'membrane', 'synapse', 'reset', 'refractory'],
};

/** Throws `usage` unless so many neurons can be of the model. */
export function checkNeurons(model: NeuronModel, neurons: number): void {
  demandObject('the neuron model', model);
  demandOneOf('the neuron model', model.model, Object.keys(FIELDS));
  demandObject(`a neuron model of kind "${model.model}"`, model, FIELDS[model.model]);
  const fail = (text: string) => {
    throw new EngramError('usage', text);
  };
  const checkConstant = (name: string, value: PerNeuron) => {
    if (typeof value !== 'number') demandArray(`the ${name}, unless it is one number,`, value, Float64Array);
    if (typeof value === 'object' && value.length !== neurons) {
      fail(`the ${name} must be one number or one for each of ${neurons} neurons; got ${value.length}`);
    }
    const values = typeof value === 'number' ? [value] : value;
    values.forEach((x, l) => {
      if (!(x >= SHORTEST && x <= LONGEST)) {
        const where = typeof value === 'number' ? '' : ` of neuron ${l}`;
        fail(`the ${name}${where} must be from ${SHORTEST} to ${LONGEST} refractory periods; got ${x}`);
      }
    });
  };
  if (model.model === 'lif') {
    demandOneOf('the current of a leaky integrate-and-fire neuron', model.current, ['exp', 'alpha']);
    demandNumber('the time from a spike to its release', model.refractory);
    checkConstant('membrane time constant', model.membrane);
    checkConstant('synaptic time constant', model.synapse);
    if (!(model.refractory >= 0 && model.refractory <= 1)) {
      fail(
        `the time from a spike to its release must be from 0 to 1 refractory period of the score; got ${model.refractory}`,
      );
    }
  } else {
    checkConstant('time constant', model.beta ?? 1);
  }
  if (model.model !== 'continuation') demandNumber('the potential after a spike', model.reset);
  if (model.model !== 'continuation' && !(model.reset < 1 && model.reset > Number.NEGATIVE_INFINITY)) {
    fail(`the potential after a spike must be finite and below the threshold, 1; got ${model.reset}`);
  }
}

/** Response p(t), t >= 0, of a LIF neuron at rest to a current of peak 1 (see the head of this file). */
export function currentResponse(current: 'exp' | 'alpha', membrane: number, synapse: number, t: number): number {
  // Of the two equal forms the one whose phi has a negative argument: it can neither overflow nor cancel.
  const delta = 1 / synapse - 1 / membrane;
  if (current === 'exp') {
    return delta >= 0 ? t * exp(-t / membrane) * phi(1, -delta * t) : t * exp(-t / synapse) * phi(1, delta * t);
  }
  // e^{-x} phi_2(x) = phi_1(-x) - phi_2(-x): the weights of the two ends of the interval change places.
  return (
    (Math.E / synapse) *
    t *
    t *
    (delta >= 0
      ? exp(-t / membrane) * (phi(1, -delta * t) - phi(2, -delta * t))
      : exp(-t / synapse) * phi(2, delta * t))
  );
}

/**
 * Moment and height of the peak of p. With rho = tau_m / tau_s and x = delta t: exp peaks at x = ln rho, alpha
 * where phi_1(x) = rho, a log-convex function, so that Newton's method on its logarithm is safe from anywhere.
 */
export function responsePeak(
  current: 'exp' | 'alpha',
  membrane: number,
  synapse: number,
): { time: number; height: number } {
  const rho = membrane / synapse;
  const excess = rho - 1;
  let time: number;
  if (current === 'exp') {
    time = excess === 0 ? membrane : (membrane * ln(rho)) / excess;
  } else if (excess * excess < 1e-16) {
    // x = 2 (rho - 1) + O(2); the height feels the error of the moment in second order only.
    time = 2 * membrane;
  } else {
    let x = 0;
    for (let step = 0; step < 100; step++) {
      const value = phi(1, x);
      // phi_1' = phi_1 - (phi_1 - 1) / x = phi_1 - phi_2
      const move = (ln(rho / value) * value) / (value - phi(2, x));
      x += move;
      if (Math.abs(move) <= 1e-14 * Math.abs(x)) break;
    }
    time = (membrane * x) / excess;
  }
  return { time, height: currentResponse(current, membrane, synapse, time) };
}

/**
 * Peak of the synaptic current in pA that a weight stands for.
 * @param height of the response (`responsePeak`), in refractory periods
 * @param units the refractory period in ms, the threshold above rest in mV, the capacitance in pF
 */
export const picoamperes = (
  weight: number,
  height: number,
  units: { refractoryPeriod: number; threshold: number; capacitance: number },
): number => (weight * units.threshold * units.capacitance) / (height * units.refractoryPeriod);
