/**
 * The most that a neuron's inputs allow: the largest factor by which margin, slope, or both can be multiplied, and the
 * shortest weights that reach it.
 *
 *   maximize c   subject to   z(f_j) = 1,   z <= 1 - c margin in silence,   z' >= c slope around spikes,   w in the box
 *
 * A neuron's template grows with c, so this is one linear program per neuron; see easing.ts for how it becomes one
 * program of least norm. Its multipliers y prove that more is impossible: at a factor c they demand
 * sum_i y_i b_i(c), which grows with c, while the box supplies what it did.
 */
import { farkasBound } from '../../solvers/index.js';
import type { Arena, Buffers } from '../core/index.js';
import { type Cut, combineCutsBounded, type Program, scaled, type Template } from '../template/index.js';
import { factorOf, MOST, type Robust, robustEasing } from './easing.js';
import { cutsOf, judgeSolution, type NeuronReport, type Part } from './judge.js';
import { solveNeuron } from './neuron.js';

/** Excesses over the factor, relative to it, at which a proof is looked for. */
const EXCESSES = [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1];

/** Undefined where the template itself, factor 1, is impossible. `programOf` sets up the neuron's program of a template. */
export function solveRobust(
  arena: Arena,
  programOf: (template: Template) => Program,
  part: Part,
  template: Template,
  what: Robust,
  buffers: Buffers,
): NeuronReport | undefined {
  const program = programOf(scaled(template, what, MOST));
  const easing = robustEasing(program.demands, template, what);
  const solution = solveNeuron(arena, program, part.box, 'l2', easing);
  if (solution.status === 'infeasible') return undefined;
  const factor = Math.min(Math.max(factorOf(solution.eased), 1), MOST);
  const reached = scaled(template, what, factor);
  const report = judgeSolution(part, reached, 'l2', { ...solution, cuts: demanded(solution.cuts, reached) }, buffers);
  return { ...report, robust: { factor, impossible: leastImpossible(part, report, template, what, factor) } };
}

/** The cuts with the limits of a template. */
const demanded = (cuts: readonly Cut[], { margin, slope }: Template): Cut[] =>
  cuts.map((cut) => ({ ...cut, limit: cut.kind === 'spike' ? 1 : cut.kind === 'level' ? margin - 1 : slope }));

/** The least factor above the one reached that the multipliers prove impossible; Infinity if there is none. */
function leastImpossible(
  { memories, inputs, box }: Part,
  { cuts, multipliers: found }: NeuronReport,
  template: Template,
  what: Robust,
  factor: number,
): number {
  const multipliers = found.map((y, i) => (cuts[i].kind === 'spike' ? y : Math.max(y, 0)));
  const synapses = inputs.delays.length;
  const [combination, errors] = [new Float64Array(synapses), new Float64Array(synapses)];
  memories.forEach(({ score }, memory) => {
    const own = cutsOf(memory, cuts, multipliers);
    const more = combineCutsBounded(score, inputs, own.cuts, own.multipliers);
    for (let k = 0; k < synapses; k++) {
      combination[k] += more.combination[k];
      errors[k] += more.errors[k] + (memory > 0 ? 2 ** -52 * Math.abs(combination[k]) : 0);
    }
  });
  const equality = cuts.map(({ kind }) => kind === 'spike');
  const excess = EXCESSES.find((share) => {
    const limits = Float64Array.from(
      demanded(cuts, scaled(template, what, factor * (1 + share))),
      ({ limit }) => limit,
    );
    return farkasBound({ multipliers, limits, equality, ...box, combination, errors }) > 1;
  });
  return excess === undefined ? Number.POSITIVE_INFINITY : factor * (1 + excess);
}
