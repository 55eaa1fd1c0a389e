/**
 * HiGHS (in WASM, package `highs`) behind the face of our own solvers: its answers go before the same judge. Loaded
 * when first asked for.
 */
import { refuse } from '../../src/core/index.js';
import { curvatureOf } from '../convexity.js';
import { violation } from '../judge.js';
import { checkProblem } from '../problem.js';
import { compressed } from '../sparse/matrix.js';
import { judged } from '../verify.js';
import type { Highs } from './highs-module.js';

export type { Highs, MipSolution, MipStatus } from './highs-module.js';

/** Loads HiGHS and compiles it: about 0.1 s the first time. */
export const loadHighs = async (): Promise<Highs> =>
  (await import('./highs-module.js')).openHighs({ checkProblem, compressed, curvatureOf, judged, refuse, violation });
