/** What a solve is asked and what it answers. */
import type { Work } from './candidate.js';
import type { Certificate, Residuals } from './judge.js';
import type { Status } from './status.js';

export type Method = 'activeSet' | 'interiorPoint';
/** Whose answer it is: a method of ours or an adapter. */
export type Solver = Method | 'highs' | 'javascriptLpSolver';

export interface Settings {
  /** `auto` (default) starts with the active set where P is well curved, else with the interior point. */
  method?: Method | 'auto';
  /** Cap on rounds of the active set (default 20 n + 2000) and on steps of the interior point (a tenth of it). */
  roundLimit?: number;
  /** A point to start from, such as an earlier solution: x, multipliers y of the rows (missing ones count 0), z. */
  start?: { x: Float64Array; y: Float64Array; z: Float64Array };
}

export interface Solution {
  /** Granted by the judge on the original data. */
  status: Status;
  /** The method whose answer this is, and all that were tried. */
  method: Solver;
  tried: Solver[];
  /** The point; after `infeasible`, `roundLimit` and `stalled` the last one. */
  x: Float64Array;
  /** Multipliers of rows and bounds: positive at lower limits, negative at upper ones; P x + q = A'y + z. */
  y: Float64Array;
  z: Float64Array;
  /** 1/2 x'P x + q'x + constant. */
  objective: number;
  /** Measured on the original data, whatever the status. */
  residuals: Residuals;
  /** With `infeasible`. */
  certificate?: Certificate;
  /** With `unbounded`: x + s ray is feasible for all s >= 0 and the objective falls along it. */
  ray?: Float64Array;
  work: Work;
}
