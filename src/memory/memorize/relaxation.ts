/**
 * Demands that may be lowered. Beside the weights w stand variables x with a box of their own; demand d reads
 *
 *   row . w + slack_d >= limit,     slack_d = gain_d (x_c - origin_c),  c = column_d,
 *
 * and the objective is 1/2 |w|^2 + 1/2 |x|^2. So a row gets one more entry, and the solver stays what it is.
 *
 * Soft: one x >= origin > 0 for each demand, 1/2 x^2 = 1/2 origin^2 + price slack + 1/2 (slack / gain)^2: a price per unit, with
 * origin = price gain. A demand that can be met for less than its price is met.
 */
import type { Demand, DemandKind, Dynamics, Template } from '../template/index.js';

export interface Relaxation {
  /** The box of the x. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly origin: Float64Array;
  /** Per demand: which x lowers it. */
  readonly column: Int32Array;
  readonly gain: Float64Array;
}

/**
 * Prices per unit: a threshold of silence, a threshold per refractory period of slope, a threshold after a spike, a threshold at
 * a spike. A potential
 * that is off by e at a spike of slope s moves it by e / s: what decides about spike times is dearest.
 */
export const PRICES: Record<DemandKind, number> = { silence: 100, slope: 50, overdrive: 100, spike: 1000 };

/** A price on every demand; none is lowered further than to what the weights zero meet. */
export function softRelaxation(
  demands: readonly Demand[],
  { margin, slope, overdrive }: Template,
  { reset, membrane }: Pick<Dynamics, 'reset' | 'membrane'> = { reset: 0, membrane: 1 },
): Relaxation {
  const most: Record<DemandKind, number> = {
    silence: margin,
    slope: slope + Math.max(0, reset / membrane),
    overdrive: overdrive?.level ?? 0,
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
export const slackOf = ({ column, gain, origin }: Relaxation, x: ArrayLike<number>): Float64Array =>
  gain.map((unit, d) => Math.max(0, unit * (x[column[d]] - origin[column[d]])));
