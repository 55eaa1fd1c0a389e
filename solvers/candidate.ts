/** What the methods and the judge say to each other. All of it in the scaled variables. */
import type { Program } from './problem.js';
import type { Status } from './status.js';
import { vector } from './vectors.js';

/** A point with multipliers of rows and bounds. */
export interface Point {
  x: Float64Array;
  y: Float64Array;
  z: Float64Array;
}

/** The judge, as a method sees it: every claim is granted on the original data or not at all. */
export interface Judge {
  solved(point: Point): boolean;
  infeasible(y: Float64Array): boolean;
  /** Whether a method is to end where x runs away, so that a ray is looked for. */
  looks: boolean;
}

/** What a method has come to. `infeasible` and `unbounded` have been granted; `solved` may still be weaker. */
export interface Candidate extends Point {
  status: Status;
  ray?: Float64Array;
  /** Whether x has run away; see `Judge`. */
  far?: boolean;
  work: Work;
}

/** Work done, the same on every machine. */
export interface Work {
  /** Rounds of constraints (active set) or steps (interior point). */
  rounds: number;
  /** Centres of the proximal iteration, or steps of a model from one optimum to the next. */
  centres: number;
  /** Constraints taken up into the active set. */
  additions: number;
  /** Constraints let go. */
  removals: number;
}

export const noWork = (): Work => ({ rounds: 0, centres: 0, additions: 0, removals: 0 });

/** The origin without multipliers. */
export const noPoint = ({ n, m }: Pick<Program, 'n' | 'm'>): Point => ({
  x: vector(n),
  y: vector(m),
  z: vector(n),
});
