/** What a solve is asked and what it answers. */
import type { Work } from './candidate.js';
import type { Convexity } from './convexity.js';
import type { Certificate, Residuals } from './judge.js';
import type { Status } from './status.js';

/** The dual active set (Goldfarb and Idnani 1983), or the primal-dual interior point. */
export type Method = 'activeSet' | 'interiorPoint';
/** Whose answer it is: a method of ours or an adapter. */
export type Solver = Method | 'highs' | 'javascriptLpSolver';

/** How a problem is solved; every setting has a default. */
export interface Settings {
  /** `auto` (default) starts with the active set where P is well curved or n is at most 400, else with the interior point. */
  method?: Method | 'auto';
  /** Cap on rounds of the active set (default 20 n + 2000) and on steps of the interior point (a tenth of it). */
  roundLimit?: number;
  /** Cap on multiplications, by their count before each round, the same on every machine (default none): `roundLimit` beyond. */
  workLimit?: number;
  /**
   * Looked at between rounds: once it is aborted, the solve throws its reason. While a solve holds the thread nothing else of it can
   * abort; the solves that end in `Later` let other work go first.
   */
  signal?: AbortSignal;
  /**
   * Residuals that are allowed beside 1e-9, as a part of the largest sums of magnitudes that they are made of (default 0; at most
   * 1e-3). `solved` then is a word about this tolerance.
   */
  relative?: number;
  /**
   * A point to start from, such as an earlier solution; missing multipliers of rows count 0. Where it leads to no answer the problem is
   * solved from nothing, unless there is a `workLimit`.
   */
  start?: {
    /** n variables. */
    x: Float64Array;
    /** Multipliers of rows, at most m. */
    y: Float64Array;
    /** n multipliers of bounds. */
    z: Float64Array;
  };
}

/** The answer to a program, with the word that the judge grants. */
export interface Solution {
  /** Granted by the judge on the original data. */
  status: Status;
  /**
   * Whether P is proved semidefinite. Where that is undecided, P is flat to rounding in some direction: `solved` then says that x
   * meets the conditions of an optimum, and it is one if P is as convex as it was meant to be.
   */
  convexity: Convexity;
  /** The method whose answer this is. */
  method: Solver;
  /** All methods that were tried, in order. */
  tried: Solver[];
  /** Why they were tried in this order, in words; with our own methods. */
  why?: string;
  /** The point; after `infeasible`, `roundLimit` and `stalled` the last one. */
  x: Float64Array;
  /** m multipliers of rows, positive at lower limits, negative at upper ones; P x + q = A'y + z. */
  y: Float64Array;
  /** n multipliers of bounds, with the same signs. */
  z: Float64Array;
  /** 1/2 x'P x + q'x + constant. */
  objective: number;
  /** Measured on the original data, whatever the status. */
  residuals: Residuals;
  /** With `infeasible`. */
  certificate?: Certificate;
  /** With `unbounded`: x + s ray is feasible for all s >= 0 and the objective falls along it. */
  ray?: Float64Array;
  /** Work done, the same on every machine. */
  work: Work;
}
