/** What is reported of a neuron: the verdict of the judge, the weights, and the rows that it rests on. */
import type { Counters, Status } from '../../../solvers/index.js';
import {
  arrivalsOf,
  type Box,
  type Cut,
  potentialFrom,
  reachOf,
  type Template,
  templateViolation,
  valueAt,
} from '../template/index.js';
import { infeasible, type Rows } from './claim.js';
import { judge } from './judge.js';
import type { NeuronSolution } from './neuron.js';
import type { NeuronProblem } from './setting.js';

/** What the reports of all aims have; an aim adds its own part (see aims/). */
export interface BareReport {
  /** As granted by the judge; `roundLimit` and `stalled` leave the neuron undecided. */
  status: Status;
  /** One per synapse, in thresholds; zero where the program is infeasible, unless it is solved softly. */
  weights: Float64Array;
  /** The active moments: of the optimum, or of the proof of infeasibility. */
  cuts: Cut[];
  /** One for each of `cuts`. */
  multipliers: Float64Array;
  /** Worst violation of the template, by the weights above: in continuous time, or on its grid. */
  violation: number;
  /** With a grid: the worst violation of the same template in continuous time. */
  betweenPoints?: number;
  /** Largest residual of the optimality conditions; 0 without an objective or without a solution. */
  kkt: number;
  /** If infeasible: a bound on the weights below which no solution exists; with bounds of their own, were all scaled alike. */
  boundNeeded: number;
  /** If infeasible, and synapses are of one sign: whether the proof fails once each may have either within the same bound. */
  signed?: boolean;
  /** If infeasible: the spikes that the inputs cannot lift to the threshold, hardest first. */
  unreached: {
    /** Time of the spike, in refractory periods. */
    time: number;
    /** The highest potential that weights within the bounds give there, in thresholds. */
    reach: number;
    /** Of several memories, in which one. */
    memory?: number;
  }[];
  /** Work done, the same on every machine. */
  counters: Counters;
}

/** A cut as reports and files have it: without its number in a program that is gone. */
export const published = ({ time, kind, limit, memory }: Cut): Cut =>
  memory === undefined ? { time, kind, limit } : { time, kind, limit, memory };

/** How the weights zero fail: the worst violation, and the spikes out of reach, hardest first. */
function failureOf({ memories, inputs, box }: NeuronProblem, zero: Float64Array, template: Template) {
  /** `free` is what a reset has left, whatever the weights. */
  const unreached: { time: number; reach: number; free: number; memory: number }[] = [];
  let violation = 0;
  for (const [memory, { score, spikes }] of memories.entries()) {
    const arrivals = arrivalsOf(score, inputs);
    const potential = potentialFrom(arrivals, zero);
    violation = Math.max(violation, templateViolation(potential, spikes, template));
    reachOf(arrivals, spikes, box).forEach((reach, i) => {
      const free = valueAt(potential, spikes[i]);
      if (reach < 1 - (template.leeway ?? 0)) unreached.push({ time: spikes[i], reach, free, memory });
    });
  }
  return { violation, unreached: unreached.sort((p, q) => p.reach - q.reach) };
}

/** The demand of one spike alone, as a proof: no weights in the box lift the potential to the threshold there. */
function outOfReach(
  { time, free, memory }: { time: number; free: number; memory: number },
  { memories }: NeuronProblem,
  { leeway = 0 }: Template,
): Rows {
  const kind = leeway > 0 ? 'above' : 'spike';
  const cut: Cut = { time, kind, limit: 1 - leeway - free };
  return { cuts: [memories.length > 1 ? { ...cut, memory } : cut], multipliers: Float64Array.of(1) };
}

/** The box with either sign, within the same bound, for the synapses of one sign; undefined if there are none. */
export function unsigned({ lower, upper }: Box): Box | undefined {
  const oneSided = (k: number) => lower[k] >= 0 !== upper[k] <= 0;
  if (!upper.some((_, k) => oneSided(k))) return undefined;
  return {
    lower: lower.map((least, k) => (oneSided(k) ? Math.min(least, -upper[k]) : least)),
    upper: upper.map((most, k) => (oneSided(k) ? Math.max(most, -lower[k]) : most)),
  };
}

/** The report of a neuron that is said to be impossible: `infeasible` if its multipliers prove it. */
export function infeasibleReport(neuron: NeuronProblem, template: Template, solution: NeuronSolution): BareReport {
  const { cuts, counters } = solution;
  // Rounding may leave the multiplier of an inequality a hair below zero; without it the proof is as good.
  const found = {
    cuts,
    multipliers: solution.multipliers.map((y, i) => (cuts[i].kind === 'spike' ? y : Math.max(y, 0))),
  };
  const weights = new Float64Array(neuron.inputs.delays.length);
  const { violation, unreached } = failureOf(neuron, weights, template);
  // A spike out of reach is a proof of its own, often the stronger one: that proof is kept which asks for the wider bound.
  const alone = unreached.slice(0, 1).map((spike) => outOfReach(spike, neuron, template));
  const proofs = [found, ...alone].map((rows) => ({ rows, ...judge(infeasible(neuron, template, rows)) }));
  const { rows, granted, factor } = proofs.reduce((best, proof) => (proof.factor > best.factor ? proof : best));
  const free = granted && unsigned(neuron.box);
  return {
    status: granted ? 'infeasible' : 'stalled',
    weights,
    cuts: rows.cuts.map(published),
    multipliers: rows.multipliers,
    violation,
    kkt: 0,
    // Beyond 1e12 all is rounding.
    boundNeeded: granted ? (factor > 1e12 ? Number.POSITIVE_INFINITY : factor * template.bound) : 0,
    ...(free ? { signed: !judge(infeasible({ ...neuron, box: free }, template, rows)).granted } : {}),
    unreached: unreached.map(({ time, reach, memory }) => ({
      time,
      reach,
      ...(neuron.memories.length > 1 ? { memory } : {}),
    })),
    counters,
  };
}
