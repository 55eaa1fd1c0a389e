/**
 * Demands that may be lowered. Beside the weights w stand variables x with a box of their own; demand d reads
 *
 *   row . w + ease_d >= limit,     ease_d = gain_d (x_c - origin_c),  c = column_d,
 *
 * and the objective is 1/2 |w|^2 + 1/2 |x|^2. So a row gets one more entry, and the solver stays what it is.
 *
 * Robust: one x for a whole family of templates, of which the steepest is written down (factor `MOST`) and
 * x tells how far below it the potential stays, factor = MOST - GAIN x. With a small gain the price of x,
 * (MOST - factor)^2 / (2 GAIN^2), outweighs any norm of the weights: the factor is the largest there is (exact
 * regularization; Mangasarian and Meyer 1979).
 *
 * Soft: one x >= origin > 0 for each demand, 1/2 x^2 = 1/2 origin^2 + price ease + 1/2 (ease / gain)^2: a price per unit, with
 * origin = price gain. A demand that can be met for less than its price is met.
 */
import { type Demand, type DemandKind, type Dynamics, scaled, type Template } from '../template/index.js';

export interface Easing {
  /** The box of the x. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly origin: Float64Array;
  /** Per demand: which x lowers it, -1 for none. */
  readonly column: Int32Array;
  readonly gain: Float64Array;
}

/** What grows with the factor, and how far of the way from the template itself to the most that is possible, 0 < share < 1. */
export interface Robust {
  readonly what: 'margin' | 'slope' | 'both';
  readonly share: number;
}

/** Largest factor that is tried. */
export const MOST = 10;
const GAIN = 3e-2;

/** The family of templates `scaled(template, what, factor)`, 1 <= factor <= MOST, for a program of the one with MOST. */
export function robustEasing(demands: readonly Demand[], template: Template, what: Robust['what']): Easing {
  const unit: Record<DemandKind, number> = {
    silence: scaled(template, what, 2).margin - template.margin,
    slope: scaled(template, what, 2).slope - template.slope,
    spike: 0,
  };
  return {
    lower: Float64Array.of(0),
    upper: Float64Array.of((MOST - 1) / GAIN),
    origin: Float64Array.of(0),
    column: Int32Array.from(demands, ({ kind }) => (unit[kind] > 0 ? 0 : -1)),
    gain: Float64Array.from(demands, ({ kind }) => GAIN * unit[kind]),
  };
}

export const factorOf = (x: Float64Array): number => MOST - GAIN * x[0];

/**
 * Prices per unit: a threshold of silence, a threshold per refractory period of slope, a threshold at a spike. A potential
 * that is off by e at a spike of slope s moves it by e / s: what decides about spike times is dearest.
 */
export const PRICES: Record<DemandKind, number> = { silence: 100, slope: 50, spike: 1000 };

/** A price on every demand; none is lowered further than to what the weights zero meet. */
export function softEasing(
  demands: readonly Demand[],
  { margin, slope }: Template,
  { reset, membrane }: Pick<Dynamics, 'reset' | 'membrane'> = { reset: 0, membrane: 1 },
): Easing {
  const most: Record<DemandKind, number> = {
    silence: margin,
    slope: slope + Math.max(0, reset / membrane),
    spike: 1 + Math.max(0, -reset),
  };
  const origin = Float64Array.from(demands, ({ kind }) => PRICES[kind]);
  return {
    lower: origin,
    upper: origin.map((price, d) => price + most[demands[d].kind]),
    origin,
    column: Int32Array.from(demands, (_, d) => d),
    gain: new Float64Array(demands.length).fill(1),
  };
}

/** By how much every demand is lowered. */
export const easeOf = ({ column, gain, origin }: Easing, x: ArrayLike<number>): Float64Array =>
  gain.map((unit, d) => (column[d] < 0 ? 0 : Math.max(0, unit * (x[column[d]] - origin[column[d]]))));
