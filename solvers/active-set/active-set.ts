/**
 * A dual active-set solver that is fed rows in rounds:
 *
 *   minimize 1/2 |w|^2   subject to   n_i . w = b_i or n_i . w >= b_i,   lower <= w <= upper
 *
 * (Goldfarb and Idnani 1983, in Gram form: see kernel/active-set.ts). Every round starts from the optimum of
 * the one before; rows that are not active after a round are forgotten. Rows are written by the caller
 * where the solver reads them.
 */
import type { Arena } from '../../src/core/index.js';
import type { Status } from '../status.js';

export interface ActiveSet {
  /** Pointer to the weights, as many doubles as there are variables. */
  readonly weights: number;
  /** Makes room for `n` rows of the coming round and returns their slots. Earlier row pointers become stale. */
  open(n: number): Int32Array;
  /** Where the row of a slot has to be written, as many doubles as there are variables. */
  rowPointer(slot: number): number;
  /**
   * One round: takes up the opened rows, with their right-hand sides, most urgent first, and the bounds that
   * the weights violate; moves to the optimum of all that is active then. `solved` speaks of these only.
   */
  round(slots: Int32Array, limits: ArrayLike<number>, kind: 'equalities' | 'inequalities'): Status;
  /** How many bounds the weights violate by more than the tolerance. */
  violatedBounds(): number;
  /** One step of iterative refinement of multipliers and weights on the active constraints. */
  refine(): void;
  /** Active rows and their multipliers: of the optimum, or of the proof after `infeasible`. Bounds are left out. */
  multipliers(): { slots: Int32Array; values: Float64Array };
  readonly counters: Readonly<Counters>;
}

/** Work done, the same on every machine. */
export interface Counters {
  rounds: number;
  /** Rows generated. */
  rows: number;
  additions: number;
  removals: number;
  /** Active constraints at the end, bounds included. */
  active: number;
}

interface Kernel {
  activeSetBind(variables: number, stride: number, weights: number, lower: number, upper: number): void;
  activeSetRows(slots: number, rows: number, limits: number, equality: number, gram: number): void;
  activeSetActive(most: number, factor: number, active: number, multipliers: number, scratch: number): void;
  activeSetCount(): number;
  activeSetAdditions(): number;
  activeSetRemovals(): number;
  activeSetGram(slots: number, fresh: number, old: number): void;
  activeSetAdd(candidates: number, n: number, tolerance: number, budget: number): number;
  activeSetWeights(): void;
  activeSetBounds(out: number, tolerance: number): number;
  activeSetRefine(): void;
  activeSetProof(ray: boolean, v: number): number;
  activeSetForget(): void;
}

/** Violation that is left alone, relative to the length of a row and the size of its limit, or to 1 + a bound. */
const TOLERANCE = 1e-12;
/** A proof must exceed this fraction of its own terms before it goes to the verifier: far above rounding. */
const PROOF_MARGIN = 1e-7;
/** Additions and removals per candidate after which a round counts as cycling. */
const PATIENCE = 50;
const DONE = 0;
const DEPENDENT = 1;

/**
 * A solver in an arena, with the box `lower`, `upper` (copied; finite, because a proof of infeasibility that
 * survives rounding needs a box). One solver per arena at a time; what it allocates goes when the caller
 * releases the arena.
 */
export function activeSet(arena: Arena, lower: Float64Array, upper: Float64Array): ActiveSet {
  const kernel = arena.kernels<Kernel>();
  const variables = lower.length;
  const stride = variables + (variables & 1);
  const [weights, lowerAt, upperAt, proof] = [0, 1, 2, 3].map(() => arena.alloc(8 * stride));
  const bounds = arena.alloc(4 * variables);
  arena.f64(lowerAt, variables).set(lower);
  arena.f64(upperAt, variables).set(upper);
  arena.f64(weights, stride).fill(0);
  kernel.activeSetBind(variables, stride, weights, lowerAt, upperAt);

  let slots = { capacity: 0, rows: 0, limits: 0, equality: 0, gram: 0, candidates: 0 };
  let active = { capacity: 0, factor: 0, ids: 0, multipliers: 0 };
  growSlots(128);
  growActive(128);
  const counters: Counters = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };

  function growSlots(capacity: number): void {
    const old = slots;
    slots = {
      capacity,
      rows: arena.alloc(8 * stride * capacity),
      limits: arena.alloc(8 * capacity),
      equality: arena.alloc(4 * capacity),
      gram: arena.alloc(8 * capacity * capacity),
      candidates: arena.alloc(4 * (capacity + variables)),
    };
    const kept = old.capacity;
    arena.f64(slots.rows, stride * kept).set(arena.f64(old.rows, stride * kept));
    arena.f64(slots.limits, kept).set(arena.f64(old.limits, kept));
    arena.i32(slots.equality, kept).set(arena.i32(old.equality, kept));
    for (let i = 0; i < kept; i++) {
      arena.f64(slots.gram + 8 * capacity * i, kept).set(arena.f64(old.gram + 8 * kept * i, kept));
    }
    // The spare row and, with an odd number of variables, the last column stay zero.
    arena.f64(slots.rows + 8 * stride * (capacity - 1), stride).fill(0);
    if (stride > variables) {
      const rows = arena.f64(slots.rows, stride * capacity);
      for (let i = variables; i < rows.length; i += stride) rows[i] = 0;
    }
    kernel.activeSetRows(capacity, slots.rows, slots.limits, slots.equality, slots.gram);
  }

  function growActive(capacity: number): void {
    const old = active;
    active = {
      capacity,
      factor: arena.alloc(4 * capacity * (capacity + 1)),
      ids: arena.alloc(4 * capacity),
      multipliers: arena.alloc(8 * capacity),
    };
    const kept = old.capacity;
    const factors = (kept * (kept + 1)) / 2;
    arena.f64(active.factor, factors).set(arena.f64(old.factor, factors));
    arena.i32(active.ids, kept).set(arena.i32(old.ids, kept));
    arena.f64(active.multipliers, kept).set(arena.f64(old.multipliers, kept));
    kernel.activeSetActive(capacity, active.factor, active.ids, active.multipliers, arena.alloc(8 * 4 * capacity));
  }

  const activeIds = () => arena.i32(active.ids, kernel.activeSetCount());

  return {
    weights,
    counters,
    rowPointer: (slot) => slots.rows + 8 * stride * slot,
    violatedBounds: () => kernel.activeSetBounds(bounds, TOLERANCE),
    refine: () => kernel.activeSetRefine(),

    open(n) {
      const used = new Set(activeIds());
      // The last slot stays empty: the kernel fills blocks up with it.
      if (used.size + n >= slots.capacity) growSlots(Math.max(2 * slots.capacity, used.size + n + 1));
      const fresh = new Int32Array(n);
      for (let i = 0, slot = 0; i < n; slot++) if (!used.has(slot)) fresh[i++] = slot;
      return fresh;
    },

    round(fresh, limits, kind) {
      const limitTable = arena.f64(slots.limits, slots.capacity);
      const equalityTable = arena.i32(slots.equality, slots.capacity);
      fresh.forEach((slot, i) => {
        limitTable[slot] = limits[i];
        equalityTable[slot] = kind === 'equalities' ? 1 : 0;
      });
      const held = activeIds().filter((id) => id >= 0);
      arena.i32(slots.candidates, fresh.length).set(fresh);
      arena.i32(slots.candidates + 4 * fresh.length, held.length).set(held);
      kernel.activeSetGram(slots.candidates, fresh.length, held.length);

      const violated = kernel.activeSetBounds(slots.candidates + 4 * fresh.length, TOLERANCE);
      const candidates = fresh.length + violated;
      // One more than can become active: the end of a ray is stored there too.
      const most = kernel.activeSetCount() + candidates + 1;
      if (most > active.capacity) growActive(Math.max(2 * active.capacity, most));
      const outcome = kernel.activeSetAdd(slots.candidates, candidates, TOLERANCE, PATIENCE * (candidates + 20));
      kernel.activeSetWeights();
      counters.rounds++;
      counters.rows += fresh.length;
      counters.additions = kernel.activeSetAdditions();
      counters.removals = kernel.activeSetRemovals();
      counters.active = kernel.activeSetCount();

      if (kernel.activeSetProof(false, proof) > PROOF_MARGIN) return 'infeasible';
      if (outcome === DONE) return 'solved';
      if (outcome !== DEPENDENT) return 'roundLimit';
      if (kernel.activeSetProof(true, proof) > PROOF_MARGIN) return 'infeasible';
      kernel.activeSetForget();
      return 'stalled';
    },

    multipliers() {
      const values = arena.f64(active.multipliers, kernel.activeSetCount());
      const ids = activeIds();
      return { slots: ids.filter((id) => id >= 0), values: values.filter((_, i) => ids[i] >= 0) };
    },
  };
}
