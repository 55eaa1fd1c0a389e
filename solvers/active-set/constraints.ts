/**
 * The constraints of a quadratic program and how the active set names them.
 *
 * A constraint is coded 2 key + side: key i for row i, m + k for the bound of variable k; side 1 is the upper one. As a
 * normal it reads sign (a . x) >= sign limit. Where the metric is diagonal bounds are bounds of w as well, and the solver
 * holds them under names of its own (`boundId`); else they are rows L^-1 e_k.
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

export const isEquality = (s: Workspace, code: number): boolean => lowerOf(s, keyOf(code)) === upperOf(s, keyOf(code));
export const limitOf = (s: Workspace, code: number): number =>
  code & 1 ? upperOf(s, keyOf(code)) : lowerOf(s, keyOf(code));

/** The limit of a normal in w. */
export function shiftedLimit(s: Workspace, code: number): number {
  const { m } = s.program;
  const key = keyOf(code);
  return signOf(code) * (limitOf(s, code) + (key < m ? s.rowShift[key] : s.shift[key - m]));
}

/** Writes the normals of constraints into slots of the solver. */
export function openSlots(s: Workspace, codes: readonly number[]): Int32Array {
  const slots = s.solver.open(codes.length);
  codes.forEach((code, i) => {
    s.codeOfSlot[slots[i]] = code;
    writeNormal(s, code, s.solver.rowPointer(slots[i]));
  });
  return slots;
}

function writeNormal({ arena, stride, metric, program: { n, m, A } }: Workspace, code: number, pointer: number): void {
  const row = arena.f64(pointer, stride);
  const key = keyOf(code);
  const sign = signOf(code);
  if (key < m) for (let k = 0; k < n; k++) row[k] = sign * A[n * key + k];
  else row.fill(0)[key - m] = sign;
  metric.forward(pointer, key < m ? 0 : key - m);
}

/** One round of the solver on these constraints: equalities alone where there are any. */
export function takeUp(s: Workspace, codes: readonly number[], kind: 'equalities' | 'inequalities'): Status {
  const slots = openSlots(s, codes);
  return s.solver.round(
    slots,
    codes.map((code) => shiftedLimit(s, code)),
    kind,
  );
}

/** Unheld constraints that x violates, most urgent first. */
export function violatedBy(s: Workspace, x: Float64Array, skipped: ReadonlySet<number>): number[] {
  const { arena, kernel, solver, codeOfSlot, xAt, productAt } = s;
  const { n, m } = s.program;
  arena.f64(xAt, n).set(x);
  kernel.denseTimes(s.rowsAt, m, n, s.stride, xAt, productAt);
  const products = arena.f64(productAt, m);
  const found: { code: number; amount: number }[] = [];
  const note = (code: number, amount: number, limit: number) => {
    if (amount > ROW_VIOLATION * (1 + Math.abs(limit)) && !skipped.has(code)) found.push({ code, amount });
  };
  for (let key = 0; key < s.keys; key++) {
    const value = key < m ? products[key] : x[key - m];
    const [low, high] = [lowerOf(s, key), upperOf(s, key)];
    if (low === high) {
      note(2 * key, Math.abs(value - low), low);
    } else {
      note(2 * key, low - value, low);
      note(2 * key + 1, value - high, high);
    }
  }
  if (found.length === 0) return [];
  const held = new Set<number>();
  for (const id of solver.heldIds()) if (id >= 0) held.add(codeOfSlot[id]);
  const free = found.filter(({ code }) => !held.has(code));
  free.sort((a, b) => b.amount - a.amount || a.code - b.code);
  const least = free.length > 0 ? 0.1 * free[0].amount : 0;
  return free.filter(({ amount }, i) => i < 8 || (i < 256 && amount > least)).map(({ code }) => code);
}

/** The held rows of A as a mask, with their limits. */
export function heldRows(s: Workspace, ids: Int32Array): { limits: Float64Array; only: Float64Array } {
  const { m } = s.program;
  const [limits, only] = [vector(m), vector(m)];
  for (let j = 0; j < ids.length; j++) {
    const id = ids[j];
    if (id < 0 || keyOf(s.codeOfSlot[id]) >= m) continue;
    const key = keyOf(s.codeOfSlot[id]);
    limits[key] = limitOf(s, s.codeOfSlot[id]);
    only[key] = 1;
  }
  return { limits, only };
}

/** x with the multipliers of held constraints. */
export function pointOf(s: Workspace, x: Float64Array, { ids, values }: Held): Point {
  const { m } = s.program;
  const point = { x, y: vector(m), z: vector(s.program.n) };
  for (let j = 0; j < ids.length; j++) {
    const id = ids[j];
    if (id < 0) {
      const { k, side } = boundOf(id);
      point.z[k] += ((side === 'lower' ? 1 : -1) * values[j] * s.metric.d[k]) / s.t;
      continue;
    }
    const code = s.codeOfSlot[id];
    const key = keyOf(code);
    const value = (signOf(code) * values[j]) / s.t;
    if (key < m) point.y[key] += value;
    else point.z[key - m] += value;
  }
  return point;
}

/** Starts the solver from the constraints that the multipliers of a point name. */
export function warmStart(s: Workspace, { y, z }: Point): void {
  const { n, m } = s.program;
  const { diagonal, d } = s.metric;
  const codes: number[] = [];
  const values: number[] = [];
  const bounds: { ids: number[]; values: number[] } = { ids: [], values: [] };
  for (let key = 0; key < m + n; key++) {
    const value = key < m ? y[key] : z[key - m];
    const equality = lowerOf(s, key) === upperOf(s, key);
    const code = 2 * key + (value < 0 && !equality ? 1 : 0);
    if (value === 0 || !Number.isFinite(limitOf(s, code))) continue;
    if (key >= m && diagonal) {
      const k = key - m;
      bounds.ids.push(boundId(k, value < 0 ? 'upper' : 'lower'));
      bounds.values.push((s.t * Math.abs(value)) / d[k]);
    } else {
      codes.push(code);
      values.push(s.t * signOf(code) * value);
    }
  }
  s.solver.start(
    openSlots(s, codes),
    codes.map((code) => shiftedLimit(s, code)),
    codes.map((code) => isEquality(s, code)),
    values,
    { ids: Int32Array.from(bounds.ids), values: Float64Array.from(bounds.values) },
  );
}
