/**
 * The surrogate Lyapunov spectrum of a network: exponents lambda_1 ... lambda_k per step, measured along a fresh stream of bits
 * from column 0 of the start state (lyapunov/exponents.ts has the equations).
 */
import { createArena, demandInteger, demandObject, ln, refuse, streamKey, uniformStream } from '../core/index.js';
import { allocateMatrix, productKernel } from '../dense/index.js';
import { startRows } from '../lyapunov/index.js';
import { type Activation, statesPerUnit } from './activation.js';
import { checkActivation, checkParameters, type Parameters } from './network.js';
import { courseOf } from './surrogate-course.js';

/** How many exponents are measured, and along which course. */
export interface SpectrumPlan {
  /** k, from the largest exponent on; 1 to N, or 2 N where units leak. */
  readonly exponents: number;
  /** Steps that count, after those that are skipped. */
  readonly steps: number;
  /** Steps before them, which only turn the tangent vectors. */
  readonly skip: number;
  /** Of the bits that are shown and of the first tangent vectors. */
  readonly seed: number;
}

/** The spectrum, from the largest exponent on; minus infinity from the first direction on that dies. Throws `usage`. */
export function spectrumOf(parameters: Parameters, activation: Activation, plan: SpectrumPlan): Float64Array {
  checkParameters(parameters);
  checkActivation(activation);
  demandObject('the plan', plan);
  const { exponents: k, steps, skip, seed } = plan;
  demandInteger('exponents', k, 1, statesPerUnit(activation) * parameters.bias.length);
  demandInteger('steps that count', steps, 1);
  demandInteger('steps to skip', skip);
  const n = statesPerUnit(activation) * parameters.bias.length;
  const held = parameters.start.length;
  if (held % n !== 0) {
    refuse(
      `a start state has ${n} numbers a trial where units ${activation.leak ? 'leak' : 'do not leak'}; got ${held}: the network is one of another cell`,
    );
  }
  const inputs = parameters.input.length / parameters.bias.length;
  const arena = createArena();
  const uniform = uniformStream(streamKey(seed, 'flossing spectrum'), 0);
  const shown = Float64Array.from({ length: (skip + steps) * inputs }, () => (uniform() < 0.5 ? 0 : 1));
  const course = courseOf(arena, parameters, activation, shown, k);
  let [vectors, next] = [0, 1].map(() => allocateMatrix(arena, 'f64', k, n));
  const r = arena.alloc(8 * k * k);
  arena.f64(vectors.at, k * n).set(startRows(n, k, seed));
  const sums = new Float64Array(k);
  for (let t = 0; t < skip + steps; t++) {
    course.push(t, vectors, next);
    const lost = productKernel(arena).denseQr(next.at, n, k, n, r);
    const factor = arena.f64(r, k * k);
    const alive = lost < 0 ? k : lost;
    for (let i = 0; i < k; i++) {
      if (i >= alive) sums[i] = Number.NEGATIVE_INFINITY;
      else if (t >= skip) sums[i] += ln(factor[i * k + i]);
    }
    [vectors, next] = [next, vectors];
  }
  return sums.map((sum) => sum / steps);
}
