/**
 * A dual active-set solver that is fed rows in rounds:
 *
 *   minimize 1/2 |w|^2   subject to   n_i . w = b_i or n_i . w >= b_i,   lower <= w <= upper
 *
 * (Goldfarb and Idnani 1983, in Gram form: see kernel/active-set.ts). Every round starts from the optimum of
 * the one before; rows that are not active after a round are forgotten. Rows are written by the caller
 * where the solver reads them.
 */
import { type Arena, demandInteger, demandObject } from '../../src/core/index.js';
import type { DenseKernel } from '../../src/dense/index.js';
import { demandBox } from '../box.js';
import type { Status } from '../status.js';
import { DEPENDENCE, PROOF_MARGIN, VIOLATION } from '../tolerances.js';
import { copied } from '../vectors.js';
import type { Metric } from './factor.js';
import { type Active, grownActive, grownSlots, noActive, noSlots, type Slots } from './tables.js';

/** A solver of minimum norm in an arena, which keeps its optimum and its active rows from round to round. */
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
  /** Violation that the solver leaves alone, relative to the length of a row and the size of its limit, or to 1 + a bound. */
  readonly tolerance: number;
  /** How many bounds the weights violate by more than a tolerance, its own if none is given. */
  violatedBounds(tolerance?: number): number;
  /** One step of iterative refinement of multipliers and weights on the active constraints. */
  refine(): void;
  /** Active rows and their multipliers: of the optimum, or of the proof after `infeasible`. Bounds are left out. */
  multipliers(): {
    /** Slots of the rows. */
    slots: Int32Array;
    /** Their multipliers, in the same order. */
    values: Float64Array;
  };
  /** Work done since the solver was made. */
  readonly counters: Readonly<Counters>;

  // For callers whose kernel writes rows, limits and candidates itself.

  /** Where the kernel finds the box of the weights. */
  readonly lower: number;
  /** And its other side. */
  readonly upper: number;
  /** Makes room for `n` more slots; the tables may move. */
  reserve(n: number): void;
  /**
   * The tables: another object once they have moved.
   * @internal
   */
  tables(): { slots: Slots; active: Active };
  /** The round of `fresh` candidates, which lie in the tables before the `held` rows that are held. */
  pivot(fresh: number, held: number): Status;

  // For callers whose data move, or whose constraints need no box.

  /** Moves to the optimum on the held constraints after their limits have changed, letting go of those that block. */
  reoptimize(): void;
  /**
   * Starts from rows that lie in the tables as candidates, as many as they have multipliers, and from bounds; dependent ones are left
   * out.
   */
  start(multipliers: ArrayLike<number>, bounds: Held): void;
  /** The names of all that is held: a view, for the moment. */
  heldIds(): Int32Array;
  /** All that is held, in the solver's order: row slots (>= 0) and bounds (see `boundId`), with multipliers. */
  held(): Held;
  /** After `stalled`: the constraint that depends on the held ones, and the ray along which the dual grows. */
  ray(): Held;
  /** Makes the factor anew; held constraints that have become dependent are let go. */
  refactor(): void;
  /** See `activeSetCorrect`: `residuals` in the order of `held()` become the steps of the multipliers. */
  correct(residuals: Float64Array, h: number): void;
}

/** Constraints that hold with equality, rows and bounds, each with a number. */
export interface Held {
  /** Slots of rows (>= 0), and bounds by their negative names. */
  ids: Int32Array;
  /** A multiplier, or an entry of the ray, for each of them. */
  values: Float64Array;
}

/** The name of a bound among held constraints: of variable k, upper or lower. */
export const boundId = (k: number, side: 'upper' | 'lower'): number => -1 - 2 * k - (side === 'lower' ? 1 : 0);
/** The variable and side of a bound's name. */
export const boundOf = (id: number): { k: number; side: 'upper' | 'lower' } => ({
  k: (-1 - id) >> 1,
  side: (-1 - id) & 1 ? 'lower' : 'upper',
});

/** Work done, the same on every machine. */
export interface Counters {
  /** Rounds in which rows were added. */
  rounds: number;
  /** Rows generated. */
  rows: number;
  /** Constraints taken up into the active set. */
  additions: number;
  /** Constraints let go. */
  removals: number;
  /** Active constraints at the end, bounds included. */
  active: number;
}

/** The work of one solve and of the one after it; what is active is that of the last. */
export function addCounters(first: Counters, then: Counters): Counters {
  for (const counters of [first, then]) {
    demandObject('counters', counters);
    for (const name of COUNTED) demandInteger(`the counter \`${name}\``, counters[name]);
  }
  return {
    rounds: first.rounds + then.rounds,
    rows: first.rows + then.rows,
    additions: first.additions + then.additions,
    removals: first.removals + then.removals,
    active: then.active,
  };
}

const COUNTED = ['rounds', 'rows', 'additions', 'removals', 'active'] as const;

interface Kernel {
  activeSetBind(variables: number, stride: number, weights: number, lower: number, upper: number): void;
  activeSetRows(slots: number, rows: number, limits: number, equality: number, gram: number): void;
  activeSetActive(most: number, factor: number, active: number, multipliers: number, scratch: number): void;
  /** As `denseGram`. */
  activeSetGram(...gram: [...Parameters<DenseKernel['denseGram']>, entries: number, order: number]): void;
  activeSetCount(): number;
  activeSetAdditions(): number;
  activeSetRemovals(): number;

  activeSetDependence(least: number): void;
  activeSetRefactor(n: number): void;
  activeSetReoptimize(): void;
  activeSetCorrect(residuals: number, h: number): void;
  activeSetAdd(candidates: number, n: number, tolerance: number, budget: number): number;
  activeSetWeights(): void;
  activeSetBounds(out: number, tolerance: number): number;
  activeSetRefine(): void;
  activeSetProof(ray: boolean, v: number): number;
  activeSetForget(): void;
}

/** Additions and removals per candidate after which a round counts as cycling. */
const PATIENCE = 50;
/** Slots, and constraints that can be held, before the tables grow: few for small problems, whose tables then lie close together. */
const ROOM = 128;
const DONE = 0;
const DEPENDENT = 1;

/**
 * A solver in an arena, with the box `lower`, `upper` (copied; finite, because a proof of infeasibility that
 * survives rounding needs a box). One solver per arena at a time; what it allocates goes when the caller
 * releases the arena. One function, longer than most: the list of the solver's operations, each a few lines on
 * tables that all of them see.
 */
export function activeSet(
  arena: Arena,
  lower: Float64Array,
  upper: Float64Array,
  {
    tolerance = VIOLATION,
    dependence = DEPENDENCE,
    patience = PATIENCE,
    room = ROOM,
    gram: ownGram = undefined as Metric['gram'],
  } = {},
): ActiveSet {
  demandObject('the arena', arena);
  demandBox(lower, upper);
  const kernel = arena.kernels<Kernel>();
  const variables = lower.length;
  const stride = variables + (variables & 1);
  const weights = arena.alloc(8 * stride);
  const lowerAt = arena.alloc(8 * stride);
  const upperAt = arena.alloc(8 * stride);
  const proof = arena.alloc(8 * stride);
  const bounds = arena.alloc(4 * variables);
  arena.f64(lowerAt, variables).set(lower);
  arena.f64(upperAt, variables).set(upper);
  arena.f64(weights, stride).fill(0);
  kernel.activeSetBind(variables, stride, weights, lowerAt, upperAt);
  kernel.activeSetDependence(dependence);

  let slots = noSlots;
  let active = noActive;
  let tables = { slots, active };
  growSlots(room);
  growActive(room);
  let ray: Held | undefined;
  const counters: Counters = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };

  function growSlots(capacity: number): void {
    slots = grownSlots(arena, slots, capacity, variables, stride);
    kernel.activeSetRows(capacity, slots.rows, slots.limits, slots.equality, slots.gram);
    tables = { slots, active };
  }

  function growActive(capacity: number): void {
    active = grownActive(arena, active, capacity);
    kernel.activeSetActive(capacity, active.factor, active.ids, active.multipliers, active.scratch);
    tables = { slots, active };
  }

  function gram(fresh: number, old: number): void {
    const { rows, capacity, candidates, entries, order } = slots;
    if (ownGram) ownGram(rows, stride, slots.gram, capacity, candidates, fresh, old);
    else kernel.activeSetGram(rows, stride, slots.gram, capacity, candidates, fresh, old, entries, order);
  }

  const activeIds = () => arena.i32(active.ids, kernel.activeSetCount());

  return {
    weights,
    counters,
    rowPointer: (slot) => slots.rows + 8 * stride * slot,
    tolerance,
    violatedBounds: (least = tolerance) => kernel.activeSetBounds(bounds, least),
    refine: () => kernel.activeSetRefine(),

    lower: lowerAt,
    upper: upperAt,
    tables: () => tables,

    reserve(n) {
      const used = kernel.activeSetCount();
      // The last slot stays empty: the kernel fills blocks up with it.
      if (used + n >= slots.capacity) growSlots(Math.max(2 * slots.capacity, used + n + 1));
    },

    open(n) {
      this.reserve(n);
      const used = new Set(activeIds());
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
      return this.pivot(fresh.length, held.length);
    },

    pivot(fresh, held) {
      gram(fresh, held);
      const violated = kernel.activeSetBounds(slots.candidates + 4 * fresh, tolerance);
      const candidates = fresh + violated;
      // One more than can become active: the end of a ray is stored there too.
      const most = kernel.activeSetCount() + candidates + 1;
      if (most > active.capacity) growActive(Math.max(2 * active.capacity, most));
      const outcome = kernel.activeSetAdd(slots.candidates, candidates, tolerance, patience * (candidates + 20));
      kernel.activeSetWeights();
      counters.rounds++;
      counters.rows += fresh;
      counters.additions = kernel.activeSetAdditions();
      counters.removals = kernel.activeSetRemovals();
      counters.active = kernel.activeSetCount();

      if (kernel.activeSetProof(false, proof) > PROOF_MARGIN) return 'infeasible';
      if (outcome === DONE) return 'solved';
      if (outcome !== DEPENDENT) return 'roundLimit';
      if (kernel.activeSetProof(true, proof) > PROOF_MARGIN) return 'infeasible';
      ray = { ids: activeIds().slice(), values: arena.f64(active.multipliers, kernel.activeSetCount()).slice() };
      kernel.activeSetForget();
      return 'stalled';
    },

    multipliers() {
      const values = arena.f64(active.multipliers, kernel.activeSetCount());
      const ids = activeIds();
      return { slots: ids.filter((id) => id >= 0), values: values.filter((_, i) => ids[i] >= 0) };
    },

    reoptimize: () => kernel.activeSetReoptimize(),
    refactor: () => kernel.activeSetRefactor(kernel.activeSetCount()),
    heldIds: activeIds,
    held: () => ({
      ids: activeIds().slice(),
      values: copied(arena.f64(active.multipliers, kernel.activeSetCount())),
    }),
    ray: () => ray as Held,

    start(multipliers, bounds) {
      const rows = multipliers.length;
      const n = rows + bounds.ids.length;
      if (n + 1 > active.capacity) growActive(Math.max(2 * active.capacity, n + 1));
      gram(rows, 0);
      arena.i32(active.ids, n).set([...arena.i32(slots.candidates, rows), ...bounds.ids]);
      arena.f64(active.multipliers, n).set([...Array.from(multipliers), ...bounds.values]);
      kernel.activeSetRefactor(n);
    },
    correct(residuals, h) {
      const at = active.scratch + 8 * 3 * active.capacity;
      arena.f64(at, residuals.length).set(residuals);
      kernel.activeSetCorrect(at, h);
      residuals.set(arena.f64(at, residuals.length));
    },
  };
}
