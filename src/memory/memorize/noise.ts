/**
 * Weights under which threshold noise shifts the neuron's spikes least. To first order (see jitter-map.ts) own spike m moves by
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
import { kktResidual, refineByCuts } from '../../../solvers/index.js';
import type { Arena } from '../../core/index.js';
import { spikesOf } from '../score/index.js';
import {
  arrivalsOf,
  boxViolation,
  type Cut,
  combineCuts,
  cutSlacks,
  horizonFor,
  kernelSlope,
  type Program,
  potentialFrom,
  slopeAt,
  type Template,
  templateViolation,
} from '../template/index.js';
import { cutsOf, type NeuronReport, type Part, PROMISE, published } from './judge.js';

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
interface Causes {
  /** Groups of own spike m are [firsts[m], firsts[m + 1]). */
  firsts: Uint32Array;
  /** Entries of group n are [starts[n], starts[n + 1]): synapse k and h'(age). */
  starts: Uint32Array;
  synapses: Uint32Array;
  slopes: Float64Array;
  /** Own spikes: time and memory. */
  moments: Cut[];
}

function causesOf({ memories, inputs }: Part): Causes {
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

function pointOf({ firsts, starts, synapses, slopes, moments }: Causes, weights: Float64Array): Point {
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
interface Model {
  d: Float64Array;
  p: Float64Array;
  gain: Float64Array;
  aim: Float64Array;
}

function modelOf(causes: Causes, weights: Float64Array, at: Point, v: number, noise: number, norm: number): Model {
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

/** Solves a model under the template, and judges the optimum: its weights, cuts and residuals, or undefined. */
function solveModel(
  arena: Arena,
  { order, spikes, borders, scan, writeRow }: Program,
  part: Part,
  template: Template,
  { moments }: Causes,
  { d, p, gain, aim }: Model,
) {
  const { memories, inputs, box } = part;
  const [n, m] = [order.length, moments.length];
  // What the solver sees: x = sqrt(d) (w - p) in the order of the program, then the u.
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
  const wide = moments.reduce((most, _, i) => Math.max(most, 10 * (aim[i] / gain[i])), 1);
  const [lower, upper] = [bound(box.lower, -wide), bound(box.upper, wide)];
  const weightsAt = (x: number) => arena.f64(x, n).map((value, i) => value / root[i] + shift[i]);
  const product = (row: Float64Array) => shift.reduce((sum, value, i) => sum + row[i] * value, 0);
  const found = refineByCuts<Cut>(
    arena,
    lower,
    upper,
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
        offsets.set(cut, product(entries));
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
  const u = arena.f64(found.weights + 8 * n, m).slice();

  // The conditions of optimality, from the plain potential: x = clip(N'y) in the variables of the solver.
  const { cuts, multipliers, counters } = found;
  const combination = new Float64Array(n + m);
  const slacks = new Float64Array(cuts.length);
  let violation = boxViolation(weights, box);
  memories.forEach(({ score, spikes: prescribed }, memory) => {
    const arrivals = arrivalsOf(score, inputs);
    const potential = potentialFrom(arrivals, weights);
    violation = Math.max(violation, templateViolation(potential, prescribed, template));
    const part = cutsOf(memory, cuts, multipliers);
    cutSlacks(potential, part.cuts).forEach((slack, i) => {
      const spike = own.get(part.cuts[i]);
      slacks[part.places[i]] =
        spike === undefined
          ? slack
          : slopeAt(potential, moments[spike].time, 'left') + gain[spike] * u[spike] - aim[spike];
    });
    combineCuts(arrivals, n, part.cuts, part.multipliers).forEach((value, k) => {
      combination[k] += value / Math.sqrt(d[k]);
    });
  });
  cuts.forEach((cut, i) => {
    const spike = own.get(cut);
    if (spike !== undefined) combination[n + spike] += gain[spike] * multipliers[i];
  });
  const scaledBox = (values: Float64Array, ends: number) =>
    Float64Array.of(...values.map((value, k) => Math.sqrt(d[k]) * (value - p[k])), ...new Float64Array(m).fill(ends));
  const kkt = kktResidual({
    weights: Float64Array.of(...weights.map((w, k) => Math.sqrt(d[k]) * (w - p[k])), ...u),
    lower: scaledBox(box.lower, -wide),
    upper: scaledBox(box.upper, wide),
    multipliers,
    slacks,
    equality: cuts.map((cut) => cut.kind === 'spike' || own.has(cut)),
    combination,
  });
  if (!(violation <= PROMISE && kkt <= PROMISE)) return undefined;
  const kept = cuts.flatMap((cut, i) => (own.has(cut) ? [] : i));
  return {
    weights,
    violation,
    kkt,
    counters,
    cuts: kept.map((i) => published(cuts[i])),
    multipliers: Float64Array.from(kept, (i) => multipliers[i]),
  };
}

/**
 * The report of a stored neuron with the weights that minimize J; its own weights where no round makes J fall. The cuts are the
 * active moments of the last model.
 */
export function quieten(
  arena: Arena,
  programOf: () => Program,
  part: Part,
  template: Template,
  share: number,
  report: NeuronReport,
): NeuronReport {
  const causes = causesOf(part);
  if (causes.moments.length === 0) return { ...report, noise: { plain: 0, gain: 0 } };
  const first = pointOf(causes, report.weights);
  // v = F(v): q is linear in v.
  const spikes = first.slope.length;
  const own = first.slope.reduce((sum, s) => sum + 1 / (s * s), 0) / spikes;
  const passed = first.slope.reduce((sum, s, m) => sum + first.square[m] / (s * s), 0) / spikes;
  const v = passed < 1 ? own / (1 - passed) : own;
  const plain = squareOf(first, v);
  const [noise, norm] = [share / plain, (1 - share) / normOf(report.weights)];
  let [best, at, cost] = [report, first, 1];
  for (let round = 0; round < ROUNDS; round++) {
    const model = modelOf(causes, best.weights, at, v, noise, norm);
    const found = solveModel(arena, programOf(), part, template, causes, model);
    if (!found) break;
    const next = pointOf(causes, found.weights);
    const now = noise * squareOf(next, v) + norm * normOf(found.weights);
    if (!(now < cost)) break;
    const settled = now > cost * (1 - SETTLED);
    [best, at, cost] = [{ ...report, ...found }, next, now];
    if (settled) break;
  }
  return { ...best, noise: { plain: Math.sqrt(plain), gain: Math.sqrt(squareOf(at, v)) } };
}
