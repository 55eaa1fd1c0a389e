// Gram entries of rows some of which have few entries, as bounds in a metric of small blocks do: a product with such a row takes its own
// entries alone. Sums run as those of dense rows do (src/dense/kernel/gram.ts), to the same bits.
//
// Entries of a slot, 64 bytes: how many u32, up to DENSE | their columns u32.

import { denseGram } from "../../../src/dense/kernel/gram";

/** A row with so many is a full one. */
const DENSE: u32 = 9;
/** Columns that dense sums take together. */
const PANEL: u32 = 512;

/** Lists the columns of what is not zero in a row, until they are as many as a full row has. */
function find(row: usize, stride: i32, entries: usize): void {
  let count: u32 = 0;
  for (let k = 0; k < stride && count < DENSE; k++) {
    if (load<f64>(row + 8 * k) == 0) continue;
    count++;
    store<u32>(entries + 4 * count, k);
  }
  store<u32>(entries, count);
}

/** The product of two rows, the first of which has these entries. */
function product(row: usize, other: usize, entries: usize): f64 {
  const end = entries + 4 * load<u32>(entries);
  let sum: f64 = 0;
  let even: f64 = 0;
  let odd: f64 = 0;
  let panel: u32 = 0;
  while (entries < end) {
    entries += 4;
    const k = load<u32>(entries);
    if (k / PANEL != panel) {
      panel = k / PANEL;
      sum += even + odd;
      even = 0;
      odd = 0;
    }
    const term = load<f64>(row + 8 * k) * load<f64>(other + 8 * k);
    if (k & 1) odd += term;
    else even += term;
  }
  return sum + (even + odd);
}

/**
 * As `denseGram`, in other order; `entries` holds 64 bytes for each slot, those of the `old` rows from the time they were fresh, and `order` room
 * for as many names of slots as there are.
 */
export function activeSetGram(
  rows: usize, stride: i32,
  gram: usize, capacity: i32,
  slots: usize, fresh: i32, old: i32,
  entries: usize, order: usize,
): void {
  const all = fresh + old;
  const width = 8 * <usize>stride;
  // Full rows, fresh ones first.
  let full = 0;
  let fullFresh = 0;
  for (let j = 0; j < all; j++) {
    const slot = load<i32>(slots + 4 * j);
    if (j < fresh) find(rows + width * slot, stride, entries + 64 * slot);
    if (load<u32>(entries + 64 * slot) == DENSE) store<i32>(order + 4 * full++, slot);
    if (j + 1 == fresh) fullFresh = full;
  }
  denseGram(rows, stride, gram, capacity, order, fullFresh, full - fullFresh);
  if (full == all) return;
  for (let i = 0; i < all; i++) {
    const from = load<i32>(slots + 4 * i);
    const own = entries + 64 * from;
    if (load<u32>(own) == DENSE) continue;
    for (let j = 0; j < (i < fresh ? all : fresh); j++) {
      const to = load<i32>(slots + 4 * j);
      const value = product(rows + width * from, rows + width * to, own);
      store<f64>(gram + 8 * (<usize>from * capacity + to), value);
      store<f64>(gram + 8 * (<usize>to * capacity + from), value);
    }
  }
}
