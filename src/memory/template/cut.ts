/** What a program asks at single moments, and what is found there: the words that program and verifier have in common. */

/**
 * What a row says of a moment: the potential at a spike (`spike`, the only equality), the potential from below
 * (`above`) or from above (`level`, whose row is minus the potential), or the slope just after (`slope+`) or
 * just before (`slope-`), since the slope jumps at an arrival.
 */
export type CutKind = 'spike' | 'level' | 'slope+' | 'slope-' | 'above';
export const cutKinds: readonly CutKind[] = ['spike', 'level', 'slope+', 'slope-', 'above'];

/** What a row depends on. */
export interface Moment {
  /** In refractory periods, in [0, period). */
  readonly time: number;
  /** What is asked of it. */
  readonly kind: CutKind;
  /** Of several scores on the same weights, in which one; 0 if not given. */
  readonly memory?: number;
}

/** A linear demand on the weights: row . w >= limit, or = limit at a `spike`. */
export interface Cut extends Moment {
  /** In thresholds, or thresholds per refractory period. */
  readonly limit: number;
  /** Which of the program's demands it is part of, where that is known. */
  readonly demand?: number;
}

/** A cut that the potential violates, and by how much. */
export interface Violation extends Cut {
  readonly amount: number;
}

/** The slope jumps at an arrival: its limit from the left leaves the arrival out. */
export type Side = 'left' | 'right';

/** On which side of its moment a row looks: only a slope just after sees what arrives at the moment itself. */
export const sideOf = (kind: CutKind): Side => (kind === 'slope+' ? 'right' : 'left');

/** Where a potential, or its slope, is highest or lowest. */
export interface Extremum {
  time: number;
  value: number;
}
