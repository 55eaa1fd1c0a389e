/** What the functions of SparseProp ask of what they are given, as from JavaScript, before they begin. */
import {
  demandArray,
  demandFinite,
  demandFunction,
  demandInteger,
  demandNumber,
  demandObject,
  refuse,
} from '../core/index.js';

interface SomeNeuron {
  readonly timeToSpike: unknown;
  readonly voltage: unknown;
}
interface SomeConnectivity {
  readonly neurons: number;
  readonly fanout: unknown;
}
interface SomeCircuit {
  readonly neuron: SomeNeuron;
  readonly connectivity: SomeConnectivity;
  readonly drives: unknown;
}

/** A neuron with its functions. */
export function demandNeuron(neuron: SomeNeuron): void {
  demandObject('the neuron', neuron);
  demandFunction('timeToSpike of the neuron', neuron.timeToSpike);
  demandFunction('voltage of the neuron', neuron.voltage);
}

/** A network's synapses. */
export function demandConnectivity(connectivity: SomeConnectivity): void {
  demandObject('the connectivity', connectivity);
  demandInteger('the number of neurons', connectivity.neurons, 1);
  demandFunction('fanout of the connectivity', connectivity.fanout);
}

/** A network; what its numbers must be, `checkCircuit` asks. */
export function demandCircuit(circuit: SomeCircuit): void {
  demandObject('the circuit', circuit);
  demandNeuron(circuit.neuron);
  demandConnectivity(circuit.connectivity);
  if (typeof circuit.drives !== 'number')
    demandArray('drives', circuit.drives, Float64Array, circuit.connectivity.neurons);
}

/** A network, and a time of its next spike for every neuron. */
export function demandStart(circuit: SomeCircuit, next: unknown): void {
  demandCircuit(circuit);
  demandFinite('next spikes', next, circuit.connectivity.neurons);
}

/** A network, and a state of it. */
export function demandState(circuit: SomeCircuit, state: { readonly next: unknown }): void {
  demandCircuit(circuit);
  demandObject('the state', state);
  demandArray('next spikes of the state', state.next, Float64Array, circuit.connectivity.neurons);
}

/** Spikes, each with a time and a neuron. */
export function demandSpikes(spikes: { readonly times: Float64Array; readonly neurons: unknown }): void {
  demandObject('spikes', spikes);
  demandArray('times of spikes', spikes.times, Float64Array);
  demandArray('neurons of spikes', spikes.neurons, Uint32Array, spikes.times.length);
}

/** What a spectrum of n neurons is computed from. */
export function demandPlan(
  n: number,
  plan: { exponents: number; burnIn: number; warmUp: number; spikes: number; seed: number },
): void {
  demandObject('the plan', plan);
  demandInteger('exponents', plan.exponents, 1, n);
  demandInteger('spikes of the burn-in', plan.burnIn);
  demandInteger('spikes of the warm-up', plan.warmUp);
  demandInteger('spikes that count', plan.spikes, 1);
  demandInteger('the seed', plan.seed);
}

/** A trial's length or another time, above 0 and with an end. */
export function demandTime(name: string, time: number): void {
  demandNumber(name, time);
  if (!(time > 0)) refuse(`${name} must be above 0; got ${time}`);
}
