/**
 * The course of one neuron's potential through time under given weights, exact and in plain TypeScript: what the verifier
 * and the figures stand on. Each family has its own (default/course.ts, membrane/course.ts); none shares code with the
 * kernels, nor with the program of its family but the free part (dynamics.ts).
 */
import type { Cut, Extremum, Moment, Side } from './cut.js';
import type { Dynamics } from './dynamics.js';

/** Arrivals in order of time; after arrival i and before the next, z(t) = (a_i + b_i x) e^{-x}, x = t - t_i. */
export interface Potential {
  /** Arrival times, sorted; in [0, period) if there is a period. */
  readonly times: Float64Array;
  /** At each arrival. */
  readonly a: Float64Array;
  /** At each arrival. */
  readonly b: Float64Array;
  /** Infinity if the arrivals do not repeat: then the potential is zero before the first. */
  readonly period: number;
}

export interface Course {
  readonly period: number;
  /** What own spikes do to it; undefined in the default family, where they do nothing. */
  readonly dynamics?: Dynamics | undefined;
  /** Its pieces, in the default family. */
  readonly pieces?: Potential | undefined;
  /** The potential at t; at a spike that resets it, just before. */
  value(t: number): number;
  slope(t: number, side: Side): number;
  /** The highest potential above the line (t - end) rise in a closed window; rise is 0 unless given. */
  highest(begin: number, end: number, rise?: number): Extremum;
  /** The least slope in a closed window, both limits at an arrival inside, those at the window's ends from within. */
  flattest(begin: number, end: number): Extremum & { side: Side };
  /** What of the quantity of a row no weight makes. */
  free(moment: Moment): number;
}

/** What the verifier asks of weights: their potential, and what the same arrivals make of rows. */
export interface Checked {
  readonly course: Course;
  /** sum_i y_i n_i over cuts, per synapse. */
  combine(cuts: readonly Moment[], multipliers: Float64Array): Float64Array;
}

/** The potential at t; at a spike that resets it, just before. */
export const valueAt = (course: Course, t: number): number => course.value(t);

/** The slope of the potential at t, from the given side. */
export const slopeAt = (course: Course, t: number, side: Side): number => course.slope(t, side);

/** Where the potential is highest in a closed window, and how high. */
export const highestPotential = (course: Course, begin: number, end: number): Extremum => course.highest(begin, end);

/** Where the potential rises least in a closed window, and how steeply. */
export const flattestSlope = (course: Course, begin: number, end: number): Extremum & { side: Side } =>
  course.flattest(begin, end);

/** row . w - limit of a cut, from the potential that the weights w produce. */
export function slackOf(course: Course, cut: Cut): number {
  const { time, kind, limit } = cut;
  const free = course.free(cut);
  if (kind === 'spike' || kind === 'above') return course.value(time) - free - limit;
  if (kind === 'level') return -course.value(time) - free - limit;
  return course.slope(time, kind === 'slope+' ? 'right' : 'left') - free - limit;
}
