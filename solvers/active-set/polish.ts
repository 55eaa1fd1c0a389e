/**
 * Newton steps on the held constraints: with residuals f of P x + q - A'y - z and r of the held limits,
 *
 *   P^ dx - N du = -t f,   N'dx = r,
 *
 * by the factor that the active set has. The residuals are sums in twice the working precision (products.ts).
 */
import type { Point } from '../candidate.js';
import { largest } from '../largest.js';
import { rounded, stationarity } from '../products.js';
import { addRowDot } from '../sparse/matrix.js';
import { vector } from '../vectors.js';
import { boundOf } from './active-set.js';
import { codesOfSlots, keyOf, limitOf, pointOf, signOf } from './constraints.js';
import type { Workspace } from './workspace.js';

const STEPS = 6;

/** Polishes a point until its residuals no longer fall. */
export function polish(s: Workspace, point: Point): Point {
  const { program, solver } = s;
  let best = point;
  let size = Number.POSITIVE_INFINITY;
  for (let step = 0; step < STEPS; step++) {
    const ids = solver.heldIds();
    const { x, y, z } = point;
    const slope = stationarity(program, x, y, z, s.cost);
    const residual = residualOfHeld(s, ids, x);
    const most = Math.max(largest(slope), largest(residual));
    if (!(most < 0.9 * size)) break;
    best = point;
    size = most;
    if (most === 0) break;
    const change = pointOf(s, newtonStep(s, slope, residual), { ids, values: residual });
    point = { x: sum(x, change.x), y: sum(y, change.y), z: sum(z, change.z) };
  }
  return best;
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  const out = vector(a.length);
  for (let k = 0; k < out.length; k++) out[k] = a[k] + b[k];
  return out;
}

/** dx for the slope f; the steps du of the multipliers take the place of `residual`. */
function newtonStep(s: Workspace, slope: Float64Array, residual: Float64Array): Float64Array {
  const { arena, kernel, solver, hAt, t } = s;
  const h = arena.f64(hAt, s.stride);
  h.fill(0);
  for (let k = 0; k < slope.length; k++) h[k] = -t * slope[k];
  kernel.programForward(hAt, 0);
  solver.correct(residual, hAt);
  kernel.programBackward(hAt);
  return arena.f64(hAt, slope.length);
}

/** How far x is from the limits that are held, along their normals. */
function residualOfHeld(s: Workspace, ids: Int32Array, x: Float64Array): Float64Array {
  const { m, A, lb, ub } = s.program;
  const { d } = s.metric;
  const codes = codesOfSlots(s);
  const out = vector(ids.length);
  const slack = { high: 0, low: 0 };
  for (let j = 0; j < out.length; j++) {
    const id = ids[j];
    if (id < 0) {
      const { k, side } = boundOf(id);
      out[j] = side === 'lower' ? d[k] * (lb[k] - x[k]) : d[k] * (x[k] - ub[k]);
      continue;
    }
    const code = codes[id];
    const key = keyOf(code);
    if (key < m) {
      slack.high = -limitOf(s, code);
      slack.low = 0;
      addRowDot(slack, A, key, x);
      out[j] = -signOf(code) * rounded(slack);
    } else out[j] = signOf(code) * (limitOf(s, code) - x[key - m]);
  }
  return out;
}
