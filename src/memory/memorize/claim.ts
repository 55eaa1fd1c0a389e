/**
 * Claims: what an answer says of the original problem, in numbers for the judge. Whatever the aim, they come from the plain
 * potential of the weights (see potential.ts) and the arrivals that make it:
 *
 *   slacks        n_i . w - b_i of the active cuts i
 *   combination   sum_i y_i n_i, per synapse; for proofs with a bound on the error of every entry
 *   justified     whether the template asks for as much as every cut says
 *
 * None of it is computed by the code that solves. Both sides read the demands of a template by the same code (`demandsOf`);
 * zones and grid points are found a second time here (windows.ts, limits.ts), and docs/numerics.md says what else is shared.
 */
import type { Buffers } from '../../core/index.js';
import {
  arrivalsOf,
  type Course,
  type Cut,
  checkedOf,
  combineCutsBounded,
  cutSlacks,
  type Demand,
  demandsOf,
  limitsHold,
  type Template,
} from '../template/index.js';
import type { InfeasibleClaim } from './judge.js';
import type { NeuronProblem } from './setting.js';

/** The active rows of an answer. */
export interface Rows {
  cuts: readonly Cut[];
  multipliers: Float64Array;
}

/** The cuts of one score, where they stand among all, and their multipliers. */
export function cutsOf(memory: number, { cuts, multipliers }: Rows) {
  const places = cuts.flatMap((cut, i) => ((cut.memory ?? 0) === memory ? i : []));
  return { places, cuts: places.map((i) => cuts[i]), multipliers: Float64Array.from(places, (i) => multipliers[i]) };
}

export const isEquality = ({ kind }: Cut): boolean => kind === 'spike';

export const limitsOf = (cuts: readonly Cut[]): Float64Array => Float64Array.from(cuts, ({ limit }) => limit);

/**
 * Slacks and combination of the rows at some weights. `visit` sees the potential of every memory on the way, which is gone
 * afterwards; `units` are those in which the entries of the rows count, synapse by synapse.
 */
export function gatherRows(
  { memories, inputs }: NeuronProblem,
  weights: Float64Array,
  rows: Rows,
  {
    visit,
    units,
    buffers,
  }: { visit(potential: Course, memory: number): void; units?: Float64Array; buffers?: Buffers },
): { slacks: Float64Array; combination: Float64Array } {
  const slacks = new Float64Array(rows.cuts.length);
  const combination = new Float64Array(weights.length);
  memories.forEach(({ score }, memory) => {
    const { course, combine } = checkedOf(score, inputs, weights, buffers);
    visit(course, memory);
    const own = cutsOf(memory, rows);
    cutSlacks(course, own.cuts).forEach((slack, i) => {
      slacks[own.places[i]] = slack;
    });
    combine(own.cuts, own.multipliers).forEach((value, k) => {
      combination[k] += units ? value / units[k] : value;
    });
  });
  return { slacks, combination };
}

/** The combination of a proof, and the bounds on its errors. */
export function gatherProof({ memories, inputs }: NeuronProblem, rows: Rows) {
  const synapses = inputs.delays.length;
  const [combination, errors] = [new Float64Array(synapses), new Float64Array(synapses)];
  memories.forEach(({ score }, memory) => {
    const own = cutsOf(memory, rows);
    const part = combineCutsBounded(arrivalsOf(score, inputs), synapses, own.cuts, own.multipliers);
    for (let k = 0; k < synapses; k++) {
      combination[k] += part.combination[k];
      errors[k] += part.errors[k] + (memory > 0 ? 2 ** -52 * Math.abs(combination[k]) : 0);
    }
  });
  return { combination, errors };
}

/** Whether the template asks for as much as every cut says. */
export const justified = ({ memories, inputs }: NeuronProblem, template: Template, cuts: readonly Cut[]): boolean =>
  cuts.every(({ memory = 0 }) => memory < memories.length) &&
  memories.every(({ score, spikes }, memory) =>
    limitsHold(
      spikes,
      score.period,
      inputs.own?.dynamics,
      template,
      cuts.filter((cut) => (cut.memory ?? 0) === memory),
    ),
  );

/** That no weights in the box keep the template, by the multipliers of a proof. */
export const infeasible = (neuron: NeuronProblem, template: Template, rows: Rows): InfeasibleClaim => ({
  kind: 'infeasible',
  proof: {
    multipliers: rows.multipliers,
    limits: limitsOf(rows.cuts),
    equality: rows.cuts.map(isEquality),
    ...neuron.box,
    ...gatherProof(neuron, rows),
  },
  justified: justified(neuron, template, rows.cuts),
});

/** What the template asks of a neuron, demand by demand, memory after memory. */
export const demandsOfNeuron = ({ memories, inputs }: NeuronProblem, template: Template): Demand[] =>
  memories.flatMap(({ score, spikes }, memory) =>
    demandsOf(spikes, score.period, template, inputs.own?.dynamics).demands.map((demand) =>
      memories.length > 1 ? { ...demand, memory } : demand,
    ),
  );
