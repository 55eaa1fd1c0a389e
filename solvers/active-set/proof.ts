/** From the ray along which the dual grows to a proof of infeasibility. */
import { largest } from '../largest.js';
import { stationarity } from '../products.js';
import { LEFTOVER } from '../tolerances.js';
import type { Held } from './active-set.js';
import { pointOf } from './constraints.js';
import type { Workspace } from './workspace.js';

/**
 * The multipliers of rows that the judge accepts as a proof, or undefined. Where it does not take those of the ray as they
 * are, their combination of normals is moved closer to zero by one step on the held constraints.
 */
export function proofOf(s: Workspace, ray: Held): Float64Array | undefined {
  const { program, judge, arena, kernel, solver, hAt, t } = s;
  const none = new Float64Array(program.n);
  const { y, z } = pointOf(s, none, ray);
  if (judge.infeasible(y)) return y;
  const h = arena.f64(hAt, s.stride);
  h.fill(0);
  h.set(stationarity(program, none, y, z, none));
  kernel.programForward(hAt, 0);
  const { ids } = solver.held();
  const steps = new Float64Array(ids.length);
  solver.correct(steps, hAt);
  const step = pointOf(s, none, { ids, values: steps });
  const refined = y.map((value, i) => value - t * step.y[i]);
  const most = largest(refined);
  const proof = refined.map((value) => (Math.abs(value) > LEFTOVER * most ? value : 0));
  return judge.infeasible(proof) ? proof : undefined;
}
