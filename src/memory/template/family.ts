/**
 * The families of neurons. Each brings its program, which is solved, and its course, which verifies, in a folder of its
 * own; everything else picks here, by the neuron's model. To add one: a folder, and a line in the list.
 */
import { type Arena, type Buffers, demandInteger, demandObject } from '../../core/index.js';
import { checkNeurons, type NeuronModel, neuronCount, type Wiring } from '../network/index.js';
import type { Score } from '../score/index.js';
import type { Arrivals, Inputs } from './arrivals.js';
import type { Checked, Course } from './course.js';
import type { Moment } from './cut.js';
import { defaultFamily } from './default/family.js';
import type { Dynamics } from './dynamics.js';
import type { MembraneDynamics } from './membrane/dynamics.js';
import { membraneFamily } from './membrane/family.js';
import type { Program } from './program.js';
import type { Template } from './template.js';

/** Sets up the program of one neuron from its prescribed spikes and its synapses. */
export type ProgramOf = (
  spikes: Float64Array,
  sources: Uint32Array,
  delays: Float64Array,
  template: Template,
  dynamics?: Dynamics,
) => Program;

export interface Family {
  /** The constants of neuron l of a model, if the model is of this family. */
  dynamicsOf(model: NeuronModel | undefined, l: number): Dynamics | undefined;
  /** What the potential obeys between spikes, and what an arrival and a spike do to it. */
  constantsOf(dynamics: Dynamics | undefined): MembraneDynamics;
  /** Loads a score into an arena. @param longest an upper bound on the delays */
  load(arena: Arena, score: Score, longest: number): ProgramOf;
  /** What the verifier asks of weights under a score. */
  check(score: Score, inputs: Inputs, weights: Float64Array, buffers?: Buffers): Checked;
  /** The course of the potential that weights, one for each arrival, produce. */
  course(arrivals: Arrivals, weights: Float64Array, buffers?: Buffers): Course;
  /** sum_i y_i n_i over cuts, per synapse. */
  combine(arrivals: Arrivals, synapses: number, cuts: readonly Moment[], multipliers: Float64Array): Float64Array;
  /** The same with a bound on the error of every entry. */
  combineBounded(
    arrivals: Arrivals,
    synapses: number,
    cuts: readonly Moment[],
    multipliers: Float64Array,
  ): { combination: Float64Array; errors: Float64Array };
}

export const families = { default: defaultFamily, membrane: membraneFamily } satisfies Record<string, Family>;
const entries: [string, Family][] = Object.entries(families);

/** The family of a neuron with such dynamics, or with none. */
export const familyOf = (dynamics: Dynamics | undefined): Family =>
  families[(dynamics?.family ?? 'default') as keyof typeof families];

/** The dynamics of neuron l of a model; undefined for the default family, which has none. */
export function dynamicsOf(model: NeuronModel | undefined, l: number): Dynamics | undefined {
  for (const [, family] of entries) {
    const dynamics = family.dynamicsOf(model, l);
    if (dynamics) return dynamics;
  }
  return undefined;
}

/** The inputs of a neuron of a network. Throws `usage` on a model or a neuron that the network does not have. */
export function inputsOf(wiring: Wiring, model: NeuronModel | undefined, neuron: number): Inputs {
  demandObject('the wiring', wiring);
  demandInteger('the neuron', neuron, 0, neuronCount(wiring) - 1);
  if (model) checkNeurons(model, neuronCount(wiring));
  const { starts, sources, delays } = wiring;
  const [first, last] = [starts[neuron], starts[neuron + 1]];
  const dynamics = dynamicsOf(model, neuron);
  return {
    sources: sources.subarray(first, last),
    delays: delays.subarray(first, last),
    own: dynamics && { neuron, dynamics },
  };
}

/**
 * Loads a score into an arena for neurons of every family, and returns the function that sets up the program of one of them. The kernels work on the
 * program that was set up, or bound, last; what it allocated is given back with `arena.release`.
 * @param longest an upper bound on the delays
 */
export function loadScore(arena: Arena, score: Score, longest: number): ProgramOf {
  const loaded = new Map(entries.map(([name, { load }]) => [name, load(arena, score, longest)]));
  return (spikes, sources, delays, template, dynamics) =>
    (loaded.get(dynamics?.family ?? 'default') as ProgramOf)(spikes, sources, delays, template, dynamics);
}
