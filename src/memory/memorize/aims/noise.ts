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
import { EngramError, spread } from '../../../core/index.js';
import type { Template } from '../../template/index.js';
import { judge } from '../judge.js';
import { isDefault } from '../model.js';
import { type BareReport, published } from '../report.js';
import type { AimRule, AnyAim, Tally, Task } from './aim.js';
import { type Causes, causesOf, type Point, pointOf, squareOf, variance } from './noise-gain.js';
import { claimModel, type Model, modelOf, solveModel } from './noise-model.js';
import { spellNorm } from './norms.js';
import { checkShare, refuseGrid } from './refusals.js';
import { factorColumns } from './robust.js';

/** Of least noise gain: spikes shift little when thresholds are noisy. */
export interface Noise<Of extends AnyAim = AnyAim> {
  /** Name of the aim. */
  readonly kind: 'noise';
  /** The share of the noise gain in what is minimized, 0 < share < 1. */
  readonly share: number;
  /** Where the rounds start: l2. */
  readonly of: Of;
}

/** What noise adds to the report of a stored neuron. */
export interface NoisePart {
  /** Noise gains before and after. */
  noise?: NoiseGain;
}

/** Noise gains sqrt(F), in refractory periods of shift per threshold of noise. */
export interface NoiseGain {
  /** Of the weights of least norm. */
  readonly plain: number;
  /** Of the weights found. */
  readonly gain: number;
}

const ROUNDS = 8;
/** Fall of J, relative to it, at which the rounds end. */
const SETTLED = 1e-3;

const normOf = (weights: Float64Array) => weights.reduce((sum, w) => sum + w * w, 0);

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
