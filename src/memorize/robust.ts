/**
 * How much more than its template a neuron can keep: the largest factor c by which margin, slope, or both can be multiplied.
 *
 *   maximize c   subject to   z(f_j) = 1,   z <= 1 - c margin in silence,   z' >= c slope around spikes,   w in the box
 *
 * One linear program; see easing.ts for how it becomes one program of least norm. Its multipliers y prove that more
 * is impossible: at a factor c they demand sum_i y_i b_i(c), which grows with c, while the box supplies what it did.
 * At the most all weights are at their bounds; what is stored is a template on the way there.
 */
import { farkasBound } from '../../solvers/index.js';
import type { Arena } from '../core/index.js';
import { arrivalsOf, type Cut, combineCutsBounded, type Program, scaled, type Template } from '../template/index.js';
import { factorOf, MOST, type Robust, robustEasing } from './easing.js';
import { cutsOf, type Part } from './judge.js';
import { type NeuronSolution, solveEased } from './neuron.js';

/** Violation up to which the largest factor is computed. */
const TOLERANCE = 1e-6;
/** Excesses over the factor, relative to it, at which a proof is looked for. */
const EXCESSES = [1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 0.1];

/**
 * The factor at the given share of the way to the largest one, and the least factor that is proved impossible. Both are
 * 1 where the template itself is impossible. `program` is that of the template with the factor `MOST`.
 */
export function findFactor(
  arena: Arena,
  program: Program,
  part: Part,
  template: Template,
  { what, share }: Robust,
): { factor: number; impossible: number } {
  const easing = robustEasing(program.demands, template, what);
  const solution = solveEased(arena, program, part.box, easing, TOLERANCE);
  if (solution.status === 'infeasible') return { factor: 1, impossible: 1 };
  const most = Math.min(Math.max(factorOf(solution.eased), 1), MOST);
  return { factor: 1 + share * (most - 1), impossible: leastImpossible(part, solution, template, what, most) };
}

/** The limits of cuts of the steepest template, were it another one of the family. */
const demanded = (cuts: readonly Cut[], steepest: Template, { margin, slope }: Template): Float64Array =>
  Float64Array.from(cuts, ({ kind, limit }) =>
    kind === 'spike' ? limit : kind === 'level' ? limit + margin - steepest.margin : limit + slope - steepest.slope,
  );

/** The least factor above the largest one found that the multipliers prove impossible; Infinity if there is none. */
function leastImpossible(
  { memories, inputs, box }: Part,
  { cuts, multipliers: found }: NeuronSolution,
  template: Template,
  what: Robust['what'],
  factor: number,
): number {
  const multipliers = found.map((y, i) => (cuts[i].kind === 'spike' ? y : Math.max(y, 0)));
  const synapses = inputs.delays.length;
  const [combination, errors] = [new Float64Array(synapses), new Float64Array(synapses)];
  memories.forEach(({ score }, memory) => {
    const own = cutsOf(memory, cuts, multipliers);
    const more = combineCutsBounded(arrivalsOf(score, inputs), synapses, own.cuts, own.multipliers);
    for (let k = 0; k < synapses; k++) {
      combination[k] += more.combination[k];
      errors[k] += more.errors[k] + (memory > 0 ? 2 ** -52 * Math.abs(combination[k]) : 0);
    }
  });
  const equality = cuts.map(({ kind }) => kind === 'spike');
  const excess = EXCESSES.find((share) => {
    const limits = demanded(cuts, scaled(template, what, MOST), scaled(template, what, factor * (1 + share)));
    return farkasBound({ multipliers, limits, equality, ...box, combination, errors }) > 1;
  });
  return excess === undefined ? Number.POSITIVE_INFINITY : factor * (1 + excess);
}
