// Triangular solves with a metric that falls into blocks P = L L', each on variables of its own that may lie anywhere.
//
// Block table, 16 bytes a block: size i32 | pointer to the numbers of its variables u32 | pointer to P, by rows, whose lower triangle L
// takes the place of, the inverses of its pivots on the diagonal, u32 | bytes that its x take, zeros behind them included, u32.
//
// The entries of a block are gathered into `work`, four vectors side by side, which holds 32 bytes for every variable of the largest block, and 32 more.

/** Puts the inverse of every pivot of the factors in its place. */
export function blocksInvert(table: usize, count: i32): void {
  for (const end = table + 16 * count; table < end; table += 16) {
    const size = load<i32>(table);
    let pivot: usize = load<u32>(table, 8);
    for (let i = 0; i < size; i++, pivot += 8 * (size + 1)) store<f64>(pivot, 1 / load<f64>(pivot));
  }
}

@inline
function pair(x: usize, y: usize): v128 {
  return v128.load64_lane(y, v128.load64_zero(x), 1);
}

/**
 * x = L^-1 y of four y, block by block, each with its own entries of x side by side.
 * Blocks in which all four are zero stay so. Some of the four may be the same: they come out as if they stood alone.
 */
export function blocksForward(
  table: usize, count: i32, work: usize,
  y0: usize, y1: usize, y2: usize, y3: usize,
  x0: usize, x1: usize, x2: usize, x3: usize,
): void {
  let offset: usize = 0;
  for (let at = table, b = 0; b < count; b++, at += 16) {
    const variables: usize = load<u32>(at, 4);
    const width: usize = 8 * load<i32>(at);
    const last = variables + (width >> 1);
    let some = i64x2.splat(0);
    let to = work;
    for (let v = variables; v < last; v += 4, to += 32) {
      const own = 8 * <usize>load<u32>(v);
      const p = pair(y0 + own, y1 + own);
      const q = pair(y2 + own, y3 + own);
      v128.store(to, p);
      v128.store(to, q, 16);
      some = v128.or(some, v128.or(p, q));
    }
    if (v128.any_true(some)) {
      let row: usize = load<u32>(at, 8);
      for (let own = work; own < to; own += 32, row += width) {
        let p = v128.load(own);
        let q = v128.load(own, 16);
        let l = row;
        for (let from = work; from < own; from += 32, l += 8) {
          const f = v128.load64_splat(l);
          p = f64x2.sub(p, f64x2.mul(f, v128.load(from)));
          q = f64x2.sub(q, f64x2.mul(f, v128.load(from, 16)));
        }
        const inverse = v128.load64_splat(l);
        v128.store(own, f64x2.mul(p, inverse));
        v128.store(own, f64x2.mul(q, inverse), 16);
      }
    }
    memory.fill(to, 0, 32);
    const end = work + 4 * <usize>load<u32>(at, 12);
    for (let own = work; own < end; own += 32, offset += 8) {
      const p = v128.load(own);
      const q = v128.load(own, 16);
      v128.store64_lane(x0 + offset, p, 0);
      v128.store64_lane(x1 + offset, p, 1);
      v128.store64_lane(x2 + offset, q, 0);
      v128.store64_lane(x3 + offset, q, 1);
    }
  }
}

/** y = L^-T x, block by block. */
export function blocksBackward(table: usize, count: i32, x: usize, y: usize): void {
  const end = table + 16 * count;
  for (let at = table; at < end; at += 16) {
    const size = load<i32>(at);
    const variables: usize = load<u32>(at, 4);
    const width: usize = 8 * size;
    let row = load<u32>(at, 8) + width * size;
    for (let i = 0; i < size; i++) store<f64>(y + 8 * load<u32>(variables + 4 * i), load<f64>(x + 8 * i));
    x += load<u32>(at, 12);
    for (let i = size - 1; i >= 0; i--) {
      row -= width;
      const own = y + 8 * load<u32>(variables + 4 * i);
      const value = load<f64>(own) * load<f64>(row + 8 * i);
      store<f64>(own, value);
      for (let j = 0; j < i; j++) {
        const other = y + 8 * load<u32>(variables + 4 * j);
        store<f64>(other, load<f64>(other) - load<f64>(row + 8 * j) * value);
      }
    }
  }
}
