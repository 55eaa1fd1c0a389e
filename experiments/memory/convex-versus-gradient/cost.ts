/**
 * What learning costs, counted, never timed: multiply-adds of the convex solver, from its counters, and bytes that a
 * method holds for one neuron while it learns. With K synapses, A arrivals per period, R rounds, N rows, m constraints
 * active at the end and C additions and removals,
 *
 *   multiply-adds   R (4 A + K m)  +  N K (3 + m)  +  3/2 C m^2
 *
 * for the scans and the weights of each round, rows with their inner products with the active ones, and two triangular
 * systems and a rotation of the factor per change of the active set. m grows on the way, so that this counts too many
 * rather than too few.
 */
import type { NeuronReport } from '../../../src/memory/memorize/index.js';

type Counters = NeuronReport['counters'];

export function solverMacs({ rounds, rows, additions, removals, active }: Counters, inputs: number, arrivals: number) {
  const changes = additions + removals;
  return rounds * (4 * arrivals + inputs * active) + rows * inputs * (3 + active) + 1.5 * changes * active * active;
}

/** Rows, their Gram matrix and the factor of the active ones, and the arrivals. */
export function solverBytes({ rounds, rows, active }: Counters, inputs: number, arrivals: number): number {
  const held = active + rows / rounds;
  return 8 * held * (inputs + held) + 4 * active * active + 28 * arrivals;
}

/** Bytes per arrival, per moment at which the potential is taken, and per synapse (weights, gradient, optimiser, best). */
const ARRIVAL = 28;
const MOMENT = 128;
const SYNAPSE = 40;

/** Response of the potential at `moments`, losses, and the optimiser. */
export const descentBytes = (inputs: number, arrivals: number, moments: number): number =>
  ARRIVAL * arrivals + MOMENT * moments + SYNAPSE * inputs;

/** Of a whole network through time: potential, inputs and errors of every neuron in every step, and the synapses. */
export const throughTimeBytes = (neurons: number, steps: number, synapses: number): number =>
  25 * neurons * steps + (24 + SYNAPSE) * synapses;

/** Of a whole network by its spikes: a row of the linear system per spike, times and adjoints, and the synapses. */
export const spikeBytes = (spikes: number, inputs: number, synapses: number): number =>
  (8 * inputs + 60) * spikes + SYNAPSE * synapses;
