/**
 * The verdict on one neuron: what the solver claims, checked on the original numbers by code that shares nothing with
 * it, and only then called solved or infeasible.
 */
import { type Counters, farkasBound, kktResidual, optimalityGap, type Status } from '../../../solvers/index.js';
import type { Buffers } from '../../core/index.js';
import type { Score } from '../score/index.js';
import {
  arrivalsOf,
  type Box,
  boxViolation,
  type Cut,
  combineCuts,
  combineCutsBounded,
  cutSlacks,
  type Inputs,
  limitsHold,
  potentialFrom,
  reachOf,
  type Template,
  templateViolation,
  valueAt,
} from '../template/index.js';
import type { NeuronSolution } from './neuron.js';
import type { NoiseGain } from './noise.js';
import { isLeastNorm, type Objective, termsAt } from './objective.js';
import type { Payment } from './soft.js';

export interface NeuronReport {
  /** As granted by the verifier; `roundLimit` and `stalled` leave the neuron undecided. */
  status: Status;
  /** Zero where the program is infeasible, unless it is solved softly. */
  weights: Float64Array;
  /** The active moments and their multipliers: of the optimum, or of the proof of infeasibility. */
  cuts: Cut[];
  multipliers: Float64Array;
  /** Worst violation of the template, by the weights above: in continuous time, or on its grid. */
  violation: number;
  /** With a grid: the worst violation of the same template in continuous time. */
  betweenPoints?: number;
  /** Largest residual of the optimality conditions; 0 without an objective or without a solution. */
  kkt: number;
  /**
   * With an objective other than the plain norm: its value, and the duality gap, by how much at most it is above the
   * least value that is possible; `solved` demands a gap of at most 1e-8 (1 + the value).
   */
  optimum?: { value: number; gap: number };
  /** If infeasible: a bound on the weights below which no solution exists; with bounds of their own, were all scaled alike. */
  boundNeeded: number;
  /** If infeasible: the spikes that the inputs cannot lift to the threshold, hardest first, and how far they can. */
  unreached: { time: number; reach: number }[];
  counters: Counters;
  /**
   * With `robust`: the factor by which the template was multiplied, which all else here refers to, and the least factor
   * that is proved impossible.
   */
  robust?: { factor: number; impossible: number };
  /** With `robust` noise, of a stored neuron: the noise gains of the weights of least norm and of the weights. */
  noise?: NoiseGain;
  /** With `soft`, of an impossible neuron: what its best weights, which are then the weights, do not meet, dearest first. */
  pays?: Payment[];
  /** With `levels`: the share by which all demands have to be lowered for the weights; up to 0.05 is called solved. */
  share?: number;
  /** With `levels`: the norm of the weights over that of the optimum without levels; 0 where there is none. */
  stretch?: number;
}

/** What concerns one neuron. */
export interface Part {
  /** Its part of each score. */
  memories: { score: Score; spikes: Float64Array }[];
  inputs: Inputs;
  box: Box;
  /** What each synapse costs the objective; 1 if not given. */
  costs?: Float64Array;
}

/** What "solved" promises: of the template in continuous time, and of the optimality conditions. */
export const PROMISE = 1e-8;

/** Grants or withholds "solved". */
export function judgeSolution(
  part: Part,
  template: Template,
  objective: Objective,
  solution: NeuronSolution & { prices?: Float64Array },
  buffers: Buffers,
): NeuronReport {
  const { memories, inputs, box } = part;
  const { weights, cuts, multipliers } = solution;
  const { grid, ...everywhere } = template;
  const combination = new Float64Array(weights.length);
  const slacks = new Float64Array(cuts.length);
  let [violation, betweenPoints] = [boxViolation(weights, box), 0];
  memories.forEach(({ score, spikes }, memory) => {
    const arrivals = arrivalsOf(score, inputs, buffers);
    const potential = potentialFrom(arrivals, weights, buffers);
    violation = Math.max(violation, templateViolation(potential, spikes, template));
    if (grid !== undefined) betweenPoints = Math.max(betweenPoints, templateViolation(potential, spikes, everywhere));
    if (objective === 'none') return;
    const own = cutsOf(memory, cuts, multipliers);
    cutSlacks(potential, own.cuts).forEach((slack, i) => {
      slacks[own.places[i]] = slack;
    });
    combineCuts(arrivals, weights.length, own.cuts, own.multipliers).forEach((value, k) => {
      combination[k] += value;
    });
  });
  const equality = cuts.map(({ kind }) => kind === 'spike');
  const plain = isLeastNorm(objective, part.costs);
  const terms = plain ? { value: 0 } : termsAt(objective, part, template.bound, weights, solution.prices);
  const limits = Float64Array.from(cuts, ({ limit }) => limit);
  const gap = plain
    ? 0
    : Math.abs(optimalityGap({ weights, ...box, multipliers, limits, combination, ...terms })) / (1 + terms.value);
  // Of the largest weight the gap says what stationarity would.
  const stationary = terms.peak ? new Float64Array() : weights;
  const claim = { weights: stationary, ...box, multipliers, slacks, equality, combination };
  const kkt = objective === 'none' ? 0 : kktResidual(plain ? claim : { ...claim, ...terms });
  const good = violation <= PROMISE && kkt <= PROMISE && gap <= PROMISE;
  const status = solution.status === 'solved' && !good ? 'stalled' : solution.status;
  const sampled = grid === undefined ? {} : { betweenPoints };
  return {
    status,
    weights,
    cuts: cuts.map(published),
    multipliers,
    counters: solution.counters,
    violation,
    ...sampled,
    kkt,
    ...(plain ? {} : { optimum: { value: terms.value, gap: gap * (1 + terms.value) } }),
    boundNeeded: 0,
    unreached: [],
  };
}

/** A cut as reports and files have it: without its number in a program that is gone. */
export const published = ({ time, kind, limit, memory }: Cut): Cut =>
  memory === undefined ? { time, kind, limit } : { time, kind, limit, memory };

/** The cuts of one score, where they stand among all, and their multipliers. */
export function cutsOf(memory: number, cuts: readonly Cut[], multipliers: Float64Array) {
  const places = cuts.flatMap((cut, i) => ((cut.memory ?? 0) === memory ? i : []));
  return { places, cuts: places.map((i) => cuts[i]), multipliers: Float64Array.from(places, (i) => multipliers[i]) };
}

/** Grants or withholds "infeasible". */
export function judgeProof(
  { memories, inputs, box }: Part,
  template: Template,
  solution: NeuronSolution,
): NeuronReport {
  const { cuts } = solution;
  // Rounding may leave the multiplier of an inequality a hair below zero; without it the proof is as good.
  const multipliers = solution.multipliers.map((y, i) => (cuts[i].kind === 'spike' ? y : Math.max(y, 0)));
  const weights = solution.weights.fill(0);
  const [combination, errors] = [new Float64Array(weights.length), new Float64Array(weights.length)];
  /** `free` is what a reset has left, whatever the weights. */
  const unreached: { time: number; reach: number; free: number }[] = [];
  let violation = 0;
  memories.forEach(({ score, spikes }, memory) => {
    const own = cutsOf(memory, cuts, multipliers);
    const arrivals = arrivalsOf(score, inputs);
    const part = combineCutsBounded(arrivals, weights.length, own.cuts, own.multipliers);
    for (let k = 0; k < weights.length; k++) {
      combination[k] += part.combination[k];
      errors[k] += part.errors[k] + (memory > 0 ? 2 ** -52 * Math.abs(combination[k]) : 0);
    }
    const potential = potentialFrom(arrivals, weights);
    violation = Math.max(violation, templateViolation(potential, spikes, template));
    reachOf(arrivals, spikes, box).forEach((reach, i) => {
      const free = valueAt(potential, spikes[i]);
      if (reach < 1 - (template.leeway ?? 0)) unreached.push({ time: spikes[i], reach, free });
    });
  });
  unreached.sort((p, q) => p.reach - q.reach);
  const factor = farkasBound({
    multipliers,
    limits: Float64Array.from(cuts, ({ limit }) => limit),
    equality: cuts.map(({ kind }) => kind === 'spike'),
    ...box,
    combination,
    errors,
  });
  // Two lower bounds: by the proof, and by the spike that is hardest to reach. Beyond 1e12 all is rounding.
  const hardest =
    unreached.length > 0 ? (1 - unreached[0].free) / Math.max(unreached[0].reach - unreached[0].free, 0) : 0;
  const asked = memories.every(
    ({ score }, memory) =>
      !inputs.own || limitsHold(score, inputs.own, template, cutsOf(memory, cuts, multipliers).cuts),
  );
  const needed = Math.max(factor, hardest);
  return {
    cuts: cuts.map(published),
    counters: solution.counters,
    status: factor > 1 && asked ? 'infeasible' : 'stalled',
    weights,
    multipliers,
    violation,
    kkt: 0,
    boundNeeded: factor > 1 ? (needed > 1e12 ? Number.POSITIVE_INFINITY : needed * template.bound) : 0,
    unreached: unreached.map(({ time, reach: most }) => ({ time, reach: most })),
  };
}
