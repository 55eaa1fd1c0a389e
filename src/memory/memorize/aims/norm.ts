/**
 * What the measures of weights have in common. Least norm comes first: it settles whether there are weights at all, and its
 * active cuts are where the others begin. An answer is an optimum of
 *
 *   minimize f(w) + sum_k price_k |w_k|  (or max |w_k|)   subject to the template and the box
 *
 * by the conditions of optimality and, of all but the plain norm, a duality gap.
 */
import { addCounters, type Refined, refineSeparable, type Separable } from '../../../../solvers/index.js';
import { type Arena, type Buffers, EngramError, spread } from '../../../core/index.js';
import type { Score } from '../../score/index.js';
import {
  boxViolation,
  type Course,
  type Cut,
  type Inputs,
  type Program,
  type Template,
  templateViolation,
} from '../../template/index.js';
import { gatherRows, isEquality, justified, limitsOf } from '../claim.js';
import { judge, type SolvedClaim, type Terms } from '../judge.js';
import { LOOSE, mostUrgent, type NeuronSolution, solveNeuron, TOLERANCE } from '../neuron.js';
import { type BareReport, infeasibleReport, published } from '../report.js';
import type { NeuronProblem, Setting } from '../setting.js';
import type { AimRule, AnyAim, Column, Tally, Task } from './aim.js';

/** What the measures add to a report, except none and l2 without costs. */
export interface NormPart {
  /** How good the weights are; `solved` demands a gap of at most 1e-8 (1 + the value). */
  optimum?: {
    /** Value of the objective. */
    value: number;
    /** Duality gap: by how much at most the value is above the least one that is possible. */
    gap: number;
  };
}

export interface NormSolution extends NeuronSolution {
  /** Of `sparse`: the last prices. */
  prices?: Float64Array;
}

/** A measure of weights, typed as `Text`: what a file of one exports, and norms.ts lists. */
export interface Norm<A extends AnyAim = AnyAim, Text extends string = string> {
  readonly kind: A['kind'];
  /** How it is typed, in the list of what is allowed and in the help; with its parameter if it has one. */
  readonly spelled: string;
  readonly help: string;
  /** The aim that `kind:parameter` names; undefined if there is none. */
  parse(parameter: string | undefined): A | undefined;
  spell(aim: A): Text;
  /** Whether synapses may have costs. */
  readonly takesCosts: boolean;
  /** Whether least norm, or any weights, is all that there is to do. */
  isPlain?(costs: Float64Array | undefined): boolean;
  /** Whether it needs no weights of least norm to begin with; these are asked only where it finds no optimum. */
  readonly direct?: true;
  /** From the weights of least norm to its own. */
  improve?(aim: A, start: Start): NormSolution;
  /** What the objective takes of the potential in every memory, one number per synapse, added up. */
  form?(score: Score, inputs: Inputs, weights: Float64Array, buffers: Buffers): Float64Array;
  /** The objective at w. */
  terms(aim: A, at: Evaluation): Terms;
  checkModel?: AimRule<A>['checkModel'];
}

export interface Evaluation {
  readonly neuron: NeuronProblem;
  /** The bound of the template. */
  readonly bound: number;
  readonly weights: Float64Array;
  readonly costs: Float64Array;
  readonly prices: Float64Array | undefined;
  /** The sum of `form` over the memories; zero where there is none. */
  readonly form: Float64Array;
}

/** sum_k term(w_k, k) */
export const sumOver = (weights: Float64Array, term: (w: number, k: number) => number): number =>
  weights.reduce((total, w, k) => total + term(w, k), 0);

/** sum price_k |w_k| */
export const priced = (weights: Float64Array, price: Float64Array): Terms => ({
  value: sumOver(weights, (w, k) => price[k] * Math.abs(w)),
  gradient: new Float64Array(weights.length),
  price,
});

/** 1/2 sum curvature_k w_k^2 */
export const quadratic = (weights: Float64Array, curvature: Float64Array) => ({
  value: sumOver(weights, (w, k) => (curvature[k] * w * w) / 2),
  gradient: weights.map((w, k) => curvature[k] * w),
  metric: curvature,
});

export const ROUND_LIMIT = 3000;

/** The least norm, from which the others start; vectors are in the order of the variables of the program. */
export interface Start {
  readonly arena: Arena;
  readonly buffers: Buffers;
  readonly neuron: NeuronProblem;
  readonly order: Uint32Array;
  readonly bound: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly costs: Float64Array;
  readonly weights: Float64Array;
  /** The rows, as solvers ask for them. */
  readonly source: {
    equalities: readonly Cut[];
    likely: readonly Cut[];
    violated(weights: number, spoiled: boolean): Cut[];
    write(cut: Cut, row: number): void;
    limit(cut: Cut): number;
    isHopeless?(weights: number): boolean;
  };
  fill(value: number): Float64Array;
  /** Minimizes a sum over the synapses, by Newton's method on the dual. */
  separable(terms: Pick<Separable, 'price' | 'metric'>, more?: object): Refined<Cut>;
  /** In the order of the synapses, with what has been spent on the way. */
  answer(refined: Refined<Cut>, prices?: Float64Array): NormSolution;
}

const ROUNDS_OF_HOPE = 6;

/**
 * Whether to give up, asked round by round: weights that are farther out of the box than it is wide after some rounds will hardly come back;
 * the neuron is impossible nearly always, which the least norm proves in a tenth of the time.
 */
function hopelessness(arena: Arena, lower: Float64Array, upper: Float64Array): (weights: number) => boolean {
  // The widest counts: a weight that is given has a box without width.
  const width = upper.reduce((most, bound, i) => Math.max(most, bound - lower[i]), 0);
  let rounds = 0;
  return (weights) =>
    ++rounds > ROUNDS_OF_HOPE &&
    arena.f64(weights, upper.length).some((w, i) => Math.max(w - upper[i], lower[i] - w) > width);
}

function startOf(
  { arena, buffers, neuron }: Pick<Task, 'arena' | 'buffers' | 'neuron'>,
  program: Program,
  bound: number,
  least: NeuronSolution,
  direct = false,
): Start {
  const { order } = program;
  const n = order.length;
  const variables = (values: Float64Array) => {
    const own = new Float64Array(n);
    for (let i = 0; i < n; i++) own[i] = values[order[i]];
    return own;
  };
  const fill = (value: number) => new Float64Array(n).fill(value);
  const inOrder = (values: ArrayLike<number>) => {
    const own = new Float64Array(n);
    order.forEach((synapse, i) => {
      own[synapse] = values[i];
    });
    return own;
  };
  const [lower, upper] = [variables(neuron.box.lower), variables(neuron.box.upper)];
  const source = {
    equalities: program.spikes.filter(isEquality),
    likely: least.cuts.filter((cut) => !isEquality(cut)),
    violated: (weights: number, spoiled: boolean) => mostUrgent(program.scan(weights, spoiled ? LOOSE : TOLERANCE)),
    write: (cut: Cut, row: number) => program.writeRow(cut, row),
    limit: ({ limit }: Cut) => limit,
    ...(direct && { isHopeless: hopelessness(arena, lower, upper) }),
  };
  return {
    arena,
    buffers,
    neuron,
    order,
    bound,
    lower,
    upper,
    costs: neuron.costs ? variables(neuron.costs) : fill(1),
    weights: variables(least.weights),
    source,
    fill,
    separable: (terms, more = {}) =>
      refineSeparable<Cut>(arena, { ...terms, gain: fill(0), lower, upper }, { ...source, ...more }, ROUND_LIMIT),
    answer: ({ weights, cuts, multipliers, status, counters }, prices) => ({
      status,
      weights: inOrder(arena.f64(weights, n)),
      extras: new Float64Array(),
      cuts,
      multipliers,
      counters: addCounters(least.counters, counters),
      ...(prices ? { prices: inOrder(prices) } : {}),
    }),
  };
}

/** Where nothing has been solved: no weights, and the cuts that are nearly always needed. */
const nothingYet = ({ order, spikes, borders }: Program): NeuronSolution => ({
  status: 'solved',
  weights: new Float64Array(order.length),
  extras: new Float64Array(),
  cuts: [...spikes, ...borders],
  multipliers: new Float64Array(),
  counters: { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 },
});

/** Solves the program of one neuron with a template. */
export function solveNorm<A extends AnyAim>(
  norm: Norm<A>,
  aim: A,
  task: Pick<Task, 'arena' | 'buffers' | 'neuron' | 'programOf'>,
  template: Template,
): NormSolution {
  const { arena, neuron, programOf } = task;
  let program = programOf(template);
  if (norm.direct && norm.improve) {
    const own = norm.improve(aim, startOf(task, program, template.bound, nothingYet(program), true));
    if (own.status === 'solved') return own;
    program = programOf(template);
  }
  const least = solveNeuron(arena, program, neuron.box, norm.kind === 'none' ? 'none' : 'l2');
  // Where the weights zero will do they are best by every measure.
  const done = norm.isPlain?.(neuron.costs) || least.status !== 'solved' || least.weights.every((w) => w === 0);
  return done || !norm.improve ? least : norm.improve(aim, startOf(task, program, template.bound, least));
}

/** What an answer claims, and what else is found on the way. */
export function claimNorm<A extends AnyAim>(
  norm: Norm<A>,
  aim: A,
  { neuron, buffers }: Pick<Task, 'neuron' | 'buffers'>,
  template: Template,
  { weights, cuts, multipliers, prices }: Pick<NormSolution, 'weights' | 'cuts' | 'multipliers' | 'prices'>,
): SolvedClaim & { betweenPoints: number } {
  const { grid, ...everywhere } = template;
  const any = norm.kind === 'none';
  let [violation, betweenPoints] = [boxViolation(weights, neuron.box), 0];
  const rows = any ? { cuts: [], multipliers: new Float64Array() } : { cuts, multipliers };
  const form = new Float64Array(weights.length);
  for (const { score } of norm.form ? neuron.memories : []) {
    norm.form?.(score, neuron.inputs, weights, buffers).forEach((value, k) => {
      form[k] += value;
    });
  }
  const visit = (potential: Course, memory: number) => {
    const { spikes } = neuron.memories[memory];
    violation = Math.max(violation, templateViolation(potential, spikes, template));
    if (grid !== undefined) betweenPoints = Math.max(betweenPoints, templateViolation(potential, spikes, everywhere));
  };
  const gathered = gatherRows(neuron, weights, rows, { visit, buffers });
  const costs = neuron.costs ?? new Float64Array(weights.length).fill(1);
  const terms = norm.isPlain?.(neuron.costs)
    ? undefined
    : norm.terms(aim, { neuron, bound: template.bound, weights, costs, prices, form });
  const optimality = any
    ? undefined
    : {
        weights,
        ...neuron.box,
        multipliers,
        limits: limitsOf(cuts),
        equality: cuts.map(isEquality),
        ...gathered,
        terms,
      };
  return { kind: 'solved', violation, betweenPoints, optimality, justified: justified(neuron, template, rows.cuts) };
}

const optimumOf = (report: BareReport): NormPart['optimum'] => (report as NormPart).optimum;

export const normColumns: readonly Column[] = [
  {
    name: 'optimum',
    values: 'values of the objective',
    of: (report) => optimumOf(report)?.value,
    none: 0,
    optional: true,
  },
  { name: 'gap', values: 'values of the objective', of: (report) => optimumOf(report)?.gap, none: 0, optional: true },
];

function tallyOptima(spelled: string): Tally {
  const used: number[] = [];
  let gap = 0;
  return {
    add(report) {
      const optimum = optimumOf(report);
      if (!optimum) return;
      gap = Math.max(gap, optimum.gap);
      used.push(report.weights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0));
    },
    tell() {
      const inUse = spread(used);
      if (!inUse) return { json: {} };
      const text = `${spelled} · duality gap at most ${gap.toExponential(0)} · ${inUse.least} to ${inUse.most} synapses of a neuron in use, median ${inUse.median}`;
      return { json: { duality_gap: gap, synapses_in_use: inUse }, line: { label: 'weights', text } };
    },
  };
}

/** The rule of a measure. */
export const normRule = <A extends AnyAim>(norm: Norm<A>): AimRule<A> => ({
  kind: norm.kind,
  ...(norm.checkModel ? { checkModel: norm.checkModel } : {}),
  check: (aim, setting) => checkCosts(norm, aim, setting),
  solve(aim, task, template): BareReport & NormPart {
    const solution = solveNorm(norm, aim, task, template);
    if (solution.status === 'infeasible') return infeasibleReport(task.neuron, template, solution);
    const { weights, cuts, multipliers, counters } = solution;
    const claim = claimNorm(norm, aim, task, template, solution);
    const { granted, kkt, gap } = judge(claim);
    const terms = claim.optimality?.terms;
    return {
      status: solution.status === 'solved' && !granted ? 'stalled' : solution.status,
      weights,
      cuts: cuts.map(published),
      multipliers,
      violation: claim.violation,
      ...(template.grid === undefined ? {} : { betweenPoints: claim.betweenPoints }),
      kkt,
      ...(terms ? { optimum: { value: terms.value, gap } } : {}),
      boundNeeded: 0,
      unreached: [],
      counters,
    };
  },
  columns: normColumns,
  tally: (aim) => tallyOptima(norm.spell(aim)),
});

/** Costs beyond these leave programs that cannot be solved to their promise. */
export const LEAST_COST = 1e-3;
export const MOST_COST = 1e3;

function checkCosts<A extends AnyAim>(norm: Norm<A>, aim: A, { costs, wiring }: Setting): void {
  if (!costs) return;
  if (!norm.takesCosts) {
    throw new EngramError(
      'usage',
      `the objective ${norm.spell(aim)} knows no costs of synapses; leave one of the two out`,
    );
  }
  const synapses = wiring.sources.length;
  if (costs.length !== synapses) {
    throw new EngramError('input', `there are ${costs.length} costs for ${synapses} synapses`);
  }
  const bad = costs.findIndex((cost) => !(cost >= LEAST_COST && cost <= MOST_COST));
  if (bad >= 0) {
    throw new EngramError(
      'input',
      `synapse ${bad}: its cost must be from ${LEAST_COST} to ${MOST_COST}; got ${costs[bad]}`,
    );
  }
}
