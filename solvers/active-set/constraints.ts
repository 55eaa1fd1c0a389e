/**
 * The constraints of a quadratic program and how the active set names them: coded 2 key + side (kernel/program.ts), key i for row i,
 * m + k for the bound of variable k; side 1 is the upper one. Where the metric is diagonal bounds are bounds of w as well, and the
 * solver holds them under names of its own (`boundId`); else they are rows L^-1 e_k.
 */
import type { Point } from '../candidate.js';
import type { Status } from '../status.js';
import { ROW_VIOLATION } from '../tolerances.js';
import { vector } from '../vectors.js';
import { boundId, boundOf, type Held } from './active-set.js';
import type { Workspace } from './workspace.js';

export const keyOf = (code: number): number => code >> 1;
export const signOf = (code: number): 1 | -1 => (code & 1 ? -1 : 1);

const lowerOf = ({ program: { m, l, lb } }: Workspace, key: number) => (key < m ? l[key] : lb[key - m]);
const upperOf = ({ program: { m, u, ub } }: Workspace, key: number) => (key < m ? u[key] : ub[key - m]);

export const limitOf = (s: Workspace, code: number): number =>
  code & 1 ? upperOf(s, keyOf(code)) : lowerOf(s, keyOf(code));

/** The constraint in each slot of the solver: a view, for the moment. */
export const codesOfSlots = ({ arena, solver }: Workspace): Int32Array => {
  const { slots } = solver.tables();
  return arena.i32(slots.codes, slots.capacity);
};

/** The constraints that the kernel has listed: a view, for the moment. */
export const listedCodes = ({ arena, foundAt }: Workspace, count: number): Int32Array => arena.i32(foundAt, count);

/** Tells the kernel where the tables of the active set are, if they have moved. */
export function tellTables(s: Workspace): void {
  const now = s.solver.tables();
  if (now === s.tables) return;
  s.tables = now;
  const { capacity, rows, limits, equality, codes, candidates } = now.slots;
  s.kernel.programTables(capacity, rows, limits, equality, codes, candidates, now.active.ids, now.active.multipliers);
}

/** How many unheld constraints the point of the solver violates; the kernel lists them, most urgent first, or equalities alone. */
export function violatedNow(s: Workspace): number {
  tellTables(s);
  s.kernel.programPoint(s.solver.weights);
  return s.kernel.programViolated(s.kernel.activeSetCount(), ROW_VIOLATION);
}

/** Writes the normals of listed constraints into slots of the solver; returns how many rows are held besides. */
function openSlots(s: Workspace, count: number): number {
  s.solver.reserve(count);
  tellTables(s);
  return s.kernel.programOpen(count, s.kernel.activeSetCount());
}

/** One round of the solver on the constraints that are listed. */
export const takeUp = (s: Workspace, count: number): Status => s.solver.pivot(count, openSlots(s, count));

/** x with the multipliers of held constraints. */
export function pointOf(s: Workspace, x: Float64Array, { ids, values }: Held): Point {
  const { m } = s.program;
  const point = { x, y: vector(m), z: vector(s.program.n) };
  const codes = codesOfSlots(s);
  for (let j = 0; j < ids.length; j++) {
    const id = ids[j];
    if (id < 0) {
      const { k, side } = boundOf(id);
      point.z[k] += ((side === 'lower' ? 1 : -1) * values[j] * s.metric.d[k]) / s.t;
      continue;
    }
    const key = keyOf(codes[id]);
    const value = (signOf(codes[id]) * values[j]) / s.t;
    if (key < m) point.y[key] += value;
    else point.z[key - m] += value;
  }
  return point;
}

/** Starts the solver from the constraints that the multipliers of a point name. */
export function warmStart(s: Workspace, { y, z }: Point): void {
  const { n, m } = s.program;
  const { factor, d } = s.metric;
  const codes: number[] = [];
  const values: number[] = [];
  const bounds: { ids: number[]; values: number[] } = { ids: [], values: [] };
  for (let key = 0; key < m + n; key++) {
    const value = key < m ? y[key] : z[key - m];
    const equality = lowerOf(s, key) === upperOf(s, key);
    const code = 2 * key + (value < 0 && !equality ? 1 : 0);
    if (value === 0 || !Number.isFinite(limitOf(s, code))) continue;
    if (key >= m && factor === 0) {
      const k = key - m;
      bounds.ids.push(boundId(k, value < 0 ? 'upper' : 'lower'));
      bounds.values.push((s.t * Math.abs(value)) / d[k]);
    } else {
      codes.push(code);
      values.push(s.t * signOf(code) * value);
    }
  }
  listedCodes(s, codes.length).set(codes);
  openSlots(s, codes.length);
  s.solver.start(values, { ids: Int32Array.from(bounds.ids), values: Float64Array.from(bounds.values) });
}
