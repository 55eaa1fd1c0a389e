// The constraints of a quadratic program before the active set (active-set.ts), which holds them as normals of w = L'x + v:
//
//   x = L^-T w - s,   s = L^-T v,        sign (a . x) >= sign limit   is   sign (L^-1 a) . w >= sign (limit + a . s)
//
// for rows a_i of A and unit vectors e_k. A constraint is coded 2 key + side: key i for row i, m + k for the bound of variable k; side 1 is
// the upper one. Where L is diagonal bounds stay bounds of w, which the active set holds under names of its own, and only rows are
// scanned here.

import {
  denseAxpy as axpy,
  denseBackward as backward,
  denseDot as dot,
  denseForward as forward,
} from "../../../src/dense/kernel/dense";
import { activeSetApproach, activeSetCorrect, activeSetCount, activeSetTakeBound } from "./active-set";
import { lawKeep, lawSums } from "./law";

let n: i32 = 0;
let m: i32 = 0;
let stride: i32 = 0;
let keys: i32 = 0;
let matrix: usize = 0;
let factor: usize = 0;
let diagonal: usize = 0;
let low: usize = 0;
let high: usize = 0;
let shift: usize = 0;
let x: usize = 0;
let found: usize = 0;
let amounts: usize = 0;
let marks: usize = 0;

let slotCapacity: i32 = 0;
let rows: usize = 0;
let limits: usize = 0;
let equality: usize = 0;
let codes: usize = 0;
let candidates: usize = 0;
let active: usize = 0;
let multipliers: usize = 0;

/** How many constraints are taken up at once at most. */
const MOST: i32 = 256;
/** So many are taken up in any case, more only where they are violated by a tenth of what the first one is. */
const FEW: i32 = 8;
/** Marks of a constraint. */
const SKIPPED: i32 = 1;
const HELD: i32 = 2;

/**
 * Binds a program of `variables` and `rowCount` rows. `factorPtr` is L, or 0 where it is diagonal, `diagonalPtr` its diagonal; `lowPtr` and
 * `highPtr` are the limits of rows, then of variables, and `shiftPtr` has room for as many; `foundPtr` has room for 256 codes, or for m + n if
 * that is more, `amountPtr` for 256 doubles, `markPtr` for a byte for each code.
 */
export function programBind(
  variables: i32, rowCount: i32, rowStride: i32,
  matrixPtr: usize, factorPtr: usize, diagonalPtr: usize,
  lowPtr: usize, highPtr: usize, shiftPtr: usize, xPtr: usize,
  foundPtr: usize, amountPtr: usize, markPtr: usize,
): void {
  n = variables;
  m = rowCount;
  stride = rowStride;
  keys = factorPtr == 0 ? m : m + n;
  matrix = matrixPtr;
  factor = factorPtr;
  diagonal = diagonalPtr;
  low = lowPtr;
  high = highPtr;
  shift = shiftPtr;
  x = xPtr;
  found = foundPtr;
  amounts = amountPtr;
  marks = markPtr;
  memory.fill(marks, 0, 2 * (m + n));
}

/** Tells where the tables of the active set lie: those of slots, `codePtr` with 8 bytes for each, and the names of what is held, with multipliers. */
export function programTables(
  slots: i32,
  rowPtr: usize,
  limitPtr: usize,
  equalityPtr: usize,
  codePtr: usize,
  candidatePtr: usize,
  activePtr: usize,
  multiplierPtr: usize,
): void {
  slotCapacity = slots;
  rows = rowPtr;
  limits = limitPtr;
  equality = equalityPtr;
  codes = codePtr;
  candidates = candidatePtr;
  active = activePtr;
  multipliers = multiplierPtr;
}

/** L^-1 h in place, the entries before `first` being zero. */
export function programForward(h: usize, first: i32): void {
  if (factor) forward(factor, n, stride, first, h);
  else scale(h);
}

/** L^-T h in place. */
export function programBackward(h: usize): void {
  if (factor) backward(factor, n, stride, h);
  else scale(h);
}

function scale(h: usize): void {
  for (let k = 0; k < n; k++) store<f64>(h + 8 * k, load<f64>(h + 8 * k) / load<f64>(diagonal + 8 * k));
}

@inline
function limitOf(code: i32): f64 {
  return load<f64>((code & 1 ? high : low) + 8 * (code >> 1));
}

@inline
function isEquality(code: i32): bool {
  return load<f64>(low + 8 * (code >> 1)) == load<f64>(high + 8 * (code >> 1));
}

/** The limit of a normal of w. */
@inline
function shiftedLimit(code: i32): f64 {
  const limit = limitOf(code) + load<f64>(shift + 8 * (code >> 1));
  return code & 1 ? -limit : limit;
}

/**
 * Puts the program of the centre before the active set whose t q - e x_j is at h, in place of which L^-T v is left: shifts, the limits of
 * the `count` constraints that are held, and the box of w.
 */
export function programCentre(h: usize, count: i32, lower: usize, upper: usize): void {
  still = 0;
  programForward(h, 0);
  programBackward(h);
  for (let i = 0; i < m; i++) store<f64>(shift + 8 * i, dot(matrix + 8 * <usize>stride * i, h, n));
  memory.copy(shift + 8 * m, h, 8 * n);
  for (let j = 0; j < count; j++) {
    const id = load<i32>(active + 4 * j);
    if (id >= 0) store<f64>(limits + 8 * id, shiftedLimit(load<i32>(codes + 4 * id)));
  }
  if (factor) return;
  for (let k = 0; k < n; k++) {
    const d = load<f64>(diagonal + 8 * k);
    const s = load<f64>(h + 8 * k);
    store<f64>(lower + 8 * k, d * (load<f64>(low + 8 * (m + k)) + s));
    store<f64>(upper + 8 * k, d * (load<f64>(high + 8 * (m + k)) + s));
  }
}

/** x = L^-T w - s. */
export function programPoint(weights: usize): void {
  memory.copy(x, weights, 8 * stride);
  programBackward(x);
  const s = shift + 8 * m;
  for (let k = 0; k < n; k++) store<f64>(x + 8 * k, load<f64>(x + 8 * k) - load<f64>(s + 8 * k));
}

/** Notes a violated constraint among the worst ones, `count` so far, by falling amount, then by code; returns how many there are then. */
function note(code: i32, amount: f64, least: f64, count: i32): i32 {
  if (!(amount > least) || load<u8>(marks + code) != 0) return count;
  if (count == MOST && !(amount > load<f64>(amounts + 8 * (MOST - 1)))) return count;
  // Codes come in ascending order, so that the earlier of two equal amounts stays in front.
  let from = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (load<f64>(amounts + 8 * middle) >= amount) from = middle + 1;
    else to = middle;
  }
  const moved = min(count, MOST - 1) - from;
  memory.copy(amounts + 8 * (from + 1), amounts + 8 * from, 8 * moved);
  memory.copy(found + 4 * (from + 1), found + 4 * from, 4 * moved);
  store<f64>(amounts + 8 * from, amount);
  store<i32>(found + 4 * from, code);
  return min(count + 1, MOST);
}

/** Marks the rows among the `count` held constraints, or takes the mark off. */
function markHeld(count: i32, mark: i32): void {
  for (let j = 0; j < count; j++) {
    const id = load<i32>(active + 4 * j);
    if (id < 0) continue;
    const at = marks + load<i32>(codes + 4 * id);
    store<u8>(at, (load<u8>(at) & SKIPPED) | mark);
  }
}

/**
 * Lists the constraints that x violates by more than `tolerance`, relative to 1 + the limit, and that are neither held nor skipped, most urgent first; equalities alone where there are any.
 * Returns how many.
 */
export function programViolated(count: i32, tolerance: f64): i32 {
  markHeld(count, HELD);
  let listed = 0;
  for (let key = 0; key < keys; key++) {
    const value = key < m ? dot(matrix + 8 * <usize>stride * key, x, n) : load<f64>(x + 8 * (key - m));
    const least = load<f64>(low + 8 * key);
    const most = load<f64>(high + 8 * key);
    if (least == most) {
      listed = note(2 * key, Math.abs(value - least), tolerance * (1 + Math.abs(least)), listed);
    } else {
      listed = note(2 * key, least - value, tolerance * (1 + Math.abs(least)), listed);
      listed = note(2 * key + 1, value - most, tolerance * (1 + Math.abs(most)), listed);
    }
  }
  markHeld(count, 0);
  const least = 0.1 * load<f64>(amounts);
  let urgent = 0;
  while (urgent < listed && (urgent < FEW || load<f64>(amounts + 8 * urgent) > least)) urgent++;
  let equalities = 0;
  for (let i = 0; i < urgent; i++) {
    const code = load<i32>(found + 4 * i);
    if (isEquality(code)) store<i32>(found + 4 * equalities++, code);
  }
  return equalities > 0 ? equalities : urgent;
}

/** Leaves a constraint out of the list from now on, or none any more if `code` is negative. */
export function programSkip(code: i32): void {
  if (code < 0) memory.fill(marks, 0, 2 * (m + n));
  else store<u8>(marks + code, SKIPPED);
}

/**
 * Writes the normals of the first `listed` constraints of the list into the lowest slots that none of the `count` held ones has, with
 * their limits, and lists these slots, then those of held rows, as candidates. Returns how many rows are held.
 */
export function programOpen(listed: i32, count: i32): i32 {
  const used = codes + 4 * slotCapacity;
  memory.fill(used, 0, slotCapacity);
  for (let j = 0; j < count; j++) {
    const id = load<i32>(active + 4 * j);
    if (id >= 0) store<u8>(used + id, 1);
  }
  let slot = 0;
  for (let i = 0; i < listed; i++, slot++) {
    while (load<u8>(used + slot)) slot++;
    const code = load<i32>(found + 4 * i);
    store<i32>(codes + 4 * slot, code);
    store<f64>(limits + 8 * slot, shiftedLimit(code));
    store<i32>(equality + 4 * slot, isEquality(code) ? 1 : 0);
    store<i32>(candidates + 4 * i, slot);
    writeNormal(code, rows + 8 * <usize>stride * slot);
  }
  let held = 0;
  for (let j = 0; j < count; j++) {
    const id = load<i32>(active + 4 * j);
    if (id >= 0) store<i32>(candidates + 4 * (listed + held++), id);
  }
  return held;
}

function writeNormal(code: i32, to: usize): void {
  const key = code >> 1;
  const sign: f64 = code & 1 ? -1 : 1;
  if (key < m) {
    const from = matrix + 8 * <usize>stride * key;
    for (let k = 0; k < n; k++) store<f64>(to + 8 * k, sign * load<f64>(from + 8 * k));
    programForward(to, 0);
  } else {
    memory.fill(to, 0, 8 * n);
    store<f64>(to + 8 * (key - m), sign);
    programForward(to, key - m);
  }
}

/**
 * A Newton step in doubles on the `count` constraints that are held, from x and their multipliers u, where P is L L' and t = 1:
 *
 *   P dx - N du = -f,   N'dx = r,   f = P x + q - N u,   r = b - N'x
 *
 * Moves x; `residual` gets u + du. `curvature` is the diagonal of P, whose upper half L has left where it was; `h` is scratch.
 */
export function programPolish(count: i32, curvature: usize, cost: usize, h: usize, residual: usize): void {
  for (let k = 0; k < n; k++) {
    store<f64>(h + 8 * k, -(load<f64>(curvature + 8 * k) * load<f64>(x + 8 * k) + load<f64>(cost + 8 * k)));
  }
  for (let k = n; k < stride; k++) store<f64>(h + 8 * k, 0);
  for (let i = 0; factor != 0 && i < n - 1; i++) {
    const beside = factor + 8 * (<usize>stride * i + i + 1);
    const own = h + 8 * i;
    store<f64>(own, load<f64>(own) - dot(beside, x + 8 * (i + 1), n - i - 1));
    axpy(-load<f64>(x + 8 * i), beside, own + 8, n - i - 1);
  }
  for (let j = 0; j < count; j++) {
    const id = load<i32>(active + 4 * j);
    const code = id >= 0 ? load<i32>(codes + 4 * id) : codeOfBound(id);
    const key = code >> 1;
    // Bounds of w are as long as the diagonal of L says.
    const sign = (code & 1 ? -1 : 1) * (id >= 0 ? 1 : load<f64>(diagonal + 8 * (key - m)));
    const f = sign * load<f64>(multipliers + 8 * j);
    if (key < m) {
      const row = matrix + 8 * <usize>stride * key;
      axpy(f, row, h, n);
      store<f64>(residual + 8 * j, sign * (limitOf(code) - dot(row, x, n)));
    } else {
      const at = h + 8 * (key - m);
      store<f64>(at, load<f64>(at) + f);
      store<f64>(residual + 8 * j, sign * (limitOf(code) - load<f64>(x + 8 * (key - m))));
    }
  }
  solveStep(h, residual);
  axpy(1, h, x, n);
  axpy(1, multipliers, residual, count);
}

/** dx in place of -f at h, du in place of r at `residual`: P dx - N du = -f, N'dx = r. */
function solveStep(h: usize, residual: usize): void {
  programForward(h, 0);
  activeSetCorrect(residual, h);
  programBackward(h);
}

let columnUnits: usize = 0;
let rowUnits: usize = 0;
let costUnit: f64 = 1;
let given: usize = 0;
let diagonalOfP: usize = 0;
let costs: usize = 0;
let scratch: usize = 0;
let residuals: usize = 0;
let law: usize = 0;
/** For how many solves in turn nothing but costs has changed, held constraints included. */
let still: i32 = 0;

/**
 * Tells what `programNext` works with: units D of n variables and E of m rows, 1/c of the costs, the costs and the point in these units one
 * after the other (n; n, m and n doubles), and the arguments of `programPolish`, where scaled costs are left in `cost`. `lawPtr` has room
 * for (2 n + 8) (n + 3) doubles, or is 0.
 */
export function programUnits(
  d: usize, e: usize, perCost: f64, vectors: usize,
  curvature: usize, cost: usize, h: usize, residual: usize,
  lawPtr: usize,
): void {
  law = lawPtr;
  still = 0;
  columnUnits = d;
  rowUnits = e;
  costUnit = perCost;
  given = vectors;
  diagonalOfP = curvature;
  costs = cost;
  scratch = h;
  residuals = residual;
}

/** So many constraints are taken up and let go before the rounds of the active set do better. */
const MOST_CHANGES: i32 = 8;

/**
 * From the optimum before to the next one, for costs and, unless `alike`, limits that have moved: `programPolish` leads to the optimum on the
 * constraints that are held, or the law of these does; those whose multipliers reach zero on the way are let go, bounds that it violates
 * most, by more than `tolerance` as in `programViolated`, are taken up, one after the other. Where it has been found
 * its multipliers are those of the active set, and the point stands in units of the data, in its box. Returns how often what is held has
 * changed, or -1 where it takes more: what is held is dual feasible still.
 */
export function programNext(tolerance: f64, alike: bool): i32 {
  if (!alike) still = 0;
  for (let k = 0; k < n; k++) {
    store<f64>(costs + 8 * k, (load<f64>(given + 8 * k) * load<f64>(columnUnits + 8 * k)) / costUnit);
  }
  for (let changes = 0; changes <= MOST_CHANGES; changes++) {
    const count = activeSetCount();
    if (changes == 0 && still > n) followLaw(count);
    else programPolish(count, diagonalOfP, costs, scratch, residuals);
    if (activeSetApproach(residuals)) {
      still = 0;
      continue;
    }
    const code = mostViolated(count, tolerance);
    if (code < 0) {
      writePoint(count);
      // A law costs about as much as n steps do.
      if (still < n && ++still == n && law != 0) learnLaw(count);
      return changes;
    }
    still = 0;
    const key = code >> 1;
    if (factor != 0 || key < m) return -1;
    const value = load<f64>(x + 8 * (key - m)) - limitOf(code);
    const slack = load<f64>(diagonal + 8 * (key - m)) * (code & 1 ? -value : value);
    if (!activeSetTakeBound(-1 - 2 * (key - m) - (code & 1 ? 0 : 1), slack)) return -1;
  }
  return -1;
}

/**
 * While the same `count` constraints are held x and their multipliers u are linear in the costs. Writes the law: for every cost a step of x
 * and u, from P dx - N du = -e_k, N'dx = 0, and from which costs, x and u they count.
 */
function learnLaw(count: i32): void {
  for (let k = 0; k < n; k++) {
    memory.fill(residuals, 0, 8 * count);
    memory.fill(scratch, 0, 8 * stride);
    store<f64>(scratch + 8 * k, -1);
    solveStep(scratch, residuals);
    for (let i = 0; i < n + count; i++) {
      lawKeep(law, n, i, k, load<f64>(i < n ? scratch + 8 * i : residuals + 8 * (i - n)));
    }
  }
  const from = law + 16 * n * (n + 4);
  copy(costs, from, n);
  copy(x, from + 8 * n, n);
  copy(multipliers, from + 16 * n, count);
  still = n + 1;
}

/** x and the multipliers, in place of residuals, by the law. */
function followLaw(count: i32): void {
  const from = law + 16 * n * (n + 4);
  const base = from + 8 * n;
  const to = base + 16 * (n + 4);
  for (let k = 0; k < n; k++) store<f64>(scratch + 8 * k, load<f64>(costs + 8 * k) - load<f64>(from + 8 * k));
  lawSums(law, n, n + count, scratch, base, to);
  copy(to, x, n);
  copy(to + 8 * n, residuals, count);
}

/** What `memory.copy` does, which takes longer for a few. */
@inline
function copy(from: usize, to: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f64>(to + 8 * i, load<f64>(from + 8 * i));
}

/** The constraint that is not held and that x violates most, by more than `tolerance`; -1 if there is none. */
function mostViolated(count: i32, tolerance: f64): i32 {
  let held = 0;
  for (let j = 0; j < count; j++) held += load<i32>(active + 4 * j) >= 0 ? 1 : 0;
  // Where bounds are no rows, as many as there are rows are all of them.
  const some = factor != 0 || held < m;
  if (some) markHeld(count, HELD);
  let code = -1;
  // What is held is off by less, in either direction.
  let most = tolerance;
  for (let key = some ? 0 : m; key < m + n; key++) {
    if (key < m && ((load<u8>(marks + 2 * key) | load<u8>(marks + 2 * key, 1)) & HELD) != 0) continue;
    const value = key < m ? dot(matrix + 8 * <usize>stride * key, x, n) : load<f64>(x + 8 * (key - m));
    const least = load<f64>(low + 8 * key);
    const below = least - value;
    const greatest = load<f64>(high + 8 * key);
    const above = value - greatest;
    if (below > most && below > tolerance * (1 + Math.abs(least))) {
      most = below;
      code = 2 * key;
    }
    if (above > most && above > tolerance * (1 + Math.abs(greatest))) {
      most = above;
      code = 2 * key + 1;
    }
  }
  if (some) markHeld(count, 0);
  return code;
}

/** Writes x in its box and the multipliers of what is held, in units of the data. */
function writePoint(count: i32): void {
  const point = given + 8 * n;
  const y = point + 8 * n;
  const z = y + 8 * m;
  const least = low + 8 * m;
  const most = high + 8 * m;
  // Two at a time; of an odd number the last writes beyond, where y comes next.
  for (let k = 0; k < n; k += 2) {
    const value = f64x2.pmin(f64x2.pmax(v128.load(x + 8 * k), v128.load(least + 8 * k)), v128.load(most + 8 * k));
    v128.store(point + 8 * k, f64x2.mul(value, v128.load(columnUnits + 8 * k)));
  }
  for (let i = 0; i < m + n; i++) store<f64>(y + 8 * i, 0);
  for (let j = 0; j < count; j++) {
    const id = load<i32>(active + 4 * j);
    const code = id >= 0 ? load<i32>(codes + 4 * id) : codeOfBound(id);
    const key = code >> 1;
    const value = (code & 1 ? -1 : 1) * load<f64>(multipliers + 8 * j) * costUnit;
    if (key < m) {
      const at = y + 8 * key;
      store<f64>(at, load<f64>(at) + value * load<f64>(rowUnits + 8 * key));
    } else {
      const length = id >= 0 ? 1 : load<f64>(diagonal + 8 * (key - m));
      const at = z + 8 * (key - m);
      store<f64>(at, load<f64>(at) + (value * length) / load<f64>(columnUnits + 8 * (key - m)));
    }
  }
}

/** The code of a bound that the active set holds under a name of its own, -1 - (2 k + side) with side 1 for the lower one. */
@inline
function codeOfBound(id: i32): i32 {
  const name = -1 - id;
  return 2 * (m + (name >> 1)) + (name & 1 ? 0 : 1);
}
