/**
 * The least largest weight, s, by
 *
 *   w = x / c,   c = 1/s:      maximize c   subject to   n_i . x - b_i c >= 0 or = 0,   |x_k| <= 1,
 *
 * a linear program with one more variable. Bounds that are narrower than s are rows like others: u_k c - x_k >= 0.
 */
import { type Refined, refineSeparable } from '../../../../solvers/index.js';
import type { Cut } from '../../template/index.js';
import { TOLERANCE } from '../neuron.js';
import { type Norm, type NormSolution, ROUND_LIMIT, type Start } from './norm.js';

/** The least of the largest absolute weight. */
export interface Linf {
  /** Name of the aim. */
  readonly kind: 'linf';
}

/** Weights so many times smaller than the bound count as zero. */
const MOST = 1e6;

/** u_k c - x_k >= 0 or x_k - l_k c >= 0. */
interface BoundCut {
  readonly k: number;
  readonly sign: 1 | -1;
  readonly edge: number;
}

/** The bounds that some weights exceed. */
function exceeded(w: Float64Array, lower: Float64Array, upper: Float64Array): BoundCut[] {
  const found: BoundCut[] = [];
  w.forEach((value, k) => {
    if (value > upper[k] + TOLERANCE) found.push({ k, sign: -1, edge: upper[k] });
    else if (value < lower[k] - TOLERANCE) found.push({ k, sign: 1, edge: lower[k] });
  });
  return found;
}

function improve(_: Linf, { arena, lower, upper, weights: start, source, fill, answer }: Start): NormSolution {
  const n = start.length;
  const last = (values: Float64Array, value: number) => Float64Array.of(...values, value);
  const widest = Math.max(...lower.map(Math.abs), ...upper.map(Math.abs));
  const at = arena.alloc(8 * n);
  /** w = x / c, into a place of its own. */
  const read = (pointer: number) => {
    const x = arena.f64(pointer, n + 1);
    const w = arena.f64(at, n);
    for (let k = 0; k < n; k++) w[k] = x[k] / x[n];
    return w;
  };
  const lowest = lower.map((low) => (low < 0 ? -1 : 0));
  const highest = upper.map((high) => (high > 0 ? 1 : 0));
  const refined = refineSeparable<Cut | BoundCut>(
    arena,
    {
      price: last(fill(0), 0),
      gain: last(fill(0), n),
      metric: last(fill(1), 10),
      lower: last(lowest, 1 / widest),
      upper: last(highest, MOST / widest),
    },
    {
      equalities: source.equalities,
      likely: source.likely,
      centre: last(
        start.map((w) => w / widest),
        1 / widest,
      ),
      violated(pointer, spoiled) {
        const beyond = exceeded(read(pointer), lower, upper);
        return [...source.violated(at, spoiled), ...beyond];
      },
      write(cut, row) {
        if ('k' in cut) {
          const entries = arena.f64(row, n + 1).fill(0);
          entries[cut.k] = cut.sign;
          entries[n] = -cut.sign * cut.edge;
        } else {
          source.write(cut, row);
          arena.f64(row + 8 * n, 1)[0] = -cut.limit;
        }
      },
      limit: () => 0,
    },
    ROUND_LIMIT,
  );
  read(refined.weights);
  return answer({ ...refined, weights: at, ...rowsOf(refined, arena.f64(at, n)) });
}

/** The rows of the template, without those of bounds. Of the multipliers a multiple is known: it makes the rows worth the peak. */
function rowsOf({ cuts, multipliers }: Refined<Cut | BoundCut>, weights: Float64Array) {
  const own = cuts.map((_, i) => i).filter((i) => !('k' in cuts[i]));
  const peak = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  return {
    cuts: own.map((i) => cuts[i] as Cut),
    multipliers: Float64Array.from(own, (i) => (multipliers[i] * peak) / weights.length),
  };
}

export const linf: Norm<Linf, 'linf'> = {
  kind: 'linf',
  spelled: 'linf',
  help: 'linf',
  parse: (parameter) => (parameter === undefined ? { kind: 'linf' } : undefined),
  spell: () => 'linf',
  takesCosts: false,
  improve,
  terms: (_, { weights }) => ({ value: weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0), peak: true }),
};
