/**
 * The convex model of J at some weights (see noise.ts),
 *
 *   minimize 1/2 sum_k d_k (w_k - p_k)^2 + 1/2 sum_m u_m^2    subject to the template and s_m + gain_m u_m = aim_m,
 *
 * one u_m and one row per own spike; how it is solved, and what is claimed of the answer.
 */
import { type Refined, refineByCuts } from '../../../../solvers/index.js';
import type { Arena } from '../../../core/index.js';
import {
  boxViolation,
  type Course,
  type Cut,
  type Program,
  slopeAt,
  type Template,
  templateViolation,
} from '../../template/index.js';
import { gatherRows, isEquality, justified, limitsOf } from '../claim.js';
import type { SolvedClaim } from '../judge.js';
import type { NeuronProblem } from '../setting.js';
import type { Causes, Point } from './noise-gain.js';

const TOLERANCE = 1e-9;
const ROUND_LIMIT = 300;

/** Metric and centre of the weights, and the rows of the own spikes. */
export interface Model {
  d: Float64Array;
  p: Float64Array;
  gain: Float64Array;
  aim: Float64Array;
}

export function modelOf(
  causes: Causes,
  weights: Float64Array,
  at: Point,
  v: number,
  noise: number,
  norm: number,
): Model {
  const { firsts, starts, synapses, slopes, moments } = causes;
  const d = new Float64Array(weights.length).fill(2 * norm);
  const gradient = weights.map((w) => 2 * norm * w);
  const [gain, aim] = [new Float64Array(moments.length), new Float64Array(moments.length)];
  for (let m = 0; m < moments.length; m++) {
    const s = at.slope[m];
    const share = (2 * noise * v) / (s * s * moments.length);
    for (let n = firsts[m]; n < firsts[m + 1]; n++) {
      const count = starts[n + 1] - starts[n];
      let g = 0;
      for (let i = starts[n]; i < starts[n + 1]; i++) g += weights[synapses[i]] * slopes[i];
      for (let i = starts[n]; i < starts[n + 1]; i++) {
        gradient[synapses[i]] += share * g * slopes[i];
        d[synapses[i]] += share * count * slopes[i] * slopes[i];
      }
    }
    const curvature = (6 * noise * (1 + v * at.square[m])) / (s * s * s * s * moments.length);
    gain[m] = 1 / Math.sqrt(curvature);
    aim[m] = (4 / 3) * s;
  }
  return { d, p: weights.map((w, k) => w - gradient[k] / d[k]), gain, aim };
}

/** What the solver finds of a model: weights in the order of the synapses, and the u. */
export interface ModelSolution extends Pick<Refined<Cut>, 'cuts' | 'multipliers' | 'counters'> {
  weights: Float64Array;
  u: Float64Array;
}

/** The u are within +- this. */
const widest = ({ aim, gain }: Model): number =>
  aim.reduce((most, value, i) => Math.max(most, 10 * (value / gain[i])), 1);

/** Weights as the solver has them: x = sqrt(d) (w - p) in the order of the program. */
function variablesOf(order: Uint32Array, { d, p }: Model) {
  const root = Float64Array.from(order, (k) => Math.sqrt(d[k]));
  const shift = Float64Array.from(order, (k) => p[k]);
  return {
    root,
    shift,
    /** The x of values of the weights, and the ends of the u behind them. */
    bound(values: Float64Array, end: number, spikes: number) {
      const all = new Float64Array(order.length + spikes).fill(end);
      order.forEach((k, i) => {
        all[i] = root[i] * (values[k] - shift[i]);
      });
      return all;
    },
    weightsAt: (x: Float64Array) => x.map((value, i) => value / root[i] + shift[i]),
  };
}

/**
 * Solves a model under the template, or undefined. Of a row n the entries are n_k / sqrt(d_k), and n . p is taken off its
 * limit; behind them stand the u.
 */
export function solveModel(
  arena: Arena,
  { order, spikes, borders, scan, writeRow }: Program,
  { box }: NeuronProblem,
  { moments }: Causes,
  model: Model,
): ModelSolution | undefined {
  const { gain, aim } = model;
  const [n, m] = [order.length, moments.length];
  const { root, shift, bound, weightsAt } = variablesOf(order, model);
  const own = new Map(moments.map((moment, i) => [moment, i]));
  const at = arena.alloc(8 * n);
  /** Row times shift, of every row that was written. */
  const offsets = new Map<Cut, number>();
  const found = refineByCuts<Cut>(
    arena,
    bound(box.lower, -widest(model), m),
    bound(box.upper, widest(model), m),
    {
      equalities: [...spikes.filter(isEquality), ...moments],
      likely: borders,
      violated(x) {
        arena.f64(at, n).set(weightsAt(arena.f64(x, n)));
        return scan(at, TOLERANCE).sort((a, b) => b.amount - a.amount);
      },
      write(cut, row) {
        writeRow(cut, row);
        const entries = arena.f64(row, n + m);
        offsets.set(
          cut,
          shift.reduce((sum, value, i) => sum + entries[i] * value, 0),
        );
        for (let i = 0; i < n; i++) entries[i] /= root[i];
        entries.fill(0, n);
        const spike = own.get(cut);
        if (spike !== undefined) entries[n + spike] = gain[spike];
      },
      limit(cut) {
        const spike = own.get(cut);
        return (spike === undefined ? cut.limit : aim[spike]) - (offsets.get(cut) as number);
      },
    },
    ROUND_LIMIT,
  );
  if (found.status !== 'solved') return undefined;
  const weights = new Float64Array(n);
  weightsAt(arena.f64(found.weights, n)).forEach((weight, i) => {
    weights[order[i]] = weight;
  });
  return { ...found, weights, u: arena.f64(found.weights + 8 * n, m).slice() };
}

/** That the weights are the optimum of a model: x = clip(N'y) in the variables of the solver, from the plain potential. */
export function claimModel(
  neuron: NeuronProblem,
  template: Template,
  { moments }: Causes,
  model: Model,
  { weights, u, cuts, multipliers }: ModelSolution,
): SolvedClaim {
  const { memories, box } = neuron;
  const { d, p, gain, aim } = model;
  const own = new Map(moments.map((moment, i) => [moment, i]));
  let violation = boxViolation(weights, box);
  /** s_m + gain_m u_m - aim_m. */
  const residual = new Float64Array(moments.length);
  const root = d.map(Math.sqrt);
  const visit = (potential: Course, memory: number) => {
    violation = Math.max(violation, templateViolation(potential, memories[memory].spikes, template));
    moments.forEach((moment, m) => {
      if (moment.memory === memory) residual[m] = slopeAt(potential, moment.time, 'left') + gain[m] * u[m] - aim[m];
    });
  };
  const gathered = gatherRows(neuron, weights, { cuts, multipliers }, { visit, units: root });
  const slacks = gathered.slacks.map((slack, i) => {
    const spike = own.get(cuts[i]);
    return spike === undefined ? slack : residual[spike];
  });
  const scaled = (values: Float64Array, ofSpikes: Float64Array) =>
    Float64Array.of(...values.map((value, k) => root[k] * (value - p[k])), ...ofSpikes);
  const ends = new Float64Array(moments.length).fill(widest(model));
  const combination = Float64Array.of(...gathered.combination, ...new Float64Array(moments.length));
  cuts.forEach((cut, i) => {
    const spike = own.get(cut);
    if (spike !== undefined) combination[weights.length + spike] += gain[spike] * multipliers[i];
  });
  return {
    kind: 'solved',
    violation,
    optimality: {
      weights: scaled(weights, u),
      lower: scaled(
        box.lower,
        ends.map((end) => -end),
      ),
      upper: scaled(box.upper, ends),
      multipliers,
      limits: limitsOf(cuts),
      slacks,
      equality: cuts.map((cut) => isEquality(cut) || own.has(cut)),
      combination,
    },
    justified: justified(
      neuron,
      template,
      cuts.filter((cut) => !own.has(cut)),
    ),
  };
}
