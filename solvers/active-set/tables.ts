/** The tables of the active set in its arena, and how they grow: the kernel itself never allocates. */
import type { Arena } from '../../src/core/index.js';

/** Pointers to what each row slot has: its row, limit, whether it is an equality, its line of the Gram matrix. */
export interface Slots {
  capacity: number;
  rows: number;
  limits: number;
  equality: number;
  gram: number;
  candidates: number;
  /** 64 bytes and 4 bytes for each slot: see `activeSetGram`. */
  entries: number;
  order: number;
  /** 8 bytes for each slot, for the caller. */
  codes: number;
}

/** Pointers to what the held constraints have: the packed factor of their Gram matrix, names, multipliers, scratch. */
export interface Active {
  capacity: number;
  factor: number;
  ids: number;
  multipliers: number;
  scratch: number;
}

export const noSlots: Slots = {
  capacity: 0,
  rows: 0,
  limits: 0,
  equality: 0,
  gram: 0,
  candidates: 0,
  entries: 0,
  order: 0,
  codes: 0,
};
export const noActive: Active = { capacity: 0, factor: 0, ids: 0, multipliers: 0, scratch: 0 };

/** Room for `capacity` slots, with what the old ones hold. */
export function grownSlots(arena: Arena, old: Slots, capacity: number, variables: number, stride: number): Slots {
  const slots = {
    capacity,
    rows: arena.alloc(8 * stride * capacity),
    limits: arena.alloc(8 * capacity),
    equality: arena.alloc(4 * capacity),
    gram: arena.alloc(8 * capacity * capacity),
    candidates: arena.alloc(4 * (capacity + variables)),
    entries: arena.alloc(64 * capacity),
    order: arena.alloc(4 * capacity),
    codes: arena.alloc(8 * capacity),
  };
  if (old.capacity > 0) moveSlots(arena, old, slots, stride);
  // The spare row and, with an odd number of variables, the last column stay zero.
  const rows = arena.f64(slots.rows, stride * capacity);
  rows.fill(0, stride * (capacity - 1));
  if (stride > variables) for (let i = variables; i < rows.length; i += stride) rows[i] = 0;
  return slots;
}

function moveSlots(arena: Arena, old: Slots, slots: Slots, stride: number): void {
  const kept = old.capacity;
  arena.f64(slots.rows, stride * kept).set(arena.f64(old.rows, stride * kept));
  arena.f64(slots.limits, kept).set(arena.f64(old.limits, kept));
  arena.i32(slots.equality, kept).set(arena.i32(old.equality, kept));
  arena.i32(slots.entries, 16 * kept).set(arena.i32(old.entries, 16 * kept));
  arena.i32(slots.codes, kept).set(arena.i32(old.codes, kept));
  for (let i = 0; i < kept; i++) {
    arena.f64(slots.gram + 8 * slots.capacity * i, kept).set(arena.f64(old.gram + 8 * kept * i, kept));
  }
}

/** Room for `capacity` held constraints, with the old ones. */
export function grownActive(arena: Arena, old: Active, capacity: number): Active {
  const active = {
    capacity,
    factor: arena.alloc(4 * capacity * (capacity + 1)),
    ids: arena.alloc(4 * capacity),
    multipliers: arena.alloc(8 * capacity),
    scratch: arena.alloc(8 * 4 * capacity),
  };
  const kept = old.capacity;
  if (kept === 0) return active;
  const factors = (kept * (kept + 1)) / 2;
  arena.f64(active.factor, factors).set(arena.f64(old.factor, factors));
  arena.i32(active.ids, kept).set(arena.i32(old.ids, kept));
  arena.f64(active.multipliers, kept).set(arena.f64(old.multipliers, kept));
  return active;
}
