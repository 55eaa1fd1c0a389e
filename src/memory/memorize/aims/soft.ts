/**
 * The best weights of a neuron that cannot be stored: every demand has a price.
 *
 *   minimize 1/2 |w|^2 + sum_d ( price_d e_d + 1/2 e_d^2 )
 *   subject to   |z(f_j) - 1| <= e,   z <= 1 - margin + e in silence,   z' >= slope - e around spikes,   e >= 0
 *
 * with an e for every spike and every zone (see relaxation.ts). A spike that is short of its demand comes at another time: e / z' later, to first order,
 * and exactly where the potential of the weights crosses the threshold in its firing zone. What each demand has to give way is then taken from the exact
 * potential of the weights, not from the e.
 */

import { EngramError } from '../../../core/index.js';
import {
  arrivalsOf,
  boxViolation,
  type Course,
  type Cut,
  type CutKind,
  type Demand,
  type DemandKind,
  potentialFrom,
  shortfalls,
  type Template,
  valueAt,
} from '../../template/index.js';
import { demandsOfNeuron, gatherRows, justified, limitsOf } from '../claim.js';
import { judge, type SolvedClaim } from '../judge.js';
import { type NeuronSolution, solveRelaxed } from '../neuron.js';
import { PRICES, type Relaxation, slackOf, softRelaxation } from '../relaxation.js';
import type { BareReport } from '../report.js';
import type { NeuronProblem } from '../setting.js';
import type { AimRule, AnyAim, Task } from './aim.js';
import { demandPlain } from './plain.js';
import { refuseGrid } from './refusals.js';

/** For an impossible neuron the best weights there are, every demand at a price. */
export interface Soft<Of extends AnyAim = AnyAim> {
  /** Name of the aim. */
  readonly kind: 'soft';
  /** What is wanted of neurons that can be stored. */
  readonly of: Of;
}

/** What soft adds to the report of an impossible neuron, which then has its best weights. */
export interface SoftPart {
  /** Demands that the weights do not meet, dearest first. */
  shortfalls?: Shortfall[];
}

/** A demand that is not met: by how much, and at which moment most. */
export interface Shortfall {
  /** Demand that is missed. */
  readonly demand: Demand;
  /** By how much, in thresholds, or thresholds per refractory period for a slope. */
  readonly amount: number;
  /** Where it is missed most, in refractory periods. */
  readonly time: number;
  /**
   * Of a spike: by how much later it comes, on the exact potential; null if the threshold is not crossed in its zone.
   * Missing for neurons that reset.
   */
  readonly shift?: number | null;
}

/** What is missed by no more than this counts as met. */
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
export function shortfallsOf(
  { memories, inputs }: Pick<NeuronProblem, 'memories' | 'inputs'>,
  demands: readonly Demand[],
  template: Template,
  weights: Float64Array,
): Shortfall[] {
  return memories
    .flatMap(({ score }, m) => {
      const own = demands.filter(({ memory = 0 }) => memory === m);
      const potential = potentialFrom(arrivalsOf(score, inputs), weights);
      return shortfalls(potential, own, template).map((missed, i): Shortfall => {
        const short = { demand: own[i], ...missed };
        const shift =
          own[i].kind === 'spike' && !inputs.own ? shiftOf(potential, missed.time, template.zone) : undefined;
        return shift === undefined ? short : { ...short, shift };
      });
    })
    .filter(({ amount }) => amount > NOTHING)
    .sort((p, q) => q.amount * PRICES[q.demand.kind] - p.amount * PRICES[p.demand.kind]);
}

const joined = (ofWeights: Float64Array, ofExtras: Float64Array) => Float64Array.of(...ofWeights, ...ofExtras);

/** That weights and slacks are the optimum of the priced program, every spike taken as two inequalities (leeway 0). */
export function claimSoft(
  neuron: NeuronProblem,
  template: Template,
  relaxation: Relaxation,
  { weights, extras, cuts, multipliers }: Pick<NeuronSolution, 'weights' | 'extras' | 'cuts' | 'multipliers'>,
): SolvedClaim {
  const demands = demandsOfNeuron(neuron, template);
  const slack = slackOf(relaxation, extras);
  let excess = boxViolation(weights, neuron.box);
  const visit = (potential: Course, memory: number) => {
    shortfalls(potential, demands, template).forEach(({ amount }, d) => {
      if ((demands[d].memory ?? 0) === memory) excess = Math.max(excess, amount - slack[d]);
    });
  };
  const gathered = gatherRows(neuron, weights, { cuts, multipliers }, { visit });
  const combination = joined(gathered.combination, new Float64Array(demands.length));
  cuts.forEach(({ demand }, i) => {
    combination[weights.length + (demand as number)] += multipliers[i];
  });
  return {
    kind: 'solved',
    violation: excess,
    optimality: {
      weights: joined(weights, extras),
      lower: joined(neuron.box.lower, relaxation.lower),
      upper: joined(neuron.box.upper, relaxation.upper),
      multipliers,
      limits: limitsOf(cuts),
      slacks: gathered.slacks.map((value, i) => value + slack[cuts[i].demand as number]),
      equality: cuts.map(() => false),
      combination,
    },
    justified:
      justified(neuron, { ...template, leeway: 0 }, cuts) && cuts.every((cut) => belongs(cut, demands, neuron)),
  };
}

/** The cuts that a demand may ask for. */
const KINDS: Record<DemandKind, readonly CutKind[]> = {
  silence: ['level'],
  slope: ['slope+', 'slope-'],
  overdrive: ['above'],
  spike: ['above', 'level'],
};

/** Whether a cut is one of the demand that it names: of its kind, at its place. */
function belongs(
  { kind, time, memory = 0, demand }: Cut,
  demands: readonly Demand[],
  { memories }: NeuronProblem,
): boolean {
  const named = demands[demand as number];
  if (named === undefined || (named.memory ?? 0) !== memory) return false;
  const { period } = memories[memory].score;
  const edge = 1e-12 * (1 + period);
  const within = [time, time + period].some((t) => t >= named.begin - edge && t <= named.end + edge);
  const kinds = KINDS[named.kind];
  return within && kinds.includes(kind);
}

/** The report of an impossible neuron with its best weights, if the judge grants that they are. */
function slackened({ arena, neuron, programOf }: Task, template: Template, report: BareReport): BareReport & SoftPart {
  const program = programOf({ ...template, leeway: 0 });
  const relaxation = softRelaxation(program.demands, template, neuron.inputs.own?.dynamics);
  const solution = solveRelaxed(arena, program, neuron.box, relaxation);
  if (solution.status !== 'solved') return report;
  const { granted, kkt } = judge(claimSoft(neuron, template, relaxation, solution));
  if (!granted) return report;
  const { weights } = solution;
  const found = shortfallsOf(neuron, program.demands, template, weights);
  const violation = found.reduce((most, { amount }) => Math.max(most, amount), 0);
  return { ...report, weights, violation, kkt, shortfalls: found };
}

export const soft: AimRule<Soft> = {
  kind: 'soft',
  check({ of }, { template, costs }) {
    demandPlain(of, costs, ['recall']);
    refuseGrid(template);
    if (of.kind === 'levels') {
      throw new EngramError('usage', 'soft weights are not on levels: leave one of the two out');
    }
  },
  solve({ of }, task, template) {
    const report = task.solve(of, template);
    return report.status === 'infeasible' ? slackened(task, template, report) : report;
  },
  option: { flags: '--soft', about: 'give impossible neurons their best weights, and say which spikes pay' },
};
