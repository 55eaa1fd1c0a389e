/**
 * The best weights of a neuron that cannot be stored: every demand has a price.
 *
 *   minimize 1/2 |w|^2 + sum_d ( price_d e_d + 1/2 e_d^2 )
 *   subject to   |z(f_j) - 1| <= e,   z <= 1 - margin + e in silence,   z' >= slope - e around spikes,   e >= 0
 *
 * with an e for every spike and every zone (see easing.ts). A spike that pays comes at another time: e / z' later, to first order,
 * and exactly where the potential of the weights crosses the threshold in its firing zone. What each demand has to give way is then taken from the exact
 * potential of the weights, not from the e.
 */
import { kktResidual } from '../../../solvers/index.js';
import type { Arena } from '../../core/index.js';
import {
  arrivalsOf,
  boxViolation,
  type Course,
  combineCuts,
  cutSlacks,
  type Demand,
  type Program,
  potentialFrom,
  shortfalls,
  type Template,
  valueAt,
} from '../template/index.js';
import { easeOf, PRICES, softEasing } from './easing.js';
import { cutsOf, type NeuronReport, type Part, PROMISE } from './judge.js';
import { solveEased } from './neuron.js';

/** A demand that is not met: by how much, and at which moment most. */
export interface Payment {
  readonly demand: Demand;
  readonly amount: number;
  readonly time: number;
  /**
   * Of a spike: by how much later it comes, on the exact potential; null if the threshold is not crossed in its zone.
   * Missing for neurons that reset.
   */
  readonly shift?: number | null;
}

/** Slack that does not count as payment. */
const NOTHING = 1e-6;

/** By how much later than at `time` the potential rises through the threshold, by bisection within the firing zone. */
function shiftOf(potential: Course, time: number, zone: number): number | null {
  let [below, above] = [-zone, zone];
  if (!(valueAt(potential, time + below) < 1 && valueAt(potential, time + above) >= 1)) return null;
  while (above - below > 1e-12) {
    const middle = (below + above) / 2;
    if (valueAt(potential, time + middle) < 1) below = middle;
    else above = middle;
  }
  return above;
}

/** Shortfalls of a neuron's weights in all its memories, dearest first. */
export function payments(
  { memories, inputs }: Pick<Part, 'memories' | 'inputs'>,
  demands: readonly Demand[],
  template: Template,
  weights: Float64Array,
): Payment[] {
  return memories
    .flatMap(({ score }, m) => {
      const own = demands.filter(({ memory = 0 }) => memory === m);
      const potential = potentialFrom(arrivalsOf(score, inputs), weights);
      return shortfalls(potential, own, template).map((shortfall, i): Payment => {
        const paid = { demand: own[i], ...shortfall };
        const shift =
          own[i].kind === 'spike' && !inputs.own ? shiftOf(potential, shortfall.time, template.zone) : undefined;
        return shift === undefined ? paid : { ...paid, shift };
      });
    })
    .filter(({ amount }) => amount > NOTHING)
    .sort((p, q) => q.amount * PRICES[q.demand.kind] - p.amount * PRICES[p.demand.kind]);
}

/**
 * The verdict on an impossible neuron with the best weights instead of none, if they are the optimum of the priced program
 * by the conditions of optimality. `program` has to take the spikes as two inequalities each (leeway 0).
 */
export function soften(
  arena: Arena,
  program: Program,
  part: Part,
  template: Template,
  verdict: NeuronReport,
): NeuronReport {
  const { demands } = program;
  const { memories, inputs, box } = part;
  const easing = softEasing(demands, template, inputs.own?.dynamics);
  const solution = solveEased(arena, program, box, easing);
  if (solution.status !== 'solved') return verdict;
  const { weights, eased, cuts, multipliers } = solution;
  const ease = easeOf(easing, eased);
  const synapses = weights.length;
  const joined = (ofWeights: Float64Array, ofEased: Float64Array) => Float64Array.of(...ofWeights, ...ofEased);
  const combination = joined(new Float64Array(synapses), new Float64Array(demands.length));
  const slacks = new Float64Array(cuts.length);
  let excess = boxViolation(weights, box);
  memories.forEach(({ score }, memory) => {
    const arrivals = arrivalsOf(score, inputs);
    const potential = potentialFrom(arrivals, weights);
    shortfalls(potential, demands, template).forEach(({ amount }, d) => {
      if ((demands[d].memory ?? 0) === memory) excess = Math.max(excess, amount - ease[d]);
    });
    const own = cutsOf(memory, cuts, multipliers);
    cutSlacks(potential, own.cuts).forEach((slack, i) => {
      slacks[own.places[i]] = slack + ease[own.cuts[i].demand as number];
    });
    combineCuts(arrivals, synapses, own.cuts, own.multipliers).forEach((value, k) => {
      combination[k] += value;
    });
  });
  cuts.forEach(({ demand }, i) => {
    combination[synapses + (demand as number)] += multipliers[i];
  });
  const kkt = kktResidual({
    weights: joined(weights, eased),
    lower: joined(box.lower, easing.lower),
    upper: joined(box.upper, easing.upper),
    multipliers,
    slacks,
    equality: cuts.map(() => false),
    combination,
  });
  if (!(excess <= PROMISE && kkt <= PROMISE)) return verdict;
  const pays = payments(part, demands, template, weights);
  const violation = pays.reduce((most, { amount }) => Math.max(most, amount), 0);
  return { ...verdict, weights, violation, kkt, pays };
}
