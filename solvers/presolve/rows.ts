/**
 * Rows that say nothing, or little, beside the bounds of their variables. With the least and largest value that the bounds allow,
 *
 *   low = sum over a_k > 0 of a_k lb_k + sum over a_k < 0 of a_k ub_k,   high likewise,
 *
 *   redundant   l <= low and high <= u            the row goes, its multiplier is 0
 *   infeasible  high < l or low > u               its multiplier alone is the proof, the bounds answer it
 *   forcing     high = l or low = u               its variables lie at the bounds that make it so
 *   bounding    x_k >= (l - (high without k)) / a_k, for a_k > 0, and the like; a row of one variable is nothing else, and goes
 *
 * (Andersen and Andersen 1995.)
 */
import { PROMISE } from '../tolerances.js';
import { fix, type Tableau, touchColumn } from './tableau.js';

/** Rounding of such sums, relative to their terms. */
const ROUNDING = 2 ** -48;
const MOST_ROUNDING = PROMISE / 10;
/** Bounds beyond are no help. */
const FAR = 1e6;
/** The part of its box that a bound must take away. */
const GAIN = 0.1;

interface Range {
  /** Variables that are still there. */
  count: number;
  /** Sums of what is finite, and how many terms are not. */
  low: number;
  high: number;
  lowOpen: number;
  highOpen: number;
  /** Sum of magnitudes. */
  size: number;
}

function rangeOf({ program: { A }, lb, ub, stays }: Tableau, i: number): Range {
  const range = { count: 0, low: 0, high: 0, lowOpen: 0, highOpen: 0, size: 0 };
  for (let p = A.starts[i]; p < A.starts[i + 1]; p++) {
    const k = A.columns[p];
    const a = A.values[p];
    range.count += stays[k];
    const least = a * (a > 0 ? lb[k] : ub[k]);
    const most = a * (a > 0 ? ub[k] : lb[k]);
    if (Number.isFinite(least)) range.low += least;
    else range.lowOpen++;
    if (Number.isFinite(most)) range.high += most;
    else range.highOpen++;
    range.size += Math.max(Number.isFinite(least) ? Math.abs(least) : 0, Number.isFinite(most) ? Math.abs(most) : 0);
  }
  return range;
}

/** Looks at row i; the sign of its multiplier where it proves that nothing is feasible. */
export function reduceRow(t: Tableau, i: number): 0 | 1 | -1 {
  const range = rangeOf(t, i);
  const { count, size } = range;
  const low = range.lowOpen > 0 ? Number.NEGATIVE_INFINITY : range.low;
  const high = range.highOpen > 0 ? Number.POSITIVE_INFINITY : range.high;
  const [l, u] = [t.l[i], t.u[i]];
  const limit = (value: number) => (Number.isFinite(value) ? Math.abs(value) : 0);
  const rounding = Math.min(ROUNDING * (size + Math.max(limit(l), limit(u))), MOST_ROUNDING);
  if (high < l - rounding) return 1;
  if (low > u + rounding) return -1;
  if ((low >= l - rounding && high <= u + rounding) || count === 0) {
    lean(t, i);
    t.rowStays[i] = 0;
  } else if (high <= l + rounding || low >= u - rounding) force(t, i, high <= l + rounding ? 'lower' : 'upper');
  else bound(t, i, range);
  return 0;
}

function lean({ program: { A }, leaned }: Tableau, i: number): void {
  for (let p = A.starts[i]; p < A.starts[i + 1]; p++) leaned[A.columns[p]] = 1;
}

/** Every variable of row i goes to the bound that brings the row nearest to its limit on that side. */
function force(t: Tableau, i: number, side: 'lower' | 'upper'): void {
  const { A } = t.program;
  const variables: number[] = [];
  lean(t, i);
  for (let p = A.starts[i]; p < A.starts[i + 1]; p++) {
    const k = A.columns[p];
    if (!t.stays[k]) continue;
    fix(t, k, A.values[p] > 0 === (side === 'lower') ? t.ub[k] : t.lb[k], false);
    variables.push(k);
  }
  t.rowStays[i] = 0;
  t.steps.push({ kind: 'forced', i, side, variables });
}

/**
 * Bounds of variables that follow from row i and the bounds of its others. The sums may be those of wider bounds, of variables
 * whose turn was before: what follows from them is true, and less.
 */
function bound(t: Tableau, i: number, range: Range): void {
  const { A } = t.program;
  const only = range.count === 1;
  for (let p = A.starts[i]; p < A.starts[i + 1]; p++) {
    const k = A.columns[p];
    const a = A.values[p];
    if (!t.stays[k]) continue;
    const [lb, ub] = [t.lb[k], t.ub[k]];
    // What the others add at most and at least.
    const high = without(range.high, range.highOpen, a * (a > 0 ? ub : lb));
    const low = without(range.low, range.lowOpen, a * (a > 0 ? lb : ub));
    const [fromLower, fromUpper] = [(t.l[i] - high) / a, (t.u[i] - low) / a];
    const lower = a > 0 ? fromLower : fromUpper;
    const upper = a > 0 ? fromUpper : fromLower;
    if (only ? lower > lb : helps(lower, lower - lb, ub - lb)) narrow(t, i, k, a, 'lower', Math.min(lower, ub));
    if (only ? upper < ub : helps(upper, ub - upper, ub - lb)) narrow(t, i, k, a, 'upper', Math.max(upper, t.lb[k]));
  }
  if (!only) return;
  const k = onlyOne(t, i);
  t.leaned[k] = 1;
  t.rowStays[i] = 0;
}

/** A sum of which `open` terms are infinite without its term `own`; NaN where there are others that are. */
function without(sum: number, open: number, own: number): number {
  if (!Number.isFinite(own)) return open > 1 ? Number.NaN : sum;
  return open > 0 ? Number.NaN : sum - own;
}

function onlyOne({ program: { A }, stays }: Tableau, i: number): number {
  let p = A.starts[i];
  while (!stays[A.columns[p]]) p++;
  return A.columns[p];
}

/** Whether a bound that follows is worth having: `gain` is by how much it is tighter, `width` that of the box. */
function helps(bound: number, gain: number, width: number): boolean {
  if (!(Math.abs(bound) <= FAR && gain > 0)) return false;
  return gain === Number.POSITIVE_INFINITY || gain > GAIN * Math.min(width, 1 + Math.abs(bound));
}

function narrow(t: Tableau, i: number, k: number, a: number, side: 'lower' | 'upper', value: number): void {
  const limits = side === 'lower' ? t.lb : t.ub;
  t.steps.push({ kind: 'bound', i, k, a, side, wide: limits[k] });
  limits[k] = value;
  touchColumn(t, k);
}
