/**
 * Weights under which threshold noise shifts the neuron's spikes least. To first order (see measure/jitter-map.ts) own spike m moves by
 *
 *   x_m = ( sum_n g_mn x_n + e_m ) / s_m,     g_mn = sum of w_k h'(age) over the synapses that bring spike n,   s_m = z'(f_m)
 *
 * with e_m the error of the threshold. A neuron does not know the others: it takes their shifts x_n as independent, and as
 * large as its own. Per unit variance of e, with M own spikes in all memories,
 *
 *   F(w) = 1/M sum_m q_m / s_m^2,    q_m = 1 + v sum_n g_mn^2,    v = F at the weights of least norm w_0
 *
 * sqrt(F) is the *noise gain*. Alone it would drive all weights to their bounds; what is minimized, over the template, is
 *
 *   J(w) = share F(w) / F(w_0) + (1 - share) |w|^2 / |w_0|^2.
 *
 * F is not convex, its parts are: each round minimizes a convex model of J at the weights so far. 1 / s^2 becomes its
 * parabola 3 (s - 4/3 s_0)^2 / s_0^4 + const, which is Newton's step, and g_n^2 the bound that p numbers with a sum of g allow,
 * (sum_k a_k)^2 <= (sum_k a0_k)^2 + 2 g0 sum_k (a_k - a0_k) + p sum_k (a_k - a0_k)^2. With one variable u_m and one equality
 * row per own spike for the parabola, and scaled and shifted weights, the model is a program of least norm; its optimum is
 * judged. Rounds end when J no longer falls.
 */
import { type Refined, refineByCuts } from '../../../../solvers/index.js';
import { type Arena, EngramError, spread } from '../../../core/index.js';
import { spikesOf } from '../../score/index.js';
import {
  boxViolation,
  type Course,
  type Cut,
  horizonFor,
  kernelSlope,
  type Program,
  slopeAt,
  type Template,
  templateViolation,
} from '../../template/index.js';
import { gatherRows, isEquality, justified, limitsOf } from '../claim.js';
import { judge, type SolvedClaim } from '../judge.js';
import { isDefault } from '../model.js';
import { type BareReport, published } from '../report.js';
import type { NeuronProblem } from '../setting.js';
import type { AimRule, AnyAim, Tally, Task } from './aim.js';
import { spellNorm } from './norms.js';
import { checkShare, refuseGrid } from './refusals.js';
import { factorColumns } from './robust.js';

export interface Noise<Of extends AnyAim = AnyAim> {
  readonly kind: 'noise';
  /** The share of the noise gain in what is minimized, 0 < share < 1. */
  readonly share: number;
  /** Where the rounds start: l2. */
  readonly of: Of;
}

/** What noise adds to the report of a stored neuron: the gains of the weights of least norm and of the weights. */
export interface NoisePart {
  noise?: NoiseGain;
}

/** Noise gains sqrt(F): refractory periods of shift per threshold of noise, of the least norm and of the weights found. */
export interface NoiseGain {
  readonly plain: number;
  readonly gain: number;
}

const ROUNDS = 8;
/** Fall of J, relative to it, at which the rounds end. */
const SETTLED = 1e-3;
const TOLERANCE = 1e-9;
const ROUND_LIMIT = 300;
/** An older arrival changes a noise gain by less than its digits: kernel and slope are below 1e-10. */
const OLDEST = horizonFor(1e-10);

/** The causes of the own spikes: spike m of all memories has groups, a group is one spike of a source, by its synapses. */
export interface Causes {
  /** Groups of own spike m are [firsts[m], firsts[m + 1]). */
  firsts: Uint32Array;
  /** Entries of group n are [starts[n], starts[n + 1]): synapse k and h'(age). */
  starts: Uint32Array;
  synapses: Uint32Array;
  slopes: Float64Array;
  /** Own spikes: time and memory. */
  moments: Cut[];
}

export function causesOf({ memories, inputs }: NeuronProblem): Causes {
  const { sources, delays } = inputs;
  const bySource = new Map<number, number[]>();
  sources.forEach((source, k) => {
    const own = bySource.get(source);
    if (own) own.push(k);
    else bySource.set(source, [k]);
  });
  const [firsts, starts] = [[0], [0]];
  const [synapses, slopes]: [number[], number[]] = [[], []];
  const moments: Cut[] = [];
  memories.forEach(({ score, spikes }, memory) => {
    const { period } = score;
    for (const time of spikes) {
      for (const [source, own] of bySource) {
        const longest = own.reduce((most, k) => Math.max(most, delays[k]), 0);
        for (const spike of spikesOf(score, source)) {
          // This spike in the present period and in earlier ones, as long as any synapse still brings something of it.
          for (let age = time - spike; age < longest + OLDEST; age += period) {
            const before = synapses.length;
            for (const k of own) {
              const t = age - delays[k];
              if (!(t > 0 && t < OLDEST)) continue;
              synapses.push(k);
              slopes.push(kernelSlope(t));
            }
            if (synapses.length > before) starts.push(synapses.length);
          }
        }
      }
      firsts.push(starts.length - 1);
      moments.push({ time, kind: 'slope-', limit: 0, memory });
    }
  });
  return {
    firsts: Uint32Array.from(firsts),
    starts: Uint32Array.from(starts),
    synapses: Uint32Array.from(synapses),
    slopes: Float64Array.from(slopes),
    moments,
  };
}

/** Of every own spike: s_m and sum_n g_mn^2. */
interface Point {
  slope: Float64Array;
  square: Float64Array;
}

export function pointOf({ firsts, starts, synapses, slopes, moments }: Causes, weights: Float64Array): Point {
  const [slope, square] = [new Float64Array(moments.length), new Float64Array(moments.length)];
  for (let m = 0; m < moments.length; m++) {
    for (let n = firsts[m]; n < firsts[m + 1]; n++) {
      let g = 0;
      for (let i = starts[n]; i < starts[n + 1]; i++) g += weights[synapses[i]] * slopes[i];
      slope[m] += g;
      square[m] += g * g;
    }
  }
  return { slope, square };
}

const squareOf = ({ slope, square }: Point, v: number): number =>
  slope.reduce((sum, s, m) => sum + (1 + v * square[m]) / (s * s), 0) / slope.length;

const normOf = (weights: Float64Array) => weights.reduce((sum, w) => sum + w * w, 0);

/** The model of J: minimize 1/2 sum_k d_k (w_k - p_k)^2 + 1/2 sum_m u_m^2, with s_m + gain_m u_m = aim_m. */
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

/**
 * Solves a model under the template, or undefined. The variables are x = sqrt(d) (w - p) in the order of the program, then the u;
 * so of a row n the entries are n_k / sqrt(d_k), and n . p is taken off its limit.
 */
export function solveModel(
  arena: Arena,
  { order, spikes, borders, scan, writeRow }: Program,
  { box }: NeuronProblem,
  { moments }: Causes,
  model: Model,
): ModelSolution | undefined {
  const { d, p, gain, aim } = model;
  const [n, m] = [order.length, moments.length];
  const root = Float64Array.from(order, (k) => Math.sqrt(d[k]));
  const shift = Float64Array.from(order, (k) => p[k]);
  const bound = (values: Float64Array, wide: number) => {
    const all = new Float64Array(n + m).fill(wide);
    for (let i = 0; i < n; i++) all[i] = root[i] * (values[order[i]] - shift[i]);
    return all;
  };
  const own = new Map(moments.map((moment, i) => [moment, i]));
  const at = arena.alloc(8 * n);
  /** Row times shift, of every row that was written. */
  const offsets = new Map<Cut, number>();
  const weightsAt = (x: number) => arena.f64(x, n).map((value, i) => value / root[i] + shift[i]);
  const found = refineByCuts<Cut>(
    arena,
    bound(box.lower, -widest(model)),
    bound(box.upper, widest(model)),
    {
      equalities: [...spikes, ...moments],
      likely: borders,
      violated(x) {
        arena.f64(at, n).set(weightsAt(x));
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
  weightsAt(found.weights).forEach((weight, i) => {
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

/** The optimum of a model as the judge grants it, or undefined. */
function optimumOf({ arena, neuron, programOf }: Task, template: Template, causes: Causes, model: Model) {
  const solution = solveModel(arena, programOf(template), neuron, causes, model);
  if (!solution) return undefined;
  const claim = claimModel(neuron, template, causes, model, solution);
  const { granted, kkt } = judge(claim);
  if (!granted) return undefined;
  const { weights, cuts, multipliers, counters } = solution;
  const own = new Set(causes.moments);
  const kept = cuts.flatMap((cut, i) => (own.has(cut) ? [] : i));
  return {
    weights,
    violation: claim.violation,
    kkt,
    counters,
    cuts: kept.map((i) => published(cuts[i])),
    multipliers: Float64Array.from(kept, (i) => multipliers[i]),
  };
}

/** F at a point as large as v is, and v = F(v): q is linear in v. */
function variance({ slope, square }: Point): number {
  const spikes = slope.length;
  const own = slope.reduce((sum, s) => sum + 1 / (s * s), 0) / spikes;
  const passed = slope.reduce((sum, s, m) => sum + square[m] / (s * s), 0) / spikes;
  return passed < 1 ? own / (1 - passed) : own;
}

/** What is known of some weights: where they are, and J there. */
interface Step {
  report: BareReport;
  at: Point;
  cost: number;
}

/**
 * The report of a stored neuron with the weights that minimize J; its own weights where no round makes J fall. The cuts are the
 * active moments of the last model.
 */
function minimizeNoiseGain(task: Task, template: Template, share: number, report: BareReport): BareReport & NoisePart {
  const causes = causesOf(task.neuron);
  if (causes.moments.length === 0) return { ...report, noise: { plain: 0, gain: 0 } };
  const first = pointOf(causes, report.weights);
  const v = variance(first);
  const plain = squareOf(first, v);
  const [noise, norm] = [share / plain, (1 - share) / normOf(report.weights)];
  let best: Step = { report, at: first, cost: 1 };
  for (let round = 0; round < ROUNDS; round++) {
    const model = modelOf(causes, best.report.weights, best.at, v, noise, norm);
    const found = optimumOf(task, template, causes, model);
    if (!found) break;
    const at = pointOf(causes, found.weights);
    const cost = noise * squareOf(at, v) + norm * normOf(found.weights);
    if (!(cost < best.cost)) break;
    const settled = cost > best.cost * (1 - SETTLED);
    best = { report: { ...report, ...found }, at, cost };
    if (settled) break;
  }
  return { ...best.report, noise: { plain: Math.sqrt(plain), gain: Math.sqrt(squareOf(best.at, v)) } };
}

const noiseOf = (report: BareReport) => (report as NoisePart).noise;

type Spread = NonNullable<ReturnType<typeof spread>>;

function tally({ share }: Noise, tau0: number): Tally {
  const [plain, gain]: number[][] = [[], []];
  const inMs = ({ least, median, most }: Spread): Spread => ({
    least: least * tau0 * 1e3,
    median: median * tau0 * 1e3,
    most: most * tau0 * 1e3,
  });
  return {
    add(report) {
      const found = noiseOf(report);
      if (!found || !(found.plain > 0)) return;
      plain.push(found.plain);
      gain.push(found.gain);
    },
    tell() {
      const [before, after] = [spread(plain), spread(gain)];
      const asked = { what: 'noise', share };
      if (!before || !after) return { json: { robust: asked } };
      const gains = { noise_gain_ms: inMs(after), noise_gain_plain_ms: inMs(before) };
      const shown = ({ median }: Spread) => `${Number(median.toPrecision(3))} ms`;
      const text = `noise of the thresholds shifts spikes by ${shown(gains.noise_gain_ms)} per threshold of noise, with weights of least norm by ${shown(gains.noise_gain_plain_ms)} (medians)`;
      return { json: { robust: { ...asked, ...gains } }, line: { label: 'robust', text } };
    },
  };
}

export const noise: AimRule<Noise> = {
  kind: 'noise',
  checkModel(_, { model }) {
    if (!isDefault(model)) {
      throw new EngramError('usage', 'the noise gain is known of the default neuron only; leave out noise');
    }
  },
  check({ share, of }, { template }) {
    refuseGrid(template);
    if (of.kind === 'levels') {
      throw new EngramError('usage', 'weights of least noise gain are not on levels: leave one of the two out');
    }
    if (of.kind !== 'l2') {
      throw new EngramError(
        'usage',
        `least noise gain starts from weights of least norm; the objective is ${spellNorm(of)}`,
      );
    }
    checkShare(share);
  },
  solve({ share, of }, task, template) {
    const report = task.solve(of, template);
    return report.status === 'solved' ? minimizeNoiseGain(task, template, share, report) : report;
  },
  columns: [
    ...factorColumns,
    { name: 'noise_gain', values: 'noise gains', of: (report) => noiseOf(report)?.gain, none: 0, unread: true },
    { name: 'noise_gain_plain', values: 'noise gains', of: (report) => noiseOf(report)?.plain, none: 0, unread: true },
  ],
  tally,
};
