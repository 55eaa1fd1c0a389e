// Dual active-set method (Goldfarb and Idnani 1983) in Gram form for
//
//   minimize 1/2 |w|^2   subject to   n_i . w = b_i or n_i . w >= b_i,   lower <= w <= upper.
//
// w = N u with the active normals as columns of N and multipliers u; the Gram matrix G = N'N of the active
// set is kept as a Cholesky factor L. Everything between two visits of the rows happens in the Gram matrix.
//
// A constraint is named by an integer: a row slot (>= 0), or the bound -1 - (2 k + side) of variable k,
// side 0 for w_k <= upper_k and side 1 for w_k >= lower_k. Bounds have no rows: their inner products are
// entries of rows.

import { denseAxpy as axpy, denseDot as dot } from "../../../src/dense/kernel/dense";
import { axpyFour, packedBackward, packedForward, packedRow } from "./packed";

let variables: i32 = 0, stride: i32 = 0;
let slotCapacity: i32 = 0, activeCapacity: i32 = 0;
let rows: usize = 0, limits: usize = 0, equality: usize = 0, gram: usize = 0;
let factor: usize = 0, active: usize = 0, multipliers: usize = 0;
let weights: usize = 0, lower: usize = 0, upper: usize = 0;
let scratch: usize = 0;

let count: i32 = 0, additions: i32 = 0, removals: i32 = 0;

/** Binds the kernel to a problem without rows. `stride` is `variables` rounded up to 2. */
export function activeSetBind(variableCount: i32, rowStride: i32, weightPtr: usize, lowerPtr: usize, upperPtr: usize): void {
  variables = variableCount;
  stride = rowStride;
  weights = weightPtr;
  lower = lowerPtr;
  upper = upperPtr;
  count = 0;
  additions = 0;
  removals = 0;
  dependence = 1e-11;
}

/** Tells normals apart whose squared distance, relative to their length, is more than this. */
export function activeSetDependence(least: f64): void {
  dependence = least;
}

/** Tells where the tables of up to `slots` rows lie: rows, right-hand sides, equality flags, Gram matrix. */
export function activeSetRows(slots: i32, rowPtr: usize, limitPtr: usize, equalityPtr: usize, gramPtr: usize): void {
  slotCapacity = slots;
  rows = rowPtr;
  limits = limitPtr;
  equality = equalityPtr;
  gram = gramPtr;
}

/** Tells where the tables of up to `most` active constraints lie; `scratch` holds 4 doubles for each. */
export function activeSetActive(most: i32, factorPtr: usize, activePtr: usize, multiplierPtr: usize, scratchPtr: usize): void {
  activeCapacity = most;
  factor = factorPtr;
  active = activePtr;
  multipliers = multiplierPtr;
  scratch = scratchPtr;
}

export function activeSetCount(): i32 { return count; }
export function activeSetAdditions(): i32 { return additions; }
export function activeSetRemovals(): i32 { return removals; }

// ---- Inner products ------------------------------------------------------------------------------------

function row(slot: i32): usize {
  return rows + 8 * <usize>stride * slot;
}

function isEquality(id: i32): bool {
  return id >= 0 && load<i32>(equality + 4 * id) != 0;
}

function limitOf(id: i32): f64 {
  if (id >= 0) return load<f64>(limits + 8 * id);
  const code = -1 - id;
  return code & 1 ? load<f64>(lower + 8 * (code >> 1)) : -load<f64>(upper + 8 * (code >> 1));
}

/** n_i . n_j, from the Gram table between rows. */
function product(i: i32, j: i32): f64 {
  if (i >= 0 && j >= 0) return load<f64>(gram + 8 * (<usize>i * slotCapacity + j));
  if (i < 0 && j < 0) {
    if ((-1 - i) >> 1 != (-1 - j) >> 1) return 0;
    return i == j ? 1 : -1;
  }
  const slot = i >= 0 ? i : j;
  const code = -1 - (i >= 0 ? j : i);
  const entry = load<f64>(row(slot) + 8 * (code >> 1));
  return code & 1 ? entry : -entry;
}

// ---- Cholesky factor of the active Gram matrix, packed by rows ------------------------------------------

@inline
function factorRow(i: i32): usize {
  return packedRow(factor, i);
}

@inline
function forward(l: usize): void {
  packedForward(factor, count, l);
}

@inline
function backward(r: usize): void {
  packedBackward(factor, count, r);
}

/**
 * Removes active constraint `j`. The rotations that restore the triangle turn the vector at `l` (length
 * count) along, so that it still solves L l = g for what remains; returns the component that leaves it.
 */
function remove(j: i32, l: usize, rotations: usize): f64 {
  removals++;
  for (let i = j; i < count - 1; i++) {
    store<i32>(active + 4 * i, load<i32>(active + 4 * (i + 1)));
    store<f64>(multipliers + 8 * i, load<f64>(multipliers + 8 * (i + 1)));
  }
  // Row i + 1 becomes row i; rotation m mixes columns m and m + 1, m = j, ..., i.
  for (let i = j; i < count - 1; i++) {
    const from = factorRow(i + 1);
    const to = factorRow(i);
    memory.copy(to, from, 8 * j);
    let carry = load<f64>(from + 8 * j);
    for (let m = j; m < i; m++) {
      const c = load<f64>(rotations + 16 * m);
      const s = load<f64>(rotations + 16 * m, 8);
      const next = load<f64>(from + 8 * (m + 1));
      store<f64>(to + 8 * m, c * carry + s * next);
      carry = c * next - s * carry;
    }
    const diagonal = load<f64>(from + 8 * (i + 1));
    const length = Math.sqrt(carry * carry + diagonal * diagonal);
    store<f64>(rotations + 16 * i, carry / length);
    store<f64>(rotations + 16 * i, diagonal / length, 8);
    store<f64>(to + 8 * i, length);
  }
  let carry = load<f64>(l + 8 * j);
  for (let m = j; m < count - 1; m++) {
    const c = load<f64>(rotations + 16 * m);
    const s = load<f64>(rotations + 16 * m, 8);
    const next = load<f64>(l + 8 * (m + 1));
    store<f64>(l + 8 * m, c * carry + s * next);
    carry = c * next - s * carry;
  }
  count--;
  return carry;
}

// ---- The method -----------------------------------------------------------------------------------------

/** What `activeSetAdd` reports. */
const DONE = 0;
const DEPENDENT = 1;
const LIMIT = 2;

/** The constraint at which addOne met a ray, and the sign with which it was approached. */
let rayId: i32 = 0;
let raySign: f64 = 1;

/** Squared distance from the span of the active normals, relative to the length, below which a row counts as dependent. */
let dependence: f64 = 1e-11;
/** Below this, and above `dependence`, the distance is taken on the rows: the Gram matrix has lost it. */
const NEAR: f64 = 1e-8;

/**
 * The squared distance of normal `id` from the span of the active ones, from n - N r and once more from what is left
 * of that along the span; corrects l = L^-1 N'n on the way. `r` is scratch.
 */
function distanceOnRows(id: i32, l: usize, r: usize): f64 {
  const h = row(slotCapacity - 1);
  memory.fill(h, 0, 8 * stride);
  addNormal(id, 1, h);
  memory.copy(r, l, 8 * count);
  for (let pass = 0; pass < 2; pass++) {
    backward(r);
    for (let j = 0; j < count; j++) addNormal(load<i32>(active + 4 * j), -load<f64>(r + 8 * j), h);
    if (pass == 1) break;
    for (let j = 0; j < count; j++) store<f64>(r + 8 * j, normalDot(load<i32>(active + 4 * j), h));
    forward(r);
    axpy(1, r, l, count);
  }
  return dot(h, h, stride);
}

/**
 * Takes up the violated constraint `id`, releasing active inequalities on the way, and moves to the optimum
 * of the new set. DEPENDENT: the row depends on the active ones and no multiplier blocks; the second part of
 * scratch then holds r = L^-T L^-1 g, and n_p - N r is a ray along which the dual grows without bound.
 */
function addOne(id: i32, tolerance: f64): i32 {
  const l = scratch;
  // Nearly dependent normals have large multipliers, and among these the Gram matrix loses the slack.
  const onRows = dependence < 1e-14;
  if (onRows) {
    activeSetWeights();
    activeSetRefine();
    activeSetRefine();
  }
  let slack = -limitOf(id);
  for (let j = 0; j < count; j++) {
    const p = product(id, load<i32>(active + 4 * j));
    store<f64>(l + 8 * j, p);
    slack += load<f64>(multipliers + 8 * j) * p;
  }
  if (onRows) slack = normalDot(id, weights) - limitOf(id);
  return takeUp(id, slack, tolerance);
}

/** The same for a bound whose slack is known already: whether it is held then. */
export function activeSetTakeBound(id: i32, slack: f64): bool {
  const before = additions;
  if (count + 1 >= activeCapacity) return false;
  for (let j = 0; j < count; j++) store<f64>(scratch + 8 * j, product(id, load<i32>(active + 4 * j)));
  return takeUp(id, slack, 0) == DONE && additions > before;
}

/**
 * The step itself, from the constraint's products with the active ones in the first part of scratch. One function, longer than most: it is
 * the step of Goldfarb and Idnani, box of the paper for box.
 */
function takeUp(id: i32, slack: f64, tolerance: f64): i32 {
  const l = scratch;
  const r = scratch + 8 * activeCapacity;
  const rotations = scratch + 16 * activeCapacity;
  const own = product(id, id);
  const equal = isEquality(id);
  if (equal ? Math.abs(slack) <= tolerance : slack >= -tolerance) return DONE;
  // An equality is approached from its violated side; its multiplier may have either sign.
  const sign: f64 = slack > 0 ? -1 : 1;
  forward(l);
  let distance = own - dot(l, l, count);
  if (distance <= NEAR * own && dependence < 1e-11) distance = distanceOnRows(id, l, r);
  let step: f64 = 0;
  while (true) {
    memory.copy(r, l, 8 * count);
    backward(r);
    let blocking = -1;
    let most = f64.MAX_VALUE;
    for (let j = 0; j < count; j++) {
      const change = sign * load<f64>(r + 8 * j);
      if (change > 1e-14 && !isEquality(load<i32>(active + 4 * j))) {
        const ratio = load<f64>(multipliers + 8 * j) / change;
        if (ratio < most) {
          most = ratio;
          blocking = j;
        }
      }
    }
    const independent = distance > dependence * own && count < variables;
    const full = independent ? Math.abs(slack) / distance : f64.MAX_VALUE;
    // A constraint that follows from the active ones, or nearly, and is off by rounding.
    const near = dependence < 1e-11 && distance <= NEAR * own;
    if (near && blocking < 0 && Math.abs(slack) <= 1e-11 * (Math.sqrt(own) + Math.abs(limitOf(id)))) return DONE;
    if (blocking < 0 && !independent) {
      rayId = id;
      raySign = sign;
      return DEPENDENT;
    }
    const t = Math.min(full, Math.max(most, 0.0));
    for (let j = 0; j < count; j++) {
      const at = multipliers + 8 * j;
      store<f64>(at, load<f64>(at) - t * sign * load<f64>(r + 8 * j));
    }
    step += t * sign;
    slack += independent ? t * sign * distance : 0;
    if (full <= most) {
      memory.copy(factorRow(count), l, 8 * count);
      store<f64>(factorRow(count) + 8 * count, Math.sqrt(distance));
      store<i32>(active + 4 * count, id);
      store<f64>(multipliers + 8 * count, step);
      count++;
      additions++;
      return DONE;
    }
    if (blocking < 0) return LIMIT;
    const leaving = remove(blocking, l, rotations);
    distance += leaving * leaving;
  }
}

/**
 * Takes up the constraints candidates[0..n), most urgent first, each only if it is still violated by more
 * than `tolerance` times its length and limit. At most `budget` additions.
 */
export function activeSetAdd(candidates: usize, n: i32, tolerance: f64, budget: i32): i32 {
  const end = additions + removals + budget;
  for (let i = 0; i < n; i++) {
    const id = load<i32>(candidates + 4 * i);
    const status = addOne(id, tolerance * (Math.sqrt(product(id, id)) + Math.abs(limitOf(id))));
    if (status != DONE) return status;
    if (additions + removals > end) return LIMIT;
  }
  return DONE;
}

/** w = N u. */
export function activeSetWeights(): void {
  memory.fill(weights, 0, 8 * stride);
  addNormals(multipliers, weights);
}

/** Lists the bounds that the weights violate by more than `tolerance`, relative to 1 + the bound; returns how many. */
export function activeSetBounds(out: usize, tolerance: f64): i32 {
  let n = 0;
  for (let k = 0; k < variables; k++) {
    const w = load<f64>(weights + 8 * k);
    if (w > load<f64>(upper + 8 * k) + tolerance * (1 + Math.abs(load<f64>(upper + 8 * k)))) store<i32>(out + 4 * n++, -1 - 2 * k);
    else if (w < load<f64>(lower + 8 * k) - tolerance * (1 + Math.abs(load<f64>(lower + 8 * k)))) store<i32>(out + 4 * n++, -2 - 2 * k);
  }
  return n;
}

/**
 * One step towards G u = b on the active set, from residuals taken on the rows themselves. The weights follow by the
 * step alone: of large multipliers that nearly cancel, N u knows less than they do. An inequality whose multiplier it would
 * make negative, as that of one of two rows that all but coincide, is let go first.
 */
export function activeSetRefine(): void {
  const residual = scratch;
  while (true) {
    for (let j = 0; j < count; j++) {
      const id = load<i32>(active + 4 * j);
      store<f64>(residual + 8 * j, limitOf(id) - normalDot(id, weights));
    }
    forward(residual);
    backward(residual);
    const least = -1e-11 * Math.sqrt(dot(multipliers, multipliers, count));
    let sharp = true;
    for (let j = 0; j < count; j++) {
      const u = load<f64>(multipliers + 8 * j) + load<f64>(residual + 8 * j);
      if (u < least && !isEquality(load<i32>(active + 4 * j))) sharp = false;
    }
    if (sharp) break;
    axpy(1, multipliers, residual, count);
    activeSetApproach(residual);
    activeSetWeights();
  }
  axpy(1, residual, multipliers, count);
  addNormals(residual, weights);
}

/**
 * By how much the multipliers prove that no w within the bounds satisfies the rows: with v the combination of
 * the rows alone, sum u_i b_i - max over the box of v . w. Positive: infeasible, up to rounding. With
 * `ray`, the multipliers are those of the ray that the last addition met; they replace the others until
 * `activeSetForget`.
 * `v` is scratch of `stride` doubles. The result is relative to the size of its terms.
 */
export function activeSetProof(ray: bool, v: usize): f64 {
  if (ray) {
    memory.copy(scratch, multipliers, 8 * count);
    for (let j = 0; j < count; j++) {
      store<f64>(multipliers + 8 * j, -raySign * load<f64>(scratch + 8 * activeCapacity + 8 * j));
    }
    store<i32>(active + 4 * count, rayId);
    store<f64>(multipliers + 8 * count, raySign);
    count++;
  }
  // v is what the weights would be without the bounds' part.
  if (ray) activeSetWeights();
  memory.copy(v, weights, 8 * stride);
  let value: f64 = 0;
  let size: f64 = 0;
  for (let j = 0; j < count; j++) {
    const id = load<i32>(active + 4 * j);
    const y = load<f64>(multipliers + 8 * j);
    if (id >= 0) {
      value += y * limitOf(id);
      size += Math.abs(y * limitOf(id));
    } else {
      const code = -1 - id;
      const at = v + 8 * (code >> 1);
      store<f64>(at, load<f64>(at) - (code & 1 ? y : -y));
    }
  }
  for (let k = 0; k < variables; k++) {
    const entry = load<f64>(v + 8 * k);
    const most = entry > 0 ? entry * load<f64>(upper + 8 * k) : entry * load<f64>(lower + 8 * k);
    value -= most;
    size += Math.abs(most);
  }
  return size > 0 ? value / size : 0;
}

/** Takes back the ray that `activeSetProof` has put in place of the multipliers. */
export function activeSetForget(): void {
  count--;
  memory.copy(multipliers, scratch, 8 * count);
  activeSetWeights();
}

// ---- Moving with the data -------------------------------------------------------------------------------

/**
 * Makes the factor anew from the Gram matrix for the constraints at `active`, the first `n` of them, with their
 * multipliers; those that depend on earlier ones are left out. Wipes out drift; also the way in for a warm start.
 */
export function activeSetRefactor(n: i32): void {
  count = 0;
  for (let i = 0; i < n; i++) {
    const id = load<i32>(active + 4 * i);
    const l = factorRow(count);
    for (let j = 0; j < count; j++) store<f64>(l + 8 * j, product(id, load<i32>(active + 4 * j)));
    forward(l);
    const own = product(id, id);
    let distance = own - dot(l, l, count);
    if (distance <= NEAR * own && dependence < 1e-11) distance = distanceOnRows(id, l, scratch);
    if (!(distance > dependence * own) || count == variables) continue;
    store<f64>(l + 8 * count, Math.sqrt(distance));
    store<i32>(active + 4 * count, id);
    store<f64>(multipliers + 8 * count, load<f64>(multipliers + 8 * i));
    count++;
  }
}

/**
 * Moves the multipliers to the optimum on the active constraints after their limits have changed, releasing
 * those inequalities whose multipliers reach zero on the way: the dual never falls.
 */
export function activeSetReoptimize(): void {
  const target = scratch;
  while (count > 0) {
    for (let j = 0; j < count; j++) store<f64>(target + 8 * j, limitOf(load<i32>(active + 4 * j)));
    forward(target);
    backward(target);
    if (!activeSetApproach(target)) break;
  }
  activeSetWeights();
}

/** Moves the multipliers to `target`, or until the one of an inequality reaches zero, which is then let go: whether one does. */
export function activeSetApproach(target: usize): bool {
  let blocking = -1;
  let t: f64 = 1;
  for (let j = 0; j < count; j++) {
    const aim = load<f64>(target + 8 * j);
    if (aim >= 0 || isEquality(load<i32>(active + 4 * j))) continue;
    const u = Math.max(load<f64>(multipliers + 8 * j), 0);
    const ratio = u / (u - aim);
    if (blocking < 0 || ratio < t) {
      t = ratio;
      blocking = j;
    }
  }
  for (let j = 0; j < count; j++) {
    const at = multipliers + 8 * j;
    const u = load<f64>(at);
    store<f64>(at, u + t * (load<f64>(target + 8 * j) - u));
  }
  if (blocking < 0) return false;
  remove(blocking, target, scratch + 16 * activeCapacity);
  return true;
}

/** n_j . h for a vector of `stride` doubles. */
function normalDot(id: i32, h: usize): f64 {
  if (id >= 0) return dot(row(id), h, stride);
  const code = -1 - id;
  const entry = load<f64>(h + 8 * (code >> 1));
  return code & 1 ? entry : -entry;
}

/** h += f n_j */
function addNormal(id: i32, f: f64, h: usize): void {
  if (id >= 0) return axpy(f, row(id), h, stride);
  const code = -1 - id;
  const at = h + 8 * (code >> 1);
  store<f64>(at, load<f64>(at) + (code & 1 ? f : -f));
}

/** h += sum f_j n_j over the active ones, four rows at a time, to the bits of one after the other. */
function addNormals(f: usize, h: usize): void {
  for (let j = 0; j < count; j++) {
    const ids = active + 4 * j;
    if (j + 4 <= count && (load<i32>(ids) | load<i32>(ids, 4) | load<i32>(ids, 8) | load<i32>(ids, 12)) >= 0) {
      axpyFour(f + 8 * j, rows, ids, h, stride);
      j += 3;
    } else addNormal(load<i32>(ids), load<f64>(f + 8 * j), h);
  }
}

/**
 * One step towards given residuals of the active constraints, in the metric of the problem: solves
 * N'(h + N du) = residual, leaves du in place of the residuals and h + N du in place of h.
 */
export function activeSetCorrect(residual: usize, h: usize): void {
  for (let j = 0, at = residual; j < count; j++, at += 8) {
    store<f64>(at, load<f64>(at) - normalDot(load<i32>(active + 4 * j), h));
  }
  forward(residual);
  backward(residual);
  addNormals(residual, h);
}
