/**
 * How much more than its template a neuron can keep: the largest factor c by which margin, slope, or both can be multiplied.
 *
 *   maximize c   subject to   z(f_j) = 1,   z <= 1 - c margin in silence,   z' >= c slope around spikes,   w in the box
 *
 * One linear program in w and c, by Newton's method on the dual with curvature that is only lent, from the weights of least norm
 * and warm from cut to cut. Its multipliers y prove that more is impossible: at a factor c they demand sum_i y_i b_i(c),
 * which grows with c, while the box supplies what it did.
 * At the most nearly all weights are at their bounds; what is stored is a template on the way there.
 */
import { refineSeparable } from '../../../../solvers/index.js';
import { type Arena, demandOneOf, EngramError, spread } from '../../../core/index.js';
import {
  type Box,
  type Cut,
  type DemandKind,
  type Program,
  type Scaled,
  scaled,
  type Template,
} from '../../template/index.js';
import { gatherProof, isEquality, justified } from '../claim.js';
import { judge } from '../judge.js';
import { resetsOf } from '../model.js';
import { mostUrgent, solveNeuron } from '../neuron.js';
import type { BareReport } from '../report.js';
import type { NeuronProblem } from '../setting.js';
import type { AimOption, AimRule, AnyAim, Column, Tally, Task } from './aim.js';
import { checkShare, refuseGrid, refuseRamp } from './refusals.js';

/** Weights that keep a stricter template than is asked for. */
export interface Robust<Of extends AnyAim = AnyAim> {
  /** Name of the aim. */
  readonly kind: 'robust';
  /** What grows with the factor. */
  readonly what: Scaled;
  /** How far of the way from the template itself to the most that is possible, 0 < share < 1. */
  readonly share: number;
  /** What is wanted of the weights that keep the grown template. */
  readonly of: Of;
}

/** What robust adds to a report; all else in the report refers to the grown template. */
export interface RobustPart {
  /** How far the template has grown. */
  robust?: {
    /** By what it was multiplied. */
    factor: number;
    /** The least factor that is proved impossible. */
    impossible: number;
  };
}

/** Largest factor that is tried. */
export const MOST = 10;
/** Violation up to which the largest factor is computed. */
const TOLERANCE = 1e-9;
const ROUND_LIMIT = 3000;
/** Excesses over the factor, relative to it, at which a proof is looked for. */
const EXCESSES = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1];

export interface Factor {
  most: number;
  cuts: Cut[];
  multipliers: Float64Array;
}

/**
 * The factor at the given share of the way to the largest one, and the least factor that is proved impossible. Both are
 * 1 where the template itself is impossible; `impossible` is Infinity where nothing is proved.
 */
export function findFactor(
  { arena, neuron, programOf }: Pick<Task, 'arena' | 'neuron' | 'programOf'>,
  template: Template,
  what: Scaled,
  share: number,
): { factor: number; impossible: number } {
  const plain = solveNeuron(arena, programOf(template), neuron.box, 'l2');
  if (plain.status === 'infeasible') return { factor: 1, impossible: 1 };
  const steepest = programOf(scaled(template, what, MOST));
  const found = plain.status === 'solved' && largestFactor(arena, steepest, neuron.box, template, what, plain.weights);
  if (!found) return { factor: 1, impossible: Number.POSITIVE_INFINITY };
  return { factor: 1 + share * (found.most - 1), impossible: leastImpossible(neuron, found, template, what) };
}

/**
 * The program with c behind the weights: a demand that grows by `unit` per factor has the entry -unit there. `program` is
 * that of the template with the factor `MOST`, `start` obeys the one with the factor 1. Undefined if it is not solved.
 */
export function largestFactor(
  arena: Arena,
  { order, spikes, borders, demands, scan, writeRow }: Program,
  { lower, upper }: Box,
  template: Template,
  what: Scaled,
  start: Float64Array,
): Factor | undefined {
  const synapses = order.length;
  const twice = scaled(template, what, 2);
  const unit: Record<DemandKind, number> = {
    silence: twice.margin - template.margin,
    slope: twice.slope - template.slope,
    overdrive: 0,
    spike: 0,
  };
  const units = Float64Array.from(demands, ({ kind }) => unit[kind]);
  const unitOf = ({ demand }: Cut) => units[demand as number];
  const withFactor = (weights: (k: number) => number, factor: number) =>
    Float64Array.from({ length: synapses + 1 }, (_, i) => (i < synapses ? weights(order[i]) : factor));
  const widest = Math.max(...lower.map(Math.abs), ...upper.map(Math.abs));
  const factorAt = (x: number) => arena.f64(x + 8 * synapses, 1)[0];
  const { status, weights, cuts, multipliers } = refineSeparable<Cut>(
    arena,
    {
      price: withFactor(() => 0, 0),
      // Any positive gain asks for the same; as large as the number of weights it outweighs what is lent of curvature.
      gain: withFactor(() => 0, synapses),
      metric: withFactor(() => 1 / (widest * widest), 1),
      lower: withFactor((k) => lower[k], 1),
      upper: withFactor((k) => upper[k], MOST),
    },
    {
      centre: withFactor((k) => start[k], 1),
      equalities: spikes.filter(isEquality),
      likely: [...spikes.filter((cut) => !isEquality(cut)), ...borders],
      violated(x) {
        const below = MOST - factorAt(x);
        const slack = units.map((one) => one * below);
        return mostUrgent(scan(x, TOLERANCE, slack));
      },
      write(cut, row) {
        writeRow(cut, row);
        arena.f64(row + 8 * synapses, 1)[0] = -unitOf(cut);
      },
      limit: (cut) => cut.limit - unitOf(cut) * MOST,
    },
    ROUND_LIMIT,
  );
  return status === 'solved' ? { most: factorAt(weights), cuts, multipliers } : undefined;
}

/** The limits of cuts of the steepest template, were it another one of the family. */
const demanded = (cuts: readonly Cut[], steepest: Template, { margin, slope }: Template): Float64Array =>
  Float64Array.from(cuts, ({ kind, limit }) =>
    kind === 'spike' || kind === 'above'
      ? limit
      : kind === 'level'
        ? limit + margin - steepest.margin
        : limit + slope - steepest.slope,
  );

/** The least factor above the largest one found that the multipliers prove impossible; Infinity if there is none. */
export function leastImpossible(
  neuron: NeuronProblem,
  { most, cuts, multipliers }: Factor,
  template: Template,
  what: Scaled,
): number {
  const steepest = scaled(template, what, MOST);
  const rows = { equality: cuts.map(isEquality), ...neuron.box, ...gatherProof(neuron, { cuts, multipliers }) };
  const good = justified(neuron, steepest, cuts);
  const excess = EXCESSES.find((share) => {
    const limits = demanded(cuts, steepest, scaled(template, what, most * (1 + share)));
    return judge({ kind: 'infeasible', proof: { multipliers, limits, ...rows }, justified: good }).granted;
  });
  return excess === undefined ? Number.POSITIVE_INFINITY : most * (1 + excess);
}

/** The template that a neuron with this factor keeps; that of noise stays. */
export const robustTemplate = (
  template: Template,
  { what }: { readonly what: Scaled | 'noise' },
  factor: number,
): Template => (what === 'noise' ? template : scaled(template, what, factor));

/** Robust weights, or those of noise, as they are typed: `both`, `noise:75%`. */
export interface RobustSpelling {
  /** What of the template grows; or the gain of noise is kept low. */
  readonly what: Scaled | 'noise';
  /** How far of the way to the most that is possible, above 0 and below 1: 0.75 for 75%. */
  readonly share: number;
}

const robustOption: AimOption<RobustSpelling> = {
  flags: '--robust <what[:share]>',
  about:
    'deeper silence (margin), steeper slopes (slope) or both, by this share of the way to the most, or a least gain of noise against short weights (noise); default share: 50%',
  parse(text) {
    const parts = /^(margin|slope|both|noise)(?::(\d+(?:\.\d+)?)%)?$/.exec(text);
    const share = Number(parts?.[2] ?? 50) / 100;
    return parts && share > 0 && share < 1 ? { what: parts[1] as RobustSpelling['what'], share } : undefined;
  },
  allowed: 'margin, slope, both or noise, with or without a share above 0% and below 100% such as both:75%',
};

const factorOf = (report: BareReport) => (report as RobustPart).robust;

export const factorColumns: readonly Column[] = [
  { name: 'robust_factor', values: 'factors', of: (report) => factorOf(report)?.factor, none: 1 },
  { name: 'robust_impossible', values: 'factors', of: (report) => factorOf(report)?.impossible, none: 1 },
];

const GROWN = { margin: 'margins', slope: 'slopes', both: 'margins and slopes' };

function tally({ what, share }: Robust): Tally {
  const factors: number[] = [];
  return {
    add(report) {
      const found = factorOf(report);
      if (found) factors.push(found.factor);
    },
    tell() {
      const found = spread(factors);
      const json = { robust: { what, share, ...found } };
      if (!found) return { json };
      const [least, median, most] = [found.least, found.median, found.most].map((factor) => factor.toFixed(2));
      const text = `${GROWN[what]} ${least} to ${most} times what was asked, median ${median} · ${100 * share} % of the way to the most`;
      return { json, line: { label: 'robust', text } };
    },
  };
}

export const robust: AimRule<Robust> = {
  kind: 'robust',
  checkModel({ what }, { model, template }) {
    if (!resetsOf(model)) return;
    if (what !== 'slope') {
      throw new EngramError(
        'usage',
        'a neuron that resets cannot be silent below the potential after a spike: of robust only the slope is possible',
      );
    }
    refuseRamp(template);
  },
  check({ share, what }, { template }) {
    demandOneOf('what is made robust', what, ['margin', 'slope', 'both']);
    refuseGrid(template);
    checkShare(share);
  },
  solve({ what, share, of }, task, template): BareReport & RobustPart {
    const found = findFactor(task, template, what, share);
    return { ...task.solve(of, scaled(template, what, found.factor)), robust: found };
  },
  columns: factorColumns,
  option: robustOption,
  tally,
};
