// Gram entries of rows that are zero in whole groups of columns, as those of a metric in blocks are: two rows meet in the groups that both
// have. Rows that have most of them are full, the others thin; products of full rows with each other are dense ones, and not made here.
//
// Groups: `count` + 1 offsets in bytes u32, in multiples of 16. Marks of a slot: how many groups it has u32 | bits of these.

/** Marks the groups in which a row has anything. */
function mark(row: usize, groups: usize, count: i32, marks: usize): void {
  let some = 0;
  let at = row;
  for (let g = 0; g < count; g++) {
    const word = marks + 4 * (1 + (g >> 5));
    if ((g & 31) == 0) store<u32>(word, 0);
    const end = row + load<u32>(groups + 4 * g, 4);
    while (at < end && !v128.any_true(v128.load(at))) at += 16;
    if (at == end) continue;
    some++;
    store<u32>(word, load<u32>(word) | (1 << (g & 31)));
    at = end;
  }
  store<u32>(marks, some);
}

/** Appends those of order[from..to) whose bit is set to a list of n, and fills up to whole fours; returns how many there are then. */
function gather(
  order: usize, from: i32, to: i32, word: usize, size: usize, bit: i32,
  list: usize, n: i32, spare: i32,
): i32 {
  for (let k = from; k < to; k++) {
    const slot = load<i32>(order + 4 * k);
    store<i32>(list + 4 * n, slot);
    n += (load<u32>(word + size * slot) >> bit) & 1;
  }
  while (n & 3) store<i32>(list + 4 * n++, spare);
  return n;
}

/** Puts the columns of four rows, `bytes` of them from `from` on, side by side, `width` bytes from column to column. */
function pack(names: usize, from: usize, stride: usize, bytes: usize, to: usize, width: usize): void {
  let p0 = from + stride * load<i32>(names);
  let p1 = from + stride * load<i32>(names, 4);
  let p2 = from + stride * load<i32>(names, 8);
  let p3 = from + stride * load<i32>(names, 12);
  for (const stop = p0 + bytes; p0 < stop; to += 2 * width) {
    const u0 = v128.load(p0);
    const u1 = v128.load(p1);
    const u2 = v128.load(p2);
    const u3 = v128.load(p3);
    v128.store(to, v128.shuffle<f64>(u0, u1, 0, 2));
    v128.store(to, v128.shuffle<f64>(u2, u3, 0, 2), 16);
    v128.store(to + width, v128.shuffle<f64>(u0, u1, 1, 3));
    v128.store(to + width, v128.shuffle<f64>(u2, u3, 1, 3), 16);
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
  }
}

/** Makes zeros of the entries of order[from..to) with those of order[first..last) that do not stand before them, or mirrors them. */
function pairs(order: usize, from: i32, to: i32, first: i32, last: i32, gram: usize, capacity: i32, clear: bool): void {
  for (let i = from; i < to; i++) {
    const own: usize = load<i32>(order + 4 * i);
    for (let j = max(i, first); j < last; j++) {
      const other: usize = load<i32>(order + 4 * j);
      const at = gram + 8 * (own * capacity + other);
      if (clear) store<f64>(at, 0);
      store<f64>(gram + 8 * (other * capacity + own), load<f64>(at));
    }
  }
}

/** Adds the four products of a row with the slots named from j on. */
function add(row: usize, j: usize, s: v128, t: v128): void {
  let at = row + 8 * load<i32>(j);
  store<f64>(at, load<f64>(at) + f64x2.extract_lane(s, 0));
  at = row + 8 * load<i32>(j, 4);
  store<f64>(at, load<f64>(at) + f64x2.extract_lane(s, 1));
  at = row + 8 * load<i32>(j, 8);
  store<f64>(at, load<f64>(at) + f64x2.extract_lane(t, 0));
  at = row + 8 * load<i32>(j, 12);
  store<f64>(at, load<f64>(at) + f64x2.extract_lane(t, 1));
}

/** Adds the products of list[from..to) with those of list[first..last) that do not stand before their four, from columns of `width` bytes. */
function tiles(
  list: usize, from: i32, to: i32, first: i32, last: i32,
  columns: usize, width: usize, end: usize, gram: usize, capacity: i32,
): void {
  for (let i = from; i < to; i += 4) {
    const own = list + 4 * i;
    for (let j = max(i, first); j < last; j += 4) {
      let s0 = f64x2.splat(0);
      let s1 = f64x2.splat(0);
      let s2 = f64x2.splat(0);
      let s3 = f64x2.splat(0);
      let t0 = f64x2.splat(0);
      let t1 = f64x2.splat(0);
      let t2 = f64x2.splat(0);
      let t3 = f64x2.splat(0);
      let q = columns + 8 * j;
      for (let p = columns + 8 * i; p < end; p += width, q += width) {
        const u = v128.load(q);
        const v = v128.load(q, 16);
        let f = v128.load64_splat(p);
        s0 = f64x2.add(s0, f64x2.mul(f, u));
        t0 = f64x2.add(t0, f64x2.mul(f, v));
        f = v128.load64_splat(p, 8);
        s1 = f64x2.add(s1, f64x2.mul(f, u));
        t1 = f64x2.add(t1, f64x2.mul(f, v));
        f = v128.load64_splat(p, 16);
        s2 = f64x2.add(s2, f64x2.mul(f, u));
        t2 = f64x2.add(t2, f64x2.mul(f, v));
        f = v128.load64_splat(p, 24);
        s3 = f64x2.add(s3, f64x2.mul(f, u));
        t3 = f64x2.add(t3, f64x2.mul(f, v));
      }
      const other = list + 4 * j;
      add(gram + 8 * <usize>capacity * load<i32>(own), other, s0, t0);
      add(gram + 8 * <usize>capacity * load<i32>(own, 4), other, s1, t1);
      add(gram + 8 * <usize>capacity * load<i32>(own, 8), other, s2, t2);
      add(gram + 8 * <usize>capacity * load<i32>(own, 12), other, s3, t3);
    }
  }
}

// What `groupsSort` has found: of the order the first are fresh thin rows, up to `thin` thin ones; then full ones, up to `fullFresh` fresh.
let thinFresh = 0;
let thin = 0;
let fullFresh = 0;

/**
 * Marks the fresh rows and puts the names of slots in order: fresh thin rows, old thin ones, fresh full ones, old full ones. Returns how many are
 * thin. `marks` holds 4 (1 + groups / 32, rounded up) bytes for each slot, those of the `old` rows from the time they were fresh.
 */
export function groupsSort(
  rows: usize, stride: i32,
  slots: usize, fresh: i32, old: i32,
  groups: usize, count: i32, marks: usize, order: usize,
): i32 {
  const size: usize = 4 * (1 + ((count + 31) >> 5));
  let n = 0;
  for (let full = 0; full < 2; full++) {
    thin = n;
    for (let j = 0; j < fresh + old; j++) {
      const slot = load<i32>(slots + 4 * j);
      const own = marks + size * slot;
      if (full == 0 && j < fresh) mark(rows + 8 * <usize>stride * slot, groups, count, own);
      if ((2 * load<i32>(own) >= count) == (full != 0)) store<i32>(order + 4 * n++, slot);
      if (j + 1 == fresh) {
        if (full) fullFresh = n;
        else thinFresh = n;
      }
    }
  }
  return thin;
}

/** How many come before the old full ones. */
export function groupsFresh(): i32 {
  return fullFresh;
}

/**
 * The products that thin rows take part in, of `all` rows that have been sorted. `order` is scratch for twice as many names of slots as there
 * are and 16 more, and then for the columns of the widest group in all slots and 16 more.
 */
export function groupsGram(
  rows: usize, stride: i32,
  gram: usize, capacity: i32, all: i32,
  groups: usize, count: i32, marks: usize, order: usize,
): void {
  const size: usize = 4 * (1 + ((count + 31) >> 5));
  pairs(order, 0, thinFresh, 0, all, gram, capacity, true);
  pairs(order, thinFresh, thin, thin, fullFresh, gram, capacity, true);
  const spare = capacity - 1;
  const list = order + 4 * capacity;
  const columns = list + 4 * (capacity + 16);
  for (let g = 0; g < count; g++) {
    const word = marks + 4 * (1 + (g >> 5));
    const a = gather(order, 0, thinFresh, word, size, g & 31, list, 0, spare);
    const b = gather(order, thinFresh, thin, word, size, g & 31, list, a, spare);
    if (b == 0) continue;
    const c = gather(order, thin, fullFresh, word, size, g & 31, list, b, spare);
    if (a == 0 && c == b) continue;
    // Full old rows meet fresh thin ones alone.
    const d = a > 0 ? gather(order, fullFresh, all, word, size, g & 31, list, c, spare) : c;
    const width = 8 * <usize>d;
    const begin: usize = load<u32>(groups + 4 * g);
    const bytes = load<u32>(groups + 4 * g, 4) - begin;
    for (let k = 0; k < d; k += 4) pack(list + 4 * k, rows + begin, 8 * <usize>stride, bytes, columns + 8 * k, width);
    const end = columns + (width >> 3) * bytes;
    tiles(list, 0, a, 0, d, columns, width, end, gram, capacity);
    tiles(list, a, b, b, c, columns, width, end, gram, capacity);
  }
  pairs(order, 0, thinFresh, 0, all, gram, capacity, false);
  pairs(order, thinFresh, thin, thin, fullFresh, gram, capacity, false);
}
